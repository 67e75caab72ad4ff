package office

import (
	"errors"
	"net/http"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
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
	owner, present := partiesOf(f)
	document := ""
	if tail := f.Value("number"); f.Value("document") != "" && tail != "" {
		key := "office.document." + f.Value("document")
		if locale.KK.Has(key) {
			document = locale.KK.T(key) + " / " + locale.RU.T(key) + " …" + tail
		}
	}
	number := ""
	if f.OK() {
		number, err = o.Register.EntryAtWindow(r.Context(), actor, f.Value("person"))
	}
	var text register.SignedText
	if err == nil && f.OK() {
		text, err = o.Register.PrepareEndAtWindow(r.Context(), actor, number, owner, present, document, f.Value("reason"))
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

// partiesOf are the owner and the co-owners at the window, whose numbers stand in
// one field, parted by anything.
func partiesOf(f *web.Form) (owner mekenjai.PartyID, present []mekenjai.PartyID) {
	owner, err := mekenjai.ParsePartyID(f.Value("owner"))
	if err != nil {
		f.Fail("owner", "portal.error.owner_format")
	}
	for _, typed := range strings.FieldsFunc(f.Value("present"), func(r rune) bool { return r < '0' || r > '9' }) {
		party, err := mekenjai.ParsePartyID(typed)
		if err != nil {
			f.Fail("present", "portal.error.owner_format")
			continue
		}
		present = append(present, party)
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
