package address

import (
	"context"
	"fmt"

	"mekenjai"
	"mekenjai/internal/database"
)

// queriesASearch bounds the work of one search; the longest legal query needs
// fewer.
const queriesASearch = 80

// reader asks the tables within one snapshot. When its budget is spent every
// further question has an empty answer: an odd query gets less, never an error.
type reader struct {
	ctx    context.Context
	tx     database.Tx
	budget int
	watch  func(sql string, args []any) // told of each question by tests, else nil
	err    error
}

func newReader(ctx context.Context, tx database.Tx) *reader {
	return &reader{ctx: ctx, tx: tx, budget: queriesASearch}
}

// ask collects the rows of one query. The first error is kept for the end of
// the search.
func ask[T any](r *reader, scan func(database.Row) (T, error), sql string, args ...any) []T {
	if r.err != nil || r.budget == 0 {
		return nil
	}
	r.budget--
	if r.watch != nil {
		r.watch(sql, args)
	}
	rows, err := database.Collect(r.ctx, r.tx, scan, sql, args...)
	if err != nil {
		r.err = err
	}
	return rows
}

// in appends the values of an IN list to the arguments and returns its text.
func in[T any](args *[]any, values []T) string {
	first := len(*args) + 1
	for _, v := range values {
		*args = append(*args, v)
	}
	return "(" + database.Placeholders(first, len(values)) + ")"
}

func (r *reader) places(ids []placeID) map[placeID]*place {
	found := make(map[placeID]*place, len(ids))
	if len(ids) == 0 {
		return found
	}
	var args []any
	for _, p := range ask(r, scanPlace, "SELECT "+placeColumns+" FROM address_place WHERE id IN "+in(&args, ids), args...) {
		found[p.id] = p
	}
	return found
}

// building is a row of address_building with what its rooms say.
type building struct {
	id, parent int64
	arc        mekenjai.ARC
	place      placeID
	number     string
	key        string
	typ        mekenjai.Text
	purpose    string
	actual     bool
	needsUnit  bool
	open       bool
}

const buildingColumns = `b.id, b.parent, b.arc, b.place, b.number, b.number_key, t.kk, t.ru, b.purpose, b.actual, b.multi_flat,
 (SELECT COUNT(*) FROM (SELECT 1 AS one FROM address_room m WHERE m.building = b.id AND m.actual LIMIT 2) AS rooms),
 EXISTS (SELECT 1 FROM address_building c WHERE c.parent = b.id AND c.parent <> 0 AND c.actual)`

const fromBuilding = " FROM address_building b JOIN address_type t ON t.id = b.type "

// scanBuilding also tells whether a unit must be chosen: when the register says
// that these are flats, or knows two rooms in use. A single one (an office in
// somebody's house) does not make a house a building of flats.
func scanBuilding(row database.Row) (*building, error) {
	var b building
	var multiFlat, blocks bool
	var rooms int
	err := row.Scan(&b.id, &b.parent, &b.arc, &b.place, &b.number, &b.key, &b.typ.KK, &b.typ.RU, &b.purpose, &b.actual,
		&multiFlat, &rooms, &blocks)
	b.needsUnit = multiFlat || rooms > 1
	b.open = multiFlat || rooms > 0 || blocks
	return &b, err
}

// room is a row of address_room.
type room struct {
	id       int64
	arc      mekenjai.ARC
	building int64
	number   string
	key      string
	typ      mekenjai.Text
	actual   bool
}

const (
	roomColumns = "m.id, m.arc, m.building, m.number, m.number_key, t.kk, t.ru, m.actual"
	fromRoom    = " FROM address_room m JOIN address_type t ON t.id = m.type "
)

func scanRoom(row database.Row) (*room, error) {
	var m room
	err := row.Scan(&m.id, &m.arc, &m.building, &m.number, &m.key, &m.typ.KK, &m.typ.RU, &m.actual)
	return &m, err
}

func (r *reader) buildings(ids []int64) map[int64]*building {
	found := make(map[int64]*building, len(ids))
	if len(ids) == 0 {
		return found
	}
	var args []any
	for _, b := range ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE b.id IN "+in(&args, ids), args...) {
		found[b.id] = b
	}
	return found
}

// buildingByARC and roomByARC prefer the row in use of a code that stands twice.
func (r *reader) buildingByARC(arc mekenjai.ARC) *building {
	return first(ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE b.arc = $1 ORDER BY b.actual DESC, b.id LIMIT 1", arc))
}

func (r *reader) roomByARC(arc mekenjai.ARC) *room {
	return first(ask(r, scanRoom, "SELECT "+roomColumns+fromRoom+"WHERE m.arc = $1 ORDER BY m.actual DESC, m.id LIMIT 1", arc))
}

func first[T any](rows []*T) *T {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}

// housesOn are the buildings in use that stand on the places and whose number
// begins with key; blocks of other buildings are not among them.
func (r *reader) housesOn(places []placeID, key string, most int) []*building {
	if len(places) == 0 {
		return nil
	}
	var args []any
	where := "b.place IN " + in(&args, places) + " AND " + begins(&args, "b.number_key", key) + " AND b.parent = 0 AND b.actual"
	return ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE "+where+limit(&args, most), args...)
}

// blocksOf are the blocks in use of the buildings whose number begins with key.
func (r *reader) blocksOf(parents []int64, key string, most int) []*building {
	if len(parents) == 0 {
		return nil
	}
	var args []any
	where := "b.parent IN " + in(&args, parents) + " AND b.parent <> 0 AND " + begins(&args, "b.number_key", key) + " AND b.actual"
	return ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE "+where+limit(&args, most), args...)
}

// roomsIn are the rooms in use of the buildings whose number begins with key.
func (r *reader) roomsIn(buildings []int64, key string, most int) []*room {
	if len(buildings) == 0 {
		return nil
	}
	var args []any
	where := "m.building IN " + in(&args, buildings) + " AND " + begins(&args, "m.number_key", key) + " AND m.actual"
	return ask(r, scanRoom, "SELECT "+roomColumns+fromRoom+"WHERE "+where+limit(&args, most), args...)
}

// namedIn are the places below one of the scopes with a word that begins so.
func (r *reader) namedIn(scopes []placeID, word string, most int) []placeID {
	if len(scopes) == 0 {
		return nil
	}
	var args []any
	where := "scope IN " + in(&args, scopes) + " AND " + begins(&args, "word", word)
	return ask(r, database.Column[placeID], "SELECT place FROM address_word WHERE "+where+limit(&args, most), args...)
}

// namedSo are the best places of the country for each of the beginnings.
func (r *reader) namedSo(prefixes []string) map[string]prefixRow {
	found := make(map[string]prefixRow)
	if len(prefixes) == 0 {
		return found
	}
	scan := func(row database.Row) (prefix string, err error) {
		var areas, streets string
		err = row.Scan(&prefix, &areas, &streets)
		found[prefix] = prefixRow{unpackIDs(areas), unpackIDs(streets)}
		return prefix, err
	}
	var args []any
	ask(r, scan, "SELECT prefix, areas, streets FROM address_prefix WHERE prefix IN "+in(&args, prefixes), args...)
	return found
}

// begins is the condition that a column begins with prefix, as a range of an
// index.
func begins(args *[]any, column, prefix string) string {
	*args = append(*args, prefix, after(prefix))
	return fmt.Sprintf("%[1]s >= $%[2]d AND %[1]s < $%[3]d", column, len(*args)-1, len(*args))
}

func limit(args *[]any, most int) string {
	*args = append(*args, most)
	return fmt.Sprintf(" LIMIT $%d", len(*args))
}
