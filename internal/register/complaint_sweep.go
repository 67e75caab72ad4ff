package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// forwardOverdue hands up the complaints that the body that decided has let lie:
// its silence must not keep them from the higher body.
func (r *Register) forwardOverdue(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM complaint WHERE kind = 'refusal' AND state = 'received' AND forward_by <= $1 ORDER BY forward_by LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		c, err := loadComplaint(ctx, tx, id)
		if err != nil || c.State != mekenjai.ComplaintReceived || c.ForwardBy.After(tx.Now()) {
			return err
		}
		return r.forward(ctx, tx, &c, "", audit.BySystem("complaint.forward", id).With("overdue", true))
	})
	return done, errors.Join(err, err2)
}

// hushComplaints ends the complaints that nobody answered in time: silence counts
// as a refusal, and the complainant is told that the court is open to him
// (Administrative Procedural-Process Code, arts 99, 100).
func (r *Register) hushComplaints(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM complaint WHERE (kind = 'owner' AND state = 'received' OR state = 'forwarded') AND answer_by <= $1
		ORDER BY answer_by LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		c, err := loadComplaint(ctx, tx, id)
		if err != nil || !c.State.IsOpen() || c.AnswerBy.After(tx.Now()) {
			return err
		}
		if err := moveComplaint(ctx, tx, &c, mekenjai.ComplaintSilent); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE complaint SET answered_at = $2 WHERE id = $1`, id, database.Micros(tx.Now()))
		return errors.Join(err,
			r.closeCase(ctx, tx, CaseComplaint, id),
			r.tellComplainant(ctx, tx, c, notify.ComplaintSilent),
			audit.Write(ctx, tx, audit.BySystem("complaint.silent", id).Concerning(c.Person)))
	})
	return done, errors.Join(err, err2)
}
