package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mekenjai/internal/database"
)

func TestNoTwoCodesAreAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := uint64(4 * (firstCase + 30_000_000)) // of the last case that the floor makes
		a, b := rapid.Uint64Range(0, most).Draw(t, "a"), rapid.Uint64Range(0, most).Draw(t, "b")
		if (a == b) != (code(a) == code(b)) || len(code(a)) != 9 {
			t.Fatalf("codes %d and %d are %s and %s", a, b, code(a), code(b))
		}
	})
}

// A copy has the other names wherever the first stood, moves every moment, gives
// every thing a number of its own, the same in each place, and leaves the rest.
func TestACopyIsTheSameCaseOfOthers(t *testing.T) {
	const id = "01a210b2-1ba8-7046-a404-063ed2141aab"
	tables := []Leaf{{Table: database.Table{Name: "case", Columns: []string{"id", "text", "statement", "at", "flag", "signature", "key_hash"}},
		Rows: [][]any{{id, "Асан Асанов lives at A1", []byte("of Асан: " + id), int64(1_795_576_447_011_367), true, []byte("Асан"), []byte{1, 2, 3}}}}}
	made := newTemplate(tables, []string{"Асан", "Асанов", "A1"})
	row := made.copy([]string{"Ұлан", "Ұланов", "B2"}, 5)[0][0]
	other := row[0].(string)
	if other == id || len(other) != len(id) || cmp.Equal(row[6], []byte{1, 2, 3}) {
		t.Errorf("the copy has the keys of the first: %q, %v", other, row[6])
	}
	want := []any{other, "Ұлан Ұланов lives at B2", []byte("of Ұлан: " + other), int64(1_795_576_447_011_372), true, []byte("Асан"), row[6]}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Error(diff)
	}
}
