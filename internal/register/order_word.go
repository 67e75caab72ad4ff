package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// say leaves a word about an order for egov.kz. It goes when the one before it went.
func say(ctx context.Context, tx database.Tx, order string, status state.OrderStatus, last bool) error {
	var seq, waiting int
	err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) FROM portal_word WHERE portal_order = $1`, order).
		Scan(&seq, &waiting)
	if err != nil {
		return err
	}
	at := tx.Now()
	if waiting > 0 {
		at = time.Time{}
	}
	_, err = tx.Exec(ctx, `INSERT INTO portal_word (id, portal_order, seq, status, last, state, attempts, made_at, try_at, message, code)
		VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $7, '', '')`,
		newID(), order, seq+1, status, last, now(tx), database.NullMicros(at))
	if err != nil || !last {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE portal_order SET state = 'ended', ended_at = $2 WHERE id = $1`, order, now(tx))
	return err
}

// The times of words. A try that nobody heard the end of is made again after wordLease.
const (
	wordLimit   = 30 * time.Second
	wordLease   = paperLimit + wordLimit + 15*time.Second
	wordPatient = 14 * 24 * time.Hour // after that egov.kz is not told any more
	fateAfter   = 10 * time.Minute    // without word of its delivery a word is asked about
	fatePatient = 24 * time.Hour
)

// wordBackoff grows from 3 seconds to a quarter of an hour.
func wordBackoff(attempt int) time.Duration {
	return min(3*time.Second<<min(max(attempt-1, 0), 9), 15*time.Minute)
}

// wordRow is a word with how it stands.
type wordRow struct {
	state.Word
	order, application string
	person             mekenjai.IIN
	stands, message    string
	attempts           int
	made, sent         time.Time
}

func scanWord(row database.Row) (w wordRow, err error) {
	err = row.Scan(&w.ID, &w.order, &w.Seq, &w.Status, &w.Last, &w.stands, &w.attempts, database.ScanTime(&w.made), database.ScanTime(&w.sent), &w.message,
		&w.Thread, &w.Number, &w.Language, &w.application, &w.person)
	w.At = w.made
	return w, err
}

const wordFrom = `SELECT w.id, w.portal_order, w.seq, w.status, w.last, w.state, w.attempts, w.made_at, w.sent_at, w.message,
	o.thread, o.number, o.language, coalesce(o.application, ''), o.person FROM portal_word w JOIN portal_order o ON o.id = w.portal_order `

// TellPortal hands over to egov.kz what waits for it, and asks after what was handed
// over and not heard of. The bus makes the numbers of messages, so that it knows no
// message that comes again: a word is handed over by one node at a time, and again only
// when nobody heard whether the bus took it. It returns how many words it dealt with.
func (r *Register) TellPortal(ctx context.Context) (done int, err error) {
	if r.Orderer.IsZero() {
		return 0, nil
	}
	ids, err := r.due(ctx, `SELECT id FROM portal_word WHERE try_at <= $1 ORDER BY try_at LIMIT $2`, now)
	for _, id := range ids {
		w, mine, e := r.claimWord(ctx, id)
		switch {
		case e != nil:
		case mine && w.stands == "waiting":
			e = r.tellWord(ctx, w)
		case mine:
			e = r.askWord(ctx, w)
		}
		err = errors.Join(err, e)
		if ctx.Err() != nil {
			break
		}
		done++
	}
	return done, err
}

// claimWord takes a word whose time has come, unless another node has.
func (r *Register) claimWord(ctx context.Context, id string) (w wordRow, mine bool, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		n, err := tx.Exec(ctx, `UPDATE portal_word SET try_at = $2, attempts = attempts + 1 WHERE id = $1 AND try_at <= $3`,
			id, database.Micros(tx.Now().Add(wordLease)), now(tx))
		if mine = err == nil && n == 1; !mine {
			return err
		}
		w, err = scanWord(tx.QueryRow(ctx, wordFrom+`WHERE w.id = $1`, id))
		return err
	})
	return w, mine, err
}

// tellWord hands a word over and notes what became of that.
func (r *Register) tellWord(ctx context.Context, w wordRow) error {
	w.Page = r.BaseURL + "/applications/" + w.application
	switch w.Status {
	case state.OrderDraft:
		w.Page = r.BaseURL + "/apply"
	case state.OrderUnderWay, state.OrderReplaced, state.OrderDiscarded:
		w.Page = r.BaseURL + "/account"
	}
	if goes, err := r.leavePaper(ctx, &w); err != nil || !goes {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, wordLimit, state.ErrSlow)
	defer cancel()
	message, err := r.Orderer.Tell(limited, w.Word)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		if w.attempts == 1 { // the rest is seen in the metrics and by doctor
			r.Log.WarnContext(ctx, "egov.kz was not told", "word", w.ID, "error", err)
		}
		return r.db.Transact(ctx, func(tx database.Tx) error { return wordFailed(ctx, tx, w, string(troubleOf(err))) })
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE portal_word SET state = 'sent', sent_at = $2, try_at = $3, message = $4, code = '' WHERE id = $1 AND state = 'waiting'`,
			w.ID, now(tx), database.Micros(tx.Now().Add(fateAfter)), message)
		if err != nil || n == 0 {
			return err
		}
		return nextWord(ctx, tx, w.order)
	})
}

// wordFailed lets a word wait for its next try, or gives it up after a long time so
// that it holds up no other for ever.
func wordFailed(ctx context.Context, tx database.Tx, w wordRow, code string) error {
	if tx.Now().Sub(w.made) < wordPatient {
		_, err := tx.Exec(ctx, `UPDATE portal_word SET try_at = $2, code = $3 WHERE id = $1 AND state = 'waiting'`,
			w.ID, database.Micros(tx.Now().Add(wordBackoff(w.attempts))), code)
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE portal_word SET state = 'failed', try_at = NULL, code = $2 WHERE id = $1 AND state = 'waiting'`, w.ID, code); err != nil {
		return err
	}
	return nextWord(ctx, tx, w.order)
}

// nextWord lets the next word of an order go.
func nextWord(ctx context.Context, tx database.Tx, order string) error {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM portal_word WHERE portal_order = $1 AND state = 'waiting' ORDER BY seq LIMIT 1`, order)
	if errors.Is(err, database.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE portal_word SET try_at = $2 WHERE id = $1 AND try_at IS NULL`, id, now(tx))
	}
	return err
}

// askWord asks after a word of whose delivery nothing was heard.
func (r *Register) askWord(ctx context.Context, w wordRow) error {
	limited, cancel := context.WithTimeoutCause(ctx, wordLimit, state.ErrSlow)
	defer cancel()
	fate, err := r.Orderer.Became(limited, w.message)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		fate = state.WordOnItsWay
	}
	return r.WordBecame(ctx, w.message, fate)
}

// WordBecame notes what the bus says of a word that it took. Notices come twice and
// overtake one another: what is known stays known, and a number that is not ours, or
// not yet, is no mistake, because every word is asked about in the end.
func (r *Register) WordBecame(ctx context.Context, message string, fate state.WordFate) error {
	if message == "" {
		return nil
	}
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		w, err := scanWord(tx.QueryRow(ctx, wordFrom+`WHERE w.message = $1 AND w.state = 'sent' ORDER BY w.id LIMIT 1`, message))
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return wordBecame(ctx, tx, w, fate)
	})
	if err != nil {
		return fmt.Errorf("what became of a word to egov.kz: %w", err)
	}
	return nil
}

func wordBecame(ctx context.Context, tx database.Tx, w wordRow, fate state.WordFate) error {
	set := func(stands string, at time.Time, message, code string) error {
		_, err := tx.Exec(ctx, `UPDATE portal_word SET state = $2, try_at = $3, message = $4, code = $5 WHERE id = $1`,
			w.ID, stands, database.NullMicros(at), message, code)
		return err
	}
	switch fate {
	case state.WordDelivered:
		return set("delivered", time.Time{}, w.message, "")
	case state.WordStopped:
		return set("failed", time.Time{}, w.message, string(fate))
	case state.WordNotDelivered:
		var later int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM portal_word WHERE portal_order = $1 AND seq > $2`, w.order, w.Seq).Scan(&later); err != nil {
			return err
		}
		if later > 0 || tx.Now().Sub(w.made) > wordPatient { // what is no longer so is not told after what is
			return set("failed", time.Time{}, w.message, string(fate))
		}
		return set("waiting", tx.Now().Add(wordBackoff(w.attempts)), "", string(fate))
	}
	if tx.Now().Sub(w.sent) > fatePatient { // taken by the bus, and never heard of
		return set("sent", time.Time{}, w.message, "")
	}
	return set("sent", tx.Now().Add(fateAfter), w.message, "")
}

// PortalWords is how it stands with what egov.kz is told.
type PortalWords struct {
	Waiting, Failed int
	Oldest          time.Duration // of those that wait
	Code            string        // trouble of the oldest one
	Bare            int           // ends that were told without the paper which the store did not take
}

// PortalWords counts the words that egov.kz does not have.
func (r *Register) PortalWords(ctx context.Context) (p PortalWords, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0)
			FROM portal_word WHERE state IN ('waiting', 'failed')`).Scan(&p.Waiting, &p.Failed); err != nil {
			return err
		}
		if p.Bare, err = database.One(ctx, tx, database.Column[int], `SELECT count(*) FROM portal_file WHERE state = 'without'`); err != nil {
			return err
		}
		var made time.Time
		err := tx.QueryRow(ctx, `SELECT made_at, code FROM portal_word WHERE state = 'waiting' ORDER BY made_at, id LIMIT 1`).Scan(database.ScanTime(&made), &p.Code)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		p.Oldest = tx.Now().Sub(made)
		return err
	})
	return p, err
}
