package portal

import (
	"context"
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// textSigning is one kind of text that a citizen signs beside or after an
// application. Its pages are the same for all: the exact text with the key or the
// code that signs it. The id of the text is {text} in the path.
type textSigning struct {
	purpose string
	mobile  string                     // its name among what is signed in eGov Mobile
	title   string                     // key of the page's heading
	button  string                     // key of what signing does
	path    func(*http.Request) string // of the page, for the text in the request
	back    func(*http.Request) string // where the words are changed
	// finish does what the text was signed for and says where its reader goes; called
	// again with a text that is signed already it leads there too.
	finish func(ctx context.Context, actor mekenjai.Actor, text string, sig register.Signature) (to string, err error)
}

// show is the page with the text. 409 says that it is another text than was signed.
func (p *Portal) showText(s textSigning) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error { return p.renderText(w, r, s, nil) }
}

func (p *Portal) renderText(w http.ResponseWriter, r *http.Request, s textSigning, f *web.Form) error {
	actor, t, err := p.ofText(w, r, s)
	if err != nil || t.ID == "" {
		return err
	}
	page := web.PageFor(r, translate(r, s.title)).WithForm(f).WithPath(s.path(r)).WithBack(s.back(r))
	sms := ""
	if actor.BIN == "" {
		sms = s.path(r) + "/code"
	}
	return web.Render(w, r, f.Status(), textPage(page, f, t, web.Sign{Data: t.Text, Action: s.path(r) + "/sign", SMS: sms, Button: translate(r, s.button),
		Mobile: p.byMobile(r.Context(), s.mobile, t.ID, s.path(r), s.path(r))}))
}

// ofText finds the text of its signer. One that is signed already leads to what
// became of it, one that is gone to the page where it is made anew; then the page
// is sent and the text empty.
func (p *Portal) ofText(w http.ResponseWriter, r *http.Request, s textSigning) (actor mekenjai.Actor, t register.SignedText, err error) {
	if actor, err = access.ActorFrom(r.Context()); err != nil {
		return actor, t, err
	}
	t, err = p.Register.TextToSign(r.Context(), actor, r.PathValue("text"), s.purpose)
	switch {
	case errors.Is(err, mekenjai.ErrNotFound):
		return actor, register.SignedText{}, web.Redirect(w, r, s.back(r))
	case err != nil || t.Signed.IsZero():
		return actor, t, err
	}
	to, err := s.finish(r.Context(), actor, t.ID, register.Signature{})
	if err != nil {
		return actor, register.SignedText{}, err
	}
	return actor, register.SignedText{}, web.Redirect(w, r, to)
}

// signText takes the signature by key.
func (p *Portal) signText(s textSigning) func(http.ResponseWriter, *http.Request) error {
	return p.takeText(s, func(_ mekenjai.Actor, _ *http.Request, f *web.Form) register.Signature {
		return register.Signature{CMS: []byte(f.Value("signature"))}
	}, p.renderText)
}

// confirmText takes the digits that were sent for the text.
func (p *Portal) confirmText(s textSigning) func(http.ResponseWriter, *http.Request) error {
	return p.takeText(s, func(actor mekenjai.Actor, r *http.Request, f *web.Form) register.Signature {
		return register.Signature{Code: p.Access.SigningCode(actor, r.PathValue("text"), f.Value("code"))}
	}, p.renderTextCode)
}

func (p *Portal) takeText(s textSigning, signature func(mekenjai.Actor, *http.Request, *web.Form) register.Signature,
	again func(http.ResponseWriter, *http.Request, textSigning, *web.Form) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := access.ActorFrom(r.Context())
		if err != nil {
			return err
		}
		f, err := web.ParseForm(r)
		if err != nil {
			return err
		}
		to, err := s.finish(r.Context(), actor, r.PathValue("text"), signature(actor, r, f))
		var wrong *mekenjai.SignatureError
		switch {
		case err == nil:
			return web.Redirect(w, r, to)
		case errors.As(err, &wrong) && wrong.Wait:
			return web.Redirect(w, r, s.path(r)) // it is kept, and judged when that can be done
		case errors.As(err, &wrong):
			f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
			return again(w, r, s, f)
		case f.Take(err):
			return again(w, r, s, f)
		case errors.Is(err, mekenjai.ErrStale), errors.Is(err, mekenjai.ErrNotFound):
			return web.Redirect(w, r, s.back(r)) // the text was overtaken: the words are kept there
		}
		return err
	}
}

// sendTextCode sends a code that signs exactly this text.
func (p *Portal) sendTextCode(s textSigning) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, t, err := p.ofText(w, r, s)
		if err != nil || t.ID == "" {
			return err
		}
		if _, err := p.Access.BeginSigningCode(r.Context(), actor, t.ID, t.Text); err != nil {
			return showHeld(w, r, err, s.path(r))
		}
		return web.Redirect(w, r, s.path(r)+"/code?sent=1")
	}
}

// askTextCode offers to send a code, and asks for it once it was sent.
func (p *Portal) askTextCode(s textSigning) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error { return p.renderTextCode(w, r, s, nil) }
}

func (p *Portal) renderTextCode(w http.ResponseWriter, r *http.Request, s textSigning, f *web.Form) error {
	_, t, err := p.ofText(w, r, s)
	if err != nil || t.ID == "" {
		return err
	}
	sent := f != nil || r.URL.Query().Get("sent") != ""
	path := s.path(r) + "/code"
	page := web.PageFor(r, translate(r, "portal.signing_code.title")).WithForm(f).WithPath(path).WithBack(s.path(r))
	return web.Render(w, r, f.Status(), textCodePage(page, f, t, sent, path, p.codeTerms()))
}

// textRoutes are the pages of a signing under a path that ends in {text}.
func (p *Portal) textRoutes(under string, s textSigning) map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET " + under:               p.showText(s),
		"POST " + under + "/sign":    p.signText(s),
		"GET " + under + "/code":     p.askTextCode(s),
		"POST " + under + "/code":    p.sendTextCode(s),
		"POST " + under + "/confirm": p.confirmText(s),
	}
}

// signingPath is the page of the text whose code page is at path.
func signingPath(path string) string { return path[:len(path)-len("/code")] }
