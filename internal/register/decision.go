package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// DecisionInput is what an officer chose and wrote.
type DecisionInput struct {
	Ruling mekenjai.Ruling
	Ground string // of a refusal
	Reason string
}

// decisionFields are what a decision was prepared from. Found are the findings that
// the officer saw: if there are others when he signs, he looks again.
type decisionFields struct {
	Case   string          `json:"case"`
	Ruling mekenjai.Ruling `json:"ruling"`
	Ground string          `json:"ground,omitempty"`
	Reason string          `json:"reason"`
	Found  []rules.Waiver  `json:"found,omitempty"`
}

// PrepareDecision freezes the decision that the officer is to sign. He has taken
// the case and opened what it is about: nobody decides unread.
func (r *Register) PrepareDecision(ctx context.Context, actor mekenjai.Actor, number string, in DecisionInput) (text SignedText, err error) {
	fields, wrong := in.check()
	err = r.deedAs(ctx, actor, mekenjai.DoDecide, "desk.prepare", number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		a, err := underDecision(ctx, tx, c)
		if err != nil {
			return err
		}
		wrong := slices.Clone(wrong)
		if in.Ruling == mekenjai.Grant && a.Reason == contradiction {
			wrong = append(wrong, &mekenjai.FieldError{Field: "ruling", Key: "desk.error.contradiction"})
		}
		if err := wrong.OrNil(); err != nil {
			return err
		}
		found, considered, err := considered(ctx, tx, a)
		if err != nil {
			return err
		}
		fields.Case, fields.Found = c.Number, found
		office, err := officeName(ctx, tx, actor.Duty.Office)
		if err != nil {
			return err
		}
		d := mekenjai.Decision{Case: c.Number, Application: a.Number, Submitted: a.SubmittedAt, Person: a.Person, Name: a.Name,
			Dwelling: a.Dwelling, Months: a.Months, Considered: considered, Ruling: fields.Ruling, Ground: fields.Ground,
			Reason: fields.Reason, Officer: actor.Name, Office: office}
		text, err = r.prepare(ctx, tx, actor, mekenjai.DecisionPurpose, c.ID, fields, d.Text)
		return err
	})
	return text, err
}

// check is the input as it is frozen, and what is wrong with it. Line ends would
// break the act's lines.
func (in DecisionInput) check() (f decisionFields, wrong mekenjai.FieldErrors) {
	if !slices.Contains(mekenjai.Rulings, in.Ruling) {
		wrong = append(wrong, &mekenjai.FieldError{Field: "ruling", Key: "desk.error.ruling"})
	}
	if _, ok := mekenjai.GroundOf(in.Ground); in.Ruling == mekenjai.Deny && !ok {
		wrong = append(wrong, &mekenjai.FieldError{Field: "ground", Key: "desk.error.ground"})
	}
	reason, err := words("text", strings.Join(strings.Fields(in.Reason), " "))
	var short mekenjai.FieldErrors
	if errors.As(err, &short) {
		wrong = append(wrong, short...)
	}
	f = decisionFields{Ruling: in.Ruling, Reason: reason}
	if in.Ruling == mekenjai.Deny {
		f.Ground = in.Ground
	}
	return f, wrong
}

// underDecision is the application of a case that is ready to be decided.
func underDecision(ctx context.Context, tx database.Tx, c *DeskCase) (*record, error) {
	if c.Kind != CaseApplication || c.State != CaseTaken || c.Revealed.IsZero() {
		return nil, mekenjai.ErrConflict
	}
	a, err := loadApplication(ctx, tx, c.Subject)
	if err == nil && a.State != mekenjai.Referred {
		err = mekenjai.ErrConflict
	}
	return &a, err
}

// considered are the findings that brought an application to the desk, and their
// words in both languages of the state.
func considered(ctx context.Context, tx database.Tx, a *record) (found []rules.Waiver, words []mekenjai.Text, err error) {
	findings, err := fromJSON[[]rules.Finding](a.findings)
	for _, f := range findings {
		if f.Outcome == rules.Manual && !f.Waived {
			found = append(found, f.Waiver())
			words = append(words, mekenjai.Text{KK: Gist(locale.KK, f) + " (" + f.Rule + ")", RU: Gist(locale.RU, f) + " (" + f.Rule + ")"})
		}
	}
	switch a.Reason {
	case contradiction:
		words = append(words, mekenjai.Text{KK: locale.KK.T("desk.contradiction"), RU: locale.RU.T("desk.contradiction")})
	case keeperRefused:
		d, e := refusalOf(ctx, tx, a.ID)
		if e != nil {
			return nil, nil, e
		}
		words = append(words, mekenjai.Text{KK: locale.KK.T("desk.keeper.refused", "code", d.code), RU: locale.RU.T("desk.keeper.refused", "code", d.code)})
	}
	return found, words, err
}

// Gist is what a finding says of the facts: the first sentence of its explanation.
// The others tell the applicant what follows.
func Gist(l locale.Lang, f rules.Finding) string {
	first, _, _ := strings.Cut(l.T(f.Key(), f.Pairs()...), ". ")
	return strings.TrimSuffix(first, ".")
}

// Decide does what the officer signed: once, by his own signature over the text
// that was prepared for him. A grant makes no entry by itself: the registers are
// asked again just now, and who has to consent and has not is asked; the entry is
// made by the same hand as any other.
func (r *Register) Decide(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.DecisionPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[decisionFields](c.Fields)
	if err != nil {
		return err
	}
	return r.deed(ctx, actor, mekenjai.DoDecide, fields.Case, func(ctx context.Context, tx database.Tx, dc *DeskCase) error {
		a, err := underDecision(ctx, tx, dc)
		if err != nil {
			return err
		}
		found, _, err := considered(ctx, tx, a)
		if err != nil {
			return err
		}
		if !slices.Equal(found, fields.Found) {
			return mekenjai.ErrStale
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		if err := dc.step(ctx, tx, string(fields.Ruling), actor.IIN, fields.Reason); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO decision (id, desk_case, application, ruling, ground, reason, officer, office, text, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, newID(), dc.ID, a.ID, fields.Ruling, fields.Ground, fields.Reason,
			actor.IIN, actor.Duty.Office, c.ID, now(tx))
		if err != nil {
			return err
		}
		if err := r.rule(ctx, tx, actor, a, fields); err != nil {
			return err
		}
		return r.closeCase(ctx, tx, CaseApplication, a.ID)
	})
}

// rule brings the application to where the decision sends it.
func (r *Register) rule(ctx context.Context, tx database.Tx, actor mekenjai.Actor, a *record, d decisionFields) error {
	switch d.Ruling {
	case mekenjai.Deny:
		return r.deny(ctx, tx, actor, a, d)
	case mekenjai.Grant:
		former, err := fromJSON[[]rules.Waiver](a.waivers)
		if err != nil {
			return err
		}
		a.waivers = toJSON(append(former, d.Found...))
		return r.sendBack(ctx, tx, a, mekenjai.Deciding, notify.Granted)
	}
	a.waivers = ""
	return r.sendBack(ctx, tx, a, mekenjai.Checking, notify.Rechecked)
}

// sendBack gives the application back to the rules, which ask the registers anew.
// Consents that were all given hold; if one lapsed or was disowned while the case
// lay at the desk, everybody is asked again, and nobody loses by the wait.
func (r *Register) sendBack(ctx context.Context, tx database.Tx, a *record, next mekenjai.State, told notify.Kind) error {
	consents, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return err
	}
	missing := func(c consentRow) bool { return c.Answer != mekenjai.Agreed }
	if slices.ContainsFunc(consents, missing) {
		atCounter := slices.DeleteFunc(slices.Clone(consents), func(c consentRow) bool { return c.recorded == "" || missing(c) })
		if err := nextRound(ctx, tx, a, atCounter); err != nil {
			return err
		}
	}
	return errors.Join(
		a.move(ctx, tx, next, ""),
		r.tellApplicant(ctx, tx, a, told, nil),
		tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil))
}

// deny ends the application with a reasoned act under seal (Administrative
// Procedural-Process Code, arts 80(5), 91, 92; rule R57).
func (r *Register) deny(ctx context.Context, tx database.Tx, actor mekenjai.Actor, a *record, d decisionFields) error {
	today := mekenjai.DateOf(tx.Now())
	parameters, err := r.Parameters(today)
	if err != nil {
		return err
	}
	remedy := rules.RemedyOn(today, parameters)
	act := newAct(tx, a)
	if act.Text, err = r.officersAct(ctx, tx, actor, a, d, act, remedy); err != nil {
		return err
	}
	if err := act.issue(ctx, tx, a, audit.By(actor, "act.issue", act.ID).With("ground", d.Ground)); err != nil {
		return err
	}
	findings, err := fromJSON[[]rules.Finding](a.findings)
	if err != nil {
		return err
	}
	a.findings = toJSON(append(findings, remedy.Finding()))
	return r.stop(ctx, tx, a, mekenjai.Refused, d.Ground, notify.Refused)
}

// officersAct is the act of an officer's refusal in Kazakh and Russian.
func (r *Register) officersAct(ctx context.Context, tx database.Tx, actor mekenjai.Actor, a *record, d decisionFields, act Act, remedy rules.Remedy) ([]byte, error) {
	ground, _ := mekenjai.GroundOf(d.Ground)
	office, err := officeName(ctx, tx, actor.Duty.Office)
	var b strings.Builder
	for i, l := range []locale.Lang{locale.KK, locale.RU} {
		if i > 0 {
			b.WriteString("\n")
		}
		line := func(key string, pairs ...any) { b.WriteString(l.T("certificate.act."+key, pairs...) + "\n") }
		actHead(line, l, a, act)
		b.WriteString("— " + ground.Name.In(string(l)) + " (" + ground.Code + ")\n")
		line("norm", "norm", ground.Norm)
		line("reason", "reason", d.Reason)
		line("officer", "case", d.Case, "office", office, "name", actor.Name.String())
		line("facts", "sources", sources(l, a))
		line("remedy", "months", l.Months(remedy.Months), "until", l.DayUntil(remedy.Until))
	}
	return []byte(b.String()), err
}

// Ruled is a decision of an officer as the applicant and the desk see it.
type Ruled struct {
	Case   string
	Ruling mekenjai.Ruling
	Ground string
	Reason string
	Office mekenjai.Text
	At     time.Time
	Text   string // id of the signed text
}

// decisionsOf are the decisions about an application, oldest first.
func decisionsOf(ctx context.Context, tx database.Tx, application string) ([]Ruled, error) {
	return database.Collect(ctx, tx, func(row database.Row) (d Ruled, err error) {
		return d, row.Scan(&d.Case, &d.Ruling, &d.Ground, &d.Reason, &d.Office.KK, &d.Office.RU, database.ScanTime(&d.At), &d.Text)
	}, `SELECT c.number, d.ruling, d.ground, d.reason, coalesce(o.name_kk, d.office), coalesce(o.name_ru, d.office), d.at, d.text
		FROM decision d JOIN desk_case c ON c.id = d.desk_case LEFT JOIN access_office o ON o.id = d.office
		WHERE d.application = $1 ORDER BY d.id LIMIT 20`, application)
}
