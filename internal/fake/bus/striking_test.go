package bus_test

import (
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// striking are the faults after which an answer must not be believed: those of the
// way, and those of the register that package state notices.
func striking(p state.Peer) (kinds []country.FaultKind) {
	for _, k := range bus.FaultsOf(p) {
		switch k {
		case country.Works, country.Slow: // slow enough is no answer: the tests of package state
		case country.Contradictory, country.Mismatch: // lies about the right subject are for the rules
		default:
			kinds = append(kinds, k)
		}
	}
	return kinds
}
