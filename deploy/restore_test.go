package deploy_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/check"
)

// TestABackupRestoresToTheInstant backs a running country up, goes on working, and
// restores to an instant between two deeds: the first is there and the second is
// not, and every table has as many rows as at that instant.
func TestABackupRestoresToTheInstant(t *testing.T) {
	c := startCountry(t)
	c.deed("before the backup")
	c.backup()
	c.deed("before the instant")
	instant, rows := c.now(), c.rows()
	c.deed("after the instant")
	c.archived()

	data := filepath.Join(c.folder, "restored")
	c.must("restore", "--from", c.backups, "--to", instant, "--into", data)
	if seen := c.must("look", data, "psql", "-XAtqc", "SELECT count(*) FROM audit_entry WHERE verb = 'test.deed'"); seen != "2\n" {
		t.Errorf("a look sees %q deeds, want 2", seen)
	}
	restored := c.start(data)
	if got := rowsOf(t, restored); !maps.Equal(got, rows) {
		t.Errorf("tables of the restored database differ from those at the instant:\n got %v\nwant %v", got, rows)
	}
	if found, err := check.Database(t.Context(), restored, time.Now()); err != nil || len(found) > 0 {
		t.Errorf("the restored database does not hold what must hold: %v %v", found, err)
	}
	for deed, want := range map[string]int{"before the backup": 1, "before the instant": 1, "after the instant": 0} {
		if got := deeds(t, restored, deed); got != want {
			t.Errorf("%d deeds %s are restored, want %d", got, deed, want)
		}
	}

	all := filepath.Join(c.folder, "latest")
	c.must("restore", "--from", c.backups, "--to", "latest", "--into", all)
	if deeds(t, c.start(all), "after the instant") != 1 {
		t.Error("the deed after the instant is not among all that the archive has")
	}
	t.Run("what cannot be restored is said", func(t *testing.T) { refusals(t, c, instant) })
}

// refusals asks for what the backups cannot give: each time a sentence, a code that
// is not zero, and no data folder.
func refusals(t *testing.T, c *countryOnDisk, instant string) {
	into := filepath.Join(c.folder, "never")
	refused := func(want string, args ...string) {
		t.Helper()
		out, err := c.run("restore", append(args, "--from", c.backups, "--into", into)...)
		if err == nil || !strings.Contains(out, want) || strings.Contains(out, "line ") {
			t.Errorf("restore %v: %v, %q does not say %q", args, err, out, want)
		}
		left, _ := filepath.Glob(filepath.Join(c.folder, ".restoring-*"))
		if _, err := os.Stat(into); err == nil || len(left) > 0 {
			t.Errorf("restore %v left something behind: %v", args, left)
		}
	}
	refused("is not an instant with its zone", "--to", "2026-11-25 09:30")
	refused("is not in the calendar", "--to", "2026-02-30T09:30:00Z")
	refused("no base backup reaches back to", "--to", "2020-01-01T00:00:00Z")
	refused("the archive ends before", "--to", time.Now().Add(time.Hour).Format(time.RFC3339))

	c.must("backup", "--from", c.cluster.URL, "--to", c.backups, "--keep", "1")
	refused("no base backup reaches back to", "--to", instant) // the one that did is forgotten
	damage(t, c.base())
	refused("is damaged and was not used", "--to", "latest")
	if err := os.RemoveAll(c.base()); err != nil {
		t.Fatal(err)
	}
	refused("there is no base backup", "--to", instant)
}

// TestAPieceThatTheArchiveLacksIsFound names the first one missing, over the end of
// a number of the log and over timelines.
func TestAPieceThatTheArchiveLacksIsFound(t *testing.T) {
	for lacking, pieces := range map[string][]string{
		"": {"000000010000000000000005", "0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000",
			"000000020000000100000000", "000000020000000100000001", "00000002.history"},
		"000000010000000100000000": {"0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000001"},
	} {
		folder := t.TempDir()
		for _, name := range pieces {
			if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command("bash", "-euc", `. lib/archive.sh; gap_after "$1" 0000000100000000000000FE`, "bash", folder).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != lacking {
			t.Errorf("of %v lacks %q (%v), want %q", pieces, got, err, lacking)
		}
	}
}

// damage changes a byte of a file of the base backup.
func damage(t *testing.T, base string) {
	t.Helper()
	file := filepath.Join(base, "global", "pg_control")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[100] ^= 1
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
