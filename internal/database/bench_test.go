package database_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// The numbers mean something on a durable server only; see the command cluster.

func eachEngine(b *testing.B, bench func(b *testing.B, db *database.DB)) {
	for _, engine := range []string{database.SQLite, database.Postgres} {
		b.Run(engine, func(b *testing.B) {
			db, err := database.Open(b.Context(), databasetest.DSN(b, engine, schema), database.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			bench(b, db)
		})
	}
}

// fill makes the table large enough that two transactions rarely meet in it.
func fill(b *testing.B, db *database.DB) {
	transact(b, db, func(tx database.Tx) error {
		for range 20_000 {
			if _, err := tx.Exec(b.Context(), `INSERT INTO thing (id) VALUES ($1)`, uuid.NewString()); err != nil {
				return err
			}
		}
		return nil
	})
}

// cpu is the processor time used so far by this process and by the processes of
// the database server, if it runs on this machine.
func cpu(b *testing.B, db *database.DB) time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	used := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if db.Engine() == database.Postgres {
		used += serverCPU(b, db)
	}
	return used
}

// serverCPU sums the clock ticks of the server's processes that live. The
// connections of a pool live as long as the measurement.
func serverCPU(b *testing.B, db *database.DB) (used time.Duration) {
	var pids []int64
	read(b, db, func(tx database.Tx) (err error) {
		pids, err = database.Collect(b.Context(), tx, database.Column[int64], `SELECT pid FROM pg_stat_activity`)
		return err
	})
	for _, pid := range pids {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if _, rest, ok := strings.Cut(string(stat), ") "); ok {
			var user, system int64
			fields := strings.Fields(rest)
			fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
			used += time.Duration(user+system) * 10 * time.Millisecond
		}
	}
	return used
}

// verb is shaped like a verb of the register: it looks, changes, audits, and
// leaves jobs.
func verb(ctx context.Context, db *database.DB, jobs int) error {
	id := uuid.NewString()
	return db.Transact(ctx, func(tx database.Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM thing WHERE id = $1`, id).Scan(&n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO thing (id, count, made_at) VALUES ($1, $2, $3)`, id, n, database.Micros(tx.Now())); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE thing SET flag = $1, hash = $2 WHERE id = $3`, true, []byte("0123456789abcdef0123456789abcdef"), id); err != nil {
			return err
		}
		for range jobs {
			if err := tx.Enqueue(ctx, noteArgs{id}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkTransact(b *testing.B) {
	for _, jobs := range []int{0, 1, 3} {
		for _, callers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("jobs=%d/callers=%d", jobs, callers), func(b *testing.B) {
				eachEngine(b, func(b *testing.B, db *database.DB) {
					fill(b, db)
					b.SetParallelism(max(1, callers/2))
					before := cpu(b, db)
					b.ResetTimer()
					if callers == 1 {
						for b.Loop() {
							if err := verb(b.Context(), db, jobs); err != nil {
								b.Fatal(err)
							}
						}
					} else {
						b.RunParallel(func(pb *testing.PB) {
							for pb.Next() {
								if err := verb(b.Context(), db, jobs); err != nil {
									b.Error(err)
								}
							}
						})
					}
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
					b.ReportMetric(float64((cpu(b, db)-before).Microseconds())/float64(b.N), "cpu-µs/tx")
					b.ReportMetric(float64(db.Stats().Repeats)/float64(b.N), "repeats/tx")
				})
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	eachEngine(b, func(b *testing.B, db *database.DB) {
		for i := range 1000 {
			exec(b, db, `INSERT INTO thing (id, note) VALUES ($1, $2)`, fmt.Sprint(i), fmt.Sprintf("note %d", i))
		}
		var next atomic.Int64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := db.Read(b.Context(), func(tx database.Tx) error {
					_, err := database.One(b.Context(), tx, database.Column[string], `SELECT note FROM thing WHERE id = $1`, fmt.Sprint(next.Add(1)%1000))
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkJobDelay is the time from before the transaction that leaves a job
// to the start of its handler, the queue being idle before.
func BenchmarkJobDelay(b *testing.B) {
	eachEngine(b, func(b *testing.B, db *database.DB) {
		started := make(chan time.Time, 1)
		work(b, db, &noteWorker{do: func(context.Context, string, int) error { started <- time.Now(); return nil }}, database.WorkOptions{})
		var sum, worst time.Duration
		for b.Loop() {
			begin := time.Now()
			enqueue(b, db, "now")
			d := (<-started).Sub(begin)
			sum += d
			worst = max(worst, d)
			time.Sleep(100 * time.Millisecond)
		}
		b.ReportMetric(float64(sum.Microseconds())/float64(b.N)/1000, "ms-mean")
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms-worst")
	})
}

// BenchmarkJobs works jobs that were left before: the queue's own cost.
func BenchmarkJobs(b *testing.B) {
	eachEngine(b, func(b *testing.B, db *database.DB) {
		for range b.N {
			enqueue(b, db, "n")
		}
		done := make(chan struct{}, 1000)
		b.ResetTimer()
		work(b, db, &noteWorker{do: func(context.Context, string, int) error { done <- struct{}{}; return nil }}, database.WorkOptions{})
		for range b.N {
			<-done
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}
