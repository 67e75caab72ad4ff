package access_test

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/access"
)

var three = access.Params{Limits: map[string]access.Limit{access.LimitCheck: {N: 3, Per: time.Minute}}}

func TestALimitLetsNThroughAndThenOneAtATime(t *testing.T) {
	eachWith(t, three, func(t *testing.T, w *world) {
		allow := func() error { return w.Allow(ctx, access.LimitCheck, "a") }
		for range 3 {
			must(0, allow())(t)
		}
		wantError(t, allow(), mekenjai.ErrTooMany)
		must(0, w.Allow(ctx, access.LimitCheck, "b"))(t)
		w.clock.Advance(20 * time.Second)
		must(0, allow())(t)
		wantError(t, allow(), mekenjai.ErrTooMany)
		w.clock.Advance(10 * time.Minute)
		for range 3 {
			must(0, allow())(t)
		}
		var over *access.TooMany
		if err := allow(); !errors.As(err, &over) || over.RetryAfter() != 20*time.Second {
			t.Errorf("got %v", err)
		}
	})
}

func TestAParallelRushGetsNoMoreThanTheLimit(t *testing.T) {
	eachWith(t, three, func(t *testing.T, w *world) {
		var through atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if w.Allow(ctx, access.LimitCheck, "a") == nil {
					through.Add(1)
				}
			})
		}
		all.Wait()
		if n := through.Load(); n != 3 {
			t.Errorf("%d went through", n)
		}
	})
}

func TestAFloodIsNotWritten(t *testing.T) {
	eachWith(t, three, func(t *testing.T, w *world) {
		for range 4 {
			w.Allow(ctx, access.LimitCheck, "a")
		}
		before := w.db.Stats().Commits
		for range 50 {
			wantError(t, w.Allow(ctx, access.LimitCheck, "a"), mekenjai.ErrTooMany)
		}
		if n := w.db.Stats().Commits - before; n != 0 {
			t.Errorf("%d writes", n)
		}
		if n := len(w.entries(access.LimitCheck)); n != 1 {
			t.Errorf("%d audit entries, want one of the first refusal", n)
		}
	})
}

func TestAnUnknownKindOfLimitIsAMistake(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.Allow(ctx, "nonsense", "a"); err == nil || errors.Is(err, mekenjai.ErrTooMany) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnAddressIsReadBehindOwnProxiesOnly(t *testing.T) {
	a := access.New(nil, nil, nil, nil, access.Params{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct{ remote, forwarded, key, network string }{
		{"198.51.100.7:1", "", "198.51.100.7", "198.51.0.0/16"},
		{"198.51.100.7:1", "203.0.113.9", "198.51.100.7", "198.51.0.0/16"}, // he wrote it himself
		{"10.0.0.1:1", "203.0.113.9", "203.0.113.9", "203.0.0.0/16"},
		{"10.0.0.1:1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9", "203.0.0.0/16"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1", "10.0.0.0/16"},
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64", "2001:db8:1::/48"},
		{"[::ffff:198.51.100.7]:1", "", "198.51.100.7", "198.51.0.0/16"},
		{"", "", "unknown", ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		client := a.Client(r)
		if client.Key() != c.key || client.Network() != c.network {
			t.Errorf("%s, %q: %s and %s", c.remote, c.forwarded, client.Key(), client.Network())
		}
	}
}

func TestABrowserIsNamedByItsFamily(t *testing.T) {
	a := access.New(nil, nil, nil, nil, access.Params{})
	for agent, want := range map[string][2]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 YaBrowser/25.8 Safari/537.36":          {"Yandex", "Windows"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": {"Safari", "iOS"},
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":        {"Samsung Internet", "Android"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":     {"Edge", "macOS"},
		"curl/8.14.1": {"", ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("User-Agent", agent)
		if c := a.Client(r); c.Browser != want[0] || c.Platform != want[1] {
			t.Errorf("%s: %s, %s", agent, c.Browser, c.Platform)
		}
	}
}

func TestASweepTakesWhatHasEndedAndNothingElse(t *testing.T) {
	eachWith(t, three, func(t *testing.T, w *world) {
		fill := func() access.SignedIn {
			b := w.browser()
			must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
			in := b.bySMS("")
			must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
			return in
		}
		fill()
		w.clock.Advance(week)
		in := fill()
		if n := must(w.Sweep(ctx))(t); n != 2 { // challenge, session; code and limits were renewed
			t.Errorf("%d rows swept", n)
		}
		if !w.isIn(in.Token) || w.count("access_challenge") != 1 || w.count("access_code") != 1 {
			t.Error("something alive was swept")
		}
		w.clock.Advance(week)
		must(w.Sweep(ctx))(t)
		for _, table := range []string{"access_challenge", "access_code", "access_session", "access_limit"} {
			if n := w.count(table); n != 0 {
				t.Errorf("%d rows left in %s", n, table)
			}
		}
	})
}
