package mekenjai

import "fmt"

// Refusal is the reason the law gives against an application. Code is the
// ground in the decision table, Rule its row, Norm the article; Args are the
// facts for the explanation in the catalogue (key "rules.<Rule>.…").
type Refusal struct {
	Code string            `json:"code"`
	Rule string            `json:"rule"`
	Norm string            `json:"norm"`
	Args map[string]string `json:"args,omitempty"`
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused by %s: %s", r.Rule, r.Code) }

// Months in which a refusal may be complained of, to the body that decided
// (Administrative Procedural-Process Code, arts 91, 92).
const ComplaintMonths = 3
