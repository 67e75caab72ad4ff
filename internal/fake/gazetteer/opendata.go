package gazetteer

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"mekenjai"
)

// OpenData is a plan as files of the open data.
type OpenData struct {
	Plan
	Dirty int // every how many-th row is spoilt in one of the ways of the real data; 0: none
}

// dictionary is a row of a dictionary as the open data has it.
type dictionary struct {
	Type
	Code   string `json:"code"`
	Actual bool   `json:"actual"`
}

// rowsAFile is how many rows a part holds: about what fits an hour of a download.
const rowsAFile = 1_000_000

// Write makes the files in a folder, packed, in parts. Rows are spoilt but never the
// files.
func (o OpenData) Write(dir string) error {
	for name, types := range map[string][]Type{"d_ats_types": ATSTypes, "d_geonims_types": GeonimTypes,
		"d_buildings_pointers": Pointers, "d_rooms_types": RoomTypes} {
		rows := func(yield func(dictionary) bool) {
			for _, t := range types {
				if !yield(dictionary{t, fmt.Sprintf("%03d", t.ID), true}) {
					return
				}
			}
		}
		if err := writeTable(dir, name, rows, 0, nil); err != nil {
			return err
		}
	}
	return errors.Join(
		writeTable(dir, "s_ats", o.ATS(), o.Dirty, spoilUnit),
		writeTable(dir, "s_geonims", o.Geonims(), o.Dirty, spoilStreet),
		writeTable(dir, "s_grounds_new", o.grounds(), o.Dirty, spoilGround),
		writeTable(dir, "s_buildings", o.Buildings(), o.Dirty, spoilBuilding),
		writeTable(dir, "s_pb", o.Rooms(), o.Dirty, spoilRoom))
}

// ground is a row of s_grounds_new.
type ground struct {
	ID     int64        `json:"id"`
	RCA    mekenjai.ARC `json:"rca"`
	Number string       `json:"number"`
	ATS    int64        `json:"s_ats_id"`
	Geonim int64        `json:"s_geonim_id"`
	Actual bool         `json:"actual"`
}

// groundsEvery is how often the land of a building has a code of its own.
const groundsEvery = 5

func (o OpenData) grounds() iter.Seq[ground] {
	return func(yield func(ground) bool) {
		for b := range o.Buildings() {
			g := ground{b.ID, mekenjai.ARC("2" + string(b.RCA[1:])), b.Number, b.ATS, b.Geonim, b.Actual}
			if b.ID%groundsEvery == 0 && !yield(g) {
				return
			}
		}
	}
}

// writeTable writes the rows of a table, of which spoil may change some; n counts
// those that it has changed.
func writeTable[T any](dir, name string, rows iter.Seq[T], every int, spoil func(n int, row T) []any) (err error) {
	next, stop := iter.Pull(rows)
	defer stop()
	spoilt, more := 0, true
	for part := 1; more; part++ {
		err = writeFile(filepath.Join(dir, fmt.Sprintf("%s-%04d.jsonl.gz", name, part)), func(e *json.Encoder) error {
			for n := 1; n <= rowsAFile; n++ {
				row, ok := next()
				if more = ok; !ok {
					return nil
				}
				written := []any{row}
				if every > 0 && n%every == 0 {
					written = spoil(spoilt, row)
					spoilt++
				}
				for _, w := range written {
					if err := e.Encode(w); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

func writeFile(path string, fill func(*json.Encoder) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	packed, _ := gzip.NewWriterLevel(f, gzip.BestSpeed) // a level that there is
	buffered := bufio.NewWriterSize(packed, 1<<16)
	return errors.Join(fill(json.NewEncoder(buffered)), buffered.Flush(), packed.Close(), f.Close())
}

// latin writes a name as it is often typed: with Latin letters that look alike.
var latin = strings.NewReplacer("а", "a", "е", "e", "о", "o", "с", "c", "і", "i", "р", "p")

func spoilUnit(n int, r ATS) []any {
	switch n % 3 {
	case 0:
		r.Parent = r.ID // above itself
	case 1:
		r.NameKK, r.NameRU = latin.Replace(r.NameKK), strings.ToUpper(r.NameRU)
	case 2:
		gone := r
		gone.Actual, gone.NameRU = false, r.NameRU+" (старое)"
		return []any{r, gone} // one number, twice
	}
	return []any{r}
}

func spoilStreet(n int, r Geonim) []any {
	switch n % 4 {
	case 0:
		r.Parent = r.ID
	case 1:
		r.NameKK, r.NameRU = latin.Replace(r.NameKK), strings.ToUpper(r.NameRU)
	case 2:
		r.ATS = 999_999_999 // nowhere
	case 3:
		r.NameRU += "\x00"
	}
	return []any{r}
}

func spoilGround(_ int, r ground) []any {
	r.ATS, r.Geonim = 999_999_999, 0 // nowhere
	return []any{r}
}

func spoilBuilding(n int, r Building) []any {
	switch n % 4 {
	case 0:
		r.Geonim = 999_999_999 // a street that is none: the house stands in its settlement
	case 1:
		r.RCA = "12AB"
	case 2:
		twin := r
		twin.ID += 1 << 40 // a code, twice
		twin.Actual = false
		return []any{r, twin}
	case 3:
		r.Actual = false
	}
	return []any{r}
}

func spoilRoom(n int, r Room) []any {
	switch n % 4 {
	case 0:
		r.Building = 1 << 50 // nowhere
	case 1:
		r.RCA = ""
	case 2:
		return []any{map[string]any{"id": fmt.Sprint(r.ID), "rca": r.RCA, "number": r.Number, "d_room_type_id": fmt.Sprint(r.TypeID),
			"s_building_id": fmt.Sprint(r.Building), "actual": "true", "modified": nil}} // texts for numbers
	case 3:
		return []any{r, r}
	}
	return []any{r}
}
