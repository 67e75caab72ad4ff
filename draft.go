package mekenjai

import "strings"

// Draft is what a person has filled in so far. Every field may still be empty.
type Draft struct {
	Registrant string  `json:"registrant,omitempty"` // "self": the only one that the portal serves
	Months     Months  `json:"months,omitempty"`
	IsOwner    *bool   `json:"is_owner,omitempty"` // nil: not answered
	ARC        ARC     `json:"arc,omitempty"`
	Owner      PartyID `json:"owner,omitempty"` // declared by an applicant who is not an owner
	Purpose    Purpose `json:"purpose,omitempty"`
	Arrival    Date    `json:"arrival,omitzero"`
}

// DraftStep is a question of the form.
type DraftStep string

// The questions in their order.
const (
	StepRegistrant DraftStep = "registrant"
	StepMonths     DraftStep = "months"
	StepOwnership  DraftStep = "ownership"
	StepDwelling   DraftStep = "dwelling"
	StepOwner      DraftStep = "owner"
	StepPurpose    DraftStep = "purpose"
	StepArrival    DraftStep = "arrival"
	StepCheck      DraftStep = "check" // nothing is missing
)

// Steps are the questions that this draft must answer: who owns the dwelling is
// asked only of those who do not.
func (d Draft) Steps() []DraftStep {
	steps := []DraftStep{StepRegistrant, StepMonths, StepOwnership, StepDwelling}
	if d.IsOwner != nil && !*d.IsOwner {
		steps = append(steps, StepOwner)
	}
	return append(steps, StepPurpose, StepArrival)
}

// Answered says whether the question has its answer.
func (d Draft) Answered(s DraftStep) bool {
	switch s {
	case StepRegistrant:
		return d.Registrant != ""
	case StepMonths:
		return d.Months != 0
	case StepOwnership:
		return d.IsOwner != nil
	case StepDwelling:
		return d.ARC != ""
	case StepOwner:
		return d.Owner != "" || d.IsOwner != nil && *d.IsOwner
	case StepPurpose:
		return d.Purpose != ""
	case StepArrival:
		return !d.Arrival.IsZero()
	}
	return true
}

// Next is the first unanswered question, StepCheck when there is none.
func (d Draft) Next() DraftStep {
	for _, s := range d.Steps() {
		if !d.Answered(s) {
			return s
		}
	}
	return StepCheck
}

// Input is what a person typed on the pages of the form, untouched: one field
// for each input, named as in the form, so that nothing is lost when an answer
// is refused.
type Input struct {
	Registrant string // "self"
	Months     string
	IsOwner    string // "yes" or "no"
	ARC        string
	Owner      string
	Purpose    string
	Day        string // of arrival
	Month      string
	Year       string
}

// Answer is the draft with the answer to one question taken from the input, or
// what is wrong with it. Today is the day in Almaty. Whether an ARC names a
// dwelling only the address register knows: see register.Answer.
func (d Draft) Answer(step DraftStep, in Input, today Date) (Draft, FieldErrors) {
	wrong := func(field, key string) FieldErrors {
		return FieldErrors{{Field: field, Key: key}}
	}
	var err error
	switch step {
	case StepRegistrant:
		if in.Registrant != "self" {
			return d, wrong("registrant", "portal.error.registrant")
		}
		d.Registrant = in.Registrant
	case StepMonths:
		if d.Months, err = ParseMonths(in.Months); err != nil {
			return d, wrong("months", "portal.error.months")
		}
	case StepOwnership:
		yes := in.IsOwner == "yes"
		if !yes && in.IsOwner != "no" {
			return d, wrong("is_owner", "portal.error.is_owner")
		}
		d.IsOwner = &yes
		if yes {
			d.Owner = ""
		}
	case StepDwelling:
		if strings.TrimSpace(in.ARC) == "" {
			return d, wrong("arc", "portal.error.arc_empty")
		}
		if d.ARC, err = ParseARC(in.ARC); err != nil {
			return d, wrong("arc", "portal.error.arc_format")
		}
	case StepOwner:
		if strings.TrimSpace(in.Owner) == "" {
			return d, wrong("owner", "portal.error.owner_empty")
		}
		if d.Owner, err = ParsePartyID(in.Owner); err != nil {
			return d, wrong("owner", "portal.error.owner_format")
		}
	case StepPurpose:
		d.Purpose = ""
		for _, p := range Purposes {
			if string(p) == in.Purpose {
				d.Purpose = p
			}
		}
		if d.Purpose == "" {
			return d, wrong("purpose", "portal.error.purpose")
		}
	case StepArrival:
		return d.answerArrival(in, today)
	}
	return d, nil
}

func (d Draft) answerArrival(in Input, today Date) (Draft, FieldErrors) {
	day, okDay := number(in.Day)
	month, okMonth := number(in.Month)
	year, okYear := number(in.Year)
	date, err := NewDate(year, month, day)
	switch {
	case !okDay || !okMonth || !okYear || err != nil:
		return d, FieldErrors{{Field: "arrival", Key: "portal.error.arrival_format"}}
	case date.After(today):
		return d, FieldErrors{{Field: "arrival", Key: "portal.error.arrival_future"}}
	}
	d.Arrival = date
	return d, nil
}

// number reads up to four plain digits.
func number(s string) (n int, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 4 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Same says whether two drafts have the same answers.
func (d Draft) Same(e Draft) bool {
	same := d.IsOwner == nil && e.IsOwner == nil ||
		d.IsOwner != nil && e.IsOwner != nil && *d.IsOwner == *e.IsOwner
	d.IsOwner, e.IsOwner = nil, nil
	return same && d == e
}

// With is the draft with answers of another where it has none of its own. Whose the
// dwelling is belongs to the dwelling: an owner is not taken for another one.
func (d Draft) With(e Draft) Draft {
	if d.Registrant == "" {
		d.Registrant = e.Registrant
	}
	if d.Months == 0 {
		d.Months = e.Months
	}
	if d.Purpose == "" {
		d.Purpose = e.Purpose
	}
	if d.Arrival.IsZero() {
		d.Arrival = e.Arrival
	}
	if d.ARC == "" {
		d.ARC = e.ARC
	}
	if d.ARC != e.ARC {
		return d
	}
	if d.IsOwner == nil {
		d.IsOwner = e.IsOwner
	}
	if d.Owner == "" && d.IsOwner != nil && !*d.IsOwner {
		d.Owner = e.Owner
	}
	return d
}
