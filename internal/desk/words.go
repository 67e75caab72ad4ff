package desk

import (
	"encoding/hex"
	"slices"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// short is the beginning of a hash, for the eye; the whole stands in the evidence.
func short(hash []byte) string {
	s := hex.EncodeToString(hash)
	return s[:min(len(s), 16)]
}

func sortEvents(list []web.Event) {
	slices.SortStableFunc(list, func(a, b web.Event) int { return a.At.Compare(b.At) })
}

// paperName is the kind of a paper in words.
func paperName(l locale.Lang, k mekenjai.PaperKind) string { return l.T("desk.paperkind." + string(k)) }

// lookReasons are the choices of why somebody's data is opened.
func lookReasons(l locale.Lang) []web.Option {
	var list []web.Option
	for _, r := range register.LookReasons {
		list = append(list, web.Option{Value: string(r), Label: l.T("account.looks.reason." + string(r))})
	}
	return list
}

// askedPapers are the papers that an officer may ask for.
func askedPapers(l locale.Lang) []web.Option {
	var list []web.Option
	for _, k := range register.AskedKinds {
		list = append(list, web.Option{Value: string(k), Label: paperName(l, k)})
	}
	return list
}

// paperDays are the terms in which it is to come.
func paperDays(l locale.Lang) []web.Option {
	var list []web.Option
	for _, n := range register.PaperDays {
		list = append(list, web.Option{Value: count(n), Label: l.N("desk.days", n)})
	}
	return list
}

func protectionGrounds(l locale.Lang) []web.Option {
	var list []web.Option
	for _, g := range mekenjai.ProtectionGrounds {
		list = append(list, web.Option{Value: g.Code, Label: g.Name.In(string(l))})
	}
	return list
}

func protectionMonths(l locale.Lang) []web.Option {
	var list []web.Option
	for _, n := range mekenjai.ProtectionMonths {
		list = append(list, web.Option{Value: count(n), Label: l.Months(n)})
	}
	return list
}

// refusalGround is a ground with its norm.
func refusalGround(l locale.Lang, code string) string {
	g, _ := mekenjai.GroundOf(code)
	return g.Name.In(string(l)) + " (" + g.Norm.In(string(l)) + ")"
}

// standing is how a case stands: its state, age and clock.
func (v caseView) standing() []web.Row {
	l := v.Lang
	state := l.T("desk.state." + string(v.State))
	if v.Mine && v.State != register.CaseClosed {
		state += " — " + l.T("desk.state.mine")
	}
	rows := []web.Row{{Key: l.T("desk.queue.state"), Value: state}, {Key: l.T("desk.queue.opened"), Value: l.DateTime(v.Opened)}}
	if !v.Taken.IsZero() {
		rows = append(rows, web.Row{Key: l.T("desk.case.taken"), Value: l.DateTime(v.Taken)})
	}
	due := l.DateTime(v.Due)
	switch {
	case v.State == register.CaseClosed:
		return append(rows, web.Row{Key: l.T("desk.case.closed"), Value: stamp(l, v.Closed)})
	case !v.Stopped.IsZero():
		due = l.T("desk.queue.stands")
	case v.IsOverdue(v.Now):
		due += "\n" + l.T("desk.queue.overdue", "time", age(l, int(v.Now.Sub(v.Due).Hours())))
	}
	return append(rows, web.Row{Key: l.T("desk.queue.due"), Value: due})
}

// offers says whether the officer can do anything to the case now.
func (v caseView) offers() bool {
	return v.State != register.CaseClosed && !v.OwnCase && (v.Mine || v.State == register.CaseOpen || v.Idle && v.Actor.Duty.Role == mekenjai.Chief)
}

// rows of a protection.
func (v protectionView) rows() []web.Row {
	l := v.Lang
	rows := []web.Row{{Key: l.T("desk.protection.state"), Value: l.T("desk.protection_state." + string(v.State))},
		{Key: l.T("desk.protection.iin"), Value: string(v.Person)},
		{Key: l.T("desk.protection.ground"), Value: groundName(l, v.Ground)},
		{Key: l.T("desk.protection.paper"), Value: v.Paper},
		{Key: l.T("desk.protection.months"), Value: l.Months(v.Months)},
		{Key: l.T("desk.protection.proposed"), Value: stamp(l, v.Proposed)}}
	if !v.Confirmed.IsZero() {
		rows = append(rows, web.Row{Key: l.T("desk.protection.confirmed_at"), Value: stamp(l, v.Confirmed)}, web.Row{Key: l.T("desk.protection.until"), Value: stamp(l, v.Until)})
	}
	if v.Why != "" {
		rows = append(rows, web.Row{Key: l.T("desk.protection.why"), Value: v.Why})
	}
	return rows
}
