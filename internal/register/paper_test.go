package register_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
)

// clerk is the actor of somebody of the staff at work.
func (w *world) clerk(key string) mekenjai.Actor {
	w.t.Helper()
	p, ok := w.land.Post(key)
	if !ok {
		w.t.Fatalf("%s has no post", key)
	}
	a := w.person(p.IIN)
	a.BIN, a.Duty = p.Office.BIN, p.Duty()
	return a
}

// scan is a paper as papers.Accept gives it.
func scan(content string) papers.Scan {
	return papers.Scan{Type: papers.PDF, Bytes: []byte(content), Pages: 1, Hash: sha256.Sum256([]byte(content)), Original: sha256.Sum256([]byte("sent"))}
}

const birthOfDana = "birth certificate of a child"

// paperOfCase is a paper in a case of the desk in Almaty, put there by its person.
func (w *world) paperOfCase(who mekenjai.Actor) mekenjai.Paper {
	w.t.Helper()
	if err := w.register.OpenCase(w.t.Context(), register.CaseComplaint, "complaint-1", who.IIN, "751110000"); err != nil {
		w.t.Fatal(err)
	}
	p, err := w.register.AddPaper(w.t.Context(), who, mekenjai.PaperOfCase, "complaint-1", who.IIN, mekenjai.BirthCertificatePaper, scan(birthOfDana))
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func TestPaperIsEncryptedAtRest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paperOfCase(w.person(w.land.IIN("aizhan")))
		var content []byte
		err := w.db.Read(t.Context(), func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT content FROM paper WHERE id = $1`, p.ID).Scan(&content)
		})
		if err != nil || len(content) == 0 || bytes.Contains(content, []byte("birth")) {
			t.Errorf("the paper lies open in the database: %q, %v", content, err)
		}
	})
}

func TestPersonOpensTheOwnPaperAndNobodyElseKnowsOfIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := w.person(w.land.IIN("aizhan"))
		p := w.paperOfCase(own)
		got, content, err := w.register.OpenPaper(t.Context(), own, p.ID)
		if err != nil || string(content) != birthOfDana || got.Kind != mekenjai.BirthCertificatePaper {
			t.Fatalf("%q, %v", content, err)
		}
		if _, _, err := w.register.OpenPaper(t.Context(), w.person(w.land.IIN("tolegen")), p.ID); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger gets %v", err)
		}
		for _, operator := range []string{"ainur", "dias"} {
			if _, _, err := w.register.OpenPaper(t.Context(), w.clerk(operator), p.ID); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("the operator %s opens a paper of the desk: %v", operator, err)
			}
		}
		want := map[string]int{audit.Done: 1, "forbidden": 3}
		for outcome, n := range want {
			if got := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'paper.open' AND subject = $1 AND outcome = $2`, p.ID, outcome); got != n {
				t.Errorf("%d entries of openings that ended %q, want %d", got, outcome, n)
			}
		}
	})
}

func TestOfficerOpensPapersOfTheCaseInHisHandsAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paperOfCase(w.person(w.land.IIN("aizhan")))
		open := func(who string) error { _, _, err := w.register.OpenPaper(t.Context(), w.clerk(who), p.ID); return err }
		if err := open("serik"); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("before the case is taken: %v", err)
		}
		q, err := w.register.Queue(t.Context(), w.clerk("serik"), register.QueueFilter{})
		if err != nil || len(q.Lines) != 1 {
			t.Fatalf("the queue: %v %+v", err, q.Lines)
		}
		if err := w.register.Take(t.Context(), w.clerk("serik"), q.Lines[0].Number); err != nil {
			t.Fatal(err)
		}
		if err := open("serik"); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("before it is opened with a reason: %v", err)
		}
		if err := w.register.Reveal(t.Context(), w.clerk("serik"), q.Lines[0].Number, register.LookToDecide, ""); err != nil {
			t.Fatal(err)
		}
		if err := open("serik"); err != nil {
			t.Errorf("who took it: %v", err)
		}
		for _, other := range []string{"rinat", "madi", "aliya"} {
			if err := open(other); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s: %v", other, err)
			}
		}
	})
}

func TestPaperTakenBackIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := w.person(w.land.IIN("aizhan"))
		p := w.paperOfCase(own)
		if err := w.register.DropPaperOf(t.Context(), own, p); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.register.OpenPaper(t.Context(), own, p.ID); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("it still opens: %v", err)
		}
		if err := w.register.DropPaperOf(t.Context(), own, p); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM paper WHERE id = $1 AND content IS NULL AND removed_at IS NOT NULL`, p.ID); n != 1 {
			t.Error("the content was kept")
		}
	})
}

func TestPaperOfAnUnknownKindIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var fault *mekenjai.FieldError
		_, err := w.register.AddPaper(t.Context(), w.person(w.land.IIN("aizhan")), mekenjai.PaperOfCase, "x", "", "diploma", scan("x"))
		if !errors.As(err, &fault) || fault.Field != "kind" {
			t.Errorf("%v", err)
		}
	})
}

func TestTooManyPapersAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := w.person(w.land.IIN("aizhan"))
		var err error
		for n := 0; err == nil && n < 100; n++ {
			_, err = w.register.AddPaper(t.Context(), own, mekenjai.PaperOfCase, "x", own.IIN, mekenjai.EvidencePaper, scan("x"))
		}
		var fault *mekenjai.FieldError
		if !errors.As(err, &fault) || fault.Key != "paper.error.many" {
			t.Errorf("a hundred papers: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM paper`); n != 40 {
			t.Errorf("%d papers", n)
		}
	})
}
