package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
	"mekenjai/internal/rules"
)

// PrepareTurnAway freezes the act of refusal to accept (mekenjai.TurnAway) with
// the grounds that the rules have against the intake, which the operator signs. An
// operator turns nobody away on his own account: mekenjai.ErrConflict when the
// rules have nothing against it.
func (r *Register) PrepareTurnAway(ctx context.Context, actor mekenjai.Actor, id string) (t SignedText, err error) {
	h, err := r.hear(ctx, actor, id, false)
	if err != nil {
		return t, err
	}
	if len(h.list.Against) == 0 {
		return t, mekenjai.ErrConflict
	}
	in, err := r.Intake(ctx, actor, id)
	if err != nil {
		return t, err
	}
	parameters, err := r.Parameters(mekenjai.DateOf(r.now()))
	if err != nil {
		return t, err
	}
	err = r.atCounter(ctx, actor, mekenjai.DoTurnAway, "intake.turn_away", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		act := mekenjai.TurnAway{Intake: id, Number: row.number, Office: in.Office, Operator: actor.Name, Person: row.data.Registrant,
			Filer: row.data.Filer, Name: row.name, Dwelling: in.Dwelling, Grounds: grounds(h.list.Against), Months: parameters.ComplaintMonths,
			Until: mekenjai.DateOf(tx.Now()).AddMonths(parameters.ComplaintMonths)}
		t, err = r.prepare(ctx, tx, actor, mekenjai.TurnAwayPurpose, id, act, act.Text)
		return err
	})
	return t, err
}

// grounds are findings in the words of an act, in both languages of the state.
// Findings that name a party name nobody here: the act is the applicant's.
func grounds(findings []rules.Finding) (list []mekenjai.ActGround) {
	for _, f := range findings {
		if f.Staff {
			continue
		}
		norm := "rules." + f.Rule + ".norm"
		list = append(list, mekenjai.ActGround{Rule: f.Rule, Code: f.Code,
			Text: mekenjai.Text{KK: locale.KK.T(f.Key(), f.Pairs()...), RU: locale.RU.T(f.Key(), f.Pairs()...)},
			Norm: mekenjai.Text{KK: locale.KK.T(norm), RU: locale.RU.T(norm)}})
	}
	return list
}

// TurnAway issues the act: the operator signs it, the intake is closed, the act is
// the receipt. Called twice it gives the same act.
func (r *Register) TurnAway(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (SignedText, error) {
	t, err := r.TextToSign(ctx, actor, text, mekenjai.TurnAwayPurpose)
	if err != nil || !t.Signed.IsZero() {
		return t, err
	}
	c, err := r.checkText(ctx, actor, text, mekenjai.TurnAwayPurpose, sig)
	if err != nil {
		return r.turned(ctx, actor, t, err)
	}
	err = r.atCounter(ctx, actor, mekenjai.DoTurnAway, "intake.turn_away", t.Subject, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		act, err := fromJSON[mekenjai.TurnAway](c.Fields)
		if err != nil {
			return err
		}
		if act.Person != row.data.Registrant || act.Dwelling.ARC != row.data.ARC || act.Filer != row.data.Filer {
			return mekenjai.ErrStale
		}
		row.state, row.closed, row.gathered = IntakeTurned, tx.Now(), ""
		entry := audit.By(actor, "intake.turn_away", row.id).Concerning(row.data.Registrant).With("text", mekenjai.ShortCode(c.Text))
		for _, g := range act.Grounds {
			entry = entry.With(g.Rule, g.Code)
		}
		return errors.Join(row.save(ctx, tx), c.consume(ctx, tx), audit.Write(ctx, tx, entry))
	})
	if err != nil {
		return r.turned(ctx, actor, t, err)
	}
	return r.TextToSign(ctx, actor, text, mekenjai.TurnAwayPurpose)
}

// turned is the act when another tab signed it meanwhile, else the error.
func (r *Register) turned(ctx context.Context, actor mekenjai.Actor, t SignedText, err error) (SignedText, error) {
	if errors.Is(err, mekenjai.ErrStale) || errors.Is(err, mekenjai.ErrConflict) {
		if now, again := r.TextToSign(ctx, actor, t.ID, t.Purpose); again == nil && !now.Signed.IsZero() {
			return now, nil
		}
	}
	return t, err
}

// TurnedAway is the act of an intake that was turned away, for printing again.
func (r *Register) TurnedAway(ctx context.Context, actor mekenjai.Actor, id string) (act SignedText, err error) {
	err = r.atCounter(ctx, actor, mekenjai.DoLookAtIntake, "intake.look", id, func(ctx context.Context, tx database.Tx, _ *intakeRow) error {
		texts, err := signedTexts(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, t := range texts {
			if t.Purpose == mekenjai.TurnAwayPurpose {
				act = t
				return nil
			}
		}
		return mekenjai.ErrNotFound
	})
	return act, err
}
