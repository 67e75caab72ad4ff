package state

import (
	"fmt"
	"time"

	"mekenjai"
)

// Term is a dictionary value of the state's messages: DIR of GBD FL, DICT of
// ЕГКН, D of GBD UL. Decisions read the code; people read the names.
type Term struct {
	Code    string    `json:"code"`
	NameRU  string    `json:"nameRu"`
	NameKK  string    `json:"nameKz"`
	Changed time.Time `json:"changeDate,omitzero"`
}

// Text is the name in both languages.
func (t Term) Text() mekenjai.Text { return mekenjai.Text{KK: t.NameKK, RU: t.NameRU} }

// IsZero says whether the message had no such value.
func (t Term) IsZero() bool { return t == Term{} }

// Area counts hundredths of a square metre, so that norms divide exactly; zero
// is "not stated".
type Area int64

// SquareMetres makes an area of whole metres.
func SquareMetres(n int) Area { return Area(n) * 100 }

// M2 is the area in square metres.
func (a Area) M2() float64 { return float64(a) / 100 }

func (a Area) String() string { return fmt.Sprintf("%d.%02d", a/100, a%100) }
