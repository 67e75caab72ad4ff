package desk

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/rules"
	"mekenjai/internal/web"
)

// facts are what the registers said, each with its source and time, in the order in
// which an officer reads them: who, where, whose, what else.
type facts struct {
	l    locale.Lang
	rows [][]templ.Component
}

// add writes one fact. What is empty was not said.
func (f *facts) add(name, value string, source rules.Source, at time.Time) {
	if value == "" || at.IsZero() {
		return
	}
	f.rows = append(f.rows, []templ.Component{web.Text(name), web.Lines(value), web.Text(f.l.T("desk.source." + strings.ToLower(string(source)))),
		web.Text(stamp(f.l, at))})
}

func (f *facts) yes(b bool) string {
	if b {
		return f.l.T("desk.yes")
	}
	return f.l.T("desk.no")
}

// factRows are the facts of a case as rows of a table.
func factRows(l locale.Lang, registrant mekenjai.IIN, x rules.Facts) [][]templ.Component {
	f := &facts{l: l}
	for _, p := range x.Persons {
		f.person(p, p.IIN == registrant)
	}
	f.dwelling(x)
	f.property(x.Property)
	for _, o := range x.Organisations {
		f.add(l.T("desk.fact.organisation", "bin", string(o.BIN)), f.word("entity", string(o.State)), rules.FromOrganisations, o.AnsweredAt)
	}
	for _, p := range x.Parties {
		can := []string{l.T("desk.fact.portal") + ": " + f.yes(p.OnPortal), l.T("desk.fact.eds") + ": " + f.yes(p.HasEDS), l.T("desk.fact.bmg") + ": " + f.yes(p.InBMG)}
		f.add(l.T("desk.fact.party", "number", string(p.Party)), strings.Join(can, "; "), rules.FromParties, p.AnsweredAt)
	}
	if c := x.CivilRecords; c != nil {
		for _, r := range c.Relations {
			f.add(l.T("desk.fact.kin", "of", string(r.Of)), f.word("kin", string(r.Is)), rules.FromCivilRecords, c.AnsweredAt)
		}
	}
	if e := x.Education; e != nil {
		f.add(l.T("desk.fact.student"), f.yes(e.FullTime), rules.FromEducation, e.AnsweredAt)
	}
	f.register(x.Register)
	return f.rows
}

// word is a code of a register in words; one that has none stands for itself.
func (f *facts) word(kind, code string) string {
	if key := "desk.word." + kind + "." + code; code != "" && f.l.Has(key) {
		return f.l.T(key)
	}
	return code
}

// person tells of the registrant all that the register said, of others what stands
// against their consent.
func (f *facts) person(p rules.Person, registrant bool) {
	l := f.l
	who := l.T("desk.fact.of_other", "iin", string(p.IIN))
	if registrant {
		who = l.T("desk.fact.of_registrant")
	}
	add := func(key, value string) { f.add(l.T("desk.fact."+key)+" "+who, value, rules.FromPersons, p.AnsweredAt) }
	if p.Status == rules.NotFound {
		add("known", f.yes(false))
		return
	}
	add("birth", l.DayShort(p.BirthDate))
	if p.LifeStatus == rules.Dead {
		add("dead", l.DayShort(p.DeathDate))
	}
	if registrant {
		if p.Citizenship != "" && p.Citizenship != "398" {
			add("citizenship", p.Citizenship)
		}
		var papers []string
		for _, d := range p.Documents {
			text := f.word("document", string(d.Type)) + " № " + d.Number + ", " + f.word("validity", string(d.Status))
			if !d.End.IsZero() {
				text += ", " + l.DayUntil(d.End)
			}
			papers = append(papers, text)
		}
		add("documents", strings.Join(papers, "\n"))
		if a := p.PermanentAddress; a != nil {
			add("permanent", l.T("desk.fact.arc", "arc", string(a.ARC))+", "+f.word("address", string(a.Status)))
		}
	}
	if c := p.Capacity; c != nil {
		add("capacity", f.word("ability", string(c.Status))+", "+l.DayFrom(c.Date))
	}
	for key, a := range map[string]*rules.Absence{"missing": p.Missing, "disappeared": p.Disappeared} {
		if a != nil {
			add(key, l.DayFrom(a.Date))
		}
	}
	if p.InheritanceCaseOpen {
		add("inheritance", f.yes(true))
	}
}

func (f *facts) dwelling(x rules.Facts) {
	a := x.Address
	if a == nil {
		return
	}
	add := func(key, value string) { f.add(f.l.T("desk.fact."+key), value, rules.FromAddresses, a.AnsweredAt) }
	if a.Status == rules.NotFound {
		add("address_known", f.yes(false))
		return
	}
	add("address_kind", f.word("kind", string(a.Kind)))
	add("address_actual", f.yes(a.Actual))
	add("kato", a.KATO)
}

func (f *facts) property(p *rules.Property) {
	if p == nil {
		return
	}
	l := f.l
	add := func(key, value string) { f.add(l.T("desk.fact."+key), value, rules.FromProperty, p.AnsweredAt) }
	add("title", f.yes(p.TitleRegistered))
	var holders []string
	for _, h := range p.Holders {
		text := cmp.Or(h.Name, string(h.Party)) + " (" + string(h.Party) + ")"
		if share := h.Share.String(); share != "" {
			text += ", " + share
		}
		holders = append(holders, text)
	}
	add("holders", strings.Join(holders, "\n"))
	add("purpose", f.word("object", string(p.Purpose)))
	if p.UsefulArea != nil {
		add("area", strconv.FormatFloat(*p.UsefulArea, 'f', 1, 64)+" "+l.T("desk.fact.m2"))
	}
	var burdens []string
	for _, e := range p.Encumbrances {
		text := f.word("burden", string(e.Type))
		if !e.Since.IsZero() {
			text += ", " + l.DayFrom(e.Since)
		}
		if !e.Until.IsZero() {
			text += ", " + l.DayUntil(e.Until)
		}
		burdens = append(burdens, text)
	}
	add("burdens", cmp.Or(strings.Join(burdens, "\n"), f.yes(false)))
	if p.Lease != nil {
		add("lease", l.T("desk.fact.tenant", "iin", string(p.Lease.Tenant), "from", p.Lease.From))
	}
	if p.StateHousing != nil {
		add("state_housing", l.T("desk.fact.tenant_of_state", "iin", string(p.StateHousing.Tenant)))
	}
	var differ []string
	for _, d := range p.Disagreements {
		differ = append(differ, f.word("differs", string(d)))
	}
	add("differs", strings.Join(differ, "\n"))
}

func (f *facts) register(r *rules.Register) {
	if r == nil {
		return
	}
	add := func(key, value string) { f.add(f.l.T("desk.fact."+key), value, rules.FromRegister, r.AnsweredAt) }
	if e := r.CurrentEntry; e != nil {
		add("current_entry", e.Number+", "+f.l.DayUntil(e.To))
	}
	add("permanent_here", count(r.PermanentHere))
	add("temporary_here", count(r.TemporaryHere))
}
