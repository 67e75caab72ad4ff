package address

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

func eachSample(t *testing.T, test func(t *testing.T, db *database.DB)) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		mustImport(t, db, sampleSource())
		test(t, db)
	})
}

func texts(list []Suggestion) []string {
	var texts []string
	for _, s := range list {
		texts = append(texts, s.Text.RU)
	}
	return texts
}

func TestOneBoxFindsPlacesHousesAndFlats(t *testing.T) {
	const (
		abayInAstana  = "город Астана, район Есиль, улица Абая"
		abayInAlmaty  = "город Алматы, проспект Абая"
		abayInVillage = "Акмолинская область, село Жанаталап, улица Абая"
	)
	cases := []struct {
		rule, query string
		first       string
	}{
		{"a name", "Астана", "город Астана"},
		{"the beginning of a name", "аст", "город Астана"},
		{"one letter", "а", "город А"},
		{"Kazakh letters typed as Russian ones", "кабанбай", "город Астана, район Есиль, проспект Кабанбай батыра"},
		{"Kazakh letters", "Қабанбай", "город Астана, район Есиль, проспект Кабанбай батыра"},
		{"Latin letters", "Kabanbay batyr", "город Астана, район Есиль, проспект Кабанбай батыра"},
		{"the city in Latin letters, the street in Kazakh ones", "Astana Қабанбай", "город Астана, район Есиль, проспект Кабанбай батыра"},
		{"words in any order", "батыра астана кабанбай", "город Астана, район Есиль, проспект Кабанбай батыра"},
		{"a street and its city", "абая алматы", abayInAlmaty},
		{"a street and its village", "жанаталап абай", abayInVillage},
		{"a street, its district and its oblast", "ақмола абая", abayInVillage},
		{"the word for a street", "улица абая астана", abayInAstana},
		{"the word for a street, shortened", "ул. Абая, г. Астана", abayInAstana},
		{"another word for a street than the register has", "проспект абая есиль", abayInAstana},
		{"Latin letters in the register's Kazakh word", "бейбітшілік", "Акмолинская область, село Жанаталап, улица Мира"},
		{"capitals in the register", "мира", "Акмолинская область, село Жанаталап, улица Мира"},
		{"a street, a house, a flat", "Абай 10 5 астана", abayInAstana + ", дом 10, квартира 5"},
		{"a house with a slash and a flat", "абая 10/2 кв 5", abayInAstana + ", дом 10/2, квартира 5"},
		{"numbers after their kinds", "Абай көшесі, 10-үй, 5-пәтер", abayInAstana + ", дом 10, квартира 5"},
		{"a dash between house and flat", "астана абая 10-5", abayInAstana + ", дом 10, квартира 5"},
		{"a house with a letter", "астана абая 10 а", abayInAstana + ", дом 10А"},
		{"a house with a Latin letter", "астана абая 10A", abayInAstana + ", дом 10А"},
		{"the house first", "9 абая", abayInAstana + ", дом 9"},
		{"a block of a house", "абая 10 корпус 2 кв 7", abayInAstana + ", дом 10, корпус 2, квартира 7"},
		{"a number in the name", "самал 2", "город Алматы, микрорайон Самал-2"},
		{"a number in the name and a house", "самал 2 12", "город Алматы, микрорайон Самал-2, дом 12"},
		{"a street that begins with a number", "8 марта 8", "город Алматы, улица 8 Марта, дом 8"},
		{"a village without streets", "акбулак 3", "Акмолинская область, село Акбулак, дом 3"},
		{"a pasted code", " 0202 0000 0000 0104 ", abayInAstana + ", дом 100"},
		{"the beginning of a code", "02020000000001", abayInAstana + ", дом 10"},
		{"a whole suggestion typed back", abayInAstana + ", дом 10, квартира 12", abayInAstana + ", дом 10, квартира 12"},
		{"the country before it all", "Республика Казахстан, г. Астана, ул. Абая, 9", abayInAstana + ", дом 9"},
		{"a house that is not there", "абая 777 алматы", abayInAlmaty},
	}
	eachSample(t, func(t *testing.T, db *database.DB) {
		for _, c := range cases {
			found, err := Search(t.Context(), db, c.query, 10)
			if err != nil {
				t.Fatalf("%s: %v", c.rule, err)
			}
			if len(found) == 0 || !strings.HasPrefix(found[0].Text.RU, c.first) {
				t.Errorf("%s: %q finds %q, want first %q", c.rule, c.query, texts(found), c.first)
			}
		}
	})
}

func TestSearchFindsNothingThatIsNotMeant(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		for _, query := range []string{"", "   ", "%", "_", "*", "'", "щщщ", "астана щщщ", "ленина", "старое", "10", "\x00", "\xff\xfe", "9999999999999999"} {
			found, err := Search(t.Context(), db, query, 10)
			if err != nil || len(found) != 0 {
				t.Errorf("%q finds %q, %v", query, texts(found), err)
			}
		}
	})
}

func TestSearchGoesDownFromPlaceToBuildingToRoom(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		street := find(t, db, "", "абая астана")
		if street.Kind != mekenjai.KindStreet || street.Selectable || !street.Open {
			t.Fatalf("street: %+v", street)
		}
		house := find(t, db, street.Node, "10")
		if house.Kind != mekenjai.KindBuilding || !house.NeedsUnit || house.Selectable || house.Label.KK != "10-үй" {
			t.Fatalf("house: %+v", house)
		}
		flat := find(t, db, house.Node, "5")
		if flat.Kind != mekenjai.KindRoom || !flat.Selectable || flat.Text.KK != "Астана қаласы, Есіл ауданы, Абай көшесі, 10-үй, 5-пәтер" {
			t.Fatalf("flat: %+v", flat)
		}
		city := find(t, db, "", "астана")
		if s := find(t, db, city.Node, "кабан"); s.Label.KK != "Қабанбай батыр даңғылы" {
			t.Errorf("street within a city: %+v", s)
		}
		if list, err := SearchWithin(t.Context(), db, city.Node, "алматы", 10); err != nil || len(list) != 0 {
			t.Errorf("within Astana: %q %v", texts(list), err)
		}
	})
}

func find(t *testing.T, db *database.DB, within Node, query string) Suggestion {
	t.Helper()
	list, err := SearchWithin(t.Context(), db, within, query, 10)
	if err != nil || len(list) == 0 {
		t.Fatalf("%q within %q: %v, nothing found", query, within, err)
	}
	return list[0]
}

func TestExactNumberStandsBeforeLongerOnes(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		list, err := Search(t.Context(), db, "астана абая 9", 10)
		if err != nil || len(list) != 1 {
			t.Errorf("%q %v", texts(list), err)
		}
		list, err = SearchWithin(t.Context(), db, "g2", "10", 50)
		if err != nil {
			t.Fatal(err)
		}
		var numbers []string
		for _, s := range list {
			if s.Kind == mekenjai.KindBuilding {
				numbers = append(numbers, s.Label.RU)
			}
		}
		if want := []string{"дом 10", "дом 10/2", "дом 10А"}; !slices.Equal(numbers, want) {
			t.Errorf("%q, want %q", numbers, want)
		}
	})
}

func TestEverySelectableSuggestionResolves(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		seen := 0
		for _, query := range []string{"абая 10", "абай 10/2", "а 1", "самал 2 12", "акбулак 3", "8 марта 8", "кабанбай 5", "абая 10 корпус 2", "12020", "0202000", "астана абая 10 1"} {
			list, err := Search(t.Context(), db, query, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if s.ARC == "" {
					continue
				}
				seen++
				d, more, err := Resolve(t.Context(), db, s.ARC)
				if err != nil || more.Selectable != s.Selectable || more.NeedsUnit != s.NeedsUnit || d.Address != s.Text || d.Kind != s.Kind || len(d.KATO) != 9 {
					t.Errorf("%q: %+v resolves to %+v %+v %v", query, s, d, more, err)
				}
				if _, err := Choose(t.Context(), db, "arc", string(s.ARC)); (err == nil) != s.Selectable {
					t.Errorf("%q: %+v: %v", query, s, err)
				}
			}
		}
		if seen < 30 {
			t.Errorf("only %d suggestions were looked at", seen)
		}
	})
}

// FuzzSearch holds for any text: no error, no more than was asked for, a bounded
// number of questions to the database.
func FuzzSearch(f *testing.F) {
	db, _ := databasetest.Open(f, database.SQLite, schema.FS)
	if _, err := Import(f.Context(), db, sampleSource(), Options{}); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"Абай 10 5", "абая 10/2 кв 5", "Astana Қабанбай", "%_'\"\\", strings.Repeat("1 ", 10000), strings.Repeat("ә", 5000),
		"a71", "0202000000000101", "\x00\xff", "10-а 10/а //", "ул ул ул ул", "а б в г д е ж з и к", "көше", "İstanbul", "１０", "10²"} {
		f.Add(s, "")
		f.Add(s, "a2")
		f.Add(s, arc(0, 101))
	}
	f.Fuzz(func(t *testing.T, query, node string) {
		err := db.Read(t.Context(), func(tx database.Tx) error {
			r := newReader(t.Context(), tx)
			list := r.search(Node(node), query, 10)
			if len(list) > 10 {
				t.Errorf("%d answers", len(list))
			}
			for _, s := range list {
				if !utf8.ValidString(s.Text.KK) || s.Text.KK == "" || s.Text.RU == "" || s.Node == "" {
					t.Errorf("%q: %+v", query, s)
				}
			}
			if r.budget == 0 {
				t.Errorf("%q spent the whole budget", query)
			}
			return r.err
		})
		if err != nil {
			t.Errorf("%q in %q: %v", query, node, err)
		}
		if _, err := Browse(t.Context(), db, "", "kk", query, 3); err != nil {
			t.Errorf("cursor %q: %v", query, err)
		}
	})
}
