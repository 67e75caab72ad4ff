package register

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/database"
)

// idleAfter is how long a case lies in somebody's hands before a chief may take it
// over: a working day and a night.
const idleAfter = 24 * time.Hour

// Take gives the case to the officer. Of two who take it at once one gets it; the
// other gets mekenjai.ErrConflict. Who has it already keeps it.
func (r *Register) Take(ctx context.Context, actor mekenjai.Actor, number string) error {
	return r.deed(ctx, actor, mekenjai.DoTake, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		if c.State != CaseOpen {
			return mekenjai.ErrConflict
		}
		return c.give(ctx, tx, actor, "take", "")
	})
}

// TakeOver gives a case that somebody else left lying to a chief.
func (r *Register) TakeOver(ctx context.Context, actor mekenjai.Actor, number string) error {
	return r.deed(ctx, actor, mekenjai.DoTakeOver, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		last, err := lastDeed(ctx, tx, c)
		if err != nil {
			return err
		}
		if c.State != CaseTaken && c.State != CaseWaiting || tx.Now().Sub(last) < idleAfter {
			return mekenjai.ErrConflict // it is being worked on
		}
		return c.give(ctx, tx, actor, "take_over", "")
	})
}

// give puts the case into somebody's hands; what it is waiting for it waits for
// still.
func (c *DeskCase) give(ctx context.Context, tx database.Tx, actor mekenjai.Actor, deed, note string) error {
	c.Officer, c.Taken, c.Revealed = actor.IIN, tx.Now(), time.Time{}
	if c.State == CaseOpen {
		c.State = CaseTaken
	}
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	return c.step(ctx, tx, deed, actor.IIN, note)
}

// lastDeed is when somebody last did something to the case.
func lastDeed(ctx context.Context, tx database.Tx, c *DeskCase) (at time.Time, err error) {
	err = tx.QueryRow(ctx, `SELECT max(at) FROM desk_step WHERE desk_case = $1 AND officer = $2`, c.ID, c.Officer).Scan(database.ScanTime(&at))
	if at.IsZero() {
		at = c.Taken
	}
	return at, err
}

// GiveBack returns the case to the queue, with a reason for who takes it next.
func (r *Register) GiveBack(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	reason, err := words("reason", reason)
	if err != nil {
		return err
	}
	return r.deed(ctx, actor, mekenjai.DoReturn, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		if c.State != CaseTaken {
			return mekenjai.ErrConflict // what is waited for, the one who asked for it receives
		}
		c.State, c.Officer, c.Taken, c.Revealed = CaseOpen, "", time.Time{}, time.Time{}
		if err := c.save(ctx, tx); err != nil {
			return err
		}
		return c.step(ctx, tx, "return", actor.IIN, reason)
	})
}

// wordsLength bounds what an officer writes.
const wordsLength = 2000

// words is what somebody wrote in a field that must not be empty.
func words(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) < 5:
		return "", mekenjai.FieldErrors{{Field: field, Key: "desk.error.words_short"}}
	case utf8.RuneCountInString(text) > wordsLength:
		return "", mekenjai.FieldErrors{{Field: field, Key: "desk.error.words_long", Args: map[string]any{"n": wordsLength}}}
	}
	return text, nil
}
