package rules

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
)

func text(t testing.TB, f Facts) string {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fails holds that the facts are refused at the path for the reason.
func fails(t *testing.T, err error, path, code string) {
	t.Helper()
	var list FactErrors
	if !errors.As(err, &list) {
		t.Fatalf("got %v, want %s at %s", err, code, path)
	}
	for _, e := range list {
		if e.Path == path && e.Code == code && e.Reason != "" {
			return
		}
	}
	t.Errorf("got %v, want %s at %s", list, code, path)
}

func TestFactsSurviveAFile(t *testing.T) {
	for name, f := range map[string]Facts{
		"portal": good(berikAgrees), "silent": good(func(f *Facts) { f.Property = &Property{Reply: silent()} }),
		"office": good(minor("2012-01-01")), "astana": good(inAstana(60, 4, 0), nobody, others(false)),
		"months": good(func(f *Facts) { f.Application.Months = "six and a half" }),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseFacts([]byte(text(t, f)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(evaluate(t, f), evaluate(t, got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFactsWithAnotherTextAreRefused(t *testing.T) {
	file := text(t, good(berikAgrees))
	for name, c := range map[string]struct{ old, new, path, code string }{
		"unknown field":       {`"channel":`, `"chanel":"portal","channel":`, "chanel", UnknownField},
		"another spelling":    {`"channel":`, `"Channel":`, "Channel", UnknownField},
		"unknown deep inside": {`"life_status":`, `"mood":"good","life_status":`, "persons[0].mood", UnknownField},
		"twice":               {`"channel":`, `"channel":"bank","channel":`, "channel", DuplicateField},
		"unknown code":        {`"portal"`, `"phone"`, "channel", UnknownCode},
		"null":                {`"months":6`, `"months":null`, "application.months", BadType},
		"missing":             {`"months":6,`, ``, "application.months", MissingFact},
		"empty months":        {`"months":6`, `"months":""`, "application.months", MissingFact},
		"months a list":       {`"months":6`, `"months":[6]`, "application.months", BadType},
		"no instant":          {`"at":"2026-11-23T10:00:00+05:00"`, `"at":"2026-11-23"`, "at", BadType},
		"no date":             {`"2026-11-20"`, `"2026-02-30"`, "application.arrival", BadType},
		"text for a number":   {`"permanent_here":0`, `"permanent_here":"0"`, "register.permanent_here", BadType},
		"half a person":       {`"permanent_here":0`, `"permanent_here":0.5`, "register.permanent_here", BadType},
		"text for truth":      {`"actual":true`, `"actual":"true"`, "address.actual", BadType},
		"left out truth":      {`"actual":true,`, ``, "address.actual", MissingFact},
		"title not told":      {`"title_registered":true,`, ``, "property.title_registered", MissingFact},
		"number for a text":   {`"398"`, `398`, "persons[0].citizenship", BadType},
		"object for a list":   {`"holders":[`, `"holders":{},"lease":[`, "property.holders", BadType},
		"list for an object":  {`"address":{`, `"address":[],"education":{`, "address", BadType},
		"cut off":             {`"consents":`, ``, "", BadSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(file, c.old) {
				t.Fatalf("the file has no %s", c.old)
			}
			_, err := ParseFacts([]byte(strings.Replace(file, c.old, c.new, 1)))
			fails(t, err, c.path, c.code)
		})
	}
	for _, bad := range []string{"", "{", "[]", "7", "{} {}", strings.Repeat("[", 100000)} {
		if _, err := ParseFacts([]byte(bad)); err == nil {
			t.Errorf("%.10q is accepted", bad)
		}
	}
}

func TestContradictoryFactsAreNeverAVerdict(t *testing.T) {
	consent := func(change func(*Consent)) func(*Facts) {
		return func(f *Facts) { berikAgrees(f); change(&f.Consents[0]) }
	}
	for name, c := range map[string]struct {
		change     func(*Facts)
		path, code string
	}{
		"answer before question":      {func(f *Facts) { f.Persons[0].AnsweredAt = ago(51 * time.Minute) }, "persons[0].answered_at", ContradictoryFact},
		"answer from the future":      {func(f *Facts) { f.Address.AnsweredAt = ago(-time.Minute) }, "address.answered_at", ContradictoryFact},
		"answered without a time":     {func(f *Facts) { f.Property.AnsweredAt = time.Time{} }, "property.answered_at", MissingFact},
		"a silent register speaks":    {func(f *Facts) { f.Property.Reply = silent() }, "property.holders", ContradictoryFact},
		"silent with a time":          {func(f *Facts) { f.Register.Status = Silent }, "register.answered_at", ContradictoryFact},
		"unknown person with data":    {func(f *Facts) { f.Persons[0].Status = NotFound }, "persons[0].birth_date", ContradictoryFact},
		"no status":                   {func(f *Facts) { f.Register.Status = "" }, "register.status", MissingFact},
		"registrant missing":          {func(f *Facts) { f.Persons = f.Persons[1:] }, "persons", MissingFact},
		"person twice":                {func(f *Facts) { f.Persons = append(f.Persons, citizen(berik)) }, "persons[2].iin", ContradictoryFact},
		"party twice":                 {func(f *Facts) { f.Parties = append(f.Parties, f.Parties[0]) }, "parties[1].party", ContradictoryFact},
		"holder without number":       {func(f *Facts) { f.Property.Holders[0].Party = "" }, "property.holders[0].party", MissingFact},
		"holder with a wrong number":  {func(f *Facts) { f.Property.Holders[0].Party = "123" }, "property.holders[0].party", WrongNumber},
		"tenant among owners":         {func(f *Facts) { f.Property.Holders[0].Right = mekenjai.RightTenant }, "property.holders[0].right", UnknownCode},
		"share above the whole":       {func(f *Facts) { f.Property.Holders[0].Share = mekenjai.Share{Numerator: 3, Denominator: 2} }, "property.holders[0].share", ContradictoryFact},
		"title without holder":        {func(f *Facts) { f.Property.Holders = nil }, "property.holders", ContradictoryFact},
		"holder without title":        {func(f *Facts) { f.Property.TitleRegistered = false }, "property.holders", ContradictoryFact},
		"purpose not told":            {func(f *Facts) { f.Property.Purpose = "" }, "property.purpose", MissingFact},
		"another dwelling":            {func(f *Facts) { f.Property.ARC = old }, "property.arc", ContradictoryFact},
		"negative area":               {func(f *Facts) { f.Property.UsefulArea = area(-1) }, "property.useful_area", ContradictoryFact},
		"alive with a day of death":   {func(f *Facts) { f.Persons[1].DeathDate = day("2026-01-01") }, "persons[1].death_date", ContradictoryFact},
		"born tomorrow":               {func(f *Facts) { f.Persons[1].BirthDate = day("2026-11-24") }, "persons[1].birth_date", ContradictoryFact},
		"no birth date":               {func(f *Facts) { f.Persons[0].BirthDate = mekenjai.Date{} }, "persons[0].birth_date", MissingFact},
		"months missing":              {func(f *Facts) { f.Application.Months = "" }, "application.months", MissingFact},
		"owner not named":             {func(f *Facts) { f.Application.DeclaredOwner = "" }, "application.declared_owner", MissingFact},
		"own and another's":           {func(f *Facts) { f.Application.DeclaresOwnership = true }, "application.declared_owner", ContradictoryFact},
		"arrived tomorrow":            {func(f *Facts) { f.Application.Arrival = day("2026-11-24") }, "application.arrival", ContradictoryFact},
		"filed tomorrow":              {func(f *Facts) { f.Application.FiledAt = ago(-time.Hour) }, "application.filed_at", ContradictoryFact},
		"files for himself as other":  {func(f *Facts) { f.Application.Filer = &Filer{IIN: aisha, Role: Parent} }, "application.filer.iin", ContradictoryFact},
		"written on the portal":       {func(f *Facts) { f.Application.Signature.Method = ByWriting }, "application.signature.method", ContradictoryFact},
		"window on the portal":        {func(f *Facts) { f.Office = &Office{} }, "office", ContradictoryFact},
		"window without operator":     {func(f *Facts) { f.Channel = OfficeWindow }, "office", MissingFact},
		"consent of a stranger":       {consent(func(k *Consent) { k.Party = camilaParty }), "consents[0].party", ContradictoryFact},
		"consent twice":               {func(f *Facts) { berikAgrees(f); berikAgrees(f) }, "consents[1].party", ContradictoryFact},
		"consent before it was asked": {consent(func(k *Consent) { k.AnsweredAt = ago(41 * time.Minute) }), "consents[0].answered_at", ContradictoryFact},
		"asked before filing":         {consent(func(k *Consent) { k.AskedAt = ago(time.Hour) }), "consents[0].asked_at", ContradictoryFact},
		"agreed without a time":       {consent(func(k *Consent) { k.AnsweredAt = time.Time{} }), "consents[0].answered_at", MissingFact},
		"answered while open":         {consent(func(k *Consent) { k.Answer = mekenjai.Asked }), "consents[0].answered_at", ContradictoryFact},
		"lapsed before the deadline":  {consent(func(k *Consent) { k.Answer, k.Deadline = mekenjai.Lapsed, at }), "consents[0].answer", ContradictoryFact},
		"both parent and child": {func(f *Facts) { kin(aisha, ParentOf, berik)(f); kin(aisha, Child, berik)(f) },
			"civil_records.relations[1].is", ContradictoryFact},
		"kin of himself":      {kin(aisha, Spouse, aisha), "civil_records.relations[0].of", ContradictoryFact},
		"entry ends first":    {entry(arc, "2026-12-10", "2026-06-10"), "register.current_entry.to", ContradictoryFact},
		"less than nobody":    {func(f *Facts) { f.Register.PermanentHere = -1 }, "register", ContradictoryFact},
		"strangers in nobody": {others(true), "register.non_exempt_here", ContradictoryFact},
		"private and state": {func(f *Facts) { stateHousing()(f); f.Property.Lease = &Lease{Tenant: erlan, From: day("2020-01-01")} },
			"property.lease", ContradictoryFact},
		"active and liquidated": {func(f *Facts) { byFirm(f); f.Organisations[0].Liquidated = day("2020-01-01") }, "organisations[0].liquidation_date", ContradictoryFact},
		"unknown word in code":  {func(f *Facts) { f.Property.Encumbrances = []Encumbrance{{Type: "curse"}} }, "property.encumbrances[0].type", UnknownCode},
	} {
		t.Run(name, func(t *testing.T) {
			f := good(c.change)
			fails(t, f.Check(), c.path, c.code)
			if v, err := Evaluate(f, parameters(t)); err == nil {
				t.Errorf("got the verdict %s", v.Outcome)
			}
		})
	}
}

func FuzzParseFacts(f *testing.F) {
	f.Add(text(f, good(berikAgrees)))
	f.Add(text(f, good(minor("2012-01-01"))))
	f.Add(text(f, good(inAstana(60, 4, 0), nobody)))
	f.Add(`{"at":1e999,"months":[[[[]]]]}`)
	f.Fuzz(func(t *testing.T, s string) {
		facts, err := ParseFacts([]byte(s))
		if err != nil {
			var list FactErrors
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("%T without reason", err)
			}
			return
		}
		p, err := ParametersAt(mekenjai.DateOf(facts.At))
		if err != nil {
			return
		}
		v, err := Evaluate(facts, p)
		if err != nil {
			t.Fatalf("parsed facts are refused: %v", err)
		}
		again, err := ParseFacts([]byte(text(t, facts)))
		if err != nil {
			t.Fatalf("written facts are refused: %v", err)
		}
		if w, _ := Evaluate(again, p); w.Outcome != v.Outcome {
			t.Fatalf("%s became %s", v.Outcome, w.Outcome)
		}
	})
}
