package register_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/register"
)

// sealed puts a person under protection by two officers.
func (w *world) sealed(iin mekenjai.IIN) string {
	w.t.Helper()
	serik, gaukhar := w.staff("serik"), w.staff("gaukhar")
	number := w.proposed(iin)
	text, err := w.register.PrepareProtection(w.t.Context(), gaukhar, number, mekenjai.ConfirmSealing, "")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.register.Protect(w.t.Context(), gaukhar, text.ID, register.Signature{CMS: w.sign(gaukhar, text.Text)}); err != nil {
		w.t.Fatal(err)
	}
	if p, err := w.register.Protection(w.t.Context(), serik, number); err != nil || p.State != mekenjai.ProtectionSealed {
		w.t.Fatalf("sealed: %v %+v", err, p)
	}
	return number
}

func (w *world) proposed(iin mekenjai.IIN) string {
	w.t.Helper()
	serik := w.staff("serik")
	text, err := w.register.PrepareSealing(w.t.Context(), serik, register.ProtectionInput{Person: string(iin), Ground: "DOMESTIC_VIOLENCE", Paper: "№ 17, 20.02.2026", Months: 6})
	if err != nil {
		w.t.Fatal(err)
	}
	number, err := w.register.Protect(w.t.Context(), serik, text.ID, register.Signature{CMS: w.sign(serik, text.Text)})
	if err != nil {
		w.t.Fatal(err)
	}
	return number
}

// unknown is a well-formed number of nobody.
const unknown = mekenjai.IIN("791028302728")

func TestSealedPersonAnswersAsOneWhoDoesNotExist(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred() // gulnar, in Astana; a case at the desk
		w.sealed(a.Person)
		for _, who := range []string{"madi", "gaukhar", "serik"} {
			officer := w.staff(who)
			search := func(q string) any {
				list, err := w.register.Search(t.Context(), officer, register.SearchInput{Query: q, Reason: register.LookToCheck})
				return []any{list, err}
			}
			none := search(string(unknown))
			for _, q := range []string{string(a.Person), a.Number, number, string(a.Dwelling.ARC)} {
				if got := search(q); !reflect.DeepEqual(got, none) {
					t.Errorf("%s finds %v by %s", who, got, q)
				}
			}
			_, sealed := w.register.Dossier(t.Context(), officer, number)
			_, absent := w.register.Dossier(t.Context(), officer, "0000-0000")
			if !reflect.DeepEqual(sealed, absent) || !errors.Is(sealed, mekenjai.ErrNotFound) {
				t.Errorf("%s opens the case: %v, one that is not there: %v", who, sealed, absent)
			}
			if err := w.register.Take(t.Context(), officer, number); !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%s takes the case: %v", who, err)
			}
			if q, err := w.register.Queue(t.Context(), officer, register.QueueFilter{}); err != nil || len(q.Lines) != 0 || q.Counts[register.ShelfOpen] != 0 {
				t.Errorf("%s has it in the queue: %v %v", who, q.Lines, q.Counts)
			}
		}
		if c, err := w.register.Case(t.Context(), w.person(a.Person), a.ID); err != nil || c.Number != a.Number {
			t.Errorf("his own account: %v", err)
		}
	})
}

// The code on a sealed person's paper is unknown, the owner does not see him, and
// yet the entry counts.
func TestSealedEntryIsUnknownToOthersAndCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("non_owner")
		a := w.file(s)
		w.await(a, mekenjai.AwaitingConsent)
		for party, request := range w.requests(a, s.Asked) {
			if err := w.agree(party, request); err != nil {
				t.Fatal(err)
			}
		}
		c := w.await(a, mekenjai.Registered)
		paper, err := w.register.Certificate(t.Context(), w.person(a.Person), c.Entry.Number, "kk")
		if err != nil {
			t.Fatal(err)
		}
		owner := w.speaker(s.Owner, "")
		residents := func() (names []string) {
			estate, err := w.register.Estate(t.Context(), owner)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range estate.Dwellings {
				for _, r := range d.Residents {
					names = append(names, r.Name.Surname)
				}
			}
			return names
		}
		before := residents()
		w.sealed(a.Person)
		_, sealed := w.register.CheckCode(t.Context(), paper.Code)
		_, absent := w.register.CheckCode(t.Context(), "0000-0000-0000-0000")
		if !reflect.DeepEqual(sealed, absent) || !errors.Is(sealed, mekenjai.ErrNotFound) {
			t.Errorf("the code of a sealed person: %v, of nobody: %v", sealed, absent)
		}
		if after := residents(); len(after) != len(before)-1 {
			t.Errorf("the owner sees %v, saw %v", after, before)
		}
		if again, err := w.register.Certificate(t.Context(), w.person(a.Person), c.Entry.Number, "kk"); err != nil || again.Code != paper.Code {
			t.Errorf("his own paper: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM registration WHERE arc = $1 AND state = 'current'`, a.Dwelling.ARC); n != len(before) {
			t.Errorf("%d entries count", n)
		}
	})
}

func TestNobodyElseIsToldOfASealedPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("non_owner")
		a := w.file(s)
		w.await(a, mekenjai.AwaitingConsent)
		w.sealed(a.Person)
		for party, request := range w.requests(a, s.Asked) {
			if err := w.agree(party, request); err != nil {
				t.Fatal(err)
			}
		}
		w.await(a, mekenjai.Registered)
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'entry_at_mine'`); n != 0 {
			t.Errorf("%d notices to owners", n)
		}
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'registered' AND party = $1`, a.Person); n != 1 {
			t.Errorf("%d notices to himself", n)
		}
	})
}

func TestSealNeedsTwoOfficersOneOfThemAChief(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		person := w.land.IIN("aigul")
		number := w.proposed(person)
		for who, want := range map[string]error{"serik": mekenjai.ErrForbidden, "madi": mekenjai.ErrNotFound, "ainur": mekenjai.ErrNotFound} {
			if _, err := w.register.PrepareProtection(t.Context(), w.staff(who), number, mekenjai.ConfirmSealing, ""); !errors.Is(err, want) {
				t.Errorf("%s confirms: %v", who, err)
			}
		}
		for _, who := range []string{"ainur", "aliya"} {
			in := register.ProtectionInput{Person: string(person), Ground: "COURT_ACT", Paper: "№ 1", Months: 1}
			if _, err := w.register.PrepareSealing(t.Context(), w.staff(who), in); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s proposes: %v", who, err)
			}
		}
		if err := w.register.DeclineProtection(t.Context(), w.staff("gaukhar"), number); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM protection WHERE state = 'declined'`); n != 1 {
			t.Error("declined, and stands")
		}
		w.sealed(person)
		w.sealed(person) // again, before the term is over: the new seal takes the place
		if n := w.count(`SELECT count(*) FROM protection WHERE state = 'sealed'`); n != 1 {
			t.Errorf("%d seals", n)
		}
	})
}

func TestSealOpensByTwoOfficersOrByItsTerm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		seal := w.sealed(a.Person)
		serik, gaukhar := w.staff("serik"), w.staff("gaukhar")
		sign := func(who mekenjai.Actor, deed mekenjai.ProtectionDeed) {
			t.Helper()
			text, err := w.register.PrepareProtection(t.Context(), who, seal, deed, "Қауіп өтті")
			if err == nil {
				_, err = w.register.Protect(t.Context(), who, text.ID, register.Signature{CMS: w.sign(who, text.Text)})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		sign(serik, mekenjai.ProposeOpening)
		if _, err := w.register.Dossier(t.Context(), gaukhar, number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("open before it is confirmed: %v", err)
		}
		sign(gaukhar, mekenjai.ConfirmOpening)
		if _, err := w.register.Dossier(t.Context(), gaukhar, number); err != nil {
			t.Errorf("opened: %v", err)
		}
		w.sealed(a.Person)
		w.clock.Advance(200 * 24 * time.Hour)
		if _, err := w.register.Dossier(t.Context(), gaukhar, number); err != nil {
			t.Errorf("after the term: %v", err)
		}
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM notice WHERE party = $1 AND kind IN ('data_sealed', 'data_opened')`, a.Person); n != 4 {
			t.Errorf("%d notices in the account", n)
		}
	})
}

// Somebody has to decide a sealed person's cases too: a chief passes the seal for an
// hour, and the person can read of it.
func TestChiefPassesASealForAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		seal := w.sealed(a.Person)
		gaukhar := w.staff("gaukhar")
		if err := w.register.PassSeal(t.Context(), w.staff("serik"), seal, register.LookToDecide, ""); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an officer passes: %v", err)
		}
		if err := w.register.PassSeal(t.Context(), gaukhar, seal, register.LookToDecide, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.register.Take(t.Context(), gaukhar, number); err != nil {
			t.Errorf("behind the seal: %v", err)
		}
		if _, err := w.register.Dossier(t.Context(), w.staff("madi"), number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("another looks behind it: %v", err)
		}
		w.clock.Advance(61 * time.Minute)
		if _, err := w.register.Dossier(t.Context(), gaukhar, number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("after the hour: %v", err)
		}
		looks, _, err := w.register.Looks(t.Context(), w.person(a.Person), "")
		if err != nil || len(looks) != 1 || looks[0].What != "protection" {
			t.Errorf("who looked: %v %+v", err, looks)
		}
	})
}

func TestSearchFindsInTheOwnTerritoryAndTellsThePerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, number := w.referred()
		find := func(who, q string, reason register.LookReason) int {
			t.Helper()
			list, err := w.register.Search(t.Context(), w.staff(who), register.SearchInput{Query: q, Reason: reason})
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		for _, q := range []string{string(a.Person), a.Number, number, string(a.Dwelling.ARC)} {
			if n := find("madi", q, register.LookToCheck); n == 0 {
				t.Errorf("nothing by %s", q)
			}
			if n := find("serik", q, register.LookToCheck); n != 0 {
				t.Errorf("in a foreign territory: %d by %s", n, q)
			}
		}
		looks, _, err := w.register.Looks(t.Context(), w.person(a.Person), "")
		if err != nil || len(looks) != 4 {
			t.Errorf("%d looks, %v", len(looks), err)
		}
		var wrong mekenjai.FieldErrors
		for _, in := range []register.SearchInput{{Query: "abc", Reason: register.LookToCheck}, {Query: a.Number}, {Query: a.Number, Reason: register.LookForRequest}} {
			if _, err := w.register.Search(t.Context(), w.staff("madi"), in); !errors.As(err, &wrong) {
				t.Errorf("%+v: %v", in, err)
			}
		}
		for _, who := range []mekenjai.Actor{w.staff("ainur"), w.staff("aliya"), w.person(a.Person)} {
			if _, err := w.register.Search(t.Context(), who, register.SearchInput{Query: a.Number, Reason: register.LookToCheck}); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s searches: %v", who.Duty.Role, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'desk.search' AND outcome = 'forbidden'`); n != 3 {
			t.Errorf("%d refused searches audited", n)
		}
	})
}
