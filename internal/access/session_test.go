package access_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
)

// visit asks for a page with the session's token and returns what the middleware
// found out.
func (w *world) visit(token string, header ...string) (actor mekenjai.Actor, current access.Current, expired bool, err error) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "mekenjai="+token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		actor, err = access.ActorFrom(r.Context())
		current, _ = access.CurrentFrom(r.Context())
		expired = access.Expired(r.Context())
	})).ServeHTTP(httptest.NewRecorder(), r.WithContext(locale.With(r.Context(), locale.RU)))
	return actor, current, expired, err
}

func (w *world) isIn(token string) bool {
	_, _, _, err := w.visit(token)
	return err == nil
}

func TestASessionTellsWhoIsAsking(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.browser().bySMS("")
		actor, current, expired, err := w.visit(in.Token)
		want := in.Actor
		want.Language = "ru" // of the page, not of the sign-in
		if diff := cmp.Diff(want, actor); diff != "" || err != nil || expired {
			t.Errorf("expired %v, error %v\n%s", expired, err, diff)
		}
		start := w.clock.Now()
		if diff := cmp.Diff(access.Current{Session: actor.Session, Method: mekenjai.BySMS, Started: start,
			Ends: start.Add(20 * time.Minute)}, current); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNobodyIsSignedInWithoutASession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, token := range []string{"", "unknown", w.browser().client.Key()} {
			_, _, _, err := w.visit(token)
			wantError(t, err, mekenjai.ErrSignIn)
		}
	})
}

func TestAnIdleSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.browser().bySMS("")
		w.clock.Advance(19 * time.Minute)
		if !w.isIn(in.Token) {
			t.Fatal("ended too early")
		}
		w.clock.Advance(20 * time.Minute)
		_, _, expired, err := w.visit(in.Token)
		wantError(t, err, mekenjai.ErrSignIn)
		if !expired {
			t.Error("the page cannot say that a session has ended")
		}
		_, err = w.Extend(ctx, in.Actor)
		wantError(t, err, mekenjai.ErrSignIn)
	})
}

func TestNoSessionOutlivesTwelveHours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.browser().bySMS("")
		end := w.clock.Now().Add(12 * time.Hour)
		for w.clock.Now().Before(end) {
			if !w.isIn(in.Token) {
				t.Fatalf("ended at %v", w.clock.Now())
			}
			if ends := must(w.Extend(ctx, in.Actor))(t); ends.After(end) {
				t.Fatalf("extended to %v", ends)
			}
			w.clock.Advance(15 * time.Minute)
		}
		if w.isIn(in.Token) {
			t.Error("outlived")
		}
	})
}

func TestBeingSeenIsWrittenOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.browser().bySMS("")
		writes := func(pages int) int64 {
			before := w.db.Stats().Commits
			for range pages {
				w.visit(in.Token)
			}
			return int64(w.db.Stats().Commits - before)
		}
		if n := writes(10); n != 0 {
			t.Errorf("%d writes in the first minute", n)
		}
		w.clock.Advance(time.Minute)
		if n := writes(10); n != 1 {
			t.Errorf("%d writes in the second minute", n)
		}
	})
}

func TestAScriptKeepsNoSessionAwake(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.browser().bySMS("")
		for range 19 {
			w.clock.Advance(time.Minute)
			w.visit(in.Token, "Sec-Fetch-Dest", "empty")
		}
		w.clock.Advance(time.Minute)
		if w.isIn(in.Token) {
			t.Error("a page left open kept the session")
		}
	})
}

func TestASignInHasANewTokenAndEndsTheSessionBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.browser().bySMS("")
		again := w.browser(first.Token).bySMS("")
		if w.isIn(first.Token) || !w.isIn(again.Token) {
			t.Error("the old session lives, or the new one does not")
		}
		// A token planted before sign-in opens nothing after it.
		planted := w.browser("planted")
		planted.bySMS("")
		if w.isIn("planted") || w.isIn(planted.visit) {
			t.Error("a planted token opens a session")
		}
	})
}

func TestAConsentNeedsAFreshSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		plain := w.browser().bySMS("")
		if plain.Actor.IsFreshFor("consent-1", w.clock.Now(), time.Hour) {
			t.Error("a plain sign-in passes for a consent")
		}
		w.clock.Advance(time.Minute)
		in := w.browser(plain.Token).bySMS("consent-1")
		if in.For != "consent-1" || in.Actor.Session == plain.Actor.Session {
			t.Errorf("signed in for %q in session %s", in.For, in.Actor.Session)
		}
		w.clock.Advance(10 * time.Minute)
		actor, _, _, _ := w.visit(in.Token)
		now := w.clock.Now()
		if !actor.IsFreshFor("consent-1", now, 15*time.Minute) || actor.IsFreshFor("consent-1", now, 5*time.Minute) ||
			actor.IsFreshFor("consent-2", now, 15*time.Minute) {
			t.Errorf("fresh for %q since %v", actor.FreshFor, actor.Fresh)
		}
	})
}

// The link of a consent is opened on the applicant's machine, in his session.
func TestAConsenterNeverJoinsTheSessionOfTheApplicant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		applicant := w.browser().bySMS("")
		w.mu.Lock()
		w.phones[berik] = "+77010000002"
		w.mu.Unlock()
		b := w.browser(applicant.Token)
		code := must(w.BeginSMS(ctx, b.visit, berik, "consent-1", b.client))(t)
		owner := must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
		if owner.Actor.IIN != berik || owner.Token == applicant.Token || w.isIn(applicant.Token) {
			t.Error("the owner sits in the applicant's session")
		}
	})
}

func TestAPersonSeesAndEndsHisSessions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		here, there, third := w.browser().bySMS(""), w.browser().bySMS(""), w.browser().bySMS("")
		list := must(w.Sessions(ctx, here.Actor))(t)
		want := access.Session{ID: here.Actor.Session, Method: mekenjai.BySMS, Browser: "Firefox", Platform: "Linux",
			Network: "192.0.0.0/16", Started: w.clock.Now(), Seen: w.clock.Now(), Ends: w.clock.Now().Add(20 * time.Minute), Current: true}
		if len(list) != 3 || list[0].ID != third.Actor.Session {
			t.Fatalf("%d sessions", len(list))
		}
		if diff := cmp.Diff(want, list[2]); diff != "" {
			t.Error(diff)
		}

		must(0, w.EndSession(ctx, here.Actor, there.Actor.Session))(t)
		wantError(t, w.EndSession(ctx, here.Actor, there.Actor.Session), mekenjai.ErrNotFound)
		if w.isIn(there.Token) || !w.isIn(here.Token) {
			t.Error("the wrong session ended")
		}
		must(0, w.SignOut(ctx, here.Actor))(t)
		must(0, w.SignOut(ctx, here.Actor))(t)
		if w.isIn(here.Token) || !w.isIn(third.Token) {
			t.Error("the wrong session ended")
		}
		if got := outcomes(w.entries(here.Actor.Session)); !cmp.Equal(got, []string{"session.begin done", "session.end done"}) {
			t.Errorf("audit says %q", got)
		}
	})
}

func TestSignOutEverywhereEndsAllOfOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tokens := []string{w.browser().bySMS("").Token, w.browser().bySMS("").Token}
		in := w.browser().bySMS("")
		w.mu.Lock()
		w.phones[berik] = "+77010000002"
		w.mu.Unlock()
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, berik, "", b.client))(t)
		somebody := must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
		wantError(t, w.EndSession(ctx, somebody.Actor, in.Actor.Session), mekenjai.ErrNotFound)
		if n := must(w.SignOutEverywhere(ctx, in.Actor))(t); n != 3 {
			t.Errorf("%d sessions ended", n)
		}
		for _, token := range append(tokens, in.Token) {
			if w.isIn(token) {
				t.Error("a session is left")
			}
		}
		if !w.isIn(somebody.Token) {
			t.Error("somebody else's session ended")
		}
	})
}

func TestCookiesAreOutOfReach(t *testing.T) {
	for origin, name := range map[string]string{"https://mekenjai.example": "__Host-mekenjai", "http://localhost:8080": "mekenjai"} {
		a := access.New(nil, nil, nil, nil, access.Params{Origin: origin})
		rec := httptest.NewRecorder()
		a.Keep(rec, access.SignedIn{Token: "t"})
		a.Visit(rec, httptest.NewRequest("GET", "/", nil))
		for i, c := range rec.Result().Cookies() {
			want := []string{name, name + "-visit", name + "-visit"}[i]
			if c.Name != want || !c.HttpOnly || c.Secure != strings.HasPrefix(origin, "https") ||
				c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %v", origin, c)
			}
		}
	}
}

func TestABrowserKeepsItsTokenBeforeSignIn(t *testing.T) {
	a := access.New(nil, nil, nil, nil, access.Params{})
	rec := httptest.NewRecorder()
	token := a.Visit(rec, httptest.NewRequest("GET", "/", nil))
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(rec.Result().Cookies()[0])
	if again := a.Visit(httptest.NewRecorder(), r); again != token {
		t.Errorf("%q became %q", token, again)
	}
	r = httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "mekenjai-visit=short")
	if a.Visit(httptest.NewRecorder(), r) == "short" {
		t.Error("a short token is taken")
	}
}
