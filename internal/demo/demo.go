package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/egovmobile"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// Options are what the face shows and moves.
type Options struct {
	Country  *country.Country
	Phones   *phones.Centre
	NCALayer *ncalayer.Emulator
	Clock    Clock
	// Mobile is the phone with eGov Mobile, and Keys are those that lie in it.
	Mobile  egovmobile.Phone
	Keys    func(ncalayer.Seat) (*eds.Key, error)
	Service string    // where the service page is; "/" when empty
	Egov    *bus.Egov // egov.kz, where the service is ordered; nil: there is none between
	OverBus bool      // the registers are asked over the simulated bus, which has faults of its own

	// Elsewhere: the registers are not those of Country; faults are set where they run.
	Elsewhere bool
}

// Clock is one that can be moved forward.
type Clock interface {
	Now() time.Time
	Ahead() time.Duration    // of the real time
	Advance(d time.Duration) // a negative d moves it back
}

type face struct{ Options }

// New makes the handler of everything below /demo/.
func New(o Options) http.Handler {
	if o.Service == "" {
		o.Service = "/"
	}
	f := face{o}
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /demo/{$}":                   f.home,
		"GET /demo/stories/{id}":          f.story,
		"GET /demo/people":                f.people,
		"GET /demo/counter":               f.counter,
		"GET /demo/counter/students.csv":  f.petitionCSV,
		"GET /demo/key":                   f.key,
		"POST /demo/key":                  f.insertKey,
		"POST /demo/key/eject":            f.ejectKey,
		"POST /demo/key/next":             f.nextAnswer,
		"GET /demo/phone-signing":         f.mobile,
		"POST /demo/phone-signing":        f.scan,
		"POST /demo/phone-signing/sign":   f.signByMobile,
		"GET /demo/phones":                f.phones,
		"GET /demo/phones/{key}":          f.phone,
		"GET " + egovPath:                 f.egov,
		"POST " + egovPath:                f.order,
		"GET " + egovPath + "/files/{id}": f.egovFile,
		"GET /demo/registers":             f.registers,
		"POST /demo/registers":            f.setFault,
		"POST /demo/heal":                 f.heal,
		"POST /demo/owners":               f.changeOwner,
		"POST /demo/deaths":               f.enterDeath,
		"POST /demo/numbers":              f.changePhone,
		"POST /demo/clock":                f.moveClock,
	} {
		if _, path, _ := strings.Cut(pattern, " "); o.Elsewhere && slices.Contains(changing, path) && strings.HasPrefix(pattern, "POST") {
			continue
		}
		mux.Handle(pattern, web.Handler(serve))
	}
	return web.Friendly(mux)
}

// changing are the paths whose forms change the registers of this process.
var changing = []string{"/demo/registers", "/demo/heal", "/demo/owners", "/demo/deaths", "/demo/numbers"}

// page begins a page of the face.
func (f face) page(r *http.Request, key string, args ...any) web.Page {
	return web.PageFor(r, locale.From(r.Context()).T(key, args...))
}

func (f face) show(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return web.Render(w, r, http.StatusOK, page)
}

// deeds are what a page may say was done, by the query "done".
var deeds = map[string]string{
	"key": "demo.done.key", "eject": "demo.done.eject", "next": "demo.done.next", "fault": "demo.done.fault", "heal": "demo.done.heal",
	"clock": "demo.done.clock", "sell": "demo.done.sell", "later": "demo.done.later", "die": "demo.done.die",
	"phone": "demo.done.phone", "order": "demo.done.order",
}

// done leads back to where the form was, with the word that it was done.
func done(w http.ResponseWriter, r *http.Request, f *web.Form, otherwise, deed string) error {
	next := web.SafeNext(f.Value("next"))
	if !strings.HasPrefix(next, "/demo/") {
		next = otherwise
	}
	u, err := url.Parse(next)
	if err != nil {
		return web.BadRequest(err)
	}
	q := u.Query()
	q.Set("done", deed)
	u.RawQuery = q.Encode()
	return web.Redirect(w, r, u.String())
}

// deed is the catalogue key of what was done, "" for nothing.
func deed(r *http.Request) string { return deeds[r.URL.Query().Get("done")] }

// moveClock moves by the hours of the form; "reset" returns to the real time.
func (f face) moveClock(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	switch form.Value("by") {
	case "hour":
		f.Clock.Advance(time.Hour)
	case "day":
		f.Clock.Advance(24 * time.Hour)
	case "reset":
		f.Clock.Advance(-f.Clock.Ahead())
	default:
		return web.BadRequest(mekenjai.ErrConflict)
	}
	return done(w, r, form, "/demo/", "clock")
}
