package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
)

// Checklist is what the decision table says of an intake as it is: what stands
// against it, what is still to be done, each with its rule and norm. The page adds
// nothing of its own.
type Checklist struct {
	Missing []mekenjai.IntakeField // questions without an answer
	Outcome rules.Outcome          // of the table; "" while the ownership is not answered
	Against []rules.Finding        // REFUSE, ROUTE, CANCEL: it cannot be accepted so
	ToDo    []rules.Finding        // ASK: whose consent is still needed
	Silent  []rules.Finding        // PENDING: registers that have not answered
	Notes   []rules.Finding        // MANUAL, WARN and OK
	People  []Needed               // who must sign, and who did
	// Contradiction says that the registers contradict each other: an officer will
	// look at the application.
	Contradiction bool
	Ready         bool      // PrepareAcceptance will do
	At            time.Time // when the registers were asked
}

// Needed is somebody whose signature the intake needs.
type Needed struct {
	Applicant bool                 // who files
	Person    mekenjai.IIN         // the applicant, or a right-holder who is a person
	Name      string               // as the register of persons or of property has it
	Holder    mekenjai.RightHolder // zero for the applicant
	Protected bool                 // a minor or without full capacity: a representative speaks for him
	Needs     [][]rules.Capacity   // in which capacities an agreement is still needed, each a choice
	Present   bool                 // identified at the counter
	Remote    bool                 // answers from elsewhere with an own key, after the acceptance
	Signed    bool
}

// answersKept is how long what the registers answered serves a checklist. At the
// acceptance and at the decision they are asked anew.
const answersKept = 10 * time.Minute

// checkPatience is how long an operator waits for a checklist.
const checkPatience = 12 * time.Second

// gathered is what the registers answered about an intake.
type gathered struct {
	Facts rules.Facts     `json:"facts"`
	Asked map[string]bool `json:"asked"`
}

// Checklist evaluates the table over the intake as it is. The registers are asked
// for what the table needs, unless they answered a moment ago; fresh asks them
// all anew.
func (r *Register) Checklist(ctx context.Context, actor mekenjai.Actor, id string, fresh bool) (Checklist, error) {
	h, err := r.hear(ctx, actor, id, fresh)
	return h.list, err
}

// heard is an evaluated intake.
type heard struct {
	row      intakeRow
	present  []Presence
	consents []consentHere
	verdict  rules.Verdict
	list     Checklist
}

// hear gathers and evaluates.
func (r *Register) hear(ctx context.Context, actor mekenjai.Actor, id string, fresh bool) (h heard, err error) {
	err = r.atCounter(ctx, actor, mekenjai.DoLookAtIntake, "intake.check", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		h, err = loadHeard(ctx, tx, row)
		return err
	})
	if err != nil {
		return h, err
	}
	a, err := r.pretend(ctx, &h)
	if err != nil {
		return h, err
	}
	q, err := r.gatherIntake(ctx, a, &h, fresh)
	if err != nil {
		return h, err
	}
	if err := r.keepGathered(ctx, &h, q); err != nil {
		return h, err
	}
	h.list = h.check(q)
	return h, nil
}

func loadHeard(ctx context.Context, tx database.Tx, row *intakeRow) (h heard, err error) {
	h.row = *row
	if h.present, err = presences(ctx, tx, row.id); err != nil {
		return h, err
	}
	h.consents, err = consentsHere(ctx, tx, row.id)
	return h, err
}

// pretend is the application that the intake would be, with what is not answered
// yet taken as harmless: what only such an answer decides is left out of the list.
func (r *Register) pretend(ctx context.Context, h *heard) (*record, error) {
	in := h.row.data
	var dwelling mekenjai.Dwelling
	if in.ARC != "" {
		var err error
		if dwelling, _, err = address.Resolve(ctx, r.db, in.ARC); err != nil && !errors.Is(err, mekenjai.ErrNotFound) {
			return nil, err
		}
		dwelling.ARC = in.ARC
	}
	a := h.application(dwelling)
	if a.Months == 0 {
		a.Months = 1
	}
	if a.Purpose == "" {
		a.Purpose = mekenjai.PurposeOther
	}
	if a.Arrival.IsZero() {
		a.Arrival = mekenjai.DateOf(h.row.opened)
	}
	if in.IsOwner == nil || !*in.IsOwner && in.Owner == "" {
		a.IsOwner = true
	}
	return a, nil
}

// application is the one that the intake becomes.
func (h *heard) application(d mekenjai.Dwelling) *record {
	in := h.row.data
	a := &record{Application: mekenjai.Application{
		ID: h.row.id, Person: in.Registrant, Name: h.row.name, Language: in.Language, Channel: mekenjai.Office,
		State: mekenjai.Checking, Round: 1, Dwelling: d, Months: in.Months, Purpose: in.Purpose, Arrival: in.Arrival,
		IsOwner: in.IsOwner != nil && *in.IsOwner, Owner: in.Owner, Filer: in.Filer, FilerRole: in.FilerRole,
		Office: h.row.office, Operator: h.row.operator, Statement: h.row.statement, Method: h.row.signed.Method, SubmittedAt: h.row.opened,
	}}
	a.counter = &atWindow{Signer: in.FiledBy(), Method: h.row.signed.Method, Authority: in.Authority, Returnee: in.Returnee,
		Remote: in.Remote, Powers: in.Powers}
	if a.counter.Method == "" {
		a.counter.Method = mekenjai.ByHand // not signed yet: the list says so by itself
	}
	for _, p := range h.present {
		a.counter.Present = append(a.counter.Present, p.IIN)
	}
	return a
}

// asRows are the consents of the counter as those of the application.
func (h *heard) asRows(at func(consentHere) time.Time) (rows []consentRow) {
	for _, c := range h.consents {
		rows = append(rows, consentRow{round: 1, as: c.As, signer: c.Signer, method: c.Method, paper: c.Paper, recorded: h.row.operator,
			signature: c.signature, Consent: mekenjai.Consent{ID: c.ID, Application: h.row.id, Holder: c.Holder, Answer: mekenjai.Agreed,
				AskedAt: at(c), Deadline: at(c), AnsweredAt: at(c)}})
	}
	return rows
}

func (r *Register) gatherIntake(ctx context.Context, a *record, h *heard, fresh bool) (*inquiry, error) {
	q := newInquiry(r, a)
	q.persists = true
	parameters, err := r.Parameters(q.today)
	if err != nil {
		return q, err
	}
	if h.row.gathered != "" && !fresh && r.now().Sub(h.row.gatheredAt) < answersKept {
		kept, err := fromJSON[gathered](h.row.gathered)
		if err != nil {
			return q, err
		}
		q.recall(kept)
	} else {
		h.row.gathered, h.row.gatheredAt = "", r.now()
	}
	asking, cancel := context.WithTimeoutCause(ctx, checkPatience, mekenjai.ErrUnavailable)
	defer cancel()
	consents := h.asRows(func(c consentHere) time.Time { return c.At })
	err = q.gather(asking, parameters, consents, mayAskOn)
	if err != nil && ctx.Err() == nil && asking.Err() != nil {
		err = nil // too slow: what has not answered is silent
	}
	if err != nil {
		return q, err
	}
	h.verdict, err = rules.Evaluate(q.facts, parameters)
	var contradiction rules.FactErrors
	if errors.As(err, &contradiction) {
		h.list.Contradiction, err = true, nil
	}
	return q, err
}

// mayAskOn: who must be refused for what he is disturbs no further register; but
// that somebody has not been identified yet is what a checklist is for.
func mayAskOn(v rules.Verdict) bool {
	final := slices.ContainsFunc(v.With(rules.Refuse), func(f rules.Finding) bool { return f.Rule != "R53" })
	return !final && len(v.With(rules.Pending)) > 0
}

// recall takes what was gathered a moment ago: the answers of registers, not what
// the intake itself says.
func (q *inquiry) recall(kept gathered) {
	own := q.facts
	q.facts = kept.Facts
	q.facts.Channel, q.facts.Office, q.facts.Application = own.Channel, own.Office, own.Application
	if q.facts.Application.Returnee == nil { // that he returns the register of persons may know
		q.facts.Application.Returnee = kept.Facts.Application.Returnee
	}
	q.facts.Consents = nil
	if kept.Asked != nil {
		q.asked = kept.Asked
	}
}

// keepGathered stores the answers, unless the intake changed meanwhile.
func (r *Register) keepGathered(ctx context.Context, h *heard, q *inquiry) error {
	kept := toJSON(gathered{q.facts, q.asked})
	if kept == h.row.gathered {
		return nil
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE intake SET gathered = $2, gathered_at = $3 WHERE id = $1 AND state = 'open' AND updated_at = $4`,
			h.row.id, kept, database.Micros(h.row.gatheredAt), database.Micros(h.row.updated))
		return err
	})
}

// check sorts the findings into the list.
func (h *heard) check(q *inquiry) Checklist {
	list := h.list
	list.Missing, list.At = h.row.data.Missing(), h.row.gatheredAt
	if slices.Contains(list.Missing, mekenjai.IntakeOwnership) || slices.Contains(list.Missing, mekenjai.IntakeOwner) {
		h.verdict.Findings = slices.DeleteFunc(h.verdict.Findings, ofTheDwelling)
		h.verdict.Seats = nil
	} else {
		list.Outcome = h.verdict.Outcome
	}
	for _, f := range h.verdict.Findings {
		switch {
		case f.Rule == "R17" && slices.Contains(list.Missing, mekenjai.IntakeArrival),
			f.Rule == "R19" && slices.Contains(list.Missing, mekenjai.IntakeMonths):
		case f.Outcome == rules.Refuse, f.Outcome == rules.Route, f.Outcome == rules.Cancel:
			list.Against = append(list.Against, f)
		case f.Outcome == rules.Ask:
			list.ToDo = append(list.ToDo, f)
		case f.Outcome == rules.Pending:
			list.Silent = append(list.Silent, f)
		default:
			list.Notes = append(list.Notes, f)
		}
	}
	list.People = h.people(q)
	list.Ready = len(list.Missing) == 0 && len(list.Against) == 0 && h.row.state == IntakeOpen &&
		!slices.ContainsFunc(list.People, func(n Needed) bool { return !n.Signed && !n.Remote })
	return list
}

// ofTheDwelling: findings that rest on whose the dwelling is said to be.
func ofTheDwelling(f rules.Finding) bool {
	for _, row := range rules.Table() {
		if row.ID == f.Rule {
			return row.Group == rules.GroupConsent || row.Group == rules.GroupNorm || row.Group == rules.GroupDecision && f.Outcome != rules.Pending
		}
	}
	return false
}

// people are who files, and the right-holders beside him.
func (h *heard) people(q *inquiry) []Needed {
	here := func(iin mekenjai.IIN) bool {
		return iin != "" && slices.ContainsFunc(h.present, func(p Presence) bool { return p.IIN == iin })
	}
	files := h.row.data.FiledBy()
	name := h.row.name
	if h.row.data.Filer != "" {
		name = h.row.filerName
	}
	list := []Needed{{Applicant: true, Person: files, Name: name.String(), Present: here(files), Signed: h.row.signed.Signer == files}}
	for _, s := range h.verdict.Seats {
		n := Needed{Person: s.Holder.Party.IIN(), Name: s.Holder.Name, Holder: s.Holder, Protected: s.Protected, Needs: s.Needs,
			Present: here(s.Holder.Party.IIN()), Signed: s.Given}
		// An organisation is asked for its petition like anybody from elsewhere.
		n.Remote = !s.Given && !s.Protected && (s.Holder.Party.IsOrganisation() || slices.Contains(h.row.data.Remote, s.Holder.Party))
		list = append(list, n)
	}
	return list
}
