package locale

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// alphabet is the Kazakh alphabet, in which the Russian one is contained in its
// own order.
const alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"

// plainLetters are the Kazakh letters as people type them on a Russian keyboard,
// and the two-fold Russian е.
var plainLetters = map[rune]rune{
	'ә': 'а', 'ғ': 'г', 'қ': 'к', 'ң': 'н', 'ө': 'о', 'ұ': 'у', 'ү': 'у', 'һ': 'х', 'і': 'и', 'ё': 'е',
}

// lookAlikes are Latin letters that stand in a Cyrillic word by mistake of the
// keyboard, most often i for і.
var lookAlikes = map[rune]rune{
	'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'х', 'i': 'и', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т',
	'x': 'х', 'y': 'у', 'ə': 'а',
}

// Fold is the search key of a text: small letters, each Kazakh letter as the
// Russian one it is typed with, everything that is neither letter nor digit as
// one space between words. It is the one definition of "found as": the key of a
// stored name and the key of a typed one are both made here.
func Fold(s string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for i, word := range words {
		words[i] = foldWord(word)
	}
	return strings.Join(words, " ")
}

func foldWord(word string) string {
	cyrillic := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	return strings.Map(func(r rune) rune {
		if plain, ok := plainLetters[r]; ok {
			return plain
		}
		if alike, ok := lookAlikes[r]; ok && cyrillic {
			return alike
		}
		return r
	}, word)
}

// rank is the place of every Cyrillic letter in a sort key.
var rank = func() map[rune]byte {
	m := make(map[rune]byte)
	for i, r := range []rune(alphabet) {
		m[r] = cyrillicBase + byte(i)
	}
	return m
}()

const (
	numberBase   = '!' // + the count of digits: 2 stands before 10
	latinBase    = ':'
	cyrillicBase = latinBase + 26
)

// SortKey is a text of printable ASCII whose byte order is the order of the
// Kazakh alphabet, with numbers by their value (a database compares it bytewise:
// COLLATE "C" in PostgreSQL). Punctuation and case do not count.
func SortKey(s string) string {
	var key []byte
	runes := []rune(strings.ToLower(norm.NFC.String(s)))
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r >= '0' && r <= '9':
			end := i
			for end < len(runes) && runes[end] >= '0' && runes[end] <= '9' {
				end++
			}
			digits := strings.TrimLeft(string(runes[i:end]), "0")
			key = append(key, numberBase+byte(min(len(digits), 14)))
			key = append(key, digits...)
			i = end - 1
		case r >= 'a' && r <= 'z':
			key = append(key, latinBase+byte(r-'a'))
		case rank[r] != 0:
			key = append(key, rank[r])
		case len(key) > 0 && key[len(key)-1] != ' ':
			key = append(key, ' ')
		}
	}
	return strings.TrimRight(string(key), " ")
}

// Compare orders two texts by the Kazakh alphabet.
func Compare(a, b string) int {
	return cmp.Or(cmp.Compare(SortKey(a), SortKey(b)), cmp.Compare(a, b))
}

// Sort orders texts by the Kazakh alphabet.
func Sort(texts []string) { slices.SortFunc(texts, Compare) }
