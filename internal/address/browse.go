package address

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
)

// Page is a part of the children of a node.
type Page struct {
	Path  []Suggestion // from the top to the node itself
	Items []Suggestion
	Next  string // where the next page begins; "" on the last one
}

// Browse lists what is directly below a node, for those who walk down the tree:
// administrative units, streets, houses, flats, in this order and each in the
// order of the reader's language. after is the Next of the page before, "" for
// the first; limit is at most 50, 0 is 10. mekenjai.ErrNotFound for an unknown
// node.
func Browse(ctx context.Context, db *database.DB, node Node, lang string, after string, limit int) (page Page, err error) {
	switch {
	case limit <= 0:
		limit = usualAnswers
	case limit > mostAnswers:
		limit = mostAnswers
	}
	// A standby may answer: the tree changes by imports alone, and what is chosen is
	// resolved anew by the verb that takes it.
	err = db.ReadStale(ctx, func(tx database.Tx) error {
		r := newReader(ctx, tx)
		var found bool
		page, found = r.browse(node, lang, readCursor(after), limit)
		if r.err == nil && !found {
			return mekenjai.ErrNotFound
		}
		return r.err
	})
	if err != nil {
		return Page{}, fmt.Errorf("browse addresses: %w", err)
	}
	return page, nil
}

// cursor is where a page begins: behind the row with this key and number, in one
// of the lists below a node.
type cursor struct {
	list byte
	id   int64
	key  string
}

// The lists below a node, in their order. Streets come after units because they
// are asked for as another list.
const (
	listPlaces    = 'p'
	listBuildings = 'b'
	listBlocks    = 'c'
	listRooms     = 'r'
)

func (c cursor) String() string { return fmt.Sprintf("%c%d.%s", c.list, c.id, c.key) }

// readCursor takes anything: a cursor that we did not write is the beginning.
func readCursor(s string) cursor {
	if s != "" && strings.IndexByte("pbcr", s[0]) >= 0 && len(s) < 400 {
		number, key, ok := strings.Cut(s[1:], ".")
		if id, err := strconv.ParseInt(number, 10, 64); ok && err == nil {
			return cursor{s[0], id, strings.ToValidUTF8(strings.ReplaceAll(key, "\x00", ""), "")}
		}
	}
	return cursor{id: minID}
}

// in is the place in a list at which the page begins, and whether the list has
// to be read at all: those before the cursor's are over.
func (c cursor) in(list byte, lists string) (cursor, bool) {
	switch {
	case c.list == list:
		return c, true
	case c.list == 0 || strings.IndexByte(lists, list) > strings.IndexByte(lists, c.list):
		return cursor{list, minID, ""}, true
	}
	return cursor{}, false
}

func (r *reader) browse(node Node, lang string, at cursor, limit int) (Page, bool) {
	if id, ok := node.place(); ok {
		return r.browsePlace(id, lang, at, limit)
	}
	arc, err := mekenjai.ParseARC(string(node))
	if err != nil {
		return Page{}, false
	}
	if b := r.buildingByARC(arc); b != nil {
		return r.browseBuilding(b, at, limit), true
	}
	m := r.roomByARC(arc)
	if m == nil {
		return Page{}, false
	}
	b := r.buildings([]int64{m.building})[m.building]
	if b == nil {
		return Page{}, false
	}
	path := r.pathTo(b)
	return Page{Path: append(path, roomSuggestion(m, path[len(path)-1].Text))}, true
}

func (r *reader) browsePlace(id placeID, lang string, at cursor, limit int) (Page, bool) {
	var page Page
	var here *place
	if id != 0 {
		if here = r.places([]placeID{id})[id]; here == nil {
			return Page{}, false
		}
		page.Path = r.pathToPlace(here)
	}
	if c, ok := at.in(listPlaces, "pb"); ok {
		for _, p := range r.childPlaces(id, lang, c, limit+1) {
			if len(page.Items) == limit {
				return page, true
			}
			page.Items = append(page.Items, placeSuggestion(p))
			page.Next = cursor{listPlaces, int64(p.id), p.sortKey(lang)}.String()
		}
	}
	if c, ok := at.in(listBuildings, "pb"); ok && here != nil {
		for _, b := range r.childBuildings("b.place = $1 AND b.parent = 0", int64(id), c, limit+1-len(page.Items)) {
			if len(page.Items) == limit {
				return page, true
			}
			page.Items = append(page.Items, buildingSuggestion(b, here.path))
			page.Next = cursor{listBuildings, b.id, b.key}.String()
		}
	}
	page.Next = ""
	return page, true
}

func (r *reader) browseBuilding(b *building, at cursor, limit int) Page {
	page := Page{Path: r.pathTo(b)}
	here := page.Path[len(page.Path)-1].Text
	if c, ok := at.in(listBlocks, "cr"); ok {
		for _, block := range r.childBuildings("b.parent = $1 AND b.parent <> 0", b.id, c, limit+1) {
			if len(page.Items) == limit {
				return page
			}
			page.Items = append(page.Items, buildingSuggestion(block, here))
			page.Next = cursor{listBlocks, block.id, block.key}.String()
		}
	}
	if c, ok := at.in(listRooms, "cr"); ok {
		for _, m := range r.childRooms(b.id, c, limit+1-len(page.Items)) {
			if len(page.Items) == limit {
				return page
			}
			page.Items = append(page.Items, roomSuggestion(m, here))
			page.Next = cursor{listRooms, m.id, m.key}.String()
		}
	}
	page.Next = ""
	return page
}

// pathTo are the steps from the top to the building.
func (r *reader) pathTo(b *building) []Suggestion {
	var path []Suggestion
	if p := r.places([]placeID{b.place})[b.place]; p != nil {
		path = r.pathToPlace(p)
	}
	if b.parent != 0 {
		if parent := r.buildings([]int64{b.parent})[b.parent]; parent != nil {
			path = append(path, r.suggestBuilding(parent))
		}
	}
	return append(path, r.suggestBuilding(b))
}

func (r *reader) pathToPlace(p *place) []Suggestion {
	var path []Suggestion
	above := r.places(p.ancestors)
	for _, id := range p.ancestors {
		if a := above[id]; a != nil {
			path = append(path, placeSuggestion(a))
		}
	}
	return append(path, placeSuggestion(p))
}

func (p *place) sortKey(lang string) string {
	if lang == string(locale.KK) {
		return p.sort.KK
	}
	return p.sort.RU
}

func (r *reader) childPlaces(parent placeID, lang string, c cursor, limit int) []*place {
	column := "sort_ru"
	if lang == string(locale.KK) {
		column = "sort_kk"
	}
	return ask(r, scanPlace, "SELECT "+placeColumns+" FROM address_place WHERE parent = $1 AND actual AND "+
		"("+column+", id) > ($2, $3) ORDER BY "+column+", id LIMIT $4", parent, c.key, c.id, limit)
}

func (r *reader) childBuildings(where string, of int64, c cursor, limit int) []*building {
	if limit <= 0 {
		return nil
	}
	return ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE "+where+
		" AND b.actual AND (b.number_key, b.id) > ($2, $3) ORDER BY b.number_key, b.id LIMIT $4", of, c.key, c.id, limit)
}

func (r *reader) childRooms(building int64, c cursor, limit int) []*room {
	if limit <= 0 {
		return nil
	}
	return ask(r, scanRoom, "SELECT "+roomColumns+fromRoom+"WHERE m.building = $1 AND m.actual AND "+
		"(m.number_key, m.id) > ($2, $3) ORDER BY m.number_key, m.id LIMIT $4", building, c.key, c.id, limit)
}
