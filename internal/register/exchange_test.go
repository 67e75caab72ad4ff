package register_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// leave is an exchange with KDP as the way over the bus brings it.
func (w *world) leave(iin mekenjai.IIN, form state.Form) state.Evidence {
	e := state.Evidence{Source: state.Consents, Subject: string(iin), Message: "kdp-1", AskedAt: w.clock.Now(), AnsweredAt: w.clock.Now(),
		Raw: []byte("<status>GRANTED</status><code>***</code>"), SHA256: sha256.Sum256([]byte("with the token")), Form: state.Shown,
		Request: []byte("<ovt>***</ovt>"), RequestSHA256: sha256.Sum256([]byte("with the proof"))}
	if form == state.Earlier {
		e = e.AsEarlier()
	}
	return e
}

// answersOf are the exchanges of a case with one peer, as an officer sees them.
func (w *world) answersOf(number string, peer state.Peer) (list []register.RegisterAnswer) {
	w.t.Helper()
	d, err := w.register.Dossier(w.t.Context(), w.staff("gaukhar"), number)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range d.Answers {
		if x.Peer == string(peer) {
			list = append(list, x)
		}
	}
	return list
}

// The leave of KDP is a row of its own beside the answer of the register of persons,
// without its token, and a later question refers to it by number, time and hashes.
func TestLeaveOfKDPIsKeptWithTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ask, given := w.register.Peers.Person, w.clock.Now()
		w.register.Peers.Person = func(ctx context.Context, iin mekenjai.IIN) (state.Reply[state.Person], error) {
			r, err := ask(ctx, iin)
			leave := w.leave(iin, state.Shown)
			leave.Message, leave.AskedAt, leave.AnsweredAt = "kdp-"+string(iin), given, given
			r.Before = []state.Evidence{leave}
			return r, err
		}
		_, number := w.referred()
		told, persons := w.answersOf(number, state.Consents), w.answersOf(number, state.Persons)
		if len(told) == 0 || len(told) != len(persons) {
			t.Fatalf("%d rows of KDP for %d of the register of persons", len(told), len(persons))
		}
		received, sent := sha256.Sum256([]byte("with the token")), sha256.Sum256([]byte("with the proof"))
		for _, x := range told {
			if !bytes.Equal(x.Hash, received[:]) || !bytes.Equal(x.Question, sent[:]) || x.Message == "" || !x.Answered.Equal(given) ||
				x.Unused || x.Subject != "" || !x.IsLeave() {
				t.Errorf("KDP: %+v", x)
			}
		}

		// A register that is silent lets the case ask twice under one leave.
		w.land.Set(state.Properties, country.Fault{Kind: country.Down})
		a := w.file(w.land.Story("sole_owner"))
		w.awaitSilence(a)
		w.land.Heal()
		w.clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
		asked := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'persons' AND subject = $2`, a.ID, a.Person)
		if asked < 2 {
			t.Fatalf("the register of persons was asked %d times", asked)
		}
		for condition, want := range map[string]int{
			"request_hash IS NOT NULL AND length(hash) = 32 AND asked_at = answered_at": asked,
			"form = 'shown' AND length(body) > 0 AND request IS NOT NULL":               1,
			"form = 'earlier' AND length(body) = 0 AND request IS NULL":                 asked - 1,
		} {
			if n := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'kdp' AND message = 'kdp-`+string(a.Person)+`' AND `+condition, a.ID); n != want {
				t.Errorf("%d rows of %d where %s", n, want, condition)
			}
		}
	})
}

// Of a question that is asked in vain for days the first try and the last are kept,
// with their number; what came of them too, when it is no longer than it may be.
func TestFirstAndLastSilenceAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ask, answer := w.register.Peers.Person, []byte("<fault/>")
		var refused error = errors.New("not signed")
		w.register.Peers.Person = func(ctx context.Context, iin mekenjai.IIN) (state.Reply[state.Person], error) {
			if refused == nil {
				return ask(ctx, iin)
			}
			e := state.Evidence{Source: state.Persons, Subject: string(iin), Message: "m-1", AskedAt: w.clock.Now(), Trouble: refused,
				Request: []byte("<asked/>"), RequestSHA256: sha256.Sum256([]byte("<asked/>"))}
			if answer != nil {
				e.AnsweredAt, e.Raw, e.SHA256 = w.clock.Now(), answer, sha256.Sum256(answer)
			}
			return state.Reply[state.Person]{}, &state.Silence{Peer: state.Persons, Cause: refused, Exchanges: []state.Evidence{w.leave(iin, state.Earlier), e}}
		}
		s := w.land.Story("sole_owner")
		actor := w.person(s.Applicant)
		refusing := refused
		refused = nil
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		refused = refusing
		a, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)})
		if err != nil {
			t.Fatal(err)
		}
		w.awaitSilence(a)
		again := func(nth int) {
			t.Helper()
			for range 400 {
				if w.count(`SELECT coalesce(max(nth), 0) FROM silence WHERE application = $1`, a.ID) == nth {
					return
				}
				time.Sleep(25 * time.Millisecond)
			}
			t.Fatalf("asked %d times, not %d", w.count(`SELECT coalesce(max(nth), 0) FROM silence WHERE application = $1`, a.ID), nth)
		}
		again(1)
		for nth, came := range [][]byte{2: nil, 3: bytes.Repeat([]byte("x"), 65<<10), 4: []byte("<fault/>")} {
			if nth < 2 {
				continue
			}
			answer = came
			w.clock.Advance(3 * time.Minute)
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			again(nth)
			for condition, want := range map[string]int{
				"TRUE": 4, "peer = 'kdp' AND cause = '' AND form = 'earlier' AND body IS NULL AND answered_at IS NOT NULL": 2,
				"peer = 'persons' AND cause = 'not signed' AND place = 'first' AND nth = 1 AND body IS NOT NULL AND form = ''": 1,
				"place = 'last'": 2,
			} {
				if n := w.count(`SELECT count(*) FROM silence WHERE application = $1 AND `+condition, a.ID); n != want {
					t.Errorf("time %d: %d rows where %s", nth, n, condition)
				}
			}
			of := "peer = 'persons' AND place = 'last' AND message = 'm-1' AND request IS NOT NULL AND request_hash IS NOT NULL AND "
			last := map[int]string{2: "answered_at IS NULL AND hash IS NULL AND body IS NULL", 3: "form = 'hashed' AND hash IS NOT NULL AND body IS NULL",
				4: "form = '' AND hash IS NOT NULL AND body IS NOT NULL"}[nth]
			if w.count(`SELECT count(*) FROM silence WHERE application = $1 AND `+of+last, a.ID) != 1 {
				t.Errorf("time %d: not %s", nth, last)
			}
		}
		if n := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer IN ('kdp', 'persons')`, a.ID); n != 0 {
			t.Errorf("%d answers of a register that gave none", n)
		}
	})
}
