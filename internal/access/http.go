package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Current is the session of a request, for the time-out warning.
type Current struct {
	Session string
	Method  mekenjai.Method
	Started time.Time
	Ends    time.Time
}

// asking is what the middleware found out about a request.
type asking struct {
	state
	err     error // mekenjai.ErrSignIn, or the database's
	expired bool  // a session was presented that has ended
}

type askingKey struct{}

func from(ctx context.Context) asking {
	if q, ok := ctx.Value(askingKey{}).(asking); ok {
		return q
	}
	return asking{err: mekenjai.ErrSignIn}
}

// ActorFrom is who is asking: mekenjai.ErrSignIn when nobody is signed in. When
// the database did not answer that is the error: nobody is sent to sign in because
// of it.
func ActorFrom(ctx context.Context) (mekenjai.Actor, error) {
	q := from(ctx)
	return q.actor, q.err
}

// CurrentFrom is the session of the request, false when there is none.
func CurrentFrom(ctx context.Context) (Current, bool) {
	q := from(ctx)
	return Current{q.actor.Session, q.actor.Method, q.started, q.ends}, q.err == nil
}

// Expired says that the browser presented a session that has ended, so that the
// sign-in page can say why it is shown.
func Expired(ctx context.Context) bool { return from(ctx).expired }

// WithActor puts an actor into the context as the middleware does, for the tests
// of those who ask for one.
func WithActor(ctx context.Context, actor mekenjai.Actor) context.Context {
	return context.WithValue(ctx, askingKey{}, asking{state: state{actor: actor}})
}

// Middleware finds out who is asking and puts it into the request's context. It
// refuses nobody: handlers ask ActorFrom, verbs ask the actor.
func (a *Access) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := a.token(r)
		if token == "" {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		q := asking{}
		q.state, q.err = a.lookup(ctx, token, byPerson(r))
		switch {
		case errors.Is(q.err, mekenjai.ErrSignIn):
			// The cookie stays: a late answer to another tab must not take away the
			// session that a sign-in has put in its place.
			q.expired = true
		case q.err != nil:
			q.err = fmt.Errorf("find session: %w", q.err)
		default:
			q.actor.Language = string(locale.From(ctx))
			w.Header().Set("Cache-Control", "no-store") // the next person at this machine presses Back
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, askingKey{}, q)))
	})
}

// byPerson says whether somebody is there: pages asked for and forms sent, not the
// requests of a script, which a page left open makes all night.
func byPerson(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Dest") != "empty" }

// Keep gives the browser its new session and takes back the token it had before
// sign-in, which has done its work.
func (a *Access) Keep(w http.ResponseWriter, in SignedIn) {
	a.setCookie(w, sessionCookie, in.Token, 0)
	a.setCookie(w, visitCookie, "", -1)
}

// Forget takes the session's token back from the browser.
func (a *Access) Forget(w http.ResponseWriter) { a.setCookie(w, sessionCookie, "", -1) }

// Visit is the token of a browser before sign-in, made when it has none. What is
// begun under it can be finished in the same browser only.
func (a *Access) Visit(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(a.cookieName(visitCookie)); err == nil && len(c.Value) == tokenLength {
		return c.Value
	}
	token := newToken()
	a.setCookie(w, visitCookie, token, 0)
	return token
}

const (
	sessionCookie = "mekenjai"
	visitCookie   = "mekenjai-visit"
	tokenLength   = 43 // 32 bytes in base64
)

// browserOf is under what the doings of a browser before sign-in are stored.
// An empty token would be shared by all that have none.
func browserOf(visit string) ([]byte, error) {
	if len(visit) != tokenLength {
		return nil, fmt.Errorf("browser without a visit: %w", mekenjai.ErrStale)
	}
	return hash(visit), nil
}

func (a *Access) token(r *http.Request) string {
	if c, err := r.Cookie(a.cookieName(sessionCookie)); err == nil {
		return c.Value
	}
	return ""
}

// cookieName has the prefix that keeps a neighbouring host, or plain HTTP, from
// planting a cookie. Browsers accept it over TLS only.
func (a *Access) cookieName(name string) string {
	if a.secure {
		return "__Host-" + name
	}
	return name
}

func (a *Access) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: a.cookieName(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode})
}
