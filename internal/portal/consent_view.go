package portal

import (
	"cmp"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// isOpen says whether an answer would still be accepted, by the register's own
// clock: the sweep that closes a request may come a moment later.
func isOpen(q register.Request) bool {
	return q.Answer.IsOpen() && !q.HasLapsed(q.Now) && !q.State.IsDecided() && q.Waiting.IsZero()
}

// consentView is a request in the words of one reader.
type consentView struct {
	register.Request
	Lang locale.Lang
	Late bool // the reader has just tried to answer in vain
	// Mobile is the choice to sign in eGov Mobile.
	Mobile *web.Mobile
}

func (v consentView) isOpen() bool { return isOpen(v.Request) }

// topic is under which name the catalogue tells how the request stands.
func (v consentView) topic() string {
	switch {
	case v.isOpen():
		return "asked"
	case v.Answer.IsOpen() && !v.Waiting.IsZero():
		return "waiting"
	case v.Answer.IsOpen() && v.HasLapsed(v.Now):
		return string(mekenjai.Lapsed)
	case v.Answer == mekenjai.Agreed && v.State == mekenjai.Registered:
		return "entered"
	case v.Answer == mekenjai.Agreed && v.State == mekenjai.Entering:
		return "entering"
	}
	return string(v.Answer)
}

func (v consentView) title() string { return v.Lang.T("account.consent.title." + v.topic()) }

// isOwnDeed is an answer that the reader gave: it has a panel as a receipt.
func (v consentView) isOwnDeed() bool {
	switch v.Answer {
	case mekenjai.Agreed, mekenjai.Declined, mekenjai.NotMine, mekenjai.Withdrawn:
		return true
	}
	return false
}

// deadline is until when the answer counts.
func (v consentView) deadline() web.Clock {
	return web.Clock{Label: v.Lang.T("account.consent.deadline"), Until: v.Deadline, Now: v.Now}
}

// rows are what is asked: everything, as the reader knows nothing of it yet.
func (v consentView) rows() []web.Row {
	l := v.Lang
	return []web.Row{
		{Key: l.T("account.consent.who"), Value: v.Name.String()},
		{Key: l.T("portal.answer.dwelling"), Content: addressOf(v.Dwelling)},
		{Key: l.T("portal.answer.months"), Value: l.T("account.consent.months", "months", l.Months(int(v.Months)))},
		{Key: l.T("portal.answer.purpose"), Value: l.T("portal.purpose." + string(v.Purpose))},
		{Key: l.T("portal.answer.arrival"), Value: l.Day(v.Arrival)},
		{Key: l.T("account.consent.as"), Value: v.capacity()},
		{Key: l.T("account.consent.others"), Value: cmp.Or(v.others(), l.T("account.consent.alone"))},
	}
}

// capacity is in what right the reader is asked, and for whom he answers.
func (v consentView) capacity() string {
	text := v.Lang.T("account.right." + string(v.Holder.Right))
	if share := v.Holder.Share.String(); share != "" {
		text += ", " + v.Lang.T("account.share", "share", share)
	}
	if v.Holder.Party.IsOrganisation() {
		text += "\n" + v.Holder.Name
	}
	return text
}

func (v consentView) others() string {
	if v.Others <= 0 {
		return ""
	}
	return v.Lang.N("account.consent.others_count", v.Others)
}
