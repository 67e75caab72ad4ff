package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

func TestCheckTellsWhatDoesNotHoldAndChangesNothing(t *testing.T) {
	dsn := databasetest.DSN(t, database.SQLite, schema.FS)
	told := filepath.Join(t.TempDir(), "told")
	line := `{"at":"2026-03-02T04:00:00Z","deed":"filed","person":"900101300017","application":"018f0000-0000-7000-8000-000000000001"}` + "\n"
	if err := os.WriteFile(told, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(t.TempDir(), "absent.db")
	for _, x := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--database=" + dsn}, 0, "Everything holds"},
		{[]string{"--database=" + dsn, "--told=" + told}, 1, "told-filed: an application that was acknowledged is there"},
		{[]string{"--database=" + dsn, "--told=" + dsn}, 1, "line 1 of the journal"},
		{[]string{"--database=" + absent}, 1, "there is no database to examine"},
	} {
		code, out, complaint := runProgram(t, append([]string{"check"}, x.args...)...)
		if code != x.code || !strings.Contains(out+complaint, x.says) {
			t.Errorf("%v: code %d, %s%s", x.args, code, out, complaint)
		}
		if strings.Contains(out+complaint, "900101300017") {
			t.Errorf("%v: a person is shown: %s%s", x.args, out, complaint)
		}
	}
	if _, err := os.Stat(absent); err == nil {
		t.Error("a database was made by looking for one")
	}
}
