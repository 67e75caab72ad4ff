package register_test

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

// An office grows: what was begun on the embedded database is finished on
// PostgreSQL, with the consents that were given and those that were not, with jobs
// that nobody had come to, and with nothing told twice.
func TestWhatWasBegunOnTheEmbeddedDatabaseIsFinishedOnPostgreSQL(t *testing.T) {
	t.Parallel()
	from, to := databasetest.DSN(t, database.SQLite, settled), databasetest.DSN(t, database.Postgres, schema.FS)
	clock := databasetest.NewClock(databasetest.Start)

	office := openAt(t, from, clock)
	w := idleWorld(t, office, clock)
	stop := working(t, w)
	s := w.land.Story("three_owners")
	a := w.file(s)
	w.await(a, mekenjai.AwaitingConsent)
	requests := w.requests(a, s.Asked)
	if err := w.agree(s.Asked[0], requests[s.Asked[0]]); err != nil {
		t.Fatal(err)
	}
	databasetest.Settle(t, office, clock)
	stop() // from here on nobody works: jobs wait
	alone := w.file(w.land.Story("sole_owner"))
	second := s.Asked[1]
	if err := w.agree(second, requests[second]); err != nil {
		t.Fatal(err)
	}
	waiting := w.count(`SELECT count(*) FROM river_job WHERE state IN ('available', 'scheduled', 'retryable')`)
	told := w.count(`SELECT count(*) FROM notice WHERE sent_at IS NOT NULL`)
	if waiting == 0 || told == 0 {
		t.Fatalf("%d jobs wait and %d messages were sent: nothing to prove", waiting, told)
	}
	office.Close()

	before, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	report, err := database.Move(t.Context(), from, to, database.MoveOptions{Migrations: schema.FS, Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(from); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source was changed (%v)", err)
	}
	if report.Jobs != int64(waiting) {
		t.Errorf("%d of %d jobs were carried", report.Jobs, waiting)
	}

	phones := w.phones
	country := openAt(t, to, clock)
	w = idleWorld(t, country, clock)
	defer working(t, w)()
	if err := w.agree(s.Asked[2], requests[s.Asked[2]]); err != nil {
		t.Fatal(err)
	}
	w.await(a, mekenjai.Registered)
	w.await(alone, mekenjai.Registered)
	databasetest.Settle(t, country, clock)
	for what, sql := range map[string]string{
		"consents without evidence":     `SELECT count(*) FROM consent WHERE answer = 'agreed' AND evidence IS NULL`,
		"applications without evidence": `SELECT count(*) FROM application WHERE evidence IS NULL`,
		"messages that were forgotten":  `SELECT count(*) FROM notice WHERE sms AND sent_at IS NULL`,
		"notices that are there twice":  `SELECT count(*) FROM (SELECT 1 FROM notice GROUP BY application, party, kind HAVING count(*) > 1) x`,
	} {
		if n := w.count(sql); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	for _, party := range s.Asked {
		phone, err := w.land.Peers().Citizen(t.Context(), w.land.Speaks(party))
		if err != nil {
			t.Fatal(err)
		}
		requested := 0
		for _, m := range append(phones.Inbox(phone.Value.Phone), w.phones.Inbox(phone.Value.Phone)...) {
			if bytes.Contains([]byte(m.Text), []byte(requests[party])) {
				requested++
			}
		}
		if requested != 1 {
			t.Errorf("%s was asked by message %d times", party, requested)
		}
	}
}

// The queue may be lost altogether: what was promised stands in columns. Sweeping
// alone begins the inquiries and ends what time ends.
func TestAMoveWithoutItsJobsStillComesToItsEnd(t *testing.T) {
	t.Parallel()
	from, to := databasetest.DSN(t, database.SQLite, settled), databasetest.DSN(t, database.Postgres, schema.FS)
	clock := databasetest.NewClock(databasetest.Start)
	office := openAt(t, from, clock)
	w := idleWorld(t, office, clock)
	a := w.file(w.land.Story("sole_owner"))
	office.Close()
	if _, err := database.Move(t.Context(), from, to, database.MoveOptions{Migrations: schema.FS, Clock: clock.Now}); err != nil {
		t.Fatal(err)
	}
	country := openAt(t, to, clock)
	w = idleWorld(t, country, clock)
	if err := country.Transact(t.Context(), func(tx database.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM river_job`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer working(t, w)()
	for range 20 { // the lease of the inquiry that was lost is minutes
		clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.await(a, mekenjai.Registered)
}

func openAt(t *testing.T, dsn string, clock *databasetest.Clock) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Clock: clock.Now, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// working runs the jobs of the world until the function that it returns is called.
func working(t *testing.T, w *world) (stop func()) {
	t.Helper()
	workers := river.NewWorkers()
	w.register.AddWorkers(workers)
	worker, err := w.db.Work(t.Context(), workers, database.WorkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := worker.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
}
