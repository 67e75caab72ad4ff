package shep_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/state/shep"
)

var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("bus tests"), time.Now())
	if err != nil {
		panic(err)
	}
	return a
})

// key is one of an information system's.
func key(t testing.TB, name string, o pki.Options) *eds.Key {
	t.Helper()
	o.Organization, o.BIN = name, "99014000018"+fmt.Sprint(len(name)%10)
	o.Roles = []eds.Role{eds.RoleInformationSystem}
	k, err := authority().Person(pki.Person{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func verifier() *eds.Verifier {
	return &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}
}

// world is a client and the bus that it asks. Requests pass through before the bus
// gets them, replies through after before the client does.
type world struct {
	client *shep.Client
	server *shep.SyncServer
	url    string
	mu     sync.Mutex
	got    []shep.Request
	raw    [][]byte // requests as they came
	before func(w http.ResponseWriter, r *http.Request) bool
}

var person = shep.Service{ID: "GBDFLUniversal_token", Variant: shep.Typed}

func newWorld(t *testing.T, answer func(context.Context, shep.Request) (shep.Response, error)) *world {
	t.Helper()
	ours, theirs := key(t, "Mekenjai", pki.Options{}), key(t, "Bus", pki.Options{})
	w := &world{}
	w.server = &shep.SyncServer{Server: shep.Server{Key: theirs, Verifier: verifier()}, Answer: func(ctx context.Context, r shep.Request) (shep.Response, error) {
		w.mu.Lock()
		w.got = append(w.got, r)
		w.mu.Unlock()
		return answer(ctx, r)
	}}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.before != nil && w.before(rw, r) {
			return
		}
		w.server.ServeHTTP(rw, r)
	}))
	t.Cleanup(s.Close)
	w.url = s.URL
	w.client = w.another(ours)
	return w
}

// another is a client that knows nothing of how it went before.
func (w *world) another(k *eds.Key) *shep.Client {
	return &shep.Client{URL: w.url, Sender: shep.Sender{ID: "mekenjai", Password: "a&b<secret"}, Key: k, Verifier: verifier(),
		Bus: []*eds.Certificate{w.server.Key.Certificate}, Tries: 1, Wait: time.Millisecond}
}

// echo answers with the document that was asked.
func echo(_ context.Context, r shep.Request) (shep.Response, error) {
	return shep.Response{Variant: r.Variant, Data: r.Data}, nil
}

func typed(text string) []byte {
	return shep.Data("http://message.persistence.interactive.nat", "Request", []byte("<iin>"+text+"</iin>"))
}
