package register_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
)

// visit is one person's visit to a counter.
type visit struct {
	*world
	operator mekenjai.Actor
	in       mekenjai.IntakeInput
	id       string
}

// atTheCounter runs the test on both engines on a day when the online-only pilot
// is over.
func atTheCounter(t *testing.T, test func(t *testing.T, w *world)) {
	each(t, func(t *testing.T, w *world) {
		w.clock.Advance(130 * 24 * time.Hour)
		test(t, w)
	})
}

// counter is a visit to the operator's window: of the person, for the dwelling.
func (w *world) counter(operator, person, house string, room int, change ...func(*mekenjai.IntakeInput)) *visit {
	w.t.Helper()
	v := &visit{world: w, operator: w.clerk(operator), in: mekenjai.IntakeInput{Registrant: string(w.land.IIN(person)),
		ARC: string(w.land.Dwelling(house, room)), IsOwner: "no", Months: "6", Purpose: "work",
		Arrival: mekenjai.DateOf(w.clock.Now()).AddDays(-2).String(), Language: "ru"}}
	v.operator.Name = mekenjai.Name{Surname: "ОПЕРАТОР", Given: operator}
	for _, c := range change {
		c(&v.in)
	}
	return v
}

func owner(p mekenjai.PartyID) func(*mekenjai.IntakeInput) {
	return func(in *mekenjai.IntakeInput) { in.Owner = string(p) }
}

func byOwner(in *mekenjai.IntakeInput) { in.IsOwner = "yes" }

func filedBy(iin mekenjai.IIN, role mekenjai.FilerRole, number string) func(*mekenjai.IntakeInput) {
	return func(in *mekenjai.IntakeInput) {
		in.Filer, in.FilerRole, in.AuthNumber, in.AuthSeen = string(iin), string(role), number, true
	}
}

func (v *visit) begin() *visit {
	v.t.Helper()
	in, err := v.register.BeginIntake(v.t.Context(), v.operator, "form-"+v.in.Registrant+v.in.ARC, v.in)
	if err != nil {
		v.t.Fatalf("begin: %v", err)
	}
	v.id = in.ID
	return v
}

// document is a valid document of the person as an operator reads it.
func (w *world) document(key string) register.IdentityInput {
	w.t.Helper()
	p, err := w.land.Peers().Person(w.t.Context(), w.land.IIN(key))
	if err != nil {
		w.t.Fatal(err)
	}
	d := p.Value.Documents[0]
	kinds := map[string]mekenjai.DocumentKind{"002": mekenjai.DocIDCard, "001": mekenjai.DocPassport}
	kind, ok := kinds[d.Type.Code]
	if !ok {
		kind = mekenjai.DocResidencePermit
	}
	n := []rune(d.Number)
	return register.IdentityInput{IIN: string(w.land.IIN(key)), Document: string(kind), Number: string(n[len(n)-4:])}
}

func (v *visit) identify(keys ...string) *visit {
	v.t.Helper()
	for _, key := range keys {
		if _, err := v.register.Identify(v.t.Context(), v.operator, v.id, v.document(key)); err != nil {
			v.t.Fatalf("identify %s: %v", key, err)
		}
	}
	return v
}

// paper keeps a scan of what somebody signed.
func (v *visit) paper(kind mekenjai.PaperKind, content string) string {
	v.t.Helper()
	p, err := v.register.ShowPaper(v.t.Context(), v.operator, v.id, kind, "", true, scan(content))
	if err != nil {
		v.t.Fatalf("paper %s: %v", kind, err)
	}
	return p.ID
}

// prepare freezes the statement; the applicant signs it by hand.
func (v *visit) signs() *visit {
	v.t.Helper()
	if _, err := v.register.PrepareIntake(v.t.Context(), v.operator, v.id); err != nil {
		v.t.Fatalf("prepare: %v", err)
	}
	paper := v.paper(mekenjai.SignedApplication, "signed by hand")
	if err := v.register.SignHere(v.t.Context(), v.operator, v.id, register.HandSignature{Paper: paper}); err != nil {
		v.t.Fatalf("sign: %v", err)
	}
	return v
}

// consent is the right-holder's consent by hand, of the signer in a capacity.
func (v *visit) consent(party, signer string, as mekenjai.Capacity) error {
	v.t.Helper()
	return v.register.ConsentAtCounter(v.t.Context(), v.operator, v.id, register.ConsentInput{Party: string(v.land.Party(party)),
		Signer: string(v.land.IIN(signer)), As: string(as), HandSignature: register.HandSignature{Paper: v.paper(mekenjai.WrittenConsent, "consent of "+party+" by "+signer)}})
}

func (v *visit) consents(party, signer string, as mekenjai.Capacity) *visit {
	v.t.Helper()
	if err := v.consent(party, signer, as); err != nil {
		v.t.Fatalf("consent of %s: %v", party, err)
	}
	return v
}

func (v *visit) checklist() register.Checklist {
	v.t.Helper()
	list, err := v.register.Checklist(v.t.Context(), v.operator, v.id, false)
	if err != nil {
		v.t.Fatalf("checklist: %v", err)
	}
	return list
}

// accept lets the operator sign and makes the application.
func (v *visit) accept() (mekenjai.Application, error) {
	v.t.Helper()
	text, err := v.register.PrepareAcceptance(v.t.Context(), v.operator, v.id)
	if err != nil {
		return mekenjai.Application{}, err
	}
	return v.register.AcceptIntake(v.t.Context(), v.operator, text.ID, register.Signature{CMS: v.sign(v.operator, text.Text)})
}

func (v *visit) accepted() mekenjai.Application {
	v.t.Helper()
	a, err := v.accept()
	if err != nil {
		var not *register.NotReady
		if errors.As(err, &not) {
			v.t.Fatalf("not ready: missing %v, against %+v, people %+v, to do %+v, silent %+v", not.Missing, not.Against, not.People, not.ToDo, not.Silent)
		}
		v.t.Fatalf("accept: %v", err)
	}
	return a
}

// against says whether the checklist has the finding against the intake.
func against(list register.Checklist, rule, code string) bool {
	return slices.ContainsFunc(list.Against, func(f rules.Finding) bool { return f.Rule == rule && f.Code == code })
}

func findsAgainst(t *testing.T, list register.Checklist, rule, code string) {
	t.Helper()
	if !against(list, rule, code) || list.Ready {
		t.Errorf("want %s %s against it, has %+v; ready %v", rule, code, list.Against, list.Ready)
	}
}

func (w *world) signOwn(key string, text []byte) []byte {
	return w.signWith(w.key(w.person(w.land.IIN(key)), pki.Valid), text)
}

var down = country.Fault{Kind: country.Down}
