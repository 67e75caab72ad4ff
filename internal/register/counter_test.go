package register_test

import (
	"errors"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/register"
)

func TestThePersonHimselfFilesAtTheCounterWithTheOwnerBesideHim(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin()
		if list := v.checklist(); !against(list, "R53", "NOT_PRESENT") || list.Ready {
			t.Errorf("nobody is identified, and the checklist has %+v", list.Against)
		}
		v.identify("timur", "bolat").signs()
		if list := v.checklist(); list.Ready || len(list.Against) > 0 || len(list.ToDo) == 0 {
			t.Errorf("before the owner's consent: %+v", list)
		}
		a := v.consents("bolat", "bolat", "").accepted()
		if a.Channel != mekenjai.Office || a.ID != v.id || !a.IsByStaff() || a.Office != "karaganda-1" || a.Method != mekenjai.ByHand {
			t.Errorf("application %+v", a)
		}
		if !strings.Contains(string(a.Statement), mekenjai.CounterStatementPurpose) || !strings.Contains(string(a.Statement), "ОПЕРАТОР") {
			t.Error("the statement does not say who typed it")
		}
		c := w.await(a, mekenjai.Registered)
		if len(c.Consents) != 1 || !c.Consents[0].AtOffice || c.Consents[0].Method != mekenjai.ByHand {
			t.Errorf("consents %+v", c.Consents)
		}
		w.told(a.Person, "в ЦОНе")
		w.told(w.land.IIN("bolat"), "записано ваше согласие")
	})
}

func TestAcceptingTwiceMakesOneApplication(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "aigul", "almaty", 12, byOwner).begin().identify("aigul").signs()
		text, err := v.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		sig := register.Signature{CMS: w.sign(v.operator, text.Text)}
		for range 3 {
			a, err := v.register.AcceptIntake(t.Context(), v.operator, text.ID, sig)
			if err != nil || a.ID != v.id {
				t.Errorf("got %q, %v", a.ID, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'intake.accept' AND outcome = 'done'`); n != 1 {
			t.Errorf("%d acceptances are audited", n)
		}
		again, err := v.register.BeginIntake(t.Context(), v.operator, "form-"+v.in.Registrant+v.in.ARC, v.in)
		if err != nil || again.ID != v.id {
			t.Errorf("the same form opened another intake: %v", err)
		}
	})
}

func TestOperatorOfAnotherTerritoryIsRefused(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		// The person lives in Karaganda and goes to Almaty: Shymkent serves neither.
		v := w.counter("dias", "timur", "almaty", 12, owner(w.land.Party("aigul")))
		if _, err := w.register.BeginIntake(t.Context(), v.operator, "k", v.in); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("Shymkent: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'intake.begin' AND outcome = 'territory'`); n != 1 {
			t.Errorf("%d refused attempts are audited", n)
		}
		for _, key := range []string{"nurgul", "ainur"} { // where he lives, where he goes
			v.operator = w.clerk(key)
			if _, err := w.register.BeginIntake(t.Context(), v.operator, "k-"+key, v.in); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
		own := w.counter("nurgul", "timur", "almaty", 12, owner(w.land.Party("aigul"))).begin()
		other := w.clerk("ainur") // of the territory too, but another office
		for what, err := range map[string]error{
			"look": second(w.register.Intake(t.Context(), other, own.id)),
			"take": w.register.TakeIntake(t.Context(), other, own.id),
			"fill": second(w.register.FillIntake(t.Context(), other, own.id, own.in)),
			"drop": w.register.DropIntake(t.Context(), other, own.id),
		} {
			if !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s from another office: %v", what, err)
			}
		}
		own.in.ARC = string(w.land.Dwelling("shymkent", 7))
		if _, err := w.register.FillIntake(t.Context(), own.operator, own.id, own.in); err != nil {
			t.Errorf("he lives in Karaganda, whatever the dwelling: %v", err)
		}
		citizen := w.person(w.land.IIN("timur"))
		if _, err := w.register.Intake(t.Context(), citizen, own.id); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("a citizen looks into an intake: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhileTheRegisterOfPersonsIsSilentOnlyTheDwellingTellsTheTerritory(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		w.land.Set("persons", down)
		v := w.counter("nurgul", "timur", "almaty", 12, owner(w.land.Party("aigul")))
		if _, err := w.register.BeginIntake(t.Context(), v.operator, "k", v.in); !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("unknown passed or was refused: %v", err)
		}
		v.operator = w.clerk("ainur")
		if _, err := w.register.BeginIntake(t.Context(), v.operator, "k", v.in); err != nil {
			t.Errorf("the dwelling is of the territory: %v", err)
		}
	})
}

func TestADocumentThatTheRegisterDoesNotKnowIdentifiesNobody(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin()
		good := w.document("timur")
		for name, change := range map[string]func(*register.IdentityInput){
			"another number":    func(in *register.IdentityInput) { in.Number = "0000" },
			"too short":         func(in *register.IdentityInput) { in.Number = good.Number[1:] },
			"another kind":      func(in *register.IdentityInput) { in.Document = string(mekenjai.DocPassport) },
			"no kind":           func(in *register.IdentityInput) { in.Document = "library_card" },
			"another's":         func(in *register.IdentityInput) { in.IIN = string(w.land.IIN("bolat")) },
			"no number":         func(in *register.IdentityInput) { in.IIN = "123" },
			"the end as a card": func(in *register.IdentityInput) { in.ByCard = true },
		} {
			in := good
			change(&in)
			var wrong mekenjai.FieldErrors
			if _, err := w.register.Identify(t.Context(), v.operator, v.id, in); !errors.As(err, &wrong) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'intake.identify' AND outcome = 'identity'`); n != 4 {
			t.Errorf("%d attempts are audited, want 4", n)
		}
		if p, err := w.register.Identify(t.Context(), v.operator, v.id, good); err != nil || p.Name.Surname != "Оспанов" || len(p.Tail) != 4 {
			t.Errorf("%+v, %v", p, err)
		}
		w.land.Set("persons", down)
		if _, err := w.register.Identify(t.Context(), v.operator, v.id, good); !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("identified by a silent register: %v", err)
		}
	})
}

func TestAChangedAnswerVoidsWhatWasSignedAtTheCounter(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().
			identify("timur", "bolat").signs().consents("bolat", "bolat", "")
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		v.in.Months = "9"
		in, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in)
		if err != nil || in.Statement != nil || in.Signed != nil || len(in.Consents) > 0 {
			t.Errorf("still signed: %+v, %v", in, err)
		}
		_, err = w.register.AcceptIntake(t.Context(), v.operator, text.ID, register.Signature{CMS: w.sign(v.operator, text.Text)})
		if !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("accepted with old signatures: %v", err)
		}
		same, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in)
		if err != nil || same.Statement != nil {
			t.Errorf("%v", err)
		}
	})
}

func TestDuringThePilotTheCounterSendsOnlineButNotWhomTheHallMustServe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat")
		findsAgainst(t, v.checklist(), "R52", "ONLINE")
		hall := w.counter("ainur", "viktoria", "almaty", 5, owner(w.land.Party("alikhan"))).begin().identify("viktoria", "daulet")
		if list := hall.checklist(); len(list.Against) > 0 {
			t.Errorf("the owner is a minor, and against it stands %+v", list.Against)
		}
	})
}
