package database_test

import (
	"errors"
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
