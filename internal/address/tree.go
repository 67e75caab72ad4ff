package address

import (
	"math/bits"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/locale"
)

// deepest bounds the steps from the country to a street: the register has six.
const deepest = 12

// place is a row of address_place.
type place struct {
	id         placeID
	parent     placeID
	typ, name  mekenjai.Text
	rco, kato  string
	actual     bool
	ancestors  []placeID
	path       mekenjai.Text
	own, words string
	sort       mekenjai.Text
	weight     int64
}

// tree is every place of the country, in memory while an import runs: about a
// hundred bytes each besides its texts.
type tree struct {
	places map[placeID]*place
	faults map[Fault]int
}

// add takes a row of the source over what is known of the place. Of two rows
// with one number the one in use counts.
func (t *tree) add(p Place, seen map[placeID]bool) {
	if p.ID <= 0 || p.ID > mostID || p.Parent < 0 || p.Parent > mostID || p.ATS < 0 || p.ATS > mostID {
		t.faults[FaultNumber]++
		return
	}
	id := newPlaceID(p.ID, p.Geonim)
	parent := newPlaceID(p.Parent, p.Geonim)
	if p.Geonim && p.Parent == 0 {
		parent = newPlaceID(p.ATS, false)
	}
	if seen[id] {
		t.faults[FaultDuplicate]++
		if !p.Actual && t.places[id].actual {
			return
		}
	}
	seen[id] = true
	row := &place{id: id, parent: parent, rco: strings.TrimSpace(p.RCO), kato: strings.TrimSpace(p.KATO), actual: p.Actual}
	row.typ = mekenjai.Text{KK: t.mend(strings.ToLower(p.Type.KK)), RU: t.mend(strings.ToLower(p.Type.RU))}
	row.name = mekenjai.Text{KK: t.mend(p.Name.KK), RU: t.mend(p.Name.RU)}
	if row.name == (mekenjai.Text{}) {
		t.faults[FaultName]++
	}
	t.places[id] = row
}

func (t *tree) mend(s string) string {
	mended, latin := mend(s)
	if latin {
		t.faults[FaultLatin]++
	}
	return mended
}

// mostID leaves room for the bit that tells a street from a unit.
const mostID = 1<<62 - 1

// isCountry says whether the place is the republic itself, which stands in no
// address: the root of s_ats.
func (p *place) isCountry() bool {
	return !p.id.isGeonim() && (p.typ.RU == "республика" || strings.HasPrefix(strings.ToLower(p.name.RU), "республика "))
}

// complete computes what depends on the whole tree. The country stands beside
// the tree, as its own parent, and its parts at the top.
func (t *tree) complete() {
	for _, p := range t.places {
		if up, ok := t.places[p.parent]; ok && up.isCountry() {
			p.parent = 0
		}
	}
	for _, p := range t.places {
		if p.isCountry() {
			p.parent = p.id
		}
	}
	streets := make(map[placeID]int)
	for _, p := range t.places {
		p.ancestors = t.ancestorsOf(p)
		if p.id.isGeonim() && p.actual {
			for _, a := range p.ancestors {
				streets[a]++
			}
		}
	}
	for _, p := range t.places {
		t.describe(p)
		p.weight = int64(bits.Len(uint(streets[t.settlementOf(p)])))
	}
}

// ancestorsOf walks to the top, from which it counts; it stops at an unknown
// parent and cuts a loop.
func (t *tree) ancestorsOf(p *place) []placeID {
	var up []placeID
	if p.isCountry() {
		return nil
	}
	for at := p.parent; at != 0; {
		if at == p.id || slices.Contains(up, at) || len(up) == deepest {
			t.faults[FaultCycle]++
			break
		}
		a, ok := t.places[at]
		if !ok {
			t.faults[FaultOrphanPlace]++
			break
		}
		if a.isCountry() {
			break
		}
		up = append(up, at)
		at = a.parent
	}
	slices.Reverse(up)
	return up
}

// settlementOf is the place whose size makes p more or less likely to be meant:
// a unit is its own; a street has the highest city above it, else its village.
func (t *tree) settlementOf(p *place) placeID {
	if !p.id.isGeonim() {
		return p.id
	}
	settlement := placeID(0)
	for _, id := range p.ancestors {
		a := t.places[id]
		if id.isGeonim() {
			break
		}
		settlement = id
		if strings.HasPrefix(a.typ.RU, "город") {
			break
		}
	}
	return settlement
}

func (t *tree) describe(p *place) {
	p.path = mekenjai.Text{}
	var words []string
	for _, id := range append(slices.Clip(p.ancestors), p.id) {
		a := t.places[id]
		p.path = join(p.path, placeLabel(a.typ, a.name))
		for _, s := range []string{a.name.KK, a.name.RU, a.typ.KK, a.typ.RU} {
			words = append(words, fold(s)...)
		}
	}
	p.own = wordSet(append(fold(p.name.KK), fold(p.name.RU)...))
	p.words = wordSet(words)
	label := placeLabel(p.typ, p.name)
	if p.name.KK != "" {
		label.KK = p.name.KK
	}
	if p.name.RU != "" {
		label.RU = p.name.RU
	}
	units := "0" // before streets
	if p.id.isGeonim() {
		units = "1"
	}
	p.sort = mekenjai.Text{KK: units + locale.SortKey(label.KK), RU: units + locale.SortKey(label.RU)}
}

// wordSet is the distinct words, with a space before each, so that " аб" finds
// the beginning of one.
func wordSet(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if !slices.Contains(words[:i], w) {
			b.WriteByte(' ')
			b.WriteString(w)
		}
	}
	return b.String()
}

// hasPrefix says whether a word of a wordSet begins with prefix; hasWord whether
// it is one.
func hasPrefix(set, prefix string) bool { return strings.Contains(set, " "+prefix) }

func hasWord(set, word string) bool {
	return strings.HasSuffix(set, " "+word) || strings.Contains(set, " "+word+" ")
}

// wordKey is a row of address_word.
type wordKey struct {
	scope placeID
	word  string
}

// wordKeys are the rows of address_word that stand for p: they depend on nothing
// else, so that the old ones can be told from the old row.
func (p *place) wordKeys() []wordKey {
	if !p.actual {
		return nil
	}
	var keys []wordKey
	for _, scope := range p.ancestors {
		for w := range strings.FieldsSeq(p.own) {
			keys = append(keys, wordKey{scope, w})
		}
	}
	return keys
}
