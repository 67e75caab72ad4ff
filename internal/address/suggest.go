package address

import (
	"slices"

	"mekenjai"
)

func placeSuggestion(p *place) Suggestion {
	return Suggestion{Node: p.id.node(), Kind: p.id.kind(), Label: placeLabel(p.typ, p.name), Text: p.path, Open: true}
}

// buildingSuggestion is a building whose address without its own step is path.
func buildingSuggestion(b *building, path mekenjai.Text) Suggestion {
	label := buildingLabel(b.number, b.typ, b.parent != 0)
	return Suggestion{Node: Node(b.arc), ARC: b.arc, Kind: mekenjai.KindBuilding, Label: label, Text: join(path, label),
		NeedsUnit: b.needsUnit, Selectable: b.actual && !b.needsUnit, Open: b.open}
}

func roomSuggestion(m *room, path mekenjai.Text) Suggestion {
	label := roomLabel(m.number, m.typ)
	return Suggestion{Node: Node(m.arc), ARC: m.arc, Kind: mekenjai.KindRoom, Label: label, Text: join(path, label),
		Selectable: m.actual}
}

// pathOf is the address of a building without its own step: its place, and the
// building of which it is a block.
func (r *reader) pathOf(b *building) mekenjai.Text {
	var path mekenjai.Text
	if p := r.places([]placeID{b.place})[b.place]; p != nil {
		path = p.path
	}
	if b.parent != 0 {
		if parent := r.buildings([]int64{b.parent})[b.parent]; parent != nil {
			path = join(path, buildingLabel(parent.number, parent.typ, parent.parent != 0))
		}
	}
	return path
}

func (r *reader) suggestBuilding(b *building) Suggestion {
	return buildingSuggestion(b, r.pathOf(b))
}

func (r *reader) suggestRoom(m *room) (s Suggestion, ok bool) {
	b := r.buildings([]int64{m.building})[m.building]
	if b == nil {
		return Suggestion{}, false
	}
	return roomSuggestion(m, r.suggestBuilding(b).Text), true
}

// searchCode finds what a code, or the beginning of one, names.
func (r *reader) searchCode(q query, most int) []Suggestion {
	a := answer{r: r, limit: most}
	var args []any
	where := begins(&args, "m.arc", q.arc) + " AND m.actual"
	rooms := ask(r, scanRoom, "SELECT "+roomColumns+fromRoom+"WHERE "+where+" ORDER BY m.arc"+limit(&args, min(most, usualAnswers)), args...)
	args = nil
	where = begins(&args, "b.arc", q.arc) + " AND b.actual"
	buildings := ask(r, scanBuilding, "SELECT "+buildingColumns+fromBuilding+"WHERE "+where+" ORDER BY b.arc"+limit(&args, min(most, usualAnswers)), args...)
	for _, b := range buildings {
		a.add(r.suggestBuilding(b))
	}
	for _, m := range rooms {
		if s, ok := r.suggestRoom(m); ok {
			a.add(s)
		}
	}
	return a.list
}

// searchBuilding finds blocks and rooms of a building by their number; without
// one, the first of them.
func (r *reader) searchBuilding(node Node, q query, most int) []Suggestion {
	arc, err := mekenjai.ParseARC(string(node))
	if err != nil {
		return nil
	}
	b := r.buildingByARC(arc)
	if b == nil {
		return nil
	}
	key := ""
	for _, t := range q.tokens {
		if t.number {
			key = numberKey(t.text)
			break
		}
	}
	a := answer{r: r, limit: most}
	path := r.suggestBuilding(b).Text
	blocks := r.blocksOf([]int64{b.id}, key, most)
	slices.SortFunc(blocks, byNumber)
	for _, block := range blocks {
		a.add(buildingSuggestion(block, path))
	}
	rooms := r.roomsIn([]int64{b.id}, key, most)
	slices.SortFunc(rooms, roomsByNumber)
	for _, m := range rooms {
		a.add(roomSuggestion(m, path))
	}
	return a.list
}
