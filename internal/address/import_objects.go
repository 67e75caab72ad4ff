package address

import (
	"context"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
)

// placeOf is the place that an object refers to: its street, or its settlement
// when the register knows no such street.
func (im *importer) placeOf(ats, geonim int64, r *Report) (placeID, bool) {
	if street := newPlaceID(geonim, true); geonim != 0 {
		if im.places[street] {
			return street, true
		}
		if im.places[newPlaceID(ats, false)] {
			r.Faults[FaultNoGeonim]++
		}
	}
	unit := newPlaceID(ats, false)
	return unit, ats != 0 && im.places[unit]
}

// distinct keeps one row of each id, the later one, unless the earlier is in use
// and the later is not.
func distinct[T any](rows []T, id func(T) int64, actual func(T) bool, r *Report) []T {
	at := make(map[int64]int, len(rows))
	kept := make([]T, 0, len(rows))
	for _, row := range rows {
		i, twice := at[id(row)]
		switch {
		case !twice:
			at[id(row)] = len(kept)
			kept = append(kept, row)
		case actual(row) || !actual(kept[i]):
			r.Faults[FaultDuplicate]++
			kept[i] = row
		default:
			r.Faults[FaultDuplicate]++
		}
	}
	return kept
}

// countTwins counts codes that stand in another row as well.
func countTwins(ctx context.Context, tx database.Tx, table string, ids map[string]int64, r *Report) error {
	arcs := make([]any, 0, len(ids))
	for arc := range ids {
		arcs = append(arcs, arc)
	}
	for part := range slices.Chunk(arcs, rowsAStatement) {
		rows, err := tx.Query(ctx, "SELECT arc, id FROM "+table+" WHERE arc IN ("+database.Placeholders(1, len(part))+")", part...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var arc string
			var id int64
			if err := rows.Scan(&arc, &id); err != nil {
				rows.Close()
				return err
			}
			if ids[arc] != id {
				r.Faults[FaultDuplicate]++
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) importPlots(ctx context.Context, src Source) error {
	for batch, err := range batches(src.Plots, im.opts.Batch) {
		if err != nil {
			return err
		}
		err = im.transact(ctx, func(tx database.Tx, r *Report) error {
			r.Plots.Read += len(batch)
			var rows [][]any
			plots := distinct(batch, func(p Plot) int64 { return p.ID }, func(p Plot) bool { return p.Actual }, r)
			for _, p := range plots {
				at, ok := im.placeOf(p.ATS, p.Geonim, r)
				switch arc, err := mekenjai.ParseARC(p.ARC); {
				case err != nil:
					r.Faults[FaultARC]++
				case !ok:
					r.Faults[FaultOrphanPlot]++
				default:
					rows = append(rows, []any{p.ID, arc, at, strings.TrimSpace(p.Number), p.Actual})
				}
			}
			n, err := plotTable.write(ctx, tx, rows)
			r.Plots.Written += n
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) importBuildings(ctx context.Context, src Source) error {
	for batch, err := range batches(src.Buildings, im.opts.Batch) {
		if err != nil {
			return err
		}
		var types map[mekenjai.Text]int64
		err = im.transact(ctx, func(tx database.Tx, r *Report) (err error) {
			r.Buildings.Read += len(batch)
			types, err = im.writeBuildings(ctx, tx, batch, r)
			return err
		})
		if err != nil {
			return err
		}
		im.types = types
	}
	return nil
}

func (im *importer) writeBuildings(ctx context.Context, tx database.Tx, batch []Building, r *Report) (map[mekenjai.Text]int64, error) {
	kinds := make([]mekenjai.Text, len(batch))
	for i := range batch {
		kinds[i] = mendType(batch[i].Type)
	}
	types, err := im.typeIDs(ctx, tx, kinds)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	ids := make(map[string]int64, len(batch))
	buildings := distinct(batch, func(b Building) int64 { return b.ID }, func(b Building) bool { return b.Actual }, r)
	for _, b := range buildings {
		at, ok := im.placeOf(b.ATS, b.Geonim, r)
		arc, err := mekenjai.ParseARC(b.ARC)
		switch {
		case err != nil:
			r.Faults[FaultARC]++
			continue
		case !ok:
			r.Faults[FaultOrphanBuilding]++
			continue
		case b.Parent == b.ID:
			r.Faults[FaultCycle]++
			b.Parent = 0
		}
		if ids[string(arc)] != 0 {
			r.Faults[FaultDuplicate]++
		}
		ids[string(arc)] = b.ID
		number := strings.Join(strings.Fields(b.Number), " ")
		rows = append(rows, []any{b.ID, arc, at, b.Parent, number, numberKey(number), types[mendType(b.Type)], b.Purpose, b.MultiFlat, b.Actual})
	}
	if err := countTwins(ctx, tx, "address_building", ids, r); err != nil {
		return nil, err
	}
	n, err := buildingTable.write(ctx, tx, rows)
	r.Buildings.Written += n
	return types, err
}

func (im *importer) importRooms(ctx context.Context, src Source) error {
	for batch, err := range batches(src.Rooms, im.opts.Batch) {
		if err != nil {
			return err
		}
		var types map[mekenjai.Text]int64
		err = im.transact(ctx, func(tx database.Tx, r *Report) (err error) {
			r.Rooms.Read += len(batch)
			types, err = im.writeRooms(ctx, tx, batch, r)
			return err
		})
		if err != nil {
			return err
		}
		im.types = types
	}
	return nil
}

func (im *importer) writeRooms(ctx context.Context, tx database.Tx, batch []Room, r *Report) (map[mekenjai.Text]int64, error) {
	kinds := make([]mekenjai.Text, len(batch))
	for i := range batch {
		kinds[i] = mendType(batch[i].Type)
	}
	types, err := im.typeIDs(ctx, tx, kinds)
	if err != nil {
		return nil, err
	}
	known, err := knownBuildings(ctx, tx, batch)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	ids := make(map[string]int64, len(batch))
	rooms := distinct(batch, func(m Room) int64 { return m.ID }, func(m Room) bool { return m.Actual }, r)
	for _, m := range rooms {
		arc, err := mekenjai.ParseARC(m.ARC)
		switch {
		case err != nil:
			r.Faults[FaultARC]++
			continue
		case !known[m.Building]:
			r.Faults[FaultOrphanRoom]++
			continue
		case ids[string(arc)] != 0:
			r.Faults[FaultDuplicate]++
		}
		ids[string(arc)] = m.ID
		number := strings.Join(strings.Fields(m.Number), " ")
		rows = append(rows, []any{m.ID, arc, m.Building, number, numberKey(number), types[mendType(m.Type)], m.Actual})
	}
	if err := countTwins(ctx, tx, "address_room", ids, r); err != nil {
		return nil, err
	}
	n, err := roomTable.write(ctx, tx, rows)
	r.Rooms.Written += n
	return types, err
}

// knownBuildings are those of the buildings named in the batch that we have.
func knownBuildings(ctx context.Context, tx database.Tx, batch []Room) (map[int64]bool, error) {
	known := make(map[int64]bool)
	for _, m := range batch {
		known[m.Building] = false
	}
	var asked []any
	for id := range known {
		asked = append(asked, id)
	}
	for part := range slices.Chunk(asked, rowsAStatement) {
		found, err := database.Collect(ctx, tx, database.Column[int64],
			"SELECT id FROM address_building WHERE id IN ("+database.Placeholders(1, len(part))+")", part...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			known[id] = true
		}
	}
	return known, nil
}

func mendType(t mekenjai.Text) mekenjai.Text {
	kk, _ := mend(strings.ToLower(t.KK))
	ru, _ := mend(strings.ToLower(t.RU))
	return mekenjai.Text{KK: kk, RU: ru}
}
