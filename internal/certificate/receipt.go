package certificate

import (
	"io"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Submission is what an applicant keeps of his application.
type Submission struct {
	Number     string
	At         time.Time
	Name       mekenjai.Name
	Text       []byte // the exact bytes that were signed
	Signatures []Signature
	Specimen   bool
}

// Signature is one party's part in it. Who is empty for an owner whom the
// applicant did not name himself: the copy tells capacities, not people.
type Signature struct {
	Capacity mekenjai.Text
	Who      string
	At       time.Time // zero: nothing happened yet
	Method   mekenjai.Method
	Answer   mekenjai.Answer // "" for the applicant's own signature
}

// Receipt prints the applicant's copy: the signed text letter by letter, the
// code that the right-holders see too, and who signed in what capacity.
func Receipt(w io.Writer, s Submission, lang locale.Lang) error {
	title := lang.T("certificate.receipt.title")
	p := newPaper(lang, title+" № "+s.Number, title+" № "+s.Number, s.At)
	p.specimen = s.Specimen
	p.text(titleFace, margin, textWidth, title)
	p.gap(1)
	p.text(face{family, bold, 11.5, 6, turquoise}, margin, textWidth, "№ "+s.Number)
	p.gap(4)
	p.rule(sandLine)
	p.row(lang.T("certificate.receipt.applicant"), s.Name.String(), strong)
	p.row(lang.T("certificate.receipt.submitted"), lang.DateTime(s.At), bodyFace)
	p.gap(5)
	p.text(headFace, margin, textWidth, lang.T("certificate.receipt.text"))
	p.gap(2)
	p.frozenText(string(s.Text))
	p.sealPanel(s.Text, lang.T("certificate.receipt.code"), lang.T("certificate.receipt.code.text"))
	p.gap(6)
	p.need(20)
	p.text(headFace, margin, textWidth, lang.T("certificate.receipt.signatures"))
	p.gap(2)
	p.rule(sandLine)
	for _, sig := range s.Signatures {
		p.signature(sig)
	}
	p.gap(3)
	p.text(smallFace, margin, textWidth, lang.T("certificate.receipt.meaning"))
	return p.finish(w, "copy of the application")
}

// frozenText sets the signed lines as they are, on sand.
func (p *paper) frozenText(text string) {
	f := face{family, plain, 8.6, 4.7, ink}
	const pad = 5.0
	lines := p.lines(f, textWidth-2*pad, strings.TrimRight(text, "\n"))
	for len(lines) > 0 {
		p.need(30)
		room := int((pageHeight - bottom - p.GetY() - 2*pad) / f.leading)
		n := min(room, len(lines))
		top, height := p.GetY(), float64(n)*f.leading+2*pad
		p.fill(sandLight)
		p.draw(sandLine)
		p.SetLineWidth(0.3)
		p.Rect(margin, top, textWidth, height, "FD")
		p.SetY(top + pad)
		for _, line := range lines[:n] {
			p.set(f)
			p.SetX(margin + pad)
			p.CellFormat(textWidth-2*pad, f.leading, line, "", 2, "L", false, 0, "")
		}
		p.SetY(top + height)
		lines = lines[n:]
	}
}

// signature sets one party: the capacity on the left, what happened on the
// right.
func (p *paper) signature(s Signature) {
	l := p.lang
	value := answerText(l, s.Answer)
	if s.Who != "" {
		value = s.Who + "\n" + value
	}
	if !s.At.IsZero() {
		value += "\n" + l.DateTime(s.At)
		if m := methodText(l, s.Method); m != "" {
			value += " · " + m
		}
	}
	p.row(s.Capacity.In(string(l)), value, bodyFace)
}

func answerText(l locale.Lang, a mekenjai.Answer) string {
	if a == "" {
		return l.T("certificate.answer.signed")
	}
	return l.T("certificate.answer." + string(a))
}

func methodText(l locale.Lang, m mekenjai.Method) string {
	switch m {
	case mekenjai.ByEDS:
		return l.T("certificate.method.eds")
	case mekenjai.BySMS:
		return l.T("certificate.method.sms")
	case mekenjai.ByHand:
		return l.T("certificate.method.written")
	}
	return ""
}
