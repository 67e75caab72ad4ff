package ncalayer

import (
	"context"
	"net/http"
	"slices"

	"github.com/coder/websocket"
)

const (
	heartbeat  = "--heartbeat--"
	largest    = 64 << 20 // of a frame: documents come inside
	maxPending = 32       // requests of one page that wait for their turn
)

// connection is one page.
type connection struct {
	ws  *websocket.Conn
	end context.CancelFunc
}

// ServeHTTP upgrades to the web socket.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" && len(e.opts.Origins) > 0 && !slices.Contains(e.opts.Origins, origin) {
		http.Error(w, "this page may not use the emulator", http.StatusForbidden)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // origins were checked above
	if err != nil {
		e.opts.Log.Info("ncalayer: no web socket", "error", err)
		return
	}
	ws.SetReadLimit(largest)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	c := &connection{ws, cancel}
	e.mu.Lock()
	e.conns[c] = struct{}{}
	e.mu.Unlock()
	defer func() {
		cancel()
		_ = ws.CloseNow()
		e.mu.Lock()
		delete(e.conns, c)
		e.mu.Unlock()
	}()
	e.converse(ctx, cancel, ws)
}

// converse greets, then reads and answers until the page goes. Heartbeats are
// echoed at once, also while a dialog is open; requests wait for one another.
func (e *Emulator) converse(ctx context.Context, end context.CancelFunc, ws *websocket.Conn) {
	release := "1.4"
	if e.opts.Old {
		release = "1.2"
	}
	write := func(frame []byte) { _ = ws.Write(ctx, websocket.MessageText, frame) }
	write([]byte(`{"result":{"version":"` + release + `"}}`))
	frames := make(chan []byte, maxPending)
	go func() {
		defer end()
		defer close(frames)
		for {
			kind, frame, err := ws.Read(ctx)
			switch {
			case err != nil || kind != websocket.MessageText:
				return
			case string(frame) == heartbeat:
				write(frame)
				continue
			}
			select {
			case frames <- frame:
			default:
				return // a page that asks faster than people answer
			}
		}
	}()
	for frame := range frames {
		if answer := e.answer(ctx, frame); answer != nil {
			write(answer)
		}
	}
}

// hangUp ends every conversation.
func (e *Emulator) hangUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.conns {
		c.end()
	}
}
