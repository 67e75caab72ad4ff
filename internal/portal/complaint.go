package portal

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

func complaintPath(number string) string { return "/complaints/" + url.PathEscape(number) }

// The two complaints as signings: against a refusal, and against an owner.
func (p *Portal) complaintSigning() textSigning {
	return p.complaintText(mobileComplaint, mekenjai.ComplaintPurpose, p.Register.Complain)
}

func (p *Portal) ownerComplaintSigning() textSigning {
	return p.complaintText(mobileOwnerComplaint, mekenjai.OwnerComplaintPurpose, p.Register.ComplainOfOwner)
}

func (p *Portal) complaintText(page, purpose string, file func(context.Context, mekenjai.Actor, string, register.Signature) (mekenjai.Complaint, error)) textSigning {
	back := func(r *http.Request) string { return casePath(r.PathValue("id")) + "/" + page }
	return textSigning{
		purpose: purpose, mobile: page, title: "remedy.check.title", button: "remedy.check.button", back: back,
		path: func(r *http.Request) string { return back(r) + "/" + url.PathEscape(r.PathValue("text")) },
		finish: func(ctx context.Context, actor mekenjai.Actor, text string, sig register.Signature) (string, error) {
			c, err := file(ctx, actor, text, sig)
			return complaintPath(c.Number), err
		},
	}
}

// askComplaint is the page on which one writes why the refusal is wrong. Who has
// complained already is led to the complaint.
func (p *Portal) askComplaint(w http.ResponseWriter, r *http.Request) error {
	return p.showComplaintForm(w, r, nil)
}

func (p *Portal) showComplaintForm(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	_, c, err := p.ofCase(r)
	if err != nil {
		return err
	}
	if number := c.FiledComplaint(); number != "" {
		return web.Redirect(w, r, complaintPath(number))
	}
	if c.Act == nil {
		return web.Redirect(w, r, casePath(c.ID))
	}
	page := web.PageFor(r, translate(r, "remedy.refusal.title")).WithForm(f).WithBack(casePath(c.ID)).WithPath(casePath(c.ID) + "/complaint")
	return web.Render(w, r, f.Status(), complaintFormPage(page, f, c))
}

// prepareComplaint freezes the words and leads to the page where they are signed.
func (p *Portal) prepareComplaint(w http.ResponseWriter, r *http.Request) error {
	return p.prepareText(w, r, "complaint", p.showComplaintForm, func(actor mekenjai.Actor, id string, f *web.Form) (register.SignedText, error) {
		return p.Register.PrepareComplaint(r.Context(), actor, id, register.ComplaintInput{Words: f.Value("words"), Restore: f.Value("restore")})
	})
}

func (p *Portal) prepareText(w http.ResponseWriter, r *http.Request, page string, again func(http.ResponseWriter, *http.Request, *web.Form) error,
	prepare func(mekenjai.Actor, string, *web.Form) (register.SignedText, error)) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	t, err := prepare(actor, id, f)
	var unheard *register.NotHeard
	switch {
	case err == nil:
		return web.Redirect(w, r, casePath(id)+"/"+page+"/"+t.ID)
	case errors.As(err, &unheard):
		f.FailText("against", translate(r, unheard.Finding.Key(), unheard.Finding.Pairs()...))
		return again(w, r, f)
	case f.Take(err):
		return again(w, r, f)
	case errors.Is(err, mekenjai.ErrConflict):
		return web.Redirect(w, r, casePath(id)) // decided otherwise meanwhile: the case shows it
	}
	return err
}

// askOwnerComplaint is for who lives in a dwelling whose owner does not register
// him.
func (p *Portal) askOwnerComplaint(w http.ResponseWriter, r *http.Request) error {
	return p.showOwnerComplaintForm(w, r, nil)
}

func (p *Portal) showOwnerComplaintForm(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	_, c, err := p.ofCase(r)
	if err != nil {
		return err
	}
	v := caseView{Case: c, Lang: lang(r.Context())}
	if !v.mayComplainOfOwner() {
		return web.Redirect(w, r, casePath(c.ID))
	}
	if f == nil {
		f = web.NewForm(map[string]string{"against": grouped(string(c.Owner))})
	}
	page := web.PageFor(r, translate(r, "remedy.owner.title")).WithForm(f).WithBack(casePath(c.ID)).WithPath(casePath(c.ID) + "/owner-complaint")
	return web.Render(w, r, f.Status(), ownerComplaintFormPage(page, f, v))
}

func (p *Portal) prepareOwnerComplaint(w http.ResponseWriter, r *http.Request) error {
	return p.prepareText(w, r, "owner-complaint", p.showOwnerComplaintForm, func(actor mekenjai.Actor, id string, f *web.Form) (register.SignedText, error) {
		since, _ := f.Date("since")
		return p.Register.PrepareOwnerComplaint(r.Context(), actor, id, register.OwnerComplaintInput{
			Against: f.Value("against"), Since: since, Pays: f.Value("pays"), Evidence: f.Values("evidence"), Words: f.Value("words")})
	})
}

// showComplaint is the receipt and where the complaint stands.
func (p *Portal) showComplaint(w http.ResponseWriter, r *http.Request) error {
	return p.complaintWith(w, r, nil)
}

func (p *Portal) complaintWith(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	c, err := p.Register.Complaint(r.Context(), actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := complaintView{Complaint: c, Lang: lang(r.Context())}
	page := web.PageFor(r, v.title()).WithForm(f).WithBack(casePath(c.Application)).WithPath(complaintPath(c.Number))
	return web.Render(w, r, f.Status(), complaintPage(page, f, v))
}

// addComplaintPaper puts evidence to the complaint. What is wrong with a file is said
// on its page; one that comes after the answer changes nothing, as the page shows.
func (p *Portal) addComplaintPaper(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, file, err := web.ParseUpload(r, "scan", mostPaper)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	scan, err := papers.Accept(bytes.NewReader(file.Bytes), "scan", papers.Limits{Bytes: mostPaper})
	if err == nil {
		err = p.Register.AddComplaintPaper(r.Context(), actor, number, scan)
	}
	switch {
	case f.Take(err):
		return p.complaintWith(w, r, f)
	case err != nil && !errors.Is(err, mekenjai.ErrConflict):
		return err
	}
	return web.Redirect(w, r, complaintPath(number))
}
