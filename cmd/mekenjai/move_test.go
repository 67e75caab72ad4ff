package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

// filledFile is an embedded database with entries of the audit and addresses.
func filledFile(t *testing.T, rows int) string {
	t.Helper()
	path := databasetest.DSN(t, database.SQLite, schema.FS)
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Transact(t.Context(), func(tx database.Tx) error {
		for i := range rows {
			if _, err := tx.Exec(t.Context(), `INSERT INTO audit_entry (id, at, actor, person, session, verb, subject, about, outcome, detail, hash)
				VALUES ($1, $2, 'system', '', '', 'test', $3, '', 'done', '{}', $4)`, fmt.Sprintf("%08x", i), i, fmt.Sprint(i%97), []byte{byte(i)}); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO address_word (scope, word, place) VALUES ($1, $2, $3)`, i%13, fmt.Sprintf("көше%d", i), i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAMoveThatIsKilledAtAnyMomentGoesOnAndEndsEqual(t *testing.T) {
	const rows = 25_000
	from, to := filledFile(t, rows), databasetest.DSN(t, database.Postgres, schema.FS)
	before, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 5))
	killed := 0
	for range 5 {
		cmd := asCommand(t, "move", "--from="+from, "--to="+to)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		end := time.AfterFunc(time.Duration(100+random.IntN(700))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		end.Stop()
	}
	code, out, complaint := runProgram(t, "move", "--from="+from, "--to="+to)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, complaint)
	}
	var report database.MoveReport
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if report.Rows != 2*rows || killed == 0 {
		t.Errorf("after %d kills: %+v", killed, report)
	}
	if !strings.Contains(complaint, "--paper-secret") {
		t.Errorf("the secret of the papers is not spoken of: %s", complaint)
	}
	if after, err := os.ReadFile(from); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source was changed (%v)", err)
	}
	t.Logf("killed %d times", killed)
}

// Every table that the migrations make is carried, whenever it was added: the
// list comes from the schema, and this test from its text.
func TestEveryTableOfTheSchemaIsCarried(t *testing.T) {
	report, err := database.Move(t.Context(), filledFile(t, 1), databasetest.DSN(t, database.Postgres, schema.FS), database.MoveOptions{Migrations: schema.FS})
	if err != nil {
		t.Fatal(err)
	}
	var carried []string
	for _, table := range report.Tables {
		carried = append(carried, table.Name)
	}
	for _, name := range tablesOf(t) {
		if !slices.Contains(carried, name) {
			t.Errorf("%s is not carried", name)
		}
	}
}

// tablesOf reads the tables from the texts of the migrations.
func tablesOf(t *testing.T) (names []string) {
	t.Helper()
	files, err := schema.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := schema.FS.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(line), ";"))
			switch {
			case len(words) > 2 && words[0] == "CREATE" && words[1] == "TABLE":
				names = append(names, words[2])
			case len(words) == 3 && words[0] == "DROP" && words[1] == "TABLE":
				names = slices.DeleteFunc(names, func(n string) bool { return n == words[2] })
			case len(words) == 6 && words[0] == "ALTER" && words[3] == "RENAME":
				names = append(slices.DeleteFunc(names, func(n string) bool { return n == words[2] }), words[5])
			}
		}
	}
	if len(names) < 40 {
		t.Fatalf("only %d tables: %v", len(names), names)
	}
	return names
}

func TestBackupAndRestoreOfARunningOffice(t *testing.T) {
	dir := t.TempDir()
	path, copied, back := filepath.Join(dir, "x.db"), filepath.Join(dir, "kept", "x.db"), filepath.Join(dir, "again", "x.db")
	s := startNode(t, "serve", "--database="+path)
	s.await(t, "/healthz", http.StatusOK, "ok")
	code, out, complaint := runProgram(t, "backup", "--database="+path, "--to="+copied)
	if code != 0 || !strings.Contains(complaint, "NOT in the backup") || !strings.Contains(out, `"registration"`) {
		t.Fatalf("exit code %d: %s%s", code, out, complaint)
	}
	// A database that is served is not replaced under the program, nor moved; also
	// not when the file of the lock was taken for litter.
	for i, args := range [][]string{
		{"restore", "--from=" + copied, "--to=" + path, "--overwrite"},
		{"move", "--from=" + path, "--to=postgres://nobody@127.0.0.1:1/x"},
		{"move", "--from=" + path, "--to=postgres://nobody@127.0.0.1:1/x"},
	} {
		if i == 2 {
			if err := os.Remove(path + "-work"); err != nil {
				t.Fatal(err)
			}
		}
		if code, _, complaint := runProgram(t, args...); code == 0 || !strings.Contains(complaint, "is in use") {
			t.Errorf("%v: exit code %d: %s", args, code, complaint)
		}
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait()
	if code, _, complaint := runProgram(t, "restore", "--from="+copied, "--to="+back); code != 0 {
		t.Fatalf("exit code %d: %s", code, complaint)
	}
	startNode(t, "serve", "--database="+back).await(t, "/healthz", http.StatusOK, "ok")
	for _, args := range [][]string{
		{"backup", "--database=postgres://x/y", "--to=" + copied},
		{"restore", "--from=" + copied, "--to=postgres://x/y"},
	} {
		if code, _, complaint := runProgram(t, args...); code == 0 || !strings.Contains(complaint, "deploy/backup") {
			t.Errorf("%v: exit code %d: %s", args, code, complaint)
		}
	}
}
