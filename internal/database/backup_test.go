package database_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

var product = database.BackupOptions{Migrations: schema}

// A writer goes on while a backup is made; what it was told before the backup
// began is in it, and no transaction is there by half.
func TestABackupHoldsWhatWasCommittedBeforeItBegan(t *testing.T) {
	path := full(t, 4000)
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var told int
	var mu sync.Mutex
	writing, stop := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		for i := 0; writing.Err() == nil; i++ {
			err := db.Transact(t.Context(), func(tx database.Tx) error {
				for part := range 3 {
					if _, err := tx.Exec(t.Context(), `INSERT INTO part (id, thing) VALUES ($1, '')`, 1_000_000+i*3+part); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			told = i + 1
			mu.Unlock()
		}
	})
	dir := t.TempDir()
	for n := range 5 {
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		before := told
		mu.Unlock()
		copied := fmt.Sprintf("%s/%d.db", dir, n)
		report, err := database.Backup(t.Context(), path, copied, product)
		if err != nil {
			t.Fatal(err)
		}
		restored := fmt.Sprintf("%s/restored-%d.db", dir, n)
		if _, err := database.Restore(t.Context(), copied, restored, product); err != nil {
			t.Fatal(err)
		}
		back, err := database.Open(t.Context(), restored, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts := count(t, back, `SELECT count(*) FROM part WHERE id >= 1000000`)
		if parts < before*3 || parts%3 != 0 || report.Rows["part"] != int64(parts+4000) || report.Rows["river_job"] != 6 {
			t.Errorf("%d parts of %d transactions, and the report says %v", parts, before, report.Rows)
		}
		exec(t, back, `INSERT INTO thing (id) VALUES ('work goes on')`)
		back.Close()
	}
	stop()
	ended.Wait()
	if told == 0 {
		t.Error("nothing was written meanwhile")
	}
}

func TestABackupIsForItsOwnerOnlyAndAlone(t *testing.T) {
	path, dir := full(t, 3), t.TempDir()+"/backups"
	if _, err := database.Backup(t.Context(), path, dir+"/a b%?#.db", product); err != nil {
		t.Fatal(err)
	}
	folder, err := os.Stat(dir)
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", folder.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestABackupIsRefusedAndNothingIsChanged(t *testing.T) {
	path, dir := full(t, 3), t.TempDir()
	there := dir + "/there.db"
	if err := os.WriteFile(there, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := t.TempDir() + "/open"
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	broken := filled(t, full(t, 3), `UPDATE thing SET id = 'gone' WHERE id = ''`)
	orphan(t, broken)
	for name, c := range map[string]struct {
		from, to, says string
		migrations     fstest.MapFS
	}{
		"there already":      {to: there, says: "is there already"},
		"onto itself":        {to: path, says: "both the old and the new"},
		"no name":            {to: "", says: "no database is named"},
		"to a server":        {to: "postgres://x/y", says: "a file is wanted"},
		"an open folder":     {to: open + "/x.db", says: "others may write"},
		"absent":             {from: dir + "/absent.db", says: "no such file"},
		"another kind":       {from: there, says: "is not a SQLite database"},
		"of a newer schema":  {migrations: fstest.MapFS{}, says: "newer than this program"},
		"with broken refers": {from: broken, says: "refer to others"},
	} {
		t.Run(name, func(t *testing.T) {
			o := product
			if c.migrations != nil {
				o.Migrations = c.migrations
			}
			if c.from == "" {
				c.from = path
			}
			if c.to == "" && name != "no name" {
				c.to = dir + "/new.db"
			}
			if _, err := database.Backup(t.Context(), c.from, c.to, o); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := database.Backup(stopped, path, dir+"/new.db", product); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if names := names(t, dir, open); !slices.Equal(names, []string{"there.db"}) {
		t.Errorf("files: %v", names)
	}
	if content, _ := os.ReadFile(there); string(content) != "kept" {
		t.Error("the file that was there was changed")
	}
	overwrite := product
	overwrite.Overwrite = true
	if _, err := database.Backup(t.Context(), path, there, overwrite); err != nil {
		t.Error(err)
	}
}

// orphan makes a row that refers to nothing.
func orphan(t *testing.T, path string) {
	t.Helper()
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO part (id, thing) VALUES (77, 'gone')`)
	db.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(content, []byte("gone")) // in a row of one of the tables
	copy(content[at:], "lost")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dirs ...string) (list []string) {
	t.Helper()
	for _, dir := range dirs {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			list = append(list, f.Name())
		}
	}
	return list
}

func TestWhatDoesNotRestoreIsRefusedAndNothingIsChanged(t *testing.T) {
	dir := t.TempDir()
	good, bad := dir+"/good.db", dir+"/bad.db"
	if _, err := database.Backup(t.Context(), full(t, 2000), good, product); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "x.db")
	if _, err := database.Restore(t.Context(), good, place, product); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), place, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, `DELETE FROM part`)
	db.Close()
	old, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	replace := product
	replace.Overwrite = true

	scrambled := bytes.Clone(whole)
	for i := len(scrambled) / 2; i < len(scrambled)/2+5000; i++ {
		scrambled[i] ^= 0x5a
	}
	for name, c := range map[string]struct {
		content []byte
		o       database.BackupOptions
		says    string
	}{
		"cut":             {whole[:len(whole)/2], replace, "does not restore, and nothing was changed"},
		"cut to one page": {whole[:4096], replace, "does not restore"},
		"cut in its head": {whole[:50], replace, "does not restore"},
		"empty":           {nil, replace, "is not a SQLite database"},
		"scrambled":       {scrambled, replace, "does not restore"},
		"something else":  {bytes.Repeat([]byte("words "), 5000), replace, "is not a SQLite database"},
		"of a newer one":  {whole, database.BackupOptions{Migrations: fstest.MapFS{}, Overwrite: true}, "newer than this program"},
		"without leave":   {whole, product, "is there already"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(bad, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := database.Restore(t.Context(), bad, place, c.o)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("%v", err)
			}
			if now, err := os.ReadFile(place); err != nil || !bytes.Equal(now, old) {
				t.Errorf("the database was changed (%v)", err)
			}
			if found := names(t, filepath.Dir(place)); len(found) != 2 { // and the file of its lock
				t.Errorf("left behind: %v", found)
			}
		})
	}
	t.Run("in use", func(t *testing.T) {
		db, err := database.Open(t.Context(), place, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		serving(t, db)
		if _, err := database.Restore(t.Context(), good, place, replace); err == nil || !strings.Contains(err.Error(), "is in use") {
			t.Errorf("%v", err)
		}
	})
	t.Run("set aside", func(t *testing.T) {
		if old, err = os.ReadFile(place); err != nil {
			t.Fatal(err)
		}
		report, err := database.Restore(t.Context(), good, place, replace)
		if err != nil {
			t.Fatal(err)
		}
		if aside, err := os.ReadFile(report.SetAside); err != nil || !bytes.Equal(aside, old) {
			t.Errorf("the old database is not %s (%v)", report.SetAside, err)
		}
		db, err := database.Open(t.Context(), place, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if n := count(t, db, `SELECT count(*) FROM part`); n != 2000 {
			t.Errorf("%d parts are restored", n)
		}
	})
}

// The log of the database that stood there must not be read into the new one.
func TestARestoreSetsTheOldLogAside(t *testing.T) {
	good := t.TempDir() + "/good.db"
	path := full(t, 10)
	if _, err := database.Backup(t.Context(), path, good, product); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec(t, db, `DELETE FROM part`) // stands in the log alone
	dead := t.TempDir() + "/dead.db"
	for _, ending := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + ending)
		if err == nil {
			err = os.WriteFile(dead+ending, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	replace := product
	replace.Overwrite = true
	report, err := database.Restore(t.Context(), good, dead, replace)
	if err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]int{dead: 10, report.SetAside: 0} {
		back, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, back, `SELECT count(*) FROM part`); n != want {
			t.Errorf("%s has %d parts, want %d", dsn, n, want)
		}
		back.Close()
	}
	if _, err := database.Restore(t.Context(), databasetest.DSN(t, database.SQLite, schema)+"-absent", dead, replace); err == nil {
		t.Error("an absent backup was restored")
	}
}
