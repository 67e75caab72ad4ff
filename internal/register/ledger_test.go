package register_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// mood is how the state's register treats the next try.
type mood int

const (
	answers   mood = iota
	unreached      // it is not reached
	loses          // it takes the deed, and the answer is lost
	refuses        // it refuses the deed for good
	slips          // it refuses, but took the deed all the same
	strays         // it answers about another deed
	dreams         // it answers of a time long before the deed
	stutters       // it is asked twice, as by a doubled message
)

var moods = []mood{answers, unreached, loses, refuses, slips, strays, dreams, stutters}

// ledger is the state's register of registrations as tests have it, and as
// state.Keeper describes it: it takes each deed once, by its id, and gives each try
// the same answer.
type ledger struct {
	mu      sync.Mutex
	now     func() time.Time
	mood    mood
	listing mood
	entries map[string]*state.Kept
	taken   map[string]state.Confirmation
	refused map[string]*state.Rejection
	tries   map[string]int
}

func newLedger(clock *databasetest.Clock) *ledger {
	return &ledger{now: clock.Now, entries: map[string]*state.Kept{}, taken: map[string]state.Confirmation{},
		refused: map[string]*state.Rejection{}, tries: map[string]int{}}
}

func (l *ledger) keeper() state.Keeper {
	return state.Keeper{Write: l.write, Look: l.look, List: l.list, Ping: func(context.Context) error { return nil }}
}

func silent() error { return &state.Silence{Peer: state.Entries, Cause: state.ErrDown} }

func answered[T any](v T, found bool) state.Reply[T] {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return state.Reply[T]{Value: v, Found: found, Evidence: state.Evidence{Source: state.Entries, Raw: raw, SHA256: sha256.Sum256(raw)}}
}

func (l *ledger) write(_ context.Context, d state.Deed) (state.Reply[state.Confirmation], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	none := state.Reply[state.Confirmation]{}
	l.tries[d.ID]++
	if l.mood == unreached {
		return none, silent()
	}
	if no := l.refused[d.ID]; no != nil && l.mood != slips {
		return none, no
	}
	if l.mood == refuses || l.mood == slips {
		if _, ok := l.taken[d.ID]; !ok {
			if l.mood == slips {
				l.take(d)
			}
			l.refused[d.ID] = &state.Rejection{Code: "E17", Text: "Адам " + string(d.Entry.Person) + " табылмады", Evidence: answered("E17", false).Evidence}
			return none, l.refused[d.ID]
		}
	}
	for range map[bool]int{false: 1, true: 2}[l.mood == stutters] {
		if no := l.take(d); no != nil {
			return none, no
		}
	}
	c := l.taken[d.ID]
	switch l.mood {
	case loses:
		return none, silent()
	case strays:
		c.Deed = "01890000-0000-7000-8000-000000000000"
	case dreams:
		c.FixedAt = c.FixedAt.Add(-time.Hour)
	}
	return answered(c, true), nil
}

// take lets a deed take effect, once.
func (l *ledger) take(d state.Deed) *state.Rejection {
	if _, ok := l.taken[d.ID]; ok {
		return nil
	}
	no := func(code string) *state.Rejection {
		l.refused[d.ID] = &state.Rejection{Code: code, Text: "бас тартылды", Evidence: answered(code, false).Evidence}
		return l.refused[d.ID]
	}
	now := l.now().UTC().Truncate(time.Microsecond)
	e := l.entries[d.Entry.Number]
	if d.Kind != state.DeedEnter && (e == nil || e.Person != d.Entry.Person || e.Dwelling.ARC != d.Entry.Dwelling.ARC) {
		return no("UNKNOWN")
	}
	switch d.Kind {
	case state.DeedEnter:
		if e != nil {
			return no("EXISTS")
		}
		if d.Extends != "" && l.entries[d.Extends] == nil {
			return no("NOTHING TO EXTEND")
		}
		if former := l.entries[d.Replaces]; former != nil && former.EndedAt.IsZero() {
			former.EndedAt, former.Reason = now, mekenjai.EndMoved
		}
		kept := state.Kept{Entry: d.Entry, FixedAt: now}
		kept.Period = d.Entry.FixedOn(mekenjai.DateOf(now))
		l.entries[d.Entry.Number] = &kept
	case state.DeedCorrect:
		e.Name, e.Dwelling, e.Period.To = d.Entry.Name, d.Entry.Dwelling, d.Entry.Period.To
	case state.DeedEnd:
		if e.EndedAt.IsZero() {
			e.EndedAt, e.Reason = d.At, d.Reason
		}
	case state.DeedAnnul:
		e.EndedAt, e.Reason = d.At, d.Reason
	}
	l.taken[d.ID] = state.Confirmation{Deed: d.ID, Number: d.Entry.Number, FixedAt: now}
	return nil
}

func (l *ledger) look(_ context.Context, id string) (state.Reply[state.Confirmation], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mood == unreached {
		return state.Reply[state.Confirmation]{}, silent()
	}
	c, ok := l.taken[id]
	return answered(c, ok), nil
}

// list gives pages of at most three, so that every comparison has several.
func (l *ledger) list(_ context.Context, after string, limit int) (state.Reply[state.Page], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listing == unreached {
		return state.Reply[state.Page]{}, silent()
	}
	var page state.Page
	for _, number := range l.numbers() {
		if number <= after {
			continue
		}
		if len(page.Entries) == min(limit, 3) {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, *l.entries[number])
	}
	if l.listing == strays {
		slices.Reverse(page.Entries)
	}
	return answered(page, true), nil
}

func (l *ledger) numbers() (list []string) {
	for number := range l.entries {
		list = append(list, number)
	}
	slices.Sort(list)
	return list
}

// standing are the entries that have not been ended there, by number.
func (l *ledger) standing() (list []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, number := range l.numbers() {
		if l.entries[number].EndedAt.IsZero() {
			list = append(list, number)
		}
	}
	return list
}

// kept is an entry there as it stands now.
func (l *ledger) kept(number string) (k state.Kept, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[number]; e != nil {
		return *e, true
	}
	return k, false
}

// change does something to an entry there behind our back; a nil entry is struck.
func (l *ledger) change(number string, change func(k *state.Kept) *state.Kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[number]
	if e == nil {
		e = &state.Kept{}
	}
	if e = change(e); e == nil {
		delete(l.entries, number)
		return
	}
	l.entries[number] = e
}

// feel sets how the next tries are treated.
func (l *ledger) feel(m mood) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mood = m
}

// connected connects a world to a ledger. Its jobs run when the test says so.
func (w *world) connected() *ledger {
	l := newLedger(w.clock)
	w.register.Keeper = l.keeper()
	w.register.Log = slog.New(slog.DiscardHandler) // it says a great deal of silences
	return l
}

// eachKept runs the test on both engines with the state's register as a system of its
// own, and no job by itself.
func eachKept(t *testing.T, test func(t *testing.T, w *world, l *ledger)) {
	t.Parallel()
	databasetest.Each(t, settled, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := idleWorld(t, db, clock)
		w.empty()
		test(t, w, w.connected())
	})
}

// empty takes the entries away that the country was settled with.
func (w *world) empty() {
	w.t.Helper()
	err := w.db.Transact(w.t.Context(), func(tx database.Tx) error {
		for _, table := range []string{"registration", "dwelling_owners"} {
			if _, err := tx.Exec(w.t.Context(), "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// deeds are the ids of those that stand so, oldest first.
func (w *world) deeds(stands register.DeedState) (ids []string) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx database.Tx) (err error) {
		ids, err = database.Collect(w.t.Context(), tx, database.Column[string], `SELECT id FROM keeper_deed WHERE state = $1 ORDER BY made_at, id`, stands)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// deliver tries once every deed that waits.
func (w *world) deliver() {
	w.t.Helper()
	for _, id := range w.deeds(register.DeedWaiting) {
		if err := w.register.Deliver(w.t.Context(), id); err != nil {
			w.t.Fatal(err)
		}
	}
}

// decided files an application of a story and brings it to its decision.
func (w *world) decided(story string) mekenjai.Application {
	w.t.Helper()
	s := w.land.Story(story)
	a := w.file(s)
	w.inquires(a)
	if len(s.Asked) > 0 {
		for party, request := range w.requests(a, s.Asked) {
			if err := w.agree(party, request); err != nil {
				w.t.Fatal(err)
			}
		}
		w.inquires(a)
	}
	w.is(a, mekenjai.Entering)
	return a
}

func (w *world) inquires(a mekenjai.Application) {
	w.t.Helper()
	if err := w.register.Inquire(w.t.Context(), a.ID); err != nil {
		w.t.Fatal(err)
	}
}

// is fails unless the application stands there, and gives it as its applicant sees it.
func (w *world) is(a mekenjai.Application, want mekenjai.State) register.Case {
	w.t.Helper()
	c, err := w.register.Case(w.t.Context(), w.person(a.Person), a.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.State != want {
		w.t.Fatalf("the application is %s (%s), want %s; findings %+v", c.State, c.Reason, want, c.Findings)
	}
	return c
}

// same fails unless both registers have the same entries that stand.
func (w *world) same(l *ledger) {
	w.t.Helper()
	var ours []string
	err := w.db.Read(w.t.Context(), func(tx database.Tx) (err error) {
		ours, err = database.Collect(w.t.Context(), tx, database.Column[string], `SELECT number FROM registration WHERE state IN ('current', 'ahead') ORDER BY number`)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(ours)
	if theirs := l.standing(); !slices.Equal(ours, theirs) {
		w.t.Errorf("ours has %s, theirs %s", strings.Join(ours, " "), strings.Join(theirs, " "))
	}
}

func isSilence(err error) bool {
	var s *state.Silence
	return errors.As(err, &s)
}
