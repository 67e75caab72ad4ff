package petition

import (
	"bytes"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Unpacked is what a workbook may grow to: 5,000 people need two or three.
const unpacked = 64 << 20

// readXLSX reads the first sheet of a workbook. Nothing of it is written to a
// disk on the way, and no formula is computed: a cell has the value that was
// stored with it.
func readXLSX(b []byte, o Options) (table []line, key string) {
	defer func() {
		if recover() != nil { // a stranger's file: the library is not to be trusted with it
			table, key = nil, "petition.error.type"
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: unpacked, UnzipXMLSizeLimit: unpacked})
	if err != nil {
		return nil, "petition.error.type"
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return nil, "petition.error.type"
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return nil, "petition.error.type"
	}
	defer rows.Close()
	later := 0
	if p, err := book.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		later = 1462 // days between the two calendars of spreadsheets
	}
	arrival := -1
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, "petition.error.type"
		}
		l := line{number, cells}
		if l.isEmpty() {
			continue
		}
		if len(table) > o.Rows+headLines {
			return nil, "petition.error.rows"
		}
		if later > 0 {
			arrival = shift(cells, arrival, later)
		}
		table = append(table, l)
	}
	if rows.Error() != nil {
		return nil, "petition.error.type"
	}
	return table, ""
}

// shift turns the dates of the calendar from 1904 into those of the other.
// Column is that of arrivals, once it was found.
func shift(cells []string, column, days int) int {
	for at, cell := range cells {
		if c, ok := columnOf(cell); ok && c == ColumnArrival {
			return at
		}
	}
	if column >= 0 && column < len(cells) {
		if serial, err := strconv.ParseFloat(cells[column], 64); err == nil {
			cells[column] = strconv.FormatFloat(serial+float64(days), 'f', -1, 64)
		}
	}
	return column
}
