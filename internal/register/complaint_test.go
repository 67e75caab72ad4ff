package register_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
)

const why = "Меншік иесі өзгерді, тіркелім мұны әлі білмеген."

// refused files the story and waits for its refusal.
func (w *world) refused(story string) mekenjai.Application {
	w.t.Helper()
	a := w.file(w.land.Story(story))
	w.await(a, mekenjai.Refused)
	return a
}

// complains files a complaint against the refusal.
func (w *world) complains(a mekenjai.Application) mekenjai.Complaint {
	w.t.Helper()
	actor := w.person(a.Person)
	text, err := w.register.PrepareComplaint(w.t.Context(), actor, a.ID, register.ComplaintInput{Words: why})
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.register.Complain(w.t.Context(), actor, text.ID, register.Signature{CMS: w.sign(actor, text.Text)})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// hands gives the case of a complaint into somebody's hands.
func (w *world) hands(c mekenjai.Complaint, to mekenjai.Actor) {
	w.t.Helper()
	err := w.db.Transact(w.t.Context(), func(tx database.Tx) error {
		n, err := tx.Exec(w.t.Context(), `UPDATE desk_case SET officer = $2, state = 'taken', revealed_at = $3
			WHERE kind = 'complaint' AND subject = $1 AND state <> 'closed'`, c.ID, to.IIN, database.Micros(tx.Now()))
		if err == nil && n != 1 {
			return errors.New("the complaint has no open case")
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) rule(actor mekenjai.Actor, c mekenjai.Complaint, ruling mekenjai.ComplaintState) error {
	w.t.Helper()
	text, err := w.register.PrepareRuling(w.t.Context(), actor, c.ID, register.RulingInput{Ruling: ruling, Reason: "Тексеру нәтижесі бойынша шешім қабылданды."})
	if err != nil {
		return err
	}
	return w.register.RuleComplaint(w.t.Context(), actor, text.ID, register.Signature{CMS: w.sign(actor, text.Text)})
}

func (w *world) complaint(c mekenjai.Complaint) register.Complaint {
	w.t.Helper()
	got, err := w.register.Complaint(w.t.Context(), w.person(c.Person), c.Number)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func TestComplaintGetsItsNumberTermsAndCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		c := w.complains(a)
		got := w.complaint(c)
		today := mekenjai.DateOf(w.clock.Now())
		cal := rules.WorkingCalendar()
		if got.State != mekenjai.ComplaintReceived || got.Number == "" || got.Act == "" || got.Late || got.Code == "" {
			t.Errorf("%+v", got)
		}
		if last := mekenjai.DateOf(got.ForwardBy.Add(-time.Second)); last != cal.AddWorkingDays(today, 3) {
			t.Errorf("forwards until %s", last)
		}
		if last := mekenjai.DateOf(got.AnswerBy.Add(-time.Second)); last != cal.AddWorkingDays(today, 20) {
			t.Errorf("answers until %s", last)
		}
		if n := w.count(`SELECT count(*) FROM desk_case WHERE kind = 'complaint' AND subject = $1 AND kato LIKE '75%' AND state = 'open'`, c.ID); n != 1 {
			t.Errorf("%d cases in the territory", n)
		}
		w.told(a.Person, c.Number)
		if seen := w.await(a, mekenjai.Refused); len(seen.Complaints) != 1 || seen.Term.Filed != c.ID {
			t.Errorf("the application shows %+v", seen.Complaints)
		}
	})
}

func TestOneRefusalIsComplainedOfOnceByItsApplicant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		actor := w.person(a.Person)
		text, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: why})
		if err != nil {
			t.Fatal(err)
		}
		sig := register.Signature{CMS: w.sign(actor, text.Text)}
		first, err := w.register.Complain(t.Context(), actor, text.ID, sig)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := w.register.Complain(t.Context(), actor, text.ID, sig); err != nil || second.ID != first.ID {
			t.Errorf("the second click gave %s, %v", second.ID, err)
		}
		if _, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: why}); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("another complaint: %v", err)
		}
		stranger := w.person(w.land.IIN("bolat"))
		if _, err := w.register.PrepareComplaint(t.Context(), stranger, a.ID, register.ComplaintInput{Words: why}); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger complains: %v", err)
		}
		if _, err := w.register.Complaint(t.Context(), stranger, first.Number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger reads it: %v", err)
		}
		forged := w.sign(stranger, text.Text)
		if _, err := w.register.Complain(t.Context(), stranger, text.ID, register.Signature{CMS: forged}); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger signs: %v", err)
		}
	})
}

func TestWhatIsNoRefusalCannotBeComplainedOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.asked("non_owner")
		if _, err := w.register.PrepareComplaint(t.Context(), w.person(a.Person), a.ID, register.ComplaintInput{Words: why}); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAComplaintHasWordsAndALateOneSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		actor := w.person(a.Person)
		for _, words := range []string{"", "қысқа", strings.Repeat("ұзын ", 1000)} {
			var wrong mekenjai.FieldErrors
			_, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: words})
			if !errors.As(err, &wrong) || wrong[0].Field != "words" {
				t.Errorf("%d letters: %v", len(words), err)
			}
		}
		w.clock.Advance(93 * 24 * time.Hour)
		term, err := w.register.ComplaintTerm(t.Context(), actor, a.ID)
		if err != nil || !term.Over {
			t.Fatalf("%+v %v", term, err)
		}
		var wrong mekenjai.FieldErrors
		if _, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: why}); !errors.As(err, &wrong) || wrong[0].Field != "restore" {
			t.Errorf("late without a reason: %v", err)
		}
		text, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: why, Restore: "Ауруханада жаттым, құжаттары бар."})
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.register.Complain(t.Context(), actor, text.ID, register.Signature{CMS: w.sign(actor, text.Text)})
		if err != nil || !c.Late || !strings.Contains(string(text.Text), "Ауруханада") {
			t.Errorf("%+v %v", c, err)
		}
	})
}

func TestATermThatEndsMeanwhileMakesTheTextStale(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		actor := w.person(a.Person)
		w.clock.Advance(91 * 24 * time.Hour)
		text, err := w.register.PrepareComplaint(t.Context(), actor, a.ID, register.ComplaintInput{Words: why})
		if err != nil {
			t.Fatal(err)
		}
		sig := register.Signature{CMS: w.sign(actor, text.Text)}
		w.clock.Advance(2 * 24 * time.Hour)
		if _, err := w.register.Complain(t.Context(), actor, text.ID, sig); !errors.Is(err, mekenjai.ErrStale) {
			t.Errorf("got %v", err)
		}
		if n := w.count(`SELECT count(*) FROM complaint`); n != 0 {
			t.Errorf("%d complaints", n)
		}
	})
}

func TestTheBodyCuresItsRefusalAndTheRegistersAreAskedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		c := w.complains(a)
		serik := w.clerk("serik")
		w.hands(c, serik)
		if err := w.land.Transfer(w.land.Story("not_owner").ARC, w.land.Party("aigul"), w.land.Party("bolat")); err != nil {
			t.Fatal(err)
		}
		if err := w.rule(serik, c, mekenjai.ComplaintCured); err != nil {
			t.Fatal(err)
		}
		seen := w.await(a, mekenjai.AwaitingConsent)
		if seen.Act != nil || len(seen.Complaints) != 1 || seen.Complaints[0].State != mekenjai.ComplaintCured {
			t.Errorf("act %v, complaints %+v", seen.Act, seen.Complaints)
		}
		bolat := w.land.Party("bolat")
		if err := w.agree(bolat, w.requests(a, []mekenjai.PartyID{bolat})[bolat]); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
		w.told(a.Person, c.Number)
		if n := w.count(`SELECT count(*) FROM act WHERE application = $1 AND voided_at IS NOT NULL`, a.ID); n != 1 {
			t.Errorf("%d voided acts", n)
		}
	})
}

func TestARefusalThatStandsIsFollowedByAnotherAct(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		c := w.complains(a)
		serik := w.clerk("serik")
		w.hands(c, serik)
		if err := w.rule(serik, c, mekenjai.ComplaintCured); err != nil {
			t.Fatal(err)
		}
		var seen register.Case
		for range 200 {
			seen = w.await(a, mekenjai.Refused, mekenjai.Checking)
			if seen.State == mekenjai.Refused {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if seen.Act == nil || seen.Act.Number == c.Act || seen.Term.Filed != "" {
			t.Errorf("act %+v, term %+v", seen.Act, seen.Term)
		}
		if n := w.count(`SELECT count(*) FROM act WHERE application = $1`, a.ID); n != 2 {
			t.Errorf("%d acts", n)
		}
	})
}

func TestTheHigherBodyDecidesAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		c := w.complains(a)
		serik, gaukhar := w.clerk("serik"), w.clerk("gaukhar")
		w.hands(c, serik)
		if err := w.rule(serik, c, mekenjai.ComplaintDismissed); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("the body that decided dismisses: %v", err)
		}
		if err := w.register.ForwardComplaint(t.Context(), serik, c.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.complaint(c); got.State != mekenjai.ComplaintForwarded || got.ForwardedAt.IsZero() {
			t.Errorf("%+v", got.Complaint)
		}
		if n := w.count(`SELECT count(*) FROM desk_case WHERE subject = $1 AND kato = '' AND state = 'open'`, c.ID); n != 1 {
			t.Errorf("%d cases above", n)
		}
		if err := w.rule(serik, c, mekenjai.ComplaintDismissed); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an officer without the case: %v", err)
		}
		w.hands(c, gaukhar)
		if err := w.rule(gaukhar, c, mekenjai.ComplaintCured); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("cured above: %v", err)
		}
		if err := w.rule(gaukhar, c, mekenjai.ComplaintDismissed); err != nil {
			t.Fatal(err)
		}
		got := w.complaint(c)
		if got.State != mekenjai.ComplaintDismissed || got.Answer == "" || got.AnsweredAt.IsZero() {
			t.Errorf("%+v", got.Complaint)
		}
		if err := w.rule(gaukhar, c, mekenjai.ComplaintUpheld); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("decided twice: %v", err)
		}
		w.await(a, mekenjai.Refused)
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE subject = $1 AND outcome = 'forbidden'`, c.ID); n != 2 {
			t.Errorf("%d refused attempts are audited", n)
		}
	})
}

func TestUpheldAboveTheApplicationBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.refused("not_owner")
		c := w.complains(a)
		serik, gaukhar := w.clerk("serik"), w.clerk("gaukhar")
		w.hands(c, serik)
		if err := w.register.ForwardComplaint(t.Context(), serik, c.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.land.Transfer(w.land.Story("not_owner").ARC, w.land.Party("aigul"), w.land.Party("bolat")); err != nil {
			t.Fatal(err)
		}
		w.hands(c, gaukhar)
		if err := w.rule(gaukhar, c, mekenjai.ComplaintUpheld); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.AwaitingConsent)
	})
}

func TestOfficersOfOtherTerritoriesAndOperatorsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.complains(w.refused("not_owner"))
		for _, key := range []string{"rinat", "ainur", "aliya"} {
			actor := w.clerk(key)
			w.hands(c, actor)
			if err := w.register.ForwardComplaint(t.Context(), actor, c.ID); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s forwards: %v", key, err)
			}
			if _, err := w.register.ComplaintFile(t.Context(), actor, c.ID); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s reads: %v", key, err)
			}
			if err := w.rule(actor, c, mekenjai.ComplaintCured); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s cures: %v", key, err)
			}
		}
		if err := w.register.ForwardComplaint(t.Context(), w.person(c.Person), c.ID); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("the complainant forwards it himself: %v", err)
		}
		serik := w.clerk("serik")
		w.hands(c, serik)
		f, err := w.register.ComplaintFile(t.Context(), serik, c.ID)
		if err != nil || f.Act == nil || !f.MayForward || !f.MayCure || f.MayDecide {
			t.Errorf("%+v %v", f, err)
		}
	})
}

func TestAComplaintLeftLyingGoesUpByItselfAndSilenceIsARefusal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.complains(w.refused("not_owner"))
		sweep := func() {
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Set(c.ForwardBy.Add(-time.Second))
		sweep()
		if got := w.complaint(c); got.State != mekenjai.ComplaintReceived {
			t.Errorf("within the term: %s", got.State)
		}
		w.clock.Set(c.ForwardBy)
		sweep()
		if got := w.complaint(c); got.State != mekenjai.ComplaintForwarded {
			t.Errorf("after three working days: %s", got.State)
		}
		w.clock.Set(c.AnswerBy)
		sweep()
		sweep()
		if got := w.complaint(c); got.State != mekenjai.ComplaintSilent {
			t.Errorf("after twenty working days: %s", got.State)
		}
		w.told(c.Person, "суд")
		if n := w.count(`SELECT count(*) FROM desk_case WHERE subject = $1 AND state <> 'closed'`, c.ID); n != 0 {
			t.Errorf("%d cases are left open", n)
		}
		if n := w.count(`SELECT count(*) FROM notice WHERE party = $1 AND kind = 'complaint_silent'`, c.Person); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestEvidenceIsAddedUntilTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.complains(w.refused("not_owner"))
		if err := w.register.AddComplaintPaper(t.Context(), w.person(c.Person), c.Number, scan("evidence")); err != nil {
			t.Fatal(err)
		}
		if got := w.complaint(c); len(got.Papers) != 1 {
			t.Errorf("%d papers", len(got.Papers))
		}
		if err := w.register.AddComplaintPaper(t.Context(), w.person(w.land.IIN("bolat")), c.Number, scan("evidence")); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger adds a paper: %v", err)
		}
		serik := w.clerk("serik")
		w.hands(c, serik)
		f, err := w.register.ComplaintFile(t.Context(), serik, c.ID)
		if err != nil || len(f.Papers) != 1 {
			t.Fatalf("%+v %v", f, err)
		}
		if _, content, err := w.register.OpenPaper(t.Context(), serik, f.Papers[0].ID); err != nil || len(content) == 0 {
			t.Errorf("the officer opens it: %v", err)
		}
		if err := w.rule(serik, c, mekenjai.ComplaintCured); err != nil {
			t.Fatal(err)
		}
		if err := w.register.AddComplaintPaper(t.Context(), w.person(c.Person), c.Number, scan("evidence")); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a paper after the answer: %v", err)
		}
	})
}
