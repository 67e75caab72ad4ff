// Package portal is the face for citizens and owners: it translates a request
// into a verb and the result into a page, and knows nothing else. Who may do a
// thing the verbs decide; the pages only do not offer what would be refused.
package portal

import (
	"maps"
	"net/http"

	"mekenjai/internal/access"
	"mekenjai/internal/address"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// Portal serves the pages.
type Portal struct {
	Register *register.Register
	Access   *access.Access
	// Addresses is where the copy of the address register is searched.
	Addresses address.Copy
	// Specimen prints every paper with a watermark: those of the demo country must
	// not look valid.
	Specimen bool
	// Mobile offers to sign in eGov Mobile; nil: it is not offered.
	Mobile *Mobile
}

// Handler routes the requests of the portal. It stands inside web.Site.Wrap and
// access.Middleware.
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, routes := range []map[string]func(http.ResponseWriter, *http.Request) error{p.routes(), p.lifeRoutes(), p.mobileRoutes()} {
		for pattern, handler := range routes {
			mux.Handle(pattern, web.Handler(handler))
		}
	}
	for pattern, handler := range p.mobileAPI() {
		mux.Handle(pattern, handler)
	}
	pages := web.Friendly(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(withUser(r.Context())))
	})
}

func (p *Portal) routes() map[string]func(http.ResponseWriter, *http.Request) error {
	all := p.ownRoutes()
	maps.Copy(all, p.textRoutes("/applications/{id}/complaint/{text}", p.complaintSigning()))
	maps.Copy(all, p.textRoutes("/applications/{id}/owner-complaint/{text}", p.ownerComplaintSigning()))
	return all
}

func (p *Portal) ownRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}": p.service,

		"GET /sign-in":         p.signIn,
		"POST /sign-in/eds":    p.signInByKey,
		"POST /sign-in/sms":    p.sendCode,
		"GET /sign-in/code":    p.askCode,
		"POST /sign-in/code":   p.signInByCode,
		"POST /sign-in/resend": p.resendCode,
		"POST /sign-out":       p.signOut,
		"POST /session":        p.extendSession,
		"GET /c/{id}/sign-in":  p.signInForConsent,

		"GET /apply":               p.begin,
		"GET /apply/{id}/{step}":   p.ofDraft(p.question),
		"POST /apply/{id}/{step}":  p.ofDraft(p.answer),
		"GET /apply/{id}/check":    p.ofDraft(p.checkAnswers),
		"POST /apply/{id}/sign":    p.submitByKey,
		"GET /apply/{id}/code":     p.ofDraft(p.askSigningCode),
		"POST /apply/{id}/code":    p.ofDraft(p.sendSigningCode),
		"POST /apply/{id}/confirm": p.submitByCode,
		"POST /apply/{id}/discard": p.discard,

		"GET /applications/{id}":             p.showCase,
		"GET /applications/{id}/withdraw":    p.confirmWithdraw,
		"POST /applications/{id}/withdraw":   p.withdraw,
		"GET /applications/{id}/receipt.pdf": p.receipt,
		"GET /applications/{id}/act.pdf":     p.act,
		"GET /applications/{id}/act.txt":     p.actText,
		"GET /applications/{id}/act.p7s":     p.actSeal,

		"GET /applications/{id}/complaint":        p.askComplaint,
		"POST /applications/{id}/complaint":       p.prepareComplaint,
		"GET /applications/{id}/owner-complaint":  p.askOwnerComplaint,
		"POST /applications/{id}/owner-complaint": p.prepareOwnerComplaint,
		"GET /complaints/{number}":                p.showComplaint,
		"POST /complaints/{number}/paper":         p.addComplaintPaper,
		"POST /applications/{id}/paper":           p.bringPaper,

		"GET /c/{id}":           p.showRequest,
		"POST /c/{id}/agree":    p.agree,
		"GET /c/{id}/decline":   p.askReason,
		"POST /c/{id}/decline":  p.decline,
		"GET /c/{id}/not-mine":  p.confirmDisown,
		"POST /c/{id}/not-mine": p.disown,
		"GET /c/{id}/withdraw":  p.confirmTakeBack,
		"POST /c/{id}/withdraw": p.takeBack,

		"GET /account":                      p.account,
		"GET /account/history":              p.history,
		"GET /account/looks":                p.looks,
		"GET /account/address":              p.residence,
		"GET /account/property":             p.property,
		"GET /account/sessions":             p.sessions,
		"POST /account/sessions/end":        p.endSession,
		"POST /account/sessions/end-all":    p.endAllSessions,
		"GET /certificates/{number}/{file}": p.certificate,
		"GET /check":                        p.askForCode,
		"POST /check":                       p.findCode,
		"GET /check/{code}":                 p.check,
	}
}
