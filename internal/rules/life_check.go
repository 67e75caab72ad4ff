package rules

import (
	"fmt"
	"reflect"
	"slices"

	"mekenjai"
)

// ParseLife reads a facts file about the life of an entry, as strictly as
// ParseFacts.
func ParseLife(data []byte) (LifeFacts, error) { return parse[LifeFacts](data) }

// IsLife tells the two kinds of facts files apart: only one about the life of an
// entry has an event.
func IsLife(data []byte) bool {
	root, err := readTree(data)
	return err == nil && root.object["event"] != nil
}

// blocks are the parts of a file that only some events have.
var blocks = map[string][]Event{
	"request":   {OwnerRequest, PersonRequest, WindowRequest},
	"act":       {CourtActEvent, FalseData, OwnerRequest, WindowRequest},
	"decision":  {CourtActEvent, FalseData},
	"transfer":  {TitleTransfer},
	"offence":   {OffenceEvent},
	"grievance": {GrievanceEvent},
	"query":     {QueryEvent},
}

// optional blocks may be left out although the event knows them: no act ends the
// period to object, no officer has decided yet, an entry need not exist.
func (f LifeFacts) mayLack(block string) bool {
	return block == "decision" || block == "act" && f.Event.isRequest()
}

func (e Event) isRequest() bool {
	return e == OwnerRequest || e == PersonRequest || e == WindowRequest
}

// isOfEntry says whether the event happens to an entry.
func (e Event) isOfEntry() bool {
	return e != OffenceEvent && e != GrievanceEvent && e != QueryEvent
}

// Check says whether the facts can be true together. Its error is FactErrors.
func (f LifeFacts) Check() error {
	c := lifeChecker{shaper{at: f.At, typed: func(path, _ string) bool { return path == "grievance.against" }}, f}
	c.shape(reflect.ValueOf(f), "")
	if len(c.errs) > 0 {
		return c.errs
	}
	c.parts()
	c.entry()
	c.request()
	c.others()
	return c.errs.orNil()
}

type lifeChecker struct {
	shaper
	f LifeFacts
}

// parts holds that the file has what its event needs and nothing of another.
func (c *lifeChecker) parts() {
	v := reflect.ValueOf(c.f)
	for _, field := range fieldsOf(v.Type()) {
		events, isBlock := blocks[field.name]
		if !isBlock {
			continue
		}
		missing := v.FieldByIndex(field.index).IsNil()
		belongs := slices.Contains(events, c.f.Event)
		switch {
		case missing && belongs && !c.f.mayLack(field.name):
			c.errs.add(field.name, MissingFact, "is missing: the event is %s", c.f.Event)
		case !missing && !belongs:
			c.wrong(field.name, "does not belong to the event %s", c.f.Event)
		}
	}
	if c.f.Entry == nil && c.f.Event.isOfEntry() {
		c.errs.add("entry", MissingFact, "is missing: the event is %s", c.f.Event)
	}
}

func (c *lifeChecker) entry() {
	e := c.f.Entry
	if e == nil {
		return
	}
	c.ordered(e.From, e.To, "entry.to")
	if today := mekenjai.DateOf(c.f.At); e.State == mekenjai.EntryCurrent && e.From.After(today) {
		c.wrong("entry.state", "is current, but the first day has not come")
	} else if e.State == mekenjai.EntryAhead && !e.From.After(today) {
		c.wrong("entry.state", "is ahead, but the first day has come")
	}
	for i, n := range e.Reminded {
		if n < 0 || slices.Index(e.Reminded, n) != i {
			c.wrong(fmt.Sprintf("entry.reminded[%d]", i), "is negative or stands there twice")
		}
	}
	if p := c.f.Property; p != nil && p.ARC != "" && p.ARC != c.f.arc() {
		c.wrong("property.arc", "is not the dwelling that the event is about")
	}
	if len(c.f.Persons) > 0 && c.f.person(e.Person) == nil {
		c.errs.add("persons", MissingFact, "the person of the entry is not among the persons")
	}
}

func (c *lifeChecker) request() {
	r := c.f.Request
	if r == nil {
		return
	}
	c.notLater(r.FiledAt, "request.filed_at")
	atWindow := c.f.Event == WindowRequest
	switch {
	case atWindow && r.Office == nil:
		c.errs.add("request.office", MissingFact, "is missing: at the window the operator says whom he saw")
	case !atWindow && r.Office != nil && c.f.Event != PersonRequest:
		c.wrong("request.office", "nobody stands at a window")
	case r.Signed.Method == ByWriting && r.Office == nil:
		c.wrong("request.signature.method", "nothing is written by hand outside an office")
	}
	if r.Seconds < 0 {
		c.wrong("request.clock_seconds", "is negative")
	}
	if r.Role != "" && c.f.Event != PersonRequest {
		c.wrong("request.role", "only the person of the entry has a representative here")
	}
	once(&c.shaper, r.Confirms, "request.confirmations", "party", func(k Confirmation) mekenjai.PartyID { return k.Party })
	for i, k := range r.Confirms {
		c.confirmation(k, fmt.Sprintf("request.confirmations[%d]", i))
	}
	c.notLater(r.ToldAt, "request.person_told_at")
	c.notLater(r.ObjectedAt, "request.objected_at")
	if !r.ObjectedAt.IsZero() && (r.ToldAt.IsZero() || r.ObjectedAt.Before(r.ToldAt)) {
		c.wrong("request.objected_at", "is earlier than the person was told")
	}
	if !r.ToldAt.IsZero() && r.ToldAt.Before(r.FiledAt) {
		c.wrong("request.person_told_at", "is earlier than the request")
	}
}

func (c *lifeChecker) confirmation(k Confirmation, at string) {
	c.notLater(k.AskedAt, at+".asked_at")
	c.notLater(k.AnsweredAt, at+".answered_at")
	hasAnswer := k.Answer == mekenjai.Agreed || k.Answer == mekenjai.Declined
	switch {
	case k.Party == c.f.Request.By:
		c.wrong(at+".party", "who asks does not confirm his own request")
	case hasAnswer && k.AnsweredAt.IsZero():
		c.errs.add(at+".answered_at", MissingFact, "is missing")
	case k.Answer == mekenjai.Asked && !k.AnsweredAt.IsZero():
		c.wrong(at+".answered_at", "the answer is still open")
	case !k.AnsweredAt.IsZero() && k.AnsweredAt.Before(k.AskedAt):
		c.wrong(at+".answered_at", "the answer came before the question")
	}
}

func (c *lifeChecker) others() {
	today := mekenjai.DateOf(c.f.At)
	late := func(d mekenjai.Date, path string) {
		if d.After(today) {
			c.wrong(path, "is later than the instant of evaluation")
		}
	}
	if o := c.f.Offence; o != nil {
		late(o.Since, "offence.since")
		late(o.Until, "offence.until")
		c.ordered(o.Since, o.Until, "offence.until")
		if o.Kind == LivesUnregistered && o.Subject != Individual {
			c.wrong("offence.subject", "only an individual lives somewhere")
		}
		if o.Kind != LivesUnregistered && (o.Foreigner || o.Guest) {
			c.wrong("offence.kind", "foreigner and guest are said of who lives unregistered")
		}
	}
	if g := c.f.Grievance; g != nil {
		late(g.Since, "grievance.lives_since")
		if g.Against.IIN() == g.By {
			c.wrong("grievance.against", "is the complainant himself")
		}
	}
	if q := c.f.Query; q != nil {
		isStaff := q.Role == AsOperator || q.Role == AsOfficer || q.Role == AsChief
		switch {
		case (q.Person == "") == (q.ARC == ""):
			c.wrong("query.person", "ask about a person or about a dwelling")
		case isStaff && q.KATO == "":
			c.errs.add("query.kato", MissingFact, "is missing: staff serve a territory")
		}
	}
	if d := c.f.Death; d != nil {
		late(d.Date, "death_record.date")
	}
	if d := c.f.Departure; d != nil {
		late(d.Date, "departure.date")
	}
	if p := c.f.Penalties; p != nil {
		late(p.Last, "penalties.last")
	}
	if d := c.f.Decision; d != nil && (d.Second == "") != (d.SecondSign == nil) {
		c.wrong("decision.second_signature", "who confirms also signs")
	}
}

// arc is the dwelling that the event is about.
func (f LifeFacts) arc() mekenjai.ARC {
	switch {
	case f.Grievance != nil:
		return f.Grievance.ARC
	case f.Query != nil:
		return f.Query.ARC
	case f.Entry != nil:
		return f.Entry.ARC
	}
	return ""
}

func (f LifeFacts) person(n mekenjai.IIN) *Person { return Facts{Persons: f.Persons}.person(n) }
