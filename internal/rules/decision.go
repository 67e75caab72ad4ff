package rules

// decisionRules: what follows from the rows before.
var decisionRules = []Rule{
	{ID: "R55", Group: GroupDecision, Norm: "Service page: the entry is made within 10 minutes", Tag: "V", Parameters: params("promise_minutes_portal", "promise_minutes_bank", "promise_minutes_office"),
		Reads: reads(FromFindings, FromClock), Answers: may(OK, "ENTRY", Warn, "PROMISE_MISSED"), judge: judgeEntry},
	{ID: "R56", Group: GroupDecision, Norm: "Administrative Procedural-Process Code, art. 76: the authority collects the facts itself", Tag: "I",
		Reads: registers, Answers: silence(), judge: judgeSilence},
	{ID: "R57", Group: GroupDecision, Norm: remedyNorm, Tag: "V",
		Parameters: params("complaint_months", "complaint_months_unstated", "complaint_forward_days", "complaint_answer_days"),
		Reads:      reads(FromFindings), Answers: may(OK, "REMEDY"), judge: judgeRemedy},
	{ID: "R58", Group: GroupDecision, Norm: "Rules of registration of the population, order of 14.09.2024; service page: result of the service", Tag: "V2",
		Reads: reads(FromFindings), Answers: may(OK, "RECORD_AND_NOTIFY"), judge: judgeRecord},
}

const remedyNorm = "Administrative Procedural-Process Code, arts 80(5), 91, 92"

// judgeSilence comes first among the decisions in effect: what was missed by any
// row keeps the application, neither passing nor refusing it.
func judgeSilence(h *hearing) { h.sayWaits() }

func (h *docket) sayWaits() {
	for _, w := range h.waits {
		state := "not_asked"
		if w.silent {
			state = "silent"
		}
		h.say(Pending, string(w.source), "state", state).about(w.party)
	}
}

func silence() []Answer {
	var out []Answer
	for _, s := range registers {
		out = append(out, Answer{Pending, string(s)})
	}
	return out
}

// judgeEntry: when nothing stands against it the entry is made without a person.
func judgeEntry(h *hearing) {
	minutes := h.p.Promise(h.Channel)
	if h.Application.ClockSeconds > minutes*60 {
		h.say(Warn, "PROMISE_MISSED", "minutes", minutes).forStaff()
	}
	if !h.stopped() && len(h.waits) == 0 {
		h.say(OK, "ENTRY", "minutes", minutes)
	}
}

// judgeRemedy: every refusal says how long and to whom one may complain.
func judgeRemedy(h *hearing) {
	if h.has(Refuse) {
		h.say(OK, "REMEDY", "months", h.p.ComplaintMonths, "until", h.today.AddMonths(h.p.ComplaintMonths))
	}
}

// judgeRecord: write the register, pass the address to the register of persons,
// tell the person and every owner.
func judgeRecord(h *hearing) {
	if !h.stopped() {
		h.say(OK, "RECORD_AND_NOTIFY")
	}
}
