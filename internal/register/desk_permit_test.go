package register_test

import (
	"context"
	"errors"
	"testing"

	"mekenjai"
	"mekenjai/internal/register"
)

// deskVerbs are the verbs upon a case, by the deed that each asks for.
var deskVerbs = []struct {
	deed mekenjai.Deed
	do   func(context.Context, *register.Register, mekenjai.Actor, string) error
}{
	{mekenjai.DoLookAtCase, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		_, err := r.Dossier(ctx, a, n)
		return err
	}},
	{mekenjai.DoTake, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.Take(ctx, a, n)
	}},
	{mekenjai.DoTakeOver, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.TakeOver(ctx, a, n)
	}},
	{mekenjai.DoReveal, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.Reveal(ctx, a, n, register.LookToDecide, "")
	}},
	{mekenjai.DoReveal, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		_, err := r.VerifySignatures(ctx, a, n)
		return err
	}},
	{mekenjai.DoAskPaper, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.AskPaper(ctx, a, n, mekenjai.CourtAct, "Сот актісі", 5)
	}},
	{mekenjai.DoAskPaper, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.StopWaiting(ctx, a, n, false)
	}},
	{mekenjai.DoDecide, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		_, err := r.PrepareDecision(ctx, a, n, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Тыйым алынды"})
		return err
	}},
	{mekenjai.DoReturn, func(ctx context.Context, r *register.Register, a mekenjai.Actor, n string) error {
		return r.GiveBack(ctx, a, n, "Басқа қызметкерге")
	}},
}

// Every role, every verb of the desk, the own and a foreign territory, a free case,
// the own and another's: what the one table says happens, and what it refuses
// changes nothing and is audited.
func TestEveryVerbOfTheDeskAsksTheTableOfPermits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, number := w.referred() // in Astana
		free := func() {
			for _, who := range []string{"madi", "gaukhar"} {
				_ = w.register.StopWaiting(t.Context(), w.staff(who), number, false)
				_ = w.register.GiveBack(t.Context(), w.staff(who), number, "Басқа қызметкерге")
			}
		}
		actors := map[string]mekenjai.Actor{"citizen": w.person(w.land.IIN("aigul"))}
		for _, who := range []string{"ainur", "nurgul", "madi", "serik", "gaukhar", "aliya"} {
			actors[who] = w.staff(who)
		}
		refused := 0
		for name, actor := range actors {
			for _, verb := range deskVerbs {
				for _, holder := range []string{"", "madi", "gaukhar"} {
					free()
					m := mekenjai.Matter{KATO: []string{"711010000"}}
					if holder != "" {
						if err := w.register.Take(t.Context(), w.staff(holder), number); err != nil {
							t.Fatal(err)
						}
						m.Holder = w.staff(holder).IIN
					}
					before := w.count(`SELECT count(*) FROM audit_entry WHERE outcome IN ('forbidden', 'conflict')`)
					want, got := actor.Permitted(verb.deed, m), verb.do(t.Context(), w.register, actor, number)
					after := w.count(`SELECT count(*) FROM audit_entry WHERE outcome IN ('forbidden', 'conflict')`)
					switch {
					case want == nil && errors.Is(got, mekenjai.ErrForbidden):
						t.Errorf("%s, %s of %q: forbidden, and the table allows it", name, verb.deed, holder)
					case want != nil && !errors.Is(got, want):
						t.Errorf("%s, %s of %q: %v, and the table says %v", name, verb.deed, holder, got, want)
					case want != nil && after != before+1:
						t.Errorf("%s, %s of %q: refused with %d audit entries", name, verb.deed, holder, after-before)
					}
					if want != nil {
						refused++
					}
				}
			}
		}
		if refused < 100 {
			t.Errorf("only %d refusals were tried", refused)
		}
	})
}
