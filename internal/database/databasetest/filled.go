package databasetest

import (
	"context"
	"io/fs"
	"time"

	"mekenjai/internal/database"
)

// Filled is a set of migrations with what every test wants in the database. It
// takes the place of the migrations; Fill runs once, and each test gets a copy.
type Filled struct {
	fs.FS
	Name string    // tells fillings of the same migrations apart
	At   time.Time // the clock of the filling
	Fill func(ctx context.Context, db *database.DB) error
}

// migrated makes a template: the migrations, and what fills them.
func migrated(ctx context.Context, dsn string, migrations fs.FS) error {
	filled, ok := migrations.(Filled)
	options := database.Options{}
	if ok {
		options.Clock = func() time.Time { return filled.At }
	}
	db, err := database.Open(ctx, dsn, options)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx, migrations); err != nil || !ok {
		return err
	}
	return filled.Fill(ctx, db)
}
