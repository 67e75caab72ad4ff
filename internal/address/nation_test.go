package address

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"mekenjai"
)

// nation is an invented country of any size, always the same for the same size:
// size 1 has about 20 000 settlements, 150 000 streets, 3 million buildings and
// 6 million rooms. Three cities hold a tenth of the streets and most of the
// flats; some names are met everywhere, most are rare.
type nation struct{ size float64 }

func (n nation) settlements() int { return max(20, int(20_000*n.size)) }
func (n nation) streets() int     { return max(150, int(150_000*n.size)) }

var (
	commonStreets = []mekenjai.Text{text("Абай", "Абая"), text("Бейбітшілік", "Мира"), text("Жамбыл", "Жамбыла"),
		text("Қабанбай батыр", "Кабанбай батыра"), text("8 Наурыз", "8 Марта"), text("Тәуелсіздік", "Независимости"),
		text("Әлия Молдағұлова", "Алии Молдагуловой"), text("Сәтбаев", "Сатпаева"), text("Достық", "Достык")}
	syllables = strings.Fields("қа бай сар жан ту көк ақ ал тау өзен құм жар бұ лақ ер те шал ша ұс ор да мір әм ре ғы ны")
)

// name is one of a stock that grows with the country.
func (n nation) name(i int) mekenjai.Text {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	var s string
	for range 2 + r.IntN(3) {
		s += syllables[r.IntN(len(syllables))]
	}
	runes := []rune(s)
	kk := strings.ToUpper(string(runes[0])) + string(runes[1:])
	return mekenjai.Text{KK: kk, RU: strings.NewReplacer("қ", "к", "ұ", "у", "ө", "о", "ә", "а", "ғ", "г", "Қ", "К", "Ұ", "У", "Ө", "О", "Ә", "А").Replace(kk) + "а"}
}

func (n nation) places() iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		ok := yield(Place{ID: 1, Type: text("республика", "республика"), Name: text("Қазақстан", "Казахстан"), Actual: true}, nil)
		for i := 0; ok && i < 17; i++ {
			ok = yield(Place{ID: int64(2 + i), Parent: 1, Type: text("облыс", "область"), Name: n.name(900 + i), KATO: fmt.Sprintf("%02d0000000", 10+i), Actual: true}, nil)
		}
		for i := 0; ok && i < n.settlements(); i++ {
			p := Place{ID: int64(100 + i), Parent: int64(2 + i%17), Type: text("ауыл", "село"), Name: n.name(i * 7 % (n.settlements()/3 + 1)), Actual: true}
			if i < 3 {
				p = Place{ID: p.ID, Parent: 1, Type: text("қала", "город"), Name: []mekenjai.Text{text("Астана", "Астана"), text("Алматы", "Алматы"), text("Шымкент", "Шымкент")}[i], Actual: true}
			}
			ok = yield(p, nil)
		}
		for i := 0; ok && i < n.streets(); i++ {
			ok = yield(n.street(i), nil)
		}
	}
}

func (n nation) street(i int) Place {
	ats := 100 + i%n.settlements()
	if i%10 == 0 {
		ats = 100 + i/10%3
	}
	name := n.name(i)
	if i%3 == 0 {
		name = commonStreets[i/n.settlements()%len(commonStreets)]
	}
	return Place{ID: int64(1 + i), Geonim: true, ATS: int64(ats), Type: text("көше", "улица"), Name: name, Actual: true}
}

func (n nation) buildings() iter.Seq2[Building, error] {
	return func(yield func(Building, error) bool) {
		for id := range n.streets() * 20 {
			s := n.street(id / 20)
			b := Building{ID: int64(id + 1), ARC: arc(0, id+1), Number: fmt.Sprint(id%20 + 1), ATS: s.ATS, Geonim: s.ID, Type: text("үй", "дом"), Actual: true}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// rooms are twenty flats in every tenth building.
func (n nation) rooms() iter.Seq2[Room, error] {
	return func(yield func(Room, error) bool) {
		for id := range n.streets() * 20 / 10 * 20 {
			m := Room{ID: int64(id + 1), ARC: arc(1, id+1), Building: int64(id/20*10 + 1), Number: fmt.Sprint(id%20 + 1), Type: text("пәтер", "квартира"), Actual: true}
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (n nation) source() Source {
	return Source{Places: n.places(), Buildings: n.buildings(), Rooms: n.rooms()}
}
