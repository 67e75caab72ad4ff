package address

import (
	"cmp"
	"slices"
	"strings"
)

// Bounds of the search for places.
const (
	mostScopes     = 128 // towns and districts in which a street is looked for
	mostNamed      = 300 // streets of these that begin so
	mostCandidates = 400 // places that are read and compared with the query
)

// candidate is a place that answers a reading of the query.
type candidate struct {
	*place
	score   int
	numbers []string // what the reading leaves for house and flat
}

// findPlaces are the places in whose path every word of the reading stands, at
// least one of them in their own name, best first.
func (r *reader) findPlaces(rd reading, kinds []string, within placeID) []candidate {
	if len(rd.words) == 0 {
		return nil
	}
	var ids []placeID
	if within != 0 {
		ids = r.streetsBelow(within, rd.words)
	} else {
		named := r.namedSo(sequences(rd.words))
		ids = slices.Concat(r.streetsInNamed(rd.words, named), bestNamed(rd.words, named))
	}
	ids = firstDistinct(ids, mostCandidates)
	var found []candidate
	for _, p := range r.places(ids) {
		if score, ok := p.answers(rd.words, kinds); ok {
			found = append(found, candidate{p, score, rd.numbers})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	return found
}

// sequences are the keys under which neighbouring words may be the beginning of
// one name: "абай", "абай кунанбаев", "кунанбаев".
func sequences(words []string) []string {
	var keys []string
	for i := range words {
		for j := i + 1; j <= len(words); j++ {
			if key := prefixKey(words[i:j]); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// bestNamed are the countrywide best places, those of the longest sequences of
// words first.
func bestNamed(words []string, named map[string]prefixRow) []placeID {
	var ids []placeID
	for size := len(words); size > 0; size-- {
		for i := 0; i+size <= len(words); i++ {
			row := named[prefixKey(words[i:i+size])]
			ids = append(ids, row.streets...)
			ids = append(ids, row.areas...)
		}
	}
	return ids
}

// streetsInNamed takes each word as the beginning of a street's name, and the
// other words as the towns and districts in which it may lie.
func (r *reader) streetsInNamed(words []string, named map[string]prefixRow) []placeID {
	var ids []placeID
	for i, street := range words {
		var scopes []placeID
		for j := range words {
			if i == j {
				continue
			}
			scopes = append(scopes, named[prefixKey(words[j:j+1])].areas...)
			if j+1 < len(words) && j+1 != i {
				scopes = slices.Concat(named[prefixKey(words[j:j+2])].areas, scopes) // the longer name is the likelier
			}
		}
		if scopes = firstDistinct(scopes, mostScopes); len(scopes) > 0 {
			ids = append(ids, r.namedIn(scopes, street, mostNamed)...)
		}
	}
	return ids
}

// streetsBelow are the places below one place that have a name of the query.
func (r *reader) streetsBelow(within placeID, words []string) []placeID {
	var ids []placeID
	for _, w := range words {
		ids = append(ids, r.namedIn([]placeID{within}, w, mostNamed)...)
	}
	return ids
}

func firstDistinct(ids []placeID, most int) []placeID {
	seen := make(map[placeID]bool, len(ids))
	var kept []placeID
	for _, id := range ids {
		if !seen[id] && len(kept) < most {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// answers says whether every word begins one of the path, one at least of the
// place's own; the score prefers whole words of the own name, names of which
// nothing is left unsaid, kinds as typed, and big settlements.
func (p *place) answers(words, kinds []string) (score int, ok bool) {
	if !p.actual {
		return 0, false
	}
	own := 0
	for _, w := range words {
		switch {
		case hasWord(p.own, w):
			own++
			score += 1000
		case hasPrefix(p.own, w):
			own++
			score += 600
		case hasWord(p.words, w):
			score += 500
		case hasPrefix(p.words, w):
			score += 300
		default:
			return 0, false
		}
	}
	if own == 0 {
		return 0, false
	}
	for _, k := range kinds {
		if hasWord(p.words, k) {
			score += 150
		}
	}
	score -= 20 * max(0, strings.Count(p.own, " ")-own)
	score += 10 * int(p.weight)
	if !p.id.isGeonim() && own == len(words) {
		score += 60
	}
	return score, true
}
