package crowd

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"mekenjai"
	"mekenjai/internal/fake/country"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, mekenjai.Almaty)

func sizes() *rapid.Generator[Size] {
	return rapid.Custom(func(t *rapid.T) Size {
		s := Size{Dwellings: rapid.IntRange(12, 6_000_000).Draw(t, "dwellings"), Entries: rapid.IntRange(0, 6_000_000).Draw(t, "entries")}
		s.Persons = rapid.IntRange(2*s.Dwellings+s.Entries, 2*s.Dwellings+s.Entries+9_000_000).Draw(t, "persons")
		return s
	})
}

func open(t interface{ Fatal(...any) }, s Size) *Crowd {
	c, err := New(s, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestANumberNamesOnePersonAndAPersonHasOneNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := open(t, sizes().Draw(t, "size"))
		i := rapid.IntRange(0, c.Persons-1).Draw(t, "person")
		iin := IIN(i)
		if _, err := mekenjai.ParseIIN(string(iin)); err != nil {
			t.Fatalf("person %d has the number %s: %v", i, string(iin), err)
		}
		if got, ok := c.Person(iin); !ok || got != i {
			t.Fatalf("the number of person %d names %d, %v", i, got, ok)
		}
		if got, ok := c.PhoneOwner(c.Phone(i)); !ok || got != i {
			t.Fatalf("the telephone of person %d is that of %d, %v", i, got, ok)
		}
		if _, ok := c.Person(IIN(c.Persons)); ok {
			t.Fatal("the crowd has one person more than it should")
		}
	})
}

func TestACodeNamesOneDwelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := open(t, sizes().Draw(t, "size"))
		j := rapid.IntRange(0, c.Dwellings-1).Draw(t, "dwelling")
		arc := c.ARC(j)
		if _, err := mekenjai.ParseARC(string(arc)); err != nil {
			t.Fatalf("dwelling %d has the code %s: %v", j, arc, err)
		}
		if got, ok := c.Dwelling(arc); !ok || got != j {
			t.Fatalf("the code of dwelling %d names %d, %v", j, got, ok)
		}
		if capital := c.Address(j).KATO[:2] == "71"; capital != (j >= c.Outside()) {
			t.Fatalf("dwelling %d of %d lies in the capital: %v", j, c.Outside(), capital)
		}
	})
}

func TestApplicantsOwnNothingAndApplyElsewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := open(t, sizes().Filter(func(s Size) bool { return s.Persons > 2*s.Dwellings+s.Entries }).Draw(t, "size"))
		n := rapid.IntRange(0, c.Applicants()-1).Draw(t, "applicant")
		person, dwelling := c.Applicant(n)
		owners := c.Owners(dwelling)
		if person >= c.Persons || person == owners[0] || person == owners[1] || c.Home(person) == dwelling || owners[0] == owners[1] {
			t.Fatalf("applicant %d is person %d and applies for dwelling %d", n, person, dwelling)
		}
		if c.holdings(person) != nil || len(c.person(person).Addresses) > 0 {
			t.Fatalf("applicant %d owns something, or has an entry", n)
		}
		if c.Entries > 0 {
			e := c.Entry(rapid.IntRange(0, c.Entries-1).Draw(t, "entry"))
			if e.Person == person || c.Home(e.Person) == e.Dwelling || !mekenjai.DateOf(noon).Before(e.Period.To) {
				t.Fatalf("an entry that cannot stand: %+v", e)
			}
		}
	})
}

// The gazetteer that is loaded holds exactly the dwellings that the formula names.
func TestThePlanHoldsTheDwellings(t *testing.T) {
	c := open(t, Size{Persons: 3000, Dwellings: 1000})
	seen := map[mekenjai.ARC]string{}
	for r := range c.Plan().Rooms() {
		seen[r.RCA] = r.FullPathRU
	}
	for j := range c.Dwellings {
		if a := c.Address(j); seen[a.ARC] != a.PathRU {
			t.Fatalf("dwelling %d is %q, in the plan %q", j, a.PathRU, seen[a.ARC])
		}
	}
}

func TestQuestionsAboutOthersReachTheCountryBeside(t *testing.T) {
	land := country.New(func() time.Time { return noon })
	peers := open(t, Size{Persons: 3000, Dwellings: 1000}).Peers(land.Peers())
	ours, err := peers.Person(t.Context(), IIN(5))
	theirs, err2 := peers.Person(t.Context(), land.IIN("aigul"))
	if err != nil || err2 != nil || ours.Value.IIN != IIN(5) || theirs.Value.Given != "Айгүл" {
		t.Errorf("answers %+v, %v; %+v, %v", ours.Value, err, theirs.Value, err2)
	}
}

func TestSizesThatCannotBeAreRefused(t *testing.T) {
	for _, text := range []string{"persons=10", "persons=100,dwellings=60", "persons=1000,dwellings=100,entries=900", "people=7", "persons=x"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %v", text, s)
		}
	}
}

func BenchmarkAnswers(b *testing.B) {
	c := open(b, Size{Persons: 20_000_000, Dwellings: 6_000_000, Entries: 6_000_000})
	peers := c.Peers(country.New(nil).Peers())
	for n := 0; b.Loop(); n++ {
		i, j := c.Applicant(n % c.Applicants())
		if _, err := peers.Person(b.Context(), IIN(i)); err != nil {
			b.Fatal(err)
		}
		if _, err := peers.Property(b.Context(), c.ARC(j)); err != nil {
			b.Fatal(err)
		}
	}
}
