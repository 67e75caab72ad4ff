package address

import (
	"context"
	"errors"
	"iter"

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
