package address

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersSortAsPeopleCount(t *testing.T) {
	want := []string{"1", "2", "9", "9А", "10", "10/2", "10/10", "10А", "11", "100", "100Б", "1000"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(numberKey(a), numberKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestNumbersAreFoundHoweverTheyAreDivided(t *testing.T) {
	for _, same := range [][]string{
		{"10/2", "10-2", "10 / 2", "10 корпус 2", "10к2", "10 К 2", "10 корп. 2", "010/02"},
		{"10А", "10а", "10 а", "10-А", "10A", "10 a"},
		{"5", "05", " 5 ", "№5"},
	} {
		for _, s := range same {
			if numberKey(s) != numberKey(same[0]) {
				t.Errorf("%q is %q, %q is %q", s, numberKey(s), same[0], numberKey(same[0]))
			}
		}
	}
	for _, other := range [][2]string{{"10", "100"}, {"1", "12"}, {"10/1", "10/12"}} {
		if strings.HasPrefix(numberKey(other[1]), numberKey(other[0])) {
			t.Errorf("%q begins %q", other[0], other[1])
		}
	}
}

func TestMendedNameIsWhatPeopleSee(t *testing.T) {
	for in, want := range map[string]string{
		"Бейбітшiлiк": "Бейбітшілік", "АСТАНА": "Астана", "КСК": "КСК", "Expo": "Expo", "Cарыарқа": "Сарыарқа",
		"  Қабанбай   батыр ": "Қабанбай батыр", "ШАҒЫН АУДАН": "Шағын Аудан",
	} {
		if got, _ := mend(in); got != want {
			t.Errorf("%q is mended to %q, want %q", in, got, want)
		}
	}
}

func TestLatinLettersAreReadAsKazakh(t *testing.T) {
	for in, want := range map[string]string{
		"Astana": "астана", "Almaty": "алматы", "Abay": "абай", "Qabanbay batyr": "кабанбай батыр", "Shymkent": "шымкент",
		"Zhanatalap": "жанаталап", "Saryarqa": "сарыарка", "Nauryz": "наурыз", "Dostyq": "достык", "Ualikhanov": "уалиханов",
		"Mangilik El": "мангилик ел", "Qayyrbekov": "кайырбеков", "Yassawi": "яссауи",
	} {
		if got := strings.Join(fold(in), " "); got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}

// What stands in a row of address_prefix under a beginning of a name really
// begins so, and every beginning of every name has a row.
func TestEveryBeginningOfANameHasItsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[а-яәғқңөұүі]{1,12}( [а-яәғқңөұүі]{1,8}){0,2}`).Draw(t, "name")
		p := &place{id: 2, actual: true, name: text(name, "")}
		rows := (&tree{places: map[placeID]*place{2: p}, faults: map[Fault]int{}}).prefixes()
		words := fold(name)
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		tail := []rune(strings.Join(words[from:], " "))
		to := rapid.IntRange(1, len(tail)).Draw(t, "to")
		key := prefixKey(strings.Fields(string(tail[:to])))
		if _, ok := rows[key]; !ok {
			t.Fatalf("%q of %q has no row", key, name)
		}
		for prefix := range rows {
			if !strings.Contains(" "+strings.Join(words, " "), " "+prefix) {
				t.Fatalf("%q is no beginning in %q", prefix, name)
			}
		}
	})
}
