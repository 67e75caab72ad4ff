package database

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

const (
	firstWait = 2 * time.Millisecond
	maxWait   = 250 * time.Millisecond

	// patience bounds the time spent on repeating one transaction: somebody
	// waits for the answer, and a conflict that lasts longer is an overload
	// that more attempts make worse.
	patience = 10 * time.Second

	// absence bounds it while no server can be reached: long enough for a planned
	// change of the primary, and for a crash of its server alone.
	absence = 5 * time.Second
)

// Transact runs fn in a serializable transaction and commits it when fn
// returns nil. When fn returns an error or panics, or ctx ends before it
// returns, what it did is rolled back; a panic goes on to the caller.
//
// Calls that had to wait for one another may share one durable commit, after
// which each is answered. What one of them fails with does not concern the
// others, and fn sees only what is committed before it or together with it.
//
// After a conflict with another transaction fn is run again from the start
// with a fresh Tx, so it must not change anything outside tx. When conflicts do
// not end the error is ErrBusy. If the commit itself fails for another reason
// than a conflict, for example because the connection broke, it is not known
// whether it took place, and it is not repeated.
func (db *DB) Transact(ctx context.Context, fn func(tx Tx) error) error {
	defer db.nested.enter("Transact")()
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	lap := db.laps.of(fn)
	err := db.persist(ctx, func(n int) error {
		// What is repeated had bad luck in its group or is bad luck for it.
		return db.attempt(ctx, false, n > 0 || lap.slow(), func(tx Tx) error {
			defer lap.end(time.Now())
			return fn(tx)
		})
	})
	if err == nil {
		db.commits.Add(1)
	}
	return err
}

// Read runs fn over one snapshot of the committed state. Statements that write
// fail with ErrReadOnly. Like Transact it may run fn again.
func (db *DB) Read(ctx context.Context, fn func(tx Tx) error) error {
	defer db.nested.enter("Read")()
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	lap := db.laps.of(fn)
	err := db.persist(ctx, func(int) error {
		err := db.attempt(ctx, true, lap.several.Load(), fn)
		if errors.Is(err, errMore) {
			lap.several.Store(true)
			err = db.attempt(ctx, true, true, fn)
		}
		return err
	})
	if err == nil {
		db.reads.Add(1)
	}
	return err
}

// bounded gives ctx the bound of the Options.
func (db *DB) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if db.longest == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, db.longest)
}

// attempt runs fn once. However fn ends, by an error, a panic or
// runtime.Goexit, nothing of it remains unless attempt returns nil.
func (db *DB) attempt(ctx context.Context, read, apart bool, fn func(Tx) error) error {
	native, err := db.engine.begin(ctx, read, apart)
	if err != nil {
		return err
	}
	// The clock is read after begin: where transactions queue for the writer
	// their instants are then in the order of their commits.
	t := &transaction{native: native, read: read, now: db.clock().UTC().Truncate(time.Microsecond)}
	defer func() {
		if !t.ended { // a panic or Goexit
			t.end()
			native.rollback(ctx)
		}
	}()
	err = t.outcome(ctx, fn(Tx{t}))
	t.end()
	if err != nil || read {
		if lost := native.rollback(ctx); lost != nil {
			return lost
		}
		return err
	}
	return native.commit(ctx, t.jobs)
}

// persist makes attempts until one ends with success or with an error that
// another attempt would not change.
func (db *DB) persist(ctx context.Context, attempt func(n int) error) error {
	var began time.Time
	for n := 0; ; n++ {
		err := attempt(n)
		if err == nil || !db.engine.repeatable(err, n) || ctx.Err() != nil {
			return err
		}
		if n == 0 {
			began = time.Now()
		} else if waited := time.Since(began); waited > patience || waited > absence && unreachable(err) {
			return fmt.Errorf("%w: gave up after %d attempts: %w", ErrBusy, n+1, err)
		}
		db.repeats.Add(1)
		if err := sleep(ctx, backoff(n)); err != nil {
			return err
		}
	}
}

// backoff returns a random wait below a bound that doubles with every attempt:
// the randomness keeps those who met once from meeting again.
func backoff(attempt int) time.Duration {
	bound := maxWait
	if attempt < 7 {
		bound = min(maxWait, firstWait<<attempt)
	}
	return rand.N(bound) + time.Microsecond
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// nesting remembers which goroutines are inside a closure.
type nesting struct {
	inside sync.Map // goroutine number as printed by the runtime → name of the call
}

// enter panics when the calling goroutine is inside already; the function it
// returns leaves.
func (n *nesting) enter(call string) func() {
	if n == nil {
		return func() {}
	}
	id := goroutine()
	if outer, nested := n.inside.LoadOrStore(id, call); nested {
		panic(fmt.Sprintf("database: %s inside the closure of %s: use its tx", call, outer))
	}
	return func() { n.inside.Delete(id) }
}

// goroutine returns the number of the calling goroutine. The runtime shows it
// only in stack traces; that is slow, and good enough for a check in tests.
func goroutine() string {
	var buf [64]byte
	fields := bytes.Fields(buf[:runtime.Stack(buf[:], false)])
	return string(fields[1])
}
