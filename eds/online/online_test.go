package online

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

var start = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// world is a test authority behind HTTP, with a clock and a switch.
type world struct {
	authority *pki.Authority
	url       string
	requests  atomic.Int32
	fail      atomic.Int32 // the status to fail with; zero: work
	now       time.Time
	agent     atomic.Value
}

func newWorld(t *testing.T) *world {
	t.Helper()
	a, err := pki.New([]byte("online"), start)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{authority: a, now: start}
	services := a.Handler(func() time.Time { return w.now })
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.requests.Add(1)
		w.agent.Store(r.UserAgent())
		if status := int(w.fail.Load()); status != 0 {
			rw.Header().Set("Location", "/elsewhere")
			rw.WriteHeader(status)
			return
		}
		services.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) client() *Client { return &Client{Now: func() time.Time { return w.now }} }

func (w *world) key(t *testing.T, k pki.Kind) (c, issuer *eds.Certificate) {
	t.Helper()
	key, err := w.authority.Person(pki.Person{IIN: "900101400123", Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, pki.Options{Kind: k})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range w.authority.Anchors().Certificates() {
		if string(i.X509.SubjectKeyId) == string(key.Certificate.X509.AuthorityKeyId) {
			return key.Certificate, i
		}
	}
	t.Fatal("no issuer")
	return nil, nil
}

func TestResponderIsAskedOnceInFiveMinutes(t *testing.T) {
	w := newWorld(t)
	o := &OCSP{Client: w.client(), URL: w.url + "/ocsp/"}
	good, issuer := w.key(t, pki.Valid)
	for range 3 {
		if got := o.CheckRevocation(context.Background(), good, issuer, w.now); got.Status != eds.RevocationGood {
			t.Fatalf("%+v", got)
		}
	}
	if n := w.requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	w.now = w.now.Add(6 * time.Minute)
	o.CheckRevocation(context.Background(), good, issuer, w.now)
	if n := w.requests.Load(); n != 2 {
		t.Errorf("%d requests after six minutes", n)
	}
	bad, issuer := w.key(t, pki.Revoked)
	if got := o.CheckRevocation(context.Background(), bad, issuer, w.now); got.Status != eds.RevocationRevoked || len(got.Evidence) == 0 {
		t.Errorf("%+v", got)
	}
	if agent, _ := w.agent.Load().(string); agent == "" || strings.HasPrefix(agent, "Go-http") {
		t.Errorf("user agent %q", agent)
	}
}

func TestServiceThatFailsIsLeftAloneForAWhile(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusSeeOther, http.StatusNotFound} {
		w := newWorld(t)
		w.fail.Store(int32(status))
		o := &OCSP{Client: w.client(), URL: w.url + "/ocsp/"}
		c, issuer := w.key(t, pki.Valid)
		for range 5 {
			if got := o.CheckRevocation(context.Background(), c, issuer, w.now); got.Status != eds.RevocationUnavailable {
				t.Errorf("status %d: %+v", status, got)
			}
		}
		if n := w.requests.Load(); n != 1 {
			t.Errorf("status %d: %d requests without a pause", status, n)
		}
		w.fail.Store(0)
		w.now = w.now.Add(firstBackOff)
		if got := o.CheckRevocation(context.Background(), c, issuer, w.now); got.Status != eds.RevocationGood {
			t.Errorf("status %d: after the pause %+v", status, got)
		}
	}
}

func TestTimestampIsFetchedAndFits(t *testing.T) {
	w := newWorld(t)
	tsa := &TSA{Client: w.client(), URL: w.url + "/tsp/"}
	token, err := tsa.Timestamp(context.Background(), []byte("signature"), eds.DigestStreebog512)
	if err != nil {
		t.Fatal(err)
	}
	v := &eds.Verifier{Anchors: w.authority.Anchors(), NoRevocation: true}
	if stamp, err := v.VerifyTimestamp(context.Background(), token, []byte("signature")); err != nil || !stamp.Valid() {
		t.Errorf("%v %+v", err, stamp)
	}
	w.fail.Store(http.StatusBadGateway)
	if _, err := tsa.Timestamp(context.Background(), []byte("x"), eds.DigestStreebog512); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

func TestListThatCannotBeFetchedLeavesTheLastGoodOne(t *testing.T) {
	w := newWorld(t)
	bad, issuer := w.key(t, pki.Revoked)
	url := w.url + "/crl/gost.crl"
	l := &Lists{Client: w.client(), Store: &eds.CRLStore{Now: func() time.Time { return w.now }}, URLs: []string{url},
		Authorities: w.authority.Anchors().Certificates()}
	l.Refresh(context.Background())
	if err := l.Health()[url]; err != nil {
		t.Fatal(err)
	}
	w.fail.Store(http.StatusNotFound)
	l.Refresh(context.Background())
	if l.Health()[url] == nil {
		t.Error("a missing list is healthy")
	}
	if got := l.Store.CheckRevocation(context.Background(), bad, issuer, w.now); got.Status != eds.RevocationRevoked {
		t.Errorf("%+v", got)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 200)) }))
	defer server.Close()
	c := &Client{}
	if _, err := c.do(context.Background(), http.MethodGet, server.URL, "", nil, 100); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}
