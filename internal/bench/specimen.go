package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/fake/founding"
	"mekenjai/internal/schema"
)

// Leaf are rows of one table.
type Leaf struct {
	database.Table
	Rows [][]any
}

// Specimen are the rows that one complete application leaves in the database, with
// the evidence of its signatures: all of them, of a real one.
type Specimen struct {
	Tables    []Leaf
	Statement []byte // what everybody signed

	applicant, dwelling int
	crowd               *crowd.Crowd
}

// Count is how many rows stand in which table.
func (s *Specimen) Count() map[string]int {
	counts := map[string]int{}
	for _, l := range s.Tables {
		counts[l.Name] = len(l.Rows)
	}
	return counts
}

// specimenSize is a crowd that is made in a moment.
var specimenSize = crowd.Size{Persons: 60, Dwellings: 24}

// TakeSpecimen lets the program serve an empty database, makes one application
// complete there and reads what it left.
func TakeSpecimen(ctx context.Context, program, dsn string, seed []byte) (*Specimen, error) {
	many, err := crowd.New(specimenSize, time.Now)
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.Migrate(ctx, schema.FS); err != nil {
		return nil, err
	}
	if err := founding.Addresses(ctx, db, many.Plan()); err != nil {
		return nil, err
	}
	server, err := Serve(ctx, program, dsn, specimenSize.String())
	if err != nil {
		return nil, fmt.Errorf("a specimen: %w", err)
	}
	s, err := takeFrom(ctx, db, many, server.URL, seed)
	return s, errors.Join(err, server.Stop())
}

// takeFrom makes the application in a server that serves nobody else, over a
// database that is open here too.
func takeFrom(ctx context.Context, db *database.DB, many *crowd.Crowd, url string, seed []byte) (*Specimen, error) {
	t := &town{crowd: many, base: url, client: clientFor(8), tally: newTally()}
	var stop func()
	var err error
	if t.phones, stop, err = listen(ctx, many, url); err != nil {
		return nil, err
	}
	defer stop()
	keys, err := newKeyring(many, seed)
	if err != nil {
		return nil, err
	}
	a, err := t.prepare(ctx, keys, 0)
	if err != nil {
		return nil, fmt.Errorf("a specimen could not be prepared: %w %v", err, t.tally.errors)
	}
	if err := jobsDone(ctx, db); err != nil {
		return nil, err
	}
	before, err := everything(ctx, db)
	if err != nil {
		return nil, err
	}
	if _, err := t.complete(ctx, a); err != nil {
		return nil, fmt.Errorf("a specimen did not become an entry: %w %v", err, t.tally.errors)
	}
	if err := jobsDone(ctx, db); err != nil {
		return nil, err
	}
	after, err := everything(ctx, db)
	if err != nil {
		return nil, err
	}
	s := &Specimen{Tables: difference(before, after), Statement: a.statement, crowd: many}
	s.applicant, s.dwelling = many.Applicant(0)
	s.leaveOthersOut(path.Base(a.path))
	return s, nil
}

// leaveOthersOut takes away what the demo country did meanwhile: its own few entries
// are asked about, and reminded of their end. What names nobody of the case, nor
// anything of it, is not of it; limits name nobody at all.
func (s *Specimen) leaveOthersOut(application string) {
	owners := s.crowd.Owners(s.dwelling)
	known := []string{application, string(s.crowd.ARC(s.dwelling)), string(crowd.IIN(s.applicant)), string(crowd.IIN(owners[0])), string(crowd.IIN(owners[1])),
		s.value("consent", "id", 0), s.value("consent", "id", 1)}
	names := func(row []any) bool {
		return slices.ContainsFunc(row, func(v any) bool {
			text, isText := v.(string)
			return isText && slices.ContainsFunc(known, func(name string) bool { return name != "" && strings.Contains(text, name) })
		})
	}
	for _, l := range s.Tables {
		if l.Name != "access_session" {
			continue
		}
		for n, row := range l.Rows {
			if names(row) {
				known = append(known, s.value(l.Name, "id", n)) // the audit speaks of it by its id alone
			}
		}
	}
	for i, l := range s.Tables {
		if l.Name != "access_limit" {
			s.Tables[i].Rows = slices.DeleteFunc(l.Rows, func(row []any) bool { return !names(row) })
		}
	}
	s.Tables = slices.DeleteFunc(s.Tables, func(l Leaf) bool { return len(l.Rows) == 0 })
}

// jobsDone waits until no job is left: the evidence is gathered then.
func jobsDone(ctx context.Context, db *database.DB) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		var n int
		err := db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled')`).Scan(&n)
		})
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d jobs of the server did not end: %w", n, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// isLeaf says of which tables rows are counted: all but the copy of the address
// register, in which nobody writes.
func isLeaf(t database.Table) bool { return !strings.HasPrefix(t.Name, "address_") }

// everything reads all rows of all tables that people write. It is for databases
// in which next to nothing is.
func everything(ctx context.Context, db *database.DB) ([]Leaf, error) {
	tables, err := db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	var all []Leaf
	for _, t := range tables {
		if !isLeaf(t) {
			continue
		}
		l := Leaf{Table: t}
		err := db.Read(ctx, func(tx database.Tx) (err error) {
			l.Rows, err = database.Collect(ctx, tx, func(r database.Row) ([]any, error) {
				row := make([]any, len(t.Columns))
				into := make([]any, len(row))
				for i := range row {
					into[i] = &row[i]
				}
				err := r.Scan(into...)
				for i := range row {
					if n, isNumber := row[i].(int64); isNumber && t.IsFlag[i] {
						row[i] = n != 0
					}
				}
				return row, err
			}, `SELECT `+strings.Join(t.Columns, ", ")+` FROM `+t.Name)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", t.Name, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// difference are the rows of after that before had not, or not so; the table to
// which others refer comes first.
func difference(before, after []Leaf) []Leaf {
	had := map[string]bool{}
	mark := func(table string, row []any) string { return fmt.Sprintf("%s %q", table, row) }
	for _, l := range before {
		for _, row := range l.Rows {
			had[mark(l.Name, row)] = true
		}
	}
	var left []Leaf
	for _, l := range after {
		l.Rows = slices.DeleteFunc(l.Rows, func(row []any) bool { return had[mark(l.Name, row)] })
		if len(l.Rows) > 0 {
			left = append(left, l)
		}
	}
	slices.SortStableFunc(left, func(a, b Leaf) int { return rank(a.Name) - rank(b.Name) })
	return left
}

func rank(table string) int {
	if table == "application" {
		return 0
	}
	return 1
}

// value of a column in the n-th row of a table.
func (s *Specimen) value(table, column string, n int) string {
	for _, l := range s.Tables {
		if i := slices.Index(l.Columns, column); l.Name == table && i >= 0 && n < len(l.Rows) {
			text, _ := l.Rows[n][i].(string)
			return text
		}
	}
	return ""
}

// names are those of the specimen, in the order of caseNames.
func (s *Specimen) names() []string {
	c := caseNames{applicant: s.applicant, owners: s.crowd.Owners(s.dwelling), dwelling: s.dwelling,
		application: s.value("application", "number", 0), entry: s.value("registration", "number", 0),
		consents: [2]string{s.value("consent", "id", 0), s.value("consent", "id", 1)}}
	return c.list(s.crowd)
}

// caseNames are what tells one case from another.
type caseNames struct {
	applicant, dwelling int
	owners              [2]int
	application, entry  string
	consents            [2]string
}

// newCase is case n, of these people.
func newCase(n uint64, applicant, dwelling int, owners [2]int) caseNames {
	return caseNames{applicant: applicant, dwelling: dwelling, owners: owners, application: code(4 * n), entry: code(4*n + 1),
		consents: [2]string{code(4*n + 2), code(4*n + 3)}}
}

func (n caseNames) list(c *crowd.Crowd) []string {
	a, label := c.Address(n.dwelling), c.Label(n.dwelling)
	list := []string{n.application, n.entry, n.consents[0], n.consents[1], string(a.ARC), label.KK, label.RU, a.KATO}
	for _, i := range []int{n.applicant, n.owners[0], n.owners[1]} {
		name := c.Name(i)
		list = append(list, string(crowd.IIN(i)), string(c.Phone(i)), name.String(), name.Short(), name.Surname, name.Given, name.Patronymic)
	}
	return list
}

// Progress lines go to this writer; nil: nobody reads them.
func say(w io.Writer, format string, args ...any) {
	if w != nil {
		fmt.Fprintf(w, format+"\n", args...)
	}
}
