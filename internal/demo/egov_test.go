package demo

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/locale"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

// portal is egov.kz with the service behind it, which says to each order where to sign,
// and to that of a person who writes Russian how it ended, with a paper.
func portal(t *testing.T, o Options, authority *pki.Authority) *bus.Egov {
	t.Helper()
	keys, err := bus.NewKeys(authority, eds.GOST2015x512)
	if err != nil {
		t.Fatal(err)
	}
	drn := entries.New(filepath.Join(t.TempDir(), "entries"), o.Clock.Now, entries.Knowledge{Person: o.Country.Find, Address: o.Country.FindAddress})
	verifier, quiet := &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}, slog.New(slog.DiscardHandler)
	b, err := bus.New(bus.Options{Country: o.Country, Entries: drn, Keys: keys, Clock: o.Clock.Now, Verifier: verifier, Log: quiet,
		Customer: bus.Customer{ID: "mekenjai", BIN: bus.CustomerBIN()}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := mapped.BuiltInPortal(mapped.ResponseShape)
	if err != nil {
		t.Fatal(err)
	}
	channel := httptest.NewServer(b.Handler())
	t.Cleanup(channel.Close)
	n, err := connect.New(connect.Config{URL: channel.URL + bus.SyncPath, Sender: shep.Sender{ID: "mekenjai"}, Key: keys.Client, Signers: []*eds.Certificate{keys.Bus.Certificate},
		Company: connect.Company{BIN: bus.CustomerBIN()}, Verifier: verifier, Clock: o.Clock.Now, Log: quiet,
		Files:  &connect.Files{Service: shep.Service{ID: bus.ServiceFiles, Variant: shep.Plain}, Sender: shep.Sender{ID: "mekenjai"}},
		Portal: &connect.Portal{URL: channel.URL + bus.AsyncPath, Mapping: set, From: []string{bus.PortalSender}, Statuses: pep.Usual(mapped.ResponseShape)}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := n.Portal()
	if err != nil {
		t.Fatal(err)
	}
	p.Take = func(r context.Context, x state.Order) (string, error) {
		w := state.Word{ID: x.Message, Seq: 1, Thread: x.Thread, Number: x.Number, Status: state.OrderDraft, At: o.Clock.Now(),
			Language: x.Language, Page: "http://localhost:8080/apply"}
		if _, err := p.Orderer().Tell(r, w); err != nil || x.Language != "ru" {
			return x.Thread, err
		}
		stored, err := p.Orderer().Leave(r, state.Attachment{Upload: x.Message, Name: "mekenjai-certificate-4F7K-2M9Q-ru.pdf", PDF: []byte(aPaper)})
		if err != nil {
			return "", err
		}
		w.ID, w.Seq, w.Status, w.Last, w.File = x.Message+"-2", 2, "registered", true, stored.File
		_, err = p.Orderer().Tell(r, w)
		return x.Thread, err
	}
	p.Became = func(context.Context, string, state.WordFate) error { return nil }
	ours := httptest.NewServer(p.Endpoint())
	t.Cleanup(ours.Close)
	b.Push(ours.URL)
	return &bus.Egov{Bus: b, Mapping: p.Mapping}
}

const aPaper = "%PDF-1.4 of the tests"

func TestAnOrderOnThePortalShowsWhatTheServiceSaidToIt(t *testing.T) {
	s := open(t)
	if body := s.get(t, "/demo/egov?lang=en"); !strings.Contains(body, locale.EN.T("demo.egov.none")) {
		t.Error("there are orders before one is placed")
	}
	if status, _ := s.post(t, "/demo/egov?lang=en", "story", "nobody"); status != http.StatusUnprocessableEntity {
		t.Errorf("an order of nobody: %d", status)
	}
	s.post(t, "/demo/egov?lang=ru", "story", "non_owner", "months", "6")
	body := s.get(t, "/demo/egov?lang=en")
	for _, want := range []string{`href="http://localhost:8080/apply"`, locale.EN.T("demo.egov.status", "code", "001"), "Заявление подготовлено"} {
		if !strings.Contains(body, want) {
			t.Errorf("the portal does not show %q", want)
		}
	}
	_, link, _ := strings.Cut(body, `href="/demo/egov/files/`)
	id, _, _ := strings.Cut(link, `"`)
	if got := s.get(t, "/demo/egov/files/"+id); got != aPaper {
		t.Errorf("the paper is %q", got)
	}
	s.Clock.Advance(25 * time.Hour)
	if body := s.get(t, "/demo/egov?lang=en"); !strings.Contains(body, locale.EN.T("demo.egov.file.gone")) || strings.Contains(body, "/demo/egov/files/") {
		t.Error("a paper that the store no longer keeps is offered")
	}
	s.Clock.Advance(-25 * time.Hour)
	s.Country.Set(state.Portal, country.Fault{Kind: country.Down})
	s.post(t, "/demo/egov?lang=en", "story", "sole_owner", "months", "6")
	if body := s.get(t, "/demo/egov?lang=en"); strings.Count(body, locale.EN.T("demo.egov.silence")) != 1 {
		t.Error("an order that waits is not shown as such")
	}
}
