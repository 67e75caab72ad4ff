package mekenjai

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestNothingFollowsAnEnd(t *testing.T) {
	all := []State{Checking, AwaitingConsent, Deciding, Entering, Referred, Registered, Refused, Routed, Cancelled}
	for _, s := range []State{Registered, Refused, Routed, Cancelled} {
		for _, next := range all {
			if s.May(next) {
				t.Errorf("%s may become %s", s, next)
			}
		}
	}
	for _, s := range all {
		if s.May(s) {
			t.Errorf("%s may become itself", s)
		}
	}
}

func TestNobodyIsRegisteredWhileConsentIsAwaited(t *testing.T) {
	if AwaitingConsent.May(Registered) {
		t.Error("the registers must be asked again after the last consent")
	}
}

func TestNobodyTakesBackWhatIsDecided(t *testing.T) {
	if Entering.May(Cancelled) || Entering.May(Refused) || Entering.May(Routed) {
		t.Error("an application whose entry is being written ends without an officer")
	}
	if !Entering.IsDecided() || Deciding.IsDecided() || Referred.IsDecided() {
		t.Error("what is decided, and what is not")
	}
	if Entering.IsFinal() || Entering.WaitsForPeople() {
		t.Error("the promise runs on until the entry is confirmed")
	}
}

func TestTheClockStandsStillWhilePeopleAreWaitedFor(t *testing.T) {
	start := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	c := Clock{}.In(Checking, start)
	c = c.In(AwaitingConsent, start.Add(10*time.Second))
	if got := c.Elapsed(start.Add(time.Hour)); got != 10*time.Second {
		t.Errorf("waiting for people took %v of the promise", got)
	}
	c = c.In(Deciding, start.Add(time.Hour))
	if got := c.Elapsed(start.Add(time.Hour + 5*time.Second)); got != 15*time.Second {
		t.Errorf("got %v", got)
	}
	c = c.In(Registered, start.Add(time.Hour+5*time.Second))
	if got := c.Elapsed(start.Add(24 * time.Hour)); got != 15*time.Second {
		t.Errorf("the clock runs after the end: %v", got)
	}
}

func TestAClockSetBackTakesNothingFromThePromise(t *testing.T) {
	start := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	if got := (Clock{Used: time.Minute, Since: start}).Elapsed(start.Add(-time.Hour)); got != time.Minute {
		t.Errorf("got %v", got)
	}
}

func TestTheOwnerIsAskedForOnlyOfThoseWhoAreNot(t *testing.T) {
	yes, no := true, false
	has := func(d Draft) bool {
		for _, s := range d.Steps() {
			if s == StepOwner {
				return true
			}
		}
		return false
	}
	if has(Draft{}) || has(Draft{IsOwner: &yes}) || !has(Draft{IsOwner: &no}) {
		t.Error("wrong questions")
	}
}

func TestAnArrivalInTheFutureIsRefused(t *testing.T) {
	today := date("2026-11-22")
	_, wrong := Draft{}.Answer(StepArrival, Input{Day: "23", Month: "11", Year: "2026"}, today)
	if len(wrong) != 1 || wrong[0].Key != "portal.error.arrival_future" {
		t.Errorf("got %v", wrong)
	}
	d, wrong := Draft{}.Answer(StepArrival, Input{Day: "22", Month: "11", Year: "2026"}, today)
	if wrong != nil || d.Arrival != today {
		t.Errorf("today is refused: %v", wrong)
	}
	for _, in := range []Input{{}, {Day: "31", Month: "2", Year: "2026"}, {Day: "1", Month: "13", Year: "2026"}, {Day: "x", Month: "1", Year: "2026"}} {
		if _, wrong := (Draft{}).Answer(StepArrival, in, today); len(wrong) != 1 {
			t.Errorf("%+v passes", in)
		}
	}
}

func TestWhoBecomesOwnerForgetsTheDeclaredOne(t *testing.T) {
	d, wrong := Draft{Owner: "791028302728"}.Answer(StepOwnership, Input{IsOwner: "yes"}, date("2026-11-22"))
	if wrong != nil || d.Owner != "" {
		t.Errorf("%+v %v", d, wrong)
	}
}

func TestTwoStatementsAreNeverTheSameText(t *testing.T) {
	s := Statement{Application: "a", Prepared: time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC), Months: 6, Purpose: PurposeStudy,
		Person: "791028302728", Name: Name{Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, Arrival: date("2026-11-20"), IsOwner: true,
		Dwelling: Dwelling{ARC: "0201600112345678", Address: Text{KK: "Қостанай", RU: "Костанай"}}}
	first := s.Text()
	for name, change := range map[string]func(*Statement){
		"application": func(s *Statement) { s.Application = "b" },
		"months":      func(s *Statement) { s.Months = 7 },
		"arc":         func(s *Statement) { s.Dwelling.ARC = "0201600112345679" },
		"person":      func(s *Statement) { s.Person = "061211600012" },
		"arrival":     func(s *Statement) { s.Arrival = date("2026-11-19") },
		"owner":       func(s *Statement) { s.IsOwner, s.Owner = false, "061211600012" },
	} {
		other := s
		change(&other)
		if bytes.Equal(first, other.Text()) || ShortCode(first) == ShortCode(other.Text()) {
			t.Errorf("a change of %s leaves the text", name)
		}
	}
	if !strings.Contains(string(first), StatementPurpose) || strings.Contains(string(first), ChallengePurpose) {
		t.Error("the text does not say what it is for")
	}
}

func TestACodeIsReadAsPeopleTypeIt(t *testing.T) {
	code := NewCode([]byte{7, 20, 3, 19, 1, 0, 29, 13})
	if code != "7M3K-10XD" {
		t.Fatalf("got %s", code)
	}
	for _, typed := range []string{"7m3k-10xd", "7M3K1OXD", " 7m3k – ioxd ", "7M3K lОXD"} {
		if got := ParseCode(typed, 8); got != code {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	for _, typed := range []string{"", "7M3K-10X", "7M3K-10XDA", "7M3K-10X!", "UUUUUUUU"} {
		if got := ParseCode(typed, 8); got != "" {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}

func TestHoldersAreTheSameInAnyOrder(t *testing.T) {
	a := RightHolder{Party: "791028302728", Right: RightCoOwner, Share: Share{1, 2}}
	b := RightHolder{Party: "061211600012", Right: RightCoOwner, Share: Share{1, 2}}
	if !SameHolders([]RightHolder{a, b}, []RightHolder{b, a}) {
		t.Error("order matters")
	}
	c := b
	c.Share = Share{1, 3}
	if SameHolders([]RightHolder{a, b}, []RightHolder{a, c}) || SameHolders([]RightHolder{a}, []RightHolder{a, b}) {
		t.Error("a change of shares or holders goes unseen")
	}
}

func TestOnlyWhoMaySignAnswersForAnOrganisation(t *testing.T) {
	h := RightHolder{Party: "050140000016"}
	head := Actor{IIN: "791028302728", BIN: "050140000016", MaySign: true, Method: ByEDS}
	if !head.MayAnswerFor(h) {
		t.Error("the head is refused")
	}
	employee := head
	employee.MaySign = false
	person := Actor{IIN: "791028302728", Method: ByEDS}
	if employee.MayAnswerFor(h) || person.MayAnswerFor(h) {
		t.Error("an employee or the head as a person answers")
	}
}

func TestAConsentIsAnsweredOnce(t *testing.T) {
	for _, a := range []Answer{Agreed, Declined, NotMine, Lapsed, Withdrawn, Void} {
		for _, next := range []Answer{Agreed, Declined, NotMine, Lapsed} {
			if a.May(next) {
				t.Errorf("%s may become %s", a, next)
			}
		}
	}
	if !Agreed.May(Withdrawn) || !Asked.May(Lapsed) {
		t.Error("a consent cannot be taken back, or a request not lapse")
	}
}

func TestTheLastInstantStillCounts(t *testing.T) {
	deadline := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	c := Consent{Answer: Asked, Deadline: deadline}
	if c.HasLapsed(deadline) || !c.HasLapsed(deadline.Add(time.Microsecond)) {
		t.Error("the deadline is not where it was promised")
	}
}
