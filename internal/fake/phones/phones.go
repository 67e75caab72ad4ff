// Package phones is the SMS centre of the demo: messages do not leave the
// machine, they wait in an inbox a telephone until the demo page or a test reads
// them. Nothing in it is kept over a restart.
package phones

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"mekenjai"
)

// Kept is how many messages an inbox keeps, and how many inboxes there are: a
// demo that runs for weeks does not grow.
const (
	Kept    = 50
	Inboxes = 500
)

// ErrUnreachable says that the network does not deliver to a telephone now.
var ErrUnreachable = errors.New("telephone is out of reach")

// Message is one SMS.
type Message struct {
	ID   int64 // counts up over all telephones
	To   mekenjai.Phone
	Text string
	At   time.Time
}

// Centre sends and keeps. Its methods may be called at the same time.
type Centre struct {
	clock func() time.Time

	mu      sync.Mutex // guards what follows
	last    int64
	inboxes map[mekenjai.Phone][]Message // newest first
	off     map[mekenjai.Phone]bool
	changed chan struct{} // closed at every message
}

// New makes a centre; a nil clock is time.Now.
func New(clock func() time.Time) *Centre {
	if clock == nil {
		clock = time.Now
	}
	return &Centre{
		clock: clock, inboxes: map[mekenjai.Phone][]Message{}, off: map[mekenjai.Phone]bool{}, changed: make(chan struct{}),
	}
}

// Send delivers at once. It fails for a number that is none, and with
// ErrUnreachable for a telephone that Switch turned off.
func (c *Centre) Send(ctx context.Context, to mekenjai.Phone, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(to) != 12 || to[:2] != "+7" {
		return fmt.Errorf("send a message to %s: not a number of Kazakhstan", to.Masked())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off[to] {
		return fmt.Errorf("send a message to %s: %w", to.Masked(), ErrUnreachable)
	}
	if _, known := c.inboxes[to]; !known && len(c.inboxes) >= Inboxes {
		c.forget()
	}
	c.last++
	inbox := append([]Message{{c.last, to, text, c.clock()}}, c.inboxes[to]...)
	c.inboxes[to] = inbox[:min(len(inbox), Kept)]
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

// forget drops the inbox that has been quiet longest.
func (c *Centre) forget() {
	var quiet mekenjai.Phone
	for phone, inbox := range c.inboxes {
		if quiet == "" || inbox[0].ID < c.inboxes[quiet][0].ID {
			quiet = phone
		}
	}
	delete(c.inboxes, quiet)
}

// Inbox of a telephone, newest first.
func (c *Centre) Inbox(phone mekenjai.Phone) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Message(nil), c.inboxes[phone]...)
}

// Latest messages of all telephones, newest first, at most n.
func (c *Centre) Latest(n int) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Message
	for _, inbox := range c.inboxes {
		all = append(all, inbox...)
	}
	newestFirst(all)
	return all[:min(n, len(all))]
}

// Switch turns a telephone off or on: what is sent meanwhile fails.
func (c *Centre) Switch(phone mekenjai.Phone, off bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off[phone] = off
}

// Wait returns the first message to the telephone with a higher ID than after,
// as soon as there is one: tests and the demo page need not poll.
func (c *Centre) Wait(ctx context.Context, phone mekenjai.Phone, after int64) (Message, error) {
	for {
		c.mu.Lock()
		inbox, changed := c.inboxes[phone], c.changed
		c.mu.Unlock()
		for i := len(inbox) - 1; i >= 0; i-- {
			if inbox[i].ID > after {
				return inbox[i], nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}
func newestFirst(m []Message) {
	slices.SortFunc(m, func(a, b Message) int { return cmp.Compare(b.ID, a.ID) })
}
