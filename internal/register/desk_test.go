package register_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
)

// staff is a member of staff who came with the key of who employs him.
func (w *world) staff(key string) mekenjai.Actor {
	w.t.Helper()
	post, ok := w.land.Post(key)
	if !ok {
		w.t.Fatalf("%s has no post", key)
	}
	a := w.person(post.IIN)
	a.BIN, a.Duty, a.Name = post.Employer.BIN, post.Duty(), mekenjai.Name{Surname: "Қызметкер", Given: key}
	return a
}

// referred files the story of the arrested flat and returns its case at the desk.
func (w *world) referred() (mekenjai.Application, string) {
	w.t.Helper()
	a := w.file(w.land.Story("arrested"))
	w.await(a, mekenjai.Referred)
	return a, w.caseOf(a)
}

// caseOf is the open case about an application, as the officer of Astana finds it.
func (w *world) caseOf(a mekenjai.Application) string {
	w.t.Helper()
	for _, shelf := range register.Shelves {
		q, err := w.register.Queue(w.t.Context(), w.staff("gaukhar"), register.QueueFilter{Shelf: shelf})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, l := range q.Lines {
			if l.Subject == a.ID {
				return l.Number
			}
		}
	}
	w.t.Fatalf("no case about %s", a.Number)
	return ""
}

// opened takes the case and opens it.
func (w *world) opened(officer mekenjai.Actor, number string) {
	w.t.Helper()
	err := errors.Join(w.register.Take(w.t.Context(), officer, number),
		w.register.Reveal(w.t.Context(), officer, number, register.LookToDecide, ""))
	if err != nil {
		w.t.Fatal(err)
	}
}

// decides signs the decision.
func (w *world) decides(officer mekenjai.Actor, number string, in register.DecisionInput) error {
	w.t.Helper()
	text, err := w.register.PrepareDecision(w.t.Context(), officer, number, in)
	if err != nil {
		return err
	}
	return w.register.Decide(w.t.Context(), officer, text.ID, register.Signature{CMS: w.sign(officer, text.Text)})
}

func TestQueueHoldsOnlyTheOwnTerritory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, number := w.referred() // in Astana
		for key, want := range map[string]int{"madi": 1, "gaukhar": 1, "serik": 0, "rinat": 0} {
			q, err := w.register.Queue(t.Context(), w.staff(key), register.QueueFilter{})
			if err != nil {
				t.Fatal(err)
			}
			if len(q.Lines) != want || q.Counts[register.ShelfOpen] != want {
				t.Errorf("%s sees %d cases and counts %v", key, len(q.Lines), q.Counts)
			}
			for _, l := range q.Lines {
				if l.Number != number || l.Reason != "BAN_ON_USE" || l.About != "" || l.Place.RU != "город Астана" {
					t.Errorf("line %+v", l)
				}
			}
		}
		for _, key := range []string{"ainur", "aliya"} {
			if _, err := w.register.Queue(t.Context(), w.staff(key), register.QueueFilter{}); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if _, err := w.register.Queue(t.Context(), w.person(w.land.IIN("aigul")), register.QueueFilter{}); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("a citizen: %v", err)
		}
	})
}

// Pages follow one another by key, overdue cases first, and none is lost or shown
// twice.
func TestQueueIsReadInPagesOverdueFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const cases = 60
		for i := range cases {
			iin := w.land.IIN("aigul")
			if err := w.register.OpenCase(t.Context(), register.CaseDispute, string(rune('a'+i)), iin, "751110000"); err != nil {
				t.Fatal(err)
			}
			w.clock.Advance(time.Hour)
		}
		w.clock.Advance(40 * time.Hour)
		serik := w.staff("serik")
		seen, filter := map[string]bool{}, register.QueueFilter{Kind: register.CaseDispute}
		var last time.Time
		for {
			q, err := w.register.Queue(t.Context(), serik, filter)
			if err != nil {
				t.Fatal(err)
			}
			if q.Counts[register.ShelfOpen] != cases || q.Counts[register.ShelfOverdue] == 0 || q.Counts[register.ShelfOverdue] == cases {
				t.Fatalf("counts %v", q.Counts)
			}
			for _, l := range q.Lines {
				if seen[l.Number] || l.Due.Before(last) {
					t.Errorf("case %s again, or out of order", l.Number)
				}
				seen[l.Number], last = true, l.Due
			}
			if filter.After = q.Next; q.Next == "" {
				break
			}
		}
		if len(seen) != cases {
			t.Errorf("%d cases of %d", len(seen), cases)
		}
	})
}

func TestCaseIsMaskedUntilWhoHasItOpensItWithAReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		masked := func(who mekenjai.Actor) {
			t.Helper()
			d, err := w.register.Dossier(t.Context(), who, number)
			if err != nil {
				t.Fatal(err)
			}
			if !d.Masked || d.About != "" || d.Application.Person != "" || !d.Application.Name.IsZero() || d.Application.Dwelling.ARC != "" ||
				d.Consents != nil || d.Notices != nil || d.Facts.Persons != nil || len(d.Findings) == 0 || len(d.Answers) == 0 {
				t.Errorf("%s sees %+v", who.Duty.Office, d)
			}
			for _, x := range d.Answers {
				if x.Subject != "" {
					t.Errorf("an answer about %s", x.Subject)
				}
			}
		}
		masked(madi)
		if err := w.register.Reveal(t.Context(), madi, number, register.LookToDecide, ""); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("opened by who has not taken it: %v", err)
		}
		if err := w.register.Take(t.Context(), madi, number); err != nil {
			t.Fatal(err)
		}
		masked(madi)
		var wrong mekenjai.FieldErrors
		if err := w.register.Reveal(t.Context(), madi, number, "curiosity", ""); !errors.As(err, &wrong) {
			t.Errorf("opened without a reason: %v", err)
		}
		if err := w.register.Reveal(t.Context(), madi, number, register.LookToDecide, ""); err != nil {
			t.Fatal(err)
		}
		d, err := w.register.Dossier(t.Context(), madi, number)
		if err != nil || d.Masked || d.Application.Person != a.Person || len(d.Facts.Persons) == 0 || len(d.Signatures) != 1 || len(d.Path) == 0 {
			t.Errorf("opened: %v %+v", err, d)
		}
		masked(w.staff("gaukhar"))
		looks, _, err := w.register.Looks(t.Context(), w.person(a.Person), "")
		if err != nil || len(looks) != 1 || looks[0].Role != mekenjai.Officer || looks[0].Reason != register.LookToDecide || looks[0].Office.RU != "Миграционная служба города Астаны (образец)" {
			t.Errorf("who looked: %v %+v", err, looks)
		}
	})
}

func TestOfTwoWhoTakeACaseOneGetsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, number := w.referred()
		officers := []mekenjai.Actor{w.staff("madi"), w.staff("gaukhar")}
		results := make([]error, 2)
		var both sync.WaitGroup
		for i, o := range officers {
			both.Go(func() { results[i] = w.register.Take(t.Context(), o, number) })
		}
		both.Wait()
		got, refused := 0, 0
		for _, err := range results {
			switch {
			case err == nil:
				got++
			case errors.Is(err, mekenjai.ErrConflict):
				refused++
			}
		}
		if got != 1 || refused != 1 {
			t.Errorf("taken by two at once: %v", results)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'desk.take' AND outcome = 'conflict'`); n != 1 {
			t.Errorf("%d audited attempts", n)
		}
	})
}

func TestCaseGoesBackWithAReasonAndIsMaskedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, number := w.referred()
		madi, gaukhar := w.staff("madi"), w.staff("gaukhar")
		w.opened(madi, number)
		var wrong mekenjai.FieldErrors
		if err := w.register.GiveBack(t.Context(), madi, number, " "); !errors.As(err, &wrong) {
			t.Errorf("without a reason: %v", err)
		}
		if err := w.register.GiveBack(t.Context(), gaukhar, number, "Демалысқа шығамын"); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("another's case: %v", err)
		}
		if err := w.register.GiveBack(t.Context(), madi, number, "Демалысқа шығамын"); err != nil {
			t.Fatal(err)
		}
		if err := w.register.Take(t.Context(), madi, number); err != nil {
			t.Fatal(err)
		}
		if d, err := w.register.Dossier(t.Context(), madi, number); err != nil || !d.Masked || len(d.Steps) != 4 {
			t.Errorf("taken again: %v %+v", err, d.Steps)
		}
	})
}

func TestChiefTakesOverWhatWasLeftLying(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, number := w.referred()
		madi, gaukhar := w.staff("madi"), w.staff("gaukhar")
		w.opened(madi, number)
		if err := w.register.TakeOver(t.Context(), gaukhar, number); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("while it is being worked on: %v", err)
		}
		w.clock.Advance(25 * time.Hour)
		if err := w.register.TakeOver(t.Context(), madi, number); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("by no chief: %v", err)
		}
		if err := w.register.TakeOver(t.Context(), gaukhar, number); err != nil {
			t.Fatal(err)
		}
		if d, _ := w.register.Dossier(t.Context(), gaukhar, number); !d.Mine || !d.Masked {
			t.Errorf("taken over: %+v", d.DeskCase)
		}
		if _, err := w.register.PrepareDecision(t.Context(), madi, number, register.DecisionInput{}); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("the former holder decides: %v", err)
		}
	})
}

// The entry that an officer grants is made by the same hand as any other, after the
// registers were asked once more.
func TestGrantAsksTheRegistersAgainAndEnters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		w.opened(madi, number)
		answers := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'property'`, a.ID)
		if err := w.decides(madi, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Сот тыйымды алып тастады"}); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Registered)
		if c.Entry == nil || len(c.Rulings) != 1 || c.Rulings[0].Ruling != mekenjai.Grant {
			t.Errorf("granted: %+v", c.Rulings)
		}
		if n := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'property'`, a.ID); n <= answers {
			t.Errorf("the property register was not asked again: %d answers", n)
		}
		d, err := w.register.Dossier(t.Context(), madi, number)
		if err != nil || d.State != register.CaseClosed || d.Entry == nil || len(d.Decisions) != 1 {
			t.Errorf("the case: %v %+v", err, d.DeskCase)
		}
		w.told(a.Person, "удовлетворено")
		checks, err := w.register.VerifySignatures(t.Context(), madi, number)
		if err != nil || len(checks) != 2 {
			t.Fatalf("signatures: %v %+v", err, checks)
		}
		for _, s := range checks {
			if s.Status != eds.StatusValid {
				t.Errorf("signature of %s: %s %s", s.Kind, s.Status, s.Reason)
			}
		}
	})
}

func TestGrantWaitsForASilentRegister(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		w.opened(madi, number)
		w.land.Set("property", country.Fault{Kind: country.Down})
		if err := w.decides(madi, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Тыйым алынды"}); err != nil {
			t.Fatal(err)
		}
		if c := w.awaitSilence(a); c.State != mekenjai.Deciding {
			t.Errorf("a silent register: %s", c.State)
		}
		w.land.Heal()
		w.clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestRefusalOfAnOfficerIsASealedActWithGroundAndRemedy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		w.opened(madi, number)
		in := register.DecisionInput{Ruling: mekenjai.Deny, Reason: "Сот тыйымы\n\nкүшінде"}
		var wrong mekenjai.FieldErrors
		if _, err := w.register.PrepareDecision(t.Context(), madi, number, in); !errors.As(err, &wrong) || wrong[0].Field != "ground" {
			t.Errorf("without a ground: %v", err)
		}
		in.Ground = "BAN_ON_USE"
		if err := w.decides(madi, number, in); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Refused)
		if c.Act == nil || c.Reason != "BAN_ON_USE" {
			t.Fatalf("refused: %+v", c.Application)
		}
		ground, _ := mekenjai.GroundOf("BAN_ON_USE")
		for _, want := range []string{ground.Name.KK, ground.Name.RU, ground.Norm.KK, ground.Norm.RU, "Сот тыйымы күшінде", number, "Обжалование"} {
			if !strings.Contains(string(c.Act.Text), want) {
				t.Errorf("the act does not say %q:\n%s", want, c.Act.Text)
			}
		}
		if n := bytes.Count(c.Act.Text, []byte("\n\n")); n != 1 {
			t.Errorf("%d empty lines in the act, its two languages are parted by one", n)
		}
		for range 200 {
			if c = w.await(a, mekenjai.Refused); c.Act.Seal != nil {
				break
			}
			time.Sleep(25 * time.Millisecond)
		}
		report, err := (&eds.Verifier{Anchors: verifierAnchors(), Revocation: w.authority}).VerifyCMS(t.Context(), c.Act.Seal, c.Act.Text, verifyNow(w))
		if err != nil || !report.Valid() {
			t.Errorf("seal: %v %+v", err, report)
		}
		if f := c.Findings[len(c.Findings)-1]; f.Rule != "R57" || f.Outcome != rules.OK {
			t.Errorf("no remedy among the findings: %+v", f)
		}
	})
}

// What lay at the desk went back to the rules: they find the same again, and a new
// case begins.
func TestRecheckGoesThroughTheRulesAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		w.opened(madi, number)
		if err := w.decides(madi, number, register.DecisionInput{Ruling: mekenjai.Recheck, Reason: "Кадастр түзетілді"}); err != nil {
			t.Fatal(err)
		}
		for range 200 {
			if n := w.count(`SELECT count(*) FROM desk_case WHERE subject = $1 AND state = 'open'`, a.ID); n == 1 {
				break
			}
			time.Sleep(25 * time.Millisecond)
		}
		if again := w.caseOf(a); again == number {
			t.Error("the old case is open again")
		}
	})
}

// A right-holder's silence while the case lay at the desk is nobody's fault: after
// the grant everybody is asked again.
func TestGrantAsksAgainForConsentsThatLapsedAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("three_owners")
		a := w.file(s)
		w.await(a, mekenjai.AwaitingConsent)
		requests := w.requests(a, s.Asked)
		if err := w.agree(s.Asked[0], requests[s.Asked[0]]); err != nil {
			t.Fatal(err)
		}
		other := s.Asked[1]
		if err := w.register.Disown(t.Context(), w.speaker(other, requests[other]), requests[other]); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Referred)
		w.clock.Advance(5 * time.Hour) // the third owner's hour is over
		number, gaukhar := w.caseOf(a), w.staff("gaukhar")
		w.opened(gaukhar, number)
		if err := w.decides(gaukhar, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Тіркелім дұрыс, ол меншік иесі"}); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.AwaitingConsent)
		if c.Round != 2 || len(c.Consents) != len(s.Asked) {
			t.Fatalf("round %d with %d consents", c.Round, len(c.Consents))
		}
		for party, request := range w.requests(a, s.Asked) {
			if err := w.agree(party, request); err != nil {
				t.Fatal(err)
			}
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestDecisionNeedsTheOfficersOwnSignatureOverItsText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		madi := w.staff("madi")
		w.opened(madi, number)
		in := register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Тыйым алынды"}
		text, err := w.register.PrepareDecision(t.Context(), madi, number, in)
		if err != nil {
			t.Fatal(err)
		}
		for name, cms := range map[string][]byte{
			"another's key": w.sign(w.staff("gaukhar"), text.Text),
			"another text":  w.sign(madi, append([]byte("x"), text.Text...)),
			"his own key":   w.sign(w.person(madi.IIN), text.Text), // not the one of who employs him
		} {
			if err := w.register.Decide(t.Context(), madi, text.ID, register.Signature{CMS: cms}); refusedFor(err) == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.register.Decide(t.Context(), w.staff("gaukhar"), text.ID, register.Signature{CMS: w.sign(w.staff("gaukhar"), text.Text)}); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("another signs his text: %v", err)
		}
		good := register.Signature{CMS: w.sign(madi, text.Text)}
		if err := w.register.Decide(t.Context(), madi, text.ID, good); err != nil {
			t.Fatal(err)
		}
		if err := w.register.Decide(t.Context(), madi, text.ID, good); !errors.Is(err, mekenjai.ErrStale) && !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("decided twice: %v", err)
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestNobodyIsAnOfficerInHisOwnCause(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		madi := w.staff("madi")
		if err := w.register.OpenCase(t.Context(), register.CaseDispute, "x", madi.IIN, "711010000"); err != nil {
			t.Fatal(err)
		}
		q, err := w.register.Queue(t.Context(), madi, register.QueueFilter{})
		if err != nil || len(q.Lines) != 1 {
			t.Fatalf("%v %+v", err, q.Lines)
		}
		if err := w.register.Take(t.Context(), madi, q.Lines[0].Number); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("takes a case about himself: %v", err)
		}
	})
}
