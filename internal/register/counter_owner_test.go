package register_test

import (
	"errors"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds/pki"
	"mekenjai/internal/register"
)

func TestWithoutTheOwnerNothingIsAccepted(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur").signs()
		findsAgainst(t, v.checklist(), "R53", "NOT_PRESENT")
		var not *register.NotReady
		if _, err := v.accept(); !errors.As(err, &not) || !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("accepted: %v", err)
		}
		if err := v.consent("bolat", "bolat", ""); err == nil {
			t.Error("who is not there consented")
		}
		v.in.Remote = []string{string(w.land.Party("bolat"))} // his presence is mandatory: nobody else is there
		if _, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in); err != nil {
			t.Fatal(err)
		}
		findsAgainst(t, v.checklist(), "R53", "NOT_PRESENT")
	})
}

func TestOnlyTheRightHolderOrWhoSpeaksForHimConsents(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat", "pavel").signs()
		for name, err := range map[string]error{
			"a stranger for the owner":         v.consent("bolat", "pavel", ""),
			"as attorney without a power":      v.consent("bolat", "pavel", mekenjai.AsAttorney),
			"as representative of a capable":   v.consent("bolat", "pavel", mekenjai.AsRepresentative),
			"a stranger for himself":           v.consent("pavel", "pavel", ""),
			"the owner in an unknown capacity": v.consent("bolat", "bolat", "witness"),
		} {
			var wrong mekenjai.FieldErrors
			if !errors.As(err, &wrong) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM intake_consent`); n != 0 {
			t.Errorf("%d consents", n)
		}
		in := register.ConsentInput{Party: string(w.land.Party("bolat")), HandSignature: register.HandSignature{Paper: v.paper(mekenjai.EvidencePaper, "a letter")}}
		var wrong mekenjai.FieldErrors
		if err := w.register.ConsentAtCounter(t.Context(), v.operator, v.id, in); !errors.As(err, &wrong) {
			t.Errorf("a paper of another kind is a consent: %v", err)
		}
		v.consents("bolat", "bolat", "")
		if !v.checklist().Ready {
			t.Error("the owner agreed, and it is not ready")
		}
	})
}

func TestTheOwnerSignsOnTheSpotWithHisOwnKey(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat")
		in, err := w.register.PrepareIntake(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		sign := func(cms []byte) error {
			return w.register.SignHere(t.Context(), v.operator, v.id, register.HandSignature{CMS: cms})
		}
		if err := sign(w.signOwn("bolat", in.Statement)); refusedFor(err) != "signer" {
			t.Errorf("the owner's key signs for the applicant: %v", err)
		}
		if err := sign(w.sign(v.operator, in.Statement)); refusedFor(err) != "signer" {
			t.Errorf("the operator's key signs for the applicant: %v", err)
		}
		if err := sign(w.signWith(w.key(w.person(w.land.IIN("timur")), pki.Revoked), in.Statement)); refusedFor(err) != "revoked" {
			t.Errorf("a revoked key: %v", err)
		}
		if err := sign(w.signOwn("timur", in.Statement)); err != nil {
			t.Fatal(err)
		}
		consent := func(cms []byte) error {
			return w.register.ConsentAtCounter(t.Context(), v.operator, v.id, register.ConsentInput{Party: string(w.land.Party("bolat")), HandSignature: register.HandSignature{CMS: cms}})
		}
		if err := consent(w.signOwn("timur", in.Statement)); refusedFor(err) != "signer" {
			t.Errorf("the applicant's key consents: %v", err)
		}
		if err := consent(w.signOwn("bolat", in.Statement)); err != nil {
			t.Fatal(err)
		}
		a := v.accepted()
		if a.Method != mekenjai.ByEDS {
			t.Errorf("signed by %s", a.Method)
		}
		w.await(a, mekenjai.Registered)
		for range 200 { // both signatures get their evidence
			if w.count(`SELECT count(*) FROM application WHERE id = $1 AND evidence IS NOT NULL`, a.ID)+
				w.count(`SELECT count(*) FROM consent WHERE application = $1 AND evidence IS NOT NULL`, a.ID) == 2 {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Error("no evidence was gathered")
	})
}

func TestACoOwnerAnswersFromHomeWhileOneIsPresent(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "pavel", "kostanay", 0, owner(w.land.Party("erlan")), func(in *mekenjai.IntakeInput) {
			in.Remote = []string{string(w.land.Party("meiram")), string(w.land.Party("zhanar"))}
		}).begin().identify("pavel", "erlan").signs().consents("erlan", "erlan", "")
		a := v.accepted()
		c := w.await(a, mekenjai.AwaitingConsent)
		if c.Agreed() != 1 || len(c.Consents) != 3 {
			t.Errorf("%d of %d agreed at the counter", c.Agreed(), len(c.Consents))
		}
		for party, request := range w.requests(a, []mekenjai.PartyID{w.land.Party("meiram"), w.land.Party("zhanar")}) {
			if q, err := w.register.Request(t.Context(), w.speaker(party, request), request); err != nil || !q.ByStaff || q.Place.RU == "" {
				t.Errorf("the co-owner is not told that staff filed it: %v", err)
			}
			if err := w.agree(party, request); err != nil {
				t.Fatal(err)
			}
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestEveryCoOwnerConsentsAtTheCounter(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "pavel", "kostanay", 0, owner(w.land.Party("erlan"))).begin().
			identify("pavel", "erlan", "zhanar", "meiram").signs().consents("erlan", "erlan", "").consents("zhanar", "zhanar", "")
		if list := v.checklist(); list.Ready {
			t.Error("a co-owner has not agreed, and it is ready")
		}
		w.await(v.consents("meiram", "meiram", "").accepted(), mekenjai.Registered)
	})
}

func TestForAMinorOwnerTheParentConsents(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "viktoria", "almaty", 5, owner(w.land.Party("alikhan"))).begin().identify("viktoria", "pavel").signs()
		findsAgainst(t, v.checklist(), "R53", "NOT_PRESENT")
		if err := v.consent("alikhan", "pavel", mekenjai.AsRepresentative); err == nil {
			t.Error("a stranger speaks for the child")
		}
		v.identify("daulet")
		w.await(v.consents("alikhan", "daulet", mekenjai.AsRepresentative).accepted(), mekenjai.Registered)
	})
}

func TestAnOwnerOfSixteenAgreesBesideHisParent(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "viktoria", "almaty", 7, owner(w.land.Party("aruzhan"))).begin().identify("viktoria", "aruzhan", "gaini").signs()
		if v.consents("aruzhan", "gaini", mekenjai.AsRepresentative).checklist().Ready {
			t.Error("the parent alone was enough")
		}
		a := v.consents("aruzhan", "aruzhan", "").accepted()
		if c := w.await(a, mekenjai.Registered); len(c.Consents) != 2 {
			t.Errorf("%d consents", len(c.Consents))
		}
	})
}

func TestAGuardianNeedsThePermissionOfTheGuardianshipBody(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "viktoria", "almaty", 31, owner(w.land.Party("raisa"))).begin().identify("viktoria", "tamara").signs()
		v.consents("raisa", "tamara", mekenjai.AsRepresentative)
		findsAgainst(t, v.checklist(), "R39", "NO_GUARDIANSHIP_PERMISSION")

		with := w.counter("nurgul", "viktoria", "almaty", 9, owner(w.land.Party("galina"))).begin().identify("viktoria", "nikolai").signs()
		w.await(with.consents("galina", "nikolai", mekenjai.AsRepresentative).accepted(), mekenjai.Registered)
	})
}

func TestTheOwnersAttorneyConsentsWithAPower(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		power := func(in *mekenjai.IntakeInput) {
			in.Powers = []mekenjai.PowerInput{{Principal: string(w.land.Party("zeynep")), Attorney: string(w.land.IIN("yerbol")), Number: w.land.PowerOf("zeynep", "yerbol")}, {}}
		}
		v := w.counter("nurgul", "viktoria", "shymkent", 3, owner(w.land.Party("zeynep")), power).begin().identify("viktoria", "yerbol").signs()
		w.await(v.consents("zeynep", "yerbol", mekenjai.AsAttorney).accepted(), mekenjai.Registered)
	})
}

func TestAConsentMayBeTakenBackBeforeTheAcceptance(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur", "bolat").signs().consents("bolat", "bolat", "")
		in, err := w.register.Intake(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.register.RevokeAtCounter(t.Context(), v.operator, v.id, in.Consents[0].ID); err != nil {
			t.Fatal(err)
		}
		if v.checklist().Ready {
			t.Error("ready without the consent")
		}
	})
}
