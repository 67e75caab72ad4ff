package portal

import (
	"strconv"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// entryView is an entry in the words of one reader.
type entryView struct {
	register.EntryPage
	Lang  locale.Lang
	Party mekenjai.PartyID
	Said  string // what the reader has just done
}

// said are the deeds after which the page says so.
var said = map[string]bool{"asked": true, "confirmed": true, "declined": true, "withdrawn": true, "objected": true,
	"disputed": true, "ended": true, "waiting": true, "late": true}

// today is the register's day.
func (v entryView) today() mekenjai.Date { return mekenjai.DateOf(v.Now) }

func (v entryView) standing() mekenjai.Standing { return v.StandingOn(v.today()) }

// isAsked says whether an owner's request runs.
func (v entryView) isAsked() bool { return v.Request.Runs() && v.Request.Kind.IsOwners() }

// topic is under which name the catalogue tells how the entry stands for this
// reader: what he may have to do comes before what merely is.
func (v entryView) topic() string {
	switch side := v.side(); {
	case v.isAsked() && v.Request.State == mekenjai.EndingObjected:
		return side + ".objected"
	case v.isAsked() && v.Own && v.Request.MayObject(v.Now):
		return "own.asked"
	case v.isAsked() && v.Own:
		return "own.settling"
	case v.isAsked() && v.mayConfirm():
		return "owner.confirm"
	case v.isAsked():
		return "owner.asked"
	default:
		return side + "." + string(v.standing())
	}
}

func (v entryView) side() string {
	if v.Own {
		return "own"
	}
	return "owner"
}

func (v entryView) title() string { return v.Lang.T("life.title." + v.topic()) }

func (v entryView) lede() string {
	args := []any{"name", v.Name.String(), "day", v.Lang.DayUntil(mekenjai.DateOf(v.Now)), "from", v.Lang.DayFrom(v.Period.From), "until", v.Lang.DayUntil(v.Period.To)}
	if v.Request != nil {
		args[3] = v.Lang.DayUntil(mekenjai.DateOf(v.Request.Until))
	}
	return v.Lang.T("life.lede."+v.topic(), args...)
}

// mayConfirm says whether the request waits for the reader's word.
func (v entryView) mayConfirm() bool { return v.Request.AskedOfMe && v.Request.MayConfirm(v.Now) }

// mayWithdraw says whether the reader may take his own request back.
func (v entryView) mayWithdraw() bool { return v.isAsked() && v.Request.Mine }

// outcome is under which name the catalogue tells how the last request ended
// without an end of the entry; "" when there is nothing to tell.
func (v entryView) outcome() string {
	if v.Request == nil || !v.Request.Kind.IsOwners() || v.State == mekenjai.EntryEnded {
		return ""
	}
	switch s := v.Request.State; s {
	case mekenjai.EndingRefused, mekenjai.EndingRejected, mekenjai.EndingLapsed, mekenjai.EndingVoid:
		return string(s)
	}
	return ""
}

// rows are the entry itself.
func (v entryView) rows() []web.Row {
	l := v.Lang
	rows := []web.Row{{Key: l.T("account.address.state"), Content: web.Tag(standingColour(v.standing()), l.T("life.standing."+string(v.standing())))}}
	if !v.Own {
		rows = append(rows, web.Row{Key: l.T("life.row.who"), Value: v.Name.String()})
	}
	rows = append(rows,
		web.Row{Key: l.T("portal.answer.dwelling"), Content: addressOf(v.Dwelling)},
		web.Row{Key: l.T("account.address.period"), Value: l.DayFrom(v.Period.From) + " " + l.DayUntil(v.Period.To)},
		web.Row{Key: l.T("account.address.fixed"), Value: l.DateTime(v.FixedAt)})
	if v.State == mekenjai.EntryEnded {
		rows = append(rows, web.Row{Key: l.T("account.address.ended"), Value: l.DateTime(v.EndedAt) + "\n" + v.why()})
	}
	if v.Own && v.Application != "" {
		rows = append(rows, web.Row{Key: l.T("account.address.application"), Content: web.Link(l.T("account.address.open"), casePath(v.Application))})
	}
	return rows
}

// why the entry ended, in words that fit the reader.
func (v entryView) why() string {
	if v.Own {
		return v.Lang.T("account.end." + string(v.EndReason))
	}
	return v.Lang.T("life.end." + string(v.EndReason))
}

func standingColour(s mekenjai.Standing) web.Colour {
	switch s {
	case mekenjai.StandsValid:
		return web.Green
	case mekenjai.StandsDisputed, mekenjai.StandsAnnulled:
		return web.Red
	case mekenjai.StandsAhead:
		return web.Yellow
	}
	return web.Grey
}

// requestRows are a request to end the entry, as its parties may see it: owners
// one another by name, the person counts alone.
func (v entryView) requestRows() []web.Row {
	l, q := v.Lang, v.Request
	rows := []web.Row{{Key: l.T("life.request.at"), Value: l.DateTime(q.At)}}
	if q.Ground != "" {
		rows = append(rows, web.Row{Key: l.T("life.request.ground"), Value: q.Ground})
	}
	rows = append(rows, web.Row{Key: l.T("life.request.objection"), Value: l.DayUntil(mekenjai.DateOf(q.Until))})
	if len(q.Confirmations) == 0 {
		return rows
	}
	rows = append(rows, web.Row{Key: l.T("life.request.confirm"), Value: l.DayUntil(mekenjai.DateOf(q.Confirm))})
	if v.Own {
		return append(rows, web.Row{Key: l.T("life.request.owners"),
			Value: l.T("life.request.confirmed", "n", strconv.Itoa(q.Confirmed()), "total", strconv.Itoa(len(q.Confirmations)))})
	}
	for _, c := range q.Confirmations {
		rows = append(rows, web.Row{Key: c.Holder.Name, Value: l.T("life.confirmation." + string(c.Answer))})
	}
	return rows
}

// decided are the disputes that an officer has decided, for both sides to read.
func (v entryView) decided() (list []mekenjai.Dispute) {
	for _, d := range v.Disputes {
		if d.State == mekenjai.DisputeUpheld || d.State == mekenjai.DisputeDismissed {
			list = append(list, d)
		}
	}
	return list
}

// versionRows are how the entry read before a correction.
func versionRows(l locale.Lang, x register.Version) []web.Row {
	return []web.Row{
		{Key: l.T("life.version.name"), Value: x.Name.String()},
		{Key: l.T("portal.answer.dwelling"), Value: x.Address.In(string(l))},
		{Key: l.T("account.address.period"), Value: l.DayFrom(x.Period.From) + " " + l.DayUntil(x.Period.To)},
		{Key: l.T("life.version.until"), Value: l.DateTime(x.Until)},
		{Key: l.T("life.version.ground"), Value: x.Ground},
		{Key: l.T("life.version.paper"), Value: x.Paper},
	}
}
