package address

import (
	"context"
	"hash/fnv"
	"iter"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
)

// object is a row of the source that has a code.
type object interface {
	Plot | Building | Room
	key() int64
	code() string
	kind() mekenjai.Text
	inUse() bool
}

func (p Plot) key() int64          { return p.ID }
func (p Plot) code() string        { return p.ARC }
func (p Plot) kind() mekenjai.Text { return mekenjai.Text{} }
func (p Plot) inUse() bool         { return p.Actual }

func (b Building) key() int64          { return b.ID }
func (b Building) code() string        { return b.ARC }
func (b Building) kind() mekenjai.Text { return mendType(b.Type) }
func (b Building) inUse() bool         { return b.Actual }

func (m Room) key() int64          { return m.ID }
func (m Room) code() string        { return m.ARC }
func (m Room) kind() mekenjai.Text { return mendType(m.Type) }
func (m Room) inUse() bool         { return m.Actual }

func mendType(t mekenjai.Text) mekenjai.Text {
	kk, _ := mend(strings.ToLower(t.KK))
	ru, _ := mend(strings.ToLower(t.RU))
	return mekenjai.Text{KK: kk, RU: ru}
}

// batch is what one transaction writes of a table.
type batch[T object] struct {
	objects []T // one of each number
	report  *Report
}

// importObjects writes one table of the source. columns gives the row of an
// object, or the fault for which it is left out.
func importObjects[T object](ctx context.Context, im *importer, t table, rows iter.Seq2[T, error], count func(*Report) *Count,
	columns func(ctx context.Context, tx database.Tx, b batch[T]) (func(T, mekenjai.ARC) ([]any, Fault), error)) error {
	done := im.marks[t.name]
	for objects, err := range batches(behind(rows, done, count(&im.report)), im.opts.Batch) {
		if err != nil {
			return err
		}
		err = im.transact(ctx, func(tx database.Tx, r *Report) error {
			b := batch[T]{distinct(objects, r), r}
			if err := b.writeKinds(ctx, tx); err != nil {
				return err
			}
			row, err := columns(ctx, tx, b)
			if err != nil {
				return err
			}
			n, err := b.write(ctx, tx, t, row)
			if err != nil {
				return err
			}
			count(r).Read += len(objects)
			count(r).Written += n
			return im.mark(ctx, tx, t, count(r).Read)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b batch[T]) write(ctx context.Context, tx database.Tx, t table, columns func(T, mekenjai.ARC) ([]any, Fault)) (int, error) {
	rows := make([][]any, 0, len(b.objects))
	ids := make(map[mekenjai.ARC]int64, len(b.objects))
	for _, o := range b.objects {
		arc, err := mekenjai.ParseARC(o.code())
		if err != nil {
			b.report.Faults[FaultARC]++
			continue
		}
		row, fault := columns(o, arc)
		if fault != "" {
			b.report.Faults[fault]++
			continue
		}
		if ids[arc] != 0 {
			b.report.Faults[FaultDuplicate]++
		}
		ids[arc] = o.key()
		rows = append(rows, row)
	}
	if err := countTwins(ctx, tx, t, ids, b.report); err != nil {
		return 0, err
	}
	return t.write(ctx, tx, rows)
}

// writeKinds writes the words for kinds of buildings and rooms. The number of a
// kind is made of its words, so that two imports never give one number to two.
func (b batch[T]) writeKinds(ctx context.Context, tx database.Tx) error {
	var rows [][]any
	seen := make(map[mekenjai.Text]bool)
	for _, o := range b.objects {
		if kind := o.kind(); !seen[kind] {
			seen[kind] = true
			rows = append(rows, []any{kindID(kind), kind.KK, kind.RU})
		}
	}
	_, err := typeTable.write(ctx, tx, rows)
	return err
}

func kindID(kind mekenjai.Text) int64 {
	h := fnv.New64a()
	h.Write([]byte(kind.KK + "\x00" + kind.RU))
	return int64(h.Sum64())
}

// distinct keeps one row of each number: the later one, unless the earlier is in
// use and the later is not. One without a number is none.
func distinct[T object](rows []T, r *Report) []T {
	at := make(map[int64]int, len(rows))
	kept := make([]T, 0, len(rows))
	for _, row := range rows {
		if row.key() <= 0 {
			r.Faults[FaultNumber]++
			continue
		}
		i, twice := at[row.key()]
		if !twice {
			at[row.key()] = len(kept)
			kept = append(kept, row)
			continue
		}
		r.Faults[FaultDuplicate]++
		if row.inUse() || !kept[i].inUse() {
			kept[i] = row
		}
	}
	return kept
}

// countTwins counts codes that stand in another row as well.
func countTwins(ctx context.Context, tx database.Tx, t table, ids map[mekenjai.ARC]int64, r *Report) error {
	var arcs []any
	for arc := range ids {
		arcs = append(arcs, arc)
	}
	type row struct {
		arc mekenjai.ARC
		id  int64
	}
	scan := func(s database.Row) (r row, err error) { return r, s.Scan(&r.arc, &r.id) }
	for part := range slices.Chunk(arcs, argumentsAStatement) {
		found, err := database.Collect(ctx, tx, scan,
			"SELECT arc, id FROM "+t.name+" WHERE arc IN ("+database.Placeholders(1, len(part))+")", part...)
		if err != nil {
			return err
		}
		for _, f := range found {
			if ids[f.arc] != f.id {
				r.Faults[FaultDuplicate]++
			}
		}
	}
	return nil
}
