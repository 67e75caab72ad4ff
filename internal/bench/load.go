package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"time"

	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/fake/founding"
)

// Load tells how a database was filled.
type Load struct {
	Engine  string           `json:"engine"`
	Crowd   crowd.Size       `json:"crowd"`
	Rows    map[string]int64 `json:"rows"`
	Sum     int64            `json:"rows_in_all"`
	Seconds float64          `json:"seconds"`
	Rate    float64          `json:"rows_per_second"`
	Peak    float64          `json:"peak_memory_mib"` // of this process
	Machine Machine          `json:"machine"`
}

// errHolds refuses a database that is used already.
var errHolds = errors.New("the database holds applications or entries already: fill an empty one")

// Fill writes the country of the crowd into a database that has the schema and
// holds no applications: its dwellings, and for each entry what a real one of the
// specimen's kind leaves where look-ups read (see entryTables).
func Fill(ctx context.Context, db *database.DB, c *crowd.Crowd, s *Specimen, progress io.Writer) (*Load, error) {
	l := &Load{Engine: db.Engine(), Crowd: c.Size, Rows: map[string]int64{}, Machine: ThisMachine()}
	start := time.Now()
	if err := isEmpty(ctx, db); err != nil {
		return nil, err
	}
	imported, err := address.Load(ctx, db, founding.Source(c.Plan()))
	if err != nil {
		return nil, err
	}
	l.Rows["address_building"], l.Rows["address_room"] = int64(imported.Buildings.Written), int64(imported.Rooms.Written)
	say(progress, "%d buildings and %d rooms after %s", imported.Buildings.Written, imported.Rooms.Written, time.Since(start).Round(time.Second))
	if c.Entries > 0 {
		if err := l.fillEntries(ctx, db, c, s, progress); err != nil {
			return nil, err
		}
	}
	if err := db.Analyze(ctx); err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	for _, n := range l.Rows {
		l.Sum += n
	}
	l.Seconds = time.Since(start).Seconds()
	l.Rate = float64(l.Sum) / l.Seconds
	_, l.Peak = memoryOf(os.Getpid())
	return l, nil
}

func isEmpty(ctx context.Context, db *database.DB) error {
	return db.Read(ctx, func(tx database.Tx) error {
		for _, table := range entryTables {
			var id string
			err := tx.QueryRow(ctx, `SELECT `+keyOf(table)+` FROM `+table+` LIMIT 1`).Scan(&id)
			if err == nil {
				return errHolds
			}
			if !errors.Is(err, database.ErrNoRows) {
				return err
			}
		}
		return nil
	})
}

// entryTables are filled for each entry, the one to which others refer first. Of
// the other tables a real entry leaves rows in, none is read by a look-up: the
// steps, the replies of the registers, the audit, sessions with their proofs.
var entryTables = []string{"application", "registration", "consent", "notice", "dwelling_owners"}

func keyOf(table string) string {
	if table == "dwelling_owners" {
		return "arc"
	}
	return "id"
}

// heavy are left empty: what weighs, and is read with one case alone.
var heavy = map[string]any{"signature": nil, "evidence": nil, "facts": "", "findings": "[]", "property_hash": nil, "statement": []byte{}}

// lastNotices are those that the first page of an account shows of an entry; what was
// told before is left out.
var lastNotices = []string{"registered", "entry_at_mine"}

// fillEntries writes the entries, a portion at a time, so that rows of one case lie
// near one another in time as they do in life.
func (l *Load) fillEntries(ctx context.Context, db *database.DB, c *crowd.Crowd, s *Specimen, progress io.Writer) error {
	e := newEntries(c, s)
	const portion = 4_000
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	portions := make(chan [][][]any)
	go func() { // makes the next portion while one is written
		defer close(portions)
		for first := 0; first < c.Entries; first += portion {
			select {
			case portions <- e.portion(first, min(first+portion, c.Entries)):
			case <-ctx.Done():
				return
			}
		}
	}()
	done := 0
	for tables := range portions {
		for t, rows := range tables {
			table := e.template.tables[t].Table
			n, err := db.Load(ctx, table.Name, table.Columns, each2(rows))
			l.Rows[table.Name] += n
			if err != nil {
				return err
			}
		}
		if done += portion; done%200_000 == 0 {
			say(progress, "%d of %d entries", done, c.Entries)
		}
	}
	return ctx.Err()
}

// portion are the rows of the entries from first to the one before end, by table.
func (e *entries) portion(first, end int) [][][]any {
	tables := make([][][]any, len(e.template.tables))
	for k := first; k < end; k++ {
		for t, rows := range e.rows(k) {
			tables[t] = append(tables[t], rows...)
		}
	}
	return tables
}

func each2(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// entries makes the rows of the crowd's entries after the specimen's.
type entries struct {
	crowd    *crowd.Crowd
	template *template
	loaded   time.Time
}

func newEntries(c *crowd.Crowd, s *Specimen) *entries {
	var tables []Leaf
	for _, name := range entryTables {
		for _, l := range s.Tables {
			if l.Name != name {
				continue
			}
			light := Leaf{Table: l.Table}
			kind := slices.Index(l.Columns, "kind")
			for _, row := range l.Rows {
				if what, _ := row[max(kind, 0)].(string); name == "notice" && !slices.Contains(lastNotices, what) {
					continue
				}
				row = slices.Clone(row)
				for i, column := range l.Columns {
					if v, isHeavy := heavy[column]; isHeavy && (row[i] != nil) {
						row[i] = v
					}
				}
				light.Rows = append(light.Rows, row)
			}
			tables = append(tables, light)
		}
	}
	return &entries{crowd: c, template: newTemplate(tables, s.names()), loaded: time.Now()}
}

// rows of entry k, table by table. The owners of a dwelling stand once: with the
// first entry in it.
func (e *entries) rows(k int) [][][]any {
	entry := e.crowd.Entry(k)
	from := entry.Period.From.Start()
	moved := from.Add(10*time.Hour).UnixMicro() - e.loaded.UnixMicro()
	names := newCase(uint64(k), entry.Person, entry.Dwelling, e.crowd.Owners(entry.Dwelling)).list(e.crowd)
	all := e.template.copy(names, moved)
	for t := range e.template.tables {
		table := e.template.tables[t].Table
		if table.Name == "dwelling_owners" && k >= e.crowd.Dwellings {
			all[t] = nil
			continue
		}
		for _, row := range all[t] {
			e.settle(table, row, entry, k)
		}
	}
	return all
}

// settle gives a row the days of its entry. The daily questions about it are spread
// over the second day from now: a measurement must not begin with millions of them.
func (e *entries) settle(t database.Table, row []any, entry crowd.Entry, k int) {
	for i, column := range t.Columns {
		switch column {
		case "from_date":
			row[i] = entry.Period.From.String()
		case "to_date":
			row[i] = entry.Period.To.String()
		case "remind_on":
			row[i] = entry.Period.To.AddDays(-30).String()
		case "arrival":
			row[i] = entry.Period.From.AddDays(-2).String()
		case "check_at":
			row[i] = e.loaded.Add(24*time.Hour + time.Duration(k%86_400)*time.Second).UnixMicro()
		}
	}
}
