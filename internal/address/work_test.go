package address

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

var size = flag.Float64("nation", 0.05, "size of the large country of the benchmark; 1 is the real one")

// everyday are the queries of people; hostile those of machines.
var (
	everyday = []string{"а", "аб", "абай", "астана", "Абая 10 5", "астана абая 11 3", "Astana Қабанбай", "кабанбай батыра 7",
		"алматы мира", "молдагулова алматы 1 12", "улица Абая, дом 1, квартира 7", "8 марта 5", "сарыарка", "0202000000000021"}
	hostile = []string{"а б в г е ж", "к ка кан кая а м", strings.Repeat("1 ", 10_000), strings.Repeat("а", 10_000), "%%%___***", "абая абая абая абая абая абая",
		"астана алматы шымкент абая мира 1 2 3 4", "1 1 1 1", "абая 1", "о", "0202000000"}
)

// TestNoQueryScansATable asks both engines how they would answer each query of
// the package: every table is entered by an index.
func TestNoQueryScansATable(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		asked := map[string][]any{}
		err := db.Read(t.Context(), func(tx database.Tx) error {
			r := newReader(t.Context(), tx)
			r.watch = func(sql string, args []any) { asked[sql] = args }
			for _, query := range append(everyday, "абая 10 2 7", "абая 10/2", "1") {
				for _, node := range []Node{"", "a2", "g2", Node(arc(0, 101))} {
					r.budget = queriesASearch
					r.search(node, query, 10)
				}
			}
			for _, node := range []Node{"", "a2", "g2", Node(arc(0, 101)), Node(arc(1, 101))} {
				for _, at := range []string{"", "p4.x", "b4.x", "c4.x", "r4.x"} {
					r.browse(node, "kk", readCursor(at), 2)
					r.browse(node, "ru", readCursor(at), 2)
				}
			}
			for _, a := range []string{arc(0, 101), arc(1, 101), arc(2, 1), arc(5, 1), arc(9, 9)} {
				r.budget = queriesASearch
				_, _, _ = r.resolve(mekenjai.ARC(a))
			}
			return r.err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(asked) < 20 {
			t.Fatalf("only %d queries", len(asked))
		}
		for sql, args := range asked {
			for _, scan := range scans(t, db, sql, args) {
				t.Errorf("%s\n in %s", scan, sql)
			}
		}
	})
}

// scans are the steps of the engine's plan that read a whole table or index.
func scans(t *testing.T, db *database.DB, sql string, args []any) (found []string) {
	t.Helper()
	err := db.Transact(t.Context(), func(tx database.Tx) error {
		if db.Engine() == database.SQLite {
			steps, err := database.Collect(t.Context(), tx, func(row database.Row) (step string, err error) {
				var id, parent, unused int
				return step, row.Scan(&id, &parent, &unused, &step)
			}, "EXPLAIN QUERY PLAN "+sql, args...)
			for _, step := range steps {
				if strings.HasPrefix(step, "SCAN") && step != "SCAN rooms" && !strings.HasPrefix(step, "SCAN (sub") && !strings.Contains(step, "CONSTANT") {
					found = append(found, step)
				}
			}
			return err
		}
		// The sample is so small that a scan would be right: ask whether another way exists.
		if _, err := tx.Exec(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
			return err
		}
		plan, err := database.One(t.Context(), tx, database.Column[string], "EXPLAIN (FORMAT JSON) "+sql, args...)
		if err != nil {
			return err
		}
		var tree []struct{ Plan planNode }
		if err := json.Unmarshal([]byte(plan), &tree); err != nil {
			return err
		}
		found = tree[0].Plan.scans()
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return found
}

type planNode struct {
	Type  string     `json:"Node Type"`
	Table string     `json:"Relation Name"`
	Cond  string     `json:"Index Cond"`
	Plans []planNode `json:"Plans"`
}

func (n planNode) scans() (found []string) {
	// The words for kinds are a dozen rows.
	if n.Table != "address_type" && (n.Type == "Seq Scan" || strings.HasPrefix(n.Type, "Index") && n.Cond == "") {
		found = append(found, fmt.Sprintf("%s on %s", n.Type, n.Table))
	}
	for _, p := range n.Plans {
		found = append(found, p.scans()...)
	}
	return found
}

// TestWorkIsBoundedWhateverTheQuery counts the questions that a query makes.
func TestWorkIsBoundedWhateverTheQuery(t *testing.T) {
	eachSample(t, func(t *testing.T, db *database.DB) {
		for _, query := range append(everyday, hostile...) {
			err := db.Read(t.Context(), func(tx database.Tx) error {
				r := newReader(t.Context(), tx)
				longest := 0
				r.watch = func(_ string, args []any) { longest = max(longest, len(args)) }
				r.search("", query, 50)
				if used := queriesASearch - r.budget; used > 60 || longest > mostCandidates+10 {
					t.Errorf("%.20q: %d questions, %d arguments", query, used, longest)
				}
				return r.err
			})
			if err != nil {
				t.Errorf("%.20q: %v", query, err)
			}
		}
	})
}

// BenchmarkSearch measures one answer in a small country and in a large one:
// the time must not grow with the country. Run it with -nation=1 for the real
// size.
func BenchmarkSearch(b *testing.B) {
	for _, engine := range []string{database.SQLite, database.Postgres} {
		per := map[string][2]time.Duration{}
		for i, n := range []nation{{*size / 20}, {*size}} {
			db, _ := databasetest.Open(b, engine, schema.FS)
			start := time.Now()
			report, err := Import(b.Context(), db, n.source(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			rows := report.Places.Written + report.Buildings.Written + report.Rooms.Written
			b.Logf("%s: %d places, %d buildings, %d rooms imported in %s, %.0f rows/s", engine, report.Places.Written, report.Buildings.Written,
				report.Rooms.Written, time.Since(start).Round(time.Millisecond), float64(rows)/time.Since(start).Seconds())
			for _, mix := range []struct {
				name    string
				queries []string
			}{{"everyday", everyday}, {"hostile", hostile}} {
				b.Run(fmt.Sprintf("%s/%s/%drows", engine, mix.name, rows), func(b *testing.B) {
					worst := measure(b, db, mix.queries)
					p := per[mix.name]
					p[i] = b.Elapsed() / time.Duration(b.N)
					per[mix.name] = p
					b.ReportMetric(float64(worst.Microseconds()), "worst-µs")
					if p[0] > 0 {
						b.ReportMetric(float64(p[i])/float64(p[0]), "×small")
					}
				})
			}
		}
	}
}

func measure(b *testing.B, db *database.DB, queries []string) (worst time.Duration) {
	for b.Loop() {
		for _, query := range queries {
			start := time.Now()
			if _, err := Search(context.Background(), db, query, 10); err != nil {
				b.Fatal(err)
			}
			worst = max(worst, time.Since(start))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(queries)), "µs/query")
	return worst
}
