package database

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Sizes is what a database occupies on disk. The difference between two of them
// tells what the work in between cost.
type Sizes struct {
	Engine string      `json:"engine"`
	Bytes  int64       `json:"bytes"`
	Log    int64       `json:"log_bytes,omitempty"` // of the write-ahead log since the server was made; PostgreSQL only
	Tables []TableSize `json:"tables"`              // largest first, those of the job queue included
}

// TableSize is the part of one table.
type TableSize struct {
	Name    string `json:"name"`
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"` // of the rows, long values included
	Indexes int64  `json:"index_bytes"`
}

// Sizes reads every page of a SQLite file and counts every row: on a large
// database it takes minutes.
func (db *DB) Sizes(ctx context.Context) (Sizes, error) {
	s, err := db.engine.sizes(ctx)
	if err != nil {
		return s, fmt.Errorf("sizes of the database: %w", err)
	}
	err = db.Read(ctx, func(tx Tx) error {
		s.Bytes = 0
		for i := range s.Tables {
			t := &s.Tables[i]
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM "`+t.Name+`"`).Scan(&t.Rows); err != nil {
				return err
			}
			s.Bytes += t.Bytes + t.Indexes
		}
		return nil
	})
	return s, err
}

func (e *sqliteEngine) sizes(ctx context.Context) (Sizes, error) {
	s := Sizes{Engine: SQLite}
	rows, err := e.reader.QueryContext(ctx, `SELECT m.tbl_name,
			sum(CASE WHEN m.type = 'table' THEN d.pgsize ELSE 0 END), sum(CASE WHEN m.type = 'index' THEN d.pgsize ELSE 0 END)
		FROM dbstat d JOIN sqlite_schema m ON m.name = d.name
		WHERE d.aggregate = TRUE AND m.tbl_name NOT LIKE 'sqlite\_%' ESCAPE '\' GROUP BY m.tbl_name ORDER BY sum(d.pgsize) DESC, m.tbl_name`)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var t TableSize
		if err := rows.Scan(&t.Name, &t.Bytes, &t.Indexes); err != nil {
			return s, err
		}
		s.Tables = append(s.Tables, t)
	}
	return s, rows.Err()
}

func (e *postgresEngine) sizes(ctx context.Context) (Sizes, error) {
	s := Sizes{Engine: Postgres}
	// A standby has no end of the log of its own, but what it has replayed.
	err := e.pool.QueryRow(ctx, `SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')::bigint`).Scan(&s.Log)
	if err != nil {
		return s, err
	}
	rows, err := e.pool.Query(ctx, `SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
		WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY pg_total_relation_size(c.oid) DESC, c.relname`)
	if err != nil {
		return s, err
	}
	s.Tables, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t TableSize, err error) {
		return t, row.Scan(&t.Name, &t.Bytes, &t.Indexes)
	})
	return s, err
}
