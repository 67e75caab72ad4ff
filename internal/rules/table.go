package rules

import (
	"slices"
	"sync"
)

// Source is where a fact comes from. As the code of an R56 finding it says which
// answer is awaited.
type Source string

// The registers, in the order in which they are worth asking, and what is known
// without asking anybody.
const (
	FromPersons       Source = "PERSONS"
	FromAddresses     Source = "ADDRESSES"
	FromProperty      Source = "PROPERTY"
	FromRegister      Source = "REGISTER"
	FromOrganisations Source = "ORGANISATIONS"
	FromParties       Source = "PARTIES"
	FromCivilRecords  Source = "CIVIL_RECORDS"
	FromGuardianship  Source = "GUARDIANSHIP"
	FromEducation     Source = "EDUCATION"
	FromNotaries      Source = "NOTARY"
	FromMigration     Source = "MIGRATION"
	FromOffences      Source = "OFFENCES"

	FromApplication Source = "APPLICATION"
	FromConsents    Source = "CONSENTS"
	FromOperator    Source = "OPERATOR"
	FromClock       Source = "CLOCK"
	FromFindings    Source = "FINDINGS" // of the rows before
)

// registers are the sources that can be silent.
var registers = []Source{FromPersons, FromAddresses, FromProperty, FromRegister, FromOrganisations, FromParties,
	FromCivilRecords, FromGuardianship, FromEducation, FromNotaries, FromMigration, FromOffences}

// Group is a section of the table.
type Group string

// The sections of the table.
const (
	GroupPerson   Group = "person"
	GroupPeriod   Group = "period"
	GroupObject   Group = "object"
	GroupConsent  Group = "consent"
	GroupNorm     Group = "norm"
	GroupChannel  Group = "channel"
	GroupDecision Group = "decision"
	GroupLife     Group = "life"   // of an entry that exists
	GroupPolice   Group = "police" // questions beside applications
)

// Answer is one thing that a row may say.
type Answer struct {
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code"`
}

// Rule is a row of the table.
type Rule struct {
	ID         string   `json:"id"`
	Group      Group    `json:"group"`
	Norm       string   `json:"norm"` // article, as the acts are cited in English; kk and ru stand in the catalogue
	Tag        string   `json:"tag"`  // V verified, V2 in a secondary source, I inferred
	Reads      []Source `json:"reads"`
	Parameters []string `json:"parameters,omitempty"`
	Answers    []Answer `json:"answers"`
	Events     []Event  `json:"events,omitempty"` // that rows on the life of an entry answer

	// private rows read what is known of right-holders and residents. They are
	// silent when rule R30 refuses: who names a wrong owner learns nothing.
	private bool
	judge   func(*hearing) // of an application
	live    func(*sitting) // of the life of an entry
}

// TitleKey and NormKey are catalogue keys; every answer has its own, see
// Finding.Key.
func (r Rule) TitleKey() string { return "rules." + r.ID + ".title" }

// NormKey is the catalogue key of the norm as kk and ru acts cite it.
func (r Rule) NormKey() string { return "rules." + r.ID + ".norm" }

// Table is the whole decision table in its order: R01–R58 judge an application
// (Evaluate), R59–R70 what happens afterwards (EvaluateLife).
var Table = sync.OnceValue(func() []Rule {
	return slices.Concat(personRules, filerRules, entryRules, periodRules, objectRules,
		consentRules, tenancyRules, normRules, channelRules, decisionRules, lifeRules, policeRules)
})

func reads(s ...Source) []Source { return s }

func params(names ...string) []string { return names }

// may lists answers: an outcome, then its codes, and so on.
func may(words ...any) []Answer {
	var out []Answer
	var outcome Outcome
	for _, w := range words {
		switch w := w.(type) {
		case Outcome:
			outcome = w
		case string:
			out = append(out, Answer{outcome, w})
		}
	}
	return out
}
