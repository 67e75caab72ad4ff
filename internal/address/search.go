package address

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
)

// Suggestion is one line under the search box, or one child of a node.
type Suggestion struct {
	Node       Node
	ARC        mekenjai.ARC // "" for a place
	Kind       mekenjai.AddressKind
	Label      mekenjai.Text // the last step of the address
	Text       mekenjai.Text // the whole of it
	NeedsUnit  bool          // a building of which a flat must be chosen
	Selectable bool          // may be the dwelling of an application
	Open       bool          // there is something below it
}

// Bounds of an answer.
const (
	usualAnswers  = 10
	mostAnswers   = 50
	placesToEnter = 40  // in which houses are looked for
	housesToEnter = 40  // in which flats are looked for
	mostHouses    = 300 // that are compared
)

// Search answers one box: places, houses and flats that the text may mean, best
// first, at most limit (0 is 10, never more than 50). It works the same in both
// languages, on beginnings of words in any order, with Kazakh letters typed as
// Russian ones or all in Latin ones, and on a pasted code. No text is an error,
// and none costs more than a bounded number of short ranges.
func Search(ctx context.Context, db *database.DB, text string, limit int) ([]Suggestion, error) {
	return SearchWithin(ctx, db, "", text, limit)
}

// SearchWithin searches below a node: streets and houses of a place, flats of a
// building ("5"). An unknown node has nothing below it.
func SearchWithin(ctx context.Context, db *database.DB, node Node, text string, limit int) (found []Suggestion, err error) {
	// A standby may answer: these are suggestions at each key typed, over a tree that
	// changes by imports alone; what is chosen is resolved anew by the verb that
	// takes it.
	err = db.ReadStale(ctx, func(tx database.Tx) error {
		r := newReader(ctx, tx)
		found = r.search(node, text, limit)
		return r.err
	})
	return found, err
}

func (r *reader) search(node Node, text string, limit int) []Suggestion {
	switch {
	case limit <= 0:
		limit = usualAnswers
	case limit > mostAnswers:
		limit = mostAnswers
	}
	q := parse(text)
	if q.arc != "" {
		return r.searchCode(q, limit)
	}
	within, ok := node.place()
	if !ok {
		return r.searchBuilding(node, q, limit)
	}
	found := r.searchTree(q.tokens, q.kinds, within, limit)
	if len(found) == 0 && len(q.kinds) > 0 {
		found = r.searchTree(q.every, nil, within, limit)
	}
	return found
}

// searchTree looks for places by each reading of the query, then for the houses
// and flats in them.
func (r *reader) searchTree(tokens []token, kinds []string, within placeID, limit int) []Suggestion {
	var found []candidate
	for _, rd := range readings(tokens) {
		found = append(found, r.findPlaces(rd, kinds, within)...)
		if len(rd.words) == 0 && within != 0 { // only a house number, below a street
			for _, p := range r.places([]placeID{within}) {
				found = append(found, candidate{p, 0, rd.numbers})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	a := answer{r: r, limit: limit}
	a.addHouses(found)
	if len(a.list) == 0 || len(a.list) < limit && len(found) > 0 && len(found[0].numbers) == 0 {
		a.addPlaces(found, within)
	}
	a.openOnly(found)
	return a.list
}

// answer gathers suggestions without repeating one.
type answer struct {
	r     *reader
	limit int
	list  []Suggestion
}

func (a *answer) add(s Suggestion) {
	if len(a.list) < a.limit && !slices.ContainsFunc(a.list, func(t Suggestion) bool { return t.Node == s.Node }) {
		a.list = append(a.list, s)
	}
}

func (a *answer) addAll(list []Suggestion) {
	for _, s := range list {
		a.add(s)
	}
}

// openOnly adds the first houses of the street that is the single answer so far.
func (a *answer) openOnly(found []candidate) {
	if len(a.list) != 1 || a.list[0].Kind != mekenjai.KindStreet {
		return
	}
	for _, c := range found {
		if c.id.node() == a.list[0].Node && len(c.numbers) == 0 {
			houses := a.r.housesOn([]placeID{c.id}, "", a.limit)
			a.addAll(a.houses(houses, map[placeID]*place{c.id: c.place}))
			return
		}
	}
}

// addPlaces keeps some room for streets: a name that a hundred villages share is
// also the name of streets in the cities.
func (a *answer) addPlaces(found []candidate, within placeID) {
	areas := 0
	for _, c := range found {
		if c.id == within {
			continue
		}
		if !c.id.isGeonim() {
			if areas++; areas > max(1, a.limit/2) && hasStreet(found) {
				continue
			}
		}
		a.add(placeSuggestion(c.place))
	}
}

func hasStreet(found []candidate) bool {
	return slices.ContainsFunc(found, func(c candidate) bool { return c.id.isGeonim() })
}

// addHouses looks in the best places for the houses and flats that their
// readings leave numbers for. There are as many rounds as readings, each in the
// order of its places, the reading of the best place first.
func (a *answer) addHouses(found []candidate) {
	var done [][]string
	for _, best := range found {
		numbers := best.numbers
		if len(numbers) == 0 || slices.ContainsFunc(done, func(n []string) bool { return slices.Equal(n, numbers) }) {
			continue
		}
		done = append(done, numbers)
		var ids []placeID
		places := make(map[placeID]*place)
		for _, c := range found {
			if len(ids) < placesToEnter && places[c.id] == nil && slices.Equal(c.numbers, numbers) {
				ids = append(ids, c.id)
				places[c.id] = c.place
			}
		}
		a.addNumbered(ids, places, numbers)
		if len(a.list) >= a.limit {
			return
		}
	}
}

// addNumbered finds numbers[0] among the houses of the places, in their order,
// and the further numbers among the blocks and rooms of these houses.
func (a *answer) addNumbered(ids []placeID, places map[placeID]*place, numbers []string) {
	key := numberKey(numbers[0])
	houses := a.r.housesOn(ids, key, mostHouses)
	slices.SortFunc(houses, func(x, y *building) int {
		return cmp.Or(cmp.Compare(slices.Index(ids, x.place), slices.Index(ids, y.place)), strings.Compare(x.key, y.key), cmp.Compare(x.id, y.id))
	})
	if len(numbers) == 1 {
		exactFirst(houses, key)
		list := a.houses(houses, places)
		if len(houses) > 0 && houses[0].needsUnit && houses[0].key == key { // and the flats of the likeliest one
			a.addAll(list[:1])
			if len(houses) == 1 || houses[1].key != key {
				a.addRooms(houses[:1], "", places)
			}
		}
		a.addAll(list)
		return
	}
	var exact, joint []*building
	for _, h := range houses {
		switch {
		case h.key == key && len(exact) < housesToEnter:
			exact = append(exact, h)
		case strings.HasPrefix(h.key, numberKey(numbers[0]+"/"+numbers[1])):
			joint = append(joint, h)
		}
	}
	if len(numbers) > 2 { // what explains every number goes first
		a.addBlocks(exact, numbers[1:], places)
		a.addRooms(joint, numberKey(numbers[2]), places)
	}
	a.addRooms(exact, numberKey(numbers[1]), places)
	a.addBlocks(exact, numbers[1:2], places)
	a.addAll(a.houses(joint, places))
	a.addAll(a.houses(exact, places))
}

func exactFirst(houses []*building, key string) {
	slices.SortStableFunc(houses, func(x, y *building) int {
		return cmp.Compare(btoi(x.key != key), btoi(y.key != key))
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// addBlocks finds numbers[0] among the blocks of the houses, and the next number
// among their rooms.
func (a *answer) addBlocks(houses []*building, numbers []string, places map[placeID]*place) {
	parents := make(map[int64]*building, len(houses))
	var ids []int64
	for _, h := range houses {
		parents[h.id] = h
		ids = append(ids, h.id)
	}
	blocks := a.r.blocksOf(ids, numberKey(numbers[0]), mostAnswers)
	slices.SortFunc(blocks, byNumber)
	for _, b := range blocks {
		path := a.path(parents[b.parent], places)
		if len(numbers) > 1 {
			rooms := a.r.roomsIn([]int64{b.id}, numberKey(numbers[1]), a.limit)
			slices.SortFunc(rooms, roomsByNumber)
			for _, m := range rooms {
				a.add(roomSuggestion(m, join(path, buildingLabel(b.number, b.typ, true))))
			}
		}
		a.add(buildingSuggestion(b, path))
	}
}

func byNumber(x, y *building) int {
	return cmp.Or(strings.Compare(x.key, y.key), cmp.Compare(x.id, y.id))
}

func roomsByNumber(x, y *room) int {
	return cmp.Or(strings.Compare(x.key, y.key), cmp.Compare(x.id, y.id))
}

// addRooms finds the rooms of the houses whose number begins with key, in the
// order of the houses.
func (a *answer) addRooms(houses []*building, key string, places map[placeID]*place) {
	ids := make([]int64, len(houses))
	for i, h := range houses {
		ids[i] = h.id
	}
	rooms := a.r.roomsIn(ids, key, mostAnswers)
	slices.SortFunc(rooms, func(x, y *room) int {
		return cmp.Or(cmp.Compare(btoi(x.key != key), btoi(y.key != key)),
			cmp.Compare(slices.Index(ids, x.building), slices.Index(ids, y.building)), roomsByNumber(x, y))
	})
	for _, m := range rooms {
		a.add(roomSuggestion(m, a.path(houses[slices.Index(ids, m.building)], places)))
	}
}

// path is the address of a house on one of the places.
func (a *answer) path(h *building, places map[placeID]*place) mekenjai.Text {
	return join(places[h.place].path, buildingLabel(h.number, h.typ, h.parent != 0))
}

func (a *answer) houses(houses []*building, places map[placeID]*place) []Suggestion {
	list := make([]Suggestion, 0, len(houses))
	for _, h := range houses {
		list = append(list, buildingSuggestion(h, places[h.place].path))
	}
	return list
}
