package state

import (
	"context"
	"errors"
	"testing"
	"time"

	"mekenjai"
)

func TestAnEntryCountsFromTheDayOfItsFixing(t *testing.T) {
	day := func(n int) mekenjai.Date { return mekenjai.Date{Year: 2026, Month: 3, Day: 1}.AddDays(n) }
	e := Entry{Period: mekenjai.Period{From: day(1), To: day(60)}}
	for _, x := range []struct{ on, from int }{{0, 1}, {1, 1}, {2, 2}, {60, 60}, {61, 1}} {
		if p := e.FixedOn(day(x.on)); p.From != day(x.from) || p.To != day(60) {
			t.Errorf("fixed on %s it counts %s–%s", day(x.on), p.From, p.To)
		}
	}
}

func TestAConfirmationIsOfOneDeed(t *testing.T) {
	d := Deed{ID: "a", Entry: Entry{Number: "n"}}
	whole := Confirmation{Deed: "a", Number: "n", FixedAt: time.Unix(1, 0)}
	if !whole.IsOf(d) {
		t.Error("its own")
	}
	for _, c := range []Confirmation{{}, {Deed: "b", Number: "n", FixedAt: whole.FixedAt}, {Deed: "a", Number: "m", FixedAt: whole.FixedAt}, {Deed: "a", Number: "n"}} {
		if c.IsOf(d) {
			t.Errorf("%+v confirms another deed", c)
		}
	}
}

func TestARefusalIsAnAnswerAndASilenceIsNone(t *testing.T) {
	var told []bool
	answer := error(nil)
	k := Keeper{
		Write: func(context.Context, Deed) (Reply[Confirmation], error) { return Reply[Confirmation]{}, answer },
		Look:  func(context.Context, string) (Reply[Confirmation], error) { return Reply[Confirmation]{}, answer },
		List:  func(context.Context, string, int) (Reply[Page], error) { return Reply[Page]{}, answer },
	}.Watched(func(p Peer, _ time.Duration, answered bool) {
		if p != Entries {
			t.Errorf("of %s", p)
		}
		told = append(told, answered)
	})
	for _, answer = range []error{nil, &Rejection{Code: "1"}, &Silence{Peer: Entries, Cause: ErrDown}} {
		if _, err := k.Write(t.Context(), Deed{}); !errors.Is(err, answer) {
			t.Errorf("%v became %v", answer, err)
		}
	}
	k.Look(t.Context(), "a")
	k.List(t.Context(), "", 1)
	for i, want := range []bool{true, true, false, false, false} {
		if i >= len(told) || told[i] != want {
			t.Fatalf("told %v", told)
		}
	}
	if !(Keeper{}).Watched(nil).IsZero() {
		t.Error("no keeper became one")
	}
}
