package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// judge evaluates the table over facts from the registers, with the consents of
// the round as long as they hold: at the decision the right-holders are read
// anew, and when others must be asked than were, the consents given are void
// (returned as none) and the verdict says whom to ask.
func (r *Register) judge(ctx context.Context, tx database.Tx, a *record, gathered rules.Facts) (rules.Verdict, []consentRow, error) {
	parameters, err := r.Parameters(mekenjai.DateOf(tx.Now()))
	if err != nil {
		return rules.Verdict{}, nil, err
	}
	given, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return rules.Verdict{}, nil, err
	}
	bare, err := r.complete(ctx, tx, a, gathered, nil)
	if err != nil {
		return rules.Verdict{}, nil, err
	}
	verdict, err := rules.Evaluate(bare, parameters)
	if err != nil || verdict.Outcome != rules.Ask {
		return verdict, nil, err
	}
	if a.counter != nil { // given before an operator, each for himself; the others are still to be asked
		if given = stillHeld(given, verdict.Ask); len(given) == 0 {
			return verdict, nil, nil
		}
	} else if !mekenjai.SameHolders(verdict.Ask, holders(given)) {
		return verdict, nil, nil
	}
	full, err := r.complete(ctx, tx, a, gathered, given)
	if err != nil {
		return verdict, nil, err
	}
	verdict, err = rules.Evaluate(full, parameters)
	return verdict, given, err
}

// stillHeld are the consents of those who are asked by the same right as then.
func stillHeld(given []consentRow, asked []mekenjai.RightHolder) (held []consentRow) {
	for _, c := range given {
		if slices.ContainsFunc(asked, func(h mekenjai.RightHolder) bool {
			// An organisation speaks for its whole share, whatever it is.
			return h.Party == c.Holder.Party && h.Party.IsOrganisation() ||
				mekenjai.SameHolders([]mekenjai.RightHolder{h}, []mekenjai.RightHolder{c.Holder})
		}) {
			held = append(held, c)
		}
	}
	return held
}

func holders(consents []consentRow) []mekenjai.RightHolder {
	list := make([]mekenjai.RightHolder, len(consents))
	for i, c := range consents {
		list[i] = c.Holder
	}
	return list
}

// reconsider looks again at the facts as they were gathered, after a
// right-holder answered or a deadline passed.
func (r *Register) reconsider(ctx context.Context, tx database.Tx, a *record) error {
	gathered, err := fromJSON[rules.Facts](a.facts)
	if err != nil {
		return err
	}
	verdict, consents, err := r.judge(ctx, tx, a, gathered)
	if err != nil {
		return err
	}
	if verdict.Passes() && a.State != mekenjai.AwaitingConsent {
		return a.save(ctx, tx) // an entry needs facts that were gathered just now
	}
	return r.settle(ctx, tx, a, verdict, consents)
}

// settle does what the verdict says. It is the only place that ends an
// application by the rules.
func (r *Register) settle(ctx context.Context, tx database.Tx, a *record, v rules.Verdict, consents []consentRow) error {
	a.findings = toJSON(v.Findings)
	switch v.Outcome {
	case rules.OK:
		return r.pass(ctx, tx, a, v)
	case rules.Ask:
		return r.ask(ctx, tx, a, v, consents)
	case rules.Refuse:
		return r.refuse(ctx, tx, a, v)
	case rules.Cancel:
		return r.cancel(ctx, tx, a, v.Code)
	case rules.Route:
		return r.stop(ctx, tx, a, mekenjai.Routed, v.Code, notify.Routed)
	case rules.Manual:
		if a.State == mekenjai.Referred {
			return a.save(ctx, tx) // an officer has it already
		}
		return r.stop(ctx, tx, a, mekenjai.Referred, v.Code, notify.Referred)
	}
	return a.save(ctx, tx) // PENDING: a signature or register is waited for
}

// pass is the way of an application that nothing stops: the entry, if the
// registers were asked just now; else they are asked once more, because owners
// and facts must be right at the moment of the decision. Where the state's register
// is a system of its own the entry is made when that confirms it (keeper.go).
func (r *Register) pass(ctx context.Context, tx database.Tx, a *record, v rules.Verdict) error {
	switch a.State {
	case mekenjai.AwaitingConsent:
		if err := a.move(ctx, tx, mekenjai.Deciding, ""); err != nil {
			return err
		}
		return tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil)
	case mekenjai.Checking, mekenjai.Deciding:
		if !r.Keeper.IsZero() {
			return errors.Join(r.leaveEntry(ctx, tx, a, v), a.move(ctx, tx, mekenjai.Entering, ""))
		}
		if _, err := r.enter(ctx, tx, a, entering{number: newNumber(), period: *v.Period, fixedAt: tx.Now(), extends: v.Extends}); err != nil {
			return err
		}
		return a.move(ctx, tx, mekenjai.Registered, "")
	}
	return a.save(ctx, tx) // Referred: an officer decides
}

// ownersOf are the right-holders as the property register named them last: each
// of them is told of the entry.
func ownersOf(a *record) (list []mekenjai.RightHolder, err error) {
	f, err := fromJSON[rules.Facts](a.facts)
	if err != nil || f.Property == nil {
		return nil, err
	}
	for _, h := range f.Property.Holders {
		list = append(list, mekenjai.RightHolder(h))
	}
	if s := f.Property.StateHousing; s != nil {
		list = append(list, mekenjai.RightHolder{Party: mekenjai.PartyID(s.Tenant), Right: mekenjai.RightTenant})
	}
	return list, nil
}

// ask sends the requests that the rules name. Asking again after the
// right-holders changed begins a new round: what the former ones signed is void.
func (r *Register) ask(ctx context.Context, tx database.Tx, a *record, v rules.Verdict, consents []consentRow) error {
	if len(v.Ask) == 0 || len(consents) > 0 && a.counter == nil {
		return a.save(ctx, tx) // others have still to answer
	}
	told := notify.Waiting
	former, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return err
	}
	if a.State == mekenjai.Deciding && len(former) > 0 {
		if err := nextRound(ctx, tx, a, consents); err != nil {
			return err
		}
		told = notify.OwnersChanged
	}
	parameters, err := r.Parameters(mekenjai.DateOf(tx.Now()))
	if err != nil {
		return err
	}
	within := time.Duration(parameters.ConsentMinutes) * time.Minute
	var deadline time.Time
	for _, h := range v.Ask {
		c, err := ask(ctx, tx, a, h, within)
		if err != nil {
			return err
		}
		deadline = c.Deadline
		err = r.tell(ctx, tx, a, h.Party, notify.ConsentAsked, func(n *notify.Args) { n.Consent, n.Until = c.ID, c.Deadline })
		if err != nil {
			return err
		}
	}
	return errors.Join(
		a.move(ctx, tx, mekenjai.AwaitingConsent, ""),
		r.tellApplicant(ctx, tx, a, told, func(n *notify.Args) { n.Count, n.Until = len(v.Ask), deadline }),
		audit.Write(ctx, tx, audit.BySystem("consent.ask", a.ID).Concerning(a.Person).
			With("round", a.Round).With("holders", len(v.Ask)).With("property", a.propertyHash)))
}

// nextRound makes void what was signed in the present round of consents and begins
// another. Those to keep hold over: what was given before an operator is not asked
// for again.
func nextRound(ctx context.Context, tx database.Tx, a *record, keep []consentRow) error {
	for _, c := range keep {
		if _, err := tx.Exec(ctx, `UPDATE consent SET round = $2 WHERE id = $1`, c.ID, a.Round+1); err != nil {
			return err
		}
	}
	if err := voidConsents(ctx, tx, a); err != nil {
		return err
	}
	a.Round++
	return nil
}

// refuse ends the application with a reasoned act.
func (r *Register) refuse(ctx context.Context, tx database.Tx, a *record, v rules.Verdict) error {
	kind := notify.Refused
	if v.Code == "CONSENT_DECLINED" {
		kind = notify.Declined
	}
	if err := r.issueAct(ctx, tx, a, v); err != nil {
		return err
	}
	return r.stop(ctx, tx, a, mekenjai.Refused, v.Code, kind)
}

// cancel ends the application without a decision on its merits.
func (r *Register) cancel(ctx context.Context, tx database.Tx, a *record, why string) error {
	kind := map[mekenjai.Cancellation]notify.Kind{
		mekenjai.ConsentTimeout: notify.Lapsed, mekenjai.ConsentWithdrawn: notify.TakenBack, mekenjai.ByApplicant: notify.CancelledOwn,
	}[mekenjai.Cancellation(why)]
	return r.stop(ctx, tx, a, mekenjai.Cancelled, why, kind)
}

// stop brings the application to an end or to an officer, tells the applicant
// why and every right-holder who was asked that no answer is needed any more.
func (r *Register) stop(ctx context.Context, tx database.Tx, a *record, next mekenjai.State, why string, kind notify.Kind) error {
	asked, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return err
	}
	if next.IsFinal() {
		if err := voidConsents(ctx, tx, a); err != nil {
			return err
		}
	}
	was := a.State
	if err := a.move(ctx, tx, next, why); err != nil {
		return err
	}
	if err := r.keepCase(ctx, tx, a, was); err != nil {
		return err
	}
	if err := r.tellApplicant(ctx, tx, a, kind, func(n *notify.Args) { n.Code = why }); err != nil {
		return err
	}
	for _, c := range asked {
		var told notify.Kind
		switch {
		case c.Answer == mekenjai.Lapsed:
			told = notify.ConsentLapsed
		case next.IsFinal() && slices.Contains([]mekenjai.Answer{mekenjai.Asked, mekenjai.Agreed}, c.Answer):
			told = notify.ConsentEnded
		default:
			continue
		}
		if err := r.tell(ctx, tx, a, c.Holder.Party, told, func(n *notify.Args) { n.Until = c.Deadline }); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, audit.BySystem("application."+string(next), a.ID).Concerning(a.Person).With("code", why))
}

// keepCase opens a case at the desk for an application that an officer must
// decide, and ends the one of an application that ended otherwise.
func (r *Register) keepCase(ctx context.Context, tx database.Tx, a *record, was mekenjai.State) error {
	switch {
	case a.State == mekenjai.Referred:
		_, err := r.openCase(ctx, tx, CaseApplication, a.ID, a.Person, a.Dwelling.KATO, tx.Now().Add(decideWithin))
		return err
	case was == mekenjai.Referred:
		return r.closeCase(ctx, tx, CaseApplication, a.ID)
	}
	return nil
}

// contradiction is why an application is referred without a finding.
const contradiction = "CONTRADICTION"

// contradicted gives an application to an officer when the registers' answers
// contradict each other or themselves: they are never a pass.
func (r *Register) contradicted(ctx context.Context, tx database.Tx, a *record, why rules.FactErrors) error {
	r.Log.WarnContext(ctx, "the registers contradict each other", "application", a.ID, "error", why)
	return r.stop(ctx, tx, a, mekenjai.Referred, contradiction, notify.Referred)
}
