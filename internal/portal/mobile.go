package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/state/mobile"
	"mekenjai/internal/web"
)

// Mobile is how people sign in eGov Mobile: who asks for the signature, as the
// application shows it.
type Mobile struct {
	Organisation mobile.Organisation
	Origin       string // address of this service, as the phone reaches it
	Phone        string // page of the demo's phone; "" where phones are real
}

// mobileDeed is something that people sign in eGov Mobile: its text, and the verb
// that the signature is for. They are the verbs that NCALayer's signature goes to.
type mobileDeed struct {
	name string // catalogue key of what the phone calls the document
	text func(ctx context.Context, actor mekenjai.Actor, subject string) ([]byte, error)
	sign func(ctx context.Context, actor mekenjai.Actor, subject string, sig register.Signature) (to string, err error)
}

// The deeds, as they stand in addresses and rows.
const (
	mobileApplication    = "application"
	mobileConsent        = "consent"
	mobileComplaint      = "complaint"
	mobileOwnerComplaint = "owner-complaint"
	mobileOwnEnd         = "own-end"
	mobileEndRequest     = "end-request"

	mobileEndConfirmation = "end-confirmation"
)

func (p *Portal) mobileDeed(kind string) (mobileDeed, bool) {
	switch kind {
	case mobileApplication:
		return mobileDeed{"mobile.document.application", p.draftText, func(ctx context.Context, actor mekenjai.Actor, id string, sig register.Signature) (string, error) {
			a, err := p.Register.Submit(ctx, actor, id, sig)
			return casePath(a.ID), err
		}}, true
	case mobileConsent:
		return mobileDeed{"mobile.document.consent", p.requestText, func(ctx context.Context, actor mekenjai.Actor, id string, sig register.Signature) (string, error) {
			return consentPath(id), p.Register.Agree(ctx, actor, id, sig.CMS)
		}}, true
	case mobileComplaint:
		s := p.complaintSigning()
		return mobileDeed{"mobile.document.complaint", p.textOf(s.purpose), s.finish}, true
	case mobileOwnerComplaint:
		s := p.ownerComplaintSigning()
		return mobileDeed{"mobile.document.owner_complaint", p.textOf(s.purpose), s.finish}, true
	case mobileOwnEnd:
		return mobileDeed{"mobile.document.own_end", p.textOf(mekenjai.OwnEndPurpose), onward(p.Register.EndOwn)}, true
	case mobileEndRequest:
		return mobileDeed{"mobile.document.end_request", p.textOf(mekenjai.EndRequestPurpose), onward(p.Register.RequestEnd)}, true
	case mobileEndConfirmation:
		return mobileDeed{"mobile.document.end_confirmation", p.textOf(mekenjai.EndConfirmationPurpose), onward(p.Register.ConfirmEnd)}, true
	}
	return mobileDeed{}, false
}

// onward leads to where the page said.
func onward(verb func(context.Context, mekenjai.Actor, string, register.Signature) error) func(context.Context, mekenjai.Actor, string, register.Signature) (string, error) {
	return func(ctx context.Context, actor mekenjai.Actor, subject string, sig register.Signature) (string, error) {
		return "", verb(ctx, actor, subject, sig)
	}
}

func (p *Portal) draftText(ctx context.Context, actor mekenjai.Actor, id string) ([]byte, error) {
	d, err := p.Register.Prepare(ctx, actor, id)
	return d.Statement, err
}

func (p *Portal) requestText(ctx context.Context, actor mekenjai.Actor, id string) ([]byte, error) {
	q, err := p.Register.Request(ctx, actor, id)
	if err == nil && !isOpen(q) {
		err = mekenjai.ErrConflict
	}
	return q.Statement, err
}

func (p *Portal) textOf(purpose string) func(context.Context, mekenjai.Actor, string) ([]byte, error) {
	return func(ctx context.Context, actor mekenjai.Actor, id string) ([]byte, error) {
		t, err := p.Register.TextToSign(ctx, actor, id, purpose)
		if err == nil && !t.Signed.IsZero() {
			err = mekenjai.ErrConflict
		}
		return t.Text, err
	}
}

// byMobile is the choice on the page of a text; nil where it is not offered. Keys of
// organisations are not in eGov Mobile.
func (p *Portal) byMobile(ctx context.Context, kind, subject, back, done string) *web.Mobile {
	actor, err := access.ActorFrom(ctx)
	if p.Mobile == nil || err != nil || actor.BIN != "" {
		return nil
	}
	return &web.Mobile{Action: mobilePath + kind + "/" + url.PathEscape(subject), Back: back, Done: done}
}

const mobilePath = "/mobile/"

func (p *Portal) mobileRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	if p.Mobile == nil {
		return nil
	}
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"POST " + mobilePath + "{kind}/{subject}": p.beginMobile,
		"GET " + mobilePath + "{id}":              p.showMobile,
	}
}

// beginMobile makes the code for a text and leads to the page that shows it. What
// cannot be signed any more is shown by the page it was on.
func (p *Portal) beginMobile(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	kind, subject := r.PathValue("kind"), r.PathValue("subject")
	deed, ok := p.mobileDeed(kind)
	if !ok {
		return mekenjai.ErrNotFound
	}
	o := access.MobileOrder{Kind: kind, Subject: subject, Back: web.SafeNext(f.Value("back")), Done: web.SafeNext(f.Value("done"))}
	o.Text, err = deed.text(r.Context(), actor, subject)
	switch {
	case errors.Is(err, mekenjai.ErrNotFound), errors.Is(err, mekenjai.ErrConflict), errors.Is(err, mekenjai.ErrStale), errors.Is(err, mekenjai.ErrSignIn):
		return web.Redirect(w, r, o.Back)
	case err != nil:
		return err
	}
	id, err := p.Access.BeginMobile(r.Context(), actor, o)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, mobilePath+id)
}

// showMobile shows the code until the phone has brought the signature, and then
// leads on. A script asks for the block alone and goes on by itself; without one there
// is a link to press, as a page that reloads itself interrupts who hears it.
func (p *Portal) showMobile(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	m, err := p.Access.MobileOf(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := mobileView{Mobile: m, Lang: lang(r.Context()), link: p.Mobile.api1(m), demo: p.Mobile.Phone}
	if !m.Signed.IsZero() && !web.IsFragment(r) {
		return web.Redirect(w, r, m.Done)
	}
	page := web.PageFor(r, translate(r, "mobile.title")).WithBack(m.Back).WithPath(mobilePath + m.ID)
	return web.Render(w, r, http.StatusOK, mobilePage(page, v))
}
