package bus_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

var now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func always() time.Time { return now }

var (
	kdp      = shep.Service{ID: "KDP_SERVICE", Variant: shep.Typed}
	persons  = shep.Service{ID: "GBDFLUniversal_token", Variant: shep.Typed, Signs: true, Signed: true}
	entities = shep.Service{ID: "GbdulInfoByBin_v2", Variant: shep.Text, Signs: true, Signed: true}
	files    = shep.Service{ID: "EDS_TEMP_FILES", Variant: shep.Plain}
)

// client is a customer's, as it is registered.
func (s *site) client() *shep.Client {
	return &shep.Client{URL: s.server.URL + bus.SyncPath, Sender: shep.Sender{ID: customer.ID, Password: customer.Password}, Key: s.keys.Client,
		Verifier: &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}, Bus: []*eds.Certificate{s.keys.Bus.Certificate},
		Clock: s.clock, Tries: 1}
}

func (s *site) kdpRequest(iin mekenjai.IIN) wire.KDPRequest {
	return wire.KDPRequest{IIN: iin, Company: "Mekenjai", CompanyBIN: bus.CustomerBIN(), Access: persons.ID, ExpiresIn: 10 * time.Minute}
}

// grant gets the leave of KDP.
func (s *site) grant(t *testing.T, iin mekenjai.IIN) wire.KDPAnswer {
	t.Helper()
	doc, err := wire.EncodeKDPRequest(s.kdpRequest(iin))
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.client().Ask(t.Context(), kdp, doc)
	if err != nil {
		t.Fatal(err)
	}
	a, err := wire.DecodeKDPAnswer(x.Data)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *site) personRequest(t *testing.T, iin mekenjai.IIN) []byte {
	t.Helper()
	a := s.grant(t, iin)
	return encoded(t, wire.PersonRequest{MessageID: "q1", Date: s.clock(), Sender: customer.Code, IIN: iin, Token: a.Code, PublicKey: a.PublicKey})
}

func encoded(t *testing.T, r wire.PersonRequest) []byte {
	t.Helper()
	doc, err := wire.EncodePersonRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestPersonIsReadWithTheLeaveOfKDPOverGOSTAndRSA(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		s := serve(t, always, algorithm)
		c := s.client()
		persons := persons
		persons.Signers = []*eds.Certificate{s.keys.Register.Certificate}
		for iin, known := range map[mekenjai.IIN]bool{s.land.IIN("aigul"): true, "900101300811": false} {
			x, err := c.Ask(t.Context(), persons, s.personRequest(t, iin))
			if err != nil {
				t.Fatalf("%s: %v", algorithm, err)
			}
			r, err := wire.DecodePersonResponse(x.Data)
			if err != nil {
				t.Fatal(err)
			}
			if r.Result.Code != wire.PersonOK || r.RequestID != "q1" || (len(r.Persons) == 1) != known || known && r.Persons[0].IIN != iin {
				t.Errorf("%s: answer %+v", algorithm, r)
			}
		}
	}
}

func TestOrganisationIsReadBySignedTextAndFilesAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	at := now
	s := serve(t, func() time.Time { return at }, eds.GOST2015x512)
	c := s.client()
	bin := s.land.BIN("university")
	doc, err := wire.EncodeEntityRequest(wire.EntityRequest{Requestor: bus.CustomerBIN(), BIN: bin})
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.Ask(t.Context(), entities, doc)
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.DecodeEntityResponse(x.Data)
	if err != nil || e.Status.Code != wire.EntityOK || e.Entity == nil || e.Entity.BIN != bin {
		t.Errorf("answer %+v, %v", e, err)
	}

	store := func(r wire.FilesRequest) wire.FilesResponse {
		t.Helper()
		r.Sender, r.Password = customer.ID, customer.Password
		doc, err := wire.EncodeFilesRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		x, err := c.Ask(t.Context(), files, doc)
		if err != nil {
			t.Fatal(err)
		}
		a, err := wire.DecodeFilesResponse(x.Data)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	up := store(wire.FilesRequest{Kind: wire.FilesUpload, Uploads: []wire.FileUpload{{Process: "p", Name: "a.pdf", Content: []byte("%PDF"), Life: time.Hour}}})
	id := up.Results[0].File
	down := wire.FilesRequest{Kind: wire.FilesDownload, Files: []string{id}}
	if a := store(down); string(a.Results[0].Content) != "%PDF" {
		t.Errorf("fetched %v", a)
	}
	at = at.Add(2 * time.Hour)
	if a := store(down); a.Results[0].State != wire.FileNotExists {
		t.Errorf("after its life: %v", a)
	}
}

// What the real bus would refuse is refused, each with a word for it.
func TestSimulatorRefusesWhatTheBusWould(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	iin := s.land.IIN("aigul")
	good := s.personRequest(t, iin)
	code := func(name string, want string, err error) {
		t.Helper()
		var said *shep.Error
		if !errors.As(err, &said) || said.Code != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	ask := func(change func(c *shep.Client, p *shep.Service) []byte) error {
		c, p := s.client(), persons
		doc := change(c, &p)
		_, err := c.Ask(t.Context(), p, doc)
		return err
	}
	code("a wrong password", "SBF-AD-1", ask(func(c *shep.Client, _ *shep.Service) []byte { c.Sender.Password = "x"; return good }))
	code("another sender", "SBF-AD-1", ask(func(c *shep.Client, _ *shep.Service) []byte { c.Sender.ID = "x"; return good }))
	code("another's key", "SBF-AD-1", ask(func(c *shep.Client, _ *shep.Service) []byte { c.Key = s.keys.Stranger; return good }))
	code("a service that is none", "SCSE001", ask(func(_ *shep.Client, p *shep.Service) []byte { p.ID = "GBDFL"; return good }))
	code("a document without signature", "SBF-VE-8", ask(func(_ *shep.Client, p *shep.Service) []byte { p.Signs = false; return good }))
	code("another variant", "SBF-VE-8", ask(func(_ *shep.Client, p *shep.Service) []byte { p.Variant = shep.Text; return good }))
	code("another document", "SBF-VE-8", ask(func(*shep.Client, *shep.Service) []byte { return shep.Data("urn:x", "Request", nil) }))
	code("elements in another order", "SBF-VE-8", ask(func(*shep.Client, *shep.Service) []byte {
		return []byte(strings.Replace(string(good), "<messageId>q1</messageId>", "", 1))
	}))

	refused := func(name string, r wire.PersonRequest) {
		t.Helper()
		x, err := s.client().Ask(t.Context(), persons, encoded(t, r))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := wire.DecodePersonResponse(x.Data); err != nil || a.Result.Code == wire.PersonOK || len(a.Persons) > 0 {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
	token := s.grant(t, iin)
	other := wire.PersonRequest{MessageID: "q2", Date: now, Sender: customer.Code, IIN: s.land.IIN("timur"), Token: token.Code, PublicKey: token.PublicKey}
	refused("leave of another person", other)
	other.IIN, other.Token = iin, "a"
	refused("no leave", other)
	other.Token, other.Sender = token.Code, "x"
	refused("another sender code", other)
}

func TestMessageThatComesAgainGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	c, iin := s.client(), s.land.IIN("aigul")
	doc := s.personRequest(t, iin)
	send := func(doc []byte) (shep.Exchange, error) { return c.Send(t.Context(), persons, "m-1", doc) }
	first, err := send(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.land.Die(iin); err != nil {
		t.Fatal(err)
	}
	again, err := send(doc)
	if err != nil || string(again.Data) != string(first.Data) {
		t.Errorf("the answer changed: %v", err)
	}
	var said *shep.Error
	if _, err := send(s.personRequest(t, s.land.IIN("timur"))); !errors.As(err, &said) || said.Code != "SBF-VE-8" {
		t.Errorf("another message under a used messageId: %v", err)
	}
}

// Envelopes that a Go program reads without complaint and the schema does not allow.
func TestEnvelopeMustBeThatOfTheSchema(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	info := `<messageId>m-1</messageId><serviceId>X</serviceId><messageDate>2026-03-02T15:00:00.000+05:00</messageDate>` +
		`<sender><senderId>` + customer.ID + `</senderId></sender>`
	envelope := func(info string) string {
		return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
			`<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo>` + info +
			`</requestInfo><requestData/></request></t:SendMessage></soap:Body></soap:Envelope>`
	}
	post := func(envelope string) (status int, reply string) {
		t.Helper()
		response, err := http.Post(s.server.URL+bus.SyncPath, "text/xml; charset=utf-8", strings.NewReader(envelope))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(raw)
	}
	signed := func(envelope string) string {
		t.Helper()
		raw, err := xmldsig.SignEnvelope(s.keys.Client, []byte(envelope))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for name, x := range map[string]struct {
		envelope string
		status   int
		says     string
	}{
		"in order": {signed(envelope(info)), 200, "SBF-AD-1"}, // without the password
		"serviceId before messageId": {signed(envelope(strings.Replace(info, "<messageId>m-1</messageId><serviceId>X</serviceId>",
			"<serviceId>X</serviceId><messageId>m-1</messageId>", 1))), 500, "SBF-VE-8"},
		"qualified children":     {signed(strings.NewReplacer("t:SendMessage", "SendMessage", "xmlns:t", "xmlns").Replace(envelope(info))), 500, "SBF-VE-8"},
		"session without braces": {signed(envelope(info + "<sessionId>5e0f1a3c-1111-2222-3333-444455556666</sessionId>")), 500, "SBF-VE-8"},
		"unsigned":               {envelope(info), 500, "SBF-AD-1"},
		"changed":                {strings.Replace(signed(envelope(info)), "m-1", "m-2", 1), 500, "SBF-AD-1"},
		"entities":               {"<!DOCTYPE x [<!ENTITY e 'x'>]>" + signed(envelope(info)), 500, "SBF-VE-8"},
		"no XML":                 {"{}", 500, "SBF-VE-8"},
	} {
		if status, reply := post(x.envelope); status != x.status || !strings.Contains(reply, ">"+x.says+"<") {
			t.Errorf("%s: %d %s", name, status, reply)
		}
	}
}

// Each fault of the way is noticed for what it is; afterwards the service answers.
func TestEveryFaultOfTheWayIsNoticed(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	c, doc := s.client(), s.personRequest(t, s.land.IIN("aigul"))
	causes := map[country.FaultKind]error{
		country.Down: shep.ErrTransport, bus.Cut: shep.ErrTransport, bus.Huge: shep.ErrTooLarge, bus.Replayed: shep.ErrOtherMessage,
		bus.Unsigned: shep.ErrUntrusted, bus.Foreign: shep.ErrUntrusted, bus.Altered: shep.ErrUntrusted, bus.Wrapped: shep.ErrUntrusted,
		bus.Reordered: shep.ErrMalformed, bus.Entities: shep.ErrMalformed, bus.NotXML: shep.ErrMalformed,
	}
	codes := map[country.FaultKind]string{
		bus.SOAPFault: "FAULT-015", bus.Failed: "SCSE001", bus.Empty: "SCSE002", bus.Later: "SCSE003", bus.Strange: "SCSE777",
	}
	for _, kind := range striking(state.Persons) {
		if kind == country.Wrong {
			continue // a good answer about somebody else: for package state to notice
		}
		if _, err := c.Ask(t.Context(), persons, doc); err != nil {
			t.Fatalf("before %s: %v", kind, err)
		}
		s.land.Set(state.Persons, country.Fault{Kind: kind})
		_, err := c.Ask(t.Context(), persons, doc)
		var said *shep.Error
		switch {
		case causes[kind] != nil && !errors.Is(err, causes[kind]), codes[kind] != "" && (!errors.As(err, &said) || said.Code != codes[kind]):
			t.Errorf("%s: %v", kind, err)
		case causes[kind] == nil && codes[kind] == "":
			t.Errorf("nobody has said what %s looks like", kind)
		}
		s.land.Heal()
	}
}

// A number of a scenario fails for everybody and always, the others are answered.
func TestNumberOfAScenarioFailsInItsWay(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	for _, x := range bus.Scenarios() {
		switch x.Fault.Kind { // one of each sort: the others are told apart above
		case country.Wrong, bus.Failed, bus.Foreign, bus.Refused, bus.Unanswered:
		default:
			continue
		}
		c := s.client()
		if x.Peer == bus.Consents {
			doc, err := wire.EncodeKDPRequest(s.kdpRequest(x.IIN))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := c.Ask(t.Context(), kdp, doc)
			if a, _ := wire.DecodeKDPAnswer(answer.Data); err == nil && a.Code != "" {
				t.Errorf("%s: granted", x.Fault.Kind)
			}
			continue
		}
		answer, err := c.Ask(t.Context(), persons, s.personRequest(t, x.IIN))
		if r, _ := wire.DecodePersonResponse(answer.Data); err == nil && (len(r.Persons) == 0 || r.Persons[0].IIN == x.IIN) {
			t.Errorf("%s: %+v", x.Fault.Kind, r)
		}
	}
	if _, err := s.client().Ask(t.Context(), persons, s.personRequest(t, s.land.IIN("aigul"))); err != nil {
		t.Errorf("nobody else is answered: %v", err)
	}
}

// What both sides say of a person is of the public schemas, as libxml2 reads them.
func TestMessagesAboutAPersonAreOfTheSchema(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	var r recorder
	s.server.Config.Handler = r.wrap(s.bus.Handler())
	for _, key := range []string{"aigul", "raisa", "vasily", "fedor", "anna", "david", "alikhan", "dana"} {
		if _, err := s.client().Ask(t.Context(), persons, s.personRequest(t, s.land.IIN(key))); err != nil {
			t.Fatal(err)
		}
	}
	documents := operations(t, r.all())
	if complaints := lint(t, documents); complaints != "" {
		t.Errorf("libxml2: %s", complaints)
	}
	for from, to := range map[string]string{"<gender>": "<sex>", "<iin>": "<iin/><iin>", "<messageResult>": "<p:messageResult>"} {
		closing := func(s string) string { return strings.Replace(s, "<", "</", 1) }
		changed := strings.NewReplacer(from, to, closing(from), closing(strings.TrimPrefix(to, "<iin/>"))).Replace(documents[len(documents)-1])
		if lint(t, []string{changed}) == "" {
			t.Errorf("libxml2 does not mind %s", to)
		}
	}
}
