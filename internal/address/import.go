package address

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"mekenjai/internal/database"
)

// defaultBatch is the number of rows a transaction: enough to share one durable
// commit, few enough that nobody waits for the writer longer than a blink.
const defaultBatch = 4000

// importer is one run of Import.
type importer struct {
	db     *database.DB
	opts   Options
	report Report
	places map[placeID]bool
	loaded map[int64]bool // buildings; of Load alone
	marks  marks
}

// Import takes the source over into our copy, in many transactions between
// which people search on. Rows that are there already cost a comparison, so that
// a broken import is resumed by running it again, and sooner with Options.Source;
// an increment is a source with the changed rows only. Nothing is deleted: the
// register marks what is no longer in use.
func Import(ctx context.Context, db *database.DB, src Source, opts Options) (Report, error) {
	if opts.Batch <= 0 {
		opts.Batch = defaultBatch
	}
	im := &importer{db: db, opts: opts, report: Report{Faults: map[Fault]int{}}}
	if err := im.begin(ctx); err != nil {
		return im.report, fmt.Errorf("import addresses: %w", err)
	}
	for _, step := range []func(context.Context, Source) error{im.importPlaces, im.importPlots, im.importBuildings, im.importRooms} {
		if err := step(ctx, src); err != nil {
			return im.report, fmt.Errorf("import addresses: %w", err)
		}
	}
	if err := im.end(ctx); err != nil {
		return im.report, fmt.Errorf("import addresses: %w", err)
	}
	return im.report, nil
}

// batches groups a sequence; it stops at the first error of the source.
func batches[T any](rows iter.Seq2[T, error], size int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if rows == nil {
			return
		}
		batch := make([]T, 0, size)
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if batch = append(batch, row); len(batch) == size {
				if !yield(batch, nil) {
					return
				}
				batch = batch[:0]
			}
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}

// transact runs one batch; what it counted is taken over only when it was
// committed.
func (im *importer) transact(ctx context.Context, fn func(tx database.Tx, r *Report) error) error {
	var r Report
	err := im.db.Transact(ctx, func(tx database.Tx) error {
		r = im.report
		r.Faults = maps.Clone(im.report.Faults)
		return fn(tx, &r)
	})
	if err != nil {
		return err
	}
	im.report = r
	if im.opts.Progress != nil {
		im.opts.Progress(r)
	}
	return nil
}
