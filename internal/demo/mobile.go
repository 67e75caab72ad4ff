package demo

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/egovmobile"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/locale"
	"mekenjai/internal/state/mobile"
	"mekenjai/internal/web"
)

// held is the phone in the hand of a demo person: what it shows, and what became of
// the signature.
type held struct {
	screen *egovmobile.Screen
	done   bool // the service took the signature
	status int  // with which it refused; 0: it did not
}

// mobile is the phone before it scans, with the code that the page in the browser
// put into its hand.
func (f face) mobile(w http.ResponseWriter, r *http.Request) error {
	return f.showMobile(w, r, web.NewForm(map[string]string{"code": r.URL.Query().Get("code")}), held{})
}

func (f face) showMobile(w http.ResponseWriter, r *http.Request, form *web.Form, h held) error {
	p := f.page(r, "demo.mobile.title").WithPath("/demo/phone-signing").WithForm(form)
	return web.Render(w, r, form.Status(), mobilePage(p, f, form, h))
}

// scan shows what the person would read.
func (f face) scan(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	h := f.opened(r, form)
	for field, first := range map[string]string{"kind": kinds[0].name, "algorithm": algorithms[0].name, "alter": "no"} {
		form.Set(field, first)
	}
	return f.showMobile(w, r, form, h)
}

// opened asks the service for the document as the application does. What it refuses
// is part of the picture, not an error.
func (f face) opened(r *http.Request, form *web.Form) held {
	phone := f.Mobile
	phone.Lang = string(locale.From(r.Context()))
	screen, err := phone.Open(r.Context(), form.Value("code"))
	if err == nil {
		return held{screen: &screen}
	}
	return fault(form, held{}, err)
}

// fault tells why the service, or the application, did not go along.
func fault(form *web.Form, h held, err error) held {
	var refused *egovmobile.Refused
	switch {
	case errors.Is(err, mobile.ErrNoLink):
		form.Fail("code", "demo.mobile.code.error")
	case errors.Is(err, egovmobile.ErrForeign):
		form.Fail("code", "demo.mobile.foreign")
	case errors.As(err, &refused):
		h.status = refused.Status
	default:
		form.Fail("code", "demo.mobile.silent")
	}
	return h
}

// signByMobile scans again, as its token may be old, signs with the chosen key and
// puts the document back.
func (f face) signByMobile(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	key, err := f.chosenKey(form)
	if err != nil {
		return err
	}
	h := f.opened(r, form)
	if h.screen == nil || key == nil {
		return f.showMobile(w, r, form, h)
	}
	screen := *h.screen
	if form.Value("alter") == "yes" && len(screen.Documents) > 0 && screen.Documents[0].File != nil {
		file := *screen.Documents[0].File
		file.File.Data = append([]byte("12 "), file.File.Data...)
		screen.Documents[0].File = &file
	}
	if err := f.Mobile.Sign(r.Context(), screen, key); err != nil {
		return f.showMobile(w, r, form, fault(form, h, err))
	}
	return f.showMobile(w, r, form, held{done: true})
}

// chosenKey is nil when the form names none.
func (f face) chosenKey(form *web.Form) (*eds.Key, error) {
	seat, known := f.seat(form.Value("who"))
	algorithm, algorithmKnown := chosen(algorithms, form.Value("algorithm"))
	kind, kindKnown := chosen(kinds, form.Value("kind"))
	switch {
	case !known:
		form.Fail("who", "demo.key.who.error")
		return nil, nil
	case !algorithmKnown || !kindKnown:
		form.Fail("kind", "demo.key.error")
		return nil, nil
	case kind == pki.LoginOnly:
		algorithm = eds.RSASHA256 // GOST keys have no separate key for signing in
	}
	return f.Keys(ncalayer.Seat{Person: seat.Person, Algorithm: algorithm, Kind: kind, BIN: seat.BIN, Organization: seat.Organization, Roles: seat.Roles})
}

// rows are what the phone shows beside the text.
func (h held) rows(l locale.Lang) []web.Row {
	s := h.screen
	asks := map[locale.Lang]string{locale.KK: s.Organisation.NameKZ, locale.RU: s.Organisation.NameRU, locale.EN: s.Organisation.NameEN}[l]
	rows := []web.Row{{Key: l.T("demo.mobile.asks"), Value: cmp.Or(asks, s.Organisation.NameRU) + "\n" + s.Organisation.BIN}}
	for _, d := range s.Documents {
		name := map[locale.Lang]string{locale.KK: d.NameKZ, locale.RU: d.NameRU, locale.EN: d.NameEN}[l]
		rows = append(rows, web.Row{Key: l.T("demo.mobile.document"), Value: name})
		for _, m := range d.Meta {
			rows = append(rows, web.Row{Key: m.Name, Value: m.Value})
		}
	}
	return append(rows, web.Row{Key: l.T("demo.mobile.until"), Value: l.DateTime(s.Expires.Truncate(time.Second))})
}
