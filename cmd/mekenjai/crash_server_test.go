package main

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai/internal/papers"
)

// server is the program in a process of its own.
type server struct {
	t    *testing.T
	url  string
	args []string

	mu    sync.Mutex
	cmd   *exec.Cmd
	log   bytes.Buffer
	ended chan struct{} // closed when the last kill is over
}

func startServer(t *testing.T, dsn string) *server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	listener.Close()
	secret := filepath.Join(t.TempDir(), "papers.secret")
	if err := os.WriteFile(secret, []byte(papers.NewSecret("test")), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, url: "http://" + address, ended: make(chan struct{}),
		args: []string{"serve", "--database=" + dsn, "--listen=" + address, "--url=http://" + address, "--paper-secret=" + secret, "--log-format=text", "--log-level=warn"}}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(os.Args[0], s.args...)
	s.cmd.Env = append(os.Environ(), asProgram+"=1")
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Error(err)
	}
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// killing kills and starts the process n times, each time some moments after it
// began to answer.
func (s *server) killing(n int) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	go func() {
		defer close(s.ended)
		for range n {
			s.await()
			time.Sleep(time.Duration(20+random.IntN(700)) * time.Millisecond)
			s.kill()
			s.start()
		}
	}()
}

// await waits until the server answers.
func (s *server) await() {
	for range 1200 {
		if r, err := http.Get(s.url + "/healthz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.t.Errorf("the server does not come up: %s", s.log.String())
}

func (s *server) stop() {
	<-s.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
	s.cmd = nil
}
