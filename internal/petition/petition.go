// Package petition reads the spreadsheet that the administration of a building
// puts to its petition: one row for each person who stays there. It says of every
// wrong row in which line and column it is wrong and why, and gives that report
// back as a spreadsheet. What it reads is only text: formulas are never computed.
package petition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"mekenjai"
)

// Options are the limits of a spreadsheet and the day of its reading.
type Options struct {
	Bytes int64         // of the file; 5 MiB when zero
	Rows  int           // of people; 5,000 when zero
	Today mekenjai.Date // in Almaty: nobody arrives after it
}

// Fault is one wrong cell: where it is, what stands there, and why it is wrong.
type Fault struct {
	Line   int
	Column Column
	Value  string
	Key    string
	Args   map[string]any
}

// Sheet is a spreadsheet that was read.
type Sheet struct {
	Rows   []mekenjai.Stay // the right ones
	Faults []Fault         // of the others, in the order of the file
	Lines  []Line          // of all people, right or wrong, in the order of the file
}

// Line is a person of the file as he was written.
type Line struct {
	Number    int
	IIN, Name string
}

// Wrong are the people with a fault, as the register keeps them.
func (s Sheet) Wrong() (list []mekenjai.WrongStay) {
	faults := map[int][]mekenjai.RowFault{}
	for _, f := range s.Faults {
		faults[f.Line] = append(faults[f.Line], mekenjai.RowFault{Column: string(f.Column), Value: f.Value, Key: f.Key, Args: f.Args})
	}
	for _, p := range s.Lines {
		if faults[p.Number] != nil {
			list = append(list, mekenjai.WrongStay{Line: p.Number, IIN: p.IIN, Name: p.Name, Faults: faults[p.Number]})
		}
	}
	return list
}

// MaxBytes is how large the file of a spreadsheet may be.
const MaxBytes = 5 << 20

// Read reads a spreadsheet: CSV in any usual encoding, or XLSX. A file that is
// none, or has no table of people, is refused as *mekenjai.FieldError for the
// input field; wrong rows are no error.
func Read(file io.Reader, field string, o Options) (Sheet, error) {
	if o.Bytes == 0 {
		o.Bytes = MaxBytes
	}
	if o.Rows == 0 {
		o.Rows = mekenjai.MaxPetitionRows
	}
	refuse := func(key string, args map[string]any) (Sheet, error) {
		return Sheet{}, &mekenjai.FieldError{Field: field, Key: key, Args: args}
	}
	b, err := io.ReadAll(io.LimitReader(file, o.Bytes+1))
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig), int64(len(b)) > o.Bytes:
		return refuse("petition.error.size", map[string]any{"megabytes": int(o.Bytes >> 20)})
	case err != nil:
		return Sheet{}, fmt.Errorf("read a spreadsheet: %w", err)
	case len(b) == 0:
		return refuse("petition.error.empty", nil)
	}
	table, key := cells(b, o)
	if key != "" {
		return refuse(key, map[string]any{"rows": o.Rows})
	}
	columns, body, missing := head(table)
	switch {
	case len(missing) > 0:
		return refuse("petition.error.missing."+string(missing[0]), nil)
	case len(body) == 0:
		return refuse("petition.error.nobody", nil)
	case len(body) > o.Rows:
		return refuse("petition.error.rows", map[string]any{"rows": o.Rows})
	}
	return read(columns, body, o), nil
}

// line is a row of a table with its number in the file.
type line struct {
	number int
	cells  []string
}

func (l line) isEmpty() bool { return strings.TrimSpace(strings.Join(l.cells, "")) == "" }

// cells reads the table, whatever the file is; key says why it cannot be read.
func cells(b []byte, o Options) (table []line, key string) {
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return readXLSX(b, o)
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")): // an old or encrypted workbook
		return nil, "petition.error.old"
	case bytes.HasPrefix(b, []byte("%PDF")), bytes.HasPrefix(b, []byte("\xff\xd8\xff")), bytes.HasPrefix(b, []byte("\x89PNG")):
		return nil, "petition.error.type"
	}
	return readCSV(b, o)
}
