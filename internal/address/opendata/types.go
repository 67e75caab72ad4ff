package opendata

import (
	"cmp"
	"fmt"

	"mekenjai"
)

// typeRow is a row of a dictionary.
type typeRow struct {
	ID      number `json:"id"`
	Code    text   `json:"code"`
	ValueRU text   `json:"value_ru"`
	ValueKK text   `json:"value_kz"`
	ShortRU text   `json:"short_value_ru"`
	ShortKK text   `json:"short_value_kz"`
}

func (r typeRow) identified() bool { return r.ID.given || r.Code != "" }

// types is a dictionary. Tables refer to it by number, and in some editions by code.
type types struct {
	byID   map[int64]mekenjai.Text
	byCode map[text]mekenjai.Text
}

func (t types) of(id number, code text) mekenjai.Text {
	if words, ok := t.byID[id.value]; ok && id.given {
		return words
	}
	return t.byCode[code]
}

// mostTypes bounds a dictionary: the largest has some dozens of words.
const mostTypes = 10_000

func readTypes(files []string) (types, error) {
	t := types{byID: map[int64]mekenjai.Text{}, byCode: map[text]mekenjai.Text{}}
	for r, err := range readRows[typeRow](files) {
		if err != nil {
			return types{}, err
		}
		words := mekenjai.Text{KK: string(cmp.Or(r.ValueKK, r.ShortKK)), RU: string(cmp.Or(r.ValueRU, r.ShortRU))}
		if r.ID.given {
			t.byID[r.ID.value] = words
		}
		if r.Code != "" {
			t.byCode[r.Code] = words
		}
		if len(t.byID) > mostTypes || len(t.byCode) > mostTypes {
			return types{}, fmt.Errorf("open data: a dictionary of more than %d words is none", mostTypes)
		}
	}
	return t, nil
}
