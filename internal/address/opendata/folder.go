// Package opendata reads the state's address register as its open data has it:
// a folder with the tables s_ats, s_geonims, s_grounds_new, s_buildings and s_pb
// and their dictionaries, as JSON arrays or one row a line, plain or gzipped,
// whole or in parts. It never holds more than a row in memory, takes a value in
// any of the forms in which the data has it, and tells dirt, which the import
// counts, from files that are not the register, which end it.
package opendata

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Table is a table of the open data.
type Table string

// The tables that an import reads.
const (
	Units     Table = "s_ats"
	Streets   Table = "s_geonims"
	Plots     Table = "s_grounds_new"
	Buildings Table = "s_buildings"
	Rooms     Table = "s_pb"

	UnitTypes     Table = "d_ats_types"
	StreetTypes   Table = "d_geonims_types"
	BuildingTypes Table = "d_buildings_pointers"
	RoomTypes     Table = "d_rooms_types"
)

// dictionaryOf is the dictionary that a table's rows refer to.
var dictionaryOf = map[Table]Table{Units: UnitTypes, Streets: StreetTypes, Buildings: BuildingTypes, Rooms: RoomTypes}

// Tables are all of them, in the order in which they refer to one another.
var Tables = []Table{UnitTypes, StreetTypes, BuildingTypes, RoomTypes, Units, Streets, Plots, Buildings, Rooms}

// Folder is a folder with files of the open data. A whole register has every
// table; an increment those with changed rows, and their dictionaries.
type Folder struct {
	files    map[Table][]string // in the order of their names: parts follow one another
	identity string
	size     int64
	types    map[Table]types
}

// Open looks at a folder and reads its dictionaries. A file is of the table with
// whose name its own begins: s_pb.json, s_pb-0001.jsonl.gz. A file of rows that is
// of no table is refused: a table with a misspelt name would be missing without
// anybody's knowledge.
func Open(dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("open data: %w", err)
	}
	f := &Folder{files: map[Table][]string{}, types: map[Table]types{}}
	digest := sha256.New()
	for _, e := range entries {
		stem, ok := stemOf(e.Name())
		if !ok {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("open data: %w", err)
		}
		t, ok := tableOf(stem)
		if !ok || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("open data: %s is of no table of the address register: its name begins with none of %s", path, names())
		}
		f.files[t] = append(f.files[t], path)
		f.size += info.Size()
		fmt.Fprintf(digest, "%s\x00%d\x00%d\x00", e.Name(), info.Size(), info.ModTime().UnixNano())
	}
	f.identity = hex.EncodeToString(digest.Sum(nil))
	return f, f.readTypes()
}

func (f *Folder) readTypes() error {
	rows := 0
	for table, dictionary := range dictionaryOf {
		if len(f.files[table]) == 0 {
			continue
		}
		rows++
		if len(f.files[dictionary]) == 0 {
			return fmt.Errorf("open data: %s is there without its dictionary %s: nothing would say what is a street and what an avenue", table, dictionary)
		}
		read, err := readTypes(f.files[dictionary])
		if err != nil {
			return err
		}
		f.types[table] = read
	}
	if rows == 0 && len(f.files[Plots]) == 0 {
		return errors.New("open data: the folder holds no table of the address register")
	}
	return nil
}

// Identity names the files as they are: it changes when one of them does.
func (f *Folder) Identity() string { return f.identity }

// Size is that of the files together, in bytes.
func (f *Folder) Size() int64 { return f.size }

// Has says which tables of rows are there.
func (f *Folder) Has(t Table) bool { return len(f.files[t]) > 0 }

// stemOf is the name of a file of rows without its endings.
func stemOf(name string) (string, bool) {
	stem := strings.TrimSuffix(strings.ToLower(name), ".gz")
	for _, ending := range []string{".json", ".jsonl", ".ndjson"} {
		if s, ok := strings.CutSuffix(stem, ending); ok {
			return s, true
		}
	}
	return "", false
}

func tableOf(stem string) (Table, bool) {
	i := slices.IndexFunc(Tables, func(t Table) bool {
		rest, ok := strings.CutPrefix(stem, string(t))
		return ok && (rest == "" || strings.ContainsRune("-.", rune(rest[0])))
	})
	if i < 0 {
		return "", false
	}
	return Tables[i], true
}

func names() string {
	list := make([]string, len(Tables))
	for i, t := range Tables {
		list[i] = string(t)
	}
	return strings.Join(list, ", ")
}
