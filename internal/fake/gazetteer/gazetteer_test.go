package gazetteer

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"mekenjai"
)

var small = Plan{
	Streets: 2, Houses: 4, Flats: 3, Villages: 1,
	Fixed: []House{
		{ID: 101, Unit: AstanaEsil, Street: Kenesary, Number: "4", Pointer: 1, Rooms: 2, Room: 1},
		{ID: 102, Unit: Akbulak, Street: NoStreet, Number: "14", Pointer: 1, Room: 1},
	},
}

func count[T any](rows iter.Seq[T]) (n int) {
	for range rows {
		n++
	}
	return n
}

func TestEveryCodeIsWellFormedAndUnique(t *testing.T) {
	seen := map[mekenjai.ARC]bool{}
	check := func(arc mekenjai.ARC) {
		if _, err := mekenjai.ParseARC(string(arc)); err != nil || seen[arc] {
			t.Fatalf("code %s: %v, seen %v", arc, err, seen[arc])
		}
		seen[arc] = true
	}
	for b := range small.Buildings() {
		check(b.RCA)
	}
	for r := range small.Rooms() {
		check(r.RCA)
	}
}

func TestEveryRowHangsOnARowBeforeIt(t *testing.T) {
	ats, geonims, buildings := map[int64]bool{0: true}, map[int64]bool{0: true}, map[int64]bool{}
	for r := range small.ATS() {
		if !ats[r.Parent] {
			t.Errorf("unit %d without parent %d", r.ID, r.Parent)
		}
		ats[r.ID] = true
	}
	for r := range small.Geonims() {
		if !ats[r.ATS] {
			t.Errorf("street %d without unit %d", r.ID, r.ATS)
		}
		geonims[r.ID] = true
	}
	for r := range small.Buildings() {
		if !ats[r.ATS] || !geonims[r.Geonim] || buildings[r.ID] {
			t.Errorf("building %+v", r)
		}
		buildings[r.ID] = true
	}
	for r := range small.Rooms() {
		if !buildings[r.Building] {
			t.Errorf("room %+v", r)
		}
	}
}

func TestFixedHouseTakesThePlaceOfTheOneMadeUp(t *testing.T) {
	at := slices.DeleteFunc(slices.Collect(small.Buildings()), func(b Building) bool {
		return b.ATS != AstanaEsil || b.Number != "4" || b.Geonim != geonimID(AstanaEsil, Kenesary)
	})
	if len(at) != 1 || at[0].ID != 101 {
		t.Errorf("houses at one address: %v", at)
	}
}

func TestTextOfAnAddressFollowsTheRegister(t *testing.T) {
	for r := range small.Rooms() {
		const ru = "Республика Казахстан, город Астана, район Есиль, улица Кенесары, дом 4, квартира 1"
		const kk = "Қазақстан Республикасы, Астана қаласы, Есіл ауданы, Кенесары көшесі, 4 үй, 1 пәтер"
		if r.FullPathRU != ru || r.FullPathKK != kk {
			t.Errorf("%q\n%q", r.FullPathRU, r.FullPathKK)
		}
		break
	}
	for b := range small.Buildings() {
		if b.ID == 102 && (b.Geonim != 0 || !strings.HasSuffix(b.FullPathKK, "Ақбұлақ ауылдық округі, Ақбұлақ ауылы, 14 үй")) {
			t.Errorf("%+v", b)
		}
	}
}

func TestDemoIsSomeThousandsOfRows(t *testing.T) {
	n := count(Demo.ATS()) + count(Demo.Geonims()) + count(Demo.Buildings()) + count(Demo.Rooms())
	if n < 3_000 || n > 40_000 {
		t.Errorf("%d rows", n)
	}
	t.Logf("%d buildings, %d rooms", count(Demo.Buildings()), count(Demo.Rooms()))
}

func TestReaderMayStopEarly(t *testing.T) {
	for range National.Rooms() {
		return
	}
}

func BenchmarkNationalRooms(b *testing.B) {
	next, stop := iter.Pull(National.Rooms())
	defer stop()
	for b.Loop() {
		next()
	}
}
