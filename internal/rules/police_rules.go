package rules

import (
	"slices"
	"strings"

	"mekenjai"
)

// policeRules: questions that reach the migration police beside applications.
var policeRules = []Rule{
	{ID: "R68", Group: GroupPolice, Norm: "Administrative Code, arts 492, 493", Tag: "V", Parameters: params("fines", "late_days", "late_months", "mci", "mci_year", "repeat_months"),
		Reads: reads(FromApplication, FromOffences), Events: on(OffenceEvent), Answers: may(OK, "FINE", "WARNING", "NO_OFFENCE", Warn, "MCI_OF_ANOTHER_YEAR"), live: judgeFine},
	{ID: "R69", Group: GroupPolice, Norm: "Law on Housing Relations, art. 23(3-1); Administrative Code, art. 493(5), (6)", Tag: "V", Parameters: params("grievance_days"),
		Reads: reads(FromApplication, FromProperty, FromRegister), Events: on(GrievanceEvent),
		Answers: may(Manual, "CASE_493_5", "LETTING_TO_CHECK", Ask, "EVIDENCE", Route, "NOT_LET", Refuse, "NOT_OWNER", "REGISTERED_ALREADY"), live: judgeGrievance},
	{ID: "R70", Group: GroupPolice, Norm: "Law on Personal Data and their Protection: access by purpose and right; practice of eGov: an owner sees his own objects", Tag: "V2",
		Reads: reads(FromApplication, FromProperty), Events: on(QueryEvent),
		Answers: may(OK, "LOGGED", Refuse, "NOT_YOURSELF", "FOREIGN_OBJECT", "NO_REASON", "FOREIGN_TERRITORY", "ROLE"), live: judgeQuery},
}

// Fine is what articles 492 and 493 threaten with.
type Fine struct {
	Part    string         `json:"part"` // as in 493(5)
	Warning bool           `json:"warning,omitempty"`
	MCI     int            `json:"mci,omitempty"` // monthly calculation indices
	Index   mekenjai.Tenge `json:"index,omitempty"`
	Year    int            `json:"year"` // whose index it is
	Amount  mekenjai.Tenge `json:"amount,omitempty"`
	Days    int            `json:"days"` // that it lasted
	Repeat  bool           `json:"repeat,omitempty"`
}

// FineRow is a line of the table of fines: for each subject the amount in MCI,
// 0 for a warning, left out where the article does not name the subject.
type FineRow struct {
	Act    string          `json:"act"`
	Part   string          `json:"part"`
	Amount map[Subject]int `json:"amount"`
}

// The acts of the table of fines; the repeated one is another line.
const (
	act492Early     = "492_early"
	act492Late      = "492_late"
	act492Foreigner = "492_foreigner"
	repeated        = "_repeat"
)

// judgeFine counts what an offence would cost. It helps an officer; it fines
// nobody.
func judgeFine(s *sitting) {
	o := s.Offence
	act := s.p.actOf(*o, s.today)
	until := o.Until
	if until.IsZero() {
		until = s.today
	}
	days := until.DaysSince(o.Since)
	if act == "" {
		s.say(OK, "NO_OFFENCE", "days", days, "allowed", s.p.LateDays)
		return
	}
	status := s.needs(FromOffences, replyOf(s.Penalties, func(p *Penalties) Reply { return p.Reply }))
	if status == "" {
		return
	}
	repeat := status == Answered && s.today.Before(s.Penalties.Last.AddMonths(s.p.RepeatMonths))
	if repeat {
		act = strings.Replace(act, act492Early, act492Late, 1) + repeated
	}
	row := s.p.fineRow(act)
	n := row.Amount[o.Subject]
	f := &Fine{Part: row.Part, Warning: n == 0, MCI: n, Index: mekenjai.Tenge(s.p.MCI), Year: s.p.MCIYear,
		Amount: mekenjai.Tenge(s.p.MCI).Times(n), Days: days, Repeat: repeat}
	s.verdict.Fine = f
	if f.Warning {
		s.say(OK, "WARNING", "part", f.Part, "days", days)
		return
	}
	s.say(OK, "FINE", "part", f.Part, "mci", n, "amount", f.Amount, "days", days)
	if s.p.MCIYear != s.today.Year {
		s.say(Warn, "MCI_OF_ANOTHER_YEAR", "year", s.p.MCIYear).forStaff()
	}
}

// actOf is the line of the table, "" when nothing was done amiss. Article 492
// lets ten calendar days pass; temporary residents of up to a month are outside
// its first part.
func (p Parameters) actOf(o Offence, today mekenjai.Date) string {
	if o.Kind != LivesUnregistered {
		return string(o.Kind)
	}
	until := o.Until
	if until.IsZero() {
		until = today
	}
	overMonth := until.After(o.Since.AddMonths(p.LateMonths))
	switch {
	case until.DaysSince(o.Since) <= p.LateDays, o.Guest && !overMonth:
		return ""
	case o.Foreigner:
		return act492Foreigner
	case overMonth:
		return act492Late
	}
	return act492Early
}

func (p Parameters) fineRow(act string) FineRow {
	i := slices.IndexFunc(p.Fines, func(r FineRow) bool { return r.Act == act })
	return p.Fines[i] // ReadBook holds that every act has its line
}

// judgeGrievance: who lets a dwelling must register those who live there; an
// owner who does not let it owes nobody his consent.
func judgeGrievance(s *sitting) {
	g := s.Grievance
	if e := s.Entry; e != nil && e.Person == g.By && e.ARC == g.ARC && e.State == mekenjai.EntryCurrent && !e.To.Before(s.today) {
		s.say(Refuse, "REGISTERED_ALREADY", "until", e.To)
		return
	}
	if len(g.Evidence) == 0 {
		s.say(Ask, "EVIDENCE")
	}
	if _, known := s.owners(); !known {
		return
	}
	if !s.Property.isHolder(g.Against) {
		s.say(Refuse, "NOT_OWNER")
		return
	}
	lease := s.Property.Lease
	registered := lease != nil && lease.Tenant == g.By && within(s.today, lease.From, lease.Until)
	shown := slices.Contains(g.Evidence, LeaseContract) || slices.Contains(g.Evidence, Payments)
	switch {
	case !g.Pays && !registered:
		s.say(Route, "NOT_LET")
	case registered, shown:
		s.say(Manual, "CASE_493_5")
	case len(g.Evidence) > 0:
		s.say(Manual, "LETTING_TO_CHECK")
	}
}

// judgeQuery: who may look at whom; every look is logged, and the person sees it.
func judgeQuery(s *sitting) {
	q := s.Query
	switch q.Role {
	case AsPerson:
		if q.ARC != "" || q.Person != q.By.IIN() {
			s.say(Refuse, "NOT_YOURSELF")
			return
		}
	case AsOwner:
		if q.ARC == "" {
			s.say(Refuse, "FOREIGN_OBJECT")
			return
		}
		owners, known := s.owners()
		if !known {
			return
		}
		if !slices.Contains(owners, q.By) {
			s.say(Refuse, "FOREIGN_OBJECT")
			return
		}
	case AsAuditor:
		s.say(Refuse, "ROLE") // auditors see who looked, not what was seen
		return
	default:
		if !strings.HasPrefix(q.KATO, q.Territory) {
			s.say(Refuse, "FOREIGN_TERRITORY")
			return
		}
		if strings.TrimSpace(q.Reason) == "" {
			s.say(Refuse, "NO_REASON")
			return
		}
	}
	s.say(OK, "LOGGED")
}
