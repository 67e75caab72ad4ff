package register_test

import (
	"testing"

	"mekenjai"
	"mekenjai/internal/register"
)

func TestAParentFilesForAChildOfFifteen(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		alone := w.counter("ainur", "arman", "almaty", 12, owner(w.land.Party("aigul"))).begin().identify("arman", "aigul")
		findsAgainst(t, alone.checklist(), "R07", "REPRESENTATIVE_FILES")

		v := w.counter("nurgul", "arman", "almaty", 12, owner(w.land.Party("aigul")), filedBy(w.land.IIN("bolat"), mekenjai.FiledByParent, "")).begin().
			identify("bolat", "aigul").signs().consents("aigul", "aigul", "")
		a := v.accepted()
		if a.Filer != w.land.IIN("bolat") || a.FilerRole != mekenjai.FiledByParent {
			t.Errorf("filed by %s as %s", a.Filer, a.FilerRole)
		}
		w.await(a, mekenjai.Registered)
		w.told(w.land.IIN("bolat"), "в ЦОНе")
	})
}

func TestAStrangerIsNoParent(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "arman", "almaty", 12, owner(w.land.Party("aigul")), filedBy(w.land.IIN("pavel"), mekenjai.FiledByParent, "")).begin().identify("pavel", "aigul")
		findsAgainst(t, v.checklist(), "R08", "NO_AUTHORITY")
	})
}

func TestUnderFourteenIsExplainedNotRegistered(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "alikhan", "almaty", 12, owner(w.land.Party("aigul")), filedBy(w.land.IIN("daulet"), mekenjai.FiledByParent, "")).begin().identify("daulet", "aigul")
		findsAgainst(t, v.checklist(), "R06", "NOT_SUBJECT_UNDER_14")
	})
}

func TestTheGuardianFilesForAnIncapableAdult(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		alone := w.counter("nurgul", "raisa", "almaty", 12, owner(w.land.Party("aigul"))).begin().identify("raisa", "aigul")
		findsAgainst(t, alone.checklist(), "R09", "GUARDIAN_FILES")
		other := w.counter("ainur", "raisa", "almaty", 12, owner(w.land.Party("aigul")), filedBy(w.land.IIN("pavel"), mekenjai.FiledByGuardian, "")).begin().identify("pavel", "aigul")
		findsAgainst(t, other.checklist(), "R08", "NO_AUTHORITY")

		// The form of the same operator is another one.
		v := w.counter("nurgul", "raisa", "shymkent", 7, owner(w.land.Party("bolat")), filedBy(w.land.IIN("tamara"), mekenjai.FiledByGuardian, "")).begin()
		a := v.identify("tamara", "bolat").signs().consents("bolat", "bolat", "").accepted()
		w.await(a, mekenjai.Registered)
	})
}

func TestTheTrusteeFilesForWhoseCapacityIsLimited(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "vadim", "shymkent", 7, owner(w.land.Party("bolat")), filedBy(w.land.IIN("larisa"), mekenjai.FiledByTrustee, "ҮЛГІ-231")).begin()
		a := v.identify("larisa", "bolat").signs().consents("bolat", "bolat", "").accepted()
		w.await(a, mekenjai.Registered)
	})
}

func TestAnAttorneyFilesWithAPowerInForceOnly(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		yerbol := w.land.IIN("yerbol")
		for _, principal := range []string{"rauan", "lyazzat", "nurlan"} { // cancelled, too narrow, run out
			v := w.counter("nurgul", principal, "shymkent", 7, owner(w.land.Party("bolat")), filedBy(yerbol, mekenjai.FiledByAttorney, w.land.PowerOf(principal, "yerbol"))).begin()
			v.identify("yerbol", "bolat")
			findsAgainst(t, v.checklist(), "R10", "POA_INVALID")
		}
		wrong := w.counter("ainur", "samal", "almaty", 12, owner(w.land.Party("aigul")), filedBy(yerbol, mekenjai.FiledByAttorney, "ҮЛГІ-1")).begin().identify("yerbol", "aigul")
		findsAgainst(t, wrong.checklist(), "R10", "POA_INVALID")

		v := w.counter("nurgul", "samal", "shymkent", 7, owner(w.land.Party("bolat")), filedBy(yerbol, mekenjai.FiledByAttorney, w.land.PowerOf("samal", "yerbol"))).begin()
		a := v.identify("yerbol", "bolat").signs().consents("bolat", "bolat", "").accepted()
		w.await(a, mekenjai.Registered)
	})
}

func TestWhileTheNotariesAreSilentThePowerNeitherPassesNorFails(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		w.land.Set("notaries", down)
		v := w.counter("nurgul", "samal", "shymkent", 7, owner(w.land.Party("bolat")), filedBy(w.land.IIN("yerbol"), mekenjai.FiledByAttorney, w.land.PowerOf("samal", "yerbol"))).begin()
		list := v.identify("yerbol", "bolat").checklist()
		if len(list.Against) > 0 || len(list.Silent) == 0 || list.Silent[0].Code != "NOTARY" {
			t.Errorf("against %+v, silent %+v", list.Against, list.Silent)
		}
		w.land.Heal()
		if list = v.checklist(); len(list.Silent) > 0 || len(list.Against) > 0 {
			t.Errorf("healed: against %+v, silent %+v", list.Against, list.Silent)
		}
	})
}

func TestAReturneeShowsTheMarkOrOneOfThreePapers(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "anna", "almaty", 12, owner(w.land.Party("aigul"))).begin().identify("anna", "aigul")
		findsAgainst(t, v.checklist(), "R16", "NO_CONSULAR_DEREG")
		fill := func(change func(*mekenjai.IntakeInput)) register.Checklist {
			t.Helper()
			v.in.Returnee, v.in.RetSeen, v.in.RetStates = "", false, false
			change(&v.in)
			if _, err := w.register.FillIntake(t.Context(), v.operator, v.id, v.in); err != nil {
				t.Fatal(err)
			}
			return v.checklist()
		}
		unseen := fill(func(in *mekenjai.IntakeInput) { in.Returnee = string(mekenjai.ForeignDeregistration) })
		findsAgainst(t, unseen, "R16", "NO_CONSULAR_DEREG")
		silent := fill(func(in *mekenjai.IntakeInput) { in.Returnee, in.RetSeen = string(mekenjai.MissionCertificate), true })
		findsAgainst(t, silent, "R16", "NO_CONSULAR_DEREG") // it does not state the citizenship
		for _, good := range []func(*mekenjai.IntakeInput){
			func(in *mekenjai.IntakeInput) { in.Returnee = "mark" },
			func(in *mekenjai.IntakeInput) {
				in.Returnee, in.RetSeen, in.RetStates = string(mekenjai.MissionCertificate), true, true
			},
			func(in *mekenjai.IntakeInput) { in.Returnee, in.RetSeen = string(mekenjai.StatelessnessExtract), true },
			func(in *mekenjai.IntakeInput) {
				in.Returnee, in.RetSeen = string(mekenjai.ForeignDeregistration), true
			},
		} {
			if list := fill(good); len(list.Against) > 0 {
				t.Errorf("%s: %+v", v.in.Returnee, list.Against)
			}
		}
		w.await(v.signs().consents("aigul", "aigul", "").accepted(), mekenjai.Registered)
	})
}

func TestAForeignerWhoResidesPermanentlyIsServedAtTheCounter(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "david", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("david", "bolat")
		w.await(v.signs().consents("bolat", "bolat", "").accepted(), mekenjai.Registered)
	})
}
