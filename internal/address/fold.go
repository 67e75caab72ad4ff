package address

import (
	"slices"
	"strings"
	"unicode"

	"mekenjai/internal/locale"
)

// longestWord bounds a word of a name and of a query, in letters.
const longestWord = 24

// fold is locale.Fold, with words in Latin letters written in Cyrillic ones:
// "Astana" finds «Астана», and a name that the register has in Latin letters is
// found by either.
func fold(s string) []string {
	words := strings.Fields(locale.Fold(s))
	for i, w := range words {
		if isLatin(w) {
			w = toCyrillic(w)
		}
		words[i] = firstRunes(w, longestWord)
	}
	return words
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func isLatin(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return r >= 'a' && r <= 'z' })
}

// latin is read from its longest sequences to its letters; the values are
// already folded (ғ is г).
var latin = []struct{ from, to string }{
	{"shch", "щ"},
	{"sh", "ш"}, {"zh", "ж"}, {"ch", "ч"}, {"kh", "х"}, {"gh", "г"}, {"ts", "ц"}, {"ya", "я"}, {"yu", "ю"},
	{"a", "а"}, {"b", "б"}, {"c", "с"}, {"d", "д"}, {"e", "е"}, {"f", "ф"}, {"g", "г"}, {"h", "х"}, {"i", "и"},
	{"j", "ж"}, {"k", "к"}, {"l", "л"}, {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"}, {"q", "к"}, {"r", "р"},
	{"s", "с"}, {"t", "т"}, {"u", "у"}, {"v", "в"}, {"w", "у"}, {"x", "х"}, {"z", "з"},
}

func toCyrillic(word string) string {
	var b strings.Builder
	vowel := false // the letter before, for y: Abay is Абай, Almaty is Алматы, Saryarqa is Сарыарқа
next:
	for i := 0; i < len(word); {
		soft := strings.HasPrefix(word[i:], "ya") || strings.HasPrefix(word[i:], "yu")
		if word[i] == 'y' && (!soft || i > 0 && !vowel) {
			if vowel {
				b.WriteString("й")
			} else {
				b.WriteString("ы")
			}
			vowel = !vowel
			i++
			continue
		}
		for _, l := range latin {
			if strings.HasPrefix(word[i:], l.from) {
				b.WriteString(l.to)
				vowel = strings.ContainsAny(l.from[len(l.from)-1:], "aeiou")
				i += len(l.from)
				continue next
			}
		}
		b.WriteByte(word[i])
		i++
	}
	return b.String()
}

// upper and lower are Latin letters that look like Cyrillic ones.
var (
	latinUpper = map[rune]rune{'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'I': 'І', 'K': 'К', 'M': 'М', 'O': 'О',
		'P': 'Р', 'T': 'Т', 'X': 'Х', 'Y': 'У', 'Ə': 'Ә'}
	latinLower = map[rune]rune{'a': 'а', 'c': 'с', 'e': 'е', 'h': 'һ', 'i': 'і', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т',
		'x': 'х', 'y': 'у', 'ə': 'ә'}
)

// mend writes Latin letters inside Cyrillic words as the Cyrillic ones they are
// meant to be, words of capitals with one capital, and spaces once.
func mend(s string) (mended string, latin bool) {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			fixed := strings.Map(func(r rune) rune {
				if c, ok := latinUpper[r]; ok {
					return c
				}
				if c, ok := latinLower[r]; ok {
					return c
				}
				return r
			}, w)
			latin = latin || fixed != w
			w = fixed
		}
		words[i] = uncapitalise(w)
	}
	return strings.Join(words, " "), latin
}

// uncapitalise leaves short words alone: they are mostly abbreviations.
func uncapitalise(w string) string {
	runes := []rune(w)
	if len(runes) < 4 || slices.ContainsFunc(runes, func(r rune) bool { return !unicode.IsUpper(r) }) {
		return w
	}
	return string(runes[0]) + strings.ToLower(string(runes[1:]))
}

// numberKey folds the number of a house or a flat so that bytes sort as numbers
// do, 9 before 10 before 10А before 10/2, and so that a key is a prefix of
// another only when the numbers are alike: "10" begins "10/2" but not "100".
// Any dividing mark, and the word for a block, is one slash; a letter behind the
// number is Cyrillic, whichever keyboard it was typed on.
func numberKey(s string) string {
	var b strings.Builder
	var runes []rune
	for _, w := range strings.Fields(locale.Fold(s)) {
		if w == "корпус" || w == "корп" || w == "к" || w == "блок" {
			continue
		}
		if len(runes) > 0 && unicode.IsDigit(rune(w[0])) && unicode.IsDigit(runes[len(runes)-1]) {
			runes = append(runes, '/')
		}
		for _, r := range w {
			if c, ok := latinUpper[unicode.ToUpper(r)]; ok {
				r = unicode.ToLower(c)
			}
			runes = append(runes, r)
		}
	}
	for i := 0; i < len(runes) && b.Len() < 60; {
		r := runes[i]
		if r < '0' || r > '9' {
			if r == 'к' && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i+1]) {
				r = '/' // 10к2
			}
			b.WriteRune(r)
			i++
			continue
		}
		end := i
		for end < len(runes) && runes[end] >= '0' && runes[end] <= '9' {
			end++
		}
		digits := strings.TrimLeft(string(runes[i:end]), "0")
		if len(digits) > 9 {
			digits = digits[:9]
		}
		b.WriteByte('0' + byte(len(digits)))
		b.WriteString(digits)
		i = end
	}
	return b.String()
}

// after is a text above everything that begins with prefix, bytewise.
func after(prefix string) string { return prefix + "\U0010FFFF" }
