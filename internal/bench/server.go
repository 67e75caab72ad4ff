package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"mekenjai/internal/freeport"
)

// Server is a server of our own, a child process.
type Server struct {
	URL      string
	PID      int
	Started  time.Duration // from the fork to its first answer
	Answered int64         // bytes of that
	command  *exec.Cmd
	said     *bytes.Buffer
	ended    chan error
}

// starting is how long a server may take until it answers.
const starting = 2 * time.Minute

// Serve runs the program as a server of the crowd over the database, until Stop.
func Serve(ctx context.Context, program, database, crowd string, args ...string) (*Server, error) {
	return launch(ctx, program, "/healthz", func(address string) []string {
		return append([]string{"serve", "--database", database, "--listen", address, "--url", "http://" + address,
			"--crowd", crowd, "--registers", "inside", "--proxies", "127.0.0.1/32", "--log-level", "error"}, args...)
	})
}

// launch runs the program with arguments for a free address until Stop, and asks for
// a path until it is answered.
func launch(ctx context.Context, program, path string, args func(address string) []string) (*Server, error) {
	port, err := freeport.Port()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s := &Server{URL: "http://" + address, said: &bytes.Buffer{}, ended: make(chan error, 1)}
	s.command = exec.Command(program, args(address)...)
	s.command.Stderr = s.said
	start := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	s.PID = s.command.Process.Pid
	go func() { s.ended <- s.command.Wait() }()
	for {
		if s.Answered, err = answered(ctx, s.URL+path); err == nil {
			s.Started = time.Since(start)
			return s, nil
		}
		select {
		case <-s.ended:
			return nil, fmt.Errorf("the program ended before it answered: %s", strings.TrimSpace(s.said.String()))
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.Stop())
		case <-time.After(2 * time.Millisecond):
		}
		if time.Since(start) > starting {
			return nil, errors.Join(fmt.Errorf("the server does not answer: %w", err), s.Stop())
		}
	}
}

func answered(ctx context.Context, url string) (bytes int64, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if bytes, err = io.Copy(io.Discard, resp.Body); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	return bytes, err
}

// idle lets the server be for a while.
func (s *Server) idle(ctx context.Context, rest time.Duration) error {
	select {
	case err := <-s.ended:
		return fmt.Errorf("the program ended while it idled: %w %s", err, strings.TrimSpace(s.said.String()))
	case <-ctx.Done():
		return errors.Join(ctx.Err(), s.Stop())
	case <-time.After(rest):
		return nil
	}
}

// Stop ends the server gently and waits for it.
func (s *Server) Stop() error {
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the server did not end"), s.command.Process.Kill())
	}
}
