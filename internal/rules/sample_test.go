package rules

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai"
)

// All numbers are invented; iin and bin give them right check digits.

func iin(birth string, century, serial int) mekenjai.IIN {
	for ; ; serial++ {
		for k := range 10 {
			if n, err := mekenjai.ParseIIN(fmt.Sprintf("%s%d%04d%d", birth, century, serial, k)); err == nil {
				return n
			}
		}
	}
}

func bin(serial int) mekenjai.BIN {
	for ; ; serial++ {
		for k := range 10 {
			if n, err := mekenjai.ParseBIN(fmt.Sprintf("100340%05d%d", serial, k)); err == nil {
				return n
			}
		}
	}
}

var (
	aisha   = iin("900101", 4, 11) // registrant
	berik   = iin("750515", 3, 21) // owner
	camila  = iin("800707", 4, 31) // co-owner
	daniyar = iin("700303", 3, 41) // parent, guardian, attorney
	erlan   = iin("850909", 3, 51) // tenant, head
	firm    = bin(77)

	at  = clock("2026-11-23T10:00:00+05:00")
	arc = mekenjai.ARC("1202300000012345")
	old = mekenjai.ARC("1202300000099999")
)

func clock(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) mekenjai.Date {
	d, err := mekenjai.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func ago(d time.Duration) time.Time { return at.Add(-d) }

func answered() Reply {
	return Reply{Answered, ago(50 * time.Minute), ago(49 * time.Minute)}
}

func silent() Reply { return Reply{Status: Silent, AskedAt: ago(50 * time.Minute)} }

func notFound() Reply { r := answered(); r.Status = NotFound; return r }

func citizen(n mekenjai.IIN) Person {
	birth, _ := n.BirthDate()
	return Person{
		IIN: n, Reply: answered(), BirthDate: birth, LifeStatus: Alive, Citizenship: "398",
		Documents:        []Document{{Type: IDCard, Number: "012345678", Status: DocumentValid, Begin: day("2020-01-01"), End: day("2030-01-01")}},
		PermanentAddress: &PermanentAddress{ARC: "0202200000000001", Status: AddressRegistered, Begin: day("2010-01-01")},
	}
}

func party(n mekenjai.PartyID) Party {
	return Party{Party: n, Reply: answered(), OnPortal: true, HasEDS: true, InBMG: true}
}

func area(x float64) *float64 { return &x }

func eds(n mekenjai.IIN) Signature {
	return Signature{Method: ByEDS, Signer: n, Verdict: Valid, TextMatches: true}
}

// good is an application on the portal that waits for nothing but the consent of
// Berik, the sole owner, which nobody has asked for yet.
func good(change ...func(*Facts)) Facts {
	f := Facts{
		At: at, Channel: Portal,
		Application: Application{
			Registrant: aisha, FiledAt: ago(55 * time.Minute), Months: "6", ARC: arc, Arrival: day("2026-11-20"),
			Purpose: mekenjai.PurposeWork, DeclaredOwner: mekenjai.PartyID(berik), Signature: eds(aisha),
		},
		Persons: []Person{citizen(aisha), citizen(berik)},
		Address: &Address{Reply: answered(), Kind: mekenjai.KindRoom, Actual: true, KATO: "750000000"},
		Property: &Property{Reply: answered(), TitleRegistered: true, Purpose: Apartment, UsefulArea: area(60),
			Holders: []Holder{{Party: mekenjai.PartyID(berik), Name: "БЕРІК"}}},
		Parties:  []Party{party(mekenjai.PartyID(berik))},
		Register: &Register{Reply: answered()},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

// byOwner: Aisha owns the dwelling alone, nobody need be asked.
func byOwner(f *Facts) {
	f.Application.DeclaresOwnership, f.Application.DeclaredOwner = true, ""
	f.Property.Holders = []Holder{{Party: mekenjai.PartyID(aisha)}}
}

func withHolder(n mekenjai.PartyID) func(*Facts) {
	return func(f *Facts) {
		f.Property.Holders = append(f.Property.Holders, Holder{Party: n})
		if n.IsOrganisation() {
			f.Organisations = append(f.Organisations, Organisation{BIN: n.BIN(), Reply: answered(), State: Active, Head: erlan})
		} else {
			f.Persons = append(f.Persons, citizen(n.IIN()))
		}
		f.Parties = append(f.Parties, party(n))
	}
}

func agreed(n mekenjai.PartyID) Consent {
	s := eds(n.IIN())
	if n.IsOrganisation() {
		s = eds(erlan)
		s.BIN = n.BIN()
	}
	return Consent{Party: n, Answer: mekenjai.Agreed, AskedAt: ago(40 * time.Minute), AnsweredAt: ago(20 * time.Minute), Signature: &s}
}

func withConsent(k Consent) func(*Facts) {
	return func(f *Facts) { f.Consents = append(f.Consents, k) }
}

func berikAgrees(f *Facts) { withConsent(agreed(mekenjai.PartyID(berik)))(f) }

func filedAt(instant string) func(*Facts) {
	return func(f *Facts) {
		shift := clock(instant).Sub(f.At)
		f.At, f.Application.FiledAt = f.At.Add(shift), f.Application.FiledAt.Add(shift)
		move := func(r *Reply) { r.AskedAt, r.AnsweredAt = r.AskedAt.Add(shift), r.AnsweredAt.Add(shift) }
		for i := range f.Persons {
			move(&f.Persons[i].Reply)
		}
		for i := range f.Parties {
			move(&f.Parties[i].Reply)
		}
		move(&f.Address.Reply)
		move(&f.Property.Reply)
		move(&f.Register.Reply)
		if f.CivilRecords != nil {
			move(&f.CivilRecords.Reply)
			move(&f.Guardianship.Reply)
			move(&f.Education.Reply)
		}
		f.Application.Arrival = mekenjai.DateOf(f.Application.FiledAt)
	}
}

func inAstana(space float64, permanent, temporary int) func(*Facts) {
	return func(f *Facts) {
		f.Address.KATO = "710000000"
		f.Property.UsefulArea = area(space)
		f.Register.PermanentHere, f.Register.TemporaryHere = permanent, temporary
	}
}

func atWindow(present ...mekenjai.IIN) func(*Facts) {
	return func(f *Facts) {
		f.Channel = OfficeWindow
		f.Office = &Office{}
		for _, n := range present {
			f.Office.Present = append(f.Office.Present, Presence{n, true})
		}
	}
}

func filedBy(n mekenjai.IIN, role Role) func(*Facts) {
	return func(f *Facts) {
		f.Application.Filer = &Filer{IIN: n, Role: role}
		f.Application.Signature = eds(n)
		f.Persons = append(f.Persons, citizen(n))
	}
}

// born makes the registrant (or another) of another age by the register.
func born(n mekenjai.IIN, birth string) func(*Facts) {
	return func(f *Facts) {
		if p := f.person(n); p != nil {
			p.BirthDate = day(birth)
		}
	}
}

func kin(person mekenjai.IIN, is Kin, of mekenjai.IIN) func(*Facts) {
	return func(f *Facts) {
		if f.CivilRecords == nil {
			f.CivilRecords = &CivilRecords{Reply: answered()}
		}
		f.CivilRecords.Relations = append(f.CivilRecords.Relations, Relation{Person: person, Is: is, Of: of})
	}
}

func parameters(t testing.TB, change ...func(*Parameters)) Parameters {
	t.Helper()
	p, err := ParametersAt(mekenjai.DateOf(at))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

// seen are the answers that some test has met; TestMain holds the table to them.
var seen = map[string]bool{}

func evaluate(t testing.TB, f Facts, change ...func(*Parameters)) Verdict {
	t.Helper()
	v, err := Evaluate(f, parameters(t, change...))
	if err != nil {
		t.Fatalf("facts refused: %v", err.(FactErrors))
	}
	for _, x := range v.Findings {
		seen[x.Rule+" "+string(x.Outcome)+" "+x.Code] = true
	}
	return v
}

// finds holds that the verdict has the outcome, and that the row said the code.
func finds(t testing.TB, v Verdict, outcome Outcome, finding string) Finding {
	t.Helper()
	if v.Outcome != outcome {
		t.Errorf("verdict %s %s %s, want %s", v.Outcome, v.Rule, v.Code, outcome)
	}
	for _, f := range v.Findings {
		if f.Rule+" "+f.Code == finding {
			return f
		}
	}
	t.Errorf("no finding %s in %s", finding, codesOf(v))
	return Finding{}
}

func lacks(t testing.TB, v Verdict, finding string) {
	t.Helper()
	for _, f := range v.Findings {
		if f.Rule+" "+f.Code == finding || f.Rule == finding {
			t.Errorf("unexpected finding %s", finding)
		}
	}
}

func codesOf(v Verdict) string {
	var out []string
	for _, f := range v.Findings {
		out = append(out, fmt.Sprint(f.Outcome, " ", f.Rule, " ", f.Code))
	}
	return strings.Join(out, "; ")
}

func parties(list []mekenjai.RightHolder) []mekenjai.PartyID {
	var out []mekenjai.PartyID
	for _, h := range list {
		out = append(out, h.Party)
	}
	return out
}

// TestMain proves, after a whole run, that every answer of the table has been
// given in some test.
func TestMain(m *testing.M) {
	code := m.Run()
	whole := !slices.ContainsFunc(os.Args, func(a string) bool {
		return strings.HasPrefix(a, "-test.run=") || strings.HasPrefix(a, "-test.fuzz") || strings.HasPrefix(a, "-test.list") ||
			strings.HasPrefix(a, "-test.skip") || strings.HasPrefix(a, "-test.bench=")
	})
	if code == 0 && whole {
		missing := map[string]bool{}
		for _, r := range Table() {
			for _, a := range r.Answers {
				if key := r.ID + " " + string(a.Outcome) + " " + a.Code; !seen[key] {
					missing[key] = true
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(missing)) {
			fmt.Println("no test has met the answer", key)
			code = 1
		}
	}
	os.Exit(code)
}
