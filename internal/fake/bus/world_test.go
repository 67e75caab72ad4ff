package bus_test

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
)

// authority is made once: its RSA keys cost a tenth of a second each.
var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("tests of the bus"), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return a
})

// site is a bus that listens, over a country of its own.
type site struct {
	clock  func() time.Time
	land   *country.Country
	keys   bus.Keys
	drn    *entries.Register
	bus    *bus.Bus
	server *httptest.Server
}

var customer = bus.Customer{ID: "mekenjai", Password: "қ4-pass&word", Code: "MEK"}

// serve lets a bus listen until the test ends.
func serve(t *testing.T, clock func() time.Time, algorithm eds.Algorithm) *site {
	t.Helper()
	s := &site{clock: clock, land: country.New(clock)}
	var err error
	if s.keys, err = bus.NewKeys(authority(), algorithm); err != nil {
		t.Fatal(err)
	}
	s.drn, err = entries.Open(filepath.Join(t.TempDir(), "entries"), clock, entries.Knowledge{Person: s.land.Find, Address: s.land.FindAddress})
	if err != nil {
		t.Fatal(err)
	}
	c := customer
	c.BIN = bus.CustomerBIN()
	s.bus, err = bus.New(bus.Options{Country: s.land, Entries: s.drn, Keys: s.keys, Customer: c, Clock: clock,
		Verifier: &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(s.bus.Handler())
	t.Cleanup(func() {
		s.server.Close()
		if err := s.drn.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
