package database

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
)

// topicInsert is the topic under which River announces new jobs.
const topicInsert = "river_insert"

// bell tells the workers of this process which queues have got jobs, the
// moment these are committed. River's own ways are slower or dearer: on SQLite
// it writes notices to a table and polls it on the one connection that writes,
// on PostgreSQL a NOTIFY makes commits wait for each other. Other processes are
// told by an announcer.
type bell struct {
	announce func(queues []string) // to other processes; nil: there are none

	mu        sync.Mutex
	listeners map[*listener]struct{}
}

func (b *bell) ring(queues []string) {
	if len(queues) == 0 {
		return
	}
	if b.announce != nil {
		b.announce(queues)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		for _, q := range queues {
			l.pending[q] = struct{}{}
		}
		select {
		case l.rung <- struct{}{}:
		default:
		}
	}
}

// sqliteDriver is River's driver with the bell in place of the notice table.
type sqliteDriver struct {
	riverdriver.Driver[*sql.Tx]
	bell *bell
}

// SupportsListenNotify keeps River from writing notices.
func (d sqliteDriver) SupportsListenNotify() bool { return false }

func (d sqliteDriver) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	return &localListener{listener: newListener(d.bell), schema: p.Schema}
}

// postgresDriver is River's driver with the bell beside LISTEN, which brings
// the news of other nodes.
type postgresDriver struct {
	riverdriver.Driver[pgx.Tx]
	bell   *bell
	direct riverdriver.Driver[pgx.Tx] // whose connections can LISTEN; nil: none can
}

// SupportsListenNotify keeps River from sending NOTIFY within transactions.
func (d postgresDriver) SupportsListenNotify() bool { return false }

func (d postgresDriver) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	if d.direct == nil {
		return &localListener{listener: newListener(d.bell), schema: p.Schema}
	}
	return &bothListener{Listener: d.direct.GetListener(p), local: newListener(d.bell)}
}

// listener hears the bell while it is connected.
type listener struct {
	bell    *bell
	rung    chan struct{}       // holds one token while pending may be non-empty
	pending map[string]struct{} // guarded by bell.mu
}

func newListener(b *bell) *listener {
	return &listener{bell: b, rung: make(chan struct{}, 1), pending: make(map[string]struct{})}
}

func (l *listener) connect() {
	l.bell.mu.Lock()
	defer l.bell.mu.Unlock()
	if l.bell.listeners == nil {
		l.bell.listeners = make(map[*listener]struct{})
	}
	l.bell.listeners[l] = struct{}{}
}

func (l *listener) disconnect() {
	l.bell.mu.Lock()
	defer l.bell.mu.Unlock()
	delete(l.bell.listeners, l)
}

// next returns a notification that is due, or nil.
func (l *listener) next() *riverdriver.Notification {
	l.bell.mu.Lock()
	defer l.bell.mu.Unlock()
	for q := range l.pending {
		delete(l.pending, q)
		payload, _ := json.Marshal(map[string]string{"queue": q})
		return &riverdriver.Notification{Topic: topicInsert, Payload: string(payload)}
	}
	return nil
}

// localListener is a River listener that hears the bell only.
type localListener struct {
	*listener
	schema string
}

func (l *localListener) Connect(context.Context) error          { l.connect(); return nil }
func (l *localListener) Close(context.Context) error            { l.disconnect(); return nil }
func (l *localListener) Listen(context.Context, string) error   { return nil }
func (l *localListener) Unlisten(context.Context, string) error { return nil }
func (l *localListener) Ping(context.Context) error             { return nil }
func (l *localListener) Schema() string                         { return l.schema }
func (l *localListener) SetAfterConnectExec(string)             {}

func (l *localListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		if n := l.next(); n != nil {
			return n, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.rung:
		}
	}
}

// bothListener hears the bell and what its Listener brings.
type bothListener struct {
	riverdriver.Listener
	local *listener
}

func (l *bothListener) Connect(ctx context.Context) error {
	if err := l.Listener.Connect(ctx); err != nil {
		return err
	}
	l.local.connect()
	return nil
}

func (l *bothListener) Close(ctx context.Context) error {
	l.local.disconnect()
	return l.Listener.Close(ctx)
}

var errRung = errors.New("the bell rang")

// WaitForNotification waits for the Listener and breaks the wait off when the
// bell rings. A notice that arrives just then stays with the connection.
func (l *bothListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		if n := l.local.next(); n != nil {
			return n, nil
		}
		waiting, stop := context.WithCancelCause(ctx)
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			select {
			case <-l.local.rung:
				stop(errRung)
			case <-waiting.Done():
			}
		}()
		n, err := l.Listener.WaitForNotification(waiting)
		rung := context.Cause(waiting) == errRung
		stop(nil)
		<-watched
		if err == nil || !rung {
			return n, err
		}
	}
}
