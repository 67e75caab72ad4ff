package register_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
)

func TestARefusalToAcceptIsASignedActWithGroundsInBothLanguages(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "alikhan", "almaty", 12, owner(w.land.Party("aigul")), filedBy(w.land.IIN("daulet"), mekenjai.FiledByParent, "")).begin().identify("daulet", "aigul")
		text, err := w.register.PrepareTurnAway(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"R06", "NOT_SUBJECT_UNDER_14", "БАС ТАРТУ ТУРАЛЫ ҚОЛХАТ", "РАСПИСКА ОБ ОТКАЗЕ", "Правовое основание", "Құқықтық негізі", mekenjai.TurnAwayPurpose} {
			if !strings.Contains(string(text.Text), want) {
				t.Errorf("the act lacks %q:\n%s", want, text.Text)
			}
		}
		if _, err := w.register.TurnAway(t.Context(), v.operator, text.ID, register.Signature{CMS: w.signOwn("daulet", text.Text)}); refusedFor(err) == "" {
			t.Errorf("another's signature: %v", err)
		}
		sig := register.Signature{CMS: w.sign(v.operator, text.Text)}
		for range 2 {
			act, err := w.register.TurnAway(t.Context(), v.operator, text.ID, sig)
			if err != nil || act.Signed.IsZero() {
				t.Errorf("%+v, %v", act.Signed, err)
			}
		}
		again, err := w.register.TurnedAway(t.Context(), v.operator, v.id)
		if err != nil || string(again.Text) != string(text.Text) {
			t.Errorf("the receipt cannot be printed again: %v", err)
		}
		if _, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a closed intake is filled in: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'intake.turn_away' AND subject = $1 AND outcome = 'done'`, v.id); n != 1 {
			t.Errorf("audited %d times", n)
		}
	})
}

func TestAnOperatorTurnsNobodyAwayOnHisOwnAccount(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat")
		if _, err := w.register.PrepareTurnAway(t.Context(), v.operator, v.id); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("turned away without a ground: %v", err)
		}
	})
}

func TestAChangedIntakeIsNotAcceptedUnderAnOlderText(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "aigul", "almaty", 12, byOwner).begin().identify("aigul").signs()
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		v.paper(mekenjai.IdentityCardPaper, "shown afterwards")
		_, err = w.register.AcceptIntake(t.Context(), v.operator, text.ID, register.Signature{CMS: w.sign(v.operator, text.Text)})
		if !errors.Is(err, mekenjai.ErrStale) {
			t.Errorf("the operator attested less than there is: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM application`); n != 0 {
			t.Error("half of it was done")
		}
		v.accepted()
	})
}

func TestTheOperatorsSignatureThatCannotBeJudgedYetIsFinishedLater(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "aigul", "almaty", 12, byOwner).begin().identify("aigul").signs()
		speak := w.silence()
		if _, err := v.accept(); !waits(err) {
			t.Fatalf("got %v", err)
		}
		if n := w.count(`SELECT count(*) FROM application`); n != 0 {
			t.Fatal("an unjudged signature passed")
		}
		speak()
		w.clock.Advance(10 * time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(mekenjai.Application{ID: v.id, Person: w.land.IIN("aigul")}, mekenjai.Registered)
	})
}

func TestTheApplicantSignsWithACodeSentToHisOwnPhone(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat")
		in, err := w.register.PrepareIntake(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := w.register.SignerAt(t.Context(), v.operator, v.id)
		if err != nil || signer.IIN != w.land.IIN("timur") || signer.Session != v.operator.Session || signer.BIN != "" {
			t.Errorf("the code goes to %+v, %v", signer, err)
		}
		used := 0
		code := func(_ context.Context, text []byte) (func(context.Context, database.Tx) error, error) {
			if string(text) != string(in.Statement) {
				t.Error("the code is for another text")
			}
			return func(context.Context, database.Tx) error { used++; return nil }, nil
		}
		if err := w.register.SignHere(t.Context(), v.operator, v.id, register.HandSignature{Code: code}); err != nil || used == 0 {
			t.Fatalf("%v, used %d", err, used)
		}
		in2 := register.ConsentInput{Party: string(w.land.Party("bolat")), HandSignature: register.HandSignature{Code: code}}
		if err := w.register.ConsentAtCounter(t.Context(), v.operator, v.id, in2); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("a code is a consent: %v", err)
		}
		a := v.consents("bolat", "bolat", "").accepted()
		if a.Method != mekenjai.BySMS {
			t.Errorf("signed by %s", a.Method)
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestAnotherApplicationUnderWayStandsAgainstTheIntake(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat").signs().consents("bolat", "bolat", "")
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		portal, _ := w.asked("non_owner") // the same person, on the portal, a moment later
		var busy *register.InProgress
		_, err = w.register.AcceptIntake(t.Context(), v.operator, text.ID, register.Signature{CMS: w.sign(v.operator, text.Text)})
		if !errors.As(err, &busy) && !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("accepted beside %s: %v", portal.ID, err)
		}
		list, err := w.register.Checklist(t.Context(), v.operator, v.id, true)
		if err != nil {
			t.Fatal(err)
		}
		findsAgainst(t, list, "R15", "DUPLICATE")
	})
}

func TestAnOwnerWhoSoldBetweenAcceptanceAndDecisionDoesNotCount(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat").signs().consents("bolat", "bolat", "")
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.land.Transfer(w.land.Dwelling("shymkent", 7), w.land.Party("bolat"), w.land.Party("pavel")); err != nil {
			t.Fatal(err)
		}
		a, err := w.register.AcceptIntake(t.Context(), v.operator, text.ID, register.Signature{CMS: w.sign(v.operator, text.Text)})
		if err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Refused)
		if c.Entry != nil || c.Reason != "NOT_OWNER" {
			t.Errorf("refused for %s", c.Reason)
		}
	})
}

func TestAColleagueTakesOverAnIntakeOfTheOffice(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat").signs()
		colleague := w.clerk("nurgul")
		colleague.IIN, colleague.Session = w.land.IIN("pavel"), "s-colleague" // of the same office
		if _, err := w.register.FillIntake(t.Context(), colleague, v.id, v.in); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("a colleague fills in what is not in his hands: %v", err)
		}
		if err := w.register.TakeIntake(t.Context(), colleague, v.id); err != nil {
			t.Fatal(err)
		}
		in, err := w.register.Intake(t.Context(), colleague, v.id)
		if err != nil || in.Operator != colleague.IIN || in.Statement != nil || len(in.Present) != 2 {
			t.Errorf("%+v, %v", in, err)
		}
		if _, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("the former operator goes on: %v", err)
		}
		open, _, err := w.register.Intakes(t.Context(), colleague)
		if err != nil || len(open) != 1 || !open[0].Own {
			t.Errorf("queue %+v, %v", open, err)
		}
		if err := w.register.DropIntake(t.Context(), colleague, v.id); err != nil {
			t.Fatal(err)
		}
		open, closed, err := w.register.Intakes(t.Context(), colleague)
		if err != nil || len(open) != 0 || len(closed) != 1 || closed[0].State != register.IntakeDropped {
			t.Errorf("queue %+v %+v, %v", open, closed, err)
		}
		if n := w.count(`SELECT count(*) FROM paper WHERE subject = $1 AND content IS NOT NULL`, v.id); n != 0 {
			t.Errorf("%d papers of who left are kept", n)
		}
	})
}

func TestASealedPersonIsUnknownAtTheCounter(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		w.sealed(w.land.IIN("timur"))
		v := w.counter("dias", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin()
		in, err := w.register.Intake(t.Context(), v.operator, v.id)
		if err != nil || !in.Name.IsZero() {
			t.Errorf("named %v: %v", in.Name, err)
		}
		findsAgainst(t, v.checklist(), "R02", "PERSON_UNKNOWN")
		doc := w.document("timur")
		nobody := doc
		nobody.IIN = string(unknown)
		_, sealed := w.register.Identify(t.Context(), v.operator, v.id, doc)
		_, none := w.register.Identify(t.Context(), v.operator, v.id, nobody)
		var a, b mekenjai.FieldErrors
		if !errors.As(sealed, &a) || !errors.As(none, &b) || a[0].Key != b[0].Key || a[0].Field != b[0].Field {
			t.Errorf("sealed %v, unknown %v", sealed, none)
		}
		v.operator = w.clerk("nurgul") // where he lives: nobody may learn that he does
		if _, err := w.register.BeginIntake(t.Context(), v.operator, "k", v.in); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("the territory of a sealed person's home: %v", err)
		}
	})
}
