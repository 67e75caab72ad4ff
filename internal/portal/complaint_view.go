package portal

import (
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
	"mekenjai/internal/web"
)

// complaintView is a complaint in the words of one reader.
type complaintView struct {
	register.Complaint
	Lang locale.Lang
}

// topic is under which name the catalogue tells where it stands.
func (v complaintView) topic() string { return complaintTopic(v.Complaint.Complaint) }

func complaintTopic(c mekenjai.Complaint) string {
	if c.Kind == mekenjai.AgainstOwner {
		return "owner_" + string(c.State)
	}
	return string(c.State)
}

func (v complaintView) title() string { return v.Lang.T("remedy.title." + v.topic()) }
func (v complaintView) lede() string  { return v.Lang.T("remedy.lede." + v.topic()) }

// lastDay is the last day of a term that is over at the instant t.
func lastDay(t time.Time) mekenjai.Date { return mekenjai.DateOf(t.Add(-time.Second)) }

// rows are what was complained of.
func (v complaintView) rows() []web.Row {
	l := v.Lang
	rows := []web.Row{
		{Key: l.T("remedy.row.number"), Value: v.Number},
		{Key: l.T("remedy.row.received"), Value: l.DateTime(v.ReceivedAt)},
		{Key: l.T("portal.answer.dwelling"), Content: addressOf(v.Dwelling)},
	}
	if v.Act != "" {
		rows = append(rows, web.Row{Key: l.T("remedy.row.act"), Value: v.Act})
	}
	if v.Against != "" {
		rows = append(rows,
			web.Row{Key: l.T("remedy.row.against"), Value: grouped(string(v.Against))},
			web.Row{Key: l.T("remedy.row.since"), Value: l.Day(v.Since)},
			web.Row{Key: l.T("remedy.row.pays"), Value: l.T("remedy.pays." + yesNo(v.Pays))},
			web.Row{Key: l.T("remedy.row.evidence"), Value: evidenceList(l, v.Evidence)})
	}
	rows = append(rows, web.Row{Key: l.T("remedy.row.words"), Content: web.Prose(v.Text)})
	if v.Late {
		rows = append(rows, web.Row{Key: l.T("remedy.row.restore"), Content: web.Prose(v.Restore)})
	}
	return append(rows, web.Row{Key: l.T("account.case.code"), Value: v.Code})
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func evidenceList(l locale.Lang, kinds []string) string {
	text := ""
	for i, k := range kinds {
		if i > 0 {
			text += "\n"
		}
		text += l.T("remedy.evidence." + k)
	}
	return text
}

// events are the way of the complaint, what it waits for and what follows.
func (v complaintView) events() []web.Event {
	l := v.Lang
	step := func(name string) web.Event { return web.Event{Title: l.T("remedy.step." + name), State: web.Done} }
	list := []web.Event{step("received")}
	list[0].At = v.ReceivedAt
	if !v.ForwardedAt.IsZero() {
		e := step("forwarded")
		e.At = v.ForwardedAt
		list = append(list, e)
	}
	switch {
	case !v.State.IsOpen():
		e := step(v.topic())
		e.At = v.AnsweredAt
		if v.State == mekenjai.ComplaintDismissed || v.State == mekenjai.ComplaintSilent {
			e.State = web.Failed
		}
		list = append(list, e)
	case v.State == mekenjai.ComplaintReceived && v.Kind == mekenjai.AgainstRefusal:
		list = append(list,
			web.Event{Title: l.T("remedy.now.first"), Text: l.DayUntil(lastDay(v.ForwardBy)), State: web.Now},
			web.Event{Title: l.T("remedy.next.answer"), Text: l.DayUntil(lastDay(v.AnswerBy)), State: web.Next})
	default:
		list = append(list, web.Event{Title: l.T("remedy.now." + v.topic()), Text: l.DayUntil(lastDay(v.AnswerBy)), State: web.Now})
	}
	return list
}

// toCourt says whether the way to the court is open.
func (v complaintView) toCourt() bool {
	return v.State == mekenjai.ComplaintDismissed || v.State == mekenjai.ComplaintSilent
}

// mayComplainOfOwner is after an end that an owner's answer, or his silence, brought
// about.
func (v caseView) mayComplainOfOwner() bool {
	for _, c := range v.Complaints {
		if c.Kind == mekenjai.AgainstOwner && c.State.IsOpen() {
			return false
		}
	}
	return slices.Contains([]string{"declined", "lapsed", "taken_back"}, v.topic())
}

// mayComplain says whether the refusal can be complained of, in time or late.
func (v caseView) mayComplain() bool {
	return v.Act != nil && v.Term.Filed == "" && !v.Term.Until.IsZero()
}

// complaintEvents are the complaints as steps of the application.
func (v caseView) complaintEvents() []web.Event {
	var list []web.Event
	add := func(e web.Event, number string) {
		e.Content = web.Link(v.Lang.T("remedy.open", "number", number), complaintPath(number))
		list = append(list, e)
	}
	for _, c := range v.Complaints {
		add(web.Event{At: c.ReceivedAt, Title: v.Lang.T("remedy.step.filed." + string(c.Kind)), State: web.Done}, c.Number)
		if !c.State.IsOpen() {
			state := web.Done
			if c.State == mekenjai.ComplaintDismissed || c.State == mekenjai.ComplaintSilent {
				state = web.Failed
			}
			add(web.Event{At: c.AnsweredAt, Title: v.Lang.T("remedy.step." + complaintTopic(c)), State: state}, c.Number)
		}
	}
	return list
}

func evidenceOptions(l locale.Lang) []web.Option {
	var list []web.Option
	for _, k := range rules.EvidenceKinds {
		list = append(list, web.Option{Value: string(k), Label: l.T("remedy.evidence." + string(k))})
	}
	return list
}
