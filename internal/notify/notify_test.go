package notify

import (
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

var args = Args{
	Number: "7K3M-9QXD", Entry: "4T2W-1ABC", Name: "СЕРІКОВА А. Б.", Count: 2, Consent: "QW3R-TY7N",
	Address: mekenjai.Text{KK: "Қостанай қаласы, Абай даңғылы, 10-үй", RU: "город Костанай, проспект Абая, дом 10"},
	Until:   time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC),
	Period:  mekenjai.Period{From: mekenjai.Date{Year: 2026, Month: 11, Day: 22}, To: mekenjai.Date{Year: 2027, Month: 5, Day: 22}},
}

func TestEveryKindHasWordsInEveryLanguage(t *testing.T) {
	for _, l := range locale.Langs {
		for _, k := range Kinds {
			for _, s := range []string{Title(l, k, args), Body(l, k, args), SMS(string(l), k, args, "https://mekenjai.example")} {
				if s == "" || strings.ContainsAny(s, "{}") {
					t.Errorf("%s %s: %q", l, k, s)
				}
			}
		}
	}
}

func TestATextMessageToAnUnknownReaderIsInBothLanguagesOfTheState(t *testing.T) {
	s := SMS("", ConsentAsked, args, "https://m.example")
	if !strings.Contains(s, "тіркелуді сұрайды") || !strings.Contains(s, "просит регистрации") {
		t.Errorf("got %q", s)
	}
	if strings.Count(s, "https://m.example/c/QW3R-TY7N") != 2 {
		t.Errorf("the link is missing in %q", s)
	}
}

func TestTheDeadlineIsToldInAlmatyTime(t *testing.T) {
	if s := Body(locale.RU, ConsentAsked, args); !strings.Contains(s, "18:05") {
		t.Errorf("got %q", s)
	}
}

// A part of a Cyrillic message has 70 characters, of a joined one 67.
func TestAMessageInOneLanguageFitsTwoParts(t *testing.T) {
	for _, l := range locale.Langs {
		for _, k := range Kinds {
			if s := SMS(string(l), k, args, "https://mekenjai.example"); len([]rune(s)) > 134 {
				t.Errorf("%s %s: %d characters: %q", l, k, len([]rune(s)), s)
			}
		}
	}
}
