package desk

import (
	"errors"
	"net/http"
	"strings"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// What officers do with a complaint: the body that decided forwards it or takes its
// refusal back, the higher body upholds or dismisses, the police of the place decide
// about an owner.

func (d *Desk) complaintRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"POST /desk/cases/{number}/forward": d.forward,
		"GET /desk/cases/{number}/rule":     d.askRuling,
		"POST /desk/cases/{number}/rule":    d.prepareRuling,
	}
}

// mayRule says whether the officer may decide the complaint in some way now.
func (v lifeView) mayRule() bool {
	return v.Complaint != nil && (v.Complaint.MayCure || v.Complaint.MayDecide)
}

// forward hands the complaint to the higher body.
func (d *Desk) forward(w http.ResponseWriter, r *http.Request) error {
	actor, _, err := acting(r)
	if err != nil {
		return err
	}
	dossier, err := d.Register.Dossier(r.Context(), actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	err = d.Register.ForwardComplaint(r.Context(), actor, complaintOf(dossier))
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(dossier.Number))
}

// complaintOf is the id of the complaint of a case, "" for a case of another kind:
// then there is no such complaint.
func complaintOf(d register.Dossier) string {
	if d.Kind != register.CaseComplaint {
		return ""
	}
	return d.Subject
}

// askRuling asks for the decision and its reasons.
func (d *Desk) askRuling(w http.ResponseWriter, r *http.Request) error {
	return d.showRuling(w, r, nil)
}

func (d *Desk) showRuling(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.ofLife(w, r, f, func(p web.Page, v lifeView) error {
		if !v.mayRule() {
			return web.Redirect(w, r, casePath(v.Number))
		}
		p.Title = v.Lang.T("desk.complaint.rule")
		return web.Render(w, r, f.Status(), rulingPage(p, v))
	})
}

func (d *Desk) prepareRuling(w http.ResponseWriter, r *http.Request) error {
	actor, f, dossier, err := d.onCase(r)
	if err != nil {
		return err
	}
	t, err := d.Register.PrepareRuling(r.Context(), actor, complaintOf(dossier),
		register.RulingInput{Ruling: mekenjai.ComplaintState(f.Value("ruling")), Reason: f.Value("reason")})
	return d.toSign(w, r, "rule", f, t, err, func(f *web.Form) error { return d.showRuling(w, r, f) })
}

// complaintRows are what is complained of, by whom and until when it is answered.
func (v lifeView) complaintRows() []web.Row {
	l, c := v.Lang, v.Complaint
	rows := []web.Row{
		{Key: l.T("desk.complaint.kind"), Value: l.T("desk.complaint.kind_of." + string(c.Kind))},
		{Key: l.T("desk.complaint.number"), Value: c.Number + ", " + stamp(l, c.ReceivedAt)},
		{Key: l.T("desk.case.person"), Value: c.Name.String() + "\n" + string(c.Person)},
		{Key: l.T("desk.case.address"), Value: c.Dwelling.Address.In(string(l))},
		{Key: l.T("desk.case.application"), Value: c.Filed},
	}
	if c.By != c.Person {
		rows = append(rows, web.Row{Key: l.T("desk.case.filer"), Value: string(c.By)})
	}
	if c.Kind == mekenjai.AgainstOwner {
		pays := l.T("desk.no")
		if c.Pays {
			pays = l.T("desk.yes")
		}
		rows = append(rows, web.Row{Key: l.T("desk.complaint.against"), Value: string(c.Against)},
			web.Row{Key: l.T("desk.complaint.since"), Value: l.DayShort(c.Since)}, web.Row{Key: l.T("desk.complaint.pays"), Value: pays},
			web.Row{Key: l.T("remedy.row.evidence"), Value: evidenceOf(l, c.Evidence)})
	}
	rows = append(rows, web.Row{Key: l.T("desk.complaint.text"), Value: c.Text})
	if c.Late {
		rows = append(rows, web.Row{Key: l.T("desk.complaint.late"), Value: c.Restore})
	}
	if !c.ForwardBy.IsZero() && c.State == mekenjai.ComplaintReceived {
		rows = append(rows, web.Row{Key: l.T("desk.complaint.forward_by"), Value: stamp(l, c.ForwardBy)})
	}
	return append(rows, web.Row{Key: l.T("desk.complaint.answer_by"), Value: stamp(l, c.AnswerBy)})
}

// evidenceOf is what the complainant says that he has.
func evidenceOf(l locale.Lang, kinds []string) string {
	var list []string
	for _, k := range kinds {
		list = append(list, l.T("remedy.evidence."+k))
	}
	return strings.Join(list, "\n")
}

// complaintRulings are the decisions that this officer may take now.
func complaintRulings(l locale.Lang, f *register.ComplaintFile) []web.Option {
	var list []web.Option
	add := func(may bool, states ...mekenjai.ComplaintState) {
		for _, s := range states {
			if may {
				key := "desk.complaint." + string(f.Kind) + "." + string(s)
				list = append(list, web.Option{Value: string(s), Label: l.T(key)})
			}
		}
	}
	add(f.MayCure, mekenjai.ComplaintCured)
	add(f.MayDecide, mekenjai.ComplaintUpheld, mekenjai.ComplaintDismissed)
	return list
}

// readComplaint opens the complaint of a case for who has it in hand and has opened
// its data.
func (d *Desk) readComplaint(r *http.Request, v caseView) (*register.ComplaintFile, error) {
	if v.Masked || v.State == register.CaseClosed {
		return nil, nil
	}
	f, err := d.Register.ComplaintFile(r.Context(), v.Actor, v.Subject)
	if errors.Is(err, mekenjai.ErrConflict) { // decided between the two readings
		return nil, nil
	}
	return &f, err
}
