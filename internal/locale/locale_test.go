package locale

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
)

var noon = time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC) // 18:05 in Almaty

func TestDatesAreWrittenAsEachLanguageDoes(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{KK.Date(noon), "2026 жылғы 22 қараша"},
		{KK.DateUntil(noon), "2026 жылғы 22 қарашаға дейін"},
		{KK.DateFrom(noon), "2026 жылғы 22 қарашадан бастап"},
		{KK.DateOn(noon), "2026 жылғы 22 қарашада"},
		{KK.DateTime(noon), "2026 жылғы 22 қараша, 18:05"},
		{KK.DateShort(noon), "22.11.2026"},
		{RU.Date(noon), "22 ноября 2026\u00a0г."},
		{RU.DateUntil(noon), "до 22 ноября 2026\u00a0г."},
		{RU.DateFrom(noon), "с 22 ноября 2026\u00a0г."},
		{EN.Date(noon), "22 November 2026"},
		{EN.DateOn(noon), "on 22 November 2026"},
		{EN.DateShort(noon), "22 Nov 2026"},
		{EN.DateTime(time.Time{}), ""},
		{KK.DayUntil(mekenjai.Date{}), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDateIsTheDayInAlmaty(t *testing.T) {
	late := time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	if got := EN.Date(late); got != "23 November 2026" {
		t.Errorf("19:00 UTC is the next day in Almaty, got %s", got)
	}
}

func TestRussianBendsAfterNumbersAndKazakhDoesNot(t *testing.T) {
	want := map[Lang][]string{
		KK: {"1 ай", "2 ай", "5 ай", "11 ай", "21 ай"},
		RU: {"1 месяц", "2 месяца", "5 месяцев", "11 месяцев", "21 месяц"},
		EN: {"1 month", "2 months", "5 months", "11 months", "21 months"},
	}
	for l, texts := range want {
		var got []string
		for _, n := range []int{1, 2, 5, 11, 21} {
			got = append(got, l.Months(n))
		}
		if diff := cmp.Diff(texts, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l, diff)
		}
	}
}

func TestMinutesAreRoundedUpAndNeverNegative(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:         "0 минут",
		time.Second:          "1 минута",
		10 * time.Minute:     "10 минут",
		time.Hour:            "1 час",
		time.Hour + 1:        "1 час 1 минута",
		25*time.Hour + 1 - 1: "25 часов",
	} {
		if got := RU.Minutes(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestNumbersAndLists(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{KK.Number(1234567), "1\u00a0234\u00a0567"},
		{EN.Number(-12345), "-12,345"},
		{RU.Number(999), "999"},
		{KK.List([]string{"а", "б", "в"}), "а, б және в"},
		{RU.List([]string{"а"}), "а"},
		{EN.List(nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMessagesTakeArgumentsByName(t *testing.T) {
	got := KK.T("common.clock.until", "time", "18:05", "date", noon)
	if got != "соңғы мерзімі — 2026 жылғы 22 қараша, 18:05" {
		t.Error(got)
	}
}

func TestMissingKeyFailsATest(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a missing key passed")
		}
	}()
	EN.T("no.such.key")
}

func TestKazakhLettersAreFoundAsTypedOnARussianKeyboard(t *testing.T) {
	for typed, stored := range map[string]string{
		"кыздын уйи":     "Қыздың үйі",
		"АБАЙ  к-сi, 12": "Абай к-сі 12",
		"шугыла":         "Шұғыла",
		"орнек":          "Өрнек",
		"елка":           "Ёлка",
		"жахан":          "Жаһан",
		"Kabanbay":       "kabanbay",
		"й":              "и\u0306",
	} {
		if a, b := Fold(typed), Fold(stored); a != b {
			t.Errorf("%q folds to %q, %q to %q", typed, a, stored, b)
		}
	}
	if got := Fold("«Мәңгілік Ел» даңғылы, 55/22"); got != "мангилик ел дангылы 55 22" {
		t.Error(got)
	}
}

func TestKazakhAlphabetOrdersWords(t *testing.T) {
	want := []string{"2-үй", "10-үй", "Abai", "Абай", "Әл-Фараби", "Байтұрсынұлы", "Гагарин", "Ғабдуллин",
		"Иманов", "Кенесары", "Қабанбай", "Нұрлы", "Өмір", "Пушкин", "Төле би", "Ұлы Дала", "Хан", "Ыбырай", "Іле"}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBrowserWishIsHeard(t *testing.T) {
	for header, want := range map[string]Lang{
		"":                              KK,
		"de-DE,de;q=0.9":                KK,
		"ru-RU,ru;q=0.9,en;q=0.8":       RU,
		"de,en-GB;q=0.7,ru;q=0.3":       EN,
		"en;q=0.5, kk-KZ;q=0.9, *;q=.1": KK,
		"en;q=x":                        KK,
	} {
		if got := Accept(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	for b.Loop() {
		KK.T("common.clock.left", "time", "5")
	}
}

func BenchmarkN(b *testing.B) {
	for b.Loop() {
		RU.Months(5)
	}
}
