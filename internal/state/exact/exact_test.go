package exact_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/state"
	"mekenjai/internal/state/exact"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("exact peers"), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return a
})

// world is the demo country behind a bus that listens, and who asks there.
type world struct {
	now      time.Time
	land     *country.Country
	client   *shep.Client
	consents *exact.Consents
	persons  *exact.Persons
	entities *exact.Entities
}

func newWorld(t *testing.T, vouching bool) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.land = country.New(clock)
	keys, err := bus.NewKeys(authority(), eds.GOST2015x512)
	if err != nil {
		t.Fatal(err)
	}
	drn, err := entries.Open(filepath.Join(t.TempDir(), "entries"), clock, entries.Knowledge{Person: w.land.Find, Address: w.land.FindAddress})
	if err != nil {
		t.Fatal(err)
	}
	v := &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}
	customer := bus.Customer{ID: "mekenjai", Password: "secret", Code: "MEK", BIN: bus.CustomerBIN()}
	w.consents = &exact.Consents{Service: shep.Service{ID: "KDP_SERVICE", Variant: shep.Typed}, Statuses: wire.OurKDPStatuses(), Clock: clock,
		Request: wire.KDPRequest{Company: "Mekenjai", CompanyBIN: customer.BIN, Access: "GBDFLUniversal_token", ExpiresIn: 10 * time.Minute}}
	if vouching {
		if w.consents.Key, err = bus.LoginKey(authority()); err != nil {
			t.Fatal(err)
		}
		customer.Login = w.consents.Key.Certificate
	}
	b, err := bus.New(bus.Options{Country: w.land, Entries: drn, Keys: keys, Customer: customer, Clock: clock, Verifier: v, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := drn.Close(); err != nil {
			t.Error(err)
		}
	})
	w.client = &shep.Client{URL: server.URL + bus.SyncPath, Sender: shep.Sender{ID: customer.ID, Password: customer.Password}, Key: keys.Client, Verifier: v,
		Bus: []*eds.Certificate{keys.Bus.Certificate}, Blank: wire.Blank, Clock: clock, Tries: 1}
	w.consents.Bus = w.client
	signed := func(id string, variant shep.Variant) shep.Service {
		return shep.Service{ID: id, Variant: variant, Signs: true, Signed: true, Signers: []*eds.Certificate{keys.Register.Certificate}}
	}
	w.persons = &exact.Persons{Bus: w.client, Service: signed("GBDFLUniversal_token", shep.Typed), Consents: w.consents, Sender: customer.Code, Clock: clock}
	w.entities = &exact.Entities{Bus: w.client, Service: signed("GbdulInfoByBin_v2", shep.Text), Requestor: customer.BIN}
	return w
}

func TestPersonIsAskedUnderTheConsentOfKDP(t *testing.T) {
	for _, vouching := range []bool{true, false} {
		w := newWorld(t, vouching)
		iin := w.land.IIN("aigul")
		p, found, x, err := w.persons.Ask(t.Context(), iin)
		if err != nil || !found || p.IIN != iin || p.Surname == "" {
			t.Fatalf("vouching %v: %v, %v", vouching, found, err)
		}
		if !bytes.Contains(x.Reply, []byte(iin)) || !bytes.Contains(x.Request, []byte("<kdpToken>***</kdpToken>")) || bytes.Contains(x.Request, []byte("secret")) {
			t.Errorf("the evidence: %s", x.Request)
		}
		if _, found, _, err := w.persons.Ask(t.Context(), "900101300811"); err != nil || found {
			t.Errorf("nobody: %v, %v", found, err)
		}
		// The token serves until shortly before its end, so KDP may be away meanwhile.
		w.land.Set(bus.Consents, country.Fault{Kind: bus.Strange})
		w.now = w.now.Add(9 * time.Minute)
		if _, found, _, err := w.persons.Ask(t.Context(), iin); err != nil || !found {
			t.Errorf("with the token of before: %v", err)
		}
		w.now = w.now.Add(time.Minute)
		if _, _, _, err := w.persons.Ask(t.Context(), iin); err == nil {
			t.Error("asked under a token that has ended")
		}
	}
}

// What KDP said is evidence of the question that it opened, without its token; a later
// question under the same token refers to that exchange.
func TestLeaveOfKDPIsEvidenceWithoutItsToken(t *testing.T) {
	for _, vouching := range []bool{true, false} {
		w := newWorld(t, vouching)
		iin := w.land.IIN("aigul")
		_, _, x, err := w.persons.Ask(t.Context(), iin)
		if err != nil || len(x.Before) != 1 {
			t.Fatalf("vouching %v: %d exchanges before, %v", vouching, len(x.Before), err)
		}
		token, key, _, err := w.consents.Token(t.Context(), iin)
		if err != nil || token == "" || key == "" {
			t.Fatal(err)
		}
		first := x.Before[0]
		if first.Source != state.Consents || first.Subject != string(iin) || first.Message == "" || first.Message == x.MessageID || first.AskedAt.IsZero() ||
			first.AnsweredAt.IsZero() || first.Trouble != nil || first.Form != state.Shown || first.SHA256 == sha256.Sum256(first.Raw) || first.SHA256 == ([32]byte{}) ||
			first.RequestSHA256 == ([32]byte{}) {
			t.Errorf("vouching %v: %+v", vouching, first)
		}
		if bytes.Contains(first.Raw, []byte(token)) || bytes.Contains(first.Raw, []byte(key)) || !bytes.Contains(first.Raw, []byte("GRANTED")) ||
			!bytes.Contains(first.Request, []byte(iin)) || vouching != bytes.Contains(first.Request, []byte("ovt>***<")) {
			t.Errorf("vouching %v: kept %s\nand %s", vouching, first.Request, first.Raw)
		}
		// A later question has the same exchange, as long as its text is at hand.
		w.now = w.now.Add(time.Minute)
		if _, _, x, err = w.persons.Ask(t.Context(), iin); err != nil || len(x.Before) != 1 {
			t.Fatal(err)
		}
		if again := x.Before[0]; again.Message != first.Message || again.Form != state.Shown || !bytes.Equal(again.Raw, first.Raw) || !again.AskedAt.Equal(first.AskedAt) {
			t.Errorf("vouching %v: the next question has %+v", vouching, again)
		}
		w.consents.Kept = 1
		if _, _, _, err = w.persons.Ask(t.Context(), w.land.IIN("bolat")); err != nil {
			t.Fatal(err)
		}
		if _, _, x, err = w.persons.Ask(t.Context(), iin); err != nil || len(x.Before) != 1 {
			t.Fatal(err)
		}
		later := x.Before[0]
		if later.Form != state.Earlier || later.Raw != nil || later.Request != nil || later.Message != first.Message || !later.AnsweredAt.Equal(first.AnsweredAt) ||
			later.SHA256 != first.SHA256 || later.RequestSHA256 != first.RequestSHA256 {
			t.Errorf("vouching %v: a later question refers to %+v", vouching, later)
		}
	}
}

// A leave that was not given, or whose word cannot be believed, is evidence too.
func TestLeaveThatWasNotGivenIsEvidence(t *testing.T) {
	w := newWorld(t, false)
	iin := w.land.IIN("aigul")
	for kind, form := range map[country.FaultKind]state.Form{bus.Unsigned: state.Shown, bus.SOAPFault: state.Shown, bus.NotXML: state.Hashed, bus.Strange: state.Shown} {
		w.land.Set(bus.Consents, country.Fault{Kind: kind})
		_, _, x, err := w.persons.Ask(t.Context(), iin)
		if err == nil || !x.SentAt.IsZero() || len(x.Before) != 1 || x.Before[0].Trouble == nil || x.Before[0].Form != form || (x.Before[0].Raw == nil) != (form == state.Hashed) ||
			x.Before[0].SHA256 == ([32]byte{}) {
			t.Errorf("%s: %v, %+v", kind, err, x.Before)
		}
		w.now = w.now.Add(20 * time.Minute) // past the breaker
	}
	w.land.Set(bus.Consents, country.Fault{Kind: bus.Refused})
	message := ""
	for i := range 2 { // the second time nobody is asked
		_, _, x, err := w.persons.Ask(t.Context(), iin)
		var none *wire.KDPError
		if len(x.Before) != 1 || x.Before[0].Form != state.Shown || !errors.Is(err, x.Before[0].Trouble) || !errors.As(x.Before[0].Trouble, &none) || x.Before[0].Message == "" {
			t.Fatalf("%v, %+v", err, x.Before)
		}
		if i > 0 && x.Before[0].Message != message {
			t.Errorf("refused in %s, and then in %s", message, x.Before[0].Message)
		}
		message = x.Before[0].Message
	}
}

// A citizen who said no, or nothing, is not sent a message by every attempt of ours.
func TestCitizenWhoDidNotAgreeIsLeftAloneForAWhile(t *testing.T) {
	w := newWorld(t, false)
	iin := w.land.IIN("aigul")
	for kind, meaning := range map[country.FaultKind]wire.KDPStatus{bus.Refused: wire.KDPRefused, bus.Unanswered: wire.KDPPending} {
		w.land.Set(bus.Consents, country.Fault{Kind: kind})
		var none *wire.KDPError
		if _, _, _, err := w.persons.Ask(t.Context(), iin); !errors.As(err, &none) || none.Status != meaning {
			t.Fatalf("%s: %v", kind, err)
		}
		w.land.Set(bus.Consents, country.Fault{})
		w.now = w.now.Add(9 * time.Minute)
		if _, _, _, err := w.persons.Ask(t.Context(), iin); !errors.As(err, &none) {
			t.Errorf("%s: asked again at once: %v", kind, err)
		}
		w.now = w.now.Add(time.Minute)
		if _, found, _, err := w.persons.Ask(t.Context(), iin); err != nil || !found {
			t.Errorf("%s: not asked again: %v", kind, err)
		}
		w.now = w.now.Add(time.Hour)
	}
}

func TestTokenThatTheRegisterDoesNotTakeIsForgotten(t *testing.T) {
	w := newWorld(t, false)
	iin := w.land.IIN("aigul")
	w.persons.Sender = "nobody"
	var refused *wire.BusinessError
	if _, _, _, err := w.persons.Ask(t.Context(), iin); !errors.As(err, &refused) {
		t.Fatalf("a stranger: %v", err)
	}
	w.persons.Results = shep.Codes{refused.Code: shep.NotFound}
	if _, found, _, err := w.persons.Ask(t.Context(), iin); found || err != nil {
		t.Errorf("a result that the table calls not found: %v, %v", found, err)
	}
	w.land.Set(bus.Consents, country.Fault{Kind: bus.Strange})
	var said *shep.Error
	if _, _, _, err := w.persons.Ask(t.Context(), iin); !errors.As(err, &said) {
		t.Errorf("the token that was not taken serves on: %v", err)
	}
}

func TestAnswersThatMayNotBeBelievedAreNone(t *testing.T) {
	w := newWorld(t, false)
	iin := w.land.IIN("aigul")
	for _, kind := range []country.FaultKind{country.Wrong, bus.Unsigned, bus.Foreign, bus.Altered, bus.Wrapped, bus.Reordered, bus.NotXML, bus.SOAPFault, bus.Failed, bus.Strange} {
		w.land.Set(state.Persons, country.Fault{Kind: kind})
		if p, found, _, err := w.persons.Ask(t.Context(), iin); err == nil || found || p.IIN != "" {
			t.Errorf("%s: %v, %v", kind, found, err)
		}
		w.land.Set(state.Persons, country.Fault{})
		w.now = w.now.Add(20 * time.Minute) // past the breaker
	}
}

func TestOrganisationIsAsked(t *testing.T) {
	w := newWorld(t, false)
	bin := w.land.BIN("university")
	e, found, x, err := w.entities.Ask(t.Context(), bin)
	if err != nil || !found || e.BIN != bin || !e.IsActive() || e.Head() == "" || len(x.Reply) == 0 {
		t.Errorf("%+v, %v, %v", e, found, err)
	}
	if _, found, _, err := w.entities.Ask(t.Context(), mekenjai.BIN("150540009992")); err != nil || found {
		t.Errorf("nobody: %v, %v", found, err)
	}
}
