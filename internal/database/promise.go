package database

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/pressly/goose/v3"
)

// A migration states which programs it still serves, in a line of its file:
//
//	-- Serves programs from 13 on.
//
// A program is known by the newest migration that it has. The statement is kept
// in the database before the migration is made, so that a program that meets a
// schema newer than itself can read whether it may run. A migration that states
// nothing serves no program but those that have it.
var servesLine = regexp.MustCompile(`(?m)^-- Serves programs from (\d+) on\.?$`)

const promiseTable = `CREATE TABLE IF NOT EXISTS mekenjai_schema (version BIGINT PRIMARY KEY, serves BIGINT NOT NULL)`

// Promises are by version the oldest program that each migration serves.
func Promises(migrations fs.FS) (map[int64]int64, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return nil, err
	}
	promises := make(map[int64]int64, len(names))
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("migrations: %w", err)
		}
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, err
		}
		promises[version] = version
		if stated := servesLine.FindSubmatch(text); stated != nil {
			if promises[version], err = strconv.ParseInt(string(stated[1]), 10, 64); err != nil {
				return nil, fmt.Errorf("migrations: %s: %w", name, err)
			}
		}
	}
	return promises, nil
}

// promise writes down what migrations serve, also those that are yet to be made.
func (db *DB) promise(ctx context.Context, promises map[int64]int64) error {
	return db.Transact(ctx, func(tx Tx) error {
		for version, serves := range promises {
			_, err := tx.Exec(ctx, `INSERT INTO mekenjai_schema (version, serves) VALUES ($1, $2)
				ON CONFLICT (version) DO UPDATE SET serves = excluded.serves WHERE mekenjai_schema.serves <> excluded.serves`, version, serves)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// servesStill reports whether a schema newer than this program serves it: each
// migration that the program does not have must say so.
func (db *DB) servesStill(ctx context.Context, s schemaState) error {
	var kept, serves int64
	err := db.Read(ctx, func(tx Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*), coalesce(max(serves), 0) FROM mekenjai_schema WHERE version > $1 AND version <= $2`,
			s.latest, s.has).Scan(&kept, &serves)
	})
	if err == nil && kept > 0 && serves <= s.latest {
		return nil
	}
	return fmt.Errorf("%w: it is at %d, this program knows %d and is not served by it: run a newer program", ErrNewerSchema, s.has, s.latest)
}

// mayMigrate refuses a migration that would take the schema away from under a
// node that lives.
func (db *DB) mayMigrate(ctx context.Context, has int64, promises map[int64]int64) error {
	nodes, err := db.engine.nodes(ctx)
	if err != nil {
		return nil // the table of nodes is made by the first migration
	}
	for version, serves := range promises {
		if version <= has {
			continue
		}
		for _, n := range nodes {
			if n.Schema < serves {
				return fmt.Errorf("%w: migration %d serves programs from %d on, and the node %q knows %d: stop it or bring it up to date first",
					ErrOlderNode, version, serves, n.Name, n.Schema)
			}
		}
	}
	return nil
}
