package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/schema"
	"mekenjai/internal/web"
)

// watchEvery is how often a running node examines itself.
const watchEvery = time.Minute

// requestBound is the longest that a request is worked at: a database that is cut
// off without a word holds nobody for ever.
const requestBound = 30 * time.Second

// transactionBound is the longest that one transaction may take, a sweep's too: it
// gives way to the request's own bound.
const transactionBound = 10 * time.Second

// condition is whether this node may serve, beside the database's answering.
type condition struct {
	mu   sync.Mutex
	flaw error
}

func (c *condition) set(flaw error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flaw = flaw
}

func (c *condition) get() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flaw
}

// join makes this process one of the nodes, once it has examined itself.
func (p *program) join(ctx context.Context, works bool) error {
	if err := p.examine(ctx); err != nil {
		return err
	}
	_, known, err := p.db.Version(ctx, schema.FS)
	if err != nil {
		return err
	}
	return p.db.Join(ctx, database.JoinOptions{Works: works, Schema: known})
}

// examine is what makes a node unfit: a clock that differs from the database's,
// as every deadline is written by one node and read by another; a schema that
// serves it no more, as a newer node may have migrated it.
func (p *program) examine(ctx context.Context) error {
	if err := p.db.CheckSchema(ctx, schema.FS); err != nil {
		return err
	}
	if p.config.demo() {
		return nil // its clock is moved at will
	}
	ahead, known, err := p.db.Skew(ctx)
	if err != nil {
		return err
	}
	p.skew.Store(int64(ahead))
	if known && ahead.Abs() > p.config.ClockBound {
		where := "ahead of"
		if ahead < 0 {
			where = "behind"
		}
		return fmt.Errorf("the clock of this machine is %s %s the database's, and --clock-bound allows %s: set it right (chrony or systemd-timesyncd)",
			ahead.Abs().Round(time.Millisecond), where, p.config.ClockBound)
	}
	if known {
		p.world.steady.Follow()
	}
	return nil
}

// watch examines the running node. While it is unfit its health says so, it answers
// with an error page and sweeps nothing; it recovers by itself.
func (p *program) watch(ctx context.Context) (int, error) {
	bounded, cancel := context.WithTimeout(ctx, requestBound)
	flaw := p.examine(bounded)
	cancel()
	if database.IsAway(flaw) || ctx.Err() != nil {
		return 0, nil // every request finds out, and health asks itself
	}
	if before := p.condition.get(); flaw != nil && before == nil {
		p.log.ErrorContext(ctx, "this node is unfit and serves no more", "reason", flaw)
	} else if flaw == nil && before != nil {
		p.log.InfoContext(ctx, "this node is fit again")
	}
	p.condition.set(flaw)
	return 0, nil
}

// health says whether this node can serve: it is fit and the database answers.
func (p *program) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	err := p.condition.get()
	if err == nil && p.db.Ping(ctx) != nil {
		err = errors.New("database does not answer")
	}
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintln(w, "ok")
}

// fit refuses requests while the node is unfit, and bounds the others but those
// that take long by their nature: a file that comes from a slow phone, and the
// demo's telephones, which are listened to. Transactions have a bound of their own.
func (p *program) fit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if flaw := p.condition.get(); flaw != nil {
			web.Handler(func(http.ResponseWriter, *http.Request) error { return fmt.Errorf("%w: %w", web.ErrAway, flaw) }).ServeHTTP(w, r)
			return
		}
		if p.uploads(r) || p.config.demo() && strings.HasPrefix(r.URL.Path, "/demo/") {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), requestBound)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// nodeName is what the other nodes call this one.
func nodeName(c config) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + " " + c.Listen
}
