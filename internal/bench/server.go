package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Server is a server of our own, a child process.
type Server struct {
	URL     string
	PID     int
	Started time.Duration // until its first answer
	command *exec.Cmd
	said    *bytes.Buffer
	ended   chan error
}

// starting is how long a server may take until it answers.
const starting = 2 * time.Minute

// Serve runs the program as a server of the crowd over the database, on a free
// port, until Stop.
func Serve(ctx context.Context, program, database, crowd string, args ...string) (*Server, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	free.Close()
	s := &Server{URL: "http://" + address, said: &bytes.Buffer{}, ended: make(chan error, 1)}
	s.command = exec.Command(program, append([]string{"serve", "--database", database, "--listen", address, "--url", s.URL,
		"--crowd", crowd, "--proxies", "127.0.0.1/32", "--log-level", "error"}, args...)...)
	s.command.Stderr = s.said
	start := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	s.PID = s.command.Process.Pid
	go func() { s.ended <- s.command.Wait() }()
	for {
		select {
		case <-s.ended:
			return nil, fmt.Errorf("the server ended at once: %s", strings.TrimSpace(s.said.String()))
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.Stop())
		case <-time.After(5 * time.Millisecond):
		}
		if s.answers(ctx) {
			s.Started = time.Since(start)
			return s, nil
		}
		if time.Since(start) > starting {
			return nil, errors.Join(errors.New("the server does not answer"), s.Stop())
		}
	}
}

func (s *Server) answers(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/healthz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Stop ends the server gently and waits for it.
func (s *Server) Stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the server did not end"), s.command.Process.Kill())
	}
}
