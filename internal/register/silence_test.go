package register_test

import (
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// The applicant learns which register is silent, of all that are still needed
// only that one, and when it is asked again; its answer takes both away.
func TestSilentRegisterIsNamedWithItsNextTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for story, silent := range map[string]struct {
			peer   state.Peer
			source rules.Source
		}{
			"sole_owner": {state.Persons, rules.FromPersons},
			"mortgaged":  {state.Properties, rules.FromProperty},
			"village":    {state.Addresses, rules.FromAddresses},
		} {
			s := w.land.Story(story)
			actor := w.person(s.Applicant)
			d, err := w.fill(s) // the name is read while the register of persons still answers
			if err != nil {
				t.Fatal(err)
			}
			w.land.Set(silent.peer, country.Fault{Kind: country.Down})
			a, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)})
			if err != nil {
				t.Fatal(err)
			}
			c := w.awaitSilence(a)
			if len(c.Findings) != 1 || c.Findings[0].Rule != "R56" || c.Findings[0].Code != string(silent.source) {
				t.Errorf("%s is silent, and the case says %+v", silent.peer, c.Findings)
			}
			if c.State != mekenjai.Checking || !c.AskAgain.After(w.clock.Now()) {
				t.Errorf("%s is silent: %s, to be asked again at %v", silent.peer, c.State, c.AskAgain)
			}
			w.land.Heal()
			w.clock.Advance(time.Minute)
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c = w.await(a, mekenjai.Registered); !c.AskAgain.IsZero() {
				t.Errorf("registered, and to be asked again at %v", c.AskAgain)
			}
		}
	})
}

// awaitSilence waits until an inquiry has met the silent register.
func (w *world) awaitSilence(a mekenjai.Application) (c register.Case) {
	w.t.Helper()
	for range 400 {
		var err error
		if c, err = w.register.Case(w.t.Context(), w.person(a.Person), a.ID); err != nil {
			w.t.Fatal(err)
		}
		if !c.AskAgain.IsZero() {
			return c
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatalf("no register is silent: %s, %+v", c.State, c.Findings)
	return c
}

func TestAnOrganisationsKeyOpensNothingPersonal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.file(w.land.Story("sole_owner"))
		c := w.await(a, mekenjai.Registered)
		actor := w.person(a.Person)
		actor.BIN, actor.MaySign = w.land.BIN("university"), true
		_, _, history := w.register.History(t.Context(), actor, "")
		_, residence := w.register.Residence(t.Context(), actor)
		_, checks := w.register.Checks(t.Context(), actor)
		for name, err := range map[string]error{"history": history, "residence": residence, "checks": checks} {
			if !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, certificate := w.register.Certificate(t.Context(), actor, c.Entry.Number, "kk")
		_, own := w.register.Case(t.Context(), actor, a.ID)
		for name, err := range map[string]error{"certificate": certificate, "case": own} {
			if !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
