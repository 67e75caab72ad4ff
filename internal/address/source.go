// Package address holds the state's address register as our own copy that
// people can search: the tree of administrative units and streets, buildings and
// rooms, with their address registration codes. It hides two things. One is the
// import, which survives what the register really contains: cyclic parents,
// doubled codes, Latin letters in Kazakh words, rooms without a building. The
// other is the search: one box, both languages, words in any order, Kazakh
// letters typed as Russian ones, and an amount of work that does not grow with
// the country or with the strangeness of the query.
package address

import (
	"iter"

	"mekenjai"
)

// Source is the register as it is read: its tables, in the order in which they
// refer to one another. A nil sequence is an empty one; an error ends the import.
type Source struct {
	Places    iter.Seq2[Place, error] // s_ats and s_geonims, in any order
	Plots     iter.Seq2[Plot, error]
	Buildings iter.Seq2[Building, error]
	Rooms     iter.Seq2[Room, error]
}

// Place is a row of s_ats, an administrative unit, or of s_geonims, a street or
// another named part of a settlement.
type Place struct {
	ID     int64 // in its own table: a unit and a street may share a number
	Geonim bool  // of s_geonims
	Parent int64 // in the same table, 0 for none
	ATS    int64 // of a geonim: the unit in which it lies
	Type   mekenjai.Text
	Name   mekenjai.Text
	RCO    string
	KATO   string
	Actual bool
}

// Plot is a row of s_grounds_new.
type Plot struct {
	ID     int64
	ARC    string
	Number string
	ATS    int64
	Geonim int64 // 0 in a settlement without streets
	Actual bool
}

// Building is a row of s_buildings.
type Building struct {
	ID        int64
	ARC       string
	Number    string
	Type      mekenjai.Text // «үй», «дом»; of a block «корпус»
	Purpose   string        // a hint, as the source has it
	ATS       int64
	Geonim    int64 // 0 in a settlement without streets
	Parent    int64 // the building of which this is a block
	MultiFlat bool  // known to be a building of flats even before its rooms are
	Actual    bool
}

// Room is a row of s_pb: a flat or another unit with a code of its own.
type Room struct {
	ID       int64
	ARC      string
	Building int64
	Number   string
	Type     mekenjai.Text // «пәтер», «квартира»
	Actual   bool
}

// Fault is something wrong with a row of the source.
type Fault string

// What an import counts. Rows with a fault are kept as far as they have a
// meaning; orphans and rows without a code are left out.
const (
	FaultCycle          Fault = "cycle"           // a place above itself: the loop is cut
	FaultOrphanPlace    Fault = "orphan_place"    // an unknown parent: found by search, not by browsing
	FaultOrphanPlot     Fault = "orphan_plot"     // no such place
	FaultOrphanBuilding Fault = "orphan_building" // no such place
	FaultOrphanRoom     Fault = "orphan_room"     // no such building
	FaultARC            Fault = "arc"             // not 16 digits
	FaultDuplicate      Fault = "duplicate"       // a number or a code that stands twice
	FaultNoGeonim       Fault = "no_geonim"       // an unknown street in a known settlement, which takes its place
	FaultNumber         Fault = "number"          // a row whose own number, or a place whose parent's, is none
	FaultName           Fault = "name"            // a place without a name in either language
	FaultLatin          Fault = "latin"           // Latin letters in a Cyrillic word, mended
)

// Count is what happened to one table.
type Count struct {
	Read    int `json:"read"`
	Skipped int `json:"skipped"` // of these, taken over before by an import of the same source that broke
	Written int `json:"written"` // new or changed
}

// Report is the account of an import.
type Report struct {
	Places    Count         `json:"places"`
	Plots     Count         `json:"plots"`
	Buildings Count         `json:"buildings"`
	Rooms     Count         `json:"rooms"`
	Faults    map[Fault]int `json:"faults"`
}

// Rows is how many rows of the source were read.
func (r Report) Rows() int { return r.Places.Read + r.Plots.Read + r.Buildings.Read + r.Rooms.Read }

// Written is how many were new or changed.
func (r Report) Written() int {
	return r.Places.Written + r.Plots.Written + r.Buildings.Written + r.Rooms.Written
}

// Options of an import. The zero value serves.
type Options struct {
	Batch int // rows a transaction; 0 is 4000

	// Source names what is imported, such as by the digest of its files. An import that
	// broke goes on behind its last commit when it is made again of the same source; ""
	// compares everything anew.
	Source string

	Progress func(Report) // called after every transaction, may be nil
}
