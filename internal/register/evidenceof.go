package register

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Evidence is what proves for years that one thing was signed.
type Evidence struct {
	Of      string // "application", "consent", "text"
	Text    []byte // what was signed
	Archive []byte // CAdES-LT, which eds verifies with the text alone; nil while it is being gathered
}

// evidenceQueries say where signatures stand.
var evidenceQueries = []struct{ of, query string }{
	{"application", `SELECT statement, evidence FROM application WHERE id = $1 AND signature IS NOT NULL`},
	{"consent", `SELECT a.statement, c.evidence FROM consent c JOIN application a ON a.id = c.application
		WHERE c.id = $1 AND c.signature IS NOT NULL`},
	{"text", `SELECT text, evidence FROM signed_text WHERE id = $1 AND signature IS NOT NULL`},
}

// EvidenceOf hands out the evidence of the signature under an application, a consent or
// a signed text, by its id, for a court or a commission. It is for those who run the
// installation, on its own machine, and audited; mekenjai.ErrNotFound for what is not
// there or was signed by a code.
func (r *Register) EvidenceOf(ctx context.Context, id string) (e Evidence, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		for _, q := range evidenceQueries {
			e = Evidence{Of: q.of}
			err := tx.QueryRow(ctx, q.query, id).Scan(&e.Text, &e.Archive)
			if errors.Is(err, database.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.BySystem("evidence.hand_out", id).With("of", q.of))
		}
		return mekenjai.ErrNotFound
	})
	if err != nil {
		return Evidence{}, fmt.Errorf("evidence of %q: %w", id, err)
	}
	return e, nil
}
