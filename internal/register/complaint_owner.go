package register

import (
	"context"
	"errors"
	"slices"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
)

// OwnerComplaintInput is what somebody says of an owner who does not register him.
type OwnerComplaintInput struct {
	Against  string // IIN or BIN; "" for the one whom the application named
	Since    mekenjai.Date
	Pays     string // "yes" or "no"
	Evidence []string
	Words    string
}

// NotHeard is why row R69 does not give a complaint against an owner to the police:
// no landlord, no duty; another owner; no need. Its finding explains itself.
type NotHeard struct{ Finding rules.Finding }

func (e *NotHeard) Error() string { return "complaint against an owner: " + e.Finding.Code }

// PrepareOwnerComplaint freezes the complaint of who lives in a dwelling, applied
// to be registered there and was not, because the owner would not have it. The
// property register is asked who the owner is; while it is silent nothing is filed:
// mekenjai.ErrUnavailable. *NotHeard when the rules send it elsewhere.
func (r *Register) PrepareOwnerComplaint(ctx context.Context, actor mekenjai.Actor, application string, in OwnerComplaintInput) (text SignedText, err error) {
	var a record
	err = r.db.Read(ctx, func(tx database.Tx) error {
		a, err = ownApplication(ctx, tx, actor, application)
		return err
	})
	if err != nil {
		return text, err
	}
	if !a.State.IsFinal() || a.State == mekenjai.Registered {
		return text, mekenjai.ErrConflict
	}
	c := complaintOf(actor, &a, mekenjai.AgainstOwner)
	if err := in.fill(&c, a.Owner, mekenjai.DateOf(r.now())); err != nil {
		return text, err
	}
	finding, err := r.hearGrievance(ctx, c)
	if err != nil {
		return text, err
	}
	if finding.Outcome != rules.Manual {
		return text, &NotHeard{finding}
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		text, err = r.prepare(ctx, tx, actor, mekenjai.OwnerComplaintPurpose, application, c, c.Statement)
		return err
	})
	return text, err
}

// fill holds the input to what the text needs.
func (in OwnerComplaintInput) fill(c *mekenjai.Complaint, named mekenjai.PartyID, today mekenjai.Date) error {
	var wrong mekenjai.FieldErrors
	fail := func(field, key string) {
		wrong = append(wrong, &mekenjai.FieldError{Field: field, Key: "remedy.error." + key})
	}
	c.Against = named
	if in.Against != "" {
		party, err := mekenjai.ParsePartyID(in.Against)
		if c.Against = party; err != nil {
			fail("against", "against")
		}
	} else if named == "" {
		fail("against", "against")
	}
	if c.Against.IIN() == c.Person && c.Against != "" {
		fail("against", "against_self")
	}
	switch c.Since = in.Since; {
	case in.Since.IsZero():
		fail("since", "since")
	case in.Since.After(today):
		fail("since", "since_ahead")
	}
	if c.Pays = in.Pays == "yes"; in.Pays != "yes" && in.Pays != "no" {
		fail("pays", "pays")
	}
	for _, e := range in.Evidence {
		if !slices.Contains(rules.EvidenceKinds, rules.Evidence(e)) || slices.Contains(c.Evidence, e) {
			fail("evidence", "evidence")
			break
		}
		c.Evidence = append(c.Evidence, e)
	}
	if len(in.Evidence) == 0 {
		fail("evidence", "evidence")
	}
	var bad *mekenjai.FieldError
	if c.Text, bad = saidWithin("words", in.Words, mekenjai.ComplaintShortest); bad != nil {
		wrong = append(wrong, bad)
	}
	return wrong.OrNil()
}

// hearGrievance asks row R69 over what the property register says now.
func (r *Register) hearGrievance(ctx context.Context, c mekenjai.Complaint) (f rules.Finding, err error) {
	asking, cancel := patiently(ctx)
	defer cancel()
	property, err := r.Peers.Property(asking, c.Dwelling.ARC)
	if err != nil {
		return f, err
	}
	tenancy, err := r.Peers.Tenancy(asking, c.Dwelling.ARC)
	if err != nil {
		return f, err
	}
	today := mekenjai.DateOf(r.now())
	facts := rules.LifeFacts{At: r.now(), Event: rules.GrievanceEvent,
		Grievance: &rules.Grievance{By: c.Person, ARC: c.Dwelling.ARC, Against: c.Against, Since: c.Since, Pays: c.Pays},
		Property:  propertyFact(c.Dwelling.ARC, property, tenancy, today)}
	for _, e := range c.Evidence {
		facts.Grievance.Evidence = append(facts.Grievance.Evidence, rules.Evidence(e))
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		e, err := optional(scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration WHERE person = $1 AND state = 'current'`, c.Person)))
		if e != nil {
			facts.Entry = &rules.LifeEntry{Number: e.Number, Person: e.Person, ARC: e.Dwelling.ARC, From: e.Period.From, To: e.Period.To, State: e.State}
		}
		return err
	})
	if err != nil {
		return f, err
	}
	p, err := r.Parameters(today)
	if err != nil {
		return f, err
	}
	v, err := rules.EvaluateLife(facts, p)
	if err != nil {
		return f, err
	}
	if v.Outcome == rules.Pending {
		return f, mekenjai.ErrUnavailable
	}
	return v.Lead(), nil
}

// ComplainOfOwner files the signed complaint against an owner with the police of
// the dwelling's territory.
func (r *Register) ComplainOfOwner(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (mekenjai.Complaint, error) {
	return r.fileComplaint(ctx, actor, text, mekenjai.OwnerComplaintPurpose, sig, func(ctx context.Context, tx database.Tx, c *mekenjai.Complaint) error {
		if _, err := ownApplication(ctx, tx, actor, c.Application); err != nil {
			return err
		}
		open, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM complaint
			WHERE application = $1 AND kind = 'owner' AND state = 'received'`, c.Application)
		if err == nil && open != "" {
			return mekenjai.ErrConflict
		}
		if err != nil && !errors.Is(err, database.ErrNoRows) {
			return err
		}
		p, err := r.Parameters(mekenjai.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		c.AnswerBy = endOf(p.GrievanceUntil(mekenjai.DateOf(tx.Now())))
		return nil
	})
}
