package register_test

import (
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// extend files the extension of somebody's entry and gives the application.
func (w *world) extend(who, number string, months string) mekenjai.Application {
	w.t.Helper()
	actor := w.as(who)
	id, err := w.register.Extend(w.t.Context(), actor, number, false)
	if err != nil {
		w.t.Fatal(err)
	}
	if months != "" {
		if err := w.register.Answer(w.t.Context(), actor, id, mekenjai.StepMonths, mekenjai.Input{Months: months}); err != nil {
			w.t.Fatal(err)
		}
	}
	d, err := w.register.Prepare(w.t.Context(), actor, id)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := w.register.Submit(w.t.Context(), actor, id, register.Signature{CMS: w.sign(actor, d.Statement)})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// extended registers by the story and extends before the end, with all consents.
func (w *world) extended(story, months string) mekenjai.Registration {
	w.t.Helper()
	s := w.land.Story(story)
	who := w.nameOf(s.Applicant)
	w.consentTo(w.file(s), s)
	former := w.entry(who)
	w.clock.Set(former.Period.To.AddDays(-20).Start().Add(12 * time.Hour))
	w.sweep()
	a := w.extend(who, former.Number, months)
	w.consentTo(a, s)
	return former
}

func (w *world) consentTo(a mekenjai.Application, s country.Story) {
	w.t.Helper()
	if len(s.Asked) > 0 {
		w.await(a, mekenjai.AwaitingConsent)
		for party, request := range w.requests(a, s.Asked) {
			if err := w.agree(party, request); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.await(a, mekenjai.Registered)
}

func (w *world) nameOf(iin mekenjai.IIN) string {
	for _, r := range w.land.People() {
		if r.IIN == iin {
			return r.Key
		}
	}
	w.t.Fatalf("nobody has the number %s", iin.Masked())
	return ""
}

func TestExtensionLeavesNoGap(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := w.extended("non_owner", "2")
		next := w.entry("timur")
		if next.State != mekenjai.EntryAhead || next.Period.From != former.Period.To.AddDays(1) {
			t.Fatalf("the extension is %s from %s, after %s", next.State, next.Period.From, former.Period.To)
		}
		w.clock.Set(next.Period.From.Start().Add(time.Minute))
		w.sweep()
		w.stands("timur", mekenjai.EntryCurrent, "")
		w.wasTold("timur", "entry_expired", 0)
		w.wasTold("timur", "reminder", 1) // thirty days before; then it was extended
	})
}

func TestTheWholeStayIsNotLongerThanAYear(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.extended("non_owner", "") // six months, and the six that are left
		next := w.entry("timur")
		w.clock.Set(next.Period.From.Start().Add(time.Minute))
		w.sweep()
		w.clock.Set(next.Period.To.AddDays(-10).Start())
		w.sweep()
		if x := w.page("timur", next.Number).Extension; x.Open || x.Months != 0 {
			t.Errorf("after a year: %+v", x)
		}
		if _, err := w.register.Extend(t.Context(), w.as("timur"), next.Number, false); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("extended beyond a year: %v", err)
		}
	})
}

func TestExtensionIsRefusedTooEarlyAndAfterTheEnd(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if _, err := w.register.Extend(t.Context(), w.as("timur"), number, false); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("half a year before the end: %v", err)
		}
		w.pass(200 * day)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndExpired)
		if _, err := w.register.Extend(t.Context(), w.as("timur"), number, false); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("of an ended entry: %v", err)
		}
		if n := w.refusals("registration.extend", "not_now"); n != 2 {
			t.Errorf("%d refused attempts are audited", n)
		}
		if _, err := w.register.Extend(t.Context(), w.as("bolat"), number, false); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("of another's entry: %v", err)
		}
	})
}

func TestExtensionThrowsNoAnswersAway(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.clock.Set(w.entry("timur").Period.To.AddDays(-5).Start())
		actor := w.as("timur")
		d, err := w.register.Begin(t.Context(), actor)
		arc := string(w.land.Dwelling("almaty", 12))
		if err := errors.Join(err, w.register.Answer(t.Context(), actor, d.ID, mekenjai.StepDwelling, mekenjai.Input{ARC: arc})); err != nil {
			t.Fatal(err)
		}
		_, err = w.register.Extend(t.Context(), actor, number, false)
		var way *register.DraftInTheWay
		if !errors.As(err, &way) || way.ID != d.ID {
			t.Fatalf("an unfinished draft: %v", err)
		}
		id, err := w.register.Extend(t.Context(), actor, number, true)
		if err != nil || id != d.ID {
			t.Fatalf("replaced: %s, %v", id, err)
		}
	})
}

func TestExpiryDuringAnExtensionBeginsANewEntry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("non_owner")
		w.consentTo(w.file(s), s)
		former := w.entry("timur")
		w.clock.Set(former.Period.To.AddDays(1).Start().Add(-30 * time.Minute))
		w.sweep()
		a := w.extend("timur", former.Number, "2")
		w.await(a, mekenjai.AwaitingConsent)
		w.clock.Advance(40 * time.Minute) // past midnight, within the hour
		w.sweep()
		w.consentTo(a, s)
		e := w.entry("timur")
		if e.State != mekenjai.EntryCurrent || e.Period.From != mekenjai.DateOf(w.clock.Now()) {
			t.Errorf("the new entry is %s from %s", e.State, e.Period.From)
		}
	})
}

func TestWhoEndsHisEntryEndsItsExtensionToo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := w.extended("non_owner", "2")
		actor := w.as("timur")
		text, err := w.register.PrepareOwnEnd(t.Context(), actor, former.Number)
		if err := w.register.EndOwn(t.Context(), actor, text.ID, w.by(actor, text, err)); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByPerson)
		w.pass(60 * day)
		if n := w.count(`SELECT count(*) FROM registration WHERE state <> 'ended' AND person = $1`, actor.IIN); n != 0 {
			t.Errorf("%d entries stand", n)
		}
	})
}

func TestARequestPassesOnToTheExtension(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := w.extended("non_owner", "2")
		w.clock.Set(former.Period.To.AddDays(-2).Start())
		w.askEnd("bolat", former.Number)
		w.clock.Set(former.Period.To.AddDays(1).Start().Add(time.Minute))
		w.sweep()
		w.stands("timur", mekenjai.EntryCurrent, "")
		w.pass(16 * day)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestRemindersComeOnceEach(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		to := w.entry("timur").Period.To
		for _, c := range []struct{ before, told int }{{31, 0}, {30, 1}, {29, 1}, {8, 1}, {7, 2}, {2, 2}, {1, 3}, {0, 3}} {
			w.clock.Set(to.AddDays(-c.before).Start().Add(9 * time.Hour))
			w.sweep()
			w.sweep()
			w.wasTold("timur", "reminder", c.told)
		}
	})
}

func TestALateSweepSendsTheLatestReminderAlone(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.clock.Set(w.entry("timur").Period.To.AddDays(-3).Start())
		w.sweep()
		w.wasTold("timur", "reminder", 1)
	})
}

func TestNobodyIsRemindedOfWhatHasEnded(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		to := w.entry("timur").Period.To
		actor := w.as("timur")
		text, err := w.register.PrepareOwnEnd(t.Context(), actor, number)
		if err := w.register.EndOwn(t.Context(), actor, text.ID, w.by(actor, text, err)); err != nil {
			t.Fatal(err)
		}
		w.clock.Set(to.AddDays(-7).Start())
		w.sweep()
		w.wasTold("timur", "reminder", 0)
	})
}

func TestWhoIsRegisteredForAMonthIsNotRemindedOnTheFirstDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stay("timur", "shymkent", 7, 1)
		w.pass(2 * day)
		w.wasTold("timur", "reminder", 0)
		w.clock.Set(w.entry("timur").Period.To.AddDays(-7).Start())
		w.sweep()
		w.wasTold("timur", "reminder", 1)
	})
}

func TestDeathEndsAnEntry(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		if err := w.land.Die(w.land.IIN("timur")); err != nil {
			t.Fatal(err)
		}
		w.pass(25 * time.Hour)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndDeath)
		w.wasTold("bolat", "left_mine", 1)
		if n := w.count(`SELECT count(*) FROM notice WHERE party = $1`, w.land.Party("timur")); n != 0 {
			t.Errorf("the dead was told %d things", n)
		}
		if c := w.checked(code); c.Standing != mekenjai.StandsEnded {
			t.Errorf("the public check says %s", c.Standing)
		}
	})
}

func TestPermanentRegistrationAtTheDwellingEndsATemporaryOne(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.land.Settle(w.land.IIN("timur"), w.land.Dwelling("shymkent", 7)); err != nil {
			t.Fatal(err)
		}
		w.pass(25 * time.Hour)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndResident)
		w.wasTold("timur", "ended_settled", 1)
	})
}

func TestDepartureForGoodEndsAnEntry(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.land.Leave(w.land.IIN("timur")); err != nil {
			t.Fatal(err)
		}
		w.pass(25 * time.Hour)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndDeparted)
	})
}

func TestASilentRegisterOfPersonsEndsNothing(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.land.Die(w.land.IIN("timur")); err != nil {
			t.Fatal(err)
		}
		w.land.Set(state.Persons, country.Fault{Kind: country.Down})
		w.pass(25 * time.Hour)
		if n := w.count(`SELECT count(*) FROM registration WHERE person = $1 AND state = 'current'`, w.land.IIN("timur")); n != 1 {
			t.Error("silence ended an entry")
		}
		w.land.Heal()
		w.pass(6 * time.Minute)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndDeath)
	})
}

func TestANewOwnerIsToldWhoIsRegistered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("non_owner")
		w.consentTo(w.file(s), s)
		number := w.entry("timur").Number
		if err := w.land.Transfer(s.ARC, w.land.Party("bolat"), w.land.Party("aigul")); err != nil {
			t.Fatal(err)
		}
		w.pass(25 * time.Hour)
		w.stands("timur", mekenjai.EntryCurrent, "") // a sale ends nothing (R66)
		w.wasTold("aigul", "new_owner", 2)           // of each: Dana is registered there too
		w.pass(25 * time.Hour)
		w.wasTold("aigul", "new_owner", 2)
		w.askEnd("aigul", number) // and he has the right of every owner
	})
}

func TestCorrectionKeepsWhatStoodThere(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		if err := w.land.Rename(w.land.IIN("timur"), mekenjai.Name{Surname: "Оспан", Given: "Тимур", Patronymic: "Асқарұлы"}); err != nil {
			t.Fatal(err)
		}
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		c := register.Correction{Name: true, Ground: "Тегі дұрыс жазылмаған"}
		if _, err := w.register.PrepareCorrection(t.Context(), rinat, number, c); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("without evidence: %v", err)
		}
		c.Paper = "Жеке куәлік № 012345678"
		for _, other := range []mekenjai.Actor{w.officer("serik", mekenjai.Officer, "75"), w.as("bolat"), w.as("timur")} {
			if _, err := w.register.PrepareCorrection(t.Context(), other, number, c); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("corrected by %s: %v", other.IIN.Masked(), err)
			}
		}
		text, err := w.register.PrepareCorrection(t.Context(), rinat, number, c)
		if err := w.register.Correct(t.Context(), rinat, text.ID, w.by(rinat, text, err)); err != nil {
			t.Fatal(err)
		}
		p := w.page("timur", number)
		if p.Name.Surname != "Оспан" || p.Version != 2 || len(p.Versions) != 1 || p.Versions[0].Name.Surname != "Оспанов" {
			t.Errorf("after the correction: %+v, before: %+v", p.Registration, p.Versions)
		}
		if c := w.checked(code); !c.Replaced || c.IsValid() {
			t.Errorf("the old paper: %+v", c)
		}
		if c := w.checked(w.code("timur", number)); !c.IsValid() {
			t.Errorf("the new paper: %+v", c)
		}
		w.wasTold("timur", "corrected", 1)
		if _, err := w.register.PrepareCorrection(t.Context(), rinat, number, c); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("nothing is left to correct: %v", err)
		}
	})
}

func TestCorrectionOfThePeriodKeepsToTheLaw(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		from := w.entry("timur").Period.From
		for _, to := range []mekenjai.Date{from.AddDays(-1), from.AddMonths(13)} {
			c := register.Correction{To: to, Paper: "Өтініш", Ground: "Мерзімі"}
			if _, err := w.register.PrepareCorrection(t.Context(), rinat, number, c); !errors.As(err, new(mekenjai.FieldErrors)) {
				t.Errorf("until %s: %v", to, err)
			}
		}
		c := register.Correction{To: from.AddMonths(12), Paper: "Өтініш", Ground: "Мерзімі қате енгізілген"}
		text, err := w.register.PrepareCorrection(t.Context(), rinat, number, c)
		if err := w.register.Correct(t.Context(), rinat, text.ID, w.by(rinat, text, err)); err != nil {
			t.Fatal(err)
		}
		if got := w.entry("timur").Period.To; got != c.To {
			t.Errorf("until %s", got)
		}
	})
}
