package bus_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/pep"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

// An application begins on egov.kz, is signed here, and egov.kz hears how it goes on to
// its end: each word once and in order, while the way to it fails in every way it can.
func TestOrderOfThePortalComesToItsEndOverEveryFault(t *testing.T) {
	w := newWorld(t)
	set, err := mapped.BuiltInPortal(mapped.FormShape)
	if err != nil {
		t.Fatal(err)
	}
	c := w.config()
	c.Portal = &connect.Portal{URL: w.server.URL + bus.AsyncPath, Mapping: set, From: []string{bus.PortalSender}, Statuses: pep.Usual(mapped.FormShape)}
	n, err := connect.New(c)
	if err != nil {
		t.Fatal(err)
	}
	portal, err := n.Portal()
	if err != nil {
		t.Fatal(err)
	}
	w.register.Orderer, portal.Take, portal.Became = portal.Orderer(), w.register.TakeOrder, w.register.WordBecame
	ours := httptest.NewServer(portal.Endpoint())
	t.Cleanup(ours.Close)
	w.bus.Push(ours.URL)
	egov := bus.Egov{Bus: w.bus, Mapping: portal.Mapping}

	tell := func() {
		t.Helper()
		if _, err := w.register.TellPortal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s := w.land.Story("sole_owner")
	w.fail(bus.Portal, country.Down) // the order waits to be fetched
	order := mapped.PortalOrder{Person: s.Applicant, Language: "kk", Months: "6", IsOwner: "yes", ARC: string(s.ARC), Purpose: "study", Arrival: mekenjai.DateOf(w.clock.Now())}
	if err := egov.Order(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	if _, err := portal.FetchOrders(t.Context()); err == nil {
		t.Error("orders are fetched from a portal that is down")
	}
	w.fail(bus.Portal, bus.Doubled)
	if n, err := portal.FetchOrders(t.Context()); err != nil || n != 2 || w.number(`SELECT count(*) FROM portal_order`) != 1 {
		t.Fatalf("fetched %d, %v", n, err)
	}
	w.fail(bus.Portal, country.Down)
	tell()
	w.fail(bus.Portal, bus.Shuffled)
	actor := w.person(s.Applicant)
	d, ok, err := w.register.OpenDraft(t.Context(), actor)
	if err != nil || !ok || d.Next() != mekenjai.StepCheck {
		t.Fatalf("draft %+v, %v", d, err)
	}
	a := w.file(s, func() {})
	w.await(a, mekenjai.Registered)
	w.until("the end of the thread", func() bool {
		w.turn()
		tell()
		list, err := egov.Orders(1)
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		words := list[0].Words
		return len(words) > 0 && words[len(words)-1].Last
	})
	list, err := egov.Orders(1)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, x := range list[0].Words {
		codes = append(codes, x.Status)
	}
	if want := []string{"WAITING_FOR_SIGNATURE", "IN_PROCESSING", "IN_PROCESSING", "COMPLETED"}; !slices.Equal(codes, want) {
		t.Errorf("the portal heard %v, want %v", codes, want)
	}
	heard, _ := w.bus.Thread(list[0].Thread)
	if last := heard.Heard[len(heard.Heard)-1]; last.Type != shep.Conclusion || last.CorrelationID != heard.ID {
		t.Errorf("the end is %+v", last)
	}
	if n := w.number(`SELECT count(*) FROM portal_word WHERE state IN ('waiting', 'failed')`); n != 0 {
		t.Errorf("%d words are left", n)
	}
}
