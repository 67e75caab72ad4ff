package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// SignedText is a text that somebody signs for what he does beside or after an
// application: an officer's decision, a request to end an entry. It is frozen
// when it is shown, and the same bytes are signed. Its purpose stands in the text
// itself, so that a signature made for one thing never passes for another.
type SignedText struct {
	ID       string
	Purpose  string // "mekenjai/<what>/v1"
	Subject  string // id of the thing
	Person   mekenjai.IIN
	BIN      mekenjai.BIN
	Fields   string // JSON of what the text says
	Text     []byte
	Prepared time.Time
	Signed   time.Time // zero while it is not
	Method   mekenjai.Method
	CMS      []byte    // the signature; nil when signed by a code
	Evidence []byte    // CAdES-LT; nil until collected
	Waiting  time.Time // since when a signature waits to be judged; zero when none does
}

const signedTextColumns = `id, purpose, subject, person, bin, fields, text, prepared_at, signed_at, method, signature, evidence, waiting_at`

func scanSignedText(row database.Row) (t SignedText, err error) {
	err = row.Scan(&t.ID, &t.Purpose, &t.Subject, &t.Person, &t.BIN, &t.Fields, &t.Text, database.ScanTime(&t.Prepared),
		database.ScanTime(&t.Signed), &t.Method, &t.CMS, &t.Evidence, database.ScanTime(&t.Waiting))
	return t, notFound(err)
}

// signedTexts are the texts that were signed about a thing, oldest first.
func signedTexts(ctx context.Context, tx database.Tx, subject string) ([]SignedText, error) {
	return database.Collect(ctx, tx, scanSignedText, `SELECT `+signedTextColumns+` FROM signed_text
		WHERE subject = $1 AND signed_at IS NOT NULL ORDER BY id LIMIT 100`, subject)
}

// loadText finds a text only for who is to sign it: for anybody else it does not
// exist.
func loadText(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id, purpose string) (SignedText, error) {
	return scanSignedText(tx.QueryRow(ctx, `SELECT `+signedTextColumns+` FROM signed_text
		WHERE id = $1 AND person = $2 AND bin = $3 AND purpose = $4`, id, actor.IIN, actor.BIN, purpose))
}

// prepare freezes the text that the actor is to sign about a thing. There is one
// open text for actor, purpose and subject: the same fields give the same bytes
// again, in every tab; other fields put a new text in its place. write gets the
// text's id and instant, which belong into it so that no two texts are equal.
func (r *Register) prepare(ctx context.Context, tx database.Tx, actor mekenjai.Actor, purpose, subject string, fields any, write func(id string, at time.Time) []byte) (SignedText, error) {
	t := SignedText{ID: newID(), Purpose: purpose, Subject: subject, Person: actor.IIN, BIN: actor.BIN, Fields: toJSON(fields), Prepared: tx.Now()}
	open, err := scanSignedText(tx.QueryRow(ctx, `SELECT `+signedTextColumns+` FROM signed_text
		WHERE person = $1 AND bin = $2 AND purpose = $3 AND subject = $4 AND signed_at IS NULL`, actor.IIN, actor.BIN, purpose, subject))
	switch {
	case err == nil && open.Fields == t.Fields:
		return open, nil
	case err == nil:
		if _, err := tx.Exec(ctx, `DELETE FROM signed_text WHERE id = $1`, open.ID); err != nil {
			return t, err
		}
	case !errors.Is(err, mekenjai.ErrNotFound):
		return t, err
	}
	t.Text = write(t.ID, t.Prepared)
	_, err = tx.Exec(ctx, `INSERT INTO signed_text (id, purpose, subject, person, bin, fields, text, prepared_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ID, t.Purpose, t.Subject, t.Person, t.BIN, t.Fields, t.Text, database.Micros(t.Prepared))
	return t, err
}

// checked is a signature over a prepared text that was accepted. Only checkText
// makes it; consume uses it up.
type checked struct {
	SignedText
	cms  []byte
	code func(context.Context, database.Tx) error
}

// checkText verifies, outside any transaction, the actor's own signature over a
// text that was prepared for him. A refused signature leaves an audit entry; one
// that cannot be judged yet is kept and tried again by Sweep, through the
// finisher of the purpose: *mekenjai.SignatureError with Wait. A text that was
// signed already, or replaced, is mekenjai.ErrStale.
func (r *Register) checkText(ctx context.Context, actor mekenjai.Actor, id, purpose string, sig Signature) (c checked, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		c.SignedText, err = loadText(ctx, tx, actor, id, purpose)
		return err
	})
	if err != nil {
		return c, err
	}
	if !c.Signed.IsZero() {
		return c, mekenjai.ErrStale
	}
	entry := audit.By(actor, "text.sign", id).With("purpose", purpose).With("subject", c.Subject)
	if sig.Code != nil {
		if actor.BIN != "" {
			return c, r.refuseAttempt(ctx, entry, "method", mekenjai.ErrForbidden) // a code proves a person, never an organisation
		}
		c.code, err = sig.Code(ctx, c.Text)
		return c, err
	}
	c.cms = sig.CMS
	_, err = r.verifyOwn(ctx, actor, c.Text, sig.CMS)
	switch {
	case mustWait(err):
		return c, errors.Join(r.letTextWait(ctx, actor, c.SignedText, sig.CMS), err)
	case err != nil:
		return c, r.refuseSignature(ctx, entry, err)
	}
	return c, nil
}

// consume stores the signature in the transaction of what it was given for, once,
// and leaves the job that gathers its evidence.
func (c checked) consume(ctx context.Context, tx database.Tx) error {
	method := mekenjai.ByEDS
	if c.code != nil {
		method = mekenjai.BySMS
		if err := c.code(ctx, tx); err != nil {
			return err
		}
	}
	n, err := tx.Exec(ctx, `UPDATE signed_text SET signed_at = $2, method = $3, signature = $4, waiting = NULL, waiting_at = NULL, try_at = NULL
		WHERE id = $1 AND signed_at IS NULL`, c.ID, database.Micros(tx.Now()), method, c.cms)
	if err != nil {
		return err
	}
	if n == 0 {
		return mekenjai.ErrStale
	}
	if c.cms == nil {
		return nil
	}
	return tx.Enqueue(ctx, evidenceArgs{Text: c.ID}, afterAnswers)
}

// finisher does what a text was signed for. It is called again with a signature
// that had to wait.
type finisher func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error

func (r *Register) letTextWait(ctx context.Context, actor mekenjai.Actor, t SignedText, cms []byte) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE signed_text SET waiting = $2, waiting_by = $3, waiting_at = $4, try_at = $5
			WHERE id = $1 AND signed_at IS NULL`, t.ID, cms, toJSON(actor), database.Micros(tx.Now()),
			database.Micros(tryAgain(tx.Now(), tx.Now())))
		if err != nil || n == 0 {
			return errors.Join(err, staleIf(n == 0))
		}
		return audit.Write(ctx, tx, audit.By(actor, "text.sign", t.ID).With("purpose", t.Purpose).Refused("signature:waiting"))
	})
}

// waitingText is a kept signature with the text that it is over.
type waitingText struct {
	waiting
	purpose string
}

// signTextsAgain tries the kept signatures that are due.
func (r *Register) signTextsAgain(ctx context.Context) (done int, err error) {
	var list []waitingText
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, func(row database.Row) (w waitingText, err error) {
			var actor string
			if err = row.Scan(&w.id, &w.text, &w.cms, &actor, database.ScanTime(&w.since), &w.purpose); err != nil {
				return w, err
			}
			w.actor, err = fromJSON[mekenjai.Actor](actor)
			return w, err
		}, `SELECT id, text, waiting, waiting_by, waiting_at, purpose FROM signed_text
			WHERE try_at IS NOT NULL AND try_at <= $1 ORDER BY try_at LIMIT $2`, database.Micros(tx.Now()), sweepSize)
		return err
	})
	for _, w := range list {
		finish := r.finishers[w.purpose]
		if finish == nil {
			err = errors.Join(err, fmt.Errorf("a signature for %s waits, and nobody finishes it", w.purpose))
			continue
		}
		w.actor.Fresh = r.now() // who he is was proved when he signed
		err = errors.Join(err, r.tryOne(ctx, "signed_text", w.waiting, func() error {
			return finish(ctx, w.actor, w.id, Signature{CMS: w.cms})
		}))
	}
	return len(list), err
}

// textKept is how long a text waits to be signed.
const textKept = 24 * time.Hour

// forgetTexts throws texts away that nobody signed.
func (r *Register) forgetTexts(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM signed_text WHERE signed_at IS NULL AND prepared_at < $1 AND waiting_at IS NULL ORDER BY prepared_at LIMIT $2`,
		func(tx database.Tx) any { return database.Micros(tx.Now().Add(-textKept)) })
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		_, err := tx.Exec(ctx, `DELETE FROM signed_text WHERE id = $1 AND signed_at IS NULL AND waiting_at IS NULL`, id)
		return err
	})
	return done, errors.Join(err, err2)
}

// TextToSign is a prepared text for who is to sign it.
func (r *Register) TextToSign(ctx context.Context, actor mekenjai.Actor, id, purpose string) (t SignedText, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		t, err = loadText(ctx, tx, actor, id, purpose)
		return err
	})
	return t, err
}

// tellSigner tells who signed that his signature, which had to wait, is not good.
func (r *Register) tellSigner(ctx context.Context, tx database.Tx, actor mekenjai.Actor) error {
	a := record{Application: mekenjai.Application{Person: actor.IIN, Name: actor.Name, Language: actor.Language}}
	return r.tell(ctx, tx, &a, actor.Party(), notify.BadSignature, nil)
}

// collectText is the query of the evidence job for a signed text.
const collectText = `SELECT signature, text FROM signed_text WHERE id = $1 AND signature IS NOT NULL AND evidence IS NULL`

// verdictOf verifies a stored signature again, as of now or under its evidence.
func (r *Register) verdictOf(ctx context.Context, text, cms, evidence []byte) (*eds.Report, error) {
	if evidence != nil {
		cms = evidence
	}
	return r.Verifier.VerifyCMS(ctx, cms, text, eds.Options{At: r.now(), Usage: eds.UsageSign})
}
