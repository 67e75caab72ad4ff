package address

import (
	"fmt"
	"iter"
	"testing"

	"mekenjai"
	"mekenjai/internal/database"
)

func all[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func arc(kind, n int) string { return fmt.Sprintf("%d2020%011d", kind, n) }

func text(kk, ru string) mekenjai.Text { return mekenjai.Text{KK: kk, RU: ru} }

// The sample: two cities and villages, with the things that streets are really
// called, and every kind of dirt.
const (
	astana, esil, almaty, akmola, zhanatalap, akbulak = 2, 3, 4, 5, 6, 7

	kabanbay, abayAstana, abayAlmaty, samal2, nauryz8, abayVillage, mira = 1, 2, 3, 4, 5, 6, 7
)

func samplePlaces() []Place {
	return []Place{
		{ID: 1, Type: text("республика", "республика"), Name: text("Қазақстан", "Казахстан"), Actual: true},
		{ID: astana, Parent: 1, Type: text("ҚАЛА", "ГОРОД"), Name: text("Астана", "Астана"), KATO: "710000000", Actual: true},
		{ID: esil, Parent: astana, Type: text("аудан", "район"), Name: text("Есіл", "Есиль"), Actual: true},
		{ID: almaty, Parent: 1, Type: text("қала", "город"), Name: text("Алматы", "Алматы"), KATO: "750000000", Actual: true},
		{ID: akmola, Parent: 1, Type: text("облыс", "область"), Name: text("Ақмола", "Акмолинская"), KATO: "110000000", Actual: true},
		// Latin i in the Kazakh name.
		{ID: zhanatalap, Parent: akmola, Type: text("ауыл", "село"), Name: text("Жаңаталап", "Жанаталап"), KATO: "111111111", Actual: true},
		{ID: akbulak, Parent: akmola, Type: text("ауыл", "село"), Name: text("Ақбұлақ", "Акбулак"), KATO: "111111112", RCO: arc(5, 1), Actual: true},
		{ID: 8, Parent: akmola, Type: text("ауыл", "село"), Name: text("Ескі", "Старое"), Actual: false},
		// A street with the number of a unit.
		{ID: kabanbay, Geonim: true, ATS: esil, Type: text("даңғыл", "проспект"), Name: text("Қабанбай батыр", "Кабанбай батыра"), Actual: true},
		{ID: abayAstana, Geonim: true, ATS: esil, Type: text("көше", "улица"), Name: text("Абай", "Абая"), Actual: true},
		{ID: abayAlmaty, Geonim: true, ATS: almaty, Type: text("даңғыл", "проспект"), Name: text("Абай", "Абая"), Actual: true},
		{ID: samal2, Geonim: true, ATS: almaty, Type: text("шағын аудан", "микрорайон"), Name: text("Самал-2", "Самал-2"), Actual: true},
		{ID: nauryz8, Geonim: true, ATS: almaty, Type: text("көше", "улица"), Name: text("8 Наурыз", "8 Марта"), Actual: true},
		{ID: abayVillage, Geonim: true, ATS: zhanatalap, Type: text("көше", "улица"), Name: text("Абай", "Абая"), Actual: true},
		{ID: mira, Geonim: true, ATS: zhanatalap, Type: text("көше", "улица"), Name: text("Бейбітшiлiк", "МИРА"), Actual: true},
		{ID: 8, Geonim: true, ATS: zhanatalap, Type: text("көше", "улица"), Name: text("Ленин", "Ленина"), Actual: false},
	}
}

func sampleBuildings() []Building {
	return []Building{
		{ID: 101, ARC: arc(0, 101), Number: "10", Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 102, ARC: arc(0, 102), Number: "10/2", Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 103, ARC: arc(0, 103), Number: "10А", Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 104, ARC: arc(0, 104), Number: "100", Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 105, ARC: arc(0, 105), Number: "9", Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 106, ARC: arc(0, 106), Number: "2", Parent: 101, Geonim: abayAstana, ATS: esil, Actual: true},
		{ID: 107, ARC: arc(0, 107), Number: "10", Geonim: abayAlmaty, ATS: almaty, Actual: true},
		{ID: 108, ARC: arc(0, 108), Number: "10", Geonim: abayVillage, ATS: zhanatalap, Actual: true},
		{ID: 109, ARC: arc(0, 109), Number: "12", Geonim: samal2, ATS: almaty, MultiFlat: true, Actual: true},
		{ID: 110, ARC: arc(0, 110), Number: "3", ATS: akbulak, Actual: true},
		{ID: 111, ARC: arc(0, 111), Number: "8", Geonim: nauryz8, ATS: almaty, Actual: true},
		{ID: 112, ARC: arc(0, 112), Number: "11", Geonim: abayAstana, ATS: esil, Actual: false},
		{ID: 113, ARC: arc(0, 113), Number: "5", Geonim: kabanbay, ATS: esil, Actual: true},
	}
}

func sampleRooms() []Room {
	rooms := []Room{
		{ID: 1, ARC: arc(1, 1), Building: 113, Number: "1", Actual: true}, // an office in a house
		{ID: 2, ARC: arc(1, 2), Building: 106, Number: "7", Actual: true},
		{ID: 3, ARC: arc(1, 3), Building: 106, Number: "8", Actual: true},
	}
	for n := 1; n <= 12; n++ {
		rooms = append(rooms,
			Room{ID: int64(100 + n), ARC: arc(1, 100+n), Building: 101, Number: fmt.Sprint(n), Type: text("Пәтер", "КВАРТИРА"), Actual: true},
			Room{ID: int64(200 + n), ARC: arc(1, 200+n), Building: 102, Number: fmt.Sprint(n), Type: text("пәтер", "квартира"), Actual: true})
	}
	return rooms
}

func sampleSource() Source {
	return Source{
		Places:    all(samplePlaces()),
		Plots:     all([]Plot{{ID: 1, ARC: arc(2, 1), Number: "15", ATS: akbulak, Actual: true}}),
		Buildings: all(sampleBuildings()),
		Rooms:     all(sampleRooms()),
	}
}

func mustImport(t testing.TB, db *database.DB, src Source) Report {
	t.Helper()
	report, err := Import(t.Context(), db, src, Options{Batch: 7})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
