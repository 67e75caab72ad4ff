package database_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/riverqueue/river"

	"mekenjai/internal/database"
)

// greetArgs is a job, greeter its handler.
type greetArgs struct{ Name string }

func (greetArgs) Kind() string { return "greet" }

type greeter struct {
	river.WorkerDefaults[greetArgs]
	greeted chan string
}

func (g *greeter) Work(_ context.Context, job *river.Job[greetArgs]) error {
	g.greeted <- job.Args.Name
	return nil
}

func Example() {
	ctx := context.Background()
	dir, _ := os.MkdirTemp("", "example-")
	defer os.RemoveAll(dir)

	db, err := database.Open(ctx, filepath.Join(dir, "example.db"), database.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx, schema); err != nil {
		fmt.Println(err)
		return
	}

	workers, greeted := river.NewWorkers(), make(chan string)
	river.AddWorker(workers, &greeter{greeted: greeted})
	worker, err := db.Work(ctx, workers, database.WorkOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer worker.Stop(ctx)

	add := func(tx database.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO thing (id, made_at) VALUES ($1, $2)`, "Abai", database.Micros(tx.Now())); err != nil {
			return err
		}
		return tx.Enqueue(ctx, greetArgs{"Abai"}, nil)
	}
	fmt.Println("added:", db.Transact(ctx, add))
	fmt.Println("greeted:", <-greeted)
	fmt.Println("added twice:", database.IsUnique(db.Transact(ctx, add)))

	err = db.Read(ctx, func(tx database.Tx) error {
		ids, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM thing ORDER BY id`)
		if err != nil {
			return err
		}
		fmt.Println("things:", ids)
		_, err = database.One(ctx, tx, database.Column[string], `SELECT id FROM thing WHERE id = $1`, "Magzhan")
		return err
	})
	fmt.Println("not found:", errors.Is(err, database.ErrNoRows))
	// Output:
	// added: <nil>
	// greeted: Abai
	// added twice: true
	// things: [Abai]
	// not found: true
}
