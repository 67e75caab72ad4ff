package register

import (
	"context"
	"strconv"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// askedFor are the facts that stand in the application itself.
func askedFor(a *record) rules.Facts {
	f := rules.Facts{
		Channel: rules.Channel(a.Channel),
		Application: rules.Application{
			Registrant: a.Person, FiledAt: a.SubmittedAt, Months: rules.Months(strconv.Itoa(int(a.Months))), ARC: a.Dwelling.ARC,
			Arrival: a.Arrival, Purpose: a.Purpose, DeclaresOwnership: a.IsOwner, DeclaredOwner: a.Owner,
			// Submit let no other signature through.
			Signature: rules.Signature{Method: rules.SignatureMethod(a.Method), Signer: a.Person,
				Verdict: rules.Valid, TextMatches: true},
		},
	}
	if a.counter != nil {
		a.counter.tell(a, &f)
	}
	return f
}

// complete adds what only the database knows and what the clock says, within the
// transaction that acts on it: the register's own answer, the consents of the
// round, the instant.
func (r *Register) complete(ctx context.Context, tx database.Tx, a *record, f rules.Facts, consents []consentRow) (rules.Facts, error) {
	if err := r.addOwn(ctx, tx, a, &f); err != nil {
		return f, err
	}
	f.Application.ClockSeconds = int(a.Clock.Elapsed(tx.Now()) / time.Second)
	f.Consents = nil
	for _, c := range consents {
		f.Consents = append(f.Consents, consentFact(c))
	}
	var err error
	if f.Waivers, err = fromJSON[[]rules.Waiver](a.waivers); err != nil {
		return f, err
	}
	a.counter.narrow(&f)
	f.At = latest(tx.Now(), &f)
	return f, nil
}

// latest is now, or the latest instant among the facts if the clock was set
// back since: an answer must not seem to come before its question.
func latest(now time.Time, f *rules.Facts) time.Time {
	see := func(t time.Time) {
		if t.After(now) {
			now = t
		}
	}
	see(f.Application.FiledAt)
	for _, p := range f.Persons {
		see(p.AnsweredAt)
		see(p.AskedAt)
	}
	for _, c := range f.Consents {
		see(c.AskedAt)
		see(c.AnsweredAt)
	}
	for _, p := range f.Parties {
		see(p.AnsweredAt)
		see(p.AskedAt)
	}
	for _, o := range f.Organisations {
		see(o.AnsweredAt)
		see(o.AskedAt)
	}
	if f.Property != nil {
		see(f.Property.AnsweredAt)
		see(f.Property.AskedAt)
	}
	return now
}

func consentFact(c consentRow) rules.Consent {
	fact := rules.Consent{Party: c.Holder.Party, Capacity: rules.Capacity(c.as), Answer: c.Answer, AskedAt: c.AskedAt,
		Deadline: c.Deadline, AnsweredAt: c.AnsweredAt}
	if c.signer != "" {
		fact.Signature = &rules.Signature{Method: rules.SignatureMethod(c.method), Signer: c.signer,
			Verdict: rules.Valid, TextMatches: true}
		if c.method == mekenjai.ByEDS {
			fact.Signature.BIN = c.Holder.Party.BIN()
		}
	}
	if c.Answer == mekenjai.Lapsed || c.Answer == mekenjai.Asked {
		fact.AnsweredAt = time.Time{}
	}
	return fact
}

// addOwn is the register's own answer; how many are permanently registered at
// the dwelling was asked of the ministry's register before and is kept.
func (r *Register) addOwn(ctx context.Context, tx database.Tx, a *record, f *rules.Facts) error {
	own := rules.Register{Reply: rules.Reply{Status: rules.Answered, AskedAt: tx.Now(), AnsweredAt: tx.Now()}}
	if f.Register != nil {
		if f.Register.Status == rules.Silent {
			return nil
		}
		own.PermanentHere, own.NonExemptHere = f.Register.PermanentHere, f.Register.NonExemptHere
	} else {
		return nil // the ministry's register was not asked yet
	}
	entry, ok, err := currentEntry(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	if ok {
		since, err := staySince(ctx, tx, entry)
		if err != nil {
			return err
		}
		own.CurrentEntry = &rules.Entry{Number: entry.Number, ARC: entry.Dwelling.ARC, From: entry.Period.From, To: entry.Period.To, Since: since}
	}
	other, err := underWay(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	if other != "" && other != a.ID {
		own.OtherApplication = other
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM registration WHERE arc = $1 AND state = 'current' AND person <> $2`,
		a.Dwelling.ARC, a.Person).Scan(&own.TemporaryHere)
	f.Register = &own
	return err
}

func reply[T any](x state.Reply[T], found bool) rules.Reply {
	status := rules.Answered
	if !found {
		status = rules.NotFound
	}
	return rules.Reply{Status: status, AskedAt: x.AskedAt, AnsweredAt: x.AnsweredAt}
}

func personFact(iin mekenjai.IIN, x state.Reply[state.Person], today mekenjai.Date) rules.Person {
	f := rules.Person{IIN: iin, Reply: reply(x, x.Found)}
	if !x.Found {
		return f
	}
	p := x.Value
	f.BirthDate, f.DeathDate, f.Removed, f.LifeStatus = p.BirthDate, p.DeathDate, p.Removed, rules.Alive
	if p.IsDead() {
		f.LifeStatus = rules.Dead
	}
	f.Citizenship = p.Citizenship.Code
	if f.Citizenship == state.CitizenshipNone {
		f.Citizenship = "stateless"
	}
	if p.Excluded != nil {
		f.Excluded = &rules.Exclusion{Reason: p.Excluded.Reason.NameRU, Date: p.Excluded.Date}
	}
	for _, d := range p.Documents {
		fact := rules.Document{Type: documentType(d.Type.Code), Number: d.Number, Status: documentStatus(d.Status.Code),
			Begin: d.Begin, End: d.End, Invalids: d.Invalidity}
		f.Documents = append(f.Documents, fact)
		if fact.Type == rules.ResidencePermitPaper || fact.Type == rules.StatelessCertificate {
			f.PermanentResidence = &rules.ResidencePermit{Status: fact.Status, Begin: d.Begin, End: d.End}
		}
	}
	if c := p.BirthCertificate; c != nil { // proves the identity of a child under 16 (R05)
		f.Documents = append(f.Documents, rules.Document{Type: rules.BirthCertificate, Number: c.Number, Status: rules.DocumentValid, Begin: c.Begin})
	}
	if c := p.Capable; c != nil {
		f.Capacity = &rules.CapableStatus{Status: ability(c.Status.Code), Date: c.Begin, End: c.End, Number: c.Number}
	}
	f.Missing, f.Disappeared = absence(p.Missing), absence(p.Disappeared)
	if a := p.RegAddress; a != nil {
		f.PermanentAddress = &rules.PermanentAddress{ARC: a.ARC, Status: addressStatus(a), Begin: a.Begin, End: a.End}
	}
	for _, a := range p.TemporaryOn(today) {
		f.TemporaryAddresses = append(f.TemporaryAddresses, rules.StayAddress{ARC: a.ARC, Begin: a.Begin, End: a.End})
	}
	return f
}

func absence(s *state.SearchStatus) *rules.Absence {
	if s == nil || !s.On {
		return nil
	}
	return &rules.Absence{Date: s.Begin, End: s.End}
}

func addressStatus(a *state.PersonAddress) rules.AddressStatus {
	switch {
	case a.Status.Code != state.AddressRegistered:
		return rules.AddressInvalid
	case !a.End.IsZero():
		return rules.AddressDeregistered
	}
	return rules.AddressRegistered
}

func documentType(code string) rules.DocumentType {
	switch code {
	case state.DocumentIdentityCard:
		return rules.IDCard
	case state.DocumentPassport:
		return rules.Passport
	case state.DocumentForeignPassport:
		return rules.ForeignPassport
	case state.DocumentResidencePermit:
		return rules.ResidencePermitPaper
	case state.DocumentStateless:
		return rules.StatelessCertificate
	}
	return rules.OtherDocument
}

func documentStatus(code string) rules.DocumentStatus {
	switch code {
	case state.DocumentValid:
		return rules.DocumentValid
	case "17": // a new document was issued
		return rules.DocumentReplaced
	}
	return rules.DocumentInvalid
}

func ability(code string) rules.Ability {
	switch code {
	case state.CapableFull:
		return rules.Capable
	case state.CapableLimited:
		return rules.Limited
	}
	return rules.Incapable // an unknown code is read as the stricter
}
