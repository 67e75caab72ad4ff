package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// passFor is how long a chief who passed a seal sees what is behind it.
const passFor = time.Hour

// Protections are the seals that the actor proposed, and for a chief all of his
// territory, newest first.
func (r *Register) Protections(ctx context.Context, actor mekenjai.Actor) (list []Protection, err error) {
	if err := actor.Permitted(mekenjai.DoProposeSeal, mekenjai.Matter{KATO: []string{ownTerritory(actor)}}); err != nil {
		return nil, r.refuseDeed(ctx, audit.By(actor, "protection.list", ""), err)
	}
	whose, args := `(p.proposed_by = $1 OR p.opening_by = $1)`, []any{actor.IIN, pageSize * 5}
	if actor.Duty.Role == mekenjai.Chief {
		from, to := katoRange(actor.Duty.Territory)
		whose, args = `p.person <> $1 AND p.territory >= $3 AND p.territory <= $4`, append(args, from, to)
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, scanProtection, `SELECT `+protectionColumns+` FROM protection p
			WHERE p.state IN ('proposed', 'sealed', 'opening') AND `+whose+` ORDER BY p.id DESC LIMIT $2`, args...)
		return err
	})
	return list, err
}

// Protection is one of them, with what the actor may do to it now.
func (r *Register) Protection(ctx context.Context, actor mekenjai.Actor, number string) (p Protection, err error) {
	entry := audit.By(actor, "protection.look", number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if p, err = loadProtection(ctx, tx, actor, number); err != nil {
			return err
		}
		for _, deed := range []mekenjai.ProtectionDeed{mekenjai.ConfirmSealing, mekenjai.ProposeOpening, mekenjai.ConfirmOpening} {
			if _, err := protectionFor(ctx, tx, actor, deed, number); err == nil {
				p.MayDo = append(p.MayDo, deed)
			}
		}
		var until time.Time
		err := tx.QueryRow(ctx, `SELECT max(until_at) FROM protection_pass WHERE protection = $1 AND officer = $2 AND until_at > $3`,
			p.id, actor.IIN, now(tx)).Scan(database.ScanTime(&until))
		if err != nil {
			return err
		}
		p.Passed = until
		return audit.Write(ctx, tx, entry.Concerning(p.Person))
	})
	return p, r.refuseDeed(ctx, entry, err)
}

// PassSeal lets a chief see for an hour what a seal hides, because somebody has to
// decide a sealed person's cases too. The person reads of it in the account.
func (r *Register) PassSeal(ctx context.Context, actor mekenjai.Actor, number string, reason LookReason, note string) error {
	note, err := lookInput(reason, note)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "protection.pass", number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		p, err := loadProtection(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if actor.Duty.Role != mekenjai.Chief {
			return mekenjai.ErrForbidden
		}
		if err := maySeal(actor, mekenjai.DoProposeSeal, p.Person, p.territory, ""); err != nil {
			return err
		}
		if p.State != mekenjai.ProtectionSealed && p.State != mekenjai.ProtectionOpening {
			return mekenjai.ErrConflict
		}
		_, err = tx.Exec(ctx, `INSERT INTO protection_pass (id, protection, officer, reason, until_at) VALUES ($1, $2, $3, $4, $5)`,
			newID(), p.id, actor.IIN, reason, database.Micros(tx.Now().Add(passFor)))
		return errors.Join(err, look(ctx, tx, actor, p.Person, "protection", reason, note),
			audit.Write(ctx, tx, entry.Concerning(p.Person).With("reason", reason)))
	})
	return r.refuseDeed(ctx, entry, err)
}

// endProtections ends the seals whose term is over.
func (r *Register) endProtections(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM protection WHERE state IN ('sealed', 'opening') AND until_at <= $1 ORDER BY until_at LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		p, err := scanProtection(tx.QueryRow(ctx, `SELECT `+protectionColumns+` FROM protection p
			WHERE p.id = $1 AND p.state IN ('sealed', 'opening')`, id))
		if errors.Is(err, mekenjai.ErrNotFound) {
			return nil // another node was faster
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE protection SET state = 'ended', ended_at = $2 WHERE id = $1`, id, now(tx))
		return errors.Join(err, r.tellProtected(ctx, tx, p.Person, notify.DataOpened, time.Time{}),
			audit.Write(ctx, tx, audit.BySystem("protection.end", id).Concerning(p.Person)))
	})
	return done, errors.Join(err, err2)
}
