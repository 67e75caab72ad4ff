package register

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/database"
)

// LookReason is why a member of staff opens somebody's data.
type LookReason string

// The reasons. The person reads them in the account.
const (
	LookToDecide    LookReason = "decide"
	LookToCheck     LookReason = "check"
	LookForPerson   LookReason = "person"    // the person asked for it
	LookForRequest  LookReason = "request"   // of a court, a prosecutor, an investigator
	LookForFourEyes LookReason = "four_eyes" // to confirm what another proposed
)

// LookReasons in the order of the form.
var LookReasons = []LookReason{LookToDecide, LookToCheck, LookForPerson, LookForRequest, LookForFourEyes}

// Look is one look of the staff at a person's data, as the person may see it: not
// who it was, but what he was and why he looked (rule R70).
type Look struct {
	Role   mekenjai.Role
	Office mekenjai.Text
	What   string // "case", "search", "counter"
	Reason LookReason
	At     time.Time
}

// look writes that a member of staff looked at a person's data.
func look(ctx context.Context, tx database.Tx, actor mekenjai.Actor, person mekenjai.IIN, what string, reason LookReason, note string) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_look (id, person, officer, role, office, what, reason, note, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, newID(), person, actor.IIN, actor.Duty.Role, actor.Duty.Office, what, reason, note, now(tx))
	return err
}

// Reveal opens the personal data of a case to who has it, with a reason that the
// person can read in the account.
func (r *Register) Reveal(ctx context.Context, actor mekenjai.Actor, number string, reason LookReason, note string) error {
	note, err := lookInput(reason, note)
	if err != nil {
		return err
	}
	return r.deed(ctx, actor, mekenjai.DoReveal, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		if !c.Revealed.IsZero() {
			return nil // the second of two clicks
		}
		_, err := tx.Exec(ctx, `UPDATE desk_case SET revealed_at = $2 WHERE id = $1`, c.ID, now(tx))
		if err != nil {
			return err
		}
		persons, err := c.concerned(ctx, tx)
		if err != nil {
			return err
		}
		for _, person := range persons {
			if err := look(ctx, tx, actor, person, "case", reason, note); err != nil {
				return err
			}
		}
		return c.step(ctx, tx, "reveal", actor.IIN, note)
	})
}

// concerned are the persons whose data a case holds: whom it is about, and whose
// consent was asked.
func (c *DeskCase) concerned(ctx context.Context, tx database.Tx) ([]mekenjai.IIN, error) {
	list := []mekenjai.IIN{c.About}
	holders, err := database.Collect(ctx, tx, database.Column[mekenjai.PartyID], `SELECT DISTINCT party FROM consent
		WHERE application = $1 ORDER BY party LIMIT 100`, c.Subject)
	for _, p := range holders {
		if iin := p.IIN(); iin != "" && !slices.Contains(list, iin) {
			list = append(list, iin)
		}
	}
	return list, err
}

// lookInput checks what an officer gives as his reason.
func lookInput(reason LookReason, note string) (string, error) {
	note = strings.TrimSpace(note)
	var wrong mekenjai.FieldErrors
	if !slices.Contains(LookReasons, reason) {
		wrong = append(wrong, &mekenjai.FieldError{Field: "reason", Key: "desk.error.look_reason"})
	}
	if reason == LookForRequest && note == "" {
		wrong = append(wrong, &mekenjai.FieldError{Field: "note", Key: "desk.error.look_note"})
	}
	if utf8.RuneCountInString(note) > reasonLength {
		wrong = append(wrong, &mekenjai.FieldError{Field: "note", Key: "desk.error.words_long", Args: map[string]any{"n": reasonLength}})
	}
	return note, wrong.OrNil()
}

// Looks are the looks of the staff at the person's own data, newest first; before
// is the id of the last one of the page before, "" for the first page.
func (r *Register) Looks(ctx context.Context, actor mekenjai.Actor, before string) (list []Look, next string, err error) {
	if actor.BIN != "" {
		return nil, "", mekenjai.ErrForbidden
	}
	if before == "" {
		before = "~"
	}
	var ids []string
	err = r.db.Read(ctx, func(tx database.Tx) error {
		ids = nil
		list, err = database.Collect(ctx, tx, func(row database.Row) (l Look, err error) {
			var id string
			err = row.Scan(&id, &l.Role, &l.Office.KK, &l.Office.RU, &l.What, &l.Reason, database.ScanTime(&l.At))
			ids = append(ids, id)
			return l, err
		}, `SELECT l.id, l.role, coalesce(o.name_kk, l.office), coalesce(o.name_ru, l.office), l.what, l.reason, l.at
			FROM desk_look l LEFT JOIN access_office o ON o.id = l.office
			WHERE l.person = $1 AND l.id < $2 ORDER BY l.id DESC LIMIT $3`, actor.IIN, before, pageSize+1)
		return err
	})
	if len(list) > pageSize {
		return list[:pageSize], ids[pageSize-1], err
	}
	return list, "", err
}
