package connect_test

import (
	"context"
	"errors"
	"testing"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// same asks both the country itself and over the bus, and wants the same answer.
func same[K ~string, A any](t *testing.T, name string, about K, direct, overBus func(context.Context, K) (state.Reply[A], error)) {
	t.Helper()
	want, err := direct(t.Context(), about)
	if err != nil {
		t.Fatal(err)
	}
	got, err := overBus(t.Context(), about)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if diff := cmp.Diff(want.Value, got.Value, cmpopts.EquateEmpty()); diff != "" || want.Found != got.Found {
		t.Errorf("%s: found %v and %v (-in process +over the bus):\n%s", name, want.Found, got.Found, diff)
	}
	if len(got.Raw) == 0 || len(got.Request) == 0 || got.Source != want.Source {
		t.Errorf("%s: without evidence", name)
	}
}

// Nothing that a register says is lost or changed on the way: every answer about
// everybody and everything in the stories of the demo country is the same over the bus.
func TestEveryAnswerIsTheSameOverTheBus(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	direct, over := s.land.Peers(), n.Peers()
	for _, x := range s.land.Stories() {
		same(t, x.ID+" person", x.Applicant, direct.Person, over.Person)
		same(t, x.ID+" property", x.ARC, direct.Property, over.Property)
		same(t, x.ID+" address", x.ARC, direct.Address, over.Address)
		same(t, x.ID+" tenancy", x.ARC, direct.Tenancy, over.Tenancy)
		same(t, x.ID+" residents", x.ARC, direct.Residents, over.Residents)
		same(t, x.ID+" citizen", x.Applicant, direct.Citizen, over.Citizen)
		same(t, x.ID+" parents", x.Applicant, direct.Parents, over.Parents)
		same(t, x.ID+" guardians", x.Applicant, direct.Guardians, over.Guardians)
		same(t, x.ID+" student", x.Applicant, direct.Student, over.Student)
		if bin := x.Owner.BIN(); bin != "" {
			same(t, x.ID+" organisation", bin, direct.Entity, over.Entity)
		} else if iin := x.Owner.IIN(); iin != "" {
			same(t, x.ID+" relation", state.PairOf(iin, x.Applicant), direct.Relation, over.Relation)
			same(t, x.ID+" holdings", x.Owner, direct.Holdings, over.Holdings)
		}
	}
	for _, p := range s.land.Powers() {
		same(t, "power "+p.Number, state.PowerOf(p.Principal, p.Attorney, p.Number), direct.Power, over.Power)
	}
	same(t, "no power", state.PowerOf(s.land.Party("zhanna"), s.land.IIN("aigul"), "0-0"), direct.Power, over.Power)
}

func TestModelledPeerThatAnswersWronglyIsSilent(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	arc := s.land.Stories()[0].ARC
	for _, kind := range []country.FaultKind{country.Wrong, bus.Foreign, bus.Strange} {
		s.land.Set(state.Properties, country.Fault{Kind: kind})
		var silence *state.Silence
		if _, err := n.Peers().Property(t.Context(), arc); !errors.As(err, &silence) || silence.Peer != state.Properties {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// deed is an entry that IS RP DRN takes.
func (s *site) deed(id string) state.Deed {
	s.t.Helper()
	story := s.land.Stories()[0]
	p, err := s.land.Peers().Person(s.t.Context(), story.Applicant)
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := s.land.Peers().Address(s.t.Context(), story.ARC)
	if err != nil {
		s.t.Fatal(err)
	}
	return state.Deed{ID: id, Kind: state.DeedEnter, At: start, Entry: state.Entry{Number: "ҮЛГІ-" + id[:4], Person: story.Applicant,
		Name: p.Value.Name(), Dwelling: a.Value.Dwelling(), Period: mekenjai.NewPeriod(mekenjai.DateOf(start), 6, false)}}
}

func TestDeedStandsInTheRegisterOnceHoweverOftenItIsSent(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	keeper := n.Keeper()
	if keeper.IsZero() {
		t.Fatal("no keeper")
	}
	d := s.deed("0198a1b2-0000-7000-8000-000000000001")
	first, err := keeper.Write(t.Context(), d)
	if err != nil || !first.Value.IsOf(d) {
		t.Fatalf("%+v, %v", first.Value, err)
	}
	again, err := keeper.Write(t.Context(), d)
	if err != nil || again.Value != first.Value {
		t.Errorf("sent again: %+v, %v", again.Value, err)
	}
	if look, err := keeper.Look(t.Context(), d.ID); err != nil || !look.Found || look.Value != first.Value {
		t.Errorf("looked for: %+v, %v", look.Value, err)
	}
	if look, err := keeper.Look(t.Context(), "0198a1b2-0000-7000-8000-000000000009"); err != nil || look.Found {
		t.Errorf("a deed that was not done: %v, %v", look.Found, err)
	}
	page, err := keeper.List(t.Context(), "", 10)
	if err != nil || len(page.Value.Entries) != 1 || page.Value.Entries[0].Entry != d.Entry {
		t.Errorf("%+v, %v", page.Value, err)
	}
	// An end that names another person's entry is refused by the register itself.
	other := d
	other.ID, other.Kind, other.Reason, other.Entry.Person = "0198a1b2-0000-7000-8000-000000000002", state.DeedEnd, mekenjai.EndMoved, s.land.IIN("zhanna")
	var no *state.Rejection
	if _, err := keeper.Write(t.Context(), other); !errors.As(err, &no) || no.Code == "" || len(no.Raw) == 0 {
		t.Errorf("got %v", err)
	}
	s.land.Set(state.Entries, country.Fault{Kind: bus.Failed})
	var silence *state.Silence
	if _, err := keeper.Write(t.Context(), s.deed("0199a1b2-0000-7000-8000-000000000003")); !errors.As(err, &silence) || errors.As(err, &no) && no == nil {
		t.Errorf("the bus failed: %v", err)
	}
	if err := keeper.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
