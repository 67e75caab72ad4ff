package bus

import (
	"sync"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// TEST DATA. A Scenario is a number at which the bus always fails in one way,
// whoever asks and whatever is switched on: for a client that wants to try its errors
// one by one. All are invented citizens born on one day; what the registers themselves
// can say of somebody, the people of the demo country show.
type Scenario struct {
	IIN   mekenjai.IIN
	Peer  state.Peer // who fails at the number
	Fault country.Fault
}

// scenarios fail in the register of persons and in the gate before it: every
// question about a person goes there first.
var scenarios = []struct {
	peer  state.Peer
	fault country.Fault
}{
	{state.Persons, country.Fault{Kind: Failed}},
	{state.Persons, country.Fault{Kind: Empty}},
	{state.Persons, country.Fault{Kind: Later}},
	{state.Persons, country.Fault{Kind: Strange}},
	{state.Persons, country.Fault{Kind: SOAPFault}},
	{state.Persons, country.Fault{Kind: country.Slow, Delay: 3 * time.Second}},
	{state.Persons, country.Fault{Kind: country.Slow, Delay: time.Hour}}, // no answer
	{state.Persons, country.Fault{Kind: country.Wrong}},
	{state.Persons, country.Fault{Kind: Unsigned}},
	{state.Persons, country.Fault{Kind: Foreign}},
	{state.Persons, country.Fault{Kind: Altered}},
	{state.Persons, country.Fault{Kind: Wrapped}},
	{state.Persons, country.Fault{Kind: Reordered}},
	{state.Persons, country.Fault{Kind: Entities}},
	{state.Persons, country.Fault{Kind: NotXML}},
	{state.Persons, country.Fault{Kind: Huge}},
	{state.Persons, country.Fault{Kind: Cut}},
	{Consents, country.Fault{Kind: Refused}},
	{Consents, country.Fault{Kind: Unanswered}},
	{Consents, country.Fault{Kind: SOAPFault}},
}

var scenarioBirthday = mekenjai.Date{Year: 1961, Month: time.February, Day: 3}

// Scenarios in their order. Their numbers never change.
var Scenarios = sync.OnceValue(func() []Scenario {
	list := make([]Scenario, len(scenarios))
	serial := 9800
	for i, s := range scenarios {
		iin := country.MakeIIN(scenarioBirthday, false, serial)
		for i > 0 && iin == list[i-1].IIN { // a serial number that is never issued gives the next one
			serial++
			iin = country.MakeIIN(scenarioBirthday, false, serial)
		}
		list[i] = Scenario{iin, s.peer, s.fault}
		serial++
	}
	return list
})

// scenarioOf is the scenario of a number.
func scenarioOf(iin mekenjai.IIN) (s Scenario, ok bool) {
	for _, s := range Scenarios() {
		if s.IIN == iin {
			return s, true
		}
	}
	return s, false
}

// actor is who stands behind the number of a scenario.
func (s Scenario) actor(today mekenjai.Date, home state.Address) state.Person {
	return country.Ordinary{
		IIN: s.IIN, Name: mekenjai.Name{Surname: "Сценарийұлы", Given: "Үлгі"}, Born: scenarioBirthday,
		Card: "9800000" + string(s.IIN[9:]), Since: today.AddMonths(-20), Home: home,
	}.Person()
}
