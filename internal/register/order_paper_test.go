package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/certificate"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
)

// store is the state's store of files as it takes papers: it fails as the test wants,
// and knows an upload that comes again.
type store struct {
	clock  func() time.Time
	kept   map[string]state.Attachment // by upload
	asked  []string                    // uploads, as they came
	fails  error
	loses  bool // the paper is kept, and we do not hear it
	life   time.Duration
	before func()
}

func (w *world) stores() *store {
	s := &store{clock: w.clock.Now, kept: map[string]state.Attachment{}, life: 24 * time.Hour}
	w.register.Orderer.Leave = s.leave
	return s
}

func (s *store) leave(ctx context.Context, a state.Attachment) (state.Stored, error) {
	s.asked = append(s.asked, a.Upload)
	if s.before != nil {
		s.before()
	}
	if s.fails != nil {
		return state.Stored{}, s.fails
	}
	if before, again := s.kept[a.Upload]; again && !bytes.Equal(before.PDF, a.PDF) {
		return state.Stored{}, fmt.Errorf("%w: another paper under the number", state.ErrNotStored)
	}
	s.kept[a.Upload] = a
	if s.loses {
		return state.Stored{}, state.ErrSlow
	}
	return state.Stored{File: "file-" + a.Upload, Until: s.clock().Add(s.life)}, ctx.Err()
}

// registers brings the order of a sole owner to its entry, and refuses brings one of who
// is no owner to its refusal.
func (w *world) registers() mekenjai.Application { return w.ends("sole_owner", mekenjai.Registered) }
func (w *world) refuses() mekenjai.Application   { return w.ends("not_owner", mekenjai.Refused) }

func (w *world) ends(story string, as mekenjai.State) mekenjai.Application {
	w.t.Helper()
	w.order(w.ordered(story, "m", "c"))
	a := w.file(w.land.Story(story))
	w.inquires(a)
	w.is(a, as)
	return a
}

// end is the last word that egov.kz heard; nil while it has heard none.
func (e *egov) end() *state.Word {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.heard); n > 0 && e.heard[n-1].Last {
		return &e.heard[n-1]
	}
	return nil
}

func TestTheCertificateIsLeftBeforeTheEndIsTold(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		a := w.registers()
		w.tells()
		end := e.end()
		if end == nil || len(s.asked) != 1 || end.File != "file-"+s.asked[0] {
			t.Fatalf("heard %+v, uploads %v", end, s.asked)
		}
		for _, h := range e.heard[:len(e.heard)-1] {
			if h.File != "" {
				t.Errorf("a file goes with %s", h.Status)
			}
		}
		// It is the very paper that the person gets here.
		c, err := w.register.Case(t.Context(), w.person(a.Person), a.ID)
		if err != nil || c.Entry == nil {
			t.Fatal(err)
		}
		own, err := w.register.Certificate(t.Context(), w.person(a.Person), c.Entry.Number, "kk")
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := certificate.Registration(&b, certificate.Data{Registration: own.Registration, Code: own.Code, CheckURL: own.CheckURL}, locale.KK); err != nil {
			t.Fatal(err)
		}
		if got := s.kept[s.asked[0]]; !bytes.Equal(got.PDF, b.Bytes()) || got.Name != "mekenjai-certificate-"+c.Entry.Number+"-kk.pdf" {
			t.Errorf("%s, %d bytes, is another paper than the person's of %d", got.Name, len(got.PDF), b.Len())
		}
		// What the bus did not deliver is told again with the same file.
		if err := w.register.WordBecame(t.Context(), fmt.Sprintf("bus-%d", len(e.heard)), state.WordNotDelivered); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		w.tells()
		if again := e.end(); again == end || again.File != end.File || len(s.asked) != 1 {
			t.Errorf("told again with %q, uploads %v", again.File, s.asked)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'order.paper'`); n != 1 {
			t.Errorf("%d entries of the audit tell that the paper went out", n)
		}
	})
}

func TestARefusalWaitsForItsSeal(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		a := w.refuses()
		w.tells()
		if e.end() != nil || len(s.asked) != 0 {
			t.Fatalf("an unsealed act went out: %+v", e.end())
		}
		if err := w.register.SealActs(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		w.tells()
		end := e.end()
		if end == nil || end.File == "" {
			t.Fatalf("heard %+v", e.heard)
		}
		c, err := w.register.Case(t.Context(), w.person(a.Person), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := certificate.Refusal(&b, certificate.Act{Number: c.Act.Number, At: c.Act.At, Text: c.Act.Text, SealedAt: c.Act.SealedAt, Seal: c.Act.Seal}); err != nil {
			t.Fatal(err)
		}
		if got := s.kept[s.asked[0]]; len(c.Act.Seal) == 0 || !bytes.Equal(got.PDF, b.Bytes()) {
			t.Errorf("%s is not the sealed act", got.Name)
		}
	})
}

func TestWithoutAKeyARefusalGoesAtOnceWithoutItsAct(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		w.register.Seal = nil
		s := w.stores()
		w.refuses()
		w.tells()
		if end := e.end(); end == nil || end.File != "" || len(s.asked) != 0 {
			t.Errorf("heard %+v, uploads %v", end, s.asked)
		}
	})
}

func TestTheEndWaitsTenMinutesForAStoreThatIsAway(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		s.fails = state.ErrDown
		w.registers()
		for begun := w.clock.Now(); w.clock.Now().Sub(begun) < 9*time.Minute; w.clock.Advance(20 * time.Second) {
			w.tells()
			if e.end() != nil {
				t.Fatalf("after %v the end goes without its paper", w.clock.Now().Sub(begun))
			}
		}
		if p, err := w.register.PortalWords(t.Context()); err != nil || p.Waiting != 1 || p.Code != "paper_down" || p.Bare != 0 {
			t.Errorf("%+v, %v", p, err)
		}
		w.clock.Advance(2 * time.Minute)
		w.tells()
		if end := e.end(); end == nil || end.File != "" {
			t.Fatalf("heard %+v", end)
		}
		for _, upload := range s.asked {
			if upload != s.asked[0] { // nobody knows whether the store has it
				t.Errorf("uploads %v", s.asked)
			}
		}
		if p, err := w.register.PortalWords(t.Context()); err != nil || p.Waiting != 0 || p.Bare != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// The store may have kept what we did not hear of: it gets the same upload again, and
// gives it the same name.
func TestAnUploadThatNobodyHeardTheEndOfIsTheSameAgain(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		w.registers()
		dying, die := context.WithCancel(t.Context())
		s.before = die // the process ends when the store has the paper
		if _, err := w.register.TellPortal(dying); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		for range 30 { // the words before the end
			if len(s.asked) > 0 {
				break
			}
			if _, err := w.register.TellPortal(dying); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		s.before, s.loses = nil, true
		w.tells() // another node does not do it beside the first
		if len(s.asked) != 1 || e.end() != nil {
			t.Fatalf("uploads %v, heard %+v", s.asked, e.end())
		}
		w.clock.Advance(time.Minute)
		w.tells()
		s.loses = false
		w.clock.Advance(time.Minute)
		w.tells()
		if end := e.end(); end == nil || len(s.kept) != 1 || len(s.asked) != 3 || end.File != "file-"+s.asked[0] {
			t.Errorf("heard %+v, uploads %v", end, s.asked)
		}
	})
}

func TestAStoreThatAnsweredWithNothingIsAskedUnderANewNumber(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		s.fails = fmt.Errorf("%w: of another file", state.ErrNotStored)
		w.registers()
		w.tells()
		s.fails = nil
		w.clock.Advance(time.Minute)
		w.tells()
		if end := e.end(); end == nil || len(s.asked) != 2 || s.asked[0] == s.asked[1] || end.File != "file-"+s.asked[1] {
			t.Errorf("heard %+v, uploads %v", end, s.asked)
		}
	})
}

func TestAFileThatTheStoreNoLongerKeepsIsLeftAnew(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		s.life = time.Hour
		w.registers()
		w.tells()
		first := e.end().File
		e.down = true
		if err := w.register.WordBecame(t.Context(), fmt.Sprintf("bus-%d", len(e.heard)), state.WordNotDelivered); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(50 * time.Minute)
		w.tells() // egov.kz is away, the file still there
		if len(s.asked) != 1 {
			t.Errorf("uploads %v", s.asked)
		}
		w.clock.Advance(time.Hour)
		e.down = false
		w.tells()
		if end := e.end(); end.File == first || len(s.asked) != 2 {
			t.Errorf("heard %+v, uploads %v", end, s.asked)
		}
	})
}

// The address of a sealed person leaves on no such way, nor does the paper of an entry
// that no longer holds.
func TestWhoseAddressIsHiddenGetsNoPaperOnEgov(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		s := w.stores()
		a := w.registers()
		w.sealed(a.Person)
		w.tells()
		if end := e.end(); end == nil || end.File != "" || len(s.asked) != 0 {
			t.Errorf("heard %+v, uploads %v", end, s.asked)
		}
		if n := w.count(`SELECT count(*) FROM certificate`); n != 0 {
			t.Errorf("%d certificates were made", n)
		}
	})
}
