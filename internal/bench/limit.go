package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
)

// LimitOptions say how the floor is measured.
type LimitOptions struct {
	Applications int       `json:"applications"` // of each way of writing
	Writers      int       `json:"writers"`      // at once, where commits are grouped
	PostgresPID  int       `json:"postgres_pid,omitempty"`
	Seed         []byte    `json:"-"`
	Progress     io.Writer `json:"-"`
}

// Limit is the floor: what the rows of an application and the checks of its
// signatures cost by themselves.
type Limit struct {
	Engine  string       `json:"engine"`
	Options LimitOptions `json:"options"`

	Rows       int            `json:"rows_per_application"`
	Bytes      int            `json:"bytes_per_application"` // of their values
	Tables     map[string]int `json:"rows_by_table"`
	Signatures int            `json:"signature_checks_per_application"`

	OneByOne Floor `json:"one_by_one"`
	Grouped  Floor `json:"grouped"`

	// What the parts of it cost, in milliseconds of processor time.
	Checks   float64 `json:"signature_checks_ms"`
	Evidence float64 `json:"evidence_ms"` // of gathering it for all signatures: not in the floor
	Machine  Machine `json:"machine"`
}

// Floor is one way of writing.
type Floor struct {
	Applications int     `json:"applications"`
	PerSecond    float64 `json:"applications_per_second"`
	CPU          float64 `json:"cpu_ms_per_application"` // with the database server's
	Database     float64 `json:"database_server_cpu_ms_per_application,omitempty"`
}

// signed is one case of the floor: its rows and its signatures.
type signed struct {
	rows       [][][]any
	statements [3]string // signatures over the statement: the applicant's, the owners'
	challenges [2]string // of the owners' sign-ins, with the text inside
}

// MeasureLimit writes the rows of the specimen again and again for other people
// and checks their signatures, straight: no pages, no rules, no jobs. The database
// has the schema and may hold anything else.
func MeasureLimit(ctx context.Context, db *database.DB, s *Specimen, o LimitOptions) (*Limit, error) {
	l := &Limit{Engine: db.Engine(), Options: o, Tables: s.Count(), Signatures: 5, Machine: ThisMachine()}
	for _, n := range l.Tables {
		l.Rows += n
	}
	f, err := newFloor(db, s, o)
	if err != nil {
		return nil, err
	}
	l.Bytes = f.size()
	say(o.Progress, "the floor: %d rows and %d signatures an application; %d are made", l.Rows, l.Signatures, 2*o.Applications)
	if l.OneByOne, err = f.measure(ctx, 1); err != nil {
		return nil, err
	}
	if l.Grouped, err = f.measure(ctx, o.Writers); err != nil {
		return nil, err
	}
	l.Checks, l.Evidence, err = f.parts(ctx)
	return l, err
}

// floor is a measurement under way.
type floor struct {
	db        *database.DB
	o         LimitOptions
	specimen  *Specimen
	template  *template
	inserts   []string // of the template's tables
	verifier  *eds.Verifier
	timestamp func(context.Context, []byte, eds.Digest) ([]byte, error)
	keys      *keyring
	crowd     *crowd.Crowd
	next      int // case to make
}

// floorSize is a crowd of which nobody is loaded: its people meet no others.
var floorSize = crowd.Size{Persons: crowd.MostPersons, Dwellings: 1_000_000}

func newFloor(db *database.DB, s *Specimen, o LimitOptions) (*floor, error) {
	many, err := crowd.New(floorSize, time.Now)
	if err != nil {
		return nil, err
	}
	f := &floor{db: db, o: o, specimen: s, template: newTemplate(s.Tables, s.names()), crowd: many}
	if f.keys, err = newKeyring(many, o.Seed); err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		f.inserts = append(f.inserts, `INSERT INTO `+t.Name+` (`+strings.Join(t.Columns, ", ")+`) VALUES (`+database.Placeholders(1, len(t.Columns))+`)`)
	}
	authority := f.keys.authority
	f.verifier = &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}
	f.timestamp = func(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
		return authority.Token(signature, d, time.Now())
	}
	// Every run begins with other people, so that it can be made again.
	f.next = int(time.Now().Unix() % 2000 * 10_000)
	return f, nil
}

func (f *floor) size() (n int) {
	for _, t := range f.specimen.Tables {
		for _, row := range t.Rows {
			for _, v := range row {
				switch v := v.(type) {
				case string:
					n += len(v)
				case []byte:
					n += len(v)
				default:
					n += 8
				}
			}
		}
	}
	return n
}

// firstCase leaves the numbers below to the cases that a load makes.
const firstCase = crowd.MostPersons

// people of the floor's case n live above all whom a measurement loads.
func people(n int) (applicant int, owners [2]int) {
	top := crowd.MostPersons - 3*(n+1)
	return top, [2]int{top + 1, top + 2}
}

// make signs a case and copies its rows.
func (f *floor) make() (c signed, err error) {
	applicant, owners := people(f.next)
	f.next++
	c.rows = f.template.copy(newCase(firstCase+uint64(f.next), applicant, f.next%floorSize.Dwellings, owners).list(f.crowd), 0)
	for k, i := range []int{applicant, owners[0], owners[1]} {
		key, err := f.keys.key(i)
		if err != nil {
			return c, err
		}
		if c.statements[k], err = sign(key, f.specimen.Statement, false); err != nil {
			return c, err
		}
		if k == 0 {
			continue
		}
		challenge := bytes.Repeat([]byte(code(uint64(i))+"\n"), 50) // half a kilobyte, as a real one
		if c.challenges[k-1], err = sign(key, challenge, true); err != nil {
			return c, err
		}
	}
	return c, nil
}

// check verifies the signatures of a case as the server does.
func (f *floor) check(ctx context.Context, c signed) error {
	for _, cms := range c.statements {
		r, err := f.verifier.VerifyCMS(ctx, []byte(cms), f.specimen.Statement, eds.Options{At: time.Now(), Usage: eds.UsageSign})
		if err != nil || !r.Valid() {
			return fmt.Errorf("a signature of the floor is not good: %w", err)
		}
	}
	for _, cms := range c.challenges {
		r, err := f.verifier.VerifyCMS(ctx, []byte(cms), nil, eds.Options{At: time.Now(), Usage: eds.UsageLogin})
		if err != nil || !r.Valid() {
			return fmt.Errorf("a sign-in of the floor is not good: %w", err)
		}
	}
	return nil
}

// write makes the rows of a case durable, all in one transaction.
func (f *floor) write(ctx context.Context, c signed) error {
	return f.db.Transact(ctx, func(tx database.Tx) error {
		for t, rows := range c.rows {
			for _, row := range rows {
				if _, err := tx.Exec(ctx, f.inserts[t], row...); err != nil {
					return fmt.Errorf("write %s: %w", f.specimen.Tables[t].Name, err)
				}
			}
		}
		return nil
	})
}

// portion is how many cases are ready at a time: their rows stand in memory.
const portion = 500

// measure writes all applications by so many at once. The cases are made between
// the times that count.
func (f *floor) measure(ctx context.Context, writers int) (Floor, error) {
	var took time.Duration
	var own, server float64
	done := 0
	for done < f.o.Applications {
		cases := make([]signed, min(portion, f.o.Applications-done))
		for i := range cases {
			var err error
			if cases[i], err = f.make(); err != nil {
				return Floor{}, err
			}
		}
		o, s, t, err := f.account(func() error {
			return each(writers, cases, func(c signed) error {
				if err := f.check(ctx, c); err != nil {
					return err
				}
				return f.write(ctx, c)
			})
		})
		if err != nil {
			return Floor{}, err
		}
		own, server, took, done = own+o, server+s, took+t, done+len(cases)
	}
	n := float64(done)
	return Floor{Applications: done, PerSecond: n / took.Seconds(), CPU: ms((own + server) / n), Database: ms(server / n)}, nil
}

// account measures the processor time of this process and of the database server.
func (f *floor) account(do func() error) (own, server float64, took time.Duration, err error) {
	m := meter{o: Options{PostgresPID: f.o.PostgresPID}}
	_, before, err := m.read()
	if err != nil {
		return 0, 0, 0, err
	}
	ownBefore, err := cpuOfOurs()
	if err != nil {
		return 0, 0, 0, err
	}
	start := time.Now()
	if err := do(); err != nil {
		return 0, 0, 0, err
	}
	took = time.Since(start)
	ownAfter, err := cpuOfOurs()
	if err != nil {
		return 0, 0, 0, err
	}
	_, after, err := m.read()
	return ownAfter - ownBefore, after - before, took, err
}

// ms gives seconds in milliseconds, to the microsecond.
func ms(seconds float64) float64 { return milliseconds(time.Duration(seconds * float64(time.Second))) }

// each gives the cases to so many at once and stops at the first error.
func each(writers int, cases []signed, do func(signed) error) error {
	var next atomic.Int64
	var group sync.WaitGroup
	failed := make([]error, writers)
	for w := range writers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(cases) && failed[w] == nil; i = int(next.Add(1)) - 1 {
				failed[w] = do(cases[i])
			}
		})
	}
	group.Wait()
	return errors.Join(failed...)
}

// parts measures the checks alone, and what it costs to gather the evidence of the
// signatures, for as many applications as one portion.
func (f *floor) parts(ctx context.Context) (checks, evidence float64, err error) {
	cases := make([]signed, min(portion, f.o.Applications))
	for i := range cases {
		if cases[i], err = f.make(); err != nil {
			return 0, 0, err
		}
	}
	own, _, _, err := f.account(func() error { return each(1, cases, func(c signed) error { return f.check(ctx, c) }) })
	if err != nil {
		return 0, 0, err
	}
	checks = ms(own / float64(len(cases)))
	own, _, _, err = f.account(func() error { return each(1, cases, func(c signed) error { return f.collect(ctx, c) }) })
	return checks, ms(own / float64(len(cases))), err
}

// collect gathers the evidence of all signatures of a case as the jobs do.
func (f *floor) collect(ctx context.Context, c signed) error {
	one := func(cms string, text []byte, usage eds.Usage) error {
		signature := []byte(cms)
		if der, err := base64.StdEncoding.DecodeString(cms); err == nil {
			signature = der
		}
		archive, r, err := f.verifier.Collect(ctx, signature, text, eds.CollectOptions{
			Options: eds.Options{At: time.Now(), Usage: usage}, Timestamp: f.timestamp})
		if err == nil && archive == nil {
			err = fmt.Errorf("no evidence for a signature of the floor: %v", r.Reasons)
		}
		return err
	}
	for _, cms := range c.statements {
		if err := one(cms, f.specimen.Statement, eds.UsageSign); err != nil {
			return err
		}
	}
	for _, cms := range c.challenges {
		if err := one(cms, nil, eds.UsageLogin); err != nil {
			return err
		}
	}
	return nil
}
