package address

import (
	"context"
	"fmt"
	"iter"

	"mekenjai"
	"mekenjai/internal/database"
)

// Load is Import into an empty copy, by the engine's bulk way: for a register of
// national size in minutes. The source states each number once. When it fails the
// copy is half filled, and Import resumes it.
func Load(ctx context.Context, db *database.DB, src Source) (Report, error) {
	im := &importer{db: db, opts: Options{Batch: defaultBatch}, report: Report{Faults: map[Fault]int{}}}
	for _, step := range []func(context.Context, Source) error{im.importPlaces, im.importPlots, im.loadBuildings, im.loadRooms} {
		if err := step(ctx, src); err != nil {
			return im.report, fmt.Errorf("load addresses: %w", err)
		}
	}
	return im.report, nil
}

func (im *importer) loadBuildings(ctx context.Context, src Source) error {
	im.loaded = map[int64]bool{}
	return loadObjects(ctx, im, buildingTable, src.Buildings, &im.report.Buildings, func(o Building, arc mekenjai.ARC) ([]any, Fault) {
		row, fault := im.buildingRow(o, arc, &im.report)
		im.loaded[o.ID] = fault == ""
		return row, fault
	})
}

func (im *importer) loadRooms(ctx context.Context, src Source) error {
	return loadObjects(ctx, im, roomTable, src.Rooms, &im.report.Rooms, func(o Room, arc mekenjai.ARC) ([]any, Fault) {
		if !im.loaded[o.Building] {
			return nil, FaultOrphanRoom
		}
		return roomRow(o, arc), ""
	})
}

// loadObjects writes one table of the source, and first the words for the kinds of
// its objects. Those that have no place of theirs are left out and counted.
func loadObjects[T object](ctx context.Context, im *importer, t table, rows iter.Seq2[T, error], count *Count, columns func(T, mekenjai.ARC) ([]any, Fault)) error {
	kinds := map[mekenjai.Text]bool{}
	converted := func(yield func([]any, error) bool) {
		if rows == nil {
			return
		}
		for o, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			count.Read++
			kinds[o.kind()] = true
			arc, err := mekenjai.ParseARC(o.code())
			if err != nil {
				im.report.Faults[FaultARC]++
				continue
			}
			row, fault := columns(o, arc)
			if fault != "" {
				im.report.Faults[fault]++
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	n, err := im.db.Load(ctx, t.name, t.columns, converted)
	count.Written += int(n)
	if err != nil {
		return err
	}
	return im.transact(ctx, func(tx database.Tx, _ *Report) error {
		var words [][]any
		for kind := range kinds {
			words = append(words, []any{kindID(kind), kind.KK, kind.RU})
		}
		_, err := typeTable.write(ctx, tx, words)
		return err
	})
}
