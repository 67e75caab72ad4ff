package register_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

func TestSubmittingTwiceGivesOneApplication(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(s.Applicant)
		cms := w.sign(actor, d.Statement)
		var wg sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wg.Go(func() {
				a, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: cms})
				if err != nil {
					t.Errorf("tab %d: %v", i, err)
				}
				ids[i] = a.ID
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != d.ID {
				t.Errorf("a tab got %q", id)
			}
		}
		w.await(mekenjai.Application{ID: d.ID, Person: s.Applicant}, mekenjai.Registered)
		if n := w.count(`SELECT count(*) FROM application`); n != 1 {
			t.Errorf("%d applications", n)
		}
		if n := w.count(`SELECT count(*) FROM registration WHERE application = $1`, d.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'application.submit' AND outcome = 'done'`); n != 1 {
			t.Errorf("%d submissions are audited", n)
		}
	})
}

func TestAChangedAnswerVoidsTheTextThatWasPrepared(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(s.Applicant)
		cms := w.sign(actor, d.Statement)
		if err := w.register.Answer(t.Context(), actor, d.ID, mekenjai.StepMonths, mekenjai.Input{Months: "9"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: cms}); !errors.Is(err, mekenjai.ErrStale) {
			t.Errorf("the old text was submitted: %v", err)
		}
		if _, err := w.register.Prepare(t.Context(), actor, d.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: cms}); refusedFor(err) != "digest" {
			t.Errorf("a signature over the old text passed: %v", err)
		}
	})
}

func TestTheTextStaysTheSameInEveryTab(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(10 * time.Minute)
		again, err := w.register.Prepare(t.Context(), w.person(s.Applicant), d.ID)
		if err != nil || string(again.Statement) != string(d.Statement) {
			t.Errorf("another text: %v", err)
		}
	})
}

func TestADraftExistsForItsOwnerAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		other := w.person(w.land.IIN("bolat"))
		if _, err := w.register.Draft(t.Context(), other, d.ID); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("read: %v", err)
		}
		if err := w.register.Answer(t.Context(), other, d.ID, mekenjai.StepMonths, mekenjai.Input{Months: "1"}); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("changed: %v", err)
		}
		if _, err := w.register.Submit(t.Context(), other, d.ID, register.Signature{CMS: w.sign(other, d.Statement)}); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("submitted: %v", err)
		}
		own := w.person(s.Applicant)
		own.BIN = w.land.BIN("university")
		if _, err := w.register.Begin(t.Context(), own); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an organisation's key files: %v", err)
		}
	})
}

func TestAnotherApplicationMustEndFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.asked("non_owner")
		d, err := w.fill(w.land.Story("not_owner")) // the same applicant
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(a.Person)
		var busy *register.InProgress
		if _, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)}); !errors.As(err, &busy) || busy.ID != a.ID {
			t.Errorf("got %v", err)
		}
	})
}

func TestACodeIsUsedUpWithTheSubmissionOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(s.Applicant)
		actor.Method = mekenjai.BySMS
		used := 0
		sig := register.Signature{Code: func(_ context.Context, text []byte) (func(context.Context, database.Tx) error, error) {
			if string(text) != string(d.Statement) {
				t.Error("the code is checked against another text")
			}
			return func(context.Context, database.Tx) error { used++; return nil }, nil
		}}
		a, err := w.register.Submit(t.Context(), actor, d.ID, sig)
		if err != nil || a.Method != mekenjai.BySMS || used == 0 {
			t.Fatalf("%v, used %d times", err, used)
		}
		used = 0
		if _, err := w.register.Submit(t.Context(), actor, d.ID, sig); err != nil || used != 0 {
			t.Errorf("the second click used a code: %v, %d", err, used)
		}
	})
}

func TestASilentRegisterNeitherPassesNorRefuses(t *testing.T) {
	for _, kind := range []country.FaultKind{country.Down, country.Wrong} {
		t.Run(string(kind), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.land.Set(state.Properties, country.Fault{Kind: kind})
				a := w.file(w.land.Story("sole_owner"))
				for range 4 {
					w.clock.Advance(30 * time.Second)
					if _, err := w.register.Sweep(t.Context()); err != nil {
						t.Fatal(err)
					}
					time.Sleep(60 * time.Millisecond)
					if c, err := w.register.Case(t.Context(), w.person(a.Person), a.ID); err != nil || c.State != mekenjai.Checking {
						t.Fatalf("%s: %v", c.State, err)
					}
				}
				w.land.Heal()
				for range 100 {
					w.clock.Advance(3 * time.Minute)
					if _, err := w.register.Sweep(t.Context()); err != nil {
						t.Fatal(err)
					}
					time.Sleep(30 * time.Millisecond)
					if c, _ := w.register.Case(t.Context(), w.person(a.Person), a.ID); c.State == mekenjai.Registered {
						if c.Clock.Used < 2*time.Minute {
							t.Errorf("the promise forgets the silence: %v", c.Clock.Used)
						}
						return
					}
				}
				t.Error("never registered after the register came back")
			})
		})
	}
}

func TestContradictoryRegistersGoToAnOfficer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.land.Set(state.Properties, country.Fault{Kind: country.Mismatch})
		a := w.file(w.land.Story("sole_owner"))
		w.await(a, mekenjai.Referred)
	})
}

func TestALostInquiryIsBegunAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.land.Set(state.Persons, country.Fault{Kind: country.Down})
		// The name comes from the certificate while the register of persons is down.
		s := w.land.Story("sole_owner")
		actor := w.person(s.Applicant)
		actor.Name = mekenjai.Name{Surname: "НҰРЛАНОВА", Given: "АЙГҮЛ"}
		d, err := w.fillAs(actor, s)
		if err != nil {
			t.Fatal(err)
		}
		a, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		if err := w.db.Transact(t.Context(), func(tx database.Tx) error { // as if the process had died with its jobs
			_, err := tx.Exec(t.Context(), `DELETE FROM river_job`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.land.Heal()
		w.clock.Advance(5 * time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := w.await(a, mekenjai.Registered); c.Name.Surname == actor.Name.Surname {
			t.Errorf("the entry has the name of the certificate, not of the register: %v", c.Name)
		}
	})
}
