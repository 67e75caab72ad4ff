package office

import (
	"bytes"
	"net/http"
	"strconv"

	"mekenjai"
	"mekenjai/internal/papers"
	"mekenjai/internal/web"
)

// scanLimit is how much of a scan is read.
func (o *Office) scanLimit() int64 {
	if o.Papers.Bytes > 0 {
		return o.Papers.Bytes
	}
	return 10 << 20
}

// upload reads a form with a scan. What is wrong with the scan stands beside its
// field.
func (o *Office) upload(r *http.Request) (f *web.Form, scan papers.Scan, err error) {
	f, file, err := web.ParseUpload(r, "scan", o.scanLimit())
	if err != nil {
		return f, scan, err
	}
	scan, err = papers.Accept(bytes.NewReader(file.Bytes), "scan", o.Papers)
	if err != nil && !f.Take(err) {
		return f, scan, err
	}
	return f, scan, nil
}

// addPaper keeps a scan of what was shown.
func (o *Office) addPaper(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, scan, err := o.upload(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	s, err := o.screenOf(r, actor, id, false)
	if err != nil {
		return err
	}
	s.Papers, s.Begin = f, partPapers
	kind := mekenjai.PaperKind(f.Value("kind"))
	if !kind.IsKnown() {
		f.Fail("kind", "paper.error.kind")
	}
	if !f.OK() {
		return o.render(w, r, s, f, f.Status())
	}
	if _, err := o.Register.ShowPaper(r.Context(), actor, id, kind, s.person(f.Value("about")), f.Has("original", "yes"), scan); err != nil {
		return o.refused(w, r, s, f, err)
	}
	return to(w, r, id, partPapers)
}

// person is the one whose tag was chosen, "" for the registrant.
func (s screen) person(chosen string) mekenjai.IIN {
	for _, p := range s.Present {
		if personTag(s.ID, p.IIN) == chosen {
			return p.IIN
		}
	}
	return ""
}

func (o *Office) dropPaper(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if err := o.Register.DropPaper(r.Context(), actor, r.PathValue("id"), r.PathValue("paper")); err != nil {
		return err
	}
	return to(w, r, r.PathValue("id"), partPapers)
}

// openPaper shows a scan. It came from a stranger: the browser is told what it is,
// and to run nothing in it.
func (o *Office) openPaper(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	p, content, err := o.Register.OpenPaper(r.Context(), actor, r.PathValue("paper"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Content-Disposition", `inline; filename="mekenjai-`+p.ID+papers.Type(p.Type).Extension()+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox")
	_, _ = w.Write(content) // an error of the connection has nobody left to be shown to
	return nil
}
