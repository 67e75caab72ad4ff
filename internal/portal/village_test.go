package portal

import (
	"net/http"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/country"
)

// seal gives the register the provider's key for acts.
func (w *town) seal() {
	w.Helper()
	key, err := w.keys.Person(pki.Person{}, pki.Options{BIN: string(w.land.BIN("police")), Organization: "Seal",
		Roles: []eds.Role{eds.RoleInformationSystem}})
	if err != nil {
		w.Fatal(err)
	}
	w.register.Seal = key
}

// file signs in, tells the story up to its signature and waits for what the
// registers say. It gives the applicant's browser and the path of the case.
func (w *town) file(story string) (*browser, string) {
	w.Helper()
	who := w.who(w.land.Story(story).Applicant)
	b := w.as(who.Key)
	return b, b.file(story)
}

func (b *browser) file(story string) string {
	b.Helper()
	to := b.submit(story)
	b.settle()
	return to
}

// submit tells the story up to its signature.
func (b *browser) submit(story string) string {
	b.Helper()
	path := b.fill(story)
	who := b.who(b.land.Story(story).Applicant)
	return b.post(path+"/sign", "signature", b.signWith(who, pki.Options{}, b.get(path+"/check").page(200).content(), false)).to()
}

// who is somebody of the country by the number.
func (w *town) who(iin mekenjai.IIN) country.Resident {
	w.Helper()
	for _, r := range w.land.People() {
		if r.IIN == iin {
			return r
		}
	}
	w.Fatalf("nobody has the number %s", iin)
	return country.Resident{}
}

// request is the path of the latest request to somebody.
func (w *town) request(who string) string {
	w.Helper()
	r := w.land.Resident(who)
	list, err := w.register.Requests(w.Context(), mekenjai.Actor{IIN: r.IIN})
	if err != nil || len(list) == 0 {
		w.Fatalf("no request to %s: %v", who, err)
	}
	return "/c/" + list[0].ID
}

// consenter opens the request in a browser of his own, with the proof of
// identity that it asks for.
func (w *town) consenter(who, path string) *browser {
	w.Helper()
	b := w.browser()
	b.prove(who, path)
	return b
}

// prove signs in for one request.
func (b *browser) prove(who, path string) {
	b.Helper()
	page := b.get(b.get(path).to()).page(http.StatusOK)
	id := strings.TrimPrefix(path, "/c/")
	to := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "for", id, "signature", b.sign(who, page.content(), true)).to()
	if to != path {
		b.Fatalf("signed in for %s and led to %q", path, to)
	}
}

// agree gives the consent of somebody with his own key.
func (w *town) agree(who string) {
	w.Helper()
	path := w.request(who)
	b := w.consenter(who, path)
	text := b.get(path).page(http.StatusOK).content()
	if to := b.post(path+"/agree", "signature", w.sign(who, text, false)).to(); to != path {
		w.Fatalf("agreed and was led to %q", to)
	}
	w.settle()
}

// pass lets time go by and does what it brings.
func (w *town) pass(d time.Duration) {
	w.Helper()
	w.clock.Advance(d)
	if _, err := w.register.Sweep(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.settle()
}

// actor is somebody as the register sees who signed in with an own key.
func (w *town) actor(who string) mekenjai.Actor {
	return mekenjai.Actor{IIN: w.land.IIN(who), Method: mekenjai.ByEDS, Session: "test", Fresh: w.clock.Now(), Language: "en"}
}

// personalKey is a person's own key; organisationKey one of an organisation's head.
var personalKey = pki.Options{}

func (w *town) organisationKey(firm string) pki.Options {
	return pki.Options{BIN: string(w.land.BIN(firm)), Organization: w.land.Name(w.land.Party(firm)), Roles: []eds.Role{eds.RoleHead}}
}
