package crowd

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"mekenjai"
)

// Telephones are those of the crowd: a message is handed to who follows them and
// kept by nobody. Messages to other telephones go on to their own centre.
type Telephones struct {
	crowd  *Crowd
	others func(context.Context, mekenjai.Phone, string) error

	mu        sync.Mutex // guards followers
	followers map[chan Message]struct{}
}

// Message is a text message as followers read it, one JSON object a line.
type Message struct {
	To   mekenjai.Phone `json:"to"`
	Text string         `json:"text"`
}

// behind is how many messages a follower may be late before it is cut off: who
// counts on every message must know that one is lost.
const behind = 10_000

// NewTelephones hands messages to strangers of the crowd on to others.
func NewTelephones(c *Crowd, others func(context.Context, mekenjai.Phone, string) error) *Telephones {
	return &Telephones{crowd: c, others: others, followers: map[chan Message]struct{}{}}
}

// Send is the SMS centre.
func (t *Telephones) Send(ctx context.Context, to mekenjai.Phone, text string) error {
	if _, ours := t.crowd.PhoneOwner(to); !ours {
		return t.others(ctx, to, text)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range t.followers {
		select {
		case f <- Message{to, text}:
		default:
			delete(t.followers, f)
			close(f)
		}
	}
	return nil
}

// ServeHTTP streams every message from now on to the one who asks: to the program
// that plays the crowd, which reads them as the telephones do.
func (t *Telephones) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := make(chan Message, behind)
	t.mu.Lock()
	t.followers[f] = struct{}{}
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.followers, f)
	}()
	w.Header().Set("Content-Type", "application/x-ndjson")
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // as long as it is followed
	out := json.NewEncoder(w)
	for {
		if len(f) == 0 {
			if control.Flush() != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case m, ok := <-f:
			if !ok || out.Encode(m) != nil {
				return
			}
		}
	}
}
