package register

import (
	"bytes"
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/certificate"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
)

// An order ends with a paper: the certificate, or the sealed act of refusal. Words name
// files by identifiers alone, so that it is left in the state's store of files before
// the end is told.

// paperPatience is how long an end waits for its paper. A store that starts anew is back
// by then; whoever waits before egov.kz to hear how it ended waits no longer for a copy
// of what lies in the account here anyway.
const (
	paperPatience = 10 * time.Minute
	paperLimit    = 15 * time.Second // of one try
)

// errNoPaper: the end has none, now or ever. errUnsealed: not yet.
var (
	errNoPaper  = errors.New("there is no paper")
	errUnsealed = errors.New("the act is not sealed yet")
)

// paperRow is how it stands with the paper of a word.
type paperRow struct {
	upload, stands, file string
	begun, until         time.Time
}

// orderPaper is what is printed: one of both.
type orderPaper struct {
	certificate *Certificate
	act         *Act
}

// leavePaper puts the paper of an end into the store, once, and its identifier into the
// word. goes is false while the word waits for that.
func (r *Register) leavePaper(ctx context.Context, w *wordRow) (goes bool, err error) {
	if r.Orderer.Leave == nil || !w.Last || w.Status != state.OrderStatus(mekenjai.Registered) && w.Status != state.OrderStatus(mekenjai.Refused) {
		return true, nil
	}
	var row paperRow
	var paper orderPaper
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		if paper, err = r.paperOf(ctx, tx, w); err != nil && !errors.Is(err, errUnsealed) {
			return err
		}
		row, err = beginPaper(ctx, tx, w.ID)
		return err
	})
	switch {
	case errors.Is(err, errNoPaper):
		return true, nil
	case err != nil:
		return false, err
	case row.stands == "without":
		return true, nil
	case row.stands == "kept":
		w.File = row.file
		return true, nil
	}
	stored, err := r.storePaper(ctx, w, row, paper)
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err != nil {
		if w.attempts == 1 && !errors.Is(err, errUnsealed) {
			r.Log.WarnContext(ctx, "the paper of an order was not left for egov.kz", "word", w.ID, "error", err)
		}
		return r.paperFailed(ctx, w, row, err)
	}
	w.File = stored.File
	return true, r.paperKept(ctx, w, row, stored)
}

// paperKept notes where the paper is, before egov.kz is told, and that it left.
func (r *Register) paperKept(ctx context.Context, w *wordRow, row paperRow, stored state.Stored) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE portal_file SET state = 'kept', file = $3, until_at = $4, code = '' WHERE word = $1 AND upload = $2`,
			w.ID, row.upload, stored.File, database.Micros(stored.Until))
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("order.paper", w.ID).Concerning(w.person).With("application", w.application))
	})
}

// beginPaper makes or reads the row of a word's paper. One that the store keeps no longer
// than the telling may take is left there anew.
func beginPaper(ctx context.Context, tx database.Tx, word string) (p paperRow, err error) {
	err = tx.QueryRow(ctx, `SELECT upload, state, file, begun_at, until_at FROM portal_file WHERE word = $1`, word).
		Scan(&p.upload, &p.stands, &p.file, database.ScanTime(&p.begun), database.ScanTime(&p.until))
	switch {
	case errors.Is(err, database.ErrNoRows):
		p = paperRow{upload: newID(), stands: "waiting", begun: tx.Now()}
		_, err = tx.Exec(ctx, `INSERT INTO portal_file (word, upload, state, begun_at, file, code) VALUES ($1, $2, 'waiting', $3, '', '')`,
			word, p.upload, database.Micros(p.begun))
	case err == nil && p.stands == "kept" && !p.until.After(tx.Now().Add(wordLease)):
		p = paperRow{upload: newID(), stands: "waiting", begun: tx.Now()}
		_, err = tx.Exec(ctx, `UPDATE portal_file SET upload = $2, state = 'waiting', begun_at = $3, file = '', until_at = NULL WHERE word = $1`,
			word, p.upload, database.Micros(p.begun))
	}
	return p, err
}

// paperOf finds what a word ends with. The address of a sealed person, and the paper of
// anybody but who ordered, leave this system on no such way.
func (r *Register) paperOf(ctx context.Context, tx database.Tx, w *wordRow) (p orderPaper, err error) {
	seen, err := isVisible(ctx, tx, w.person, "")
	if err != nil {
		return p, err
	}
	of, err := database.One(ctx, tx, database.Column[mekenjai.IIN], `SELECT person FROM application WHERE id = $1`, w.application)
	if err != nil {
		return p, err
	}
	if !seen || of != w.person {
		return p, errNoPaper
	}
	if w.Status == state.OrderStatus(mekenjai.Refused) {
		act, err := standingAct(ctx, tx, w.application)
		switch {
		case errors.Is(err, mekenjai.ErrNotFound), err == nil && act.Seal == nil && r.Seal == nil:
			return p, errNoPaper
		case err == nil && act.Seal == nil:
			return p, errUnsealed
		}
		return orderPaper{act: &act}, err
	}
	e, err := scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration WHERE application = $1`, w.application))
	if err == nil {
		var c Certificate
		c, err = r.certify(ctx, tx, e, w.Language, audit.BySystem("certificate.issue", e.ID))
		p.certificate = &c
	}
	if errors.Is(err, mekenjai.ErrNotFound) || errors.Is(err, mekenjai.ErrConflict) { // ended, disputed or not begun
		return p, errNoPaper
	}
	return p, err
}

// storePaper prints a paper and leaves it in the store. The same paper has the same
// bytes at every try.
func (r *Register) storePaper(ctx context.Context, w *wordRow, row paperRow, p orderPaper) (s state.Stored, err error) {
	a := state.Attachment{Upload: row.upload}
	var b bytes.Buffer
	switch {
	case p.certificate != nil:
		c := p.certificate
		l, _ := locale.Parse(w.Language)
		a.Name = "mekenjai-certificate-" + c.Registration.Number + "-" + string(l) + ".pdf"
		err = certificate.Registration(&b, certificate.Data{Registration: c.Registration, Code: c.Code, CheckURL: c.CheckURL, Specimen: r.Specimen}, l)
	case p.act != nil:
		a.Name = "mekenjai-act-" + p.act.Number + ".pdf"
		err = certificate.Refusal(&b, certificate.Act{Number: p.act.Number, At: p.act.At, Text: p.act.Text, SealedAt: p.act.SealedAt, Seal: p.act.Seal, Specimen: r.Specimen})
	default:
		err = errUnsealed
	}
	if err != nil {
		return s, err
	}
	a.PDF = b.Bytes()
	limited, cancel := context.WithTimeoutCause(ctx, paperLimit, state.ErrSlow)
	defer cancel()
	return r.Orderer.Leave(limited, a)
}

// paperFailed lets a word wait for another try of its paper, or go without it when it
// has waited long enough.
func (r *Register) paperFailed(ctx context.Context, w *wordRow, row paperRow, cause error) (goes bool, err error) {
	upload := row.upload
	if errors.Is(cause, state.ErrNotStored) {
		upload = newID() // under the former number the answer would be the former
	}
	code := "paper_" + string(troubleOf(cause))
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		left := row.begun.Add(paperPatience).Sub(tx.Now())
		stands := "waiting"
		if goes = left <= 0; goes {
			stands = "without"
		}
		n, err := tx.Exec(ctx, `UPDATE portal_file SET state = $3, upload = $4, code = $5 WHERE word = $1 AND upload = $2`, w.ID, row.upload, stands, upload, code)
		if err != nil || n == 0 || goes {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE portal_word SET try_at = $2, code = $3 WHERE id = $1 AND state = 'waiting'`,
			w.ID, database.Micros(tx.Now().Add(min(wordBackoff(w.attempts), left))), code)
		return err
	})
	return goes && err == nil, err
}
