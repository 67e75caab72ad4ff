package database_test

import (
	"testing"
	"testing/fstest"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

var schema = fstest.MapFS{
	"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (
	id      TEXT PRIMARY KEY,
	count   BIGINT NOT NULL DEFAULT 0,
	small   INTEGER,
	flag    BOOLEAN,
	hash    BYTEA,
	made_at BIGINT,
	note    TEXT UNIQUE
);
CREATE TABLE part (
	id    BIGINT PRIMARY KEY,
	thing TEXT NOT NULL REFERENCES thing (id)
);`)},
}

// each runs a test of the contract on both engines.
func each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, _ *databasetest.Clock) { test(t, db) })
}

func transact(t testing.TB, db *database.DB, fn func(tx database.Tx) error) {
	t.Helper()
	if err := db.Transact(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *database.DB, fn func(tx database.Tx) error) {
	t.Helper()
	if err := db.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *database.DB, sql string, args ...any) {
	t.Helper()
	transact(t, db, func(tx database.Tx) error {
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	})
}

func count(t testing.TB, db *database.DB, sql string, args ...any) (n int) {
	t.Helper()
	read(t, db, func(tx database.Tx) error { return tx.QueryRow(t.Context(), sql, args...).Scan(&n) })
	return n
}
