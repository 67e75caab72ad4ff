package database_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"mekenjai/internal/database"
)

// Whatever many callers do at once, there are exactly the rows of those who were
// answered without an error, each was answered for what it did itself, and each
// counted once.
func TestCallersAtOnceAreAsCallersAlone(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('counter')`)
		counted, run := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			ends := rapid.SliceOfN(rapid.SampledFrom([]string{"well", "well", "well", "error", "panic", "exit", "cancel", "double"}), 2, 14).Draw(rt, "ends")
			answers := make([]error, len(ends))
			var wg sync.WaitGroup
			for i, end := range ends {
				answers[i] = errGone
				wg.Go(func() {
					defer func() { _ = recover() }()
					answers[i] = callerThatEnds(db, fmt.Sprintf("%d/%02d", run, i), end)
				})
			}
			wg.Wait()
			var want []string
			for i, err := range answers {
				if (err == nil) != (ends[i] == "well") || ends[i] == "error" && !errors.Is(err, errWrong) || ends[i] == "double" && !database.IsUnique(err) ||
					ends[i] == "cancel" && !errors.Is(err, context.Canceled) {
					rt.Errorf("caller %d, who ends by %s: %v", i, ends[i], err)
				}
				if err == nil {
					counted++
					want = append(want, fmt.Sprintf("%d/%02d", run, i))
				}
			}
			got := slices.DeleteFunc(ids(t, db), func(id string) bool { return id == "counter" })
			if !slices.Equal(got, want) {
				rt.Errorf("rows %v, want %v", got, want)
			}
			if n := count(t, db, `SELECT count FROM thing WHERE id = 'counter'`); n != counted {
				rt.Errorf("counted %d, want %d", n, counted)
			}
			exec(t, db, `DELETE FROM thing WHERE id <> 'counter'`)
		})
	})
}

func callerThatEnds(db *database.DB, id, end string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return db.Transact(ctx, func(tx database.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT count FROM thing WHERE id = 'counter'`).Scan(&n); err != nil {
			return err
		}
		if err := insert(tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE thing SET count = $1 WHERE id = 'counter'`, n+1); err != nil {
			return err
		}
		switch end {
		case "error":
			return errWrong
		case "panic":
			panic("oh")
		case "exit":
			runtime.Goexit()
		case "cancel":
			cancel()
		case "double":
			return insert(tx, id)
		}
		return nil
	})
}
