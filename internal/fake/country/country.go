package country

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

// Country is one demo country. Its methods may be called at the same time.
type Country struct {
	clock   func() time.Time
	today   mekenjai.Date // when it was made: the stories count from here
	numbers map[string]mekenjai.PartyID
	names   map[mekenjai.PartyID]string

	mu        sync.Mutex // guards everything below
	persons   map[mekenjai.IIN]*state.Person
	citizens  map[mekenjai.IIN]*state.Citizen
	phones    map[mekenjai.IIN]mekenjai.Phone // before a change
	entities  map[mekenjai.BIN]*state.Entity
	objects   map[mekenjai.ARC][]state.Object
	relations map[state.Pair]*state.Relation
	parents   map[mekenjai.IIN]*state.Parents
	guardians map[mekenjai.IIN]*state.Guardians
	tenancies map[mekenjai.ARC]*state.Tenancy
	students  map[mekenjai.IIN]*state.Student
	powers    map[state.PowerQuestion]*state.Power
	faults    map[state.Peer]Fault
	askings   map[string]int // how often a peer was asked about a subject
	pending   map[mekenjai.ARC]change
}

// New makes the country at the instant of the clock; nil is time.Now.
func New(clock func() time.Time) *Country {
	if clock == nil {
		clock = time.Now
	}
	c := &Country{
		clock: clock, today: mekenjai.DateOf(clock()),
		numbers: map[string]mekenjai.PartyID{}, names: map[mekenjai.PartyID]string{},
		persons: map[mekenjai.IIN]*state.Person{}, citizens: map[mekenjai.IIN]*state.Citizen{}, phones: map[mekenjai.IIN]mekenjai.Phone{},
		entities: map[mekenjai.BIN]*state.Entity{}, objects: map[mekenjai.ARC][]state.Object{},
		relations: map[state.Pair]*state.Relation{}, parents: map[mekenjai.IIN]*state.Parents{},
		guardians: map[mekenjai.IIN]*state.Guardians{}, tenancies: map[mekenjai.ARC]*state.Tenancy{},
		students: map[mekenjai.IIN]*state.Student{}, powers: map[state.PowerQuestion]*state.Power{},
		faults: map[state.Peer]Fault{}, askings: map[string]int{}, pending: map[mekenjai.ARC]change{},
	}
	c.name()
	for i, r := range cast {
		c.add(i, r)
	}
	for i, f := range firms {
		c.found(i, f)
	}
	for i, h := range objects {
		c.build(i, h)
	}
	c.relate()
	return c
}

// name gives everybody a number before anybody is described, since they speak
// of one another.
func (c *Country) name() {
	for i, r := range cast {
		p := mekenjai.PartyID(MakeIIN(c.birthday(r.born), r.woman, 9900+i))
		c.numbers[r.key] = p
		c.names[p] = mekenjai.Name{Surname: r.surname, Given: r.given, Patronymic: r.patronymic}.String()
	}
	for i, f := range firms {
		p := mekenjai.PartyID(MakeBIN(must(mekenjai.ParseDate(f.founded)), 99900+i))
		c.numbers[f.key], c.names[p] = p, f.nameRU
	}
}

// birthday reads a date, or "-9" as the 1 January nine years before: then the
// age is the same through the whole year, and so is the number.
func (c *Country) birthday(s string) mekenjai.Date {
	if years, ok := strings.CutPrefix(s, "-"); ok {
		return must(mekenjai.NewDate(c.today.Year-must(strconv.Atoi(years)), 1, 1))
	}
	return must(mekenjai.ParseDate(s))
}

func (c *Country) add(i int, r role) {
	iin := c.IIN(r.key)
	p := newPerson(iin, mekenjai.Name{Surname: r.surname, Given: r.given, Patronymic: r.patronymic}, c.birthday(r.born), r.woman)
	kind := identityCard
	if p.AgeOn(c.today) < 16 {
		kind = passport // the identity card comes with 16
	}
	p.Documents = []state.Document{document(p, kind, fmt.Sprintf("9900000%02d", i), c.today.AddMonths(-20-i%12), 120)}
	if r.home > 0 {
		c.settle(p, at("home", r.home))
	}
	s := &state.Citizen{IIN: iin, Exists: true, Phone: mekenjai.Phone(fmt.Sprintf("+770000000%02d", i)), OnPortal: true, HasEDS: true}
	for _, t := range r.traits {
		t(c, p, s)
	}
	c.persons[iin], c.citizens[iin] = p, s
}

// settle registers a person permanently.
func (c *Country) settle(p *state.Person, arc mekenjai.ARC) {
	p.RegAddress = homeAt(atlas()[arc], c.today.AddMonths(-48))
}

func (c *Country) found(i int, f firm) {
	bin, head := c.BIN(f.key), c.IIN(f.head)
	r := c.persons[head]
	c.entities[bin] = &state.Entity{
		BIN: bin, Status: activeEntity, Registered: must(mekenjai.ParseDate(f.founded)), FullNameKK: f.nameKK, FullNameRU: f.nameRU,
		Form: term(strconv.Itoa(10+i), "Организация", "Ұйым"), ActivityCode: f.use,
		Leader: &state.Leader{
			IIN: head, Surname: r.Surname, Given: r.Given, Patronymic: r.Patronymic, Position: headOf, Appointed: c.today.AddMonths(-30),
		},
	}
}

// relate writes the relations both ways, the tenancies and the standing entries.
func (c *Country) relate() {
	for i, k := range kin {
		of, who, record := c.IIN(k.of), c.IIN(k.who), fmt.Sprintf("ҮЛГІ-%03d", i+1)
		c.relations[state.PairOf(of, who)] = &state.Relation{Owner: of, Person: who, Kind: k.kind, Record: record}
		c.relations[state.PairOf(who, of)] = &state.Relation{Owner: who, Person: of, Kind: k.kind.Inverse(), Record: record}
	}
	for i, t := range tenancies {
		x := &state.Tenancy{
			ARC: at(t.house, t.room), Contract: fmt.Sprintf("ҮЛГІ-%d/ЖАЛ", i+1), Landlord: c.BIN(t.landlord), Tenant: c.IIN(t.tenant),
			Name: c.nameOf(t.tenant), Begin: c.today.AddMonths(-70), LeasedByState: t.leasedByState,
		}
		for _, key := range t.named {
			x.Named = append(x.Named, c.IIN(key))
		}
		c.tenancies[x.ARC] = x
	}
	for _, p := range powers {
		c.empower(p)
	}
	for _, e := range c.Entries() {
		p := c.persons[e.Person]
		p.Addresses = append(p.Addresses, state.PersonAddress{
			Type: temporary, Country: kazakhstan, Begin: e.From, End: mekenjai.NewPeriod(e.From, e.Months, false).To, ARC: e.ARC,
		})
	}
}

// Entry is a temporary registration that stands when the country is made; the
// demo writes it into our own register.
type Entry struct {
	Person mekenjai.IIN
	ARC    mekenjai.ARC
	From   mekenjai.Date
	Months mekenjai.Months
}

// Entries are the temporary registrations that stand already.
func (c *Country) Entries() []Entry {
	var found []Entry
	for _, e := range entries {
		found = append(found, Entry{c.IIN(e.person), at(e.house, e.room), c.today.AddMonths(-e.monthsAgo), e.months})
	}
	return found
}

// IIN of somebody of the cast, by key.
func (c *Country) IIN(key string) mekenjai.IIN { return c.Party(key).IIN() }

// BIN of an organisation, by key.
func (c *Country) BIN(key string) mekenjai.BIN { return c.Party(key).BIN() }

// Party is the number of somebody or of an organisation, by key. An unknown key
// is a mistake of the program.
func (c *Country) Party(key string) mekenjai.PartyID {
	p, ok := c.numbers[key]
	if !ok {
		panic("country: nobody is called " + key)
	}
	return p
}

func (c *Country) nameOf(key string) string { return c.names[c.Party(key)] }

// Dwelling is the code of a room of one of the houses of the stories, of the
// house itself when room is 0.
func (c *Country) Dwelling(house string, room int) mekenjai.ARC { return at(house, room) }

func must[T any](v T, err error) T {
	if err != nil {
		panic("country: " + err.Error())
	}
	return v
}
