package register_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/state"
)

// egov is the portal as it is told of its orders: it fails, loses the end of a call and
// knows what became of each word as the test wants.
type egov struct {
	mu    sync.Mutex
	heard []state.Word
	down  bool // nothing gets through
	loses bool // the bus takes the word, and we do not hear it
	fate  state.WordFate
}

func (e *egov) tell(_ context.Context, w state.Word) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return "", state.ErrDown
	}
	e.heard = append(e.heard, w)
	if e.loses {
		return "", state.ErrSlow
	}
	return fmt.Sprintf("bus-%d", len(e.heard)), nil
}

func (e *egov) became(context.Context, string) (state.WordFate, error) { return e.fate, nil }

// said are the statuses of a thread as they were heard.
func (e *egov) said(thread string) (list []string) {
	for _, w := range e.heard {
		if w.Thread == thread {
			s := string(w.Status)
			if w.Last {
				s += "."
			}
			list = append(list, s)
		}
	}
	return list
}

// eachOrdered runs the test with a portal and without jobs.
func eachOrdered(t *testing.T, test func(t *testing.T, w *world, e *egov)) {
	t.Parallel()
	databasetest.Each(t, settled, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := idleWorld(t, db, clock)
		w.empty()
		e := &egov{fate: state.WordOnItsWay}
		w.register.Orderer = state.Orderer{Tell: e.tell, Became: e.became}
		test(t, w, e)
	})
}

// ordered is the order of a story.
func (w *world) ordered(story, message, thread string) state.Order {
	s := w.land.Story(story)
	today := mekenjai.DateOf(w.clock.Now()).String()
	owns := "no"
	if s.IsOwner {
		owns = "yes"
	}
	return state.Order{Message: message, Thread: thread, Number: "101-" + thread, Person: s.Applicant, Language: "kk",
		Answers: mekenjai.Input{Months: "6", IsOwner: owns, ARC: string(s.ARC), Owner: string(s.Owner), Purpose: "study", Day: today[8:], Month: today[5:7], Year: today[:4]}}
}

func (w *world) order(o state.Order) string {
	w.t.Helper()
	thread, err := w.register.TakeOrder(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return thread
}

// tells hands over until nothing is due.
func (w *world) tells() {
	w.t.Helper()
	for range 30 {
		n, err := w.register.TellPortal(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	w.t.Fatal("words go round in circles")
}

func (w *world) hears(e *egov, thread string, want ...string) {
	w.t.Helper()
	w.tells()
	if got := e.said(thread); !slices.Equal(got, want) {
		w.t.Fatalf("egov.kz heard %v, want %v", got, want)
	}
}

func TestAnOrderBecomesADraftAndEachChangeIsToldOnce(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		o := w.ordered("non_owner", "m-1", "c-1")
		for range 2 { // the bus repeats what it did not hear the receipt of
			if thread := w.order(o); thread != "c-1" {
				t.Fatal(thread)
			}
		}
		again := o
		again.Message = "m-2" // the same thread under another number
		w.order(again)
		w.hears(e, "c-1", "draft")
		if h := e.heard[0]; h.Number != "101-c-1" || h.Language != "kk" || h.Page != "https://mekenjai.example/apply" || h.Seq != 1 {
			t.Errorf("heard %+v", h)
		}
		timur := w.person(o.Person)
		d, ok, err := w.register.OpenDraft(t.Context(), timur)
		if err != nil || !ok || d.Next() != mekenjai.StepCheck || d.Months != 6 || d.Dwelling.ARC != mekenjai.ARC(o.Answers.ARC) {
			t.Fatalf("draft %+v, %v", d, err)
		}
		a := w.file(w.land.Story("non_owner"))
		if a.ID != d.ID {
			t.Fatal("the application is another than the draft")
		}
		w.hears(e, "c-1", "draft", "checking")
		w.inquires(a)
		for party, request := range w.requests(a, w.land.Story("non_owner").Asked) {
			if err := w.agree(party, request); err != nil {
				t.Fatal(err)
			}
		}
		w.inquires(a)
		w.is(a, mekenjai.Registered)
		w.hears(e, "c-1", "draft", "checking", "awaiting_consent", "deciding", "registered.")
		if h := e.heard[4]; h.Page != "https://mekenjai.example/applications/"+a.ID || h.Seq != 5 {
			t.Errorf("heard %+v", h)
		}
		w.order(o) // after the end too it is the same order
		w.hears(e, "c-1", "draft", "checking", "awaiting_consent", "deciding", "registered.")
		if n := w.count(`SELECT count(*) FROM portal_order WHERE state = 'open'`); n != 0 {
			t.Errorf("%d open orders", n)
		}
	})
}

func TestWordsWaitForOneAnotherAndForTheLine(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		e.down = true
		w.order(w.ordered("non_owner", "m", "c"))
		a := w.file(w.land.Story("non_owner"))
		w.tells()
		w.clock.Advance(2 * time.Second)
		w.tells()
		if p, err := w.register.PortalWords(t.Context()); err != nil || p.Waiting != 2 || p.Code != "down" || p.Oldest < 2*time.Second {
			t.Errorf("%+v, %v", p, err)
		}
		if n := w.count(`SELECT count(*) FROM portal_word WHERE try_at <= $1`, w.clock.Now().Add(time.Hour).UnixMicro()); n != 1 {
			t.Errorf("%d words would be told at once", n)
		}
		e.down = false
		w.inquires(a)
		w.clock.Advance(2 * time.Second)
		w.hears(e, "c", "draft", "checking", "awaiting_consent")
	})
}

// A process that dies after the commit and before it spoke has lost nothing; one that
// dies after it spoke says it again under the same number, because nobody can know.
func TestAWordSurvivesTheProcessThatWasToSayIt(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		w.order(w.ordered("non_owner", "m", "c"))
		dying, die := context.WithCancel(t.Context())
		w.register.Orderer.Tell = func(ctx context.Context, word state.Word) (string, error) {
			die()
			return "", ctx.Err()
		}
		if _, err := w.register.TellPortal(dying); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		w.register.Orderer.Tell = e.tell
		w.hears(e, "c") // another node does not say it beside the first
		w.clock.Advance(time.Minute)
		e.loses = true
		w.hears(e, "c", "draft")
		e.loses = false
		w.clock.Advance(time.Minute)
		w.hears(e, "c", "draft", "draft")
		if e.heard[0].ID != e.heard[1].ID || e.heard[0].Seq != e.heard[1].Seq {
			t.Errorf("the repetition cannot be known: %+v", e.heard)
		}
		w.clock.Advance(time.Minute)
		w.hears(e, "c", "draft", "draft")
	})
}

func TestTwoNodesTellAWordOnce(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		for i, story := range []string{"non_owner", "sole_owner"} {
			w.order(w.ordered(story, fmt.Sprint("m", i), fmt.Sprint("c", i)))
		}
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if _, err := w.register.TellPortal(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		if len(e.heard) != 2 {
			t.Errorf("heard %+v", e.heard)
		}
	})
}

func TestNoticesOfDeliveryComeInAnyOrder(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		became := func(message string, fate state.WordFate) {
			t.Helper()
			if err := w.register.WordBecame(t.Context(), message, fate); err != nil {
				t.Fatal(err)
			}
		}
		w.order(w.ordered("non_owner", "m", "c"))
		became("bus-1", state.WordDelivered) // of a word that was not yet sent: no mistake
		w.hears(e, "c", "draft")
		became("bus-1", state.WordNotDelivered)
		became("bus-1", state.WordDelivered) // of a former try
		w.clock.Advance(3 * time.Second)
		w.hears(e, "c", "draft", "draft")
		for _, fate := range []state.WordFate{state.WordDelivered, state.WordOnItsWay, state.WordNotDelivered, state.WordDelivered} {
			became("bus-2", fate)
		}
		w.clock.Advance(time.Hour)
		w.hears(e, "c", "draft", "draft")

		// What is no longer so is not told again; what nobody told of is asked about.
		w.file(w.land.Story("non_owner"))
		w.tells()
		e.fate = state.WordDelivered
		w.clock.Advance(11 * time.Minute)
		w.tells()
		if n := w.count(`SELECT count(*) FROM portal_word WHERE state = 'delivered' AND try_at IS NULL`); n != 2 {
			t.Errorf("%d words delivered", n)
		}
	})
}

func TestAnOldStatusIsNotToldAfterANewOne(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		w.order(w.ordered("non_owner", "m", "c"))
		w.hears(e, "c", "draft")
		w.file(w.land.Story("non_owner"))
		w.hears(e, "c", "draft", "checking")
		if err := w.register.WordBecame(t.Context(), "bus-1", state.WordNotDelivered); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Hour)
		w.hears(e, "c", "draft", "checking")
		if p, err := w.register.PortalWords(t.Context()); err != nil || p.Failed != 1 || p.Waiting != 0 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestAnOrderDoesNotOverwriteWhatThePersonAnswered(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		o := w.ordered("non_owner", "m-1", "c-1")
		timur := w.person(o.Person)
		d, err := w.register.Begin(t.Context(), timur)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.register.Answer(t.Context(), timur, d.ID, mekenjai.StepMonths, mekenjai.Input{Months: "3"}); err != nil {
			t.Fatal(err)
		}
		w.order(o)
		if d, err = w.register.Draft(t.Context(), timur, d.ID); err != nil || d.Months != 3 || d.Purpose != mekenjai.PurposeStudy || d.ARC == "" {
			t.Errorf("draft %+v, %v", d.Draft, err)
		}
		// A later order takes the draft over; what both say is one application.
		w.order(w.ordered("non_owner", "m-2", "c-2"))
		w.hears(e, "c-1", "draft", "replaced.")
		w.hears(e, "c-2", "draft")
		if err := w.register.Discard(t.Context(), timur, d.ID); err != nil {
			t.Fatal(err)
		}
		w.hears(e, "c-2", "draft", "discarded.")
		a := w.file(w.land.Story("non_owner"))
		w.order(w.ordered("non_owner", "m-3", "c-3"))
		w.hears(e, "c-3", "under_way.")
		if n := w.count(`SELECT count(*) FROM draft WHERE person = $1`, a.Person); n != 0 {
			t.Errorf("%d drafts beside the application", n)
		}
	})
}

func TestWhatAnOrderCannotMeanIsAskedHere(t *testing.T) {
	eachOrdered(t, func(t *testing.T, w *world, e *egov) {
		o := w.ordered("non_owner", "m-1", "c-1")
		o.Answers = mekenjai.Input{Months: "900", IsOwner: "no", ARC: "0000000000000000", Owner: string(o.Person), Purpose: "fun", Day: "1", Month: "1", Year: "2999"}
		w.order(o)
		d, ok, err := w.register.OpenDraft(t.Context(), w.person(o.Person))
		if err != nil || !ok || d.Months != 0 || d.ARC != "" || d.Owner != "" || d.Purpose != "" || !d.Arrival.IsZero() || d.IsOwner == nil || *d.IsOwner {
			t.Errorf("draft %+v, %v", d.Draft, err)
		}
		stolen := w.ordered("sole_owner", "m-9", "c-1")
		if _, err := w.register.TakeOrder(t.Context(), stolen); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("an order in the thread of somebody else: %v", err)
		}
		o.Message, o.Thread, o.Number = "m-7", "", ""
		if thread := w.order(o); thread != "m-7" {
			t.Errorf("thread %q", thread)
		}
		w.hears(e, "m-7", "draft")
		w.clock.Advance(91 * 24 * time.Hour)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.hears(e, "m-7", "draft", "discarded.")
	})
}
