package database

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// loadBatch is the number of rows that Load commits together: what a broken load
// has to make again at most.
const loadBatch = 20_000

// Load writes rows into one table as fast as the engine can, by COPY on PostgreSQL
// and by long INSERTs on SQLite, and returns how many are durable. They are
// committed in batches: when it fails, because of a row or of ctx, the batches
// before stay. Values are those of an Exec. It is for filling a database that
// serves nobody yet.
func (db *DB) Load(ctx context.Context, table string, columns []string, rows iter.Seq2[[]any, error]) (written int64, err error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	for more := true; more; {
		batch := make([][]any, 0, loadBatch)
		for len(batch) < loadBatch {
			row, err, ok := next()
			if more = ok; !ok {
				break
			}
			if err == nil {
				row, err = plain(row)
			}
			if err == nil && len(row) != len(columns) {
				err = fmt.Errorf("a row of %d values for %d columns", len(row), len(columns))
			}
			if err != nil {
				return written, fmt.Errorf("load %s: %w", table, err)
			}
			batch = append(batch, row)
		}
		if len(batch) == 0 {
			break
		}
		if err := db.engine.load(ctx, table, columns, batch); err != nil {
			return written, fmt.Errorf("load %s: %w", table, err)
		}
		written += int64(len(batch))
	}
	return written, nil
}

func (e *postgresEngine) load(ctx context.Context, table string, columns []string, rows [][]any) error {
	_, err := e.pool.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// loadArguments bounds one INSERT: the cost of binding grows with the square of
// their number.
const loadArguments = 300

func (e *sqliteEngine) load(ctx context.Context, table string, columns []string, rows [][]any) error {
	tx, err := e.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	perStatement := max(1, loadArguments/len(columns))
	args := make([]any, 0, perStatement*len(columns))
	for len(rows) > 0 {
		n := min(len(rows), perStatement)
		args = args[:0]
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := tx.ExecContext(ctx, insertSQL(table, columns, n), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return tx.Commit()
}

// insertSQL is the statement for n rows.
func insertSQL(table string, columns []string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + Placeholders(1+i*len(columns), len(columns)) + ")")
	}
	return b.String()
}

// Table names a table of the product with its columns.
type Table struct {
	Name    string
	Columns []string
	IsFlag  []bool // which of them are BOOLEAN: SQLite gives 0 and 1 to who does not ask for a bool
}

// Tables are those that migrations made, by name: not those of the job queue nor
// of this package. It is for programs that look at a database as a whole.
func (db *DB) Tables(ctx context.Context) (tables []Table, err error) {
	err = db.Read(ctx, func(tx Tx) error {
		tables = nil
		rows, err := tx.Query(ctx, db.engine.columns())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			var isFlag bool
			if err := rows.Scan(&table, &column, &isFlag); err != nil {
				return err
			}
			if kept(table) {
				continue
			}
			if len(tables) == 0 || tables[len(tables)-1].Name != table {
				tables = append(tables, Table{Name: table})
			}
			last := &tables[len(tables)-1]
			last.Columns, last.IsFlag = append(last.Columns, column), append(last.IsFlag, isFlag)
		}
		return rows.Err()
	})
	return tables, err
}

func (e *postgresEngine) columns() string {
	return `SELECT table_name::text, column_name::text, data_type = 'boolean' FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`
}

func (e *sqliteEngine) columns() string {
	return `SELECT t.name, c.name, c.type = 'BOOLEAN' FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY t.name, c.cid`
}

// Analyze lets the engine look at what stands in the tables, so that its plans fit;
// after a Load they would otherwise be made for empty ones.
func (db *DB) Analyze(ctx context.Context) error { return db.engine.analyze(ctx) }

func (e *postgresEngine) analyze(ctx context.Context) error {
	_, err := e.pool.Exec(ctx, `VACUUM (ANALYZE)`)
	return err
}

func (e *sqliteEngine) analyze(ctx context.Context) error {
	if _, err := e.writer.ExecContext(ctx, `PRAGMA analysis_limit = 1000`); err != nil {
		return err
	}
	if _, err := e.writer.ExecContext(ctx, `ANALYZE`); err != nil {
		return err
	}
	return e.forgetSmall(ctx)
}

// manyRows is from when on what SQLite has noted of a table serves: a table of so many
// may grow, its indexes still pay.
const manyRows = 1000

// forgetSmall takes away what ANALYZE noted of small tables. SQLite never looks again by
// itself: a table that was empty then would be read from end to end, however many rows
// it has had since, because that costs nothing in an empty one. Without notes the
// planner takes the indexes for good ones.
func (e *sqliteEngine) forgetSmall(ctx context.Context) error {
	var noted bool
	err := e.writer.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1')`).Scan(&noted)
	if err != nil || !noted {
		return err
	}
	// The first number of a note is that of the rows.
	r, err := e.writer.ExecContext(ctx, `DELETE FROM sqlite_stat1 WHERE tbl IN
		(SELECT tbl FROM sqlite_stat1 GROUP BY tbl HAVING max(CAST(stat AS INTEGER)) < `+strconv.Itoa(manyRows)+`)`)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = e.writer.ExecContext(ctx, `ANALYZE sqlite_schema`) // the notes are read again
	return err
}
