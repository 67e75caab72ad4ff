package register

import (
	"context"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// AddComplaintPaper puts a scan to a complaint that is not answered yet. Who has
// its case sees it.
func (r *Register) AddComplaintPaper(ctx context.Context, actor mekenjai.Actor, number string, scan papers.Scan) error {
	sealed, err := r.sealScan(mekenjai.EvidencePaper, scan)
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := ownComplaint(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !c.State.IsOpen() {
			return mekenjai.ErrConflict
		}
		_, err = addPaper(ctx, tx, actor, mekenjai.PaperOfCase, c.ID, c.Person, false, sealed)
		return err
	})
}
