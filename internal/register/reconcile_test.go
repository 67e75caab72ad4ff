package register_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/check"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// compares compares the two registers to the end.
func (w *world) compares() register.Reconciliation {
	w.t.Helper()
	x, err := w.register.Reconcile(w.t.Context(), 0)
	if err != nil || x.State != register.ReconciliationDone {
		w.t.Fatalf("compared: %+v (%v)", x, err)
	}
	return x
}

// reconciled brings everything that stands here to the state's register, and lets so
// much time go by that the next comparison takes it for settled.
func (w *world) reconciled(l *ledger) {
	w.t.Helper()
	w.compares()
	w.deliver()
	w.same(l)
	w.clock.Advance(10 * time.Minute)
}

func (w *world) endsOwnEntry(who, number string) {
	w.t.Helper()
	actor := w.as(who)
	text, err := w.register.PrepareOwnEnd(w.t.Context(), actor, number)
	if err := w.register.EndOwn(w.t.Context(), actor, text.ID, w.by(actor, text, err)); err != nil {
		w.t.Fatal(err)
	}
}

// lineOf is the number of the open case about a thing.
func (w *world) lineOf(subject string) (number string) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx database.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT number FROM desk_case WHERE subject = $1 AND state <> 'closed'`, subject).Scan(&number)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return number
}

// holds examines the database by what shares no code with the verbs. Jobs do not run
// in these tests, and what waits for them is left out.
func (w *world) holds() {
	w.t.Helper()
	found, err := check.Database(w.t.Context(), w.db, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range found {
		if !strings.Contains(f.Rule, "job") && f.Rule != "application-forgotten" && f.Rule != "deed-overdue" {
			w.t.Error(f)
		}
	}
}

// difference gives the open case about a difference to an officer who has opened it.
func (w *world) difference(officer mekenjai.Actor) (number string) {
	w.t.Helper()
	number = w.lineOf(w.take(register.CaseDifference, officer))
	if err := w.register.Reveal(w.t.Context(), officer, number, register.LookToCheck, ""); err != nil {
		w.t.Fatal(err)
	}
	return number
}

// Of ours what is missing there is sent again: an entry that was lost, an end that
// was. Nobody has to look.
func TestWhatIsMissingThereIsSentAgain(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		lost, stale := w.stay("timur", "shymkent", 7, 6), w.stay("madina", "shymkent", 15, 6)
		w.stay("dana", "astana", 14, 3)
		w.reconciled(l)
		if x := w.compares(); x.Sent+x.Differences != 0 || x.Compared != len(l.standing()) {
			t.Fatalf("the registers agree, and the comparison says %+v", x)
		}
		w.endsOwnEntry("madina", stale)
		w.deliver()
		l.change(lost, func(*state.Kept) *state.Kept { return nil })
		l.change(stale, func(k *state.Kept) *state.Kept { k.EndedAt, k.Reason = time.Time{}, ""; return k })
		if x := w.compares(); x.Sent != 1 { // the end was confirmed just now: perhaps the page is older
			t.Errorf("%+v", x)
		}
		w.deliver()
		w.clock.Advance(10 * time.Minute)
		if x := w.compares(); x.Sent != 1 || x.Differences != 0 {
			t.Errorf("%+v", x)
		}
		w.deliver()
		w.same(l)
		if k, _ := l.kept(stale); k.Reason != mekenjai.EndByPerson {
			t.Errorf("the end that was lost is there as %s", k.Reason)
		}
		w.clock.Advance(10 * time.Minute)
		if x := w.compares(); x.Sent+x.Differences != 0 {
			t.Errorf("it goes on mending: %+v", x)
		}
		w.holds()
	})
}

func TestWhatIsOtherwiseThereAnOfficerSees(t *testing.T) {
	rename := func(k *state.Kept) *state.Kept { k.Name.Surname = "БАСҚА"; return k }
	strange := func(k *state.Kept) *state.Kept {
		k.Number, k.Person, k.Period = "ZZZZ-0001", "600606400041", mekenjai.Period{From: mekenjai.Date{Year: 2026, Month: 1, Day: 1}, To: mekenjai.Date{Year: 2027, Month: 1, Day: 1}}
		k.Dwelling.KATO = "791110000"
		return k
	}
	end := func(k *state.Kept) *state.Kept { k.EndedAt, k.Reason = k.FixedAt, mekenjai.EndCourt; return k }
	for _, x := range []struct {
		kind   register.DifferenceKind
		number string // "" for the entry of Timur
		change func(*state.Kept) *state.Kept
	}{{register.DifferentOther, "", rename}, {register.DifferentUnknown, "ZZZZ-0001", strange}, {register.DifferentEnded, "", end}} {
		t.Run(string(x.kind), func(t *testing.T) {
			eachKept(t, func(t *testing.T, w *world, l *ledger) {
				number := w.stay("timur", "shymkent", 7, 6)
				w.reconciled(l)
				at := x.number
				if at == "" {
					at = number
				}
				l.change(at, x.change)
				before, _ := l.kept(at)
				if r := w.compares(); r.Differences != 1 || r.Sent != 0 {
					t.Fatalf("%+v", r)
				}
				if r := w.compares(); r.Differences != 0 {
					t.Errorf("found anew: %+v", r)
				}
				rinat := w.officer("rinat", mekenjai.Officer, "79")
				line := w.difference(rinat)
				d, err := w.register.Dossier(t.Context(), rinat, line)
				if err != nil || d.Difference.Kind != x.kind || d.Difference.Theirs == nil {
					t.Fatalf("%+v (%v)", d.Difference, err)
				}
				if board, err := w.register.Board(t.Context(), rinat); err != nil || len(board.Differences) != 1 || board.Last == nil {
					t.Errorf("the board: %+v (%v)", board, err)
				}
				w.holds()
				err = w.register.SendOurs(t.Context(), rinat, line, "Біздікі дұрыс")
				if x.kind != register.DifferentOther { // no deed of ours may undo it
					if !errors.Is(err, mekenjai.ErrConflict) {
						t.Errorf("sent ours: %v", err)
					}
					if k, _ := l.kept(at); k != before {
						t.Errorf("theirs was changed: %+v", k)
					}
					if err := w.register.Accept(t.Context(), rinat, line, "Реттелді"); err != nil {
						t.Fatal(err)
					}
					if r := w.compares(); r.Differences != 0 {
						t.Errorf("a closed difference that did not change comes back: %+v", r)
					}
					l.change(at, func(k *state.Kept) *state.Kept { k.Period.To = k.Period.To.AddDays(1); return k })
					if r := w.compares(); r.Differences != 1 {
						t.Errorf("one that changed does not: %+v", r)
					}
					w.holds()
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				w.deliver()
				w.clock.Advance(10 * time.Minute)
				if k, _ := l.kept(at); k.Name.Surname == "БАСҚА" {
					t.Error("not corrected there")
				}
				if r := w.compares(); r.Differences+r.Sent != 0 {
					t.Errorf("%+v", r)
				}
				w.holds()
			})
		})
	}
}

// What agrees again by itself is closed by itself.
func TestADifferenceThatIsGoneClosesItsCase(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		number := w.stay("timur", "shymkent", 7, 6)
		w.reconciled(l)
		was, _ := l.kept(number)
		l.change(number, func(k *state.Kept) *state.Kept { k.Period.To = k.Period.To.AddDays(30); return k })
		w.compares()
		w.clock.Advance(time.Minute)
		l.change(number, func(*state.Kept) *state.Kept { return &was })
		w.compares()
		if n := w.count(`SELECT count(*) FROM difference WHERE state = 'gone'`); n != 1 {
			t.Errorf("%d are gone", n)
		}
		if n := w.count(`SELECT count(*) FROM desk_case WHERE kind = 'difference' AND state <> 'closed'`); n != 0 {
			t.Errorf("%d cases are open", n)
		}
	})
}

// A listing that is wrong sends no country again; one out of order is no listing.
func TestAComparisonThatFindsTooMuchStops(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		for who, room := range map[string]int{"timur": 7, "madina": 15, "pavel": 11, "erlan": 3} {
			w.stay(who, "shymkent", room, 6)
		}
		w.reconciled(l)
		for i, number := range l.numbers() {
			l.change(number, func(k *state.Kept) *state.Kept {
				if i < 4 { // at the beginning, and more follows
					k.Name.Surname = "БАСҚА"
				}
				return k
			})
		}
		x, err := w.register.Reconcile(t.Context(), 2)
		if err != nil || x.State != register.ReconciliationStopped || x.Differences < 2 || x.Differences > 3 {
			t.Errorf("%+v (%v)", x, err)
		}
		l.listing = strays
		if _, err := w.register.Reconcile(t.Context(), 0); !isSilence(err) {
			t.Errorf("a page out of order: %v", err)
		}
		l.listing = answers
		if x := w.compares(); x.State != register.ReconciliationDone {
			t.Errorf("%+v", x)
		}
	})
}

// The sweep compares once a day, takes up what was lost with its process, and waits
// for a silent register.
func TestRegistersAreComparedOnceADay(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		sweep := func() {
			t.Helper()
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		begun := func() int { return w.count(`SELECT count(*) FROM reconciliation`) }
		jobs := func() int { return w.count(`SELECT count(*) FROM river_job WHERE kind = 'reconcile'`) }
		sweep()
		sweep()
		if begun() != 1 || jobs() != 1 {
			t.Fatalf("%d comparisons, %d jobs", begun(), jobs())
		}
		w.clock.Advance(3 * time.Minute) // the job was lost
		sweep()
		if begun() != 1 || jobs() != 2 {
			t.Errorf("%d comparisons, %d jobs", begun(), jobs())
		}
		l.listing = unreached
		if _, err := w.register.Reconcile(t.Context(), 0); !isSilence(err) {
			t.Errorf("compared with a silent register: %v", err)
		}
		sweep()
		if jobs() != 2 {
			t.Error("a silent register is asked without a pause")
		}
		l.listing = answers
		w.compares()
		w.clock.Advance(25 * time.Hour)
		sweep()
		if begun() != 2 {
			t.Errorf("%d comparisons after a day", begun())
		}
		if err := w.register.AskReconciliation(t.Context(), w.officer("rinat", mekenjai.Officer, "79")); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an officer begins one: %v", err)
		}
		if err := w.register.AskReconciliation(t.Context(), w.officer("gaukhar", mekenjai.Chief, "")); err != nil {
			t.Error(err)
		}
		if begun() != 2 {
			t.Error("two comparisons run at once")
		}
		s, err := w.register.KeeperStanding(t.Context())
		if err != nil || s.Reconciled < 25*time.Hour || s.Refused+s.Differences != 0 {
			t.Errorf("%+v (%v)", s, err)
		}
	})
}
