package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
	"mekenjai/internal/schema"
)

// wire is the network between a node and its database, which can be cut.
type wire struct {
	listener net.Listener
	server   string // its socket
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

// layWire gives the address of a PostgreSQL database through a wire.
func layWire(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	w := &wire{server: q.Get("host") + "/.s.PGSQL." + q.Get("port"), open: map[net.Conn]bool{}}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.listener.Close(); w.set(true) })
	go func() {
		for {
			c, err := w.listener.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = w.listener.Addr().String(), q.Encode()
	return w, u.String()
}

func (w *wire) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("unix", w.server)
	if err != nil || !w.note(c) {
		return
	}
	defer s.Close()
	go func() { _, _ = io.Copy(s, c); s.Close() }()
	_, _ = io.Copy(c, s)
}

func (w *wire) note(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[c] = true
	return !w.cut
}

func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for c := range w.open {
		if cut {
			c.Close()
		}
	}
	clear(w.open)
}

// node is the program in a process of its own.
type node struct {
	address string
	cmd     *exec.Cmd
	log     bytes.Buffer
}

func startNode(t *testing.T, args ...string) *node {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &node{address: listener.Addr().String()}
	listener.Close()
	n.cmd = asCommand(t, append(args, "--listen="+n.address, "--log-level=error")...)
	n.cmd.Stderr = &n.log
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.cmd.Process.Kill(); _ = n.cmd.Wait() })
	return n
}

// ask gives the status and the text of an answer in Kazakh, 0 when there is none.
func (n *node) ask(method, path string, form url.Values) (int, string) {
	r, err := http.NewRequest(method, "http://"+n.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "kk")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body)
}

func (n *node) await(t *testing.T, path string, want int, says string) {
	t.Helper()
	var status int
	var text string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if status, text = n.ask(http.MethodGet, path, nil); status == want && strings.Contains(text, says) {
			return
		}
	}
	t.Fatalf("%s answers %d %.200s, want %d %s: %s", path, status, text, want, says, n.log.String())
}

// A node that serves pages and one that works share a database; its network is cut
// and mended under the first.
func TestNodesOutliveTheirDatabase(t *testing.T) {
	t.Parallel() // it waits most of its time
	dsn := databasetest.DSN(t, database.Postgres, schema.FS)
	network, wired := layWire(t, dsn)
	secret := filepath.Join(t.TempDir(), "papers")
	if err := os.WriteFile(secret, []byte(papers.NewSecret("a")), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := startNode(t, "serve", "--no-work", "--database="+wired, "--paper-secret="+secret)
	pages.await(t, "/healthz", http.StatusOK, "ok")
	works := startNode(t, "work", "--no-migrate", "--database="+dsn, "--paper-secret="+secret)
	works.await(t, "/healthz", http.StatusOK, "ok")
	if status, _ := works.ask(http.MethodGet, "/", nil); status != http.StatusNotFound {
		t.Errorf("a node that only works answers / with %d", status)
	}
	const page = "/check/ABCD-EFGH-JKLM-NPQR" // no such certificate, says the database
	if status, text := pages.ask(http.MethodGet, page, nil); status != http.StatusNotFound {
		t.Fatalf("%s answers %d %.300s", page, status, text)
	}

	network.set(true)
	pages.await(t, "/healthz", http.StatusServiceUnavailable, "database does not answer")
	if status, text := pages.ask(http.MethodGet, page, nil); status != http.StatusServiceUnavailable || !strings.Contains(text, locale.KK.T("common.error.away.title")) {
		t.Errorf("cut off, %s answers %d %.300s", page, status, text)
	}
	works.await(t, "/healthz", http.StatusOK, "ok")

	network.set(false)
	pages.await(t, "/healthz", http.StatusOK, "ok")
	if status, text := pages.ask(http.MethodGet, page, nil); status != http.StatusNotFound {
		t.Errorf("mended, %s answers %d %.300s", page, status, text)
	}
}

func TestRolesApartNeedPostgreSQL(t *testing.T) {
	for _, args := range [][]string{{"work"}, {"serve", "--no-work"}, {"serve", "--standby=postgres://x/y"}, {"serve", "--listen-database=postgres://x/y"},
		{"migrate", "--no-migrate"}, {"serve", "--clock-bound=-1s"}} {
		code, _, complaint := runProgram(t, append(args, "--database=x.db")...)
		if code == 0 || len(strings.Split(strings.TrimSpace(complaint), "\n")) != 1 {
			t.Errorf("%v ends with %d: %s", args, code, complaint)
		}
	}
}

// A role that may not change the schema is told what to do.
func TestWithoutMigratingAnEmptyDatabaseIsRefused(t *testing.T) {
	code, _, complaint := runProgram(t, "serve", "--no-migrate", "--database=x.db", "--listen=127.0.0.1:0")
	if code == 0 || !strings.Contains(complaint, "run mekenjai migrate first") {
		t.Errorf("it ends with %d: %s", code, complaint)
	}
}
