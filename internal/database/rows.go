package database

import (
	"context"
	"strconv"
	"strings"
)

// Row is one row of a result.
type Row interface {
	Scan(dest ...any) error
}

// Rows is a result that is being read: call Next before each Scan, Err after
// the last, and Close in any case.
type Rows struct {
	tx     *transaction
	result result
}

// Next goes to the next row. After the last one it closes the result.
func (r *Rows) Next() bool {
	if r.result.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan reads the row into dest.
func (r *Rows) Scan(dest ...any) error { return r.result.Scan(dest...) }

// Err is the error that ended the reading early.
func (r *Rows) Err() error {
	err := r.result.Err()
	if err != nil && r.tx.native.lost(err) {
		return r.tx.fail(err)
	}
	return err
}

// Close ends the reading. Closing twice is allowed.
func (r *Rows) Close() {
	r.result.Close()
	r.tx.reading = nil
	r.Err()
}

// firstRow reads the first row of a query and closes it.
type firstRow struct {
	rows *Rows
	err  error
}

func (r *firstRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	// The engine may report a failure only after the row, as PostgreSQL does
	// for INSERT … RETURNING.
	r.rows.Close()
	return r.rows.Err()
}

// Collect runs a query and reads each of its rows with scan. Without rows the
// slice is nil.
func Collect[T any](ctx context.Context, tx Tx, scan func(Row) (T, error), sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// One runs a query and reads its first row with scan, or returns ErrNoRows.
func One[T any](ctx context.Context, tx Tx, scan func(Row) (T, error), sql string, args ...any) (T, error) {
	return scan(tx.QueryRow(ctx, sql, args...))
}

// Column is the scan function of a result with a single column:
//
//	ids, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM …`)
func Column[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// Placeholders returns n placeholders counted from first, "$2, $3, $4", for an
// IN list. n is at least 1: IN () is an error on PostgreSQL.
func Placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}
