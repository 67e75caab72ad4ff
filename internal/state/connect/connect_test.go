package connect_test

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/papers"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/files"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("connections"), start)
	if err != nil {
		panic(err)
	}
	return a
})

// site is a simulated bus with the folder of its customer.
type site struct {
	t      *testing.T
	land   *country.Country
	folder string
	file   map[string]any // the bus file as JSON
}

func newSite(t *testing.T) *site {
	t.Helper()
	clock := func() time.Time { return start }
	s := &site{t: t, land: country.New(clock), folder: t.TempDir()}
	keys, err := bus.NewKeys(authority(), eds.GOST2015x512)
	if err != nil {
		t.Fatal(err)
	}
	login, err := bus.LoginKey(authority())
	if err != nil {
		t.Fatal(err)
	}
	drn, err := entries.Open(filepath.Join(t.TempDir(), "entries"), clock, entries.Knowledge{Person: s.land.Find, Address: s.land.FindAddress})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bus.New(bus.Options{Country: s.land, Entries: drn, Keys: keys, Clock: clock, Verifier: verifier(), Log: slog.New(slog.DiscardHandler),
		Customer: bus.Customer{ID: "mekenjai", Password: "қ4-pass&word", Code: "MEK", BIN: bus.CustomerBIN(), Login: login.Certificate}})
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
	s.put("bus.password", []byte("қ4-pass&word\n"))
	s.put("p12.password", []byte("Qwerty12\n"))
	s.store("mekenjai.p12", keys.Client)
	s.store("login.p12", login)
	s.put("shep.cer", keys.Bus.Certificate.Raw())
	s.put("registers.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: keys.Register.Certificate.Raw()}))
	key := func(name string) map[string]any {
		return map[string]any{"file": name, "passwordFile": "p12.password"}
	}
	sender := map[string]any{"id": "mekenjai", "passwordFile": "bus.password"}
	s.file = map[string]any{
		"url": server.URL + bus.SyncPath, "sender": sender, "key": key("mekenjai.p12"), "signers": []string{"shep.cer"},
		"company": map[string]any{"bin": bus.CustomerBIN(), "name": "Мекенжай"},
		"persons": map[string]any{"service": "GBDFLUniversal_token", "sender": "MEK", "signers": []string{"registers.pem"},
			"consent": map[string]any{"service": "KDP_SERVICE", "login": key("login.p12")}},
		"entities": map[string]any{"service": "GbdulInfoByBin_v2", "signers": []string{"registers.pem"}},
		"files":    map[string]any{"service": "EDS_TEMP_FILES", "sender": sender, "life": "1h"},
	}
	modelled := map[string]any{}
	for _, peer := range mapped.Peers() {
		modelled[string(peer)] = map[string]any{"mapping": "ours", "signers": []string{"registers.pem"}}
	}
	s.file["modelled"] = modelled
	return s
}

func verifier() *eds.Verifier {
	return &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}
}

func (s *site) put(name string, content []byte) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), content, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) store(name string, key *eds.Key) {
	s.t.Helper()
	store, err := pki.PKCS12(key, "Qwerty12")
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(name, store)
}

// read writes the bus file out and reads it as an installation does.
func (s *site) read() (connect.Config, error) {
	s.t.Helper()
	raw, err := json.Marshal(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	s.put("bus.json", raw)
	return connect.Read(filepath.Join(s.folder, "bus.json"))
}

func (s *site) open() (*connect.Connection, error) {
	s.t.Helper()
	c, err := s.read()
	if err != nil {
		return nil, err
	}
	c.Verifier, c.Clock, c.Log = verifier(), func() time.Time { return start }, slog.New(slog.DiscardHandler)
	return connect.New(c)
}

func TestRegistersOfABusFileAnswerWithTheirEvidence(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	peers, iin := n.Peers(), s.land.IIN("aigul")
	r, err := peers.Person(t.Context(), iin)
	if err != nil || !r.Found || r.Value.IIN != iin {
		t.Fatalf("%+v, %v", r.Found, err)
	}
	if r.Source != state.Persons || !strings.Contains(string(r.Raw), string(iin)) || !strings.Contains(string(r.Request), "<kdpToken>***<") || r.RequestSHA256 == [32]byte{} {
		t.Errorf("evidence: %s", r.Request)
	}
	if r, err := peers.Person(t.Context(), "900101300811"); err != nil || r.Found || len(r.Raw) == 0 {
		t.Errorf("nobody: %v, %v", r.Found, err)
	}
	bin := s.land.BIN("university")
	if r, err := peers.Entity(t.Context(), bin); err != nil || !r.Found || r.Value.BIN != bin {
		t.Errorf("organisation: %v, %v", r.Found, err)
	}
}

// A service that fails again and again is left alone, which metrics and doctor show.
func TestServiceThatFailsRepeatedlyIsShown(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	s.land.Set(state.Persons, country.Fault{Kind: bus.Cut})
	const service = "GBDFLUniversal_token"
	for range 20 {
		if _, err := n.Peers().Person(t.Context(), s.land.IIN("aigul")); err == nil {
			t.Fatal("an answer that was cut")
		}
		if n.Breakers()[service] == shep.Open {
			break
		}
	}
	if b := n.Breakers(); b[service] != shep.Open || b["KDP_SERVICE"] != shep.Closed {
		t.Errorf("%v", b)
	}
	if err := n.Ping(t.Context(), state.Persons); !errors.Is(err, shep.ErrOpen) {
		t.Errorf("got %v", err)
	}
}

// Whatever goes wrong on the way is silence, and the case waits.
func TestWhatGoesWrongIsSilence(t *testing.T) {
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	iin := s.land.IIN("aigul")
	given := ""
	for _, kind := range []country.FaultKind{country.Wrong, bus.Foreign, bus.Failed} {
		s.land.Set(state.Persons, country.Fault{Kind: kind})
		_, err := n.Peers().Person(t.Context(), iin)
		var silence *state.Silence
		if !errors.As(err, &silence) || silence.Peer != state.Persons || !errors.Is(err, mekenjai.ErrUnavailable) || strings.Contains(err.Error(), string(iin)) {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		// What travelled is evidence: the leave that was given, and the reply as it came.
		if len(silence.Exchanges) != 2 {
			t.Errorf("%s: %d exchanges", kind, len(silence.Exchanges))
			continue
		}
		leave, reply := silence.Exchanges[0], silence.Exchanges[1]
		if leave.Source != state.Consents || leave.Trouble != nil || leave.Form != state.Shown || given != "" && leave.Message != given {
			t.Errorf("%s: KDP: %+v", kind, leave)
		}
		given = leave.Message
		if reply.Source != state.Persons || reply.Trouble == nil || reply.Message == "" || reply.Form != state.Received || reply.SHA256 != sha256.Sum256(reply.Raw) ||
			!strings.Contains(string(reply.Request), "<kdpToken>***<") || reply.RequestSHA256 == [32]byte{} {
			t.Errorf("%s: %s\n%s", kind, reply.Request, reply.Raw)
		}
	}
	s.land.Set(state.Persons, country.Fault{})
	s.land.Set(bus.Consents, country.Fault{Kind: bus.Refused})
	other := s.land.IIN("bolat")
	if _, err = n.Peers().Person(t.Context(), other); !errors.As(err, new(*state.Silence)) {
		t.Fatal(err)
	}
	var silence *state.Silence
	errors.As(err, &silence)
	if len(silence.Exchanges) != 1 || silence.Exchanges[0].Source != state.Consents || silence.Exchanges[0].Trouble == nil {
		t.Errorf("no leave: %+v", silence.Exchanges)
	}
}

func TestPapersGoThroughTheStoreOfFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("nine megabytes under the race detector take as long as a package")
	}
	s := newSite(t)
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	store := n.Files()
	scan := files.File{Name: "scan.png", Type: papers.PNG, Bytes: []byte(strings.Repeat("x", 9<<20))}
	kept, err := store.Upload(t.Context(), scan)
	if err != nil {
		t.Fatal(err)
	}
	id := kept.ID
	scan.Number, scan.Bytes = "upload-2", scan.Bytes[:9<<10]
	if first, err := store.Upload(t.Context(), scan); err != nil {
		t.Error(err)
	} else if again, err := store.Upload(t.Context(), scan); err != nil || again.ID != first.ID || again.ID == id {
		t.Errorf("the same upload again is another file: %+v, %v", again, err)
	}
	if meta, err := store.Info(t.Context(), id); err != nil || meta.Size != 9<<20 {
		t.Errorf("%+v, %v", meta, err)
	}
	var refused *mekenjai.FieldError
	if _, err := store.Fetch(t.Context(), id, "paper"); !errors.As(err, &refused) { // 9 MB arrive, and are no paper
		t.Errorf("got %v", err)
	}
	if _, err := store.Info(t.Context(), "nothing"); !errors.Is(err, files.ErrNoFile) {
		t.Errorf("got %v", err)
	}
}

func TestDoctorHearsWhatIsConnectedAndWhetherTheBusIsThere(t *testing.T) {
	s := newSite(t)
	delete(s.file, "entities")
	delete(s.file["modelled"].(map[string]any), "civil")
	n, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range n.Peers().Check(t.Context()) {
		switch {
		case h.Peer == state.Entities || h.Peer == state.Civil:
			if !errors.Is(h.Err, state.ErrUnconnected) {
				t.Errorf("%s: %v", h.Peer, h.Err)
			}
		case h.Err != nil:
			t.Errorf("%s: %v", h.Peer, h.Err)
		}
	}
	if _, err := n.Peers().Parents(t.Context(), s.land.IIN("aigul")); !errors.Is(err, state.ErrUnconnected) {
		t.Errorf("what the file leaves out: %v", err)
	}
	s.file["url"] = "http://127.0.0.1:1/"
	if n, err = s.open(); err != nil {
		t.Fatal(err)
	}
	if err := n.Ping(t.Context(), state.Persons); err == nil {
		t.Error("a bus that is not there was found")
	}
}

func TestBusFileThatCannotBeMeantIsRefusedInPlainWords(t *testing.T) {
	inner := func(s *site, name string) map[string]any { return s.file[name].(map[string]any) }
	s := newSite(t)
	s.put("no.p12", []byte("x"))
	for name, c := range map[string]struct {
		spoil func(*site)
		says  string
	}{
		"no address":       {func(s *site) { s.file["url"] = "shep" }, "is not an address"},
		"password in it":   {func(s *site) { s.file["url"] = "https://a:b@shep.example/" }, "is not an address"},
		"unknown word":     {func(s *site) { s.file["signer"] = "x" }, "unknown field"},
		"no signers":       {func(s *site) { s.file["signers"] = []string{} }, "anybody"},
		"no register's":    {func(s *site) { delete(inner(s, "persons"), "signers") }, "anybody"},
		"no certificate":   {func(s *site) { s.file["signers"] = []string{"bus.password"} }, "signers"},
		"no such file":     {func(s *site) { s.file["signers"] = []string{"x.cer"} }, "x.cer"},
		"no key":           {func(s *site) { delete(s.file, "key") }, "key is missing"},
		"wrong password":   {func(s *site) { inner(s, "key")["passwordFile"] = "bus.password" }, "wrong password"},
		"no key store":     {func(s *site) { inner(s, "key")["file"] = "no.p12" }, "not a usable key store"},
		"no BIN":           {func(s *site) { inner(s, "company")["bin"] = "1" }, "company.bin"},
		"no sender's code": {func(s *site) { delete(inner(s, "persons"), "sender") }, "persons.sender"},
		"no consent":       {func(s *site) { delete(inner(s, "persons"), "consent") }, "consent.service"},
		"short token":      {func(s *site) { inner(s, "persons")["consent"].(map[string]any)["expires"] = "1s" }, "expires"},
		"no span of time":  {func(s *site) { inner(s, "persons")["limit"] = "soon" }, "span of time"},
		"unknown meaning": {func(s *site) {
			inner(s, "persons")["codes"] = map[string]any{"lifeStatus": map[string]any{"7": "fine"}}
		}, "nobody reads"},
		"unknown class": {func(s *site) { s.file["codes"] = map[string]any{"X": "fine"} }, "class"},
		"nothing is granted": {func(s *site) {
			inner(s, "persons")["consent"].(map[string]any)["statuses"] = map[string]any{"NO": "refused"}
		}, "means granted"},
		"unknown peer":       {func(s *site) { inner(s, "modelled")["weather"] = map[string]any{"mapping": "ours"} }, "modelled.weather"},
		"no mapping":         {func(s *site) { inner(s, "modelled")["civil"] = map[string]any{} }, "modelled.civil: mapping is missing"},
		"mapping of another": {func(s *site) { inner(s, "modelled")["civil"] = map[string]any{"mapping": "bus.json"} }, "modelled.civil"},
		"portal of no shape": {func(s *site) {
			s.file["portal"] = map[string]any{"url": "https://shep.example", "from": []string{"PEP"}}
		}, "shape is response or form"},
		"anybody may order": {func(s *site) {
			s.file["portal"] = map[string]any{"url": "https://shep.example", "shape": "form"}
		}, "portal: from is empty"},
		"status of no order": {func(s *site) {
			s.file["portal"] = map[string]any{"shape": "form", "statuses": map[string]any{"lost": map[string]any{"code": "1"}}}
		}, "no status of an order"},
		"store without sender": {func(s *site) { delete(inner(s, "files"), "sender") }, "sender"},
	} {
		again := newFileOf(s)
		c.spoil(again)
		_, err := again.open()
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "Qwerty12") || strings.Contains(err.Error(), "pass&word") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// newFileOf is the same site with a bus file of its own to spoil.
func newFileOf(s *site) *site {
	raw, err := json.Marshal(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	again := &site{t: s.t, land: s.land, folder: s.folder}
	if err := json.Unmarshal(raw, &again.file); err != nil {
		s.t.Fatal(err)
	}
	return again
}
