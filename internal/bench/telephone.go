package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"

	"mekenjai/internal/fake/crowd"
)

// telephones are those of the persons who take part: each hears the messages that
// are sent to it.
type telephones struct {
	crowd *crowd.Crowd

	mu      sync.Mutex
	waiting map[int]chan string // by person; guarded by mu
	lost    error               // why nothing is heard any more; guarded by mu
}

var requestLink = regexp.MustCompile(`/c/([0-9A-Za-z-]+)`)

// listen follows the messages of the server until the returned function is called.
func listen(ctx context.Context, c *crowd.Crowd, base string) (*telephones, func(), error) {
	ctx, stop := context.WithCancel(ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/demo/messages", nil)
	if err != nil {
		stop()
		return nil, nil, err
	}
	resp, err := (&http.Client{Transport: &http.Transport{}}).Do(r)
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("the server does not answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		stop()
		return nil, nil, fmt.Errorf("the server has no telephones of a crowd: start it with --crowd %s", c.Size)
	}
	t := &telephones{crowd: c, waiting: map[int]chan string{}}
	go func() {
		defer resp.Body.Close()
		for d := json.NewDecoder(resp.Body); ; {
			var m crowd.Message
			if err := d.Decode(&m); err != nil {
				t.fail(errors.Join(errors.New("the messages of the server ended"), err))
				return
			}
			t.ring(m)
		}
	}()
	return t, stop, nil
}

func (t *telephones) ring(m crowd.Message) {
	i, ok := t.crowd.PhoneOwner(m.To)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if inbox := t.waiting[i]; inbox != nil {
		select {
		case inbox <- m.Text:
		default: // nobody reads that many
		}
	}
}

func (t *telephones) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = err
	for _, inbox := range t.waiting {
		close(inbox)
	}
	t.waiting = map[int]chan string{}
}

// inbox of person i until done is called.
func (t *telephones) inbox(i int) (inbox <-chan string, done func()) {
	c := make(chan string, 8)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lost != nil {
		close(c)
		return c, func() {}
	}
	t.waiting[i] = c
	return c, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.waiting[i] == c {
			delete(t.waiting, i)
		}
	}
}

// hear waits for the next message to an inbox.
func hear(ctx context.Context, inbox <-chan string, what string) (string, error) {
	select {
	case text, ok := <-inbox:
		if !ok {
			return "", wrong("the messages of the server ended")
		}
		return text, nil
	case <-ctx.Done():
		return "", wrong("no %s in time", what)
	}
}
