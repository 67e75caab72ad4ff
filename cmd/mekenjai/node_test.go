package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/freeport"
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

// freeAddress is one on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func startNode(t *testing.T, args ...string) *node {
	t.Helper()
	n := &node{address: freeAddress(t)}
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
	metrics := freeAddress(t)
	works := startNode(t, "work", "--no-migrate", "--database="+dsn, "--paper-secret="+secret, "--metrics="+metrics)
	works.await(t, "/healthz", http.StatusOK, "ok")
	(&node{address: metrics}).await(t, "/metrics", http.StatusOK, "mekenjai_leader_count 1\n")
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

// An older program on the schema of a newer one: it serves when the schema says so.
func TestANewerSchemaIsServedOrRefused(t *testing.T) {
	for statement, runs := range map[string]bool{"-- Serves programs from 13 on.": true, "-- it says nothing": false} {
		newer := fstest.MapFS{"999_newer.sql": {Data: []byte("-- +goose Up\n" + statement + "\nALTER TABLE draft ADD COLUMN newer TEXT;")}}
		names, err := fs.Glob(schema.FS, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := schema.FS.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			newer[name] = &fstest.MapFile{Data: text}
		}
		dsn := databasetest.DSN(t, database.SQLite, newer)
		if runs {
			startNode(t, "serve", "--database="+dsn).await(t, "/healthz", http.StatusOK, "ok")
			continue
		}
		code, _, complaint := runProgram(t, "serve", "--listen=127.0.0.1:0", "--database="+dsn)
		if code == 0 || !strings.Contains(complaint, "the schema is newer than this program") || !strings.Contains(complaint, "run a newer program") {
			t.Errorf("it ends with %d: %s", code, complaint)
		}
	}
}

// No two clocks are equal to a nanosecond.
func TestANodeWhoseClockDiffersRefusesToStart(t *testing.T) {
	flags := replace(productionFlags(t), "--database", databasetest.DSN(t, database.Postgres, schema.FS))
	for _, command := range []string{"serve", "work"} {
		code, _, complaint := runProgram(t, append([]string{command, "--listen=127.0.0.1:0", "--clock-bound=1ns"}, flags...)...)
		if code == 0 || !strings.Contains(complaint, "the clock of this machine is") || !strings.Contains(complaint, "--clock-bound allows 1ns") {
			t.Errorf("%s ends with %d: %s", command, code, complaint)
		}
	}
}

func TestAnUnfitNodeAnswersNothingUntilItIsFit(t *testing.T) {
	p := &program{}
	pages := p.healthBeside(p.fit(http.NotFoundHandler()))
	status := func(path string) (int, string) {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	p.condition.set(errors.New("the clock is wrong"))
	for _, path := range []string{"/healthz", "/account"} {
		if code, text := status(path); code != http.StatusServiceUnavailable {
			t.Errorf("unfit, %s answers %d %s", path, code, text)
		}
	}
	if _, text := status("/healthz"); text != "the clock is wrong\n" {
		t.Errorf("health says %q", text)
	}
	swept := p.leading(func(context.Context) (int, error) { t.Error("it sweeps"); return 1, nil })
	if n, err := swept(t.Context()); n != 0 || err != nil {
		t.Errorf("the sweep of an unfit node: %d, %v", n, err)
	}
	p.condition.set(nil)
	if code, _ := status("/account"); code != http.StatusNotFound {
		t.Errorf("fit again, the page answers %d", code)
	}
}

// A file from a slow phone takes as long as the server reads at all; what is done
// with it then must not find its time used up.
func TestRequestsAreBoundedButForFilesOnTheirWay(t *testing.T) {
	p := &program{}
	var bounded bool
	pages := p.fit(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, bounded = r.Context().Deadline() }))
	for _, c := range []struct {
		path, content string
		want          bool
	}{
		{"/apply", "application/x-www-form-urlencoded", true},
		{"/applications/1/paper", "multipart/form-data; boundary=x", false},
		{"/office/intakes/1/papers", "multipart/form-data; boundary=x", false},
		{"/office/intakes/1", "application/x-www-form-urlencoded", true},
	} {
		r := httptest.NewRequest(http.MethodPost, c.path, nil)
		r.Header.Set("Content-Type", c.content)
		if pages.ServeHTTP(httptest.NewRecorder(), r); bounded != c.want {
			t.Errorf("%s is bounded: %t", c.path, bounded)
		}
	}
}
