package databasetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A database is migrated, and Filled, once for each set of migrations and then
// copied: copying takes some ten milliseconds, migrating several times that.

// sqliteTemplates holds migrated files: fingerprint → func() ([]byte, error).
var sqliteTemplates sync.Map

func sqliteCopy(t testing.TB, migrations fs.FS) string {
	t.Helper()
	once, _ := sqliteTemplates.LoadOrStore(fingerprint(t, migrations), sync.OnceValues(func() ([]byte, error) {
		return sqliteTemplate(migrations)
	}))
	file, err := once.(func() ([]byte, error))()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sqliteTemplate(migrations fs.FS) ([]byte, error) {
	dir, err := os.MkdirTemp("", "mekenjai-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrated(context.Background(), path, migrations); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func postgresCopy(t testing.TB, migrations fs.FS) string {
	t.Helper()
	cluster, err := sharedCluster()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background() // t.Context() has ended when cleanups run
	admin, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatalf("connect to the test cluster: %v", err)
	}
	defer admin.Close(ctx)
	template := "template_" + fingerprint(t, migrations)
	if err := postgresTemplate(ctx, admin, cluster, template, migrations); err != nil {
		t.Fatalf("prepare the test database: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		t.Fatalf("prepare the test database: %v", err)
	}
	t.Cleanup(func() { dropDatabase(t, cluster, name) })
	return inDatabase(cluster, name)
}

func dropDatabase(t testing.TB, cluster, name string) {
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, cluster)
	if err == nil {
		defer admin.Close(ctx)
		_, err = admin.Exec(ctx, `DROP DATABASE `+name+` WITH (FORCE)`)
	}
	if err != nil {
		t.Logf("remove the test database: %v", err)
	}
}

// postgresTemplate makes the template unless it is there. Test binaries that
// share the cluster take turns, and a template appears under its name only
// when it is complete.
func postgresTemplate(ctx context.Context, admin *pgx.Conn, cluster, name string, migrations fs.FS) error {
	if _, err := admin.Exec(ctx, `SELECT pg_advisory_lock(hashtext($1))`, name); err != nil {
		return err
	}
	defer admin.Exec(ctx, `SELECT pg_advisory_unlock(hashtext($1))`, name)

	var exists bool
	if err := admin.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil || exists {
		return err
	}
	draft := "draft_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.Exec(ctx, `CREATE DATABASE `+draft+` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`); err != nil {
		return err
	}
	if err := migrated(ctx, inDatabase(cluster, draft), migrations); err != nil {
		return err
	}
	_, err := admin.Exec(ctx, `ALTER DATABASE `+draft+` RENAME TO `+name)
	return err
}

// inDatabase names a database of the cluster, with a pool that leaves
// connections for the test binaries beside this one.
func inDatabase(cluster, name string) string {
	u, err := url.Parse(cluster)
	if err != nil {
		panic(fmt.Sprintf("databasetest: %s is not a URL", EnvCluster))
	}
	u.Path = "/" + name
	q := u.Query()
	q.Set("pool_max_conns", "8")
	u.RawQuery = q.Encode()
	return u.String()
}

// fingerprint tells sets of migrations apart, River's (by the versions of the
// modules in the binary) included.
func fingerprint(t testing.TB, migrations fs.FS) string {
	t.Helper()
	h := sha256.New()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, "github.com/riverqueue/") {
				fmt.Fprintln(h, m.Path, m.Version)
			}
		}
	}
	if filled, ok := migrations.(Filled); ok {
		fmt.Fprintln(h, filled.Name, filled.At)
	}
	if err := hashFiles(h, migrations); err != nil {
		t.Fatalf("read migrations: %v", err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func hashFiles(h hash.Hash, migrations fs.FS) error {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return nil
}
