package portal

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
)

// officer is an officer of the migration police at his desk.
func (w *town) officer(key string) mekenjai.Actor {
	w.Helper()
	post, ok := w.land.Post(key)
	if !ok {
		w.Fatalf("%s has no post", key)
	}
	return mekenjai.Actor{IIN: post.IIN, BIN: post.Employer.BIN, Name: w.land.Resident(key).Name, Method: mekenjai.ByEDS,
		Session: "s", Fresh: w.clock.Now(), Language: "ru", Duty: post.Duty()}
}

// wantsPaper lets an officer open the only case of the desk and ask for a paper.
func (w *town) wantsPaper(key string) {
	w.Helper()
	officer := w.officer(key)
	q, err := w.register.Queue(w.Context(), officer, register.QueueFilter{})
	if err != nil || len(q.Lines) != 1 {
		w.Fatalf("the queue of %s: %v %+v", key, err, q.Lines)
	}
	number := q.Lines[0].Number
	for _, err := range []error{w.register.Take(w.Context(), officer, number),
		w.register.Reveal(w.Context(), officer, number, register.LookToDecide, ""),
		w.register.AskPaper(w.Context(), officer, number, mekenjai.CourtAct, "Акт суда о снятии запрета", 5)} {
		if err != nil {
			w.Fatal(err)
		}
	}
}

// upload sends a file in the input "scan".
func (b *browser) upload(path string, content []byte) reply {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("scan", "scan.png")
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil || form.Close() != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequest("POST", b.server.URL+path, &body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(r)
}

func TestApplicantSendsThePaperThatAnOfficerWaitsFor(t *testing.T) {
	w := open(t)
	vault, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		t.Fatal(err)
	}
	w.register.Papers = vault
	w.work()
	gulnar, path := w.file("arrested")
	gulnar.upload(path+"/paper", scan(t)).to() // nobody asked: the case says how it stands
	w.wantsPaper("madi")
	gulnar.get(path).page(200).shows("Акт суда о снятии запрета")
	gulnar.upload(path+"/paper", []byte("GIF89a")).page(http.StatusUnprocessableEntity).shows("Акт суда о снятии запрета")
	w.as("aigul").upload(path+"/paper", scan(t)).page(http.StatusNotFound)
	if to := gulnar.upload(path+"/paper", scan(t)).to(); to != path {
		t.Errorf("sent, and led to %s", to)
	}
	if strings.Contains(gulnar.get(path).page(200).text(), "Акт суда о снятии запрета") {
		t.Error("the paper is asked for still")
	}
}

func TestPersonSeesWhoLookedAndWhy(t *testing.T) {
	w := open(t)
	w.work()
	gulnar, _ := w.file("arrested")
	gulnar.get("/account/looks").page(200).shows("Nobody has looked so far")
	w.wantsPaper("madi")
	page := gulnar.get("/account/looks").page(200).shows("officer of the migration police", "to decide the case")
	if name := w.land.Resident("madi").Name; strings.Contains(page.text(), name.Surname) {
		t.Errorf("the officer is named: %s", page.text())
	}
	w.as("aigul").get("/account/looks").page(200).shows("Nobody has looked so far")
}

// scan is a small picture.
func scan(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
