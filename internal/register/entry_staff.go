package register

import (
	"context"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// EntryFile is an entry as an officer of its territory reads it.
type EntryFile struct {
	mekenjai.Registration
	Endings  []mekenjai.Ending // newest first
	Disputes []mekenjai.Dispute
	Versions []Version
}

// EntryFile opens an entry for an officer; the look stands among those that the
// person reads in the account.
func (r *Register) EntryFile(ctx context.Context, actor mekenjai.Actor, number string) (f EntryFile, err error) {
	entry := audit.By(actor, "registration.view", number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if f.Registration, err = visibleEntry(ctx, tx, number, actor.IIN); err != nil {
			return err
		}
		if err := actor.Permitted(mekenjai.DoLookAtCase, mekenjai.Matter{KATO: []string{f.Dwelling.KATO}}); err != nil {
			return err
		}
		rows, err := database.Collect(ctx, tx, scanEnding, `SELECT `+endingColumns+` FROM ending WHERE registration = $1
			ORDER BY at DESC, id DESC LIMIT 20`, f.ID)
		if err != nil {
			return err
		}
		f.Endings = nil
		for _, x := range rows {
			f.Endings = append(f.Endings, x.Ending)
		}
		if f.Disputes, err = disputesOf(ctx, tx, f.ID); err != nil {
			return err
		}
		if f.Versions, err = versionsOf(ctx, tx, f.ID); err != nil {
			return err
		}
		if err := look(ctx, tx, actor, f.Person, "search", LookToCheck, ""); err != nil {
			return err
		}
		return audit.Write(ctx, tx, entry.Concerning(f.Person))
	})
	return f, r.refuseDeed(ctx, entry, err)
}
