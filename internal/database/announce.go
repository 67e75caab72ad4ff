package database

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// announcer tells other nodes of new jobs, after the commit and beside it: a
// NOTIFY within a transaction makes commits wait for each other, and River sends
// those that it can afford at the beginning of a burst, so that what follows in
// the burst waits for the next poll. Here the last job of a burst is announced
// too. What is lost with this process is found by the poll.
type announcer struct {
	pool   *pgxpool.Pool
	needed func() bool

	mu      sync.Mutex
	pending map[string]struct{}
	rung    chan struct{}
	stop    context.CancelFunc
	ended   chan struct{}
}

func startAnnouncer(pool *pgxpool.Pool, needed func() bool) *announcer {
	a := &announcer{pool: pool, needed: needed, pending: map[string]struct{}{}, rung: make(chan struct{}, 1), ended: make(chan struct{})}
	var ctx context.Context
	ctx, a.stop = context.WithCancel(context.Background())
	go a.run(ctx)
	return a
}

// add notes queues to be announced; it does not wait.
func (a *announcer) add(queues []string) {
	if !a.needed() {
		return
	}
	a.mu.Lock()
	for _, q := range queues {
		a.pending[q] = struct{}{}
	}
	a.mu.Unlock()
	select {
	case a.rung <- struct{}{}:
	default:
	}
}

func (a *announcer) run(ctx context.Context) {
	defer close(a.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.rung:
		}
		payloads := a.take()
		bounded, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, _ = a.pool.Exec(bounded, `SELECT pg_notify(current_schema() || '.`+topicInsert+`', payload) FROM unnest($1::text[]) AS payload`, payloads)
		cancel()
		if sleep(ctx, cooldown) != nil {
			return
		}
	}
}

func (a *announcer) take() (payloads []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q := range a.pending {
		payload, _ := json.Marshal(map[string]string{"queue": q})
		payloads = append(payloads, string(payload))
	}
	clear(a.pending)
	return payloads
}

func (a *announcer) close() {
	a.stop()
	<-a.ended
}
