package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A batch is as many rows as one COPY carries: what is lost when the move is
// killed.
const (
	batchRows  = 20_000
	batchBytes = 16 << 20
)

// copyTable carries the rows whose keys follow the last one that the target has,
// and returns their number. Batches go in the order of keys and each is whole,
// so everything before that key is there.
func (m *move) copyTable(ctx context.Context, t table) (copied int64, err error) {
	last, err := m.target.lastKey(ctx, t)
	if err != nil {
		return 0, err
	}
	query := `SELECT ` + strings.Join(t.names(), ", ") + ` FROM ` + t.name
	if last != nil {
		query += ` WHERE (` + strings.Join(t.key, ", ") + `) > (` + Placeholders(1, len(t.key)) + `)`
	}
	rows, err := m.source.pool.QueryContext(ctx, query+` ORDER BY `+t.ordered(""), last...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	b := &batch{table: t, rows: rows, row: make([]any, len(t.columns)), more: true}
	for b.more {
		b.count, b.bytes = 0, 0
		n, err := m.target.conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.names(), b)
		if err != nil {
			return copied, err
		}
		copied += n
		if m.Progress != nil && n > 0 {
			m.Progress(t.name, copied)
		}
	}
	return copied, nil
}

// lastKey is the greatest key of the table in the target, nil for none.
func (t *target) lastKey(ctx context.Context, of table) ([]any, error) {
	rows, err := t.conn.Query(ctx, `SELECT `+strings.Join(of.key, ", ")+` FROM `+of.name+
		` ORDER BY `+strings.ReplaceAll(of.ordered(t.bytewise), ", ", " DESC, ")+` DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	return rows.Values()
}

// batch gives the rows of the source to one COPY until it has enough of them.
type batch struct {
	table table
	rows  *sql.Rows
	row   []any
	more  bool // the source may have further rows
	count int
	bytes int
	err   error
}

func (b *batch) Next() bool {
	if b.err != nil || b.count == batchRows || b.bytes >= batchBytes {
		return false
	}
	if b.more = b.rows.Next(); !b.more {
		b.err = b.rows.Err()
		return false
	}
	b.count++
	if b.err = scanRow(b.rows, b.table, b.row); b.err != nil {
		return false
	}
	for _, v := range b.row {
		b.bytes += weight(v)
	}
	return true
}

func (b *batch) Values() ([]any, error) { return b.row, nil }
func (b *batch) Err() error             { return b.err }

func scanRow(rows *sql.Rows, t table, row []any) error {
	targets := make([]any, len(row))
	for i := range row {
		targets[i] = &row[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	return t.plainly(row)
}

func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	}
	return 8
}

// compare reads the table from both sides in the order of keys and refuses the
// first difference. It names no key: a key may be a person's number.
func (m *move) compare(ctx context.Context, t table) (MovedTable, error) {
	ctx, cancel := context.WithCancel(ctx)
	hashes, ended := make(chan [][sha256.Size]byte, 4), make(chan error, 1)
	go func() { ended <- m.target.hashes(ctx, t, hashes) }()
	done, err := m.compareWith(ctx, t, hashes)
	cancel()
	for range hashes { // until the reader has ended
	}
	if readErr := <-ended; readErr != nil && !errors.As(err, new(difference)) {
		err = readErr
	}
	return done, err
}

func (m *move) compareWith(ctx context.Context, t table, theirs <-chan [][sha256.Size]byte) (MovedTable, error) {
	done := MovedTable{Name: t.name}
	rows, err := m.source.pool.QueryContext(ctx, `SELECT `+strings.Join(t.names(), ", ")+` FROM `+t.name+` ORDER BY `+t.ordered(""))
	if err != nil {
		return done, err
	}
	defer rows.Close()
	digest, row := sha256.New(), make([]any, len(t.columns))
	var buffer []byte
	var ours [sha256.Size]byte
	for chunk := range theirs {
		for _, hash := range chunk {
			if !rows.Next() {
				if err := rows.Err(); err != nil {
					return done, err
				}
				return done, difference{fmt.Errorf("the target has more rows than the %d of the source: somebody wrote to it", done.Rows)}
			}
			if err := scanRow(rows, t, row); err != nil {
				return done, err
			}
			if ours, buffer = rowHash(buffer, row); ours != hash {
				return done, difference{fmt.Errorf("row %d in the order of keys is not what it is in the source: empty the target and begin anew", done.Rows+1)}
			}
			digest.Write(ours[:])
			done.Rows++
		}
	}
	done.Digest = hex.EncodeToString(digest.Sum(nil))
	if rows.Next() { // unless the reader failed: its error is the one to tell
		return done, fmt.Errorf("the target has only the first %d rows of the source: somebody wrote to it", done.Rows)
	}
	return done, rows.Err()
}

// difference says how the target is not what it should be.
type difference struct{ error }

// hashes reads the table from the target and sends the hash of each row, many at
// a time. It closes the channel when it ends.
func (t *target) hashes(ctx context.Context, of table, to chan<- [][sha256.Size]byte) error {
	defer close(to)
	rows, err := t.conn.Query(ctx, `SELECT `+strings.Join(of.names(), ", ")+` FROM `+of.name+` ORDER BY `+of.ordered(t.bytewise))
	if err != nil {
		return err
	}
	defer rows.Close()
	const chunk = 256
	var buffer []byte
	list := make([][sha256.Size]byte, 0, chunk)
	send := func() error {
		select {
		case to <- list:
			list = make([][sha256.Size]byte, 0, chunk)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for rows.Next() {
		row, err := rows.Values()
		if err == nil {
			err = of.plainly(row)
		}
		if err != nil {
			return err
		}
		var hash [sha256.Size]byte
		hash, buffer = rowHash(buffer, row)
		if list = append(list, hash); len(list) == chunk {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), send())
}
