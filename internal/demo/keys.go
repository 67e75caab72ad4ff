package demo

import (
	"net/http"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// Seed makes the demo's keys the same at every start. It is public, and so is every
// key that follows from it: production refuses the authority behind it.
var Seed = []byte("mekenjai demo country")

// algorithms and kinds of keys in the order of the page, by their names in forms
// and catalogues.
var (
	algorithms = []choice[eds.Algorithm]{{"gost2015_512", eds.GOST2015x512}, {"rsa_sha256", eds.RSASHA256}}
	kinds      = []choice[pki.Kind]{
		{"valid", pki.Valid}, {"expired", pki.Expired}, {"not_yet_valid", pki.NotYetValid}, {"revoked", pki.Revoked},
		{"wrong_authority", pki.WrongAuthority}, {"login_only", pki.LoginOnly},
	}
)

type choice[T comparable] struct {
	name  string
	value T
}

// chosen finds the value of a form's field; an empty field is the first choice.
func chosen[T comparable](list []choice[T], name string) (T, bool) {
	if name == "" {
		return list[0].value, true
	}
	i := slices.IndexFunc(list, func(c choice[T]) bool { return c.name == name })
	if i < 0 {
		var none T
		return none, false
	}
	return list[i].value, true
}

func nameOf[T comparable](list []choice[T], value T) string {
	i := slices.IndexFunc(list, func(c choice[T]) bool { return c.value == value })
	if i < 0 {
		return list[0].name
	}
	return list[i].name
}

func options[T comparable](l locale.Lang, prefix string, list []choice[T]) []web.Option {
	var o []web.Option
	for _, c := range list {
		o = append(o, web.Option{Value: c.name, Label: l.T(prefix + c.name)})
	}
	return o
}

// Seats are the keys of the demo country by the name of whose they are: each
// person's own, each organisation's with its head, and that of an employee at
// work, see atWork.
func Seats(c *country.Country) map[string]ncalayer.Seat {
	seats := map[string]ncalayer.Seat{}
	for _, r := range c.People() {
		s := ncalayer.Seat{Person: pki.Person{
			IIN: string(r.IIN), Surname: upper(r.Name.Surname), Given: upper(r.Name.Given), Patronymic: upper(r.Name.Patronymic),
		}}
		seats[r.Key] = s
		for _, o := range r.Heads {
			s.BIN, s.Organization, s.Roles = string(o.BIN), o.Name.RU, []eds.Role{eds.RoleHead}
			seats[o.Key] = s
		}
		if p := r.Work; p != nil {
			s.BIN, s.Organization, s.Roles = string(p.Employer.BIN), p.Employer.Name.RU, []eds.Role{eds.RoleEmployee}
			seats[atWork(r.Key)] = s
		}
	}
	return seats
}

// atWork is the name of the key that a member of staff has of his employer.
func atWork(key string) string { return key + "@work" }

// isAtWork says whether the key is the one of his employer.
func isAtWork(r country.Resident, s ncalayer.Seat) bool {
	return r.Work != nil && string(r.Work.Employer.BIN) == s.BIN
}

// seat is whose key a form names: a person, or an organisation with its head.
func (f face) seat(key string) (ncalayer.Seat, bool) {
	s, ok := Seats(f.Country)[key]
	return s, ok
}

// upper is how certificates write names.
func upper(s string) string { return strings.ToUpper(s) }

// seatName is whose key it is, for people.
func (f face) seatName(l locale.Lang, s ncalayer.Seat) string {
	r := f.resident(mekenjai.IIN(s.Person.IIN))
	for _, o := range r.Heads {
		if string(o.BIN) == s.BIN {
			return r.Name.String() + ", " + o.Name.In(string(l))
		}
	}
	if isAtWork(r, s) {
		return r.Name.String() + ", " + r.Work.Office.Name.In(string(l))
	}
	return r.Name.String()
}

func (f face) key(w http.ResponseWriter, r *http.Request) error {
	values := map[string]string{"kind": kinds[0].name, "algorithm": algorithms[0].name, "answer": string(ncalayer.Sign)}
	if s, ok := f.NCALayer.Seated(); ok {
		values["who"], values["algorithm"], values["kind"] = f.keyOf(s), nameOf(algorithms, s.Algorithm), nameOf(kinds, s.Kind)
	}
	if q := f.NCALayer.Queued(); len(q) > 0 {
		values["answer"] = string(q[0])
	}
	return f.showKey(w, r, web.NewForm(values), http.StatusOK)
}

func (f face) showKey(w http.ResponseWriter, r *http.Request, form *web.Form, status int) error {
	p := f.page(r, "demo.key.title").WithPath("/demo/key").WithForm(form)
	return web.Render(w, r, status, keyPage(p, f, form, deed(r)))
}

// keyOf is the form's name of a seat.
func (f face) keyOf(s ncalayer.Seat) string {
	for _, r := range f.Country.People() {
		if string(r.IIN) != s.Person.IIN {
			continue
		}
		for _, o := range r.Heads {
			if string(o.BIN) == s.BIN {
				return o.Key
			}
		}
		if isAtWork(r, s) {
			return atWork(r.Key)
		}
		return r.Key
	}
	return ""
}

func (f face) insertKey(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	seat, known := f.seat(form.Value("who"))
	algorithm, algorithmKnown := chosen(algorithms, form.Value("algorithm"))
	kind, kindKnown := chosen(kinds, form.Value("kind"))
	if !known {
		form.Fail("who", "demo.key.who.error")
	}
	if !algorithmKnown {
		form.Fail("algorithm", "demo.key.error")
	}
	if !kindKnown {
		form.Fail("kind", "demo.key.error")
	}
	if !form.OK() {
		return f.showKey(w, r, form, form.Status())
	}
	if kind == pki.LoginOnly {
		algorithm = eds.RSASHA256 // GOST keys have no separate key for signing in
	}
	seat.Algorithm, seat.Kind = algorithm, kind
	if err := f.NCALayer.Insert(seat); err != nil {
		return err
	}
	return done(w, r, form, "/demo/key", "key")
}

func (f face) ejectKey(w http.ResponseWriter, r *http.Request) error {
	f.NCALayer.Eject()
	return done(w, r, nil, "/demo/key", "eject")
}

func (f face) nextAnswer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	a := ncalayer.Answer(form.Value("answer"))
	if !slices.Contains(ncalayer.Answers, a) {
		form.Fail("answer", "demo.key.error")
		return f.showKey(w, r, form, form.Status())
	}
	f.NCALayer.Next() // forget what waits
	if a != ncalayer.Sign {
		f.NCALayer.Next(a)
	}
	return done(w, r, form, "/demo/key", "next")
}

// holders are the choices of the form: every person, and who heads what.
func (f face) holders(l locale.Lang) []web.Option {
	people := f.Country.People()
	slices.SortStableFunc(people, func(a, b country.Resident) int { return locale.Compare(a.Name.String(), b.Name.String()) })
	list := []web.Option{{}}
	for _, r := range people {
		list = append(list, web.Option{Value: r.Key, Label: r.Name.String()})
		for _, o := range r.Heads {
			list = append(list, web.Option{Value: o.Key, Label: l.T("demo.key.who.for", "name", r.Name.Short(), "organisation", o.Name.In(string(l)))})
		}
		if p := r.Work; p != nil {
			list = append(list, web.Option{Value: atWork(r.Key), Label: l.T("demo.key.who.at_work", "name", r.Name.Short(),
				"role", l.T("demo.role."+string(p.Role)), "office", p.Office.Name.In(string(l)))})
		}
	}
	return list
}

// excerpt is the beginning of what was signed, as far as it is text.
func excerpt(documents [][]byte) string {
	if len(documents) == 0 {
		return ""
	}
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(documents[0]), "")), " ")
	if letters := []rune(text); len(letters) > 60 {
		text = string(letters[:60]) + "…"
	}
	return text
}
