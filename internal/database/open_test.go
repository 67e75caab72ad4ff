package database_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"mekenjai/internal/database"
)

func TestMigrateIsForwardOnlyAndRepeatable(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		if err := db.Migrate(t.Context(), schema); err != nil {
			t.Errorf("again: %v", err)
		}
		next := fstest.MapFS{"00002_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE thing ADD COLUMN more TEXT;")}}
		for name, file := range schema {
			next[name] = file
		}
		if err := db.Migrate(t.Context(), next); err != nil {
			t.Errorf("next: %v", err)
		}
		exec(t, db, `INSERT INTO thing (id, more) VALUES ('a', 'm')`)
		if has, latest, err := db.Version(t.Context(), schema); has != 2 || latest != 1 || err != nil {
			t.Errorf("Version: %d %d %v", has, latest, err)
		}
		if err := db.Migrate(t.Context(), schema); !errors.Is(err, database.ErrNewerSchema) {
			t.Errorf("older program: %v", err)
		}
	})
}

func TestAWrongNameIsAPlainError(t *testing.T) {
	for _, dsn := range []string{"", "mysql://x/y", t.TempDir() + "/no/such/folder/x.db", t.TempDir(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"} {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err == nil {
			db.Close()
			t.Errorf("%q was opened", dsn)
			continue
		}
		if strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestTheSQLiteFileIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/a b%?#.db"
	db, err := database.Open(t.Context(), "sqlite://"+path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "a b%?#.db") {
			t.Errorf("a stray file: %s", f.Name())
		}
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
}

// with is a set of migrations with one more.
func with(migrations fstest.MapFS, name, sql string) fstest.MapFS {
	next := fstest.MapFS{name: {Data: []byte(sql)}}
	maps.Copy(next, migrations)
	return next
}

func TestAnOlderProgramRunsOnANewerSchemaThatServesIt(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		two := with(schema, "00002_more.sql", "-- +goose Up\n-- Serves programs from 1 on.\nALTER TABLE thing ADD COLUMN more TEXT;")
		three := with(two, "00003_most.sql", "-- +goose Up\n-- Serves programs from 2 on.\nALTER TABLE thing ADD COLUMN most TEXT;")
		if err := db.CheckSchema(t.Context(), two); !errors.Is(err, database.ErrOlderSchema) || !strings.Contains(err.Error(), "mekenjai migrate") {
			t.Errorf("before: %v", err)
		}
		for _, newest := range []fstest.MapFS{two, three} {
			if err := db.Migrate(t.Context(), newest); err != nil {
				t.Fatal(err)
			}
			if err := db.CheckSchema(t.Context(), newest); err != nil {
				t.Errorf("after: %v", err)
			}
			serves := len(newest) == 2 // the third serves the second, not the first
			for _, check := range []func(context.Context, fs.FS) error{db.Migrate, db.CheckSchema} {
				if err := check(t.Context(), schema); serves && err != nil || !serves && !errors.Is(err, database.ErrNewerSchema) {
					t.Errorf("the first program on schema %d: %v", len(newest), err)
				}
				if err := check(t.Context(), two); err != nil {
					t.Errorf("the second program on schema %d: %v", len(newest), err)
				}
			}
		}
	})
}

func TestAMigrationWaitsUntilEveryNodeIsNewEnough(t *testing.T) {
	db := nodes(t, 1)[0]
	join(t, db) // it knows schema 1
	served := with(schema, "00002_more.sql", "-- +goose Up\n-- Serves programs from 1 on.\nALTER TABLE thing ADD COLUMN more TEXT;")
	if err := db.Migrate(t.Context(), served); err != nil {
		t.Errorf("a migration that serves the node: %v", err)
	}
	unserved := with(served, "00003_less.sql", "-- +goose Up\nALTER TABLE thing DROP COLUMN note;")
	err := db.Migrate(t.Context(), unserved)
	if !errors.Is(err, database.ErrOlderNode) || !strings.Contains(err.Error(), `"node 0"`) {
		t.Errorf("a migration that does not: %v", err)
	}
	if has, _, err := db.Version(t.Context(), unserved); has != 2 || err != nil {
		t.Errorf("the schema is at %d, %v", has, err)
	}
}
