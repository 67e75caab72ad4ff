package rules

import (
	"fmt"
	"maps"
	"slices"

	"mekenjai"
)

// Outcome is what a row of the table answers.
type Outcome string

// The outcomes. OK and WARN let the application pass; all others stop it.
const (
	OK      Outcome = "OK"      // passes; the code says what follows
	Ask     Outcome = "ASK"     // right-holders are asked, or their answer is awaited
	Cancel  Outcome = "CANCEL"  // ends without a decision on the merits
	Refuse  Outcome = "REFUSE"  // a reasoned act
	Route   Outcome = "ROUTE"   // another person, channel or service must be used
	Manual  Outcome = "MANUAL"  // an officer of the migration police decides
	Warn    Outcome = "WARN"    // passes, but somebody should know
	Pending Outcome = "PENDING" // a register has not answered
)

// precedence is the order in which the outcomes of several findings make one
// verdict: what is certain and cannot be cured in this application comes first
// (a refusal must not be kept back by a silent register, nor a person sent to an
// office or an officer only to be refused there); then an end that came about by
// itself; then another way to go; then an officer; then waiting for registers,
// and only when all of them have spoken are owners disturbed.
var precedence = []Outcome{Refuse, Cancel, Route, Manual, Pending, Ask, OK}

// Finding is what one row of the table found.
type Finding struct {
	Rule    string            `json:"rule"`
	Outcome Outcome           `json:"outcome"`
	Code    string            `json:"code"`
	Norm    string            `json:"norm"`
	Args    map[string]string `json:"args,omitempty"` // placeholders of the explanation; never somebody else's data
	// Party is whom it is about, for the register and for officers. It is not
	// for the applicant, who must not learn of owners he did not name.
	Party mekenjai.PartyID `json:"party,omitempty"`
	// Staff says that the applicant is not shown this finding at all.
	Staff bool `json:"staff,omitempty"`
	// Waived says that an officer overruled this MANUAL finding: it is still told,
	// but stops nothing.
	Waived bool `json:"waived,omitempty"`
}

// Waiver is the finding as an officer overrules it.
func (f Finding) Waiver() Waiver { return Waiver{Rule: f.Rule, Code: f.Code, Party: f.Party} }

// Key is the catalogue key of the explanation for people.
func (f Finding) Key() string { return "rules." + f.Rule + "." + f.Code }

// Pairs are the arguments of the explanation for package locale: names and
// values in turn, sorted by name. A date becomes an instant, so that it is
// written as the reader's language writes dates.
func (f Finding) Pairs() []any {
	var pairs []any
	for _, name := range slices.Sorted(maps.Keys(f.Args)) {
		value := any(f.Args[name])
		if d, err := mekenjai.ParseDate(f.Args[name]); err == nil {
			value = d.Start()
		}
		pairs = append(pairs, name, value)
	}
	return pairs
}

// Refusal is the finding as the domain carries it.
func (f Finding) Refusal() *mekenjai.Refusal {
	return &mekenjai.Refusal{Code: f.Code, Rule: f.Rule, Norm: f.Norm, Args: maps.Clone(f.Args)}
}

// Verdict is the answer of the whole table.
type Verdict struct {
	Outcome Outcome `json:"outcome"` // one of REFUSE, CANCEL, ROUTE, MANUAL, PENDING, ASK, OK
	Rule    string  `json:"rule"`    // of the leading finding
	Code    string  `json:"code"`    // of the leading finding
	// Findings are all of them, the leading one first: by precedence, then in
	// the order of the table. Warnings stand after OK's place.
	Findings []Finding `json:"findings"`
	// Ask are the right-holders to whom a request must go now; Awaiting those
	// who were asked and may still answer. Both are empty unless Outcome is ASK.
	Ask      []mekenjai.RightHolder `json:"ask,omitempty"`
	Awaiting []mekenjai.RightHolder `json:"awaiting,omitempty"`
	// Seats are the right-holders whose consent is needed beside the applicant's
	// signature, with where each stands. Empty when R30 refuses. It is for who must
	// bring them together, the operator of a counter, and no part of the answer.
	Seats []Seat `json:"-"`
	// Period of the entry if it is made on the day of evaluation; nil when the
	// months are wrong.
	Period *mekenjai.Period `json:"period,omitempty"`
	// Extends says that the entry continues the current one (R13, R22); it is
	// to be ended as EXTENDED on its last day, not today.
	Extends bool `json:"extends,omitempty"`
	// Closes says which current entry is to be ended as MOVED when the new one
	// is made (R14).
	Closes mekenjai.ARC `json:"closes,omitempty"`
	// Remedy stands beside a refusal (R57).
	Remedy *Remedy `json:"remedy,omitempty"`
}

// Remedy is how a refusal may be complained of.
type Remedy struct {
	Months int           `json:"months"`
	Until  mekenjai.Date `json:"until"` // last day, counted from the day of evaluation
}

// RemedyOn is how a refusal of a day may be complained of.
func RemedyOn(day mekenjai.Date, p Parameters) Remedy {
	return Remedy{Months: p.ComplaintMonths, Until: day.AddMonths(p.ComplaintMonths)}
}

// Finding is the remedy as row R57 tells it.
func (r Remedy) Finding() Finding {
	return Finding{Rule: "R57", Outcome: OK, Code: "REMEDY", Norm: remedyNorm,
		Args: map[string]string{"months": fmt.Sprint(r.Months), "until": r.Until.String()}}
}

// Passes says whether the entry may be made now.
func (v Verdict) Passes() bool { return v.Outcome == OK }

// Lead is the finding that decided. Every verdict has one.
func (v Verdict) Lead() Finding {
	if len(v.Findings) == 0 {
		return Finding{Outcome: v.Outcome}
	}
	return v.Findings[0]
}

// With are the findings of one outcome, in their order.
func (v Verdict) With(o Outcome) []Finding {
	var out []Finding
	for _, f := range v.Findings {
		if f.Outcome == o {
			out = append(out, f)
		}
	}
	return out
}

// Seat is one right-holder whose consent is needed.
type Seat struct {
	Holder    mekenjai.RightHolder
	Given     bool         // everything that is needed of him
	Ended     bool         // he declined, withdrew, disowned or let the hour pass
	Protected bool         // a minor or without full capacity: a representative speaks for him
	Needs     [][]Capacity // in which capacities an agreement is still needed, each a choice
}
