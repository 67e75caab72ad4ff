package desk

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/notify"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
	"mekenjai/internal/web"
)

// caseView is a case in the words of one reader.
type caseView struct {
	register.Dossier
	Lang   locale.Lang
	Actor  mekenjai.Actor
	Checks []register.SignatureCheck // when the signatures were just verified again
	Form   *web.Form                 // of the reason for opening
	Told   string                    // what just happened, "" for nothing
}

// showCase opens a case, masked until its officer has opened it with a reason.
func (d *Desk) showCase(w http.ResponseWriter, r *http.Request) error {
	return d.caseWith(w, r, http.StatusOK, nil)
}

// caseWith shows the case with what change puts into it.
func (d *Desk) caseWith(w http.ResponseWriter, r *http.Request, status int, change func(*caseView)) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	dossier, err := d.Register.Dossier(r.Context(), actor, number)
	if err != nil {
		return err
	}
	v := caseView{Dossier: dossier, Lang: lang(r.Context()), Actor: actor}
	if change != nil {
		change(&v)
	}
	p := page(r, translate(r, "desk.case.title", "number", dossier.Number)).WithBack("/desk/").WithForm(v.Form).WithPath(casePath(dossier.Number))
	about, err := d.life(r, v)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, casePage(p, about))
}

// may says whether a deed would be permitted now, so that only that is offered.
func (v caseView) may(d mekenjai.Deed) bool {
	m := mekenjai.Matter{KATO: []string{v.KATO}, Holder: v.Officer}
	return !v.OwnCase && v.State != register.CaseClosed && v.Actor.Permitted(d, m) == nil
}

// mayDecide says whether everything is there to decide upon.
func (v caseView) mayDecide() bool {
	return v.may(mekenjai.DoDecide) && v.State == register.CaseTaken && !v.Masked && v.Kind == register.CaseApplication &&
		v.Application != nil && v.Application.State == mekenjai.Referred
}

// title is what the case is about.
func (v caseView) about() string {
	return v.Lang.T("desk.kind." + string(v.Kind))
}

// findings are what the rules found: what brought the case here first.
func (v caseView) findings() []web.Check {
	var list []web.Check
	for _, f := range v.Findings {
		if f.Outcome == rules.OK && f.Rule != "R13" && f.Rule != "R14" {
			continue
		}
		state := web.Neutral
		switch f.Outcome {
		case rules.Manual, rules.Refuse, rules.Cancel, rules.Route:
			state = web.Bad
		case rules.Pending, rules.Ask, rules.Warn:
			state = web.ToDo
		}
		text := f.Rule + ". " + register.Gist(v.Lang, f)
		if f.Party != "" {
			text += " (" + string(f.Party) + ")"
		}
		if f.Waived {
			state, text = web.Good, text+" — "+v.Lang.T("desk.case.waived")
		}
		list = append(list, web.Check{State: state, Text: text, Note: v.Lang.T("rules." + f.Rule + ".norm")})
	}
	if v.Application != nil && v.Application.Reason == "CONTRADICTION" {
		list = append(list, web.Check{State: web.Bad, Text: v.Lang.T("desk.contradiction")})
	}
	if v.Application != nil && v.Letter != nil {
		list = append(list, web.Check{State: web.Bad, Text: v.Lang.T("desk.keeper.refused", "code", v.Letter.Code)})
	}
	return list
}

// answers are what was applied for.
func (v caseView) answers() []web.Row {
	l, a := v.Lang, v.Application
	rows := []web.Row{{Key: l.T("desk.case.application"), Value: a.Number + ", " + l.DateTime(a.SubmittedAt)},
		{Key: l.T("desk.case.state"), Value: l.T("account.state." + string(a.State))}}
	if !v.Masked {
		rows = append(rows,
			web.Row{Key: l.T("desk.case.person"), Value: a.Name.String() + "\n" + string(a.Person)},
			web.Row{Key: l.T("desk.case.address"), Value: a.Dwelling.Address.In(string(l)) + "\n" + l.T("desk.fact.arc", "arc", string(a.Dwelling.ARC))})
	} else {
		rows = append(rows, web.Row{Key: l.T("desk.case.place"), Value: v.Place.In(string(l))})
	}
	rows = append(rows, web.Row{Key: l.T("desk.case.asks"), Value: l.Months(int(a.Months)) + ", " + l.T("portal.purpose."+string(a.Purpose))})
	if a.IsOwner {
		rows = append(rows, web.Row{Key: l.T("desk.case.right"), Value: l.T("desk.case.owner")})
	} else if !v.Masked {
		rows = append(rows, web.Row{Key: l.T("desk.case.right"), Value: l.T("desk.case.not_owner", "owner", string(a.Owner))})
	}
	if a.IsByStaff() || a.Office != "" {
		rows = append(rows, web.Row{Key: l.T("desk.case.filed"), Value: l.T("desk.case.by_staff", "office", a.Office)})
	}
	if a.Filer != "" {
		rows = append(rows, web.Row{Key: l.T("desk.case.filer"), Value: string(a.Filer)})
	}
	return rows
}

// facts are what the registers said.
func (v caseView) facts() web.Grid {
	l := v.Lang
	return web.Grid{Plain: true, Caption: l.T("desk.case.facts"), Head: []string{l.T("desk.fact.name"), l.T("desk.fact.value"), l.T("desk.fact.source"), l.T("desk.fact.at")},
		Rows: factRows(l, v.Application.Person, v.Dossier.Facts)}
}

// registers are the replies as they are kept.
func (v caseView) registers() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.registers"), Head: []string{l.T("desk.reply.peer"), l.T("desk.reply.subject"), l.T("desk.reply.found"),
		l.T("desk.reply.at"), l.T("desk.reply.hash")}}
	for _, x := range v.Answers {
		subject := x.Subject
		if v.Masked {
			subject = "••••"
		}
		at := l.T("desk.reply.none")
		if !x.Answered.IsZero() {
			at = stamp(l, x.Answered)
		}
		g.Rows = append(g.Rows, []templ.Component{web.Text(v.peer(x.Peer)), web.Text(subject), web.Lines(outcome(l, x)), web.Text(at), web.Lines(hashes(l, x))})
	}
	return g
}

// outcome is what came of a question.
func outcome(l locale.Lang, x register.RegisterAnswer) string {
	lines := []string{l.T("desk.no")}
	switch {
	case x.Unused:
		lines[0] = l.T("desk.reply.unused", "at", stamp(l, x.Asked))
	case x.IsLeave():
		lines[0] = l.T("desk.reply.leave")
	case x.Found:
		lines[0] = l.T("desk.yes")
	}
	if x.Nth > 0 {
		lines = append(lines, l.T("desk.reply.nth", "n", x.Nth))
	}
	if x.IsEarlier() {
		lines = append(lines, l.T("desk.reply.earlier"))
	}
	return strings.Join(lines, "\n")
}

// hashes are that of the answer and, when the question travelled, that of its message
// and its number: what an auditor compares with the log of the bus.
func hashes(l locale.Lang, x register.RegisterAnswer) string {
	var lines []string
	if x.Hash != nil {
		lines = append(lines, short(x.Hash))
	}
	if x.Question != nil {
		lines = append(lines, l.T("desk.reply.question", "hash", short(x.Question)))
	}
	if x.Message != "" {
		lines = append(lines, l.T("desk.reply.message", "number", x.Message))
	}
	return strings.Join(lines, "\n")
}

func (v caseView) peer(name string) string {
	if key := "desk.peer." + name; v.Lang.Has(key) {
		return v.Lang.T(key)
	}
	return name
}

// consents are the right-holders' answers.
func (v caseView) consents() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.consents"), Head: []string{l.T("desk.consent.holder"), l.T("desk.consent.right"), l.T("desk.consent.answer"), l.T("desk.consent.at")}}
	for _, c := range v.Consents {
		answer := l.T("account.answer." + string(c.Answer))
		if c.Reason != "" {
			answer += ": " + c.Reason
		}
		if c.Operator != "" {
			answer += "\n" + l.T("desk.consent.at_counter", "as", l.T("desk.consent.as."+string(c.As)), "signer", string(c.Signer))
		}
		right := l.T("account.right." + string(c.Holder.Right))
		if share := c.Holder.Share.String(); share != "" {
			right += ", " + share
		}
		g.Rows = append(g.Rows, []templ.Component{web.Lines(c.Holder.Name + "\n" + string(c.Holder.Party)), web.Text(right), web.Lines(answer), web.Text(stamp(l, c.AnsweredAt))})
	}
	return g
}

// stamp is an instant as tables have it: short.
func stamp(l locale.Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return l.DayShort(mekenjai.DateOf(t)) + "\u00a0" + l.Time(t) // never broken
}

// jumps lead to the parts of the page by keys.
func (v caseView) jumps() []web.Jump {
	var list []web.Jump
	add := func(there bool, id, title, key string) {
		if there {
			list = append(list, web.Jump{Text: v.Lang.T("desk.case." + title), Href: "#" + id, Key: key})
		}
	}
	open := !v.Masked && v.Application != nil
	add(len(v.findings()) > 0, "why", "why", "1")
	add(v.Application != nil, "asked", "asked", "2")
	add(v.Masked, "personal", "personal", "3")
	add(open, "facts", "facts", "3")
	add(open && len(v.Consents) > 0, "consents", "consents", "4")
	add(open, "signatures", "signatures", "5")
	add(open, "papers", "papers", "6")
	add(open && len(v.Entries) > 0, "entries", "entries", "7")
	add(true, "path", "path", "9")
	return list
}

// kindOf names what was signed.
func (v caseView) kindOf(kind string) string {
	switch kind {
	case "application", "consent":
		return v.Lang.T("desk.signed." + kind)
	case mekenjai.DecisionPurpose:
		return v.Lang.T("desk.signed.decision")
	case mekenjai.AttestationPurpose:
		return v.Lang.T("desk.signed.attestation")
	case mekenjai.PetitionPurpose:
		return v.Lang.T("desk.signed.petition")
	}
	return kind
}

// signatures are those that were accepted; after they were verified again, with the
// verdict.
func (v caseView) signatures() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.signatures"), Head: []string{l.T("desk.sign.what"), l.T("desk.sign.who"), l.T("desk.sign.at"), l.T("desk.sign.evidence"), l.T("desk.sign.verdict")}}
	checks := map[string]register.SignatureCheck{}
	for _, c := range v.Checks {
		checks[c.ID] = c
	}
	for _, s := range v.Signatures {
		evidence := l.T("desk.sign.none")
		if s.Evidence {
			evidence = l.T("desk.sign.lt")
		}
		c, ok := checks[s.ID]
		who := string(s.Signer)
		if ok && c.Subject.CommonName != "" {
			who += "\n" + c.Subject.CommonName + "\n" + l.T("desk.sign.serial", "serial", c.Serial)
		}
		if ok && !c.Stamped.IsZero() {
			evidence += "\n" + l.T("desk.sign.stamped", "at", l.DateTime(c.Stamped))
		}
		g.Rows = append(g.Rows, []templ.Component{web.Text(v.kindOf(s.Kind)), web.Lines(who), web.Text(stamp(l, s.At)), web.Lines(evidence), verdictCell(v, s, c, ok)})
	}
	return g
}

// told are the notices that went out.
func (v caseView) told() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.notices"), Head: []string{l.T("desk.notice.to"), l.T("desk.notice.what"), l.T("desk.notice.at"), l.T("desk.notice.sent")}}
	for _, n := range v.Notices {
		g.Rows = append(g.Rows, []templ.Component{web.Text(string(n.Party)), web.Text(notify.Title(l, n.Kind, n.Args)), web.Text(stamp(l, n.At)), web.Text(stamp(l, n.Sent))})
	}
	return g
}

// events are the path of the application and of the case, in their order.
func (v caseView) events() []web.Event {
	l := v.Lang
	var list []web.Event
	for i, s := range v.Path {
		title := l.T("account.step." + string(s.State))
		if i == 0 {
			title = l.T("account.step.submitted")
		}
		list = append(list, web.Event{At: s.At, Title: title, State: web.Done})
	}
	for _, s := range v.Steps {
		list = append(list, web.Event{At: s.At, Title: l.T("desk.step." + s.Deed), Text: s.Note, State: web.Done})
	}
	sortEvents(list)
	return list
}

// audited are the deeds upon the application, by their names in the audit.
func (v caseView) audited() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.audit"), Head: []string{l.T("desk.audit.at"), l.T("desk.audit.verb"), l.T("desk.audit.actor"), l.T("desk.audit.outcome")}}
	for _, e := range v.History {
		g.Rows = append(g.Rows, []templ.Component{web.Text(stamp(l, e.At)), web.Text(e.Verb), web.Text(e.Actor), web.Text(e.Outcome)})
	}
	return g
}

// papers are the scans put to the application.
func (v caseView) papers() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.case.papers"), Head: []string{l.T("desk.paper.kind"), l.T("desk.paper.added"), l.T("desk.paper.checked"), l.T("desk.reply.hash")}}
	for _, p := range v.Papers {
		checked := l.T("desk.no")
		if p.Checked {
			checked = l.T("desk.yes")
		}
		g.Rows = append(g.Rows, []templ.Component{web.Link(paperName(l, p.Kind), "/desk/papers/"+p.ID), web.Text(stamp(l, p.AddedAt)), web.Text(checked), web.Text(short(p.Hash))})
	}
	return g
}
