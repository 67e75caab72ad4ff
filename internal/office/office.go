// Package office is the face of the counter: the screens of an operator of the
// State Corporation, made for a keyboard, a queue and a window of 1366 × 768. It
// translates a request into a verb of the register and the result into a page.
// What is missing and why the rules say; who may do a thing the verbs decide.
package office

import (
	"context"
	"net/http"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/address"
	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// Office serves the pages.
type Office struct {
	Register *register.Register
	Access   *access.Access
	// Addresses is where the copy of the address register is searched.
	Addresses address.Copy
	// Papers are the limits of scans; the zero value is the usual ones.
	Papers papers.Limits
	// Specimen prints every paper with a watermark: those of the demo country must
	// not look valid.
	Specimen bool
}

const home = "/office/"

// Nav are the sections of the counter, in place of the citizens'.
func Nav() []web.NavItem {
	return []web.NavItem{{Key: "office.nav.intakes", Href: home}, {Key: "office.nav.petitions", Href: "/office/petitions"}, {Key: "office.nav.removal", Href: removalPath}}
}

// Uploads says which requests bring a file, see web.Site.Uploads.
func Uploads(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, home) && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// handler serves one request of an operator.
type handler func(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error

// Handler routes the requests of the counter. It stands inside web.Site.Wrap and
// access.Middleware.
func (o *Office) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range o.routes() {
		mux.Handle(pattern, web.Handler(func(w http.ResponseWriter, r *http.Request) error {
			actor, err := access.ActorFrom(r.Context())
			if err != nil {
				return err
			}
			if actor.Duty.Role != mekenjai.Operator {
				return mekenjai.ErrForbidden
			}
			return serve(w, r, actor)
		}))
	}
	pages := web.Friendly(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(withUser(r.Context())))
	})
}

func (o *Office) routes() map[string]handler {
	return map[string]handler{
		"GET /office/{$}":      o.start,
		"POST /office/intakes": o.begin,

		"GET /office/intakes/{id}":                      o.show,
		"POST /office/intakes/{id}":                     o.fill,
		"POST /office/intakes/{id}/ask":                 o.askAgain,
		"POST /office/intakes/{id}/take":                o.take,
		"GET /office/intakes/{id}/drop":                 o.confirmDrop,
		"POST /office/intakes/{id}/drop":                o.drop,
		"POST /office/intakes/{id}/people":              o.identify,
		"POST /office/intakes/{id}/people/{n}/drop":     o.unidentify,
		"POST /office/intakes/{id}/papers":              o.addPaper,
		"POST /office/intakes/{id}/papers/{paper}/drop": o.dropPaper,
		"GET /office/papers/{paper}":                    o.openPaper,
		"GET /office/intakes/{id}/statement.pdf":        o.printStatement,
		"GET /office/intakes/{id}/receipt.pdf":          o.printReceipt,
		"GET /office/intakes/{id}/refusal.pdf":          o.printRefusal,

		"GET /office/intakes/{id}/sign/{n}":           o.askSignature,
		"POST /office/intakes/{id}/sign/{n}/hand":     o.signByHand,
		"POST /office/intakes/{id}/sign/{n}/key":      o.signByKey,
		"POST /office/intakes/{id}/sign/{n}/send":     o.sendCode,
		"POST /office/intakes/{id}/sign/{n}/code":     o.signByCode,
		"POST /office/intakes/{id}/consents/{c}/drop": o.revoke,

		"GET /office/intakes/{id}/accept":  o.askAcceptance,
		"POST /office/intakes/{id}/accept": o.accept,
		"GET /office/intakes/{id}/refuse":  o.askRefusal,
		"POST /office/intakes/{id}/refuse": o.refuse,

		"GET /office/removal":       o.removal,
		"POST /office/removal":      o.prepareRemoval,
		"POST /office/removal/sign": o.signRemoval,

		"GET /office/petitions":                   o.petitions,
		"POST /office/petitions":                  o.beginPetition,
		"GET /office/petitions/{id}":              o.petition,
		"POST /office/petitions/{id}/bearer":      o.identifyBearer,
		"POST /office/petitions/{id}/hand":        o.signPetitionByHand,
		"POST /office/petitions/{id}/key":         o.signPetitionByKey,
		"POST /office/petitions/{id}/drop":        o.dropPetition,
		"GET /office/petitions/{id}/lodge":        o.askLodgement,
		"POST /office/petitions/{id}/lodge":       o.lodge,
		"GET /office/petitions/{id}/petition.pdf": o.printPetition,
		"GET /office/petitions/{id}/report.csv":   o.reportCSV,
		"GET /office/petitions/{id}/report.xlsx":  o.reportXLSX,
	}
}

// withUser tells the shell who is signed in and where his work is.
func withUser(ctx context.Context) context.Context {
	actor, err := access.ActorFrom(ctx)
	if err != nil {
		return ctx
	}
	user := web.User{Name: actor.Name.Short(), SignOut: "/sign-out", Extend: "/session", Nav: Nav()}
	if current, ok := access.CurrentFrom(ctx); ok {
		user.Ends = current.Ends
	}
	return web.WithUser(ctx, user)
}

func lang(ctx context.Context) locale.Lang { return locale.From(ctx) }

func translate(r *http.Request, key string, args ...any) string {
	return lang(r.Context()).T(key, args...)
}
