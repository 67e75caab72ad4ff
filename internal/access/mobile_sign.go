package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/database"
)

// MobileVerb does what a text was signed for and says where the browser goes then;
// "" leaves it at the order's Done. It judges the signature; nothing here does.
type MobileVerb func(ctx context.Context, m Mobile) (to string, err error)

// RefusedText is the reason for which a wish has no more use: the text was
// overtaken, or the person must prove anew who he is.
const RefusedText = "text_overtaken"

// SignMobile hands the signature that the phone brought to the verb. The same one
// brought again is as good as the first time; another one after it is
// mekenjai.ErrStale, as is one that comes too late. The try is counted before the
// verb is asked, whatever becomes of it. What the verb refused is kept for the page
// and returned.
func (a *Access) SignMobile(ctx context.Context, link, token string, signature []byte, verb MobileVerb) error {
	m, err := a.tryMobile(ctx, link, token, hash(string(signature)))
	if err != nil || !m.Signed.IsZero() {
		return err
	}
	to, refused := verb(ctx, m)
	var wrong *mekenjai.SignatureError
	switch {
	case errors.As(refused, &wrong) && wrong.Wait: // it is kept by the verb, and judged when that can be done: the page of the text says so
		return a.closeMobile(ctx, m.ID, m.Back, hash(string(signature)))
	case refused == nil:
		return a.closeMobile(ctx, m.ID, to, hash(string(signature)))
	case errors.As(refused, &wrong):
		return errors.Join(refused, a.refuseMobile(ctx, m, wrong.Code, false))
	case errors.Is(refused, mekenjai.ErrStale), errors.Is(refused, mekenjai.ErrConflict), errors.Is(refused, mekenjai.ErrSignIn), errors.Is(refused, mekenjai.ErrNotFound), errors.Is(refused, mekenjai.ErrForbidden):
		return errors.Join(mekenjai.ErrStale, a.refuseMobile(ctx, m, RefusedText, true))
	}
	return refused
}

func (a *Access) tryMobile(ctx context.Context, link, token string, signature []byte) (m Mobile, err error) {
	id, err := a.mobileID(link)
	if err != nil {
		return m, err
	}
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		if m, err = a.loadMobile(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case !m.isTokenOf(token):
			return mekenjai.ErrSignIn
		case !m.Signed.IsZero() && bytes.Equal(m.signatureHash, signature):
			return nil
		case !m.IsOpen():
			return mekenjai.ErrStale
		}
		_, err := tx.Exec(ctx, `UPDATE access_mobile SET tries = tries + 1 WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("signature from eGov Mobile: %w", err)
	}
	return m, nil
}

// closeMobile notes that the verb was done. Nothing of the text is needed any more.
func (a *Access) closeMobile(ctx context.Context, id, to string, signature []byte) error {
	return a.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE access_mobile SET signed_at = $2, signature_hash = $3, refused = '', text = $4,
			done = CASE WHEN $5 = '' THEN done ELSE $5 END WHERE id = $1 AND signed_at IS NULL`,
			id, database.Micros(tx.Now()), signature, []byte{}, to)
		return err
	})
}

func (a *Access) refuseMobile(ctx context.Context, m Mobile, code string, over bool) error {
	return a.db.Transact(ctx, func(tx database.Tx) error {
		ends := m.Expires
		if over {
			ends = tx.Now()
		}
		_, err := tx.Exec(ctx, `UPDATE access_mobile SET refused = $2, ends_at = $3 WHERE id = $1 AND signed_at IS NULL`,
			m.ID, code, database.Micros(ends))
		return err
	})
}
