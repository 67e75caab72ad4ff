package check

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"mekenjai/internal/database"
)

var auditHash = rule{name: "audit-hash", says: "every entry of the audit is as it was written"}

// entry is an audit entry in the canonical form that its hash was made of.
type entry struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Person  string          `json:"person"`
	Session string          `json:"session"`
	Verb    string          `json:"verb"`
	Subject string          `json:"subject"`
	About   string          `json:"about"`
	Outcome string          `json:"outcome"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// changedAudit finds the entries whose hash is not that of their content.
func changedAudit(ctx context.Context, tx database.Tx) (ids []string, err error) {
	rows, err := tx.Query(ctx, `SELECT id, at, actor, person, session, verb, subject, about, outcome, detail, hash FROM audit_entry`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() && len(ids) < atMost {
		var e entry
		var detail string
		var hash []byte
		if err := rows.Scan(&e.ID, database.ScanTime(&e.At), &e.Actor, &e.Person, &e.Session, &e.Verb, &e.Subject,
			&e.About, &e.Outcome, &detail, &hash); err != nil {
			return ids, err
		}
		e.Detail = text(detail)
		canonical, err := json.Marshal(e)
		if sum := sha256.Sum256(canonical); err != nil || !bytes.Equal(sum[:], hash) {
			ids = append(ids, e.ID) // detail that is no JSON was not written so either
		}
	}
	return ids, rows.Err()
}
