package country

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

var starts = []time.Time{
	time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC),
	time.Date(2025, 12, 31, 18, 59, 0, 0, time.UTC), // still 31 December in Almaty
	time.Date(2025, 12, 31, 19, 0, 0, 0, time.UTC),  // 1 January there
	time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	time.Date(2031, 7, 1, 0, 0, 0, 0, time.UTC),
}

func made(at time.Time) *Country { return New(func() time.Time { return at }) }

func TestNumbersAreRightWheneverTheCountryIsMade(t *testing.T) {
	for _, start := range starts {
		c := made(start)
		seen := map[mekenjai.PartyID]string{}
		for key, p := range c.numbers {
			if _, err := mekenjai.ParsePartyID(string(p)); err != nil || seen[p] != "" {
				t.Errorf("%v: %s has %s: %v, as %q", start, key, p, err, seen[p])
			}
			seen[p] = key
		}
		for _, r := range cast {
			p, born := c.persons[c.IIN(r.key)], mekenjai.Date{}
			if born, _ = p.IIN.BirthDate(); born != p.BirthDate {
				t.Errorf("%s was born on %v, his number says %v", r.key, p.BirthDate, born)
			}
		}
	}
}

func TestNumbersStayTheSameThroughTheYear(t *testing.T) {
	a, b := made(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)), made(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))
	for key, p := range a.numbers {
		if b.numbers[key] != p {
			t.Errorf("%s: %s, later %s", key, p, b.numbers[key])
		}
	}
}

func TestAgesOfTheStoriesNeverRot(t *testing.T) {
	for _, start := range starts {
		c := made(start)
		today := mekenjai.DateOf(start)
		for key, age := range map[string]int{"arman": 15, "alikhan": 9, "artyom": 7, "madina": 20} {
			if got := c.persons[c.IIN(key)].AgeOn(today); got != age {
				t.Errorf("%v: %s is %d", start, key, got)
			}
		}
	}
}

// A story holds together: its parts are in the registers, and whoever is asked
// is exactly who holds the title, or the tenant of state housing.
func TestEveryStoryHoldsTogether(t *testing.T) {
	for _, start := range starts {
		c := made(start)
		peers, today := c.Peers(), mekenjai.DateOf(start)
		for _, s := range c.Stories() {
			person, err := peers.Person(t.Context(), s.Applicant)
			if err != nil || !person.Found {
				t.Fatalf("%s: applicant: %v, found %v", s.ID, err, person.Found)
			}
			if _, ok := person.Value.ValidDocument(today); ok != (s.Rule != "R05") {
				t.Errorf("%s: document %v", s.ID, ok)
			}
			if a, err := peers.Address(t.Context(), s.ARC); err != nil || !a.Found || !a.Value.Actual {
				t.Errorf("%s: address %v %v", s.ID, a.Found, err)
			}
			property, err := peers.Property(t.Context(), s.ARC)
			if want := s.Rule != "R24" && s.Rule != "R25"; err != nil || property.Found != want {
				t.Errorf("%s: property found %v, %v", s.ID, property.Found, err)
				continue
			}
			dwelling, _ := property.Value.Dwelling()
			holders := dwelling.Holders()
			if tenancy, _ := peers.Tenancy(t.Context(), s.ARC); tenancy.Found && !tenancy.Value.LeasedByState {
				holders = []mekenjai.RightHolder{tenancy.Value.Holder()}
			}
			if lease, leased := dwelling.Lease(today); leased && lease.Tenant.Party == s.Owner {
				holders = []mekenjai.RightHolder{{Party: lease.Tenant.Party, Right: mekenjai.RightTenant}}
			}
			holds := func(p mekenjai.PartyID) bool {
				return slices.ContainsFunc(holders, func(h mekenjai.RightHolder) bool { return h.Party == p })
			}
			if s.IsOwner != holds(mekenjai.PartyID(s.Applicant)) || !s.IsOwner && s.Rule == "" && !holds(s.Owner) {
				t.Errorf("%s: owner %v, holders %v", s.ID, s.IsOwner, holders)
			}
			if s.Asked == nil {
				continue
			}
			for _, h := range holders {
				if asked := slices.Contains(s.Asked, h.Party); asked == (h.Party == mekenjai.PartyID(s.Applicant)) {
					t.Errorf("%s: %s asked: %v", s.ID, h.Name, asked)
				}
			}
			for i, signer := range s.Signers {
				if r, err := peers.Citizen(t.Context(), signer); err != nil || !r.Value.CanConsent() {
					t.Errorf("%s: %s cannot be asked", s.ID, s.Asked[i])
				}
			}
		}
	}
}

func TestFlatInAstanaIsFullByItsNorm(t *testing.T) {
	c := made(starts[3])
	s := c.Story("norm")
	p, _ := c.Peers().Property(t.Context(), s.ARC)
	o, _ := p.Value.Dwelling()
	r, _ := c.Peers().Residents(t.Context(), s.ARC)
	if capacity := int(o.UsefulArea / state.SquareMetres(15)); capacity != r.Value.Count() || capacity != 3 {
		t.Errorf("room for %d, %d live there", capacity, r.Value.Count())
	}
	sister := c.Story("norm_relative").Applicant
	rel, _ := c.Peers().Relation(t.Context(), state.PairOf(c.IIN("oleg"), sister))
	if rel.Value.Kind != state.RelationSibling {
		t.Errorf("sister is %q", rel.Value.Kind)
	}
}

func TestPersonOfTheMoveIsRegisteredElsewhere(t *testing.T) {
	c := made(starts[3])
	e := c.Entries()[0]
	p, _ := c.Peers().Person(t.Context(), e.Person)
	if got := p.Value.TemporaryOn(mekenjai.DateOf(starts[3])); len(got) != 1 || got[0].ARC != e.ARC {
		t.Errorf("temporary addresses %v", got)
	}
	if s := c.Story("moved"); s.Applicant != e.Person || s.ARC == e.ARC {
		t.Errorf("story %+v", s)
	}
}

func TestOwnerOfTwoFlatsHoldsTwo(t *testing.T) {
	c := made(starts[3])
	h, err := c.Peers().Holdings(t.Context(), c.Party("zhanna"))
	if err != nil || len(h.Value.Objects) != 2 {
		t.Errorf("%d objects, %v", len(h.Value.Objects), err)
	}
}

func TestHeadSpeaksForTheOrganisation(t *testing.T) {
	c := made(starts[3])
	if got := c.Story("dormitory").Signers; !slices.Equal(got, []mekenjai.IIN{c.IIN("saule")}) {
		t.Errorf("signers %v", got)
	}
}

func TestPowersOfAttorneyAreFoundByAllThreeNumbersOnly(t *testing.T) {
	c := made(starts[3])
	ask := func(p PowerPaper) state.Reply[state.Power] {
		t.Helper()
		r, err := c.Peers().Power(t.Context(), state.PowerOf(p.Principal, p.Attorney, p.Number))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, p := range c.Powers() {
		if r := ask(p); !r.Found || r.Value.Principal != p.Principal {
			t.Errorf("%s: found %v", p.Number, r.Found)
		}
		typed := p
		typed.Number = " " + strings.ToLower(p.Number) + " "
		if !ask(typed).Found {
			t.Errorf("%q is not found as people type it", typed.Number)
		}
		other := p
		other.Attorney = c.IIN("stranger")
		if ask(other).Found {
			t.Errorf("%s is found for another attorney", p.Number)
		}
	}
}
