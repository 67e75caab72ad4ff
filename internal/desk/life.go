package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// What officers do to entries that stand already: decide disputes and objections,
// propose and confirm ends against somebody's will, correct errors.

func entryPath(number string) string { return "/desk/entries/" + url.PathEscape(number) }

func (d *Desk) lifeRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /desk/cases/{number}/resolve":               d.askResolution,
		"POST /desk/cases/{number}/resolve":              d.prepareResolution,
		"POST /desk/cases/{number}/confirm":              d.prepareApproval,
		"GET /desk/cases/{number}/reject":                d.askRejection,
		"POST /desk/cases/{number}/reject":               d.reject,
		"GET /desk/cases/{number}/life/{what}/{text}":    d.showLifeText,
		"POST /desk/cases/{number}/life/{what}/{text}":   d.signLifeText,
		"GET /desk/entries/{number}":                     d.showEntry,
		"GET /desk/entries/{number}/end":                 d.askProposal,
		"POST /desk/entries/{number}/end":                d.prepareProposal,
		"GET /desk/entries/{number}/correct":             d.askCorrection,
		"POST /desk/entries/{number}/correct":            d.prepareCorrection,
		"GET /desk/entries/{number}/life/{what}/{text}":  d.showLifeText,
		"POST /desk/entries/{number}/life/{what}/{text}": d.signLifeText,
	}
}

// signed are the texts of this part of the desk: where each begins again when it is
// stale, and the verb that its signature finishes.
func (d *Desk) signed(what string) (purpose string, finish func(context.Context, mekenjai.Actor, string, register.Signature) error, ok bool) {
	switch what {
	case "resolve":
		return mekenjai.ResolutionPurpose, d.Register.ResolveDispute, true
	case "rule":
		return mekenjai.ComplaintDecisionPurpose, d.Register.RuleComplaint, true
	case "confirm":
		return mekenjai.EndApprovalPurpose, d.Register.ApproveEnd, true
	case "end":
		return mekenjai.EndProposalPurpose, d.Register.ProposeEnd, true
	case "correct":
		return mekenjai.CorrectionPurpose, d.Register.Correct, true
	}
	return "", nil, false
}

// place is the case or the entry of the path.
func place(r *http.Request) string {
	if number := r.PathValue("number"); r.URL.Path[:len("/desk/e")] == "/desk/e" {
		return entryPath(number)
	}
	return casePath(r.PathValue("number"))
}

// showLifeText shows the exact text that is signed.
func (d *Desk) showLifeText(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	return d.lifeText(w, r, actor, nil)
}

func (d *Desk) lifeText(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form) error {
	purpose, _, ok := d.signed(r.PathValue("what"))
	if !ok {
		return mekenjai.ErrNotFound
	}
	text, err := d.Register.TextToSign(r.Context(), actor, r.PathValue("text"), purpose)
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && !text.Signed.IsZero() {
		return web.Redirect(w, r, place(r)) // signed already, or replaced by another tab
	}
	if err != nil {
		return err
	}
	here := place(r) + "/life/" + r.PathValue("what") + "/" + text.ID
	p := page(r, translate(r, "desk.sign.title")).WithBack(place(r)).WithForm(f).WithPath(here)
	return web.Render(w, r, f.Status(), signPage(p, f, signing{Text: text.Text, Action: here,
		Button: translate(r, "desk.sign.button"), Waiting: !text.Waiting.IsZero()}))
}

// signLifeText takes the signature and does what was signed. What another did
// meanwhile is no error of the officer's: the page says how it stands.
func (d *Desk) signLifeText(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	_, finish, ok := d.signed(r.PathValue("what"))
	if !ok {
		return mekenjai.ErrNotFound
	}
	err = finish(r.Context(), actor, r.PathValue("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil, errors.Is(err, mekenjai.ErrStale), errors.Is(err, mekenjai.ErrConflict):
		return web.Redirect(w, r, place(r))
	case errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, r.URL.Path)
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return d.lifeText(w, r, actor, f)
	}
	return err
}

// toSign leads from a prepared text to its page, or back to the form with what is
// wrong in it.
func (d *Desk) toSign(w http.ResponseWriter, r *http.Request, what string, f *web.Form, t register.SignedText, err error, again func(*web.Form) error) error {
	switch {
	case err == nil:
		return web.Redirect(w, r, place(r)+"/life/"+what+"/"+t.ID)
	case f.Take(err):
		return again(f)
	case errors.Is(err, mekenjai.ErrConflict):
		return web.Redirect(w, r, place(r))
	}
	return err
}

// lifeView is what the case of a dispute or of a proposal is about.
type lifeView struct {
	caseView
	File      *register.DisputeFile
	Proposal  *register.Proposal
	Complaint *register.ComplaintFile
}

// life reads it, once the personal data of the case is open; a proposal is opened
// by the second officer, who has no case of his own in hand.
func (d *Desk) life(r *http.Request, v caseView) (l lifeView, err error) {
	l.caseView = v
	switch v.Kind {
	case register.CaseDispute:
		if v.Masked || v.State == register.CaseClosed {
			return l, nil
		}
		f, err := d.Register.DisputeFile(r.Context(), v.Actor, v.Subject)
		l.File = &f
		return l, err
	case register.CaseComplaint:
		l.Complaint, err = d.readComplaint(r, v)
		return l, err
	case register.CaseAnnulment:
		if v.OwnCase {
			return l, nil
		}
		p, err := d.Register.Proposal(r.Context(), v.Actor, v.Subject)
		l.Proposal = &p
		return l, err
	}
	return l, nil
}

// mayResolve says whether the officer may decide the dispute now.
func (v lifeView) mayResolve() bool {
	return v.File != nil && v.State == register.CaseTaken && v.may(mekenjai.DoResolveDispute)
}

// mayApprove says whether the proposal is another's, and the officer one who may
// confirm it.
func (v lifeView) mayApprove() bool {
	if v.Proposal == nil || v.Proposal.State != mekenjai.EndingProposed || v.OwnCase {
		return false
	}
	deed := mekenjai.DoConfirmEnd
	if v.Proposal.Kind == mekenjai.EndingAnnulment {
		deed = mekenjai.DoConfirmAnnul
	}
	return v.Actor.Permitted(deed, mekenjai.Matter{KATO: []string{v.Proposal.Entry.Dwelling.KATO}, Holder: v.Proposal.By.IIN()}) == nil
}

// entryRows are an entry as the desk shows it.
func entryRows(l locale.Lang, e mekenjai.Registration) []web.Row {
	rows := []web.Row{
		{Key: l.T("desk.case.person"), Value: e.Name.String() + "\n" + string(e.Person)},
		{Key: l.T("desk.case.address"), Value: e.Dwelling.Address.In(string(l)) + "\n" + l.T("desk.fact.arc", "arc", string(e.Dwelling.ARC))},
		{Key: l.T("account.address.period"), Value: l.DayShort(e.Period.From) + " – " + l.DayShort(e.Period.To)},
		{Key: l.T("account.address.fixed"), Value: stamp(l, e.FixedAt)},
	}
	if e.State == mekenjai.EntryEnded {
		rows = append(rows, web.Row{Key: l.T("account.address.ended"), Value: stamp(l, e.EndedAt) + "\n" + l.T("life.end."+string(e.EndReason))})
	}
	return rows
}

// disputeRows are what was said, by whom.
func (v lifeView) disputeRows() []web.Row {
	l, f := v.Lang, v.File
	rows := []web.Row{
		{Key: l.T("life.desk.what"), Value: l.T("life.desk.kind." + string(f.Kind))},
		{Key: l.T("life.desk.by"), Value: string(f.By)},
		{Key: l.T("life.desk.said"), Value: f.Reason},
		{Key: l.T("life.desk.at"), Value: stamp(l, f.At)},
	}
	if f.Request == nil {
		return rows
	}
	rows = append(rows, web.Row{Key: l.T("life.request.at"), Value: stamp(l, f.Request.At) + "\n" + string(f.Request.By)},
		web.Row{Key: l.T("life.request.ground"), Value: f.Request.Ground})
	for _, c := range f.Confirmations {
		rows = append(rows, web.Row{Key: c.Holder.Name, Value: l.T("life.confirmation." + string(c.Answer))})
	}
	return rows
}

func (v lifeView) proposalRows() []web.Row {
	l, p := v.Lang, v.Proposal
	rows := []web.Row{
		{Key: l.T("life.desk.what"), Value: l.T("life.desk.ending." + string(p.Kind))},
		{Key: l.T("life.desk.officer"), Value: string(p.By)},
		{Key: l.T("life.desk.ground"), Value: p.Ground},
	}
	if p.Paper != "" {
		rows = append(rows, web.Row{Key: l.T("life.desk.paper"), Value: p.Paper})
	}
	if p.Answer != "" {
		rows = append(rows, web.Row{Key: l.T("life.desk.answer"), Value: p.Answer})
	}
	return rows
}

// resolutions are the choices for a kind of dispute.
func resolutions(l locale.Lang, k mekenjai.DisputeKind) []web.Option {
	var list []web.Option
	for _, x := range k.Resolutions() {
		key := "life.desk.resolution." + string(x)
		if k == mekenjai.Objection {
			key = "life.desk.objection." + string(x)
		}
		list = append(list, web.Option{Value: string(x), Label: l.T(key), Hint: l.T(key + ".hint")})
	}
	return list
}
