package bus_test

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
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
	c.Files = &connect.Files{Service: shep.Service{ID: bus.ServiceFiles, Variant: shep.Plain}, Sender: shep.Sender{ID: customer.ID, Password: customer.Password}}
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
	w.tellsNothingWithoutItsPaper(c, tell)
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
	end := list[0].Words[len(list[0].Words)-1]
	name, paper, err := egov.Paper(end.File)
	if err != nil || !end.Held || !bytes.HasPrefix(paper, []byte("%PDF-")) || !strings.HasPrefix(name, "mekenjai-certificate-") || !strings.HasSuffix(name, "-kk.pdf") {
		t.Errorf("egov.kz fetched %q, %d bytes, %v", name, len(paper), err)
	}
	if n := w.number(`SELECT count(*) FROM portal_word WHERE state IN ('waiting', 'failed')`); n != 0 {
		t.Errorf("%d words are left", n)
	}
}

// tellsNothingWithoutItsPaper lets the store of files fail in every way: of no answer
// comes a file, nor an end that is told without it.
func (w *world) tellsNothingWithoutItsPaper(c connect.Config, tell func()) {
	w.Helper()
	leave := func(number string) (state.Stored, error) {
		n, err := connect.New(c) // which knows of no failure yet
		if err != nil {
			w.Fatal(err)
		}
		portal, err := n.Portal()
		if err != nil {
			w.Fatal(err)
		}
		ctx, cancel := context.WithTimeoutCause(w.Context(), time.Second, state.ErrSlow)
		defer cancel()
		return portal.Orderer().Leave(ctx, state.Attachment{Upload: number, Name: "act.pdf", PDF: []byte("%PDF-1.4")})
	}
	for _, k := range bus.FaultsOf(bus.Files) {
		w.fail(bus.Files, k)
		stored, err := leave("upload-" + string(k))
		if works := k == country.Works; works != (err == nil) || works != (stored.File != "") {
			w.Errorf("while the store fails with %q a paper is left as %q, %v", k, stored.File, err)
		}
		// What the bus itself said is an answer; of what came spoilt, late or not at all
		// nobody knows whether the store took it.
		answered := k == bus.Failed || k == bus.Empty || k == bus.Strange
		if err != nil && answered != errors.Is(err, state.ErrNotStored) {
			w.Errorf("%s: %v", k, err)
		}
	}
	w.fail(bus.Files, bus.Altered)
	for range 4 { // the words before the end go first
		w.clock.Advance(20 * time.Second)
		tell()
	}
	if n := w.number(`SELECT count(*) FROM portal_file WHERE state = 'waiting'`); n != 1 || w.number(`SELECT count(*) FROM portal_word WHERE last AND state = 'waiting'`) != 1 {
		w.Errorf("the end does not wait for its paper (%d)", n)
	}
	w.fail(bus.Files, country.Works)
}
