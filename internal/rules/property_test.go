package rules

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mekenjai"
)

// anyFacts draws applications of every kind, each usable.
func anyFacts(t *rapid.T) Facts {
	changes := []func(*Facts){
		byFirm, leased, berikAgrees, nobody, at15, guardian, minor("2012-05-05"), minor("2016-05-05"),
		filedBy(daniyar, Parent), filedBy(daniyar, AttorneyAtWork), filedBy(daniyar, Guardian), deed(),
		kin(daniyar, ParentOf, aisha), kin(aisha, Sibling, berik), foreigner(true), foreigner(false),
		inAstana(60, 4, 0), inAstana(60, 1, 1), inAstana(15, 1, 0), others(true), others(false),
		entry(arc, "2026-06-10", "2026-12-10"), entry(old, "2026-06-10", "2026-12-10"),
		encumbered(Encumbrance{Type: Pledge}), encumbered(Encumbrance{Type: BanOnUse}),
		withHolder(camilaParty), withHolder(firmParty), withConsent(agreed(camilaParty)), withConsent(agreed(firmParty)),
		stateHousing(aisha), stateHousing(), atWindow(aisha, berik), atWindow(aisha, daniyar),
		func(f *Facts) { f.Channel = Bank },
		func(f *Facts) { f.Application.Months = "13" },
		func(f *Facts) { f.Persons[0].LifeStatus = Dead },
		func(f *Facts) { f.Property.UsefulArea = nil },
		func(f *Facts) { f.Register.ParentMovedIn = true },
		func(f *Facts) { f.Application.DeclaredOwner = camilaParty },
		func(f *Facts) { f.Property.Disagreements = []Disagreement{DiffersArea} },
		func(f *Facts) {
			f.Education = &Education{Reply: answered(), FullTime: true, KATO: "710000000"}
		},
	}
	f := good()
	if rapid.Bool().Draw(t, "owns") {
		byOwner(&f)
	}
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(changes)-1), 0, 6).Draw(t, "changes") {
		next := clone(f)
		changes[i](&next)
		if next.Check() == nil {
			f = next
		}
	}
	return f
}

// clone copies what the changes touch.
func clone(f Facts) Facts {
	f.Persons, f.Parties, f.Consents = slices.Clone(f.Persons), slices.Clone(f.Parties), slices.Clone(f.Consents)
	f.Organisations, f.Attorneys = slices.Clone(f.Organisations), slices.Clone(f.Attorneys)
	copyOf(&f.Address)
	copyOf(&f.Register)
	copyOf(&f.CivilRecords)
	copyOf(&f.Guardianship)
	copyOf(&f.Property)
	copyOf(&f.Office)
	if f.Property != nil {
		f.Property.Holders, f.Property.Encumbrances = slices.Clone(f.Property.Holders), slices.Clone(f.Property.Encumbrances)
	}
	return f
}

func copyOf[T any](p **T) {
	if *p != nil {
		x := **p
		*p = &x
	}
}

func judged(t *rapid.T, f Facts) (Verdict, bool) {
	p, err := ParametersAt(mekenjai.DateOf(at))
	if err != nil {
		t.Fatal(err)
	}
	v, err := Evaluate(f, p)
	return v, err == nil
}

// silences are the ways in which a register can fail to have answered.
func silences(f Facts) []func(*Facts) {
	var out []func(*Facts)
	quiet := func(set func(*Facts, Reply), drop func(*Facts)) {
		out = append(out, func(f *Facts) { set(f, silent()) }, drop)
	}
	for i := range f.Persons {
		out = append(out, func(f *Facts) { f.Persons[i] = Person{IIN: f.Persons[i].IIN, Reply: silent()} })
		if i > 0 {
			out = append(out, func(f *Facts) { f.Persons = slices.Delete(f.Persons, i, i+1) })
		}
	}
	for i := range f.Parties {
		quiet(func(f *Facts, r Reply) { f.Parties[i] = Party{Party: f.Parties[i].Party, Reply: r} },
			func(f *Facts) { f.Parties = slices.Delete(f.Parties, i, i+1) })
	}
	for i := range f.Organisations {
		quiet(func(f *Facts, r Reply) { f.Organisations[i] = Organisation{BIN: f.Organisations[i].BIN, Reply: r} },
			func(f *Facts) { f.Organisations = slices.Delete(f.Organisations, i, i+1) })
	}
	for i := range f.Attorneys {
		quiet(func(f *Facts, r Reply) {
			f.Attorneys[i] = Attorney{Principal: f.Attorneys[i].Principal, Attorney: f.Attorneys[i].Attorney, Reply: r}
		}, func(f *Facts) { f.Attorneys = slices.Delete(f.Attorneys, i, i+1) })
	}
	quiet(func(f *Facts, r Reply) { f.Address = &Address{Reply: r} }, func(f *Facts) { f.Address = nil })
	quiet(func(f *Facts, r Reply) { f.Property = &Property{Reply: r} }, func(f *Facts) { f.Property = nil })
	quiet(func(f *Facts, r Reply) { f.Register = &Register{Reply: r} }, func(f *Facts) { f.Register = nil })
	quiet(func(f *Facts, r Reply) { f.CivilRecords = &CivilRecords{Reply: r} }, func(f *Facts) { f.CivilRecords = nil })
	quiet(func(f *Facts, r Reply) { f.Guardianship = &Guardianship{Reply: r} }, func(f *Facts) { f.Guardianship = nil })
	quiet(func(f *Facts, r Reply) { f.Education = &Education{Reply: r} }, func(f *Facts) { f.Education = nil })
	return append(out, func(f *Facts) { f.Persons = nil })
}

func TestSilenceNeverTurnsIntoAPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		before, _ := judged(t, f)
		list := silences(f)
		less := clone(f)
		list[rapid.IntRange(0, len(list)-1).Draw(t, "silence")](&less)
		after, ok := judged(t, less)
		if ok && after.Passes() && !before.Passes() {
			t.Fatalf("%s became a pass", codesOf(before))
		}
		// Nor does silence make a refusal that was none.
		if ok && after.Outcome == Refuse && before.Outcome != Refuse {
			t.Fatalf("%s became %s", codesOf(before), codesOf(after))
		}
	})
}

func TestTheOrderOfListsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		g := clone(f)
		g.Persons = rapid.Permutation(f.Persons).Draw(t, "persons")
		g.Parties = rapid.Permutation(f.Parties).Draw(t, "parties")
		g.Consents = rapid.Permutation(f.Consents).Draw(t, "consents")
		g.Organisations = rapid.Permutation(f.Organisations).Draw(t, "organisations")
		g.Property.Holders = rapid.Permutation(f.Property.Holders).Draw(t, "holders")
		g.Property.Encumbrances = rapid.Permutation(f.Property.Encumbrances).Draw(t, "encumbrances")
		v, _ := judged(t, f)
		w, ok := judged(t, g)
		if diff := cmp.Diff(v, w); !ok || diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheSameFactsGiveTheSameVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		v, _ := judged(t, f)
		for range 3 {
			if w, _ := judged(t, f); !cmp.Equal(v, w) {
				t.Fatal(cmp.Diff(v, w))
			}
		}
	})
}

func TestEveryVerdictIsConsistent(t *testing.T) {
	texts := catalogue(t, "ru")
	rapid.Check(t, func(t *rapid.T) {
		v, _ := judged(t, anyFacts(t))
		if v.Lead().Outcome != v.Outcome {
			t.Fatalf("%s is led by %s", v.Outcome, codesOf(v))
		}
		if v.Passes() && (v.Period == nil || v.Rule != "R55") {
			t.Fatalf("passes without a period or reason: %s", codesOf(v))
		}
		if v.Outcome == Ask && len(v.Ask)+len(v.Awaiting) == 0 {
			t.Fatalf("asks nobody: %s", codesOf(v))
		}
		if v.Outcome != Ask && len(v.Ask)+len(v.Awaiting) > 0 {
			t.Fatalf("%s asks owners", v.Outcome)
		}
		if (v.Remedy != nil) != (v.Outcome == Refuse) {
			t.Fatalf("%s with remedy %v", v.Outcome, v.Remedy)
		}
		for _, f := range v.Findings {
			for _, m := range placeholder.FindAllStringSubmatch(texts[f.Key()], -1) {
				if _, ok := f.Args[m[1]]; !ok {
					t.Fatalf("%s has no argument {%s}", f.Key(), m[1])
				}
			}
			for _, value := range f.Args {
				if len(value) == 12 && mekenjai.PartyID(value).Masked() != value {
					if _, err := mekenjai.ParsePartyID(value); err == nil {
						t.Fatalf("%s tells somebody's number", f.Key())
					}
				}
			}
		}
	})
}

func TestAMissingConsentNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		v, _ := judged(t, f)
		if !v.Passes() || len(f.Consents) == 0 {
			return
		}
		p, _ := ParametersAt(mekenjai.DateOf(at))
		h := open(f, p)
		if len(h.seats) == 0 {
			return
		}
		less := clone(f)
		gone := h.seats[rapid.IntRange(0, len(h.seats)-1).Draw(t, "seat")].holder.Party
		less.Consents = slices.DeleteFunc(less.Consents, func(k Consent) bool { return k.Party == gone })
		if w, ok := judged(t, less); ok && w.Passes() {
			t.Fatalf("passes without the consent of %s", gone)
		}
	})
}
