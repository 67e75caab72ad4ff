package address

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// How many places stand behind one beginning of a name. There are about a
// hundred villages with the commonest name.
const (
	mostAreas   = 64
	mostStreets = 40
)

// longestPrefix bounds the beginnings that are kept, in letters: by then a name
// is told from all others.
const longestPrefix = 24

// prefixRow is a row of address_prefix.
type prefixRow struct{ areas, streets []placeID }

// prefixes makes the rows of address_prefix: for every beginning of every name,
// counted from each of its words, the best places. Whole words go before
// beginnings of longer ones, bigger settlements before smaller.
func (t *tree) prefixes() map[string]prefixRow {
	places := make([]*place, 0, len(t.places))
	containers := make(map[placeID]bool)
	for _, p := range t.places {
		if p.actual && !p.isCountry() {
			places = append(places, p)
		}
		if p.parent.isGeonim() {
			containers[p.parent] = true
		}
	}
	slices.SortFunc(places, func(a, b *place) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.id, b.id))
	})
	rows := make(map[string]prefixRow)
	for _, wholeWords := range []bool{true, false} {
		for _, p := range places {
			for prefix := range p.beginnings(wholeWords) {
				row := rows[prefix]
				if !p.id.isGeonim() || containers[p.id] {
					row.areas = appendBounded(row.areas, p.id, mostAreas)
				}
				if p.id.isGeonim() {
					row.streets = appendBounded(row.streets, p.id, mostStreets)
				}
				rows[prefix] = row
			}
		}
	}
	return rows
}

func appendBounded(ids []placeID, id placeID, most int) []placeID {
	if len(ids) >= most || len(ids) > 0 && ids[len(ids)-1] == id {
		return ids
	}
	return append(ids, id)
}

// beginnings are the beginnings of p's names that end with a word, or those that
// do not.
func (p *place) beginnings(wholeWords bool) map[string]bool {
	set := make(map[string]bool)
	for _, name := range []string{p.name.KK, p.name.RU} {
		words := fold(name)
		for start := range words {
			tail := strings.Join(words[start:], " ")
			runes := 0
			for i, r := range tail {
				if runes++; runes > longestPrefix {
					break
				}
				end := i + utf8.RuneLen(r)
				ends := end == len(tail) || tail[end] == ' '
				if ends == wholeWords && r != ' ' {
					set[tail[:end]] = true
				}
			}
		}
	}
	return set
}

// prefixKey is the key under which a beginning is looked up.
func prefixKey(words []string) string {
	return strings.TrimRight(firstRunes(strings.Join(words, " "), longestPrefix), " ")
}
