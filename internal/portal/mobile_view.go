package portal

import (
	"net/url"
	"strconv"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// mobileView is a wish to sign in eGov Mobile in the words of its reader.
type mobileView struct {
	access.Mobile
	Lang locale.Lang
	link string // API 1
	demo string // the demo's phone
}

// isOvertaken says that the text is not signed any more, whatever the time.
func (v mobileView) isOvertaken() bool { return v.Refused == access.RefusedText }

// key changes when there is something new to see.
func (v mobileView) key() string {
	switch {
	case !v.Signed.IsZero():
		return "signed"
	case v.isOvertaken():
		return "overtaken"
	case !v.IsOpen():
		return "expired"
	case v.Opened.IsZero():
		return "shown"
	}
	return "opened-" + strconv.Itoa(v.Tries) + v.Refused
}

func (v mobileView) block() web.Block {
	return web.Block{ID: "mobile", Key: v.key(), Done: !v.IsOpen(), Next: v.next()}
}

func (v mobileView) next() string {
	if v.Signed.IsZero() {
		return ""
	}
	return v.Done
}

// refusal is why the last signature was not accepted.
func (v mobileView) refusal() string {
	return access.SignatureMessage(v.Lang, &mekenjai.SignatureError{Code: v.Refused})
}

// again is the form that makes a new code.
func (v mobileView) again() string { return mobilePath + v.Kind + "/" + url.PathEscape(v.Subject) }

func (v mobileView) deadline() web.Clock {
	return web.Clock{Label: v.Lang.T("mobile.until"), Until: v.Expires, Now: v.Now}
}

// phone leads to the demo's phone with the code in its hand.
func (v mobileView) phone(qr string) string { return v.demo + "?" + url.Values{"code": {qr}}.Encode() }
