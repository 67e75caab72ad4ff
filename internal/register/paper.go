package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// mostPapers of one thing: a case file, not an archive.
const mostPapers = 40

// sealedScan is a scan that is encrypted and waits to be added by a transaction.
type sealedScan struct {
	id     string
	kind   mekenjai.PaperKind
	scan   papers.Scan
	sealed papers.Sealed
}

// sealScan encrypts an accepted scan, outside transactions.
func (r *Register) sealScan(kind mekenjai.PaperKind, scan papers.Scan) (sealedScan, error) {
	if !kind.IsKnown() {
		return sealedScan{}, &mekenjai.FieldError{Field: "kind", Key: "paper.error.kind"}
	}
	if r.Papers == nil {
		return sealedScan{}, fmt.Errorf("no vault for papers: %w", mekenjai.ErrUnavailable)
	}
	p := sealedScan{id: newID(), kind: kind, scan: scan}
	var err error
	p.sealed, err = r.Papers.Seal(p.id, scan.Bytes)
	return p, err
}

// addPaper puts a sealed scan to a thing. Whether the actor may, the verb that
// calls it has asked. About is whose paper it is; checked says that the actor
// compared it with the original.
func addPaper(ctx context.Context, tx database.Tx, actor mekenjai.Actor, place mekenjai.PaperPlace, subject string,
	about mekenjai.IIN, checked bool, s sealedScan) (mekenjai.Paper, error) {
	n, err := database.One(ctx, tx, database.Column[int], `SELECT count(*) FROM paper
		WHERE place = $1 AND subject = $2 AND removed_at IS NULL`, place, subject)
	if err != nil {
		return mekenjai.Paper{}, err
	}
	if n >= mostPapers {
		return mekenjai.Paper{}, &mekenjai.FieldError{Field: "scan", Key: "paper.error.many", Args: map[string]any{"most": mostPapers}}
	}
	p := mekenjai.Paper{ID: s.id, Place: place, Subject: subject, Kind: s.kind, About: about, Type: string(s.scan.Type),
		Pages: s.scan.Pages, Size: len(s.scan.Bytes), Hash: s.scan.Hash[:], Original: s.scan.Original[:], Checked: checked,
		AddedBy: actor.IIN, AddedFor: actor.Party(), AddedAt: tx.Now()}
	_, err = tx.Exec(ctx, `INSERT INTO paper (`+paperColumns+`, secret, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		p.ID, p.Place, p.Subject, p.Kind, p.About, p.Type, p.Pages, p.Size, p.Hash, p.Original, p.Checked,
		p.AddedBy, p.AddedFor, database.Micros(p.AddedAt), s.sealed.Key, s.sealed.Bytes)
	if err != nil {
		return mekenjai.Paper{}, err
	}
	return p, audit.Write(ctx, tx, audit.By(actor, "paper.add", p.ID).Concerning(about).
		With("subject", subject).With("kind", p.Kind).With("hash", hex.EncodeToString(p.Hash)).With("checked", checked))
}

// papersOf lists the papers of a thing, without their content.
func papersOf(ctx context.Context, tx database.Tx, place mekenjai.PaperPlace, subject string) ([]mekenjai.Paper, error) {
	return database.Collect(ctx, tx, scanPaper, `SELECT `+paperColumns+` FROM paper
		WHERE place = $1 AND subject = $2 AND removed_at IS NULL ORDER BY id LIMIT $3`, place, subject, mostPapers)
}

// dropPaper takes a paper back that was put to a thing by mistake: the content is
// gone, the row says that it was there. The verb that calls it has asked whether
// the thing may still be changed.
func dropPaper(ctx context.Context, tx database.Tx, actor mekenjai.Actor, place mekenjai.PaperPlace, subject, id string) error {
	n, err := tx.Exec(ctx, `UPDATE paper SET removed_at = $4, content = NULL
		WHERE id = $1 AND place = $2 AND subject = $3 AND removed_at IS NULL`, id, place, subject, database.Micros(tx.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return mekenjai.ErrNotFound
	}
	return audit.Write(ctx, tx, audit.By(actor, "paper.drop", id).With("subject", subject))
}

// handOverPapers moves the papers of a thing to what became of it: an intake's to the
// application.
func handOverPapers(ctx context.Context, tx database.Tx, place mekenjai.PaperPlace, subject string, to mekenjai.PaperPlace, application string) error {
	_, err := tx.Exec(ctx, `UPDATE paper SET place = $3, subject = $4 WHERE place = $1 AND subject = $2`, place, subject, to, application)
	return err
}

const paperColumns = `id, place, subject, kind, about, type, pages, size, hash, original, checked, added_by, added_for, added_at`

func scanPaper(row database.Row) (p mekenjai.Paper, err error) {
	err = row.Scan(&p.ID, &p.Place, &p.Subject, &p.Kind, &p.About, &p.Type, &p.Pages, &p.Size, &p.Hash, &p.Original,
		&p.Checked, &p.AddedBy, &p.AddedFor, database.ScanTime(&p.AddedAt))
	return p, notFound(err)
}

// paperGuard says whether staff may open the papers of a thing: nil, or the
// reason of mekenjai.Actor.Permitted.
type paperGuard func(ctx context.Context, tx database.Tx, actor mekenjai.Actor, subject string) error

// OpenPaper gives the content of a paper to who may see it: the person whose it
// is, who put it there, and staff whom the thing concerns. Each opening and each
// attempt is audited.
func (r *Register) OpenPaper(ctx context.Context, actor mekenjai.Actor, id string) (p mekenjai.Paper, content []byte, err error) {
	if r.Papers == nil {
		return p, nil, fmt.Errorf("no vault for papers: %w", mekenjai.ErrUnavailable)
	}
	var sealed papers.Sealed
	err = r.db.Read(ctx, func(tx database.Tx) error {
		if p, err = scanPaper(tx.QueryRow(ctx, `SELECT `+paperColumns+` FROM paper WHERE id = $1 AND removed_at IS NULL`, id)); err != nil {
			return err
		}
		if err := r.mayOpen(ctx, tx, actor, p); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT secret, content FROM paper WHERE id = $1`, id).Scan(&sealed.Key, &sealed.Bytes)
	})
	entry := audit.By(actor, "paper.open", id).Concerning(p.About).With("kind", p.Kind)
	switch {
	case errors.Is(err, mekenjai.ErrForbidden):
		err = r.refuseAttempt(ctx, entry, "forbidden", hideFromCitizens(actor, err))
		return mekenjai.Paper{}, nil, err
	case err != nil:
		return mekenjai.Paper{}, nil, err
	}
	if content, err = r.Papers.Open(id, [sha256.Size]byte(p.Hash), sealed); err != nil {
		return mekenjai.Paper{}, nil, fmt.Errorf("paper %s: %w", id, err)
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error { return audit.Write(ctx, tx, entry) })
	if err != nil {
		return mekenjai.Paper{}, nil, err
	}
	return p, content, nil
}

// hideFromCitizens: for who is no member of staff another's paper does not exist.
func hideFromCitizens(actor mekenjai.Actor, err error) error {
	if actor.Duty.IsStaff() {
		return err
	}
	return mekenjai.ErrNotFound
}

func (r *Register) mayOpen(ctx context.Context, tx database.Tx, actor mekenjai.Actor, p mekenjai.Paper) error {
	if !actor.Duty.IsStaff() {
		own := actor.BIN == "" && p.About != "" && p.About == actor.IIN
		if own || p.AddedFor == actor.Party() && p.AddedBy == actor.IIN {
			return nil
		}
		return mekenjai.ErrForbidden
	}
	guard := r.paperGuards[p.Place]
	if guard == nil {
		return mekenjai.ErrForbidden
	}
	err := guard(ctx, tx, actor, p.Subject)
	if errors.Is(err, mekenjai.ErrNotFound) || errors.Is(err, mekenjai.ErrConflict) {
		return mekenjai.ErrForbidden
	}
	return err
}

// guardApplicationPapers: the operator of the territory sees what was put to an
// application at the counter; an officer, once the case is in his hands.
func guardApplicationPapers(ctx context.Context, tx database.Tx, actor mekenjai.Actor, application string) error {
	if actor.Duty.Role == mekenjai.Operator {
		a, err := loadApplication(ctx, tx, application)
		if err != nil {
			return err
		}
		m := mekenjai.Matter{KATO: []string{a.Dwelling.KATO}, Holder: a.Operator}
		if a.Office == actor.Duty.Office { // taken at this very counter, where the person resides: asked then
			m.KATO = append(m.KATO, actor.Duty.Territory)
		}
		return actor.Permitted(mekenjai.DoLookAtIntake, m)
	}
	return guardCasePapers(ctx, tx, actor, application)
}

// guardCasePapers: what stands in papers is shown as other personal data of a
// case is, to who has taken it and opened it with a reason.
func guardCasePapers(ctx context.Context, tx database.Tx, actor mekenjai.Actor, subject string) error {
	var m mekenjai.Matter
	var kato string
	err := tx.QueryRow(ctx, `SELECT c.kato, c.officer FROM desk_case c
		WHERE c.kind IN ('application', 'dispute', 'complaint', 'annulment') AND c.subject = $3 AND c.state <> 'closed'
		AND c.revealed_at IS NOT NULL AND `+visible("c.about", 1)+` LIMIT 1`, now(tx), actor.IIN, subject).
		Scan(&kato, &m.Holder)
	if err != nil {
		return notFound(err)
	}
	m.KATO = []string{kato}
	return actor.Permitted(mekenjai.DoReveal, m)
}
