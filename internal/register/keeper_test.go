package register_test

import (
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

func TestNobodyIsRegisteredBeforeTheStatesRegisterConfirms(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("non_owner")
		timur := w.person(a.Person)
		if n := w.count(`SELECT count(*) FROM registration WHERE person = $1`, a.Person); n != 0 {
			t.Fatalf("%d entries before the confirmation", n)
		}
		w.wasTold("timur", "registered", 0)
		w.wasTold("bolat", "entry_at_mine", 0)
		c := w.is(a, mekenjai.Entering)
		if c.MayWithdraw() || !c.AskAgain.IsZero() {
			t.Errorf("while it is being entered: %+v", c)
		}
		if err := w.register.Withdraw(t.Context(), timur, a.ID); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("withdrawn: %v", err)
		}
		requests, err := w.register.Requests(t.Context(), w.as("bolat"))
		if err != nil || len(requests) == 0 {
			t.Fatal(err)
		}
		bolat := w.speaker(w.land.Party("bolat"), requests[0].ID)
		if err := w.register.TakeBack(t.Context(), bolat, requests[0].ID); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a consent is withdrawn after the decision: %v", err)
		}
		if q, err := w.register.Request(t.Context(), bolat, requests[0].ID); err != nil || q.MayWithdraw {
			t.Errorf("withdrawal is offered (%v)", err)
		}
		d, err := w.fill(w.land.Story("non_owner"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.Submit(t.Context(), timur, d.ID, register.Signature{CMS: w.sign(timur, d.Statement)}); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a second application beside the one whose entry is being made: %v", err)
		}

		l.feel(loses)
		w.deliver()
		if c := w.is(a, mekenjai.Entering); !c.AskAgain.Equal(w.clock.Now().Add(3 * time.Second)) {
			t.Errorf("asked again at %s", c.AskAgain)
		}
		fixed := w.clock.Now()
		w.clock.Advance(4 * time.Minute) // the answer is lost, and lost again
		w.deliver()
		l.feel(answers)
		w.clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM river_job WHERE kind = 'deed' AND state = 'available'`); n != 2 {
			t.Errorf("%d jobs, want the first and that of the sweep", n)
		}
		id := w.deeds(register.DeedWaiting)[0]
		for range 2 { // the second finds it done
			if err := w.register.Deliver(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		c = w.is(a, mekenjai.Registered)
		if !c.Entry.FixedAt.Equal(fixed.UTC().Truncate(time.Microsecond)) || c.Clock.Elapsed(w.clock.Now()) < 5*time.Minute {
			t.Errorf("fixed at %s, want %s; clock %s", c.Entry.FixedAt, fixed, c.Clock.Elapsed(w.clock.Now()))
		}
		w.wasTold("timur", "registered", 1)
		w.wasTold("bolat", "entry_at_mine", 1)
		if l.tries[id] != 3 || len(l.entries) != 1 {
			t.Errorf("tried %d times, %d entries there", l.tries[id], len(l.entries))
		}
		if n := w.count(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'entries' AND found`, a.ID); n != 1 {
			t.Errorf("%d confirmations are kept with the case", n)
		}
		w.holds()
	})
}

func TestAnAnswerAboutAnotherDeedOrTimeIsASilence(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("sole_owner")
		for m, trouble := range map[mood]register.Trouble{strays: register.TroubleUnclear, dreams: register.TroubleUnclear, unreached: register.TroubleDown} {
			l.feel(m)
			w.deliver()
			w.is(a, mekenjai.Entering)
			board, err := w.register.Board(t.Context(), w.staff("gaukhar"))
			if err != nil || len(board.Unanswered) != 1 || board.Unanswered[0].Code != string(trouble) {
				t.Errorf("the board: %+v, want %s (%v)", board.Unanswered, trouble, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'register.silent' AND subject = $1`, w.deeds(register.DeedWaiting)[0]); n != 1 {
			t.Errorf("%d silences in the audit: the first is enough", n)
		}
		// Two answers came that were not believed: both are evidence.
		if n := w.count(`SELECT count(*) FROM silence WHERE application = $1 AND question = 'entries' AND hash IS NOT NULL AND body IS NOT NULL AND cause <> ''`, a.ID); n != 2 {
			t.Errorf("%d answers that were not believed are kept", n)
		}
		l.feel(stutters)
		w.deliver()
		w.is(a, mekenjai.Registered)
		w.same(l)
	})
}

// A night of silence: the entry counts from the day on which it is fixed.
func TestAnEntryNeverCountsFromAnEarlierDayThanItsFixing(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("sole_owner")
		today := mekenjai.DateOf(w.clock.Now())
		l.feel(unreached)
		for range 30 {
			w.clock.Advance(time.Hour)
			w.deliver()
		}
		if n := w.count(`SELECT count(*) FROM keeper_deed WHERE try_at > $1`, w.clock.Now().Add(5*time.Minute).UnixMicro()); n != 0 {
			t.Error("the register is asked less often than every five minutes")
		}
		l.feel(answers)
		w.deliver()
		e := w.is(a, mekenjai.Registered).Entry
		if e.Period.From != today.AddDays(1) {
			t.Errorf("decided on %s, fixed a day later, and counts from %s", today, e.Period.From)
		}
		if k, ok := l.kept(e.Number); !ok || k.Period != e.Period || !k.FixedAt.Equal(e.FixedAt) {
			t.Errorf("there it reads %+v", k)
		}
	})
}

func TestARefusedEntryLiesBeforeAnOfficerWhoSendsItAgain(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("moved") // in Astana
		l.feel(refuses)
		w.deliver()
		c := w.is(a, mekenjai.Referred)
		if c.Reason != "KEEPER_REFUSED" {
			t.Errorf("referred for %s", c.Reason)
		}
		w.wasTold("dana", "registered", 0)
		gaukhar, number := w.staff("gaukhar"), w.caseOf(a)
		masked, err := w.register.Dossier(t.Context(), gaukhar, number)
		if err != nil || masked.Letter == nil || masked.Letter.Code != "E17" || masked.Letter.Said != "" || masked.Letter.Entry != nil {
			t.Fatalf("masked: %+v (%v)", masked.Letter, err)
		}
		w.opened(gaukhar, number)
		d, err := w.register.Dossier(t.Context(), gaukhar, number)
		if err != nil || d.Letter.Said == "" || d.Letter.Entry.Person != a.Person {
			t.Fatalf("opened: %+v (%v)", d.Letter, err)
		}
		board, err := w.register.Board(t.Context(), gaukhar)
		if err != nil || len(board.Refused) != 1 || board.Refused[0].Case != number || board.Waiting != 0 {
			t.Errorf("the board: %+v (%v)", board, err)
		}
		w.holds()

		l.feel(answers)
		if err := w.decides(gaukhar, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Сведения исправлены"}); err != nil {
			t.Fatal(err)
		}
		w.inquires(a)
		w.is(a, mekenjai.Entering)
		w.deliver()
		w.is(a, mekenjai.Registered)
		w.same(l)
		w.holds()
		if n := len(w.deeds(register.DeedSettled)); n != 1 {
			t.Errorf("%d dead letters are settled", n)
		}
	})
}

func TestAnOfficerEndsARefusedEntryWithAGround(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("moved")
		l.feel(refuses)
		w.deliver()
		gaukhar, number := w.staff("gaukhar"), w.caseOf(a)
		w.opened(gaukhar, number)
		if err := w.decides(gaukhar, number, register.DecisionInput{Ruling: mekenjai.Deny, Ground: mekenjai.Grounds[0].Code, Reason: "Госреестр не принял запись"}); err != nil {
			t.Fatal(err)
		}
		if c := w.is(a, mekenjai.Refused); c.Act == nil {
			t.Error("no act")
		}
		w.holds()
	})
}

// What was refused and taken all the same is asked about before it is sent again.
func TestARefusalThatWasNoneBecomesNoSecondEntry(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		a := w.decided("moved")
		l.feel(slips)
		w.deliver()
		w.is(a, mekenjai.Referred)
		fixed := w.clock.Now()
		w.clock.Advance(time.Hour)
		l.feel(answers)
		gaukhar, number := w.staff("gaukhar"), w.caseOf(a)
		w.opened(gaukhar, number)
		if err := w.decides(gaukhar, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Проверено по запросу"}); err != nil {
			t.Fatal(err)
		}
		w.inquires(a)
		w.deliver()
		if e := w.is(a, mekenjai.Registered).Entry; !e.FixedAt.Equal(fixed.UTC().Truncate(time.Microsecond)) {
			t.Errorf("fixed at %s, there it was at %s", e.FixedAt, fixed)
		}
		if len(l.entries) != 1 {
			t.Errorf("%d entries there", len(l.entries))
		}
		w.same(l)
		w.holds()
	})
}

func TestAMoveIsOneDeed(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		former := w.stay("timur", "shymkent", 15, 6)
		w.reconciled(l)
		a := w.decided("non_owner")
		if e := w.entry("timur"); e.State != mekenjai.EntryCurrent || e.Number != former {
			t.Errorf("the former entry is %s before the new one is confirmed", e.State)
		}
		w.deliver()
		e := w.is(a, mekenjai.Registered).Entry
		if n := w.count(`SELECT count(*) FROM keeper_deed WHERE kind = 'end'`); n != 0 {
			t.Errorf("%d ends beside the move", n)
		}
		k, _ := l.kept(former)
		if k.Reason != mekenjai.EndMoved || !k.EndedAt.Equal(e.FixedAt) {
			t.Errorf("the former one there: %+v", k)
		}
		w.wasTold("timur", "entry_moved", 1)
		w.same(l)
		w.holds()
	})
}

// An extension waits for its turn there as here; when the owner ended the stay while
// it was on its way, it ends as well.
func TestAnExtensionOnItsWay(t *testing.T) {
	for _, ended := range []bool{false, true} {
		t.Run(map[bool]string{false: "stays", true: "ended meanwhile"}[ended], func(t *testing.T) {
			eachKept(t, func(t *testing.T, w *world, l *ledger) {
				w.decided("non_owner")
				w.deliver()
				former := w.entry("timur")
				w.clock.Set(former.Period.To.AddDays(-20).Start().Add(12 * time.Hour))
				a := w.extend("timur", former.Number, "2")
				w.inquires(a)
				if err := w.agree(w.land.Party("bolat"), w.requests(a, []mekenjai.PartyID{w.land.Party("bolat")})[w.land.Party("bolat")]); err != nil {
					t.Fatal(err)
				}
				w.inquires(a)
				w.is(a, mekenjai.Entering)
				if ended {
					w.endsOwnEntry("timur", former.Number)
				}
				w.deliver()
				w.deliver() // what the first brought about
				e := w.is(a, mekenjai.Registered).Entry
				want := mekenjai.EntryAhead
				if ended {
					want = mekenjai.EntryEnded
					if e.EndReason != mekenjai.EndByPerson {
						t.Errorf("ended for %s", e.EndReason)
					}
				}
				if e.State != want || e.Period.From != former.Period.To.AddDays(1) {
					t.Errorf("the extension is %s from %s", e.State, e.Period.From)
				}
				w.same(l)
				w.holds()
				if ended {
					return
				}
				for _, number := range l.numbers() { // both are lost there: the first goes first
					l.change(number, func(*state.Kept) *state.Kept { return nil })
				}
				w.clock.Advance(time.Hour)
				if x := w.compares(); x.Sent != 2 {
					t.Errorf("%+v", x)
				}
				for range 2 {
					w.deliver()
				}
				w.same(l)
				if n := len(w.deeds(register.DeedRejected)); n != 0 {
					t.Errorf("%d deeds are refused", n)
				}
			})
		})
	}
}

// Ends and corrections count here at once and follow there, in their order.
func TestEndsCountAtOnceAndFollowThere(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		number := w.stay("timur", "shymkent", 7, 6)
		l.feel(unreached)
		w.compares() // the entry was here before the register was connected: it is sent
		if n := len(w.deeds(register.DeedWaiting)); n != 1 {
			t.Fatalf("%d deeds", n)
		}
		w.endsOwnEntry("timur", number)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByPerson)
		l.feel(answers)
		ids := w.deeds(register.DeedWaiting)
		if len(ids) != 2 {
			t.Fatalf("%d deeds", len(ids))
		}
		if err := w.register.Deliver(t.Context(), ids[1]); err != nil || l.tries[ids[1]] != 0 {
			t.Errorf("the end goes before the entry: %d tries (%v)", l.tries[ids[1]], err)
		}
		w.deliver()
		if k, ok := l.kept(number); !ok || k.Reason != mekenjai.EndByPerson || k.EndedAt.IsZero() {
			t.Errorf("there: %+v", k)
		}
		w.propose(mekenjai.EndingAnnulment, number, "")
		w.approve()
		w.deliver()
		if k, _ := l.kept(number); k.Reason != mekenjai.EndAnnulled {
			t.Errorf("after the annulment: %+v", k)
		}
		w.same(l)
		w.holds()
	})
}

func TestARefusedEndIsACaseThatIsSentAgainOrGivenUp(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, l *ledger) {
		number := w.stay("timur", "shymkent", 7, 6)
		w.reconciled(l)
		w.endsOwnEntry("timur", number)
		l.feel(refuses)
		w.deliver()
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		subject := w.take(register.CaseDeed, rinat)
		line := w.lineOf(subject)
		if err := w.register.Resend(t.Context(), rinat, line, "Проверено"); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("sent again unread: %v", err)
		}
		if err := w.register.Reveal(t.Context(), rinat, line, register.LookToDecide, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.register.Resend(t.Context(), rinat, line, ""); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("without reasons: %v", err)
		}
		if err := w.register.Resend(t.Context(), w.staff("serik"), line, "Проверено"); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("by an officer of another territory: %v", err)
		}
		w.holds()
		if err := w.register.Resend(t.Context(), rinat, line, "Проверено"); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'desk.resend' AND person = $1 AND outcome = 'done'`, rinat.IIN); n != 1 {
			t.Errorf("%d times in the audit", n)
		}
		w.deliver() // refused again: another case
		subject = w.take(register.CaseDeed, rinat)
		line = w.lineOf(subject)
		if err := errors.Join(w.register.Reveal(t.Context(), rinat, line, register.LookToDecide, ""),
			w.register.GiveUp(t.Context(), rinat, line, "В реестре исправлено")); err != nil {
			t.Fatal(err)
		}
		if n := len(w.deeds(register.DeedWaiting)) + len(w.deeds(register.DeedRejected)); n != 0 {
			t.Errorf("%d deeds are left", n)
		}
		l.feel(answers)
		w.clock.Advance(time.Hour)
		w.compares() // it still stands there, and nobody sends it again by himself
		if n := w.count(`SELECT count(*) FROM difference WHERE kind = 'stands' AND state = 'open'`); n != 1 {
			t.Errorf("%d differences", n)
		}
		w.holds()
	})
}

// Without the state's register nothing of this is there.
func TestOurRegisterIsTheRegisterWhenNoOtherIsConnected(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.file(w.land.Story("sole_owner"))
		c := w.await(a, mekenjai.Registered)
		w.sweep()
		for _, s := range c.Steps {
			if s.State == mekenjai.Entering {
				t.Error("it waited for a register that is not connected")
			}
		}
		if n := w.count(`SELECT (SELECT count(*) FROM keeper_deed) + (SELECT count(*) FROM reconciliation)`); n != 0 {
			t.Errorf("%d deeds and comparisons", n)
		}
		if _, err := w.register.Reconcile(t.Context(), 0); !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("compared with nothing: %v", err)
		}
		if w.register.HasKeeper() || !(state.Keeper{}).IsZero() {
			t.Error("there is a keeper")
		}
	})
}
