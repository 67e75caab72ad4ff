package register_test

import (
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds/pki"
	"mekenjai/internal/register"
)

// asked files the story and waits until its right-holders were asked.
func (w *world) asked(story string) (mekenjai.Application, map[mekenjai.PartyID]string) {
	w.t.Helper()
	s := w.land.Story(story)
	a := w.file(s)
	w.await(a, mekenjai.AwaitingConsent)
	return a, w.requests(a, s.Asked)
}

func TestConsentLapsesAfterAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		w.clock.Advance(time.Hour)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.count(`SELECT count(*) FROM consent WHERE answer = 'lapsed'`) != 0 {
			t.Fatal("a consent lapsed at the very deadline: the last instant still counts")
		}
		w.clock.Advance(time.Second)
		if err := w.agree(bolat, requests[bolat]); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("agreed after the deadline: %v", err)
		}
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Cancelled)
		if c.Reason != string(mekenjai.ConsentTimeout) {
			t.Errorf("cancelled by %s", c.Reason)
		}
		w.told(a.Person, a.Number)
		w.told(w.land.IIN("bolat"), "истёк")
		if again := w.file(w.land.Story("non_owner")); again.ID == a.ID {
			t.Error("filing again gave the old application")
		}
	})
}

func TestAnAnsweredDeadlineIsSweptOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.asked("non_owner")
		w.clock.Advance(2 * time.Hour)
		for range 3 {
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.count(`SELECT count(*) FROM application_step WHERE application = $1`, a.ID); n != 3 {
			t.Errorf("%d steps, want checking, awaiting, cancelled", n)
		}
	})
}

func TestOnlyTheRightHoldersOwnKeyOverTheFrozenTextAgrees(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat, request := w.land.Party("bolat"), requests[w.land.Party("bolat")]
		actor := w.speaker(bolat, request)
		q, err := w.register.Request(t.Context(), actor, request)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			cms  []byte
			code string
		}{
			"another person":         {w.sign(w.person(w.land.IIN("aigul")), q.Statement), "signer"},
			"the applicant":          {w.sign(w.person(a.Person), q.Statement), "signer"},
			"another text":           {w.sign(actor, append([]byte(nil), q.Statement[1:]...)), "digest"},
			"an expired key":         {w.signWith(w.key(actor, pki.Expired), q.Statement), "expired"},
			"a key not yet valid":    {w.signWith(w.key(actor, pki.NotYetValid), q.Statement), "not_yet_valid"},
			"a revoked key":          {w.signWith(w.key(actor, pki.Revoked), q.Statement), "revoked"},
			"a key for login only":   {w.signWith(w.key(actor, pki.LoginOnly), q.Statement), "usage"},
			"an untrusted authority": {w.signWith(w.key(actor, pki.WrongAuthority), q.Statement), "untrusted"},
			"no signature":           {nil, ""},
			"something else":         {[]byte("MIIBbm90IGEgc2lnbmF0dXJl"), ""},
		} {
			err := w.register.Agree(t.Context(), actor, request, c.cms)
			if refusedFor(err) == "" {
				t.Errorf("%s: agreed: %v", name, err)
			} else if c.code != "" && refusedFor(err) != c.code {
				t.Errorf("%s: refused for %q, want %q", name, refusedFor(err), c.code)
			}
		}
		if c := w.await(a, mekenjai.AwaitingConsent); c.Agreed() != 0 {
			t.Error("a refused signature counted")
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'consent.agree' AND subject = $1 AND outcome LIKE 'signature:%'`, request); n != 10 {
			t.Errorf("%d refused attempts are audited, want 10", n)
		}
	})
}

func TestARequestExistsForItsRightHolderAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("co_owner")
		zhanar, meiram := w.land.Party("zhanar"), w.land.Party("meiram")
		for name, actor := range map[string]mekenjai.Actor{
			"the applicant":    w.speaker(mekenjai.PartyID(a.Person), requests[zhanar]),
			"another co-owner": w.speaker(meiram, requests[zhanar]),
			"a stranger":       w.speaker(w.land.Party("aigul"), requests[zhanar]),
		} {
			if _, err := w.register.Request(t.Context(), actor, requests[zhanar]); !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%s sees the request: %v", name, err)
			}
			if err := w.register.Decline(t.Context(), actor, requests[zhanar], "жоқ"); !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%s declines: %v", name, err)
			}
		}
		stale := w.speaker(zhanar, "")
		if _, err := w.register.Request(t.Context(), stale, requests[zhanar]); !errors.Is(err, mekenjai.ErrSignIn) {
			t.Errorf("an old session opens the request: %v", err)
		}
		late := w.speaker(zhanar, requests[zhanar])
		w.clock.Advance(20 * time.Minute)
		if err := w.register.Disown(t.Context(), late, requests[zhanar]); !errors.Is(err, mekenjai.ErrSignIn) {
			t.Errorf("a proof of twenty minutes ago answers: %v", err)
		}
	})
}

func TestTheApplicantSeesRolesNotOwners(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("three_owners")
		a := w.file(s)
		c := w.await(a, mekenjai.AwaitingConsent)
		declared := 0
		for _, x := range c.Consents {
			if x.Declared {
				declared++
			}
		}
		if len(c.Consents) != 3 || declared != 1 {
			t.Errorf("%d right-holders of whom %d declared", len(c.Consents), declared)
		}
		for _, f := range c.Findings {
			if f.Party != "" && !f.Staff {
				t.Logf("finding %s names a party: pages must not show it", f.Rule)
			}
		}
	})
}

func TestIAmNotTheOwnerGoesToAnOfficer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		if err := w.register.Disown(t.Context(), w.speaker(bolat, requests[bolat]), requests[bolat]); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Referred)
		if c.Reason != "NOT_MINE" {
			t.Errorf("referred for %s", c.Reason)
		}
	})
}

func TestAConsentIsTakenBackUntilTheDecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("co_owner")
		zhanar := w.land.Party("zhanar")
		if err := w.agree(zhanar, requests[zhanar]); err != nil {
			t.Fatal(err)
		}
		if err := w.register.TakeBack(t.Context(), w.speaker(zhanar, requests[zhanar]), requests[zhanar]); err != nil {
			t.Fatal(err)
		}
		if c := w.await(a, mekenjai.Cancelled); c.Reason != string(mekenjai.ConsentWithdrawn) {
			t.Errorf("cancelled by %s", c.Reason)
		}
		if err := w.register.TakeBack(t.Context(), w.speaker(zhanar, requests[zhanar]), requests[zhanar]); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("taken back twice: %v", err)
		}
	})
}

func TestADeclineNeedsAReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		var wrong mekenjai.FieldErrors
		if err := w.register.Decline(t.Context(), w.speaker(bolat, requests[bolat]), requests[bolat], "  "); !errors.As(err, &wrong) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNewRightHoldersAreAskedAnewAndOldConsentsAreVoid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat, aigul := w.land.Party("bolat"), w.land.Party("aigul")
		if err := w.land.Transfer(a.Dwelling.ARC, bolat, aigul); err != nil {
			t.Fatal(err)
		}
		if err := w.agree(bolat, requests[bolat]); err != nil {
			t.Fatal(err)
		}
		c := w.await(a, mekenjai.Refused, mekenjai.AwaitingConsent)
		for c.State == mekenjai.AwaitingConsent && c.Round == 1 {
			time.Sleep(20 * time.Millisecond)
			c = w.await(a, mekenjai.Refused, mekenjai.AwaitingConsent, mekenjai.Deciding)
		}
		// The declared owner is no right-holder any more (R30): a certain refusal.
		if c.State != mekenjai.Refused || c.Reason != "NOT_OWNER" {
			t.Errorf("%s %s", c.State, c.Reason)
		}
		if n := w.count(`SELECT count(*) FROM registration WHERE application = $1`, a.ID); n != 0 {
			t.Error("an entry was made on the consent of who sold the flat")
		}
	})
}

func TestACoOwnerWhoSoldTheShareIsReplacedByTheBuyer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("co_owner")
		zhanar, meiram, aigul := w.land.Party("zhanar"), w.land.Party("meiram"), w.land.Party("aigul")
		if err := w.agree(zhanar, requests[zhanar]); err != nil {
			t.Fatal(err)
		}
		if err := w.land.Transfer(a.Dwelling.ARC, meiram, aigul); err != nil {
			t.Fatal(err)
		}
		if err := w.agree(meiram, requests[meiram]); err != nil {
			t.Fatal(err)
		}
		var second map[mekenjai.PartyID]string
		for range 200 {
			if c, _ := w.register.Case(t.Context(), w.person(a.Person), a.ID); c.Round == 2 {
				second = w.requests(a, []mekenjai.PartyID{zhanar, aigul})
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if second == nil {
			t.Fatal("nobody was asked anew")
		}
		if err := w.agree(zhanar, requests[zhanar]); err == nil {
			t.Error("the void request was answered")
		}
		for _, party := range []mekenjai.PartyID{zhanar, aigul} {
			if err := w.agree(party, second[party]); err != nil {
				t.Fatal(err)
			}
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestTheClickAfterTheFirstChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("co_owner")
		zhanar := w.land.Party("zhanar")
		for range 3 {
			if err := w.agree(zhanar, requests[zhanar]); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'consent.agreed' AND subject = $1`, requests[zhanar]); n != 1 {
			t.Errorf("%d consents are audited", n)
		}
		if c := w.await(a, mekenjai.AwaitingConsent); c.Agreed() != 1 {
			t.Errorf("%d agreed", c.Agreed())
		}
	})
}

func TestAnApplicantWithdrawsUntilTheDecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.asked("non_owner")
		if err := w.register.Withdraw(t.Context(), w.person(w.land.IIN("bolat")), a.ID); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("another person withdraws: %v", err)
		}
		for range 2 {
			if err := w.register.Withdraw(t.Context(), w.person(a.Person), a.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.told(w.land.IIN("bolat"), "ответ не нужен")
		var busy *register.InProgress
		done := w.file(w.land.Story("sole_owner"))
		w.await(done, mekenjai.Registered)
		if err := w.register.Withdraw(t.Context(), w.person(done.Person), done.ID); !errors.Is(err, mekenjai.ErrConflict) || errors.As(err, &busy) {
			t.Errorf("withdrawn after the entry: %v", err)
		}
	})
}
