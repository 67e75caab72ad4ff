package address

import (
	"context"
	"fmt"
	"strings"

	"mekenjai/internal/database"
)

// argumentsAStatement bounds one INSERT: SQLite's cost of binding grows with the
// square of their number, PostgreSQL's gain from more rows is spent by then.
const argumentsAStatement = 300

// table says how rows are written: inserted, or changed when something differs,
// so that the count of written rows is the count of changes.
type table struct {
	name    string
	columns []string // the first is the key, unless all are
	allKey  bool     // nothing to change: a row is there or not
}

var (
	typeTable  = table{name: "address_type", columns: []string{"id", "kk", "ru"}}
	placeTable = table{name: "address_place", columns: []string{"id", "parent", "type_kk", "type_ru", "name_kk", "name_ru",
		"rco", "kato", "actual", "ancestors", "path_kk", "path_ru", "own", "words", "sort_kk", "sort_ru", "weight"}}
	wordTable     = table{name: "address_word", columns: []string{"scope", "word", "place"}, allKey: true}
	prefixTable   = table{name: "address_prefix", columns: []string{"prefix", "areas", "streets"}}
	plotTable     = table{name: "address_plot", columns: []string{"id", "arc", "place", "number", "actual"}}
	buildingTable = table{name: "address_building", columns: []string{"id", "arc", "place", "parent", "number", "number_key",
		"type", "purpose", "multi_flat", "actual"}}
	roomTable = table{name: "address_room", columns: []string{"id", "arc", "building", "number", "number_key", "type", "actual"}}
)

// insertSQL is the statement for n rows.
func (t table) insertSQL(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", t.name, strings.Join(t.columns, ", "))
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + database.Placeholders(1+i*len(t.columns), len(t.columns)) + ")")
	}
	if t.allKey {
		b.WriteString(" ON CONFLICT DO NOTHING")
		return b.String()
	}
	var set, differs []string
	for _, c := range t.columns[1:] {
		set = append(set, fmt.Sprintf("%s = excluded.%s", c, c))
		differs = append(differs, fmt.Sprintf("%s.%s <> excluded.%s", t.name, c, c))
	}
	fmt.Fprintf(&b, " ON CONFLICT (%s) DO UPDATE SET %s WHERE %s", t.columns[0], strings.Join(set, ", "), strings.Join(differs, " OR "))
	return b.String()
}

// write inserts or changes rows, no key twice among them; it returns how many
// were not there in this form before.
func (t table) write(ctx context.Context, tx database.Tx, rows [][]any) (int, error) {
	written := 0
	for len(rows) > 0 {
		n := min(len(rows), argumentsAStatement/len(t.columns))
		args := make([]any, 0, n*len(t.columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		changed, err := tx.Exec(ctx, t.insertSQL(n), args...)
		if err != nil {
			return 0, fmt.Errorf("write %s: %w", t.name, err)
		}
		written += int(changed)
		rows = rows[n:]
	}
	return written, nil
}
