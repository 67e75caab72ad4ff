package portal

import (
	"errors"
	"net/http"

	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// showHeld tells who may not sign by SMS because his phone changed lately, and how he
// can sign instead; any other error goes on. byKey is where he signs with a key.
func showHeld(w http.ResponseWriter, r *http.Request, err error, byKey string) error {
	var held *access.HeldPhone
	if !errors.As(err, &held) {
		return err
	}
	page := web.PageFor(r, translate(r, "remedy.held.title")).WithBack(byKey)
	return web.Render(w, r, http.StatusForbidden, heldPage(page, held.Until, byKey))
}

// remarkText is a notice about the safety of the access in the reader's language.
func remarkText(l locale.Lang, m access.Remark) string {
	switch {
	case m.Kind == access.PhoneChanged && m.Hold.IsZero():
		return l.T("remedy.safety.phone_back_text")
	case m.Kind == access.PhoneChanged:
		return l.T("remedy.safety.phone_changed_text", "until", l.DateTime(m.Hold))
	}
	return l.T("remedy.safety.new_place_text", "device", deviceName(l, access.Session{Browser: m.Browser, Platform: m.Platform}), "network", m.Network)
}
