package pep_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

var now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("orders"), now)
	if err != nil {
		panic(err)
	}
	return a
})

// world is egov.kz behind the simulated bus, and us.
type world struct {
	t      *testing.T
	land   *country.Country
	keys   bus.Keys
	bus    *bus.Bus
	config connect.Config
	portal *pep.Portal
	push   string // our endpoint

	mu     sync.Mutex
	orders []state.Order
	fates  []string
	fails  error // of keeping
}

func newWorld(t *testing.T, shape mapped.Shape) *world {
	t.Helper()
	w := &world{t: t, land: country.New(clock)}
	var err error
	if w.keys, err = bus.NewKeys(authority(), eds.GOST2015x512); err != nil {
		t.Fatal(err)
	}
	drn, err := entries.Open(filepath.Join(t.TempDir(), "entries"), clock, entries.Knowledge{Person: w.land.Find, Address: w.land.FindAddress})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drn.Close(); err != nil {
			t.Error(err)
		}
	})
	verifier := &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}
	quiet := slog.New(slog.DiscardHandler)
	w.bus, err = bus.New(bus.Options{Country: w.land, Entries: drn, Keys: w.keys, Clock: clock, Verifier: verifier, Log: quiet,
		Customer: bus.Customer{ID: "mekenjai", Password: "p&ss", Code: "MEK", BIN: bus.CustomerBIN()}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.bus.Handler())
	t.Cleanup(server.Close)
	set, err := mapped.BuiltInPortal(shape)
	if err != nil {
		t.Fatal(err)
	}
	w.config = connect.Config{URL: server.URL + bus.SyncPath, Sender: shep.Sender{ID: "mekenjai", Password: "p&ss"}, Key: w.keys.Client,
		Signers: []*eds.Certificate{w.keys.Bus.Certificate}, Company: connect.Company{BIN: bus.CustomerBIN()}, Verifier: verifier, Clock: clock, Log: quiet,
		Portal: &connect.Portal{URL: server.URL + bus.AsyncPath, Mapping: set, From: []string{bus.PortalSender}, Statuses: pep.Usual(shape)}}
	w.connect()
	return w
}

// connect makes our side anew, of the configuration as it is.
func (w *world) connect() {
	w.t.Helper()
	n, err := connect.New(w.config)
	if err == nil {
		w.portal, err = n.Portal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.portal.Take = func(_ context.Context, o state.Order) (string, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.fails != nil {
			return "", w.fails
		}
		w.orders = append(w.orders, o)
		return o.Thread, nil
	}
	w.portal.Became = func(_ context.Context, _ string, fate state.WordFate) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fates = append(w.fates, string(fate))
		return w.fails
	}
	ours := httptest.NewServer(w.portal.Endpoint())
	w.t.Cleanup(ours.Close)
	w.push = ours.URL
}

func (w *world) service() string { return w.portal.Mapping.Service.ID }

// document is an order with these elements in it.
func document(inside string) []byte {
	return shep.Data("urn:mekenjai:contract:portal:v1", "temporaryRegistrationOrder", []byte(inside))
}

const whole = `<RequestNumber>101-7</RequestNumber><Applicant><IIN>%s</IIN><Language>ru</Language></Applicant>` +
	`<Dwelling><RCA>0201500000000001</RCA><IsOwner>false</IsOwner><Owner>880417499004</Owner></Dwelling>` +
	`<Months>6</Months><Purpose>study</Purpose><ArrivalDate>2026-03-01</ArrivalDate>`

func (w *world) whole() []byte {
	return document(fmt.Sprintf(whole, w.land.IIN("aigul")))
}

// order lets egov.kz order.
func (w *world) order(doc []byte) string {
	w.t.Helper()
	thread, err := w.bus.Order(w.t.Context(), w.service(), shep.Typed, doc)
	if err != nil {
		w.t.Fatal(err)
	}
	return thread
}

func TestAnOrderIsBroughtWithAllItSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.ResponseShape)
	w.bus.Push(w.push)
	thread := w.order(w.whole())
	want := mekenjai.Input{Months: "6", IsOwner: "no", ARC: "0201500000000001", Owner: "880417499004", Purpose: "study", Day: "01", Month: "03", Year: "2026"}
	if len(w.orders) != 1 || w.orders[0].Thread != thread || w.orders[0].Number != "101-7" || w.orders[0].Person != w.land.IIN("aigul") ||
		w.orders[0].Language != "ru" || w.orders[0].Answers != want || w.orders[0].Message == "" {
		t.Errorf("ordered %+v", w.orders)
	}
	w.order(document(`<Applicant><IIN>` + string(w.land.IIN("aigul")) + `</IIN></Applicant>`)) // the rest is asked here
	if len(w.orders) != 2 || w.orders[1].Answers != (mekenjai.Input{}) || w.orders[1].Language != "kk" {
		t.Errorf("ordered %+v", w.orders[1:])
	}
}

func TestWhatIsNoOrderOfOursIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.ResponseShape)
	client := &shep.PushClient{Client: shep.Client{URL: w.push, Key: w.keys.Bus, Verifier: w.config.Verifier, Clock: clock, Tries: 1, Log: w.config.Log}}
	good := shep.Message{MessageID: "m", CorrelationID: "c", ServiceID: w.service(), Type: shep.Order, Date: now,
		Sender: shep.Sender{ID: bus.PortalSender}, Variant: shep.Typed, Data: w.whole()}
	for name, spoil := range map[string]func(*shep.Message){
		"another service":  func(m *shep.Message) { m.ServiceID = "KDP_SERVICE" },
		"another sender":   func(m *shep.Message) { m.Sender.ID = "somebody" },
		"a notification":   func(m *shep.Message) { m.Type = shep.Notification },
		"another variant":  func(m *shep.Message) { m.Variant, m.Data = shep.Plain, []byte(`<data><a/></data>`) },
		"another document": func(m *shep.Message) { m.Data = shep.Data("urn:x", "responseMessage", []byte("<a/>")) },
		"nobody":           func(m *shep.Message) { m.Data = document("<Months>6</Months>") },
		"no person": func(m *shep.Message) {
			m.Data = document("<Applicant><IIN>000000000000</IIN></Applicant>")
		},
		"a doubtful answer": func(m *shep.Message) {
			m.Data = []byte(strings.Replace(string(w.whole()), ">false<", ">maybe<", 1))
		},
		"too much": func(m *shep.Message) {
			m.Data = document("<Applicant><IIN>" + string(w.land.IIN("aigul")) + "</IIN></Applicant><x>" + strings.Repeat("a", 1<<20) + "</x>")
		},
	} {
		m := good
		spoil(&m)
		if _, err := client.Send(t.Context(), m); err == nil || len(w.orders) != 0 {
			t.Errorf("%s is taken", name)
		} else if strings.Contains(err.Error(), string(w.land.IIN("aigul"))) {
			t.Errorf("%s: the error names the person: %v", name, err)
		}
	}
	stranger := &shep.PushClient{Client: shep.Client{URL: w.push, Key: w.keys.Stranger, Verifier: w.config.Verifier, Clock: clock, Tries: 1, Log: w.config.Log}}
	if _, err := stranger.Send(t.Context(), good); err == nil || len(w.orders) != 0 {
		t.Error("an order that another than the bus signed is taken")
	}
	if r, err := client.Send(t.Context(), good); err != nil || r.MessageID != "m" || r.CorrelationID != "c" || len(w.orders) != 1 {
		t.Errorf("the good one: %+v, %v", r, err)
	}
	var said *shep.Error
	w.fails = errors.New("the database is away")
	if _, err := client.Send(t.Context(), good); !errors.As(err, &said) || said.Class != shep.Retry {
		t.Errorf("an order that cannot be kept now: %v", err)
	}
	w.fails = fmt.Errorf("of another thread: %w", mekenjai.ErrConflict)
	if _, err := client.Send(t.Context(), good); !errors.As(err, &said) || said.Class != shep.Config {
		t.Errorf("an order that can never be kept: %v", err)
	}
}

func TestOrdersAreFetchedWhereTheBusDoesNotBringThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.FormShape)
	first, spoilt := w.order(w.whole()), w.order(document("<Months>6</Months>"))
	fetch := func(want int) {
		t.Helper()
		if n, err := w.portal.FetchOrders(t.Context()); err != nil || n != want {
			t.Fatalf("fetched %d, %v", n, err)
		}
	}
	w.fails = errors.New("the database is away")
	fetch(0)
	w.fails = nil
	w.land.Set(state.Portal, country.Fault{Kind: bus.Doubled})
	fetch(2) // the same one twice in one answer; who keeps them knows that
	w.land.Set(state.Portal, country.Fault{})
	fetch(0)
	if len(w.orders) != 2 || w.orders[0].Thread != first || w.orders[0].Message != w.orders[1].Message || w.orders[0].Thread == spoilt {
		t.Errorf("ordered %+v", w.orders)
	}
	w.land.Set(state.Portal, country.Fault{Kind: country.Down})
	if _, err := w.portal.FetchOrders(t.Context()); err == nil {
		t.Error("nothing is wrong with a bus that is down")
	}
}

// Every status in both shapes, byte for byte where the shape was seen.
func TestWordsHaveTheShapeThatWasAgreed(t *testing.T) {
	t.Parallel()
	for shape, want := range map[mapped.Shape]string{
		mapped.ResponseShape: `<data xmlns:m="urn:mekenjai:contract:portal:v1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m:responseMessage">` +
			`<SystemInfo><RequestNumber>101-7</RequestNumber><ChainId>THREAD</ChainId><RequestDate>2026-03-02T15:00:00+05:00</RequestDate></SystemInfo>` +
			`<ResponseData><RequestNumber>101-7</RequestNumber><CurrentStatus>001</CurrentStatus>` +
			`<CurrentStatusText>Заявление подготовлено. Чтобы прочитать и подписать его, откройте страницу: https://m.example/apply</CurrentStatusText></ResponseData></data>`,
		mapped.FormShape: `<data xmlns:m="urn:mekenjai:contract:portal:v1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m:typedRequestFormImportData">` +
			`<importSource>MEKENJAI</importSource><updatedValues><code>processing_status</code><values><domainItemData><code>WAITING_FOR_SIGNATURE</code>` +
			`<kkValue>Өтініш дайын. Мәтінді оқып, қол қою үшін мына бетті ашыңыз: https://m.example/apply</kkValue>` +
			`<ruValue>Заявление подготовлено. Чтобы прочитать и подписать его, откройте страницу: https://m.example/apply</ruValue></domainItemData></values></updatedValues>` +
			`<externalRequestChainId>THREAD</externalRequestChainId><externalRequestId>101-7</externalRequestId></data>`,
	} {
		w := newWorld(t, shape)
		thread := w.order(w.whole())
		word := state.Word{ID: "w-1", Seq: 1, Thread: thread, Number: "101-7", Status: state.OrderDraft, At: now, Language: "ru", Page: "https://m.example/apply"}
		o := w.portal.Orderer()
		message, err := o.Tell(t.Context(), word)
		if err != nil || message == "" {
			t.Fatal(err)
		}
		for _, s := range state.OrderStatuses[1:] {
			word.Seq++
			word.ID, word.Status = fmt.Sprint("w-", word.Seq), s
			if word.Last = s == state.OrderStatuses[len(state.OrderStatuses)-1]; word.Last {
				word.File = "file-1"
			}
			for range 2 { // whoever hears a word again knows it
				if _, err := o.Tell(t.Context(), word); err != nil {
					t.Fatal(err)
				}
			}
		}
		heard, _ := w.bus.Thread(thread)
		if len(heard.Heard) != len(state.OrderStatuses) || heard.Heard[0].Type != shep.Notification || heard.Heard[len(heard.Heard)-1].Type != shep.Conclusion {
			t.Fatalf("heard %d messages: %+v", len(heard.Heard), heard.Heard)
		}
		if got := string(heard.Heard[0].Data); got != strings.ReplaceAll(want, "THREAD", thread) {
			t.Errorf("%s\ngot  %s\nwant %s", shape, got, strings.ReplaceAll(want, "THREAD", thread))
		}
		if fate, err := o.Became(t.Context(), message); err != nil || fate != state.WordDelivered {
			t.Errorf("%s, %v", fate, err)
		}
		if last := string(heard.Heard[len(heard.Heard)-1].Data); !strings.Contains(last, `esultFileIdentifier>file-1</`) || strings.Contains(string(heard.Heard[1].Data), "FileIdentifier") {
			t.Errorf("the paper of the end is not named: %s", last)
		}
		word.ID, word.Thread = "w-99", "0"
		if _, err := o.Tell(t.Context(), word); err == nil {
			t.Error("a word in no thread is taken")
		}
		w.land.Set(state.Portal, country.Fault{Kind: country.Down})
		word.Thread = thread
		if _, err := o.Tell(t.Context(), word); err == nil {
			t.Error("a word is taken by a portal that is down")
		}
	}
}

func TestNoticesOfDeliveryAreHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.ResponseShape)
	w.bus.Push(w.push)
	thread := w.order(w.whole())
	w.land.Set(state.Portal, country.Fault{Kind: bus.Shuffled})
	word := state.Word{ID: "w-1", Seq: 1, Thread: thread, Number: "101-7", Status: state.OrderDraft, At: now, Language: "kk", Page: "https://m.example/apply"}
	if _, err := w.portal.Orderer().Tell(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	heard := func() []string {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.Clone(w.fates)
	}
	for end := time.Now().Add(5 * time.Second); len(heard()) < 2 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if got := heard(); !slices.Equal(got, []string{"delivered", "on_its_way"}) {
		t.Errorf("heard %v", got)
	}
}

// Where the mapping says so, orders and words are signed as documents too.
func TestDocumentsAreSignedWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.ResponseShape)
	w.portal.Mapping.Service.Signs, w.portal.Mapping.Service.Signed = true, true
	w.portal.Signers = []*eds.Certificate{w.keys.Register.Certificate}
	w.bus.Push(w.push)
	if _, err := w.bus.Order(t.Context(), w.service(), shep.Typed, w.whole()); err == nil || len(w.orders) != 0 {
		t.Error("an unsigned order is taken")
	}
	for _, x := range []struct {
		key  *eds.Key
		good bool
	}{{w.keys.Stranger, false}, {w.keys.Register, true}} {
		doc, err := xmldsig.Sign(x.key, w.whole(), xmldsig.SignOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.bus.Order(t.Context(), w.service(), shep.Typed, doc)
		if x.good != (err == nil) || x.good != (len(w.orders) == 1) {
			t.Errorf("by %s: %v", x.key.Certificate.Subject.CommonName, err)
		}
		changed := []byte(strings.Replace(string(doc), "<Months>6", "<Months>5", 1))
		if _, err := w.bus.Order(t.Context(), w.service(), shep.Typed, changed); err == nil {
			t.Error("a changed order is taken")
		}
	}
	thread := w.orders[0].Thread
	word := state.Word{ID: "w", Seq: 1, Thread: thread, Number: "1", Status: state.OrderDraft, At: now, Page: "https://m.example"}
	if _, err := w.portal.Orderer().Tell(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	heard, _ := w.bus.Thread(thread)
	if err := shep.VerifyDocument(t.Context(), w.config.Verifier, []*eds.Certificate{w.keys.Client.Certificate}, heard.Heard[0].Data, now); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeMeantIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mapped.ResponseShape)
	for name, spoil := range map[string]func(*connect.Portal){
		"anybody may order": func(p *connect.Portal) { p.From = nil },
		"no channel":        func(p *connect.Portal) { p.URL = "shep" },
		"no mapping":        func(p *connect.Portal) { p.Mapping = nil },
		"a status lacks":    func(p *connect.Portal) { p.Statuses = pep.Statuses{} },
		"nobody knows where to sign": func(p *connect.Portal) {
			p.Statuses = p.Statuses.With(pep.Statuses{state.OrderDraft: {KK: "Қол қойыңыз"}})
		},
		"fetched all the time": func(p *connect.Portal) { p.Fetch = time.Millisecond },
	} {
		p := *w.config.Portal
		spoil(&p)
		c := w.config
		c.Portal = &p
		if _, err := connect.New(c); err == nil {
			t.Error(name)
		}
	}
	var table pep.Statuses
	if err := table.UnmarshalJSON([]byte(`{"checkin": {"code": "7"}}`)); err == nil {
		t.Error("a status that there is not")
	}
	if err := table.UnmarshalJSON([]byte(`{"checking": {"code": "7"}}`)); err != nil {
		t.Error(err)
	}
	if s := pep.Usual(mapped.FormShape).With(table)["checking"]; s.Code != "7" || s.RU == "" {
		t.Errorf("%+v", s)
	}
}
