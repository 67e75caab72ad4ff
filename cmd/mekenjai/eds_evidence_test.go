package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/demo"
)

// signInByKey signs somebody of the demo country in and returns the session.
func signInByKey(t *testing.T, p *program) (session string) {
	t.Helper()
	authority, err := testAuthority{Seed: string(demo.Seed)}.open()
	if err != nil {
		t.Fatal(err)
	}
	key, err := authority.Person(pki.Person{IIN: "900101400122", Surname: "САПАРОВА", Given: "АЙГҮЛ"}, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	visit, client := p.access.Visit(httptest.NewRecorder(), r), p.access.Client(r)
	challenge, err := p.access.BeginEDS(t.Context(), visit, "", client)
	if err != nil {
		t.Fatal(err)
	}
	cms, err := eds.SignCMS(key, challenge.Text, eds.SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	in, err := p.access.FinishEDS(t.Context(), visit, challenge.ID, cms, client)
	if err != nil {
		t.Fatal(err)
	}
	return in.Actor.Session
}

func TestEvidenceOfASignInIsHandedOutAndVerifiesElsewhere(t *testing.T) {
	dir := t.TempDir()
	c := config{Environment: demoEnvironment, Database: filepath.Join(dir, "m.db"), URL: "http://localhost:8080", LogLevel: "error", ClockBound: time.Second}
	p, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	stop, err := p.work(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop(context.Background())
	session := signInByKey(t, p)
	archive := filepath.Join(dir, "evidence")
	command := &edsEvidence{config: c, Out: archive, ID: session}
	var printed bytes.Buffer
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if err = command.handOut(t.Context(), p, &printed); err == nil {
			break
		}
		if !strings.Contains(err.Error(), "still being gathered") || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	var out handedOut
	if err := json.Unmarshal(printed.Bytes(), &out); err != nil || out.Of != "session" || len(out.Revocation) != 1 || out.Revocation[0].Status != eds.RevocationGood {
		t.Errorf("%v: %s", err, printed.String())
	}
	if strings.Contains(printed.String(), "900101400122") {
		t.Error("the number of a person is printed")
	}
	result, code := run(t, "verify", "--trust", anchorsOfSeed(t, dir), "--usage", "login", "--at", "2060-01-01T00:00:00Z", archive)
	if v := readVerdict(t, result); code != 0 || v.Signers[0].Timestamp == nil || v.Signers[0].Subject.IIN != "900101400122" {
		t.Errorf("exit code %d: %s", code, result)
	}
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info)
	}
	command.ID = "019394a2-0000-7000-8000-000000000000"
	if err := command.handOut(t.Context(), p, &printed); err == nil || !strings.Contains(err.Error(), "nothing with the id") {
		t.Errorf("of nothing: %v", err)
	}
}

// What cannot be said for certain has its own exit code when collecting, too.
func TestCollectingAroundAnUncheckedSignatureIsIndeterminate(t *testing.T) {
	dir := t.TempDir()
	document, trust, signature := put(t, dir, "document", []byte("x")), anchorsOfSeed(t, dir), filepath.Join(dir, "signature")
	if _, code := run(t, "sign", "--iin", "900101400122", "--attached", "--out", signature, document); code != 0 {
		t.Fatalf("sign: exit code %d", code)
	}
	out, code := run(t, "collect", "--trust", trust, "--out", filepath.Join(dir, "archive"), signature)
	if v := readVerdict(t, out); code != 2 || v.Status != "indeterminate" {
		t.Errorf("exit code %d: %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "archive")); err == nil {
		t.Error("an archive was written")
	}
}
