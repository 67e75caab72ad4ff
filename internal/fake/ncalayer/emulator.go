package ncalayer

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Address is where NCALayer listens.
const Address = "127.0.0.1:13579"

// Answer is what the person does with the next dialog.
type Answer string

// The answers. Silence leaves the dialog open until the page gives up.
const (
	Sign    Answer = "sign"
	Cancel  Answer = "cancel"
	Fail    Answer = "fail"
	Silence Answer = "silence"
)

// Answers in the order of the demo page.
var Answers = []Answer{Sign, Cancel, Fail, Silence}

// Options of an emulator.
type Options struct {
	Keys    func(Seat) (*Key, error) // where keys come from, see FromAuthority
	Clock   func() time.Time         // of signing; nil: time.Now
	Origins []string                 // pages that may connect, such as http://localhost:8080; empty: every page
	Old     bool                     // release 1.2: a single signature is a PEM text, not an array of base64
	Log     *slog.Logger             // nil: none
}

// Emulator is one NCALayer with at most one key. Its methods may be called at
// the same time; requests are served one at a time, in order.
type Emulator struct {
	opts   Options
	dialog chan struct{} // holds a token while no dialog is open

	mu    sync.Mutex // guards what follows
	seat  *Seat
	key   *Key
	next  []Answer
	past  []Request
	conns map[*connection]struct{}
}

// Request is one dialog that was served.
type Request struct {
	At        time.Time
	Method    string
	Documents [][]byte // what was to be signed, decoded
	Attached  bool
	Answer    Answer
	Note      string // why it was not signed, for people
}

// kept bounds the list of requests.
const kept = 100

// New makes an emulator without a key.
func New(o Options) *Emulator {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e := &Emulator{opts: o, dialog: make(chan struct{}, 1), conns: map[*connection]struct{}{}}
	e.dialog <- struct{}{}
	return e
}

// Insert puts a key in place of the one that sits there.
func (e *Emulator) Insert(s Seat) error {
	k, err := e.opts.Keys(s)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seat, e.key = &s, k
	return nil
}

// Eject takes the key away: every dialog is then cancelled.
func (e *Emulator) Eject() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seat, e.key = nil, nil
}

// Seated tells whose key sits there.
func (e *Emulator) Seated() (Seat, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seat == nil {
		return Seat{}, false
	}
	return *e.seat, true
}

// Next queues what the person will do with the next dialogs, one each; after
// them he signs. Without arguments it forgets the queue.
func (e *Emulator) Next(answers ...Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(answers) == 0 {
		e.next = nil
	}
	e.next = append(e.next, answers...)
}

// Queued are the answers that wait.
func (e *Emulator) Queued() []Answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.next)
}

// Requests are the last dialogs, oldest first.
func (e *Emulator) Requests() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.past)
}

// take opens a dialog: the key that sits there and what the person will do.
func (e *Emulator) take() (*Key, Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := Sign
	if len(e.next) > 0 {
		a, e.next = e.next[0], e.next[1:]
	}
	return e.key, a
}

func (e *Emulator) record(r Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.past = append(e.past, r)
	if n := len(e.past) - kept; n > 0 {
		e.past = slices.Delete(e.past, 0, n)
	}
}

// Start listens on addr, "" for Address; when that port is busy, perhaps with a
// real NCALayer, on any free one. It returns the address for the page, such as
// ws://127.0.0.1:13579, and what stops the emulator.
func (e *Emulator) Start(addr string) (url string, stop func(context.Context) error, err error) {
	if addr == "" {
		addr = Address
	}
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(e.opts.Log.Handler(), slog.LevelInfo)}
	go func() { _ = server.Serve(l) }()
	return "ws://" + l.Addr().String(), func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		e.hangUp()
		return err
	}, nil
}
