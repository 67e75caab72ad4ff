// Package check examines a database afterwards: whether what must hold of the
// whole register holds (Database), and whether everything that people were told
// is there, once (Told). It shares no code with the verbs that it examines, only
// the tables, so that a mistake in a verb is not a mistake of its judge too.
// Findings name rows by their ids and never show a person.
package check

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mekenjai/internal/database"
)

// Finding is one promise that does not hold, with the rows that show it.
type Finding struct {
	Rule string   `json:"rule"` // short name
	Says string   `json:"says"` // what should hold
	IDs  []string `json:"ids"`  // at most atMost of them
}

// String is the finding as one line.
func (f Finding) String() string {
	more := ""
	if len(f.IDs) == atMost {
		more = " and perhaps more"
	}
	return fmt.Sprintf("%s: %s: not so for %s%s", f.Rule, f.Says, strings.Join(f.IDs, ", "), more)
}

// atMost bounds how many rows a finding names.
const atMost = 20

// overdue is how long after its time something may still wait: a node may have
// been away, a register silent.
const overdue = 5 * time.Minute

// rule is a query that finds the rows for which a sentence is not true. $1 is
// atMost; $2, where it stands, is the instant before which nothing may wait.
type rule struct{ name, says, sql string }

func (r rule) find(ctx context.Context, tx database.Tx, now time.Time) ([]string, error) {
	args := []any{atMost}
	if strings.Contains(r.sql, "$2") {
		args = append(args, database.Micros(now.Add(-overdue)))
	}
	return database.Collect(ctx, tx, database.Column[string], r.sql, args...)
}

// Database examines the whole database as of now, in one snapshot. Without
// findings everything holds.
func Database(ctx context.Context, db *database.DB, now time.Time) (found []Finding, err error) {
	err = db.Read(ctx, func(tx database.Tx) error {
		found, err = examine(ctx, db, tx, now)
		return err
	})
	return found, err
}

func examine(ctx context.Context, db *database.DB, tx database.Tx, now time.Time) (found []Finding, err error) {
	note := func(r rule, ids []string) {
		if len(ids) > 0 {
			found = append(found, Finding{r.name, r.says, ids})
		}
	}
	for _, r := range rules {
		ids, err := r.find(ctx, tx, now)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", r.name, err)
		}
		note(r, ids)
	}
	changed, err := changedAudit(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", auditHash.name, err)
	}
	note(auditHash, changed)
	jobs, err := examineJobs(ctx, db, tx, now)
	return append(found, jobs...), err
}

// Rules are the names and sentences of everything that Database examines.
func Rules() (list []Finding) {
	for _, r := range append(append([]rule{}, rules...), auditHash, jobGivenUp, jobOverdue, jobStuck, evidenceWithoutJob, messageWithoutJob) {
		list = append(list, Finding{Rule: r.name, Says: r.says})
	}
	return list
}

// text is JSON as it stands in a column.
func text(s string) json.RawMessage {
	if s == "null" {
		return nil
	}
	return json.RawMessage(s)
}
