package desk

import (
	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

func proposalKinds(l locale.Lang) []web.Option {
	var list []web.Option
	for _, k := range []mekenjai.EndingKind{mekenjai.EndingByCourt, mekenjai.EndingAnnulment} {
		key := "life.desk.ending." + string(k)
		list = append(list, web.Option{Value: string(k), Label: l.T(key), Hint: l.T(key + ".hint")})
	}
	return list
}

func correctable(l locale.Lang) []web.Option {
	return []web.Option{{Value: "name", Label: l.T("life.desk.correct.name")}, {Value: "address", Label: l.T("life.desk.correct.address")}}
}

// events are what was asked, disputed and corrected, in their order.
func (v entryView) events() []web.Event {
	l := v.Lang
	var list []web.Event
	for _, e := range v.Endings {
		list = append(list, web.Event{At: e.At, Title: l.T("life.desk.ending." + string(e.Kind)),
			Text: l.T("life.desk.state." + string(e.State)), State: web.Done})
	}
	for _, d := range v.Disputes {
		list = append(list, web.Event{At: d.At, Title: l.T("life.desk.kind." + string(d.Kind)),
			Text: l.T("life.desk.dispute." + string(d.State)), State: web.Done})
	}
	for _, x := range v.Versions {
		list = append(list, web.Event{At: x.Until, Title: l.T("life.desk.corrected"), Text: x.Paper, State: web.Done})
	}
	sortEvents(list)
	return list
}
