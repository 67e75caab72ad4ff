package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// Inquire runs the job of asking the registers, for tests that choose the moment.
func (r *Register) Inquire(ctx context.Context, application string) error {
	return r.inquire(ctx, application)
}

// AddPaper puts a scan to a thing, as verbs do.
func (r *Register) AddPaper(ctx context.Context, actor mekenjai.Actor, place mekenjai.PaperPlace, subject string, about mekenjai.IIN,
	kind mekenjai.PaperKind, scan papers.Scan) (p mekenjai.Paper, err error) {
	sealed, err := r.sealScan(kind, scan)
	if err != nil {
		return p, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		p, err = addPaper(ctx, tx, actor, place, subject, about, true, sealed)
		return err
	})
	return p, err
}

// DropPaperOf takes a paper back from whatever place it was put to.
func (r *Register) DropPaperOf(ctx context.Context, actor mekenjai.Actor, p mekenjai.Paper) error {
	return r.db.Transact(ctx, func(tx database.Tx) error { return dropPaper(ctx, tx, actor, p.Place, p.Subject, p.ID) })
}

// OpenCase opens a case of the desk.
func (r *Register) OpenCase(ctx context.Context, kind CaseKind, subject string, about mekenjai.IIN, kato string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := r.openCase(ctx, tx, kind, subject, about, kato, tx.Now().Add(decideWithin))
		return err
	})
}

// SettleEnding runs the job of ending a request at the end of its period.
func (r *Register) SettleEnding(ctx context.Context, ending string) error {
	return r.settleEnding(ctx, ending)
}

// Deliver runs the job of sending a deed to the state's register.
func (r *Register) Deliver(ctx context.Context, deed string) error { return r.deliver(ctx, deed) }

// SealActs runs the jobs of sealing what was issued.
func (r *Register) SealActs(ctx context.Context) error {
	var ids []string
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		ids, err = database.Collect(ctx, tx, database.Column[string], `SELECT id FROM act WHERE seal IS NULL ORDER BY id LIMIT $1`, pageSize)
		return err
	})
	for _, id := range ids {
		err = errors.Join(err, r.seal(ctx, id))
	}
	return err
}

// Visible is the predicate of the seal.
var Visible = visible
