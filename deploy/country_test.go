package deploy_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"mekenjai/internal/access"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding"
	"mekenjai/internal/register"
	"mekenjai/internal/schema"
)

// countryOnDisk is the demo country on a PostgreSQL that archives its log.
type countryOnDisk struct {
	t               *testing.T
	folder, backups string
	cluster         *databasetest.Cluster
	db              *database.DB
	started         int // servers on restored folders
}

func startCountry(t *testing.T) *countryOnDisk {
	parent := "/dev/shm" // in memory where that is possible; short in any case, for sockets
	if _, err := os.Stat(parent); err != nil {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, "mekenjai-restore-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	c := &countryOnDisk{t: t, folder: folder, backups: filepath.Join(folder, "backups")}
	wal := filepath.Join(c.backups, "wal")
	// The server is another user than the one that tests as root.
	for _, path := range []string{c.folder, c.backups, wal} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	archive := copied(t, here, folder)
	c.cluster, err = databasetest.StartCluster("wal_level=replica", "archive_mode=on", "archive_timeout=60",
		fmt.Sprintf(`archive_command=%s "%%p" "%s/%%f"`, archive, wal))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.cluster.Stop() })
	if c.db, err = database.Open(t.Context(), c.cluster.URL, database.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.db.Close() })
	if err := c.db.Migrate(t.Context(), schema.FS); err != nil {
		t.Fatal(err)
	}
	c.settle()
	return c
}

// copied puts the archiver where the server's user can reach it: the folder of the
// sources may be closed to him.
func copied(t *testing.T, from, to string) string {
	t.Helper()
	for _, name := range []string{"archive", "lib/say.sh"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(to, "archive")
}

// settle gives the country its addresses, entries, offices and staff.
func (c *countryOnDisk) settle() {
	c.t.Helper()
	ctx, land := c.t.Context(), country.New(nil)
	r := register.New(c.db, register.Options{Peers: land.Peers()})
	if err := founding.Settle(ctx, c.db, r, land, founding.Small(land)); err != nil {
		c.t.Fatal(err)
	}
	if err := founding.Staff(ctx, access.New(c.db, nil, nil, nil, access.Params{}), land); err != nil {
		c.t.Fatal(err)
	}
}

func (c *countryOnDisk) deed(name string) {
	c.t.Helper()
	err := c.db.Transact(c.t.Context(), func(tx database.Tx) error {
		return audit.Write(c.t.Context(), tx, audit.BySystem("test.deed", name))
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// now is an instant after all that was committed, by the server's clock, which is
// this machine's.
func (c *countryOnDisk) now() string {
	defer time.Sleep(2 * time.Millisecond)
	time.Sleep(2 * time.Millisecond)
	return time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
}

func (c *countryOnDisk) rows() map[string]int { return rowsOf(c.t, c.db) }

// archived waits until the log so far is in the archive.
func (c *countryOnDisk) archived() {
	c.t.Helper()
	c.sql(`SELECT pg_switch_wal()`)
	last := c.sql(`SELECT pg_walfile_name(pg_current_wal_lsn() - 1)`)
	for range 200 {
		if _, err := os.Stat(filepath.Join(c.backups, "wal", last)); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("%s does not come into the archive", last)
}

func (c *countryOnDisk) sql(query string) (value string) {
	c.t.Helper()
	err := c.db.Transact(c.t.Context(), func(tx database.Tx) error {
		return tx.QueryRow(c.t.Context(), `SELECT CAST((`+query+`) AS text)`).Scan(&value)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return value
}

func (c *countryOnDisk) backup() {
	c.t.Helper()
	c.must("backup", "--from", c.cluster.URL, "--to", c.backups)
}

// base is the folder of the only base backup.
func (c *countryOnDisk) base() string {
	found, _ := filepath.Glob(filepath.Join(c.backups, "base", "2*Z"))
	if len(found) != 1 {
		c.t.Fatalf("base backups: %v", found)
	}
	return found[0]
}

func (c *countryOnDisk) run(script string, args ...string) (string, error) {
	out, err := exec.Command("./"+script, args...).CombinedOutput()
	return string(out), err
}

func (c *countryOnDisk) must(script string, args ...string) string {
	c.t.Helper()
	out, err := c.run(script, args...)
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	c.t.Log(out)
	return out
}

// start runs a server on a restored data folder until the test ends.
func (c *countryOnDisk) start(data string) *database.DB {
	c.t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(programs) == 0 {
		c.t.Fatal("PostgreSQL is not installed")
	}
	c.started++
	port := strconv.Itoa(5432 + c.started)
	var log bytes.Buffer
	server := exec.Command(programs[len(programs)-1], "-D", data, "-k", c.folder, "-p", port, "-c", "listen_addresses=")
	server.Stderr = &log
	server.SysProcAttr = &syscall.SysProcAttr{Credential: keeper(c.t)}
	if err := server.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	dsn := (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {c.folder}, "port": {port}}.Encode()}).String()
	for range 100 {
		db, err := database.Open(c.t.Context(), dsn, database.Options{})
		if err == nil {
			c.t.Cleanup(func() { db.Close() })
			return db
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("the restored server does not answer: %s", log.String())
	return nil
}

// keeper is who the server runs as when root tests: PostgreSQL refuses root.
func keeper(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func read(t *testing.T, db *database.DB, fn func(ctx context.Context, tx database.Tx) error) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx database.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// rowsOf counts the rows of every table.
func rowsOf(t *testing.T, db *database.DB) map[string]int {
	t.Helper()
	rows := map[string]int{}
	read(t, db, func(ctx context.Context, tx database.Tx) error {
		tables, err := database.Collect(ctx, tx, database.Column[string],
			`SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'`)
		if err != nil {
			return err
		}
		for _, name := range tables {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+name).Scan(&n); err != nil {
				return err
			}
			rows[name] = n
		}
		return nil
	})
	if rows["address"]+rows["registration"] == 0 {
		t.Fatalf("the country is empty: %v", rows)
	}
	return rows
}

func deeds(t *testing.T, db *database.DB, name string) (n int) {
	t.Helper()
	read(t, db, func(ctx context.Context, tx database.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE verb = 'test.deed' AND subject = $1`, name).Scan(&n)
	})
	return n
}
