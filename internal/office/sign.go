package office

import (
	"errors"
	"net/http"
	"slices"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// signature is the page on which one person signs the statement at the counter.
type signature struct {
	screen
	Who  register.Needed
	Tag  string
	Sent bool // a code was sent to the phone
}

// path of a deed of the page.
func (s signature) path(deed string) string {
	path := intakePath(s.ID) + "/sign/" + s.Tag
	if deed != "" {
		path += "/" + deed
	}
	return path
}

// toSign finds who signs, and freezes the statement if that was not done.
func (o *Office) toSign(r *http.Request, actor mekenjai.Actor) (s signature, err error) {
	id := r.PathValue("id")
	if _, err = o.Register.PrepareIntake(r.Context(), actor, id); err != nil {
		return s, err
	}
	if s.screen, err = o.screenOf(r, actor, id, false); err != nil {
		return s, err
	}
	for _, n := range s.List.People {
		if tag(id, n) == r.PathValue("n") {
			s.Who, s.Tag = n, r.PathValue("n")
			return s, nil
		}
	}
	return s, mekenjai.ErrStale
}

func (o *Office) askSignature(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	s, err := o.toSign(r, actor)
	if errors.Is(err, mekenjai.ErrConflict) { // an answer is missing: the checklist says which
		return to(w, r, r.PathValue("id"), partAnswers)
	}
	if err != nil {
		return err
	}
	s.Sent = r.URL.Query().Get("sent") != ""
	return o.renderSignature(w, r, s, nil, http.StatusOK)
}

func (o *Office) renderSignature(w http.ResponseWriter, r *http.Request, s signature, f *web.Form, status int) error {
	page := web.PageFor(r, translate(r, "office.sign.title", "who", s.Who.Name)).WithForm(f).WithPath(s.path("")).
		WithBack(intakePath(s.ID) + "#" + string(partSignatures)).AsDense()
	return web.Render(w, r, status, signPage(page, f, s))
}

// sign gives the signature to the verb of its kind: the applicant's or a
// right-holder's consent.
func (o *Office) sign(r *http.Request, actor mekenjai.Actor, s signature, f *web.Form, sig register.HandSignature) error {
	if s.Who.Applicant {
		return o.Register.SignHere(r.Context(), actor, s.ID, sig)
	}
	return o.Register.ConsentAtCounter(r.Context(), actor, s.ID, register.ConsentInput{
		Party: string(s.Who.Holder.Party), Signer: string(s.person(f.Value("signer"))), As: f.Value("as"), HandSignature: sig})
}

// signed goes on, or shows why the signature was not taken.
func (o *Office) signed(w http.ResponseWriter, r *http.Request, s signature, f *web.Form, err error) error {
	var wrong *mekenjai.SignatureError
	var held *access.HeldPhone
	switch {
	case err == nil:
		return to(w, r, s.ID, "")
	case errors.As(err, &held): // his phone changed lately: he signs by hand or with a key
		f.Fail("signature", "remedy.held.text", "until", lang(r.Context()).DateTime(held.Until))
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	case f.Take(err):
	case errors.Is(err, mekenjai.ErrStale):
		f.Fail("signature", "office.error.stale")
	default:
		return err
	}
	return o.renderSignature(w, r, s, f, f.Status())
}

// signByHand keeps the scan of the printed statement that was signed before the
// operator, and records the signature.
func (o *Office) signByHand(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, scan, err := o.upload(r)
	if err != nil {
		return err
	}
	s, err := o.toSign(r, actor)
	if err != nil {
		return err
	}
	if !f.Has("original", "yes") {
		f.Fail("original", "office.error.original")
	}
	if !f.OK() {
		return o.renderSignature(w, r, s, f, f.Status())
	}
	kind := mekenjai.WrittenConsent
	switch {
	case s.Who.Applicant:
		kind = mekenjai.SignedApplication
	case s.Who.Holder.Party.IsOrganisation():
		kind = mekenjai.PetitionPaper
	}
	p, err := o.Register.ShowPaper(r.Context(), actor, s.ID, kind, s.Who.Person, true, scan)
	if err == nil {
		err = o.sign(r, actor, s, f, register.HandSignature{Paper: p.ID})
		if err != nil { // the scan serves nothing without the signature
			err = errors.Join(err, o.Register.DropPaper(r.Context(), actor, s.ID, p.ID))
		}
	}
	return o.signed(w, r, s, f, err)
}

// signByKey takes the signature of the person's own key.
func (o *Office) signByKey(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	s, err := o.toSign(r, actor)
	if err != nil {
		return err
	}
	return o.signed(w, r, s, f, o.sign(r, actor, s, f, register.HandSignature{CMS: []byte(f.Value("signature"))}))
}

// sendCode sends a code to the applicant's own phone.
func (o *Office) sendCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	s, err := o.toSign(r, actor)
	if err != nil {
		return err
	}
	signer, err := o.Register.SignerAt(r.Context(), actor, s.ID)
	if err != nil {
		return err
	}
	if _, err := o.Access.BeginSigningCode(r.Context(), signer, s.ID, s.Statement); err != nil {
		return o.signed(w, r, s, web.NewForm(nil), err)
	}
	return web.Redirect(w, r, s.path("")+"?sent=1")
}

// signByCode takes the digits of the message.
func (o *Office) signByCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	s, err := o.toSign(r, actor)
	if err != nil {
		return err
	}
	s.Sent = true
	signer, err := o.Register.SignerAt(r.Context(), actor, s.ID)
	if err != nil {
		return err
	}
	err = o.sign(r, actor, s, f, register.HandSignature{Code: o.Access.SigningCode(signer, s.ID, f.Value("code"))})
	return o.signed(w, r, s, f, err)
}

// capacities are in whose person a consent may be given here, as the rules need it.
func (s signature) capacities(l locale.Lang) (list []web.Option) {
	seen := []mekenjai.Capacity{}
	for _, c := range slices.Concat(s.Who.Needs...) {
		if as := mekenjai.Capacity(c); !slices.Contains(seen, as) {
			seen = append(seen, as)
		}
	}
	if len(seen) == 0 {
		seen = []mekenjai.Capacity{mekenjai.AsHimself}
	}
	for _, as := range seen {
		list = append(list, web.Option{Value: string(as), Label: l.T("office.capacity." + string(as))})
	}
	return list
}

// speakers are who was identified and may sign.
func (s signature) speakers() (list []web.Option) {
	for _, p := range s.Present {
		list = append(list, web.Option{Value: personTag(s.ID, p.IIN), Label: p.Name.String()})
	}
	return list
}

// onlyHimself says that nobody else can sign for him here: nothing is asked.
func (s signature) onlyHimself() bool {
	return s.Who.Applicant || s.Who.Present && !s.Who.Protected && len(slices.Concat(s.Who.Needs...)) <= 1
}
