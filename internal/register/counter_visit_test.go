package register_test

import (
	"testing"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
)

// come brings somebody of the cast to the counter, with the document he has.
func (v *visit) comes(iin mekenjai.IIN) {
	v.t.Helper()
	p, ok := v.land.PaperOf(iin)
	if !ok {
		v.t.Fatalf("%s has no document", iin)
	}
	if _, err := v.register.Identify(v.t.Context(), v.operator, v.id, register.IdentityInput{IIN: string(iin), Document: string(p.Kind), Number: p.Number}); err != nil {
		v.t.Fatalf("identify %s: %v", iin, err)
	}
}

func TestEveryVisitOfTheDemoCountryEndsAsItSays(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		for _, x := range w.land.Visits() {
			w.attend(x)
		}
	})
}

// attend plays a visit to its end: against it stands its rule, or the entry is made.
func (w *world) attend(x country.Visit) {
	w.t.Helper()
	v := &visit{world: w, operator: w.clerk(x.Operator.Key), in: mekenjai.IntakeInput{Registrant: string(x.Registrant), FilerRole: string(x.Role),
		Filer: string(x.Filer), AuthNumber: x.Number, AuthSeen: true, ARC: string(x.ARC), IsOwner: "no", Owner: string(x.Owner), Months: "6", Purpose: "family",
		Arrival: mekenjai.DateOf(w.clock.Now()).String(), Language: "kk"}}
	for _, p := range x.Remote {
		v.in.Remote = append(v.in.Remote, string(p))
	}
	for _, p := range x.Powers {
		v.in.Powers = append(v.in.Powers, mekenjai.PowerInput{Principal: string(p.Principal), Attorney: string(p.Attorney), Number: p.Number})
	}
	if x.Returnee {
		v.in.Returnee = "mark"
	}
	in, err := w.register.BeginIntake(w.t.Context(), v.operator, "visit-"+x.ID, v.in)
	if err != nil {
		w.t.Errorf("%s: begin: %v", x.ID, err)
		return
	}
	v.id = in.ID
	for _, iin := range x.Come {
		v.comes(iin)
	}
	if len(x.Voices) > 0 {
		v.signs()
	}
	for _, voice := range x.Voices {
		err := w.register.ConsentAtCounter(w.t.Context(), v.operator, v.id, register.ConsentInput{Party: string(voice.Holder), Signer: string(voice.Signer),
			As: string(voice.As), HandSignature: register.HandSignature{Paper: v.paper(mekenjai.WrittenConsent, "by hand")}})
		if err != nil {
			w.t.Errorf("%s: consent of %s: %v", x.ID, voice.Holder, err)
		}
	}
	list := v.checklist()
	if x.Rule != "" {
		if !against(list, x.Rule, x.Code) || list.Ready {
			w.t.Errorf("%s: want %s %s, has %+v", x.ID, x.Rule, x.Code, list.Against)
		}
		if err := w.register.DropIntake(w.t.Context(), v.operator, v.id); err != nil {
			w.t.Errorf("%s: %v", x.ID, err)
		}
		return
	}
	a, err := v.accept()
	if err != nil {
		w.t.Errorf("%s: accept: %v, against %+v", x.ID, err, list.Against)
		return
	}
	if len(x.Remote) > 0 {
		w.await(a, mekenjai.AwaitingConsent)
		for party, request := range w.requests(a, x.Remote) {
			if err := w.agree(party, request); err != nil {
				w.t.Errorf("%s: %v", x.ID, err)
			}
		}
	}
	w.await(a, mekenjai.Registered)
}
