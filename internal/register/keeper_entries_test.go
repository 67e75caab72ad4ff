package register_test

import (
	"context"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// beside is that register as a peer in the same process, with nothing between.
func beside(drn *entries.Register) state.Keeper {
	return state.Keeper{
		Write: func(_ context.Context, d state.Deed) (state.Reply[state.Confirmation], error) {
			c, err := drn.Write(d)
			return answered(c, err == nil), err
		},
		Look: func(_ context.Context, id string) (state.Reply[state.Confirmation], error) {
			c, found, err := drn.Look(id)
			return answered(c, found), err
		},
		List: func(_ context.Context, after string, limit int) (state.Reply[state.Page], error) {
			page, err := drn.List(after, limit)
			return answered(page, true), err
		},
	}
}

// The simulated IS RP DRN shares no code with ours and refuses whatever contradicts
// what it keeps: all that happens to entries goes through it without a refusal, and
// at the end the two keep the same.
func TestTheWholeLifeOfEntriesIsTakenByAStrictRegister(t *testing.T) {
	eachKept(t, func(t *testing.T, w *world, _ *ledger) {
		drn, err := entries.Open("", w.clock.Now, entries.Knowledge{Person: w.land.Find, Address: w.land.FindAddress})
		if err != nil {
			t.Fatal(err)
		}
		w.register.Keeper = beside(drn)
		deliver := func() {
			t.Helper()
			for range 3 { // what the first bring about, and what waits for them
				w.deliver()
			}
			if n := len(w.deeds(register.DeedRejected)) + len(w.deeds(register.DeedWaiting)); n != 0 {
				t.Fatalf("%d deeds were not taken", n)
			}
		}

		w.decided("non_owner") // an entry, its extension, and a move from both
		deliver()
		former := w.entry("timur")
		w.clock.Set(former.Period.To.AddDays(-20).Start().Add(12 * time.Hour))
		a := w.extend("timur", former.Number, "2")
		bolat := w.land.Party("bolat")
		w.inquires(a)
		if err := w.agree(bolat, w.requests(a, []mekenjai.PartyID{bolat})[bolat]); err != nil {
			t.Fatal(err)
		}
		w.inquires(a)
		deliver()
		if e := w.is(a, mekenjai.Registered).Entry; e.State != mekenjai.EntryAhead {
			t.Errorf("the extension is %s", e.State)
		}
		w.endsOwnEntry("timur", former.Number) // with the one that waits
		deliver()

		adopted := w.stay("dana", "shymkent", 7, 6) // from before the register was connected
		w.compares()
		deliver()
		w.decided("moved")
		deliver()
		if k := w.entry("dana"); k.Number == adopted || k.State != mekenjai.EntryCurrent {
			t.Errorf("after the move: %+v", k)
		}
		w.propose(mekenjai.EndingAnnulment, adopted, "")
		w.approve()
		deliver()

		w.clock.Advance(10 * time.Minute)
		if x := w.compares(); x.Sent+x.Differences != 0 || x.Compared != 1 {
			t.Errorf("after all of it: %+v", x)
		}
		w.holds()
	})
}
