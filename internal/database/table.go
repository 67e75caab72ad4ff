package database

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// table is one of the product's own, as the schema of a SQLite file tells it.
type table struct {
	name    string
	columns []column
	key     []string // columns of the primary key, in its order
	parents []string // the tables that its foreign keys name
}

type column struct {
	name string
	kind string // as declared
}

// names are the columns as an SQL list.
func (t table) names() []string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.name
	}
	return list
}

// ordered is a list of the key's columns for ORDER BY. What follows each of them
// that is text makes the engine order it by its bytes.
func (t table) ordered(bytewise string) string {
	list := slices.Clone(t.key)
	for i, name := range list {
		if t.kindOf(name) == "TEXT" {
			list[i] += bytewise
		}
	}
	return strings.Join(list, ", ")
}

func (t table) kindOf(name string) string {
	for _, c := range t.columns {
		if c.name == name {
			return c.kind
		}
	}
	return ""
}

// tables are the product's own, those that others refer to first. Which they are
// the schema alone says: those of the job queue, of the migrations and of this
// package have names of their own.
func (f *sqliteFile) tables(ctx context.Context) ([]table, error) {
	names, err := f.list(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	var all []table
	for _, name := range names {
		if kept(name) {
			continue
		}
		t, err := f.table(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return parentsFirst(all)
}

// kept reports that a table is of this package, its job queue or its migrations:
// each engine has its own, and none of them is the product's.
func kept(table string) bool {
	return table == "goose_db_version" || strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "mekenjai_")
}

func (f *sqliteFile) table(ctx context.Context, name string) (table, error) {
	t := table{name: name}
	rows, err := f.pool.QueryContext(ctx, `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`, name)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind); err != nil {
			return t, err
		}
		if !slices.Contains([]string{"TEXT", "BIGINT", "INTEGER", "BOOLEAN", "BYTEA"}, c.kind) {
			return t, fmt.Errorf("column %s of %s is %q, which is of no type of the schema", c.name, name, c.kind)
		}
		t.columns = append(t.columns, c)
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	if t.key, err = f.list(ctx, `SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk`, name); err != nil {
		return t, err
	}
	if len(t.key) == 0 {
		return t, fmt.Errorf("table %s has no primary key", name)
	}
	t.parents, err = f.list(ctx, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) WHERE "table" <> $1 ORDER BY 1`, name)
	return t, err
}

func (f *sqliteFile) list(ctx context.Context, sql string, args ...any) (list []string, err error) {
	rows, err := f.pool.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// parentsFirst puts every table after those that its rows refer to.
func parentsFirst(all []table) (ordered []table, err error) {
	placed := map[string]bool{}
	for len(ordered) < len(all) {
		before := len(ordered)
		for _, t := range all {
			if !placed[t.name] && !slices.ContainsFunc(t.parents, func(p string) bool { return !placed[p] }) {
				placed[t.name] = true
				ordered = append(ordered, t)
			}
		}
		if len(ordered) == before {
			return nil, fmt.Errorf("the foreign keys of the schema run in a circle or name no table")
		}
	}
	return ordered, nil
}

// plainly gives a value as one of string, int64, bool, []byte and nil, whichever
// engine read it. One of another type than its column's is refused: SQLite would
// let it be.
func (c column) plainly(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if c.kind == "TEXT" {
			return v, nil
		}
	case []byte:
		if c.kind == "BYTEA" && v == nil { // SQLite's driver: empty, but not NULL
			return []byte{}, nil
		}
		if c.kind == "BYTEA" {
			return v, nil
		}
	case bool:
		if c.kind == "BOOLEAN" {
			return v, nil
		}
	case int32:
		return c.plainly(int64(v))
	case int64:
		if c.kind == "BOOLEAN" && (v == 0 || v == 1) {
			return v == 1, nil
		}
		if c.kind == "BIGINT" || c.kind == "INTEGER" && v == int64(int32(v)) {
			return v, nil
		}
	}
	return nil, fmt.Errorf("column %s, which is %s, holds a %T that does not fit", c.name, c.kind, v)
}

// plainly makes the values of a row plain, in place.
func (t table) plainly(row []any) error {
	for i, c := range t.columns {
		v, err := c.plainly(row[i])
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		row[i] = v
	}
	return nil
}

// rowHash is the SHA-256 of a row's canonical form: for each value a letter for
// its type, its length and its bytes.
func rowHash(buffer []byte, row []any) (hash [sha256.Size]byte, grown []byte) {
	b := buffer[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case string:
			b = binary.AppendUvarint(append(b, 't'), uint64(len(v)))
			b = append(b, v...)
		case []byte:
			b = binary.AppendUvarint(append(b, 'b'), uint64(len(v)))
			b = append(b, v...)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case bool:
			b = append(b, '0')
			if v {
				b[len(b)-1] = '1'
			}
		}
	}
	return sha256.Sum256(b), b
}
