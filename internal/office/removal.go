package office

import (
	"errors"
	"net/http"
	"strings"
	"unicode"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

const removalPath = "/office/removal"

// removal is the page on which an owner at the window asks to remove somebody.
func (o *Office) removal(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor) error {
	return o.showRemoval(w, r, web.NewForm(nil), http.StatusOK)
}

func (o *Office) showRemoval(w http.ResponseWriter, r *http.Request, f *web.Form, status int) error {
	page := web.PageFor(r, translate(r, "office.removal.title")).WithForm(f).WithPath(removalPath).AsDense()
	return web.Render(w, r, status, removalPage(page, f, r.URL.Query().Get("done") != ""))
}

// prepareRemoval freezes what the operator signs: who asked, by what document he
// was identified, which co-owners came along.
func (o *Office) prepareRemoval(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	owner, present := ownersOf(f)
	number := ""
	if f.OK() {
		number, err = o.Register.EntryAtWindow(r.Context(), actor, f.Value("person"))
	}
	var text register.SignedText
	if err == nil && f.OK() {
		text, err = o.Register.PrepareEndAtWindow(r.Context(), actor, number, owner, present, f.Value("reason"))
	}
	var runs *register.EndingRuns
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil && f.OK():
		return o.showRemovalText(w, r, text, nil)
	case err == nil:
	case errors.As(err, &runs):
		status = http.StatusConflict
		f.Fail("person", "life.error.runs", "entry", runs.Entry)
	case errors.Is(err, mekenjai.ErrNotFound):
		f.Fail("person", "office.error.no_entry")
	case errors.Is(err, mekenjai.ErrConflict):
		status = http.StatusConflict
		f.Fail("person", "office.error.own_entry")
	case errors.Is(err, mekenjai.ErrUnavailable):
		status = http.StatusServiceUnavailable
		f.Fail("person", "office.error.silent")
	case !f.Take(err):
		return err
	}
	return o.showRemoval(w, r, f, status)
}

// ownersOf are the owner and the co-owners at the window. The co-owners stand in
// one field, parted by anything: of each the number, then the end of the document's.
func ownersOf(f *web.Form) (owner register.Owner, present []register.Owner) {
	party, err := mekenjai.ParsePartyID(f.Value("owner"))
	if err != nil {
		f.Fail("owner", "portal.error.owner_format")
	}
	owner = register.Owner{Party: party, Number: f.Value("number")}
	typed := strings.FieldsFunc(f.Value("present"), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;", r) })
	for len(typed) > 0 {
		party, err := mekenjai.ParsePartyID(typed[0])
		if err != nil || len(typed) < 2 {
			f.Fail("present", "office.error.present")
			break
		}
		present, typed = append(present, register.Owner{Party: party, Number: typed[1]}), typed[2:]
	}
	return owner, present
}

func (o *Office) showRemovalText(w http.ResponseWriter, r *http.Request, text register.SignedText, f *web.Form) error {
	page := web.PageFor(r, translate(r, "office.removal.sign.title")).WithForm(f).WithPath(removalPath).WithBack(removalPath).AsDense()
	return web.Render(w, r, f.Status(), removalTextPage(page, f, text))
}

// signRemoval takes the operator's signature: the request runs as one that the
// owner signed himself, and the person may object as always.
func (o *Office) signRemoval(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = o.Register.EndAtWindow(r.Context(), actor, f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	if err == nil {
		return web.Redirect(w, r, removalPath+"?done=1")
	}
	if !errors.As(err, &wrong) {
		return err
	}
	f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	text, err := o.Register.TextToSign(r.Context(), actor, f.Value("text"), mekenjai.WindowEndPurpose)
	if err != nil {
		return err
	}
	return o.showRemovalText(w, r, text, f)
}
