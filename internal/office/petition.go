package office

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/certificate"
	"mekenjai/internal/locale"
	"mekenjai/internal/petition"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

func petitionPath(id string) string { return "/office/petitions/" + id }

// petitions is the list of the office with the form of a new one.
func (o *Office) petitions(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.showPetitions(w, r, actor, web.NewForm(map[string]string{"key": uuid.NewString()}), nil, http.StatusOK)
}

func (o *Office) showPetitions(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form, places []web.Option, status int) error {
	list, err := o.Register.Petitions(r.Context(), actor)
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "office.petitions.title")).WithForm(f).WithPath("/office/petitions").AsDense()
	return web.Render(w, r, status, petitionsPage(page, f, places, list))
}

// beginPetition takes the list of an organisation: good rows and wrong ones, each
// with its reason.
func (o *Office) beginPetition(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, file, err := web.ParseUpload(r, "list", petition.MaxBytes)
	if err != nil {
		return err
	}
	arc, places, err := o.place(r, f, "arc")
	if err != nil {
		return err
	}
	sheet, err := petition.Read(bytes.NewReader(file.Bytes), "list", petition.Options{Today: mekenjai.DateOf(o.Register.Clock())})
	if err != nil && !f.Take(err) {
		return err
	}
	if len(places) > 0 || !f.OK() {
		return o.showPetitions(w, r, actor, f, places, http.StatusUnprocessableEntity)
	}
	p, err := o.Register.BeginPetition(r.Context(), actor, f.Value("key"), register.PetitionInput{
		BIN: f.Value("bin"), Head: f.Value("head"), ARC: arc, Language: f.Value("language")}, sheet.Rows, sheet.Wrong())
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return web.Redirect(w, r, petitionPath(p.ID))
	case errors.Is(err, mekenjai.ErrForbidden):
		status = http.StatusForbidden
		f.Fail("arc", "office.error.territory_building")
	case errors.Is(err, mekenjai.ErrUnavailable):
		status = http.StatusServiceUnavailable
		f.Fail("bin", "office.error.silent")
	case !f.Take(err):
		return err
	}
	return o.showPetitions(w, r, actor, f, nil, status)
}

// dossier is a petition on its page.
type dossier struct {
	register.Petition
	Rows   []register.PetitionLine // a page of the report
	More   bool
	Only   string // state of the rows that are shown, "" for all
	Bearer *web.Form
	Scan   *web.Form
}

// mayEdit says whether it is not lodged yet.
func (d dossier) mayEdit() bool { return d.State == register.PetitionOpen }

// rowsShown of a report at a time.
const rowsShown = 50

func (o *Office) dossierOf(r *http.Request, actor mekenjai.Actor) (d dossier, err error) {
	if d.Petition, err = o.Register.Petition(r.Context(), actor, r.PathValue("id")); err != nil {
		return d, err
	}
	q := r.URL.Query()
	after, _ := strconv.Atoi(q.Get("after")) // 0 is the beginning
	switch d.Only = q.Get("only"); d.Only {
	case "wrong", "ready", "filed", "all":
	default:
		d.Only = "all"
		if d.Progress.Wrong > 0 && d.State == register.PetitionOpen {
			d.Only = "wrong"
		}
	}
	only := d.Only
	if only == "all" {
		only = ""
	}
	d.Rows, d.More, err = o.Register.PetitionRows(r.Context(), actor, d.ID, only, after, rowsShown)
	d.Bearer, d.Scan = web.NewForm(nil), web.NewForm(nil)
	return d, err
}

func (o *Office) petition(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	d, err := o.dossierOf(r, actor)
	if err != nil {
		return err
	}
	return o.renderPetition(w, r, d, nil, http.StatusOK)
}

func (o *Office) renderPetition(w http.ResponseWriter, r *http.Request, d dossier, f *web.Form, status int) error {
	page := web.PageFor(r, translate(r, "office.petition.title", "number", d.Number)).WithForm(f).
		WithBack("/office/petitions").AsDense()
	if f != nil {
		page = page.WithPath(petitionPath(d.ID))
	}
	return web.Render(w, r, status, petitionPage(page, f, d))
}

// petitionDone goes on, or shows why a deed was not done.
func (o *Office) petitionDone(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form, err error, put func(*dossier)) error {
	if err == nil {
		return web.Redirect(w, r, petitionPath(r.PathValue("id")))
	}
	status := http.StatusUnprocessableEntity
	var wrong *mekenjai.SignatureError
	switch {
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	case errors.Is(err, mekenjai.ErrUnavailable):
		status = http.StatusServiceUnavailable
		f.Fail("iin", "office.error.silent")
	case !f.Take(err):
		return err
	}
	d, err := o.dossierOf(r, actor)
	if err != nil {
		return err
	}
	put(&d)
	return o.renderPetition(w, r, d, f, status)
}

// identifyBearer records who brought the petition.
func (o *Office) identifyBearer(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	_, err = o.Register.IdentifyBearer(r.Context(), actor, r.PathValue("id"), register.IdentityInput{
		IIN: f.Value("iin"), Document: f.Value("document"), Number: f.Value("number"), ByCard: f.Has("by_card", "yes")})
	return o.petitionDone(w, r, actor, f, err, func(d *dossier) { d.Bearer = f })
}

// signPetitionByHand keeps the scan of the signed petition and records the
// signature.
func (o *Office) signPetitionByHand(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, scan, err := o.upload(r)
	if err != nil {
		return err
	}
	if !f.Has("original", "yes") {
		f.Fail("original", "office.error.original_seen")
	}
	put := func(d *dossier) { d.Scan = f }
	if !f.OK() {
		return o.petitionDone(w, r, actor, f, mekenjai.FieldErrors{}, put)
	}
	id := r.PathValue("id")
	p, err := o.Register.ShowPetitionPaper(r.Context(), actor, id, mekenjai.PetitionPaper, true, scan)
	if err == nil {
		err = o.Register.SignPetition(r.Context(), actor, id, register.HandSignature{Paper: p.ID})
	}
	return o.petitionDone(w, r, actor, f, err, put)
}

// signPetitionByKey takes the signature of the head with the organisation's key.
func (o *Office) signPetitionByKey(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = o.Register.SignPetition(r.Context(), actor, r.PathValue("id"), register.HandSignature{CMS: []byte(f.Value("signature"))})
	return o.petitionDone(w, r, actor, f, err, func(*dossier) {})
}

func (o *Office) dropPetition(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if err := o.Register.DropPetition(r.Context(), actor, r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/office/petitions")
}

// askLodgement shows what the operator signs who takes the petition.
func (o *Office) askLodgement(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.showLodgement(w, r, actor, nil)
}

func (o *Office) showLodgement(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form) error {
	id := r.PathValue("id")
	text, err := o.Register.PreparePetition(r.Context(), actor, id)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, petitionPath(id))
	}
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "office.lodge.title")).WithForm(f).WithPath(petitionPath(id) + "/lodge").
		WithBack(petitionPath(id)).AsDense()
	return web.Render(w, r, f.Status(), lodgePage(page, f, id, text))
}

// lodge takes the operator's signature; the rows become applications by themselves.
func (o *Office) lodge(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	_, err = o.Register.LodgePetition(r.Context(), actor, f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil:
		return web.Redirect(w, r, petitionPath(r.PathValue("id")))
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	case errors.Is(err, mekenjai.ErrStale):
		f.Fail("signature", "office.error.stale")
	default:
		return err
	}
	return o.showLodgement(w, r, actor, f)
}

// printPetition prints what the head signs for the organisation.
func (o *Office) printPetition(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	p, err := o.Register.Petition(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if p.Text == nil {
		return mekenjai.ErrConflict
	}
	l := lang(r.Context())
	d := certificate.Print{Title: l.T("office.print.petition"), Number: p.Number, At: p.Opened, Text: p.Text, Specimen: o.Specimen,
		Lines: []string{l.T("office.petition.head") + ": " + p.Name.In(string(l))}, Note: l.T("office.print.petition.note")}
	return send(w, "petition-"+p.Number+".pdf", "application/pdf", "inline", func(w io.Writer) error { return certificate.Printed(w, d, l) })
}

// reportCSV and reportXLSX give the whole report as a spreadsheet.
func (o *Office) reportCSV(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.report(w, r, actor, "csv", "text/csv; charset=utf-8", func(l locale.Lang, list []petition.Verdict) ([]byte, error) {
		return petition.CSV(l, list), nil
	})
}

func (o *Office) reportXLSX(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.report(w, r, actor, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", petition.XLSX)
}

func (o *Office) report(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, ending, kind string,
	write func(locale.Lang, []petition.Verdict) ([]byte, error)) error {
	p, err := o.Register.Petition(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	l := lang(r.Context())
	var list []petition.Verdict
	for after, more := 0, true; more; {
		var rows []register.PetitionLine
		if rows, more, err = o.Register.PetitionRows(r.Context(), actor, p.ID, "", after, 500); err != nil {
			return err
		}
		for _, x := range rows {
			list = append(list, verdictOf(l, x))
			after = x.Line
		}
	}
	content, err := write(l, list)
	if err != nil {
		return err
	}
	return send(w, "petition-"+p.Number+"."+ending, kind, "attachment", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// verdictOf is a row of the report in the words of the reader.
func verdictOf(l locale.Lang, x register.PetitionLine) petition.Verdict {
	v := petition.Verdict{Line: x.Line, IIN: x.IIN, Name: x.Name, Good: x.State != "wrong"}
	for _, f := range x.Faults {
		v.Reasons = append(v.Reasons, petition.Fault{Column: petition.Column(f.Column), Key: f.Key, Args: f.Args}.In(l))
	}
	if x.Number != "" {
		v.Reasons = append(v.Reasons, l.T("office.petition.application", "number", x.Number, "state", l.T("office.outcome."+string(x.Outcome))))
	}
	return v
}
