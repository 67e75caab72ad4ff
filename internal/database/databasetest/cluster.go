package databasetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// EnvCluster names the environment variable with the URL of a superuser on a
// running PostgreSQL cluster. When it is empty each test binary starts one.
const EnvCluster = "MEKENJAI_TEST_POSTGRES"

// errNoPostgres tells what to do; a test never passes because the engine is
// missing.
var errNoPostgres = errors.New("PostgreSQL is not installed: install it (Debian: apt install postgresql), " +
	"or set " + EnvCluster + " to the URL of a superuser on a running cluster")

// sharedCluster returns the URL of the cluster of this process. A private one
// stops with the process.
var sharedCluster = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv(EnvCluster); dsn != "" {
		return dsn, nil
	}
	var err error
	if private, err = StartCluster(); err != nil {
		return "", err
	}
	return private.URL, nil
})

// private holds on to the cluster of this process: its pipe would be closed
// when it is collected, and it would stop.
var private *Cluster

// Cluster is a private PostgreSQL cluster for tests. It trades durability for
// speed and is reached over a socket in its own folder.
type Cluster struct {
	URL string // of its superuser

	dir    string
	keeper *exec.Cmd
	alive  io.Closer // its keeper stops the cluster when this is closed
}

// StartCluster makes and starts a cluster, with further settings such as
// "fsync=on". It stops when Stop is called or this process ends, in whatever
// way.
func StartCluster(settings ...string) (*Cluster, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	parent := shortTempDir()
	if len(settings) == 0 && roomy(inMemory) {
		parent = inMemory
	}
	dir, err := os.MkdirTemp(parent, "mekenjai-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, URL: (&url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}, "port": {"5432"}}.Encode(),
	}).String()}
	if err := c.start(bin, owner, settings); err != nil {
		c.Stop()
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start PostgreSQL for tests: %w", err)
	}
	return c, nil
}

func (c *Cluster) start(bin string, owner *syscall.Credential, settings []string) error {
	attr := &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	if owner != nil {
		if err := os.Chown(c.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(c.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, c.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c.serve(bin, attr, settings)
}

// serve starts the server on the data of the cluster and waits until it answers.
func (c *Cluster) serve(bin string, attr *syscall.SysProcAttr, settings []string) error {
	data := filepath.Join(c.dir, "data")
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", c.dir)
	for _, s := range append([]string{
		"listen_addresses=", "max_connections=300", "shared_buffers=64MB",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB",
		"logging_collector=on", "log_directory=" + c.dir, "log_filename=log",
	}, settings...) {
		server.Args = append(server.Args, "-c", s)
	}
	server.SysProcAttr, server.Dir = attr, c.dir
	if err := server.Start(); err != nil {
		return err
	}
	if err := c.keep(server.Process.Pid); err != nil {
		server.Process.Kill()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	return c.await(ended)
}

// keep starts a small process that waits for the end of this one, stops the
// server by its number and removes the folder. A test binary cannot do that
// itself, as it may be killed.
func (c *Cluster) keep(pid int) error {
	const script = `trap '' INT TERM HUP
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.02; done
rm -rf "$2"`
	c.keeper = exec.Command("/bin/sh", "-c", script, "sh", strconv.Itoa(pid), c.dir)
	c.keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := c.keeper.StdinPipe()
	if err != nil {
		return err
	}
	c.alive = alive
	return c.keeper.Start()
}

// await waits until the server answers.
func (c *Cluster) await(ended <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case err := <-ended:
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("the server ended: %w\n%s", err, log)
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop stops the server and removes its files.
func (c *Cluster) Stop() error {
	if c.alive == nil {
		return nil
	}
	c.alive.Close()
	return c.keeper.Wait()
}

// postgresPrograms returns the folder of the newest installed server.
func postgresPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real // where its other programs are
		}
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errNoPostgres
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

// serverUser is who the server runs as: PostgreSQL refuses to run as root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("run the tests as another user than root, or add a user named postgres: %w", err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// shortTempDir is a folder for the socket, whose path has a limit of about a
// hundred bytes.
func shortTempDir() string {
	if dir := os.TempDir(); len(dir) <= 60 {
		return dir
	}
	return "/tmp"
}

// inMemory is where a cluster that need not be durable is made: most of its work is
// to create and remove the files of a database for each test, which costs a disk's
// file system several times what it costs this one.
const inMemory = "/dev/shm"

// roomy reports that there is space for a test cluster; some containers have next
// to none there.
func roomy(dir string) bool {
	var s syscall.Statfs_t
	return syscall.Statfs(dir, &s) == nil && s.Bavail*uint64(s.Bsize) > 2<<30
}
