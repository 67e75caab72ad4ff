package address

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/locale"
	"mekenjai/internal/schema"
)

func TestImportSurvivesDirtyDataAndCountsIt(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		src := sampleSource()
		src.Places = all(append(samplePlaces(),
			Place{ID: 20, Parent: 21, Name: text("Айналма", "Кольцо"), Actual: true}, // 20 → 21 → 20
			Place{ID: 21, Parent: 20, Name: text("Шеңбер", "Круг"), Actual: true},
			Place{ID: 22, Parent: 22, Name: text("Өзі", "Сам"), Actual: true},
			Place{ID: 23, Parent: 999, Name: text("Жетім", "Сирота"), Actual: true},
			Place{ID: 24, Parent: akmola, Actual: true},
			Place{ID: astana, Parent: 1, Name: text("Нұр-Сұлтан", "Нур-Султан"), Actual: false},
			Place{ID: -1, Name: text("Теріс", "Минус"), Actual: true},
		))
		src.Plots = all([]Plot{
			{ID: 1, ARC: arc(2, 1), ATS: akbulak, Actual: true},
			{ID: 2, ARC: arc(2, 2), ATS: 999, Actual: true},
		})
		src.Buildings = all(append(sampleBuildings(),
			Building{ID: 201, ARC: "", Number: "1", ATS: akbulak, Actual: true},
			Building{ID: 202, ARC: "12AB", Number: "1", ATS: akbulak, Actual: true},
			Building{ID: 203, ARC: arc(0, 203), Number: "1", ATS: 999, Geonim: 999, Actual: true},
			Building{ID: 204, ARC: arc(0, 204), Number: "4", ATS: akbulak, Geonim: 999, Actual: true},
			Building{ID: 205, ARC: arc(0, 105), Number: "9 Б", ATS: esil, Geonim: abayAstana, Actual: false},
			Building{ID: 206, ARC: arc(0, 206), Number: "6", Parent: 206, ATS: akbulak, Actual: true},
		))
		src.Rooms = all(append(sampleRooms(),
			Room{ID: 301, ARC: arc(1, 301), Building: 999, Number: "1", Actual: true},
			Room{ID: 302, ARC: "1", Building: 101, Number: "1", Actual: true},
		))
		report := mustImport(t, db, src)
		want := map[Fault]int{
			FaultCycle: 4, FaultOrphanPlace: 1, FaultName: 1, FaultNumber: 1, FaultLatin: 1, FaultDuplicate: 2,
			FaultOrphanPlot: 1, FaultARC: 3, FaultOrphanBuilding: 1, FaultNoGeonim: 1, FaultOrphanRoom: 1,
		}
		if diff := cmp.Diff(want, report.Faults); diff != "" {
			t.Errorf("faults (-want +got):\n%s", diff)
		}
		for query, want := range map[string]string{
			"кольцо": "Круг, Кольцо", "сам": "Сам", "сирота": "Сирота", "акбулак 4": "Акмолинская область, село Акбулак, дом 4",
		} {
			if s := find(t, db, "", query); s.Text.RU != want {
				t.Errorf("%q finds %q, want %q", query, s.Text.RU, want)
			}
		}
		if d, more, err := Resolve(t.Context(), db, mekenjai.ARC(arc(0, 105))); err != nil || !more.Actual || !strings.HasSuffix(d.Address.RU, "дом 9") {
			t.Errorf("a doubled code names the row in use: %+v %+v %v", d, more, err)
		}
	})
}

func TestImportTwiceWritesNothing(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		first := mustImport(t, db, sampleSource())
		if first.Places.Written != len(samplePlaces()) || first.Rooms.Written != len(sampleRooms()) {
			t.Errorf("first: %+v", first)
		}
		before := dump(t, db)
		second := mustImport(t, db, sampleSource())
		if n := second.Places.Written + second.Plots.Written + second.Buildings.Written + second.Rooms.Written; n != 0 {
			t.Errorf("second: %+v", second)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBrokenImportIsResumedByRunningItAgain(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		whole := mustImport(t, db, sampleSource())
		_ = whole
		want := dump(t, db)
		for _, at := range []int{1, 9, 20} {
			other, _ := databasetest.Open(t, db.Engine(), schema.FS)
			broken := errors.New("connection lost")
			src := sampleSource()
			src.Rooms = breakAfter(src.Rooms, at, broken)
			if _, err := Import(t.Context(), other, src, Options{Batch: 4}); !errors.Is(err, broken) {
				t.Fatalf("broken source: %v", err)
			}
			mustImport(t, other, sampleSource())
			if diff := cmp.Diff(want, dump(t, other)); diff != "" {
				t.Errorf("broken after %d rooms:\n%s", at, diff)
			}
		}
	})
}

func breakAfter[T any](rows iter.Seq2[T, error], n int, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, e := range rows {
			if n--; n < 0 {
				var none T
				yield(none, err)
				return
			}
			if !yield(row, e) {
				return
			}
		}
	}
}

func TestIncrementChangesTheAddressOfEverythingBelow(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		mustImport(t, db, sampleSource())
		mustImport(t, db, Source{Places: all([]Place{
			{ID: astana, Parent: 1, Type: text("қала", "город"), Name: text("Нұр-Сұлтан", "Нур-Султан"), KATO: "710000000", Actual: true},
			{ID: kabanbay, Geonim: true, ATS: esil, Type: text("даңғыл", "проспект"), Name: text("Қабанбай батыр", "Кабанбай батыра"), Actual: false},
		})})
		d, _, err := Resolve(t.Context(), db, mekenjai.ARC(arc(1, 105)))
		if want := "Нұр-Сұлтан қаласы, Есіл ауданы, Абай көшесі, 10-үй, 5-пәтер"; err != nil || d.Address.KK != want {
			t.Errorf("%q %v", d.Address.KK, err)
		}
		for query, want := range map[string]int{"астана": 0, "астана абая": 0, "нур султан абая": 1, "кабанбай": 0, "нур султан кабанбай": 0} {
			list, err := Search(t.Context(), db, query, 10)
			if err != nil || min(len(list), 1) != want {
				t.Errorf("%q finds %q %v", query, texts(list), err)
			}
		}
		mustImport(t, db, sampleSource())
		other, _ := databasetest.Open(t, db.Engine(), schema.FS)
		mustImport(t, other, sampleSource())
		if diff := cmp.Diff(dump(t, other), dump(t, db)); diff != "" {
			t.Errorf("there and back:\n%s", diff)
		}
	})
}

// dump is everything that searches read, but the order in which it was written.
func dump(t *testing.T, db *database.DB) []string {
	t.Helper()
	var lines []string
	err := db.Read(t.Context(), func(tx database.Tx) error {
		lines = nil
		for _, sql := range []string{
			"SELECT path_ru || own || words || sort_kk || ancestors || CAST(weight AS TEXT) FROM address_place ORDER BY id",
			"SELECT CAST(scope AS TEXT) || word || CAST(place AS TEXT) FROM address_word ORDER BY scope, word, place",
			"SELECT prefix || ':' || areas || ':' || streets FROM address_prefix ORDER BY prefix",
			"SELECT arc || number_key || CAST(place AS TEXT) FROM address_building ORDER BY id",
			"SELECT arc || number_key || CAST(building AS TEXT) FROM address_room ORDER BY id",
		} {
			rows, err := database.Collect(t.Context(), tx, database.Column[string], sql)
			if err != nil {
				return err
			}
			lines = append(lines, rows...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestFormIsToldWhatIsWrongWithACode(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		cases := map[string]string{
			"":                         "address.error.format",
			"12345":                    "address.error.format",
			"020200000000001O1":        "address.error.format",
			arc(0, 999):                "address.error.unknown",
			arc(5, 1):                  "address.error.place",
			arc(2, 1):                  "address.error.plot",
			arc(0, 101):                "address.error.needs_unit",
			arc(0, 109):                "address.error.needs_unit",
			arc(0, 112):                "address.error.not_actual",
			arc(0, 105):                "",
			arc(0, 113):                "", // a house with one office
			arc(1, 105):                "",
			"0202 0000 0000 0105":      "",
			"\u00a00202000000000105\n": "",
		}
		for typed, want := range cases {
			d, err := Choose(t.Context(), db, "arc", typed)
			var field *mekenjai.FieldError
			switch {
			case want == "":
				if err != nil || d.ARC == "" {
					t.Errorf("%q: %+v %v", typed, d, err)
				}
			case !errors.As(err, &field) || field.Key != want || field.Field != "arc":
				t.Errorf("%q: %v, want %s", typed, err, want)
			default:
				for _, l := range locale.Langs {
					if s := l.T(field.Key, locale.Pairs(field.Args)...); strings.Contains(s, "{") {
						t.Errorf("%s: %s", want, s)
					}
				}
			}
		}
	})
}
