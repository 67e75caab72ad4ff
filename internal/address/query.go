package address

import (
	"slices"
	"strings"
	"unicode"

	"mekenjai/internal/locale"
)

// Bounds of a query: what goes beyond is not looked at.
const (
	longestQuery = 160 // letters
	mostWords    = 6
	mostNumbers  = 4
)

// query is what a person typed, taken apart.
type query struct {
	arc    string   // digits of an address registration code, whole or its beginning
	tokens []token  // in the order of typing, words of kinds left out
	kinds  []string // words of kinds: «улица», «үй»; they decide nothing, they only prefer
	every  []token  // with the words of kinds, which may be a name after all: «Бульвар-2»
}

type token struct {
	text   string // folded word, or the number as typed
	number bool
}

// shortestARC is how many digits of a code are enough to look for it: no house
// has so long a number.
const shortestARC = 8

// kindWords are words that say what kind of thing a name is, in full and as
// people shorten them. Who types the wrong one finds the place all the same.
var kindWords = wordsOf(`улица ул көше көшесі көш проспект пр просп даңғыл даңғылы дан переулок пер тұйық қиылыс шағын аудан
 микрорайон мкр мкрн мкн ша шағынаудан бульвар б-р бульвары площадь пл алаң алаңы шоссе тас жол жолы тупик проезд
 город г қала қаласы қ село с ауыл ауылы а/о поселок пос кент кенті район р-н ауданы ауд область обл облыс облысы
 сельский округ со округі ауылдық дом д үй уй квартира кв пәтер патер пат п корпус корп к блок бл строение стр ғимарат здание
 комната комн бөлме бөлмесі офис оф подъезд этаж рк`)

func wordsOf(text string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(locale.Fold(text)) {
		set[w] = true
	}
	return set
}

// houseLetters may stand behind a number with a space: «10 а». Others mean a
// kind: «10 д», «10 к».
const houseLetters = "абвеж"

func parse(text string) query {
	text = firstRunes(strings.ToValidUTF8(text, " "), longestQuery)
	if arc, ok := codeIn(text); ok {
		return query{arc: arc}
	}
	var q query
	words, numbers := 0, 0
	for _, t := range withoutCountry(tokenise(text)) {
		isKind := !t.number && kindWords[t.text]
		switch {
		case t.number:
			numbers++
		case !isKind:
			words++
		case len(q.kinds) < mostWords:
			q.kinds = append(q.kinds, t.text)
		}
		if t.number && numbers > mostNumbers || words > mostWords {
			continue
		}
		if !isKind {
			q.tokens = append(q.tokens, t)
		}
		if len(q.every) < mostWords {
			q.every = append(q.every, t)
		}
	}
	return q
}

// withoutCountry leaves out the name of the country, with which official
// addresses begin. Each word of it alone is the name of many a street.
func withoutCountry(tokens []token) []token {
	for i := 1; i < len(tokens); i++ {
		switch tokens[i-1].text + " " + tokens[i].text {
		case "республика казахстан", "казакстан республикасы":
			return slices.Concat(tokens[:i-1], tokens[i+1:])
		}
	}
	return tokens
}

// codeIn says whether the text is nothing but the digits of a code.
func codeIn(text string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, text)
	if len(digits) < shortestARC || len(digits) > 16 || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return digits, true
}

// tokenise cuts the text into words and numbers. A slash stays within a number,
// a dash divides: «10/2-5» is house 10/2, flat 5.
func tokenise(text string) []token {
	var tokens []token
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return r != '/' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, f := range fields {
		f = strings.Trim(f, "/")
		if f == "" {
			continue
		}
		if f[0] >= '0' && f[0] <= '9' {
			tokens = append(tokens, token{text: firstRunes(f, longestWord), number: true})
			continue
		}
		for _, w := range fold(f) {
			last := len(tokens) - 1
			if last >= 0 && tokens[last].number && len([]rune(w)) == 1 && strings.Contains(houseLetters, w) {
				tokens[last].text += w
				continue
			}
			tokens = append(tokens, token{text: w})
		}
	}
	return tokens
}

// reading is one way to understand a query: these words name a place, these
// numbers a house and a flat.
type reading struct {
	words   []string
	numbers []string
}

// readings are the ways to understand the numbers: as houses and flats, or the
// first ones as parts of names («8 наурыз», «Самал 2»).
func readings(tokens []token) []reading {
	var numbers int
	for _, t := range tokens {
		if t.number {
			numbers++
		}
	}
	var all []reading
	for named := range min(numbers, 2) + 1 {
		var r reading
		left := named
		for _, t := range tokens {
			switch {
			case !t.number:
				r.words = append(r.words, t.text)
			case left > 0:
				left--
				r.words = append(r.words, fold(t.text)...)
			default:
				r.numbers = append(r.numbers, t.text)
			}
		}
		all = append(all, r)
	}
	slices.Reverse(all) // the reading that explains more of the query as a name goes first
	return all
}
