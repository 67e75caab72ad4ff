package address

import (
	"context"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
)

func (im *importer) importPlots(ctx context.Context, src Source) error {
	return importObjects(ctx, im, plotTable, src.Plots, func(r *Report) *Count { return &r.Plots },
		func(_ context.Context, _ database.Tx, b batch[Plot]) (func(Plot, mekenjai.ARC) ([]any, Fault), error) {
			return func(p Plot, arc mekenjai.ARC) ([]any, Fault) {
				at, ok := im.placeOf(p.ATS, p.Geonim, b.report)
				if !ok {
					return nil, FaultOrphanPlot
				}
				return []any{p.ID, arc, at, squeeze(p.Number), p.Actual}, ""
			}, nil
		})
}

func (im *importer) importBuildings(ctx context.Context, src Source) error {
	return importObjects(ctx, im, buildingTable, src.Buildings, func(r *Report) *Count { return &r.Buildings },
		func(_ context.Context, _ database.Tx, b batch[Building]) (func(Building, mekenjai.ARC) ([]any, Fault), error) {
			return func(o Building, arc mekenjai.ARC) ([]any, Fault) { return im.buildingRow(o, arc, b.report) }, nil
		})
}

func (im *importer) buildingRow(o Building, arc mekenjai.ARC, r *Report) ([]any, Fault) {
	at, ok := im.placeOf(o.ATS, o.Geonim, r)
	if !ok {
		return nil, FaultOrphanBuilding
	}
	if o.Parent == o.ID {
		r.Faults[FaultCycle]++
		o.Parent = 0
	}
	number := squeeze(o.Number)
	return []any{o.ID, arc, at, o.Parent, number, numberKey(number), kindID(o.kind()), o.Purpose, o.MultiFlat, o.Actual}, ""
}

func (im *importer) importRooms(ctx context.Context, src Source) error {
	return importObjects(ctx, im, roomTable, src.Rooms, func(r *Report) *Count { return &r.Rooms },
		func(ctx context.Context, tx database.Tx, b batch[Room]) (func(Room, mekenjai.ARC) ([]any, Fault), error) {
			known, err := knownBuildings(ctx, tx, b.objects)
			return func(o Room, arc mekenjai.ARC) ([]any, Fault) {
				if !known[o.Building] {
					return nil, FaultOrphanRoom
				}
				return roomRow(o, arc), ""
			}, err
		})
}

func roomRow(o Room, arc mekenjai.ARC) []any {
	number := squeeze(o.Number)
	return []any{o.ID, arc, o.Building, number, numberKey(number), kindID(o.kind()), o.Actual}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

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

// knownBuildings are those of the buildings named by the rooms that we have.
func knownBuildings(ctx context.Context, tx database.Tx, rooms []Room) (map[int64]bool, error) {
	known := make(map[int64]bool)
	var asked []any
	for _, m := range rooms {
		if _, ok := known[m.Building]; !ok {
			known[m.Building] = false
			asked = append(asked, m.Building)
		}
	}
	for part := range slices.Chunk(asked, argumentsAStatement) {
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
