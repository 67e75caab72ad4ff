package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"mekenjai/internal/freeport"
)

// Node is the program in a process of its own, which is killed and started.
type Node struct {
	Address string // where it listens
	program string
	args    []string
	env     []string // beside those of this process

	mu     sync.Mutex
	cmd    *exec.Cmd // nil: it does not run
	log    tail
	starts []time.Duration // from the start of the process to its first answer
}

// newNode chooses a free address for a node that serves as url. Extra arguments
// follow those that every node has.
func newNode(program, dsn, url, secret string, extra ...string) (*Node, error) {
	address, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	if url == "" {
		url = "http://" + address
	}
	args := append([]string{"serve", "--database=" + dsn, "--listen=" + address, "--url=" + url,
		"--paper-secret=" + secret, "--registers=inside", "--log-format=text", "--log-level=warn"}, extra...)
	return &Node{Address: address, program: program, args: args}, nil
}

// Start begins the process. It does not wait for it to answer.
func (n *Node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cmd = exec.Command(n.program, n.args...)
	n.cmd.Stderr = &n.log
	n.cmd.Env = append(n.cmd.Environ(), n.env...)
	// It must not outlive this program, however that ends.
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return n.cmd.Start()
}

// Kill ends the process as a power cut would.
func (n *Node) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd != nil {
		_ = n.cmd.Process.Kill()
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

// Stop asks the process to end and says how it did.
func (n *Node) Stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return nil
	}
	cmd := n.cmd
	n.cmd = nil
	_ = cmd.Process.Signal(os.Interrupt)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		return errors.Join(errors.New("it did not stop within 30 seconds"), <-ended)
	}
}

// answers says whether the node is healthy now.
func (n *Node) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Address+"/healthz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// comesUp is how long a started node may take until it answers.
const comesUp = 30 * time.Second

// Await waits until the node answers, and notes how long that took.
func (n *Node) Await(ctx context.Context) error {
	begun := time.Now()
	for deadline := begun.Add(comesUp); time.Now().Before(deadline); {
		if n.answers(ctx) {
			n.mu.Lock()
			n.starts = append(n.starts, time.Since(begun))
			n.mu.Unlock()
			return nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("a node does not come up within %s: %s", comesUp, n.log.String())
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// tail keeps the last of what a process wrote.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - tailSize; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
