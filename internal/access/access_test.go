package access_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

const (
	aigul    = mekenjai.IIN("900101400122") // has a phone
	berik    = mekenjai.IIN("850505300349") // has no phone
	stranger = mekenjai.IIN("770707400564") // nobody knows
)

// world is an Access with a phone network around it.
type world struct {
	*access.Access
	t     *testing.T
	db    *database.DB
	clock *databasetest.Clock
	work  func() // begins to do the jobs

	mu     sync.Mutex
	phones map[mekenjai.IIN]mekenjai.Phone
	sent   []string         // texts, oldest first
	to     []mekenjai.Phone // of each of them
	asked  int              // questions to the Mobile Citizens Database
	silent bool             // it does not answer
	lost   int              // so many messages are sent and yet reported as failed
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	eachWith(t, access.Params{}, test)
}

func eachWith(t *testing.T, p access.Params, test func(t *testing.T, w *world)) {
	t.Helper()
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := &world{t: t, db: db, clock: clock,
			phones: map[mekenjai.IIN]mekenjai.Phone{aigul: "+77010000001", berik: ""}}
		if p.Secret == nil {
			p.Secret = []byte(strings.Repeat("s", 32))
		}
		w.Access = access.New(db, verifier(t), w.phoneOf, w.sendSMS, p)
		w.work = sync.OnceFunc(func() {
			workers := river.NewWorkers()
			w.AddWorkers(workers)
			running := must(db.Work(context.Background(), workers, database.WorkOptions{}))(t)
			t.Cleanup(func() { running.Stop(context.Background()) })
		})
		test(t, w)
	})
}

func (w *world) phoneOf(_ context.Context, iin mekenjai.IIN) (mekenjai.Phone, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if w.silent {
		return "", false, mekenjai.ErrUnavailable
	}
	phone, found := w.phones[iin]
	return phone, found, nil
}

func (w *world) setSilent(silent bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = silent
}

func (w *world) sendSMS(_ context.Context, to mekenjai.Phone, text string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.to = append(w.sent, text), append(w.to, to)
	if w.lost > 0 {
		w.lost--
		return mekenjai.ErrUnavailable
	}
	return nil
}

// texts waits for the jobs and returns what was sent.
func (w *world) texts() []string {
	w.t.Helper()
	w.work()
	databasetest.Settle(w.t, w.db, w.clock)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// digits are those of the last message.
func (w *world) digits() string {
	w.t.Helper()
	texts := w.texts()
	if len(texts) == 0 {
		w.t.Fatal("no message was sent")
	}
	return sixDigits.FindString(texts[len(texts)-1])
}

// other is a code that is not digits.
func other(digits string) string {
	last := digits[5]
	return digits[:5] + string('0'+(last-'0'+1)%10)
}

// browser is one browser: its cookies before and after sign-in.
type browser struct {
	w      *world
	visit  string
	client access.Client
}

func (w *world) browser(session ...string) *browser {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	for _, token := range session {
		r.Header.Set("Cookie", "mekenjai="+token)
	}
	return &browser{w, w.Visit(httptest.NewRecorder(), r), w.Client(r)}
}

// bySMS signs aigul in.
func (b *browser) bySMS(freshFor string) access.SignedIn {
	b.w.t.Helper()
	code := must(b.w.BeginSMS(ctx, b.visit, aigul, freshFor, b.client))(b.w.t)
	return must(b.w.FinishSMS(ctx, b.visit, code.ID, b.w.digits(), b.client))(b.w.t)
}

var ctx = context.Background()

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func wantLeft(t *testing.T, err error, left int) {
	t.Helper()
	var wrong *access.CodeError
	if !errors.As(err, &wrong) || wrong.Left != left {
		t.Fatalf("got error %v, want a wrong code with %d tries left", err, left)
	}
}

// entries are the audit entries about a subject.
func (w *world) entries(subject string) []audit.Entry {
	w.t.Helper()
	var list []audit.Entry
	err := w.db.Read(ctx, func(tx database.Tx) (err error) {
		list, err = audit.Of(ctx, tx, subject, 100)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func outcomes(list []audit.Entry) (all []string) {
	for _, e := range list {
		all = append(all, e.Verb+" "+e.Outcome)
	}
	return all
}

// count counts the rows of a table.
func (w *world) count(table string) (n int) {
	w.t.Helper()
	err := w.db.Read(ctx, func(tx database.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

const week = 7 * 24 * time.Hour
