package bus

import (
	"slices"
	"time"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// The peers behind the bus beside those of state.All: what can be made to fail.
const (
	Consents            = state.Consents // the citizen's answer to 1414, before GBD FL
	Files    state.Peer = "files"        // temporary file storage
	Portal              = state.Portal   // the portal behind the asynchronous channel
)

// Peers that can be made to fail, in the order of the demo page.
var Peers = append(slices.Clone(state.All), Consents, state.Entries, Files, Portal)

// The faults of the way, beside those of the registers in package country. None of
// what they bring may be believed.
const (
	Unsigned  country.FaultKind = "unsigned"  // the transport signature is missing
	Foreign   country.FaultKind = "foreign"   // signed, by another
	Altered   country.FaultKind = "altered"   // changed after it was signed
	Wrapped   country.FaultKind = "wrapped"   // what is signed is not what is read
	Replayed  country.FaultKind = "replayed"  // the reply to an earlier message
	Reordered country.FaultKind = "reordered" // elements in another order than the schema's, signed
	Entities  country.FaultKind = "entities"  // a DTD before the envelope, which no signature covers
	NotXML    country.FaultKind = "not_xml"
	Huge      country.FaultKind = "huge" // 50 MB
	Cut       country.FaultKind = "cut"  // the connection ends in the middle

	SOAPFault country.FaultKind = "fault"   // a SOAP fault
	Failed    country.FaultKind = "scse001" // the generic error
	Empty     country.FaultKind = "scse002" // an error of the register itself
	Later     country.FaultKind = "scse003" // asks to be asked later
	Strange   country.FaultKind = "unknown" // a code that nobody has heard of

	Refused    country.FaultKind = "refused"    // KDP: the citizen said no
	Unanswered country.FaultKind = "unanswered" // KDP: the citizen has said nothing
)

// ofTheWay are the faults that any answer of the synchronous channel can have.
var ofTheWay = []country.FaultKind{
	Unsigned, Foreign, Altered, Wrapped, Replayed, Reordered, Entities, NotXML, Huge, Cut, SOAPFault, Failed, Empty, Later, Strange,
}

// FaultsOf lists the faults that make sense for a peer, country.Works first.
func FaultsOf(p state.Peer) []country.FaultKind {
	switch p {
	case Consents:
		return append([]country.FaultKind{country.Works, country.Down, country.Slow, Refused, Unanswered}, ofTheWay...)
	case state.Entries, Files:
		return append([]country.FaultKind{country.Works, country.Down, country.Slow}, ofTheWay...)
	case Portal:
		return []country.FaultKind{country.Works, country.Down, Doubled, Shuffled}
	}
	return append(country.FaultsOf(p), ofTheWay...)
}

// The faults of the asynchronous channel.
const (
	Doubled  country.FaultKind = "doubled"  // every push comes twice
	Shuffled country.FaultKind = "shuffled" // notifications overtake one another
)

// slowness is how late a peer answers that a schedule or the control address calls
// slow without saying how much.
const slowness = 8 * time.Second

// FaultNamed reads a fault; ok is false for one that the peer does not have.
func FaultNamed(p state.Peer, name string, delay time.Duration) (f country.Fault, ok bool) {
	if name == "works" {
		name = string(country.Works)
	}
	f = country.Fault{Kind: country.FaultKind(name)}
	if f.Kind == country.Slow {
		if f.Delay = delay; delay <= 0 {
			f.Delay = slowness
		}
	}
	return f, slices.Contains(Peers, p) && slices.Contains(FaultsOf(p), f.Kind)
}
