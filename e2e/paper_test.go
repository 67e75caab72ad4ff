package e2e

import (
	"encoding/base64"
	"os/exec"
	"strings"
)

// file is what a link of the page leads to when it is a file.
type file struct {
	Status int
	Type   string
	Body   string // base64
}

// download takes the file behind the link with these words.
func (b *browser) download(words string) []byte {
	b.Helper()
	f, err := ask[file](b, `async words => {
		const plain = s => s.replace(/\s+/g, " ").trim()
		const link = [...document.querySelectorAll("main a")].find(e => plain(e.textContent) === words)
		if (!link) return {Status: 0, Type: "no link", Body: ""}
		const answer = await fetch(link.href)
		const bytes = new Uint8Array(await answer.arrayBuffer())
		let text = ""
		for (const x of bytes) text += String.fromCharCode(x)
		return {Status: answer.status, Type: answer.headers.get("Content-Type"), Body: btoa(text)}
	}`, words)
	if err != nil || f.Status != 200 {
		b.lost("download «" + words + "»: " + f.Type)
	}
	content, err := base64.StdEncoding.DecodeString(f.Body)
	if err != nil {
		b.Fatal(err)
	}
	return content
}

// readPDF is the text of a paper as programs and people who listen find it.
func (w *town) readPDF(content []byte) string {
	w.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(string(content))
	out, err := cmd.Output()
	if err != nil {
		w.Fatalf("pdftotext: %v (apt-get install poppler-utils)", err)
	}
	return string(out)
}
