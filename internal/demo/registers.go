package demo

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

// stuck is a fault of the form alone: so slow that every time limit passes.
const stuck = "stuck"

// faultOf is the form's name of a fault.
func faultOf(f country.Fault) string {
	switch {
	case f.Kind == country.Works:
		return "works"
	case f.Kind == country.Slow && f.Delay >= time.Minute:
		return stuck
	}
	return string(f.Kind)
}

// peers are what can be made to fail: the registers, and over the bus what stands
// before and beside them.
func (f face) peers() []state.Peer {
	if f.OverBus {
		return bus.Peers
	}
	return state.All
}

func (f face) faultsOf(p state.Peer) []country.FaultKind {
	if f.OverBus {
		return bus.FaultsOf(p)
	}
	return country.FaultsOf(p)
}

// faultNamed is the fault that a form names.
func (f face) faultNamed(p state.Peer, name string) (country.Fault, bool) {
	switch name {
	case "works":
		return country.Fault{}, true
	case stuck:
		return country.Fault{Kind: country.Slow, Delay: 5 * time.Minute}, true
	case string(country.Slow):
		return country.Fault{Kind: country.Slow, Delay: 8 * time.Second}, true
	}
	k := country.FaultKind(name)
	return country.Fault{Kind: k}, k != country.Works && slices.Contains(f.faultsOf(p), k)
}

func (f face) faultOptions(l locale.Lang, p state.Peer) []web.Option {
	var list []web.Option
	add := func(name string) { list = append(list, web.Option{Value: name, Label: l.T("demo.fault." + name)}) }
	for _, k := range f.faultsOf(p) {
		add(faultOf(country.Fault{Kind: k}))
		if k == country.Slow {
			add(stuck)
		}
	}
	return list
}

func (f face) registers(w http.ResponseWriter, r *http.Request) error {
	return f.showRegisters(w, r, web.NewForm(map[string]string{"when": "later"}), http.StatusOK)
}

// faulty are the faults in force, for the form.
func (f face) faulty() *web.Form {
	now := map[string]string{}
	for _, p := range f.peers() {
		now["fault-"+string(p)] = faultOf(f.Country.Fault(p))
	}
	return web.NewForm(now)
}

func (f face) showRegisters(w http.ResponseWriter, r *http.Request, form *web.Form, status int) error {
	p := f.page(r, "demo.registers.title").AsWide().WithPath("/demo/registers").WithForm(form)
	return web.Render(w, r, status, registersPage(p, f, form, deed(r)))
}

// setFault takes the faults of all registers at once; what the form does not
// name stays as it is.
func (f face) setFault(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	wanted := map[state.Peer]country.Fault{}
	for _, p := range f.peers() {
		name := form.Value("fault-" + string(p))
		if name == "" {
			continue
		}
		fault, known := f.faultNamed(p, name)
		if !known {
			return web.BadRequest(fmt.Errorf("%s has no fault %q", p, name))
		}
		wanted[p] = fault
	}
	for p, fault := range wanted {
		f.Country.Set(p, fault)
	}
	return done(w, r, form, "/demo/registers", "fault")
}

func (f face) heal(w http.ResponseWriter, r *http.Request) error {
	f.Country.Heal()
	return done(w, r, nil, "/demo/registers", "heal")
}

func (f face) changeOwner(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	arc, err := mekenjai.ParseARC(form.Value("arc"))
	if err != nil {
		form.Fail("arc", "demo.changes.sell.arc.error")
	}
	from, err := mekenjai.ParsePartyID(form.Value("from"))
	if err != nil {
		form.Fail("from", "demo.changes.sell.party.error")
	}
	to, err := mekenjai.ParsePartyID(form.Value("to"))
	if err != nil || f.Country.Name(to) == "" {
		form.Fail("to", "demo.key.who.error")
	}
	if !form.OK() {
		return f.showRegisters(w, r, form, form.Status())
	}
	if form.Value("when") == "later" {
		f.Country.TransferAfterReading(arc, from, to)
		return done(w, r, form, "/demo/registers", "later")
	}
	if err := f.Country.Transfer(arc, from, to); err != nil {
		form.Fail("from", "demo.changes.sell.error")
		return f.showRegisters(w, r, form, form.Status())
	}
	return done(w, r, form, "/demo/registers", "sell")
}

func (f face) enterDeath(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	iin, err := mekenjai.ParseIIN(form.Value("dead"))
	if err == nil {
		err = f.Country.Die(iin)
	}
	if err != nil {
		form.Fail("dead", "demo.key.who.error")
		return f.showRegisters(w, r, form, form.Status())
	}
	return done(w, r, form, "/demo/registers", "die")
}

// changePhone gives somebody another number, or the former one back.
func (f face) changePhone(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	iin, err := mekenjai.ParseIIN(form.Value("owner"))
	if err == nil {
		_, err = f.Country.ChangePhone(iin)
	}
	if err != nil {
		form.Fail("owner", "demo.changes.phone.error")
		return f.showRegisters(w, r, form, form.Status())
	}
	return done(w, r, form, "/demo/registers", "phone")
}

// numbers are the people by their numbers, for forms.
func (f face) numbers(l locale.Lang) []web.Option {
	people := f.Country.People()
	slices.SortStableFunc(people, func(a, b country.Resident) int { return locale.Compare(a.Name.String(), b.Name.String()) })
	list := []web.Option{{}}
	for _, r := range people {
		list = append(list, web.Option{Value: string(r.IIN), Label: r.Name.String() + ", " + string(r.IIN)})
	}
	return list
}
