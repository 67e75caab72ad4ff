package portal

import (
	"fmt"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
	"mekenjai/internal/web"
)

// caseView is a case in the words of one reader.
type caseView struct {
	register.Case
	Lang locale.Lang
	Form *web.Form // of a paper that was sent
}

// topic is under which name the catalogue tells where the case stands. It is the
// state, parted where people must do different things: a silent register is not
// a running check, and a right-holder's "no" is not the state's.
func (v caseView) topic() string {
	switch {
	case v.State == mekenjai.Cancelled:
		switch mekenjai.Cancellation(v.Reason) {
		case mekenjai.ConsentTimeout:
			return "lapsed"
		case mekenjai.ConsentWithdrawn:
			return "taken_back"
		}
		return "withdrawn"
	case v.State == mekenjai.Refused && v.Reason == "CONSENT_DECLINED":
		return "declined"
	case v.State == mekenjai.Registered && v.Entry != nil && v.Entry.State == mekenjai.EntryAhead:
		return "extended"
	case v.State == mekenjai.Entering && !v.AskAgain.IsZero():
		return "entering_silent"
	case v.isSilent():
		return "silent"
	case v.State == mekenjai.Referred && v.Reason == "KEEPER_REFUSED" && v.Wanted == nil:
		return "not_entered"
	case v.State == mekenjai.Referred && v.Wanted != nil:
		return "paper_wanted"
	}
	return string(v.State)
}

func (v caseView) title() string { return v.Lang.T("account.case.title." + v.topic()) }

// lede says what happened, next what follows and who must act.
func (v caseView) lede() string { return v.Lang.T("account.case.lede." + v.topic()) }
func (v caseView) next() string { return v.Lang.T("account.case.next." + v.topic()) }

// filer is in what capacity the application was filed.
func (v caseView) filer() string {
	if v.FilerRole == "" {
		return "self"
	}
	return string(v.FilerRole)
}

// isSilent says whether a register that is to answer a question does not. One that is
// to confirm the entry is another matter: nothing is decided by its answer.
func (v caseView) isSilent() bool {
	return !v.AskAgain.IsZero() && (v.State == mekenjai.Checking || v.State == mekenjai.Deciding)
}

// mayFileAgain is after an end that stands against no new application. Who was
// registered has nothing to file, and who must go to a window files there.
func (v caseView) mayFileAgain() bool {
	return v.State.IsFinal() && v.State != mekenjai.Registered && !v.goesToOffice()
}

// sealWait is how long the page waits for the seal of an act. An installation
// without a key for seals would otherwise keep pages asking for ever.
const sealWait = 2 * time.Minute

// live is the part of the page that renews itself: its key changes with
// everything that there is to see. An officer takes days, so nothing is asked
// while one has the case.
func (v caseView) live() web.Block {
	key := fmt.Sprint(v.topic(), v.Round, len(v.Steps), v.Lang.Time(v.AskAgain))
	for _, c := range v.Consents {
		key += "," + string(c.Answer)
	}
	for _, c := range v.Complaints {
		key += ";" + string(c.State)
	}
	done := v.State.IsFinal() || v.State == mekenjai.Referred
	if v.Act != nil {
		key += fmt.Sprint(v.Act.SealedAt.IsZero())
		done = !v.Act.SealedAt.IsZero() || v.Now.Sub(v.Act.At) > sealWait
	}
	return web.Block{ID: "case", Key: key, Done: done}
}

// atTheOffice are the ways on that lead to a window, where the owner must stand
// too. The others are mended at home, or are another person's or service's.
var atTheOffice = []string{"OFFICE_HALL", "ANNEX7_OFFICE", "ATTORNEY_OFFICE", "RETURNEE_OFFICE", "NO_CONSULAR_DEREG"}

func (v caseView) goesToOffice() bool { return slices.Contains(atTheOffice, v.Reason) }

// clock is the ten-minute promise.
func (v caseView) clock() web.Spent {
	return web.Spent{Time: v.Clock.Elapsed(v.Now), Limit: v.Promise, Paused: v.State.WaitsForPeople() || v.Wanted != nil,
		Stopped: v.State.IsFinal(), Now: v.Now}
}

// deadline is how long the right-holders still have.
func (v caseView) deadline() web.Clock {
	return web.Clock{Label: v.Lang.T("account.case.deadline"), Until: v.Deadline(), Now: v.Now}
}

// grounds are the findings that brought the case to where it stands.
func (v caseView) grounds() []rules.Finding {
	outcome := map[mekenjai.State]rules.Outcome{mekenjai.Refused: rules.Refuse, mekenjai.Routed: rules.Route,
		mekenjai.Referred: rules.Manual, mekenjai.Cancelled: rules.Cancel}[v.State]
	if v.isSilent() {
		outcome = rules.Pending
	}
	return v.findings(func(f rules.Finding) bool { return outcome != "" && f.Outcome == outcome })
}

// remarks stand against nothing, but the person should know them: warnings, and
// what becomes of an entry that he has.
func (v caseView) remarks() []rules.Finding {
	entry := []string{"R13", "R14", "R19", "R21", "R22"}
	hopeful := !v.State.IsFinal() || v.State == mekenjai.Registered // else there is no new entry to speak of
	return v.findings(func(f rules.Finding) bool {
		return f.Outcome == rules.Warn || hopeful && f.Outcome == rules.OK && slices.Contains(entry, f.Rule)
	})
}

// remedy is how a refusal may be complained of (R57).
func (v caseView) remedy() []rules.Finding {
	return v.findings(func(f rules.Finding) bool { return f.Rule == "R57" && v.State == mekenjai.Refused })
}

// findings leaves out what is for officers, and says the same thing once: two
// owners for whom the same holds are not told apart to the applicant.
func (v caseView) findings(wanted func(rules.Finding) bool) []rules.Finding {
	var list []rules.Finding
	seen := map[string]bool{}
	for _, f := range v.Findings {
		text := v.Lang.T(f.Key(), f.Pairs()...)
		if f.Staff || !wanted(f) || seen[text] {
			continue
		}
		seen[text] = true
		list = append(list, f)
	}
	return list
}

// holders are the right-holders by role, with their answers.
func (v caseView) holders() []web.Row {
	var rows []web.Row
	for _, c := range v.Consents {
		key := v.Lang.T("account.right." + string(c.Right))
		if c.Declared {
			key += " " + v.Lang.T("account.right.declared")
		}
		value := v.Lang.T("account.answer." + string(c.Answer))
		if !c.Answered.IsZero() {
			value += ", " + v.Lang.Time(c.Answered)
		}
		rows = append(rows, web.Row{Key: key, Value: value})
	}
	return rows
}

// answers are what the application asked for.
func (v caseView) answers() []web.Row {
	l := v.Lang
	rows := []web.Row{
		{Key: l.T("account.case.submitted"), Value: l.DateTime(v.SubmittedAt)},
		{Key: l.T("portal.answer.dwelling"), Content: addressOf(v.Dwelling)},
		{Key: l.T("portal.answer.months"), Value: l.Months(int(v.Months))},
		{Key: l.T("portal.answer.purpose"), Value: l.T("portal.purpose." + string(v.Purpose))},
		{Key: l.T("portal.answer.arrival"), Value: l.Day(v.Arrival)},
	}
	if v.Owner != "" {
		rows = append(rows, web.Row{Key: l.T("portal.answer.owner"), Value: grouped(string(v.Owner))})
	}
	return append(rows, web.Row{Key: l.T("account.case.code"), Value: mekenjai.ShortCode(v.Statement)})
}

// events are the path of the case so far, what it waits for, and what should
// follow.
func (v caseView) events() []web.Event {
	asked := 0 // the steps up to the last asking; the answers came after it
	var steps []web.Event
	for i, s := range v.Steps {
		e := web.Event{At: s.At, Title: v.Lang.T("account.step." + string(s.State)), State: web.Done}
		switch {
		case i == 0:
			e.Title = v.Lang.T("account.step.submitted")
		case s.State == mekenjai.AwaitingConsent:
			asked = i + 1
		}
		steps = append(steps, e)
	}
	if (v.State == mekenjai.Refused || v.State == mekenjai.Cancelled) && len(steps) > 0 {
		steps[len(steps)-1].State = web.Failed
	}
	list := slices.Concat(steps[:asked], v.answered(), steps[asked:], v.complaintEvents())
	slices.SortStableFunc(list, func(a, b web.Event) int { return a.At.Compare(b.At) })
	if !v.State.IsFinal() {
		list = append(list, web.Event{Title: v.Lang.T("account.now." + string(v.State)), State: web.Now})
	}
	for _, s := range ahead[v.State] {
		list = append(list, web.Event{Title: v.Lang.T("account.ahead." + s), State: web.Next})
	}
	return list
}

// ahead is what follows when nothing stands in the way.
var ahead = map[mekenjai.State][]string{
	mekenjai.Checking:        {"consent", "entry"},
	mekenjai.AwaitingConsent: {"deciding", "entry"},
	mekenjai.Deciding:        {"entry"},
	mekenjai.Entering:        {"confirmed"},
}

// answered are the right-holders' answers of the present round as events.
func (v caseView) answered() []web.Event {
	var list []web.Event
	for _, c := range v.Consents {
		switch c.Answer {
		case mekenjai.Agreed:
			list = append(list, web.Event{At: c.Answered, Title: v.Lang.T("account.step.agreed"), State: web.Done})
		case mekenjai.Declined, mekenjai.NotMine, mekenjai.Lapsed, mekenjai.Withdrawn:
			list = append(list, web.Event{At: c.Answered, Title: v.Lang.T("account.step." + string(c.Answer)), State: web.Failed})
		}
	}
	return list
}
