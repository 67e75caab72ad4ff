package bench

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"mekenjai/internal/database"
)

// template makes rows like those of one case for another: it knows where the
// names of the one stand in them, names of persons and things of every sort.
type template struct {
	tables []leaf
	names  int // how many values copy wants; numbers of things come after them
	things int // how many numbers of things stand in the rows
}

// leaf are the rows of one table.
type leaf struct {
	database.Table
	rows [][]cell
}

// cell is one value of a row. A text is cut where names stand in it.
type cell struct {
	value  any
	parts  []part
	binary bool // the text is stored as bytes
	random bool // bytes that no two rows share
	moment bool // microseconds: moved with the case
}

// part is a piece of a text: a name by its place, or else the text.
type part struct {
	name int // -1: text
	text string
}

var thing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// keyHashes are bytes that a key is made of.
var keyHashes = []string{"token_hash", "key_hash", "phone_hash", "place_hash"}

// newTemplate cuts the rows of a case; names are its own, and each will be
// replaced wherever it stands.
func newTemplate(tables []Leaf, names []string) *template {
	t := &template{names: len(names)}
	all := slices.Clone(names)
	at := map[string]int{}
	for i, name := range names {
		at[name] = i
	}
	for _, table := range tables {
		l := leaf{Table: table.Table}
		for _, row := range table.Rows {
			var cells []cell
			for i, value := range row {
				c := cell{value: value}
				column := table.Columns[i]
				text, isText := value.(string)
				bytes, isBytes := value.([]byte)
				n, isNumber := value.(int64)
				switch {
				case isNumber && n > 1e15: // since 2001
					c.moment = true
				case isBytes && slices.Contains(keyHashes, column):
					c.random = true
				case isText, isBytes && column == "statement":
					if isBytes {
						text, c.binary = string(bytes), true
					}
					for _, id := range thing.FindAllString(text, -1) {
						if _, known := at[id]; !known {
							at[id] = len(all)
							all = append(all, id)
						}
					}
					c.parts = cut(text, all, at)
				}
				cells = append(cells, c)
			}
			l.rows = append(l.rows, cells)
		}
		t.tables = append(t.tables, l)
	}
	t.things = len(all) - len(names)
	return t
}

// cut finds the names in a text; longer ones first, as one may stand in another.
// It gives nil for a text without any.
func cut(text string, names []string, at map[string]int) []part {
	longest := slices.Clone(names)
	slices.SortStableFunc(longest, func(a, b string) int { return len(b) - len(a) })
	parts := []part{{-1, text}}
	for _, name := range longest {
		if name == "" || !strings.Contains(text, name) {
			continue
		}
		var next []part
		for _, p := range parts {
			if p.name >= 0 {
				next = append(next, p)
				continue
			}
			pieces := strings.Split(p.text, name)
			for i, piece := range pieces {
				if i > 0 {
					next = append(next, part{name: at[name]})
				}
				if piece != "" {
					next = append(next, part{-1, piece})
				}
			}
		}
		parts = next
	}
	if len(parts) == 1 && parts[0].name < 0 {
		return nil
	}
	return parts
}

// copy makes the rows of another case, table by table in the order of the
// template, with these names and everything moved by so many microseconds.
func (t *template) copy(names []string, moved int64) [][][]any {
	names = slices.Grow(slices.Clone(names), t.things)
	for range t.things {
		names = append(names, uuid.Must(uuid.NewV7()).String())
	}
	all := make([][][]any, 0, len(t.tables))
	for _, l := range t.tables {
		rows := make([][]any, 0, len(l.rows))
		for _, cells := range l.rows {
			row := make([]any, len(cells))
			for i, c := range cells {
				row[i] = c.fill(names, moved)
			}
			rows = append(rows, row)
		}
		all = append(all, rows)
	}
	return all
}

func (c cell) fill(names []string, moved int64) any {
	switch {
	case c.moment:
		return c.value.(int64) + moved
	case c.random:
		b := make([]byte, len(c.value.([]byte)))
		rand.Read(b)
		return b
	case c.parts == nil:
		return c.value
	}
	var b strings.Builder
	for _, p := range c.parts {
		if p.name >= 0 {
			b.WriteString(names[p.name])
		} else {
			b.WriteString(p.text)
		}
	}
	if c.binary {
		return []byte(b.String())
	}
	return b.String()
}

// code is the n-th number such as people read out, ABCD-EFGH. No two are alike: the
// factor is odd, so that multiplying by it only mixes them up.
func code(n uint64) string {
	const mixing = 0x9E3779B97F4A7C15
	mixed := binary.BigEndian.AppendUint64(nil, n*mixing<<24) // the upper 40 bits
	s := base32.StdEncoding.EncodeToString(mixed[:5])
	return s[:4] + "-" + s[4:]
}
