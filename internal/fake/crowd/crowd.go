package crowd

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/state"
)

// Crowd is a country of one size. It is never changed after New.
type Crowd struct {
	Size
	clock func() time.Time
	today mekenjai.Date
	plan  gazetteer.Plan
}

// Houses of flats of the crowd: five a street with forty flats each.
const (
	housesAStreet = 20
	flatsAHouse   = 40
)

// New makes the crowd of a size, with dates that count from the clock's day.
func New(size Size, clock func() time.Time) (*Crowd, error) {
	if err := size.Check(); err != nil {
		return nil, err
	}
	return &Crowd{Size: size, clock: clock, today: mekenjai.DateOf(clock()), plan: planFor(size.Dwellings)}, nil
}

// planFor has as many streets as the dwellings need, and the houses of the demo
// country's stories.
func planFor(dwellings int) gazetteer.Plan {
	p := country.New(nil).Plan()
	p.Houses, p.Flats = housesAStreet, flatsAHouse
	p.Streets = gazetteer.Dostyk + 2 // one on which no house of a story stands
	perStreet := p.CountFlats()
	p.Streets += (dwellings - 1) / perStreet
	return p
}

// Plan is the address register of the crowd.
func (c *Crowd) Plan() gazetteer.Plan { return c.plan }

// capitalUnits come first in the plan; here they come last, since the norm of the
// capital needs more of an application.
const capitalUnits = 2

func (c *Crowd) flat(j int) gazetteer.Flat {
	return c.plan.FlatAt((j + capitalUnits*c.plan.FlatsOfUnit()) % c.plan.CountFlats())
}

// Outside is how many dwellings lie outside the capital: those with the lowest
// numbers.
func (c *Crowd) Outside() int {
	return min(c.Dwellings, c.plan.CountFlats()-capitalUnits*c.plan.FlatsOfUnit())
}

// ARC is the code of dwelling j.
func (c *Crowd) ARC(j int) mekenjai.ARC { return c.flat(j).Room.RCA }

// Dwelling is the number of the dwelling with the code, false when the crowd has
// none.
func (c *Crowd) Dwelling(arc mekenjai.ARC) (j int, ok bool) {
	n, ok := c.plan.FlatOf(arc)
	j = (n + c.plan.CountFlats() - capitalUnits*c.plan.FlatsOfUnit()) % c.plan.CountFlats()
	return j, ok && j < c.Dwellings
}

// Address is dwelling j as the address register answers it.
func (c *Crowd) Address(j int) state.Address {
	f := c.flat(j)
	return state.Address{ARC: f.Room.RCA, Kind: mekenjai.KindRoom, Actual: true, PathKK: f.Room.FullPathKK, PathRU: f.Room.FullPathRU,
		KATO: f.KATO, Building: f.Building.RCA}
}

// Label is dwelling j as the portal writes its address.
func (c *Crowd) Label(j int) mekenjai.Text {
	f := c.flat(j)
	_, kk, _ := strings.Cut(f.Room.FullPathKK, ", ") // the country is not said
	_, ru, _ := strings.Cut(f.Room.FullPathRU, ", ")
	return mekenjai.Text{KK: strings.NewReplacer(" үй", "-үй", " пәтер", "-пәтер").Replace(kk), RU: ru}
}

// Person is who has the number, false for nobody of the crowd.
func (c *Crowd) Person(iin mekenjai.IIN) (i int, ok bool) {
	i, ok = numbered(iin)
	return i, ok && i < c.Persons
}

// Name of person i.
func (c *Crowd) Name(i int) mekenjai.Name {
	male := surnames[i%len(surnames)]
	if !isWoman(i) {
		return mekenjai.Name{Surname: male, Given: men[i/7%len(men)], Patronymic: men[i/11%len(men)] + "ұлы"}
	}
	return mekenjai.Name{Surname: male + "а", Given: women[i/7%len(women)], Patronymic: men[i/11%len(men)] + "қызы"}
}

func isWoman(i int) bool { return i/birthdays%2 == 1 }

// Phone of person i.
func (c *Crowd) Phone(i int) mekenjai.Phone { return phoneOf(i) }

// PhoneOwner is who has the telephone, false for nobody of the crowd.
func (c *Crowd) PhoneOwner(p mekenjai.Phone) (i int, ok bool) {
	digits, ok := strings.CutPrefix(string(p), phonePrefix)
	i, err := strconv.Atoi(digits)
	return i, ok && err == nil && i < c.Persons && phoneOf(i) == p
}

// Home is the dwelling in which person i is permanently registered.
func (c *Crowd) Home(i int) int { return i % c.Dwellings }

// Owners of dwelling j.
func (c *Crowd) Owners(j int) [2]int { return [2]int{j, j + c.Dwellings} }

// Entry is a temporary registration that stands.
type Entry struct {
	Person, Dwelling int
	Period           mekenjai.Period
}

// Entry k, of those who own nothing. Its dwelling is never the person's home.
func (c *Crowd) Entry(k int) Entry {
	from := c.today.AddDays(-1 - k%120)
	return Entry{Person: 2*c.Dwellings + k, Dwelling: (k + c.Dwellings/3) % c.Dwellings, Period: mekenjai.NewPeriod(from, 6, false)}
}

// Applicants is how many persons own nothing and have no entry.
func (c *Crowd) Applicants() int { return c.Persons - 2*c.Dwellings - c.Entries }

// Applicant n and the dwelling outside the capital for which he applies: of no two
// that follow one another within Outside the same.
func (c *Crowd) Applicant(n int) (person, dwelling int) {
	person = 2*c.Dwellings + c.Entries + n
	dwelling = n % c.Outside()
	if dwelling == c.Home(person) {
		dwelling = (dwelling + c.Outside()/2) % c.Outside()
	}
	return person, dwelling
}

// cardOf is the number of somebody's identity card.
func cardOf(i int) string { return fmt.Sprintf("1%08d", i) }

var (
	surnames = []string{"Ахметов", "Әбдіров", "Байжанов", "Бекенов", "Дәулетов", "Ержанов", "Жақыпов", "Жұмабаев", "Ибраев", "Искаков",
		"Қалиев", "Қасымов", "Кенжебеков", "Мұқанов", "Мұсаев", "Нұрғалиев", "Оразов", "Оспанов", "Садықов", "Сейітов", "Сәрсенов",
		"Тілеубаев", "Төлегенов", "Уәлиев", "Хасенов", "Шәріпов"}
	men = []string{"Айдар", "Алмас", "Асқар", "Бауыржан", "Болат", "Дархан", "Ерлан", "Жандос", "Қайрат", "Мақсат", "Мұрат", "Нұржан",
		"Нұрлан", "Олжас", "Рүстем", "Самат", "Серік", "Талғат", "Тимур"}
	women = []string{"Айгүл", "Айнұр", "Ақмарал", "Әсел", "Бақыт", "Гүлнар", "Дана", "Динара", "Жанар", "Жұлдыз", "Зарина", "Қарлығаш",
		"Ләззат", "Мәдина", "Назгүл", "Сәуле", "Шолпан"}
)
