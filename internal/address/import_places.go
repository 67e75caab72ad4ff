package address

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"mekenjai/internal/database"
)

const placeColumns = "id, parent, type_kk, type_ru, name_kk, name_ru, rco, kato, actual, ancestors, path_kk, path_ru, own, words, sort_kk, sort_ru, weight"

func scanPlace(row database.Row) (*place, error) {
	var p place
	var ancestors string
	err := row.Scan(&p.id, &p.parent, &p.typ.KK, &p.typ.RU, &p.name.KK, &p.name.RU, &p.rco, &p.kato, &p.actual,
		&ancestors, &p.path.KK, &p.path.RU, &p.own, &p.words, &p.sort.KK, &p.sort.RU, &p.weight)
	p.ancestors = unpackIDs(ancestors)
	return &p, err
}

func (p *place) columns() []any {
	return []any{p.id, p.parent, p.typ.KK, p.typ.RU, p.name.KK, p.name.RU, p.rco, p.kato, p.actual,
		packIDs(p.ancestors), p.path.KK, p.path.RU, p.own, p.words, p.sort.KK, p.sort.RU, p.weight}
}

func (p *place) equal(q *place) bool { return slices.Equal(p.columns(), q.columns()) }

// importPlaces lays the source's places over those we have, computes the tree
// anew and writes the difference: a renamed city changes the address of each of
// its streets.
func (im *importer) importPlaces(ctx context.Context, src Source) error {
	stored, err := im.loadPlaces(ctx)
	if err != nil {
		return err
	}
	im.places = make(map[placeID]bool, len(stored))
	for id := range stored {
		im.places[id] = true
	}
	if src.Places == nil {
		return nil
	}
	t := tree{places: maps.Clone(stored), faults: im.report.Faults}
	seen := make(map[placeID]bool)
	for row, err := range src.Places {
		if err != nil {
			return err
		}
		im.report.Places.Read++
		t.add(row, seen)
		im.places[newPlaceID(row.ID, row.Geonim)] = true
	}
	if im.report.Places.Read == 0 {
		return nil
	}
	for id, p := range t.places { // those that the source did not bring are changed too: never the stored row
		if !seen[id] {
			own := *p
			t.places[id] = &own
		}
	}
	t.complete()
	if err := im.writePlaces(ctx, stored, t.places); err != nil {
		return err
	}
	return im.writePrefixes(ctx, t.prefixes())
}

func (im *importer) loadPlaces(ctx context.Context) (map[placeID]*place, error) {
	stored := make(map[placeID]*place)
	for last := placeID(minID); ; {
		var page []*place
		err := im.db.Read(ctx, func(tx database.Tx) (err error) {
			page, err = database.Collect(ctx, tx, scanPlace,
				"SELECT "+placeColumns+" FROM address_place WHERE id > $1 ORDER BY id LIMIT 5000", last)
			return err
		})
		if err != nil || len(page) == 0 {
			return stored, err
		}
		for _, p := range page {
			stored[p.id] = p
		}
		last = page[len(page)-1].id
	}
}

const minID = -1 << 63

func (im *importer) writePlaces(ctx context.Context, stored, wanted map[placeID]*place) error {
	var changed []*place
	for id, p := range wanted {
		if old, ok := stored[id]; !ok || !p.equal(old) {
			changed = append(changed, p)
		}
	}
	slices.SortFunc(changed, func(a, b *place) int { return cmp.Compare(a.id, b.id) })
	for batch := range slices.Chunk(changed, im.opts.Batch) {
		err := im.transact(ctx, func(tx database.Tx, r *Report) error {
			rows := make([][]any, 0, len(batch))
			for _, p := range batch {
				rows = append(rows, p.columns())
				if err := forgetWords(ctx, tx, stored[p.id], p); err != nil {
					return err
				}
			}
			n, err := placeTable.write(ctx, tx, rows)
			if err != nil {
				return err
			}
			r.Places.Written += n
			_, err = wordTable.write(ctx, tx, newWords(stored, batch))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// newWords are the rows of address_word that the changed places bring.
func newWords(stored map[placeID]*place, changed []*place) [][]any {
	var rows [][]any
	for _, p := range changed {
		var had []wordKey
		if old := stored[p.id]; old != nil {
			had = old.wordKeys()
		}
		for _, k := range p.wordKeys() {
			if !slices.Contains(had, k) {
				rows = append(rows, []any{k.scope, k.word, p.id})
			}
		}
	}
	return rows
}

// forgetWords deletes the rows of address_word that old had and p has not.
func forgetWords(ctx context.Context, tx database.Tx, old, p *place) error {
	if old == nil {
		return nil
	}
	keep := p.wordKeys()
	for _, k := range old.wordKeys() {
		if slices.Contains(keep, k) {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM address_word WHERE scope = $1 AND word = $2 AND place = $3", k.scope, k.word, p.id); err != nil {
			return err
		}
	}
	return nil
}

// writePrefixes brings address_prefix to the wanted rows. Each row is whole by
// itself, so that a search between two batches is never wrong, only early.
func (im *importer) writePrefixes(ctx context.Context, wanted map[string]prefixRow) error {
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), im.opts.Batch) {
		err := im.transact(ctx, func(tx database.Tx, _ *Report) error {
			rows := make([][]any, 0, len(batch))
			for _, prefix := range batch {
				rows = append(rows, []any{prefix, packIDs(wanted[prefix].areas), packIDs(wanted[prefix].streets)})
			}
			_, err := prefixTable.write(ctx, tx, rows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return im.forgetPrefixes(ctx, wanted)
}

func (im *importer) forgetPrefixes(ctx context.Context, wanted map[string]prefixRow) error {
	for last := ""; ; {
		var page []string
		err := im.db.Transact(ctx, func(tx database.Tx) (err error) {
			page, err = database.Collect(ctx, tx, database.Column[string],
				"SELECT prefix FROM address_prefix WHERE prefix > $1 ORDER BY prefix LIMIT 5000", last)
			if err != nil {
				return err
			}
			for _, prefix := range page {
				if _, ok := wanted[prefix]; ok {
					continue
				}
				if _, err := tx.Exec(ctx, "DELETE FROM address_prefix WHERE prefix = $1", prefix); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1]
	}
}
