package address

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"mekenjai/internal/database"
)

// marks are how many rows of each table of the source are taken over.
type marks map[string]int

// markColumns are the columns of address_import.
var markColumns = map[string]string{plotTable.name: "plots", buildingTable.name: "buildings", roomTable.name: "rooms"}

// begin finds out how far an import of the same source came, if it broke. One that
// ended begins anew: it is made to mend.
func (im *importer) begin(ctx context.Context) error {
	if im.opts.Source == "" {
		return nil
	}
	return im.db.Transact(ctx, func(tx database.Tx) error {
		var plots, buildings, rooms int
		var ended *int64
		err := tx.QueryRow(ctx, "SELECT plots, buildings, rooms, ended_at FROM address_import WHERE source = $1", im.opts.Source).
			Scan(&plots, &buildings, &rooms, &ended)
		im.marks = marks{}
		switch {
		case errors.Is(err, database.ErrNoRows):
			_, err = tx.Exec(ctx, "INSERT INTO address_import (source, plots, buildings, rooms, begun_at) VALUES ($1, 0, 0, 0, $2)", im.opts.Source, database.Micros(tx.Now()))
		case err == nil && ended != nil:
			_, err = tx.Exec(ctx, "UPDATE address_import SET plots = 0, buildings = 0, rooms = 0, begun_at = $2, ended_at = NULL WHERE source = $1", im.opts.Source, database.Micros(tx.Now()))
		case err == nil:
			im.marks = marks{plotTable.name: plots, buildingTable.name: buildings, roomTable.name: rooms}
		}
		return err
	})
}

// mark notes, in the transaction of a batch, that the source is taken over up to it.
func (im *importer) mark(ctx context.Context, tx database.Tx, t table, rows int) error {
	if im.opts.Source == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE address_import SET "+markColumns[t.name]+" = $2 WHERE source = $1", im.opts.Source, rows)
	return err
}

func (im *importer) end(ctx context.Context) error {
	if im.opts.Source == "" {
		return nil
	}
	return im.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE address_import SET ended_at = $2 WHERE source = $1", im.opts.Source, database.Micros(tx.Now()))
		return err
	})
}

// State tells how our copy stands.
type State struct {
	Empty    bool      // it has no building
	Imported time.Time // when an import with a Source last ended; zero: none did
	Broken   bool      // one is under way, or broke off later than that
}

// StateOf is that of the copy in a database.
func StateOf(ctx context.Context, db *database.DB) (s State, err error) {
	err = db.Read(ctx, func(tx database.Tx) error {
		s = State{}
		var id int64
		err := tx.QueryRow(ctx, "SELECT id FROM address_building ORDER BY id LIMIT 1").Scan(&id)
		if s.Empty = errors.Is(err, database.ErrNoRows); err != nil && !s.Empty {
			return err
		}
		err = tx.QueryRow(ctx, "SELECT ended_at FROM address_import WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1").Scan(database.ScanTime(&s.Imported))
		if err != nil && !errors.Is(err, database.ErrNoRows) {
			return err
		}
		err = tx.QueryRow(ctx, "SELECT begun_at FROM address_import WHERE ended_at IS NULL AND begun_at >= $1 ORDER BY begun_at LIMIT 1",
			database.Micros(s.Imported)).Scan(&id)
		if s.Broken = err == nil; errors.Is(err, database.ErrNoRows) {
			err = nil
		}
		return err
	})
	if err != nil {
		return State{}, fmt.Errorf("state of the addresses: %w", err)
	}
	return s, nil
}

// behind are the rows behind those that are taken over.
func behind[T any](rows iter.Seq2[T, error], done int, count *Count) iter.Seq2[T, error] {
	if rows == nil || done == 0 {
		return rows
	}
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err == nil && count.Skipped < done {
				count.Skipped++
				count.Read++
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
