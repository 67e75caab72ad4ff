package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// protectionView is a protection in the words of one reader.
type protectionView struct {
	register.Protection
	Lang  locale.Lang
	Form  *web.Form
	Chief bool
}

func (v protectionView) may(d mekenjai.ProtectionDeed) bool { return slices.Contains(v.MayDo, d) }

// sealed says whether the data is hidden now.
func (v protectionView) sealed() bool {
	return v.State == mekenjai.ProtectionSealed || v.State == mekenjai.ProtectionOpening
}

// protections lists the seals that the reader has to do with.
func (d *Desk) protections(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	list, err := d.Register.Protections(r.Context(), actor)
	if err != nil {
		return err
	}
	l := lang(r.Context())
	g := web.Grid{Caption: l.T("desk.protection.list"), Head: []string{l.T("desk.protection.number"), l.T("desk.protection.person"),
		l.T("desk.protection.ground"), l.T("desk.protection.state"), l.T("desk.protection.until")}}
	for _, p := range list {
		g.Rows = append(g.Rows, []templ.Component{web.Link(p.Number, protectionPath(p.Number)), web.Text(p.Person.Masked()),
			web.Text(groundName(l, p.Ground)), web.Text(l.T("desk.protection_state." + string(p.State))), web.Text(stamp(l, p.Until))})
	}
	return web.Render(w, r, http.StatusOK, protectionsPage(page(r, l.T("desk.protection.title")), g))
}

func groundName(l locale.Lang, code string) string {
	g, _ := mekenjai.ProtectionGroundOf(code)
	return g.Name.In(string(l))
}

// askSealing asks whom to protect, on which ground and for how long.
func (d *Desk) askSealing(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if err := actor.Permitted(mekenjai.DoProposeSeal, mekenjai.Matter{KATO: []string{actor.Duty.Territory}}); err != nil {
		return err
	}
	return d.showSealing(w, r, nil)
}

func (d *Desk) showSealing(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p := page(r, translate(r, "desk.protection.new")).WithBack("/desk/protection").WithForm(f)
	return web.Render(w, r, f.Status(), sealingPage(p, f))
}

func (d *Desk) prepareSealing(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	months, _ := strconv.Atoi(f.Value("months")) // 0 is none of the choices
	text, err := d.Register.PrepareSealing(r.Context(), actor, register.ProtectionInput{Person: f.Value("iin"), Ground: f.Value("ground"),
		Paper: f.Value("paper"), Months: months})
	if f.Take(err) {
		return d.showSealing(w, r, f)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/protection/sign/"+text.ID)
}

// showProtection is one of them with what can be done.
func (d *Desk) showProtection(w http.ResponseWriter, r *http.Request) error {
	return d.protectionWith(w, r, nil)
}

func (d *Desk) protectionWith(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	p, err := d.Register.Protection(r.Context(), actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := protectionView{Protection: p, Lang: lang(r.Context()), Form: f, Chief: actor.Duty.Role == mekenjai.Chief}
	return web.Render(w, r, f.Status(), protectionPage(page(r, translate(r, "desk.protection.one", "number", p.Number)).
		WithBack("/desk/protection").WithForm(f).WithPath(protectionPath(p.Number)), v))
}

// prepareProtection freezes the text of the step that was chosen.
func (d *Desk) prepareProtection(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	text, err := d.Register.PrepareProtection(r.Context(), actor, r.PathValue("number"), mekenjai.ProtectionDeed(f.Value("step")), f.Value("why"))
	if f.Take(err) {
		return d.protectionWith(w, r, f)
	}
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.protectionWith(w, r, nil)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/protection/sign/"+text.ID)
}

func (d *Desk) showProtectionText(w http.ResponseWriter, r *http.Request) error {
	return d.showSignProtection(w, r, nil)
}

func (d *Desk) showSignProtection(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	text, err := d.Register.TextToSign(r.Context(), actor, r.PathValue("text"), mekenjai.ProtectionPurpose)
	if err != nil {
		return err
	}
	if !text.Signed.IsZero() {
		return web.Redirect(w, r, "/desk/protection")
	}
	path := "/desk/protection/sign/" + text.ID
	p := page(r, translate(r, "desk.sign.title")).WithBack("/desk/protection").WithForm(f).WithPath(path)
	return web.Render(w, r, f.Status(), signPage(p, f, signing{Text: text.Text, Action: path, Button: translate(r, "desk.sign.button"), Waiting: !text.Waiting.IsZero()}))
}

func (d *Desk) signProtection(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number, err := d.Register.Protect(r.Context(), actor, r.PathValue("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil:
		return web.Redirect(w, r, protectionPath(number))
	case errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, "/desk/protection/sign/"+r.PathValue("text"))
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return d.showSignProtection(w, r, f)
	case errors.Is(err, mekenjai.ErrStale):
		return web.Redirect(w, r, "/desk/protection")
	}
	return err
}

func (d *Desk) declineProtection(w http.ResponseWriter, r *http.Request) error {
	actor, _, err := acting(r)
	if err != nil {
		return err
	}
	if err := d.Register.DeclineProtection(r.Context(), actor, r.PathValue("number")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/protection")
}

// passSeal lets a chief see for an hour what is behind the seal.
func (d *Desk) passSeal(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	err = d.Register.PassSeal(r.Context(), actor, number, register.LookReason(f.Value("reason")), f.Value("note"))
	if f.Take(err) {
		return d.protectionWith(w, r, f)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, protectionPath(number))
}
