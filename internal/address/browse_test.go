package address

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/internal/database"
)

// walk reads every page below a node.
func walk(t *testing.T, db *database.DB, node Node, lang string, limit int) (labels []string) {
	t.Helper()
	for after := ""; ; {
		page, err := Browse(t.Context(), db, node, lang, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > limit {
			t.Fatalf("%d items on a page of %d", len(page.Items), limit)
		}
		for _, s := range page.Items {
			labels = append(labels, s.Label.In(lang))
		}
		if after = page.Next; after == "" {
			return labels
		}
		if len(labels) > 1000 {
			t.Fatal("pages without an end")
		}
	}
}

func TestTreeIsWalkedFromOblastToFlatWhateverThePageSize(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		for limit := 1; limit <= 7; limit++ {
			for _, c := range []struct {
				node Node
				lang string
				want []string
			}{
				{"", "kk", []string{"Ақмола облысы", "Алматы қаласы", "Астана қаласы"}},
				{"", "ru", []string{"Акмолинская область", "город Алматы", "город Астана"}},
				{"a5", "ru", []string{"село Акбулак", "село Жанаталап"}},
				{"a4", "kk", []string{"8 Наурыз көшесі", "Абай даңғылы", "Самал-2 шағын ауданы"}},
				{"a7", "ru", []string{"дом 3"}},
				{"g2", "ru", []string{"дом 9", "дом 10", "дом 10/2", "дом 10А", "дом 100"}},
				{Node(arc(0, 101)), "ru", append([]string{"корпус 2"}, numbered("квартира ", 12)...)},
				{Node(arc(1, 105)), "ru", nil},
			} {
				if diff := cmp.Diff(c.want, walk(t, db, c.node, c.lang, limit)); diff != "" {
					t.Errorf("%s, %d a page:\n%s", c.node, limit, diff)
				}
			}
		}
	})
}

func numbered(what string, n int) (labels []string) {
	for i := range n {
		labels = append(labels, what+fmt.Sprint(i+1))
	}
	return labels
}

func TestPathLeadsFromTheTopToTheNode(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		page, err := Browse(t.Context(), db, Node(arc(1, 2)), "ru", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, s := range page.Path {
			labels = append(labels, s.Label.RU)
		}
		if diff := cmp.Diff([]string{"город Астана", "район Есиль", "улица Абая", "дом 10", "корпус 2", "квартира 7"}, labels); diff != "" {
			t.Error(diff)
		}
		for _, node := range []Node{"a999", "g999", "x1", "a", "a-1", "a+1", "abc", Node(arc(0, 999)), "0", "a99999999999999999999"} {
			if _, err := Browse(t.Context(), db, node, "ru", "", 10); !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%q: %v", node, err)
			}
		}
	})
}
