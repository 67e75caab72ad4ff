package country

import (
	"mekenjai"
	"mekenjai/internal/state"
)

// Registers are the questions of state.Peers as the registers themselves answer
// them, for whoever carries the answers in bytes of his own: nil is "not found".
// They lie as their faults say; that a register is down or slow, see Suffer, is for the
// carrier to show. Nobody may write into what an answer points to.
type Registers struct {
	Person    func(mekenjai.IIN) *state.Person
	Property  func(mekenjai.ARC) *state.Property
	Holdings  func(mekenjai.PartyID) *state.Holdings
	Address   func(mekenjai.ARC) *state.Address
	Citizen   func(mekenjai.IIN) *state.Citizen
	Entity    func(mekenjai.BIN) *state.Entity
	Relation  func(state.Pair) *state.Relation
	Parents   func(mekenjai.IIN) *state.Parents
	Guardians func(mekenjai.IIN) *state.Guardians
	Tenancy   func(mekenjai.ARC) *state.Tenancy
	Residents func(mekenjai.ARC) *state.ResidentList
	Student   func(mekenjai.IIN) *state.Student
	Power     func(state.PowerQuestion) *state.Power
}

// Registers of the country.
func (c *Country) Registers() Registers {
	return Registers{
		Person:    value(c, c.personSource()),
		Property:  value(c, c.propertySource()),
		Holdings:  value(c, c.holdingsSource()),
		Address:   value(c, c.addressSource()),
		Citizen:   value(c, c.citizenSource()),
		Entity:    value(c, c.entitySource()),
		Relation:  value(c, c.relationSource()),
		Parents:   value(c, c.parentsSource()),
		Guardians: value(c, c.guardiansSource()),
		Tenancy:   value(c, c.tenancySource()),
		Residents: value(c, c.residentsSource()),
		Student:   value(c, c.studentSource()),
		Power:     value(c, c.powerSource()),
	}
}

// Find is what the register of persons holds of somebody, faults or not: for a
// register that knows it from a copy of its own.
func (c *Country) Find(iin mekenjai.IIN) (state.Person, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return copied(c.persons)(iin)
}

// FindAddress is the row of the address register, faults or not.
func (c *Country) FindAddress(arc mekenjai.ARC) (state.Address, bool) {
	a, ok := atlas()[arc]
	return a, ok
}
