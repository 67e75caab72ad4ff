package ncalayer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// person is invented.
var person = pki.Person{IIN: "880417499000", Surname: "НҰРЛАНОВА", Given: "АЙГҮЛ", Patronymic: "СЕРІКҚЫЗЫ"}

func emulator(t *testing.T, o Options) (*Emulator, *pki.Authority) {
	t.Helper()
	a, err := pki.New([]byte("ncalayer"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = FromAuthority(a)
	e := New(o)
	if err := e.Insert(Seat{Person: person}); err != nil {
		t.Fatal(err)
	}
	return e, a
}

// page is a browser's side of the conversation, with the frames that
// ncalayer-js-client sends.
type page struct {
	t  *testing.T
	ws *websocket.Conn
}

func visit(t *testing.T, e *Emulator) *page {
	t.Helper()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	p, err := dial(t, server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func dial(t *testing.T, url, origin string) (*page, error) {
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ws, _, err := websocket.Dial(t.Context(), strings.Replace(url, "http", "ws", 1), &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(largest)
	p := &page{t, ws}
	if got := p.read(); !strings.HasPrefix(got, `{"result":{"version":"1.`) {
		t.Fatalf("greeting %s", got)
	}
	return p, nil
}

func (p *page) send(frame string) {
	p.t.Helper()
	if err := p.ws.Write(p.t.Context(), websocket.MessageText, []byte(frame)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) read() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	_, frame, err := p.ws.Read(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(frame)
}

func (p *page) ask(frame string) string {
	p.t.Helper()
	p.send(frame)
	return p.read()
}

// sign is a request of basicsSignCMS.
func sign(data, signingParams, signerParams string) string {
	return `{"module":"kz.gov.pki.knca.basics","method":"sign","args":{"allowedStorages":null,"format":"cms","data":` + data +
		`,"signingParams":` + signingParams + `,"signerParams":` + signerParams + `,"locale":"kk"}}`
}

const (
	attached = `{"decode":true,"encapsulate":true,"digested":false,"tsaProfile":{}}`
	detached = `{"decode":true,"encapsulate":false,"digested":false}`
	anyTest  = `{"extKeyUsageOids":[],"chain":[]}`
)

// signatures are the array of a successful reply.
func signatures(t *testing.T, reply string) []string {
	t.Helper()
	var r struct {
		Status bool
		Body   struct{ Result []string }
	}
	if err := json.Unmarshal([]byte(reply), &r); err != nil || !r.Status || r.Body.Result == nil {
		t.Fatalf("reply %s", reply)
	}
	return r.Body.Result
}

func verify(t *testing.T, a *pki.Authority, cms string, content []byte, usage eds.Usage) *eds.Report {
	t.Helper()
	v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
	r, err := v.VerifyCMS(t.Context(), []byte(cms), content, eds.Options{Usage: usage})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func b64(s string) string { return `"` + base64.StdEncoding.EncodeToString([]byte(s)) + `"` }
