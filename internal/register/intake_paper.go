package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// ShowPaper keeps a scan of what was shown at the counter; about is whose paper
// it is, original says that the operator compared it with the original.
func (r *Register) ShowPaper(ctx context.Context, actor mekenjai.Actor, id string, kind mekenjai.PaperKind, about mekenjai.IIN,
	original bool, scan papers.Scan) (p mekenjai.Paper, err error) {
	sealed, err := r.sealScan(kind, scan)
	if err != nil {
		return p, err
	}
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "paper.add", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		if about == "" {
			about = row.data.Registrant
		}
		p, err = addPaper(ctx, tx, actor, mekenjai.PaperOfIntake, id, about, original, sealed)
		return errors.Join(err, row.save(ctx, tx))
	})
	return p, err
}

// DropPaper takes a scan back that was made by mistake. One under which somebody
// signed stays as long as his signature does: mekenjai.ErrConflict.
func (r *Register) DropPaper(ctx context.Context, actor mekenjai.Actor, id, paper string) error {
	return r.atCounter(ctx, actor, mekenjai.DoFile, "paper.drop", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		consents, err := consentsHere(ctx, tx, id)
		if err != nil {
			return err
		}
		used := row.signed.Paper == paper
		for _, c := range consents {
			used = used || c.Paper == paper
		}
		if used {
			return mekenjai.ErrConflict
		}
		return dropPaper(ctx, tx, actor, mekenjai.PaperOfIntake, id, paper)
	})
}

// paperHere is a paper of the intake by its id.
func paperHere(ctx context.Context, tx database.Tx, place mekenjai.PaperPlace, subject, id string) (mekenjai.Paper, error) {
	return scanPaper(tx.QueryRow(ctx, `SELECT `+paperColumns+` FROM paper
		WHERE id = $1 AND place = $2 AND subject = $3 AND removed_at IS NULL`, id, place, subject))
}

// guardIntakePapers: the papers of an intake are the business of its office.
func guardIntakePapers(ctx context.Context, tx database.Tx, actor mekenjai.Actor, subject string) error {
	row, err := loadIntake(ctx, tx, subject)
	if err != nil {
		return err
	}
	return row.permits(actor, mekenjai.DoLookAtIntake)
}
