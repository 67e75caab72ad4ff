package database_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/riverqueue/river"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// full is a SQLite file with rows of every type, and jobs in every state.
func full(t *testing.T, things int) string {
	t.Helper()
	path := databasetest.DSN(t, database.SQLite, schema)
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	transact(t, db, func(tx database.Tx) error {
		for i := range things {
			// Keys in no order of time, of one byte and of several.
			key := fmt.Sprintf("%c%x", []rune("aZәЖ\U0001F3E0~ ")[i%7], i*7919%100_003)
			if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id, count, small, flag, hash, made_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				key, int64(i)<<33, -i, i%2 == 0, []byte{byte(i), 0}, nil, key+"'\\\t"); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO part (id, thing) VALUES ($1, $2)`, int64(i-50)*3, key); err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO thing (id, hash, flag) VALUES ('', $1, NULL)`, []byte{})
		return err
	})
	transact(t, db, func(tx database.Tx) error {
		for _, o := range []*river.InsertOpts{nil, {Queue: "other", Priority: 3, MaxAttempts: 8}, {ScheduledAt: time.Now().Add(time.Hour)}, {Tags: []string{"tag"}}, nil, nil} {
			if err := tx.Enqueue(t.Context(), noteArgs{ID: "b<>ә"}, o); err != nil {
				return err
			}
		}
		return nil
	})
	exec(t, db, `UPDATE river_job SET state = 'running', attempt = 2 WHERE id = 4`)
	exec(t, db, `UPDATE river_job SET state = 'running', attempt = max_attempts WHERE id = 5`)
	exec(t, db, `UPDATE river_job SET state = 'completed', finalized_at = scheduled_at WHERE id = 6`)
	return path
}

func move(t *testing.T, from, to string) (database.MoveReport, error) {
	return database.Move(t.Context(), from, to, database.MoveOptions{Migrations: schema})
}

// unmigrated is a database of PostgreSQL without any table.
func unmigrated(t *testing.T) string {
	return filled(t, databasetest.DSN(t, database.Postgres, schema), `DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`)
}

func TestAMoveCarriesEveryRowAndWhatIsStillToBeDone(t *testing.T) {
	from, to := full(t, 100), databasetest.DSN(t, database.Postgres, schema)
	before, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	report, err := move(t, from, to)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != 201 || report.Copied != 201 || report.Jobs != 4 || report.JobsGivenUp != 1 || len(report.Tables) != 2 || report.Schema != 1 {
		t.Errorf("%+v", report)
	}
	after, err := os.ReadFile(from)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source was changed (%v)", err)
	}

	db, err := database.Open(t.Context(), to, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), schema); err != nil {
		t.Errorf("the target is not let into use: %v", err)
	}
	if n := count(t, db, `SELECT count(*) FROM thing WHERE hash IS NOT NULL AND flag IS NULL`); n != 1 {
		t.Errorf("%d rows with an empty hash and an unknown flag", n)
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'available' AND attempt = 0 AND args->>'id' = 'b<>ә'`); n != 3 {
		t.Errorf("%d jobs are available", n)
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'scheduled' OR queue = 'other' AND priority = 3 AND max_attempts = 8 OR max_attempts = 23`); n != 3 {
		t.Errorf("%d jobs as they were", n)
	}

	// The same move again is not another one.
	again, err := move(t, from, to)
	if err != nil || !again.Before || again.Digest != report.Digest || again.Rows != report.Rows || again.Jobs != 4 {
		t.Errorf("again: %+v %v", again, err)
	}
	// Two files with the same rows give the same digest, whatever else differs.
	if other, err := move(t, from, unmigrated(t)); err != nil || other.Digest != report.Digest {
		t.Errorf("into another: %+v %v", other, err)
	}
}

func TestAMoveThatWasInterruptedGoesOn(t *testing.T) {
	const things = 45_000 // three batches of each table
	from, to := full(t, things), unmigrated(t)
	var copied, attempts int64
	for ; attempts < 20; attempts++ {
		ctx, cancel := context.WithCancel(t.Context())
		report, err := database.Move(ctx, from, to, database.MoveOptions{Migrations: schema, Progress: func(string, int64) { cancel() }})
		cancel()
		if err == nil {
			copied = report.Copied
			if report.Rows != 2*things+1 || report.Jobs != 4 {
				t.Errorf("%+v", report)
			}
			break
		}
		if !strings.Contains(err.Error(), "start the same command again") {
			t.Fatal(err)
		}
		db, err := database.Open(t.Context(), to, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), schema); err != database.ErrUnfinishedMove {
			t.Errorf("a program may use half a database: %v", err)
		}
		db.Close()
	}
	if attempts < 4 || copied > 2*things-40_000 {
		t.Errorf("after %d attempts the last one copied %d rows: nothing was kept", attempts, copied)
	}
}

func TestAMoveIsRefusedAndNothingIsChanged(t *testing.T) {
	good := full(t, 3)
	newer := fstest.MapFS{"00001_things.sql": schema["00001_things.sql"],
		"00002_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE thing ADD COLUMN more TEXT;")}}
	text := t.TempDir() + "/text"
	if err := os.WriteFile(text, []byte("this is no database of any kind"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filled(t, databasetest.DSN(t, database.SQLite, schema), `DROP TABLE goose_db_version`)
	mistyped := filled(t, full(t, 3), `UPDATE thing SET count = 'many' WHERE small = -1`)

	used := filled(t, databasetest.DSN(t, database.Postgres, schema), `INSERT INTO thing (id) VALUES ('x')`)
	others := filled(t, unmigrated(t), `CREATE TABLE invoice (id TEXT PRIMARY KEY)`)
	another := databasetest.DSN(t, database.Postgres, schema)
	if _, err := move(t, full(t, 2), another); err != nil {
		t.Fatal(err)
	}
	served := databasetest.DSN(t, database.Postgres, schema)
	node, err := database.Open(t.Context(), served, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	if err := node.Join(t.Context(), database.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	working := full(t, 3)
	office, err := database.Open(t.Context(), working, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer office.Close()
	serving(t, office)

	fresh := unmigrated(t)
	for name, c := range map[string]struct {
		from, to, says string
		migrations     fstest.MapFS
	}{
		"no source":               {from: "", says: "no database is named"},
		"a source of no kind":     {from: "mysql://x/y", says: "of no known kind"},
		"a server as source":      {from: "postgres://x/y", says: "a file is wanted"},
		"an absent source":        {from: text + "-absent", says: "no such file"},
		"a folder":                {from: t.TempDir(), says: "is not a file"},
		"another kind of file":    {from: text, says: "is not a SQLite database"},
		"another's database":      {from: foreign, says: "is not a database of Mekenjai"},
		"a source in use":         {from: working, says: "is in use"},
		"an older schema":         {migrations: newer, says: "run mekenjai migrate"},
		"a newer schema":          {from: databasetest.DSN(t, database.SQLite, newer), says: "newer than this program"},
		"a value of no type":      {from: mistyped, to: unmigrated(t), says: "holds a string that does not fit"},
		"a file as target":        {to: text, says: "a database that postgres://"},
		"no target":               {to: "", says: "no database is named"},
		"a target that is away":   {to: "postgres://nobody@127.0.0.1:1/none?connect_timeout=1", says: "none on 127.0.0.1"},
		"a target with rows":      {to: used, says: "its table thing holds rows"},
		"another's target":        {to: others, says: "table invoice"},
		"another's move":          {to: another, says: "the move of another database"},
		"a target that is served": {to: served, says: "a node is connected"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.from == "" && name != "no source" {
				c.from = good
			}
			if c.to == "" && name != "no target" {
				c.to = fresh
			}
			if c.migrations == nil {
				c.migrations = schema
			}
			_, err := database.Move(t.Context(), c.from, c.to, database.MoveOptions{Migrations: c.migrations})
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("%v", err)
			}
		})
	}
	for dsn, want := range map[string]int{used: 1, served: 0, another: 3} {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, `SELECT count(*) FROM thing`); n != want {
			t.Errorf("a target that was refused has %d things, had %d", n, want)
		}
		db.Close()
	}
	db, err := database.Open(t.Context(), fresh, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := count(t, db, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); n != 0 {
		t.Errorf("%d tables were made for a source that was refused", n)
	}
}

// serving makes this process the one that works the database's jobs.
func serving(t *testing.T, db *database.DB) {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[noteArgs]) error { return nil }))
	if _, err := db.Work(t.Context(), workers, database.WorkOptions{Queues: map[string]int{"idle": 1}}); err != nil {
		t.Fatal(err)
	}
}

// filled is the database after some statements.
func filled(t *testing.T, dsn string, statements ...string) string {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, sql := range statements {
		exec(t, db, sql)
	}
	return dsn
}

// A row that reached the target beside the move, or that the target changed, is
// found before the move is over.
func TestAMoveFindsWhatTheTargetHasOtherwise(t *testing.T) {
	for name, c := range map[string]struct{ sql, says string }{
		"changed": {`UPDATE part SET thing = '' WHERE id = -147`, "is not what it is in the source"},
		"more":    {`INSERT INTO thing (id) VALUES ('􏿿')`, "more rows"},
		"fewer":   {`DELETE FROM part WHERE id = -147`, "is not what it is in the source"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := full(t, 3), unmigrated(t)
			tables := 0
			meddle := func(string, int64) {
				if tables++; tables == 2 {
					filled(t, to, c.sql)
				}
			}
			_, err := database.Move(t.Context(), from, to, database.MoveOptions{Migrations: schema, Progress: meddle})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// What was acknowledged before a process was killed may be in the log alone.
func TestAMoveReadsTheLogOfAKilledProcess(t *testing.T) {
	from := databasetest.DSN(t, database.SQLite, schema)
	db, err := database.Open(t.Context(), from, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec(t, db, `INSERT INTO thing (id) VALUES ('only in the log')`)
	killed := t.TempDir() + "/killed.db" // the files as a power cut leaves them
	for _, ending := range []string{"", "-wal"} {
		content, err := os.ReadFile(from + ending)
		if err == nil {
			err = os.WriteFile(killed+ending, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	report, err := move(t, killed, unmigrated(t))
	if err != nil || report.Rows != 1 {
		t.Errorf("%+v %v", report, err)
	}
}
