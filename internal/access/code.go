package access

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// The kinds of codes.
const (
	kindSignIn  = "sign-in"
	kindSigning = "signing"
)

// Code is a code that was asked for. It tells the same whether or not there is a
// phone to send it to.
type Code struct {
	ID      string
	Expires time.Time
	Tries   int
}

// CodeError says that digits did not open the door. Left are the tries that
// remain; with none the code is dead (used up, too old, replaced by a newer one)
// and a new one must be asked for.
type CodeError struct{ Left int }

func (e *CodeError) Error() string { return fmt.Sprintf("code not accepted, %d tries left", e.Left) }

// Unwrap gives the message beside the field.
func (e *CodeError) Unwrap() error {
	if e.Left == 0 {
		return &mekenjai.FieldError{Field: "code", Key: "access.code.dead"}
	}
	return &mekenjai.FieldError{Field: "code", Key: "access.code.wrong", Args: map[string]any{"left": e.Left}}
}

// parseDigits accepts six digits as people type or paste them. A slip of the
// finger that is no code costs no try.
func parseDigits(s string) (string, error) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\u00a0\t\r\n", r) {
			return -1
		}
		return r
	}, s)
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return "", &mekenjai.FieldError{Field: "code", Key: "access.code.format"}
	}
	return s, nil
}

// newDigits are six digits, all 10⁶ equally likely.
func newDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// order is a code as it stands in its row.
type order struct {
	id, kind, subject, short, language string
	iin                                mekenjai.IIN
	holder, textHash, salt, codeHash   []byte
	phone                              mekenjai.Phone
	tries                              int
	sent, ends                         time.Time
}

// place writes the order and leaves the job that sends the code. What it does
// depends on nothing but the order itself, so its time tells nothing about the
// person. A new code voids the older ones of its kind: only one can be guessed at.
func (a *Access) place(ctx context.Context, tx database.Tx, o order) (Code, error) {
	id, err := newID()
	if err != nil {
		return Code{}, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM access_code WHERE iin = $1 AND kind = $2`, o.iin, o.kind); err != nil {
		return Code{}, err
	}
	code := Code{ID: id, Expires: tx.Now().Add(a.Code), Tries: a.Tries}
	_, err = tx.Exec(ctx, `INSERT INTO access_code
		(id, kind, iin, holder, subject, text_hash, short, language, phone, salt, code_hash, tries, sent_at, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, NULL, 0, NULL, $10)`,
		id, o.kind, o.iin, o.holder, o.subject, o.textHash, o.short, o.language, random(16), database.Micros(code.Expires))
	if err != nil {
		return Code{}, err
	}
	return code, tx.Enqueue(ctx, sendCode{id}, sendOptions)
}

const orderColumns = `id, kind, iin, holder, subject, text_hash, short, language, phone, salt, code_hash, tries, sent_at, ends_at`

func scanOrder(row database.Row) (o order, err error) {
	err = row.Scan(&o.id, &o.kind, &o.iin, &o.holder, &o.subject, &o.textHash, &o.short, &o.language, &o.phone,
		&o.salt, &o.codeHash, &o.tries, database.ScanTime(&o.sent), database.ScanTime(&o.ends))
	return o, err
}

// isLive says whether a try may still be made.
func (a *Access) isLive(o order, now time.Time) bool { return now.Before(o.ends) && o.tries < a.Tries }

// belongs says whether the order was placed by this holder for this text.
func (o order) belongs(holder, textHash []byte) bool {
	return bytes.Equal(o.holder, holder) && bytes.Equal(o.textHash, textHash)
}

// try counts one try and then looks whether the digits are right: what is counted
// in this transaction cannot be tried in a parallel one. An order that is not the
// asker's own is dead to him, which hides that it exists. The caller commits also
// when the answer is a *CodeError.
func (a *Access) try(ctx context.Context, tx database.Tx, o order, own bool, digits string) (*CodeError, error) {
	if !own || !a.isLive(o, tx.Now()) {
		return &CodeError{}, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE access_code SET tries = tries + 1 WHERE id = $1`, o.id); err != nil {
		return nil, err
	}
	if hmac.Equal(a.codeHash(o, digits), o.codeHash) {
		return nil, nil
	}
	e := audit.Entry{Verb: "code.try", Subject: o.id}.Concerning(o.iin).Refused("wrong").With("kind", o.kind)
	return &CodeError{Left: a.Tries - o.tries - 1}, audit.Write(ctx, tx, e)
}

// codeHash binds the digits to the one row they are stored in.
func (a *Access) codeHash(o order, digits string) []byte {
	mac := hmac.New(sha256.New, a.Secret)
	mac.Write(o.salt)
	mac.Write([]byte(o.id))
	mac.Write([]byte(digits))
	return mac.Sum(nil)
}

// find reads the order that the condition names; a missing one is an order that is
// not live.
func find(ctx context.Context, tx database.Tx, where string, args ...any) (order, error) {
	o, err := database.One(ctx, tx, scanOrder, `SELECT `+orderColumns+` FROM access_code WHERE `+where, args...)
	if errors.Is(err, database.ErrNoRows) {
		return order{}, nil
	}
	return o, err
}
