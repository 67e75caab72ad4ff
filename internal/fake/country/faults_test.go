package country

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

func TestPeerThatIsDownIsSilent(t *testing.T) {
	c := made(starts[3])
	c.Set(state.Persons, Fault{Kind: Down})
	if _, err := c.Peers().Person(t.Context(), c.IIN("aigul")); !errors.Is(err, mekenjai.ErrUnavailable) || !errors.Is(err, state.ErrDown) {
		t.Errorf("got %v", err)
	}
	for _, h := range c.Peers().Check(t.Context()) {
		if (h.Err != nil) != (h.Peer == state.Persons) {
			t.Errorf("health %+v", h)
		}
	}
	c.Heal()
	if _, err := c.Peers().Person(t.Context(), c.IIN("aigul")); err != nil {
		t.Errorf("healed: %v", err)
	}
}

func TestSlowPeerAnswersInTimeOrNotAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := made(starts[3])
		arc := c.Story("sole_owner").ARC
		c.Set(state.Properties, Fault{Slow, 3 * time.Second})
		if r, err := c.Peers().Property(t.Context(), arc); err != nil || !r.Found {
			t.Errorf("three seconds: %v", err)
		}
		c.Set(state.Properties, Fault{Slow, time.Hour})
		if _, err := c.Peers().Property(t.Context(), arc); !errors.Is(err, state.ErrSlow) {
			t.Errorf("an hour: %v", err)
		}
	})
}

func TestPeerThatSpeaksOfSomebodyElseIsNotTrusted(t *testing.T) {
	c := made(starts[3])
	for _, p := range state.All {
		c.Set(p, Fault{Kind: Wrong})
	}
	peers, iin, arc := c.Peers(), c.IIN("oleg"), c.Story("norm").ARC
	ask := map[string]error{}
	_, ask["person"] = peers.Person(t.Context(), iin)
	_, ask["stranger"] = peers.Person(t.Context(), c.IIN("stranger"))
	_, ask["property"] = peers.Property(t.Context(), arc)
	_, ask["holdings"] = peers.Holdings(t.Context(), c.Party("oleg"))
	_, ask["address"] = peers.Address(t.Context(), arc)
	_, ask["citizen"] = peers.Citizen(t.Context(), iin)
	_, ask["entity"] = peers.Entity(t.Context(), c.BIN("centre"))
	_, ask["relation"] = peers.Relation(t.Context(), state.PairOf(iin, c.IIN("irina")))
	_, ask["parents"] = peers.Parents(t.Context(), c.IIN("artyom"))
	_, ask["guardians"] = peers.Guardians(t.Context(), c.IIN("raisa"))
	_, ask["tenancy"] = peers.Tenancy(t.Context(), arc)
	_, ask["residents"] = peers.Residents(t.Context(), arc)
	_, ask["student"] = peers.Student(t.Context(), c.IIN("madina"))
	power := c.Powers()[0]
	_, ask["power"] = peers.Power(t.Context(), state.PowerOf(power.Principal, power.Attorney, power.Number))
	for question, err := range ask {
		if !errors.Is(err, state.ErrOtherSubject) {
			t.Errorf("%s: %v", question, err)
		}
	}
}

func holders(t *testing.T, c *Country, arc mekenjai.ARC) []mekenjai.RightHolder {
	t.Helper()
	p, err := c.Peers().Property(t.Context(), arc)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := p.Value.Dwelling()
	return o.Holders()
}

func TestContradictoryRegisterNamesOtherOwnersTheSecondTime(t *testing.T) {
	c := made(starts[3])
	arc := c.Story("three_owners").ARC
	c.Set(state.Properties, Fault{Kind: Contradictory})
	first, second, third := holders(t, c, arc), holders(t, c, arc), holders(t, c, arc)
	if mekenjai.SameHolders(first, second) || !mekenjai.SameHolders(first, third) {
		t.Errorf("%v\n%v\n%v", first, second, third)
	}
}

func TestMismatchContradictsItselfWithinOneReply(t *testing.T) {
	c := made(starts[3])
	arc := c.Story("sole_owner").ARC
	c.Set(state.Properties, Fault{Kind: Mismatch})
	p, _ := c.Peers().Property(t.Context(), arc)
	if !p.Value.Disagrees() {
		t.Error("the reply agrees with itself")
	}
	c.Heal()
	p, _ = c.Peers().Property(t.Context(), arc)
	if p.Value.Disagrees() {
		t.Error("the fault stayed in the register")
	}
}

func TestTitlePassesAndTheHistoryStays(t *testing.T) {
	c := made(starts[3])
	s := c.Story("three_owners")
	if err := c.Transfer(s.ARC, c.Party("zhanar"), c.Party("aigul")); err != nil {
		t.Fatal(err)
	}
	got := holders(t, c, s.ARC)
	if len(got) != 3 || got[2].Party != c.Party("aigul") || got[2].Share != (mekenjai.Share{Numerator: 1, Denominator: 4}) {
		t.Errorf("holders %v", got)
	}
	if err := c.Transfer(s.ARC, c.Party("zhanar"), c.Party("bolat")); !errors.Is(err, mekenjai.ErrNotFound) {
		t.Errorf("who has no right passed one: %v", err)
	}
	p, _ := c.Peers().Property(t.Context(), s.ARC)
	if n := len(p.Value.Objects[0].Rights); n != 4 {
		t.Errorf("%d lines of title", n)
	}
}

func TestOwnersChangeOnceAfterTheNextReading(t *testing.T) {
	c := made(starts[3])
	s := c.Story("non_owner")
	c.TransferAfterReading(s.ARC, s.Owner, c.Party("aigul"))
	if got := holders(t, c, s.ARC); got[0].Party != s.Owner {
		t.Errorf("changed too early: %v", got)
	}
	for range 2 {
		if got := holders(t, c, s.ARC); len(got) != 1 || got[0].Party != c.Party("aigul") {
			t.Errorf("holders %v", got)
		}
	}
}

func TestDeathEndsThePermanentRegistration(t *testing.T) {
	c := made(starts[3])
	iin := c.IIN("bolat")
	if err := c.Die(iin); err != nil {
		t.Fatal(err)
	}
	p, _ := c.Peers().Person(t.Context(), iin)
	if _, lives := p.Value.Permanent(); !p.Value.IsDead() || lives {
		t.Errorf("person %+v", p.Value)
	}
	if err := c.Die("000000000000"); !errors.Is(err, mekenjai.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
