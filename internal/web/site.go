package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"mekenjai/internal/locale"
)

// Site is what the pages of one server have in common. Its zero value is a
// production site that talks to NCALayer at its usual address.
type Site struct {
	Log  *slog.Logger
	Demo bool // the demo country: a strip on every page says so
	// NCALayer is the websocket address of the signing program on the reader's
	// computer; wss://127.0.0.1:13579 when empty.
	NCALayer string
	// TestChain lets keys be chosen that the national authority did not issue.
	TestChain bool
	Connect   []string // further addresses that scripts may connect to
	SignIn    string   // where who must sign in is sent; "/sign-in" when empty
	Home      string   // "/" when empty
	DemoHome  string   // where the strip of the demo country leads; "/demo" when empty
	Nav       []NavItem
	Insecure  bool  // plain HTTP on a loopback address: no HSTS, cookies without Secure
	MaxBody   int64 // bytes of a request; 256 KiB when zero
	// Uploads says which requests bring a file and may have MaxUpload bytes; nil:
	// none.
	Uploads func(*http.Request) bool
	// Away says of an error that the service itself cannot answer for a moment, as
	// when its database is away; nil: none says that.
	Away func(error) bool
	// Observe counts a request that was answered; optional. The route is a pattern,
	// "" when none matched.
	Observe func(method, route string, status int, took time.Duration)
	// Refused writes an audit entry or counts an error that was shown; optional.
	Refused func(ctx context.Context, status int, err error)
}

// NavItem is a section of the service, shown to who is signed in. Key is its
// name in the catalogue.
type NavItem struct{ Key, Href string }

// User is who is signed in, as the header shows it.
type User struct {
	Name    string
	SignOut string // POST address
	// Ends is when the session ends unless it is extended by a POST to Extend,
	// which answers with SessionExtended. The zero time shows no warning.
	Ends   time.Time
	Extend string
	Nav    []NavItem // in place of the site's sections; nil for those
}

// visit is what one request carries through the handlers.
type visit struct {
	site     *Site
	incident string
	user     *User
	route    *string // set by who knows it, read by the access log
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{site: &Site{}, route: new(string)}
}

// WithUser says who is signed in.
func WithUser(ctx context.Context, u User) context.Context {
	v := *visitOf(ctx)
	v.user = &u
	return context.WithValue(ctx, visitKey{}, &v)
}

// Incident is the number of the request: it stands in the log and on the page
// of an error.
func Incident(ctx context.Context) string { return visitOf(ctx).incident }

// Wrap puts the site around the routes: number, language, headers, limits,
// protection against requests that other sites send, and pages for errors.
func (s *Site) Wrap(routes http.Handler) http.Handler {
	if mux, ok := routes.(*http.ServeMux); ok {
		routes = Friendly(mux)
	}
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(Handler(func(http.ResponseWriter, *http.Request) error { return errCrossOrigin }))
	routes = own.Handler(s.bounded(routes))
	policy := s.policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{site: s, incident: newIncident(), route: new(string)}
		ctx := context.WithValue(r.Context(), visitKey{}, v)
		lang := s.language(w, r)
		r = r.WithContext(locale.With(ctx, lang))
		s.protect(w.Header(), policy)
		out := &watched{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if fault := recover(); fault != nil {
				s.caught(out, r, fault)
			}
			s.record(r, v, out.code(), time.Since(start))
		}()
		routes.ServeHTTP(out, r)
	})
}

// bounded limits what a request may bring.
func (s *Site) bounded(routes http.Handler) http.Handler {
	usual := http.MaxBytesHandler(routes, cmp.Or(s.MaxBody, 256<<10))
	large := http.MaxBytesHandler(routes, MaxUpload)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Uploads != nil && r.Method == http.MethodPost && s.Uploads(r) {
			large.ServeHTTP(w, r)
			return
		}
		usual.ServeHTTP(w, r)
	})
}

// newIncident is short enough to be read out over the telephone.
func newIncident() string {
	return strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")[:10])
}

// caught turns a panic into an error page, if nothing was sent yet.
func (s *Site) caught(w *watched, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	s.log().ErrorContext(r.Context(), "panic", "incident", Incident(r.Context()), "fault", fault, "stack", string(debug.Stack()))
	if w.status == 0 {
		showFailure(w, r, errPanic)
	}
}

// record writes the access log: the route, not the path, and nothing of what
// was asked, because addresses and queries hold personal data.
func (s *Site) record(r *http.Request, v *visit, status int, took time.Duration) {
	if s.Observe != nil {
		s.Observe(r.Method, *v.route, status, took)
	}
	s.log().InfoContext(r.Context(), "request", "incident", v.incident, "method", r.Method, "route", cmp.Or(*v.route, "-"),
		"status", status, "took", took.Round(10*time.Microsecond).String())
}

func (s *Site) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// watched remembers what was sent.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watched) code() int { return cmp.Or(w.status, http.StatusOK) }
