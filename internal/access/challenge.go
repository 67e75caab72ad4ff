package access

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

// Challenge is a text to sign once, in the browser that asked for it.
type Challenge struct {
	ID      string
	Text    []byte // UTF-8, lines ended by LF; the exact bytes to sign
	For     string
	Expires time.Time
}

// BeginEDS makes a challenge for the browser of visit. freshFor names the one thing
// the sign-in is made for, such as a consent's id; "" is a plain sign-in. The
// error may be *TooMany.
func (a *Access) BeginEDS(ctx context.Context, visit, freshFor string, c Client) (Challenge, error) {
	if err := validFor(freshFor); err != nil {
		return Challenge{}, err
	}
	holder, err := browserOf(visit)
	if err != nil {
		return Challenge{}, err
	}
	id, err := newID()
	if err != nil {
		return Challenge{}, err
	}
	var over *TooMany
	ch := Challenge{ID: id, For: freshFor}
	nonce := random(32)
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		if over, err = a.take(ctx, tx, "", use{LimitChallenge, c.Key()}); err != nil || over != nil {
			return err
		}
		ch.Expires = tx.Now().Add(a.Challenge)
		ch.Text = a.challengeText(freshFor, nonce, ch.Expires)
		digest := sha256.Sum256(ch.Text)
		_, err := tx.Exec(ctx, `INSERT INTO access_challenge (id, visit_hash, text_hash, fresh_for, ends_at)
			VALUES ($1, $2, $3, $4, $5)`, ch.ID, holder, digest[:], freshFor, database.Micros(ch.Expires))
		return err
	})
	if err != nil {
		return Challenge{}, fmt.Errorf("begin sign-in by EDS: %w", err)
	}
	return ch, refusal(over)
}

// challengeText is what the person reads in the signing window. It says where he
// is about to sign in, so that a text passed on by another site shows itself, and
// carries a purpose that no statement carries: the key signs both (since 2024 one
// key serves login and documents), the content tells them apart.
func (a *Access) challengeText(freshFor string, nonce []byte, expires time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s", a.Product)
	line("Жүйеге кіру. Бұл мәтін ештеңеге келісім бермейді.")
	line("Вход в систему. Этот текст ни на что не даёт согласия.")
	line("Signing in. This text agrees to nothing.")
	line("")
	line("Тек осы сайтта / Только на сайте / Only at: %s", a.Origin)
	if freshFor != "" {
		line("Не үшін / Для чего / For: %s", freshFor)
	}
	line("Дейін / До / Until: %s", expires.UTC().Format(time.RFC3339))
	line("%s", mekenjai.ChallengePurpose)
	line("%s", base64.RawURLEncoding.EncodeToString(nonce))
	return b.Bytes()
}

// given is a challenge as it was given out.
type given struct {
	id        string
	textHash  []byte
	freshFor  string
	signature []byte    // one that waits for the authority, else nil
	waiting   bool      // it has such a signature
	ends      time.Time // when it is worth nothing any more
	at        time.Time // when it was taken back
}

// redeem uses a challenge up, before anything is verified: of two requests with
// one signature only one gets it. A challenge of another browser is not found,
// and stays for the browser that it was made for.
func (a *Access) redeem(ctx context.Context, visit, id string) (g given, err error) {
	holder, err := browserOf(visit)
	if err != nil {
		return g, err
	}
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		g = given{id: id, at: tx.Now()}
		now := database.Micros(tx.Now())
		err := tx.QueryRow(ctx, `SELECT text_hash, fresh_for, signature, ends_at FROM access_challenge
			WHERE id = $1 AND visit_hash = $2 AND ends_at > $3`, id, holder, now).
			Scan(&g.textHash, &g.freshFor, &g.signature, database.ScanTime(&g.ends))
		if errors.Is(err, database.ErrNoRows) {
			return fmt.Errorf("challenge %s: %w", id, mekenjai.ErrStale)
		}
		if err != nil {
			return err
		}
		g.waiting = g.signature != nil
		_, err = tx.Exec(ctx, `DELETE FROM access_challenge WHERE id = $1`, id)
		return err
	})
	return g, err
}

// keepWaiting puts a challenge back with its signature, for the same browser, so that
// nobody signs again because an authority is silent. It gets the time of a challenge
// once; further tries do not make it longer. What is not the signed challenge is not
// kept: it never comes here.
func (a *Access) keepWaiting(ctx context.Context, tx database.Tx, visit string, g given) error {
	holder, err := browserOf(visit)
	if err != nil {
		return err
	}
	if !g.waiting {
		g.ends = tx.Now().Add(a.Challenge)
	}
	_, err = tx.Exec(ctx, `INSERT INTO access_challenge (id, visit_hash, text_hash, fresh_for, ends_at, signature)
		VALUES ($1, $2, $3, $4, $5, $6)`, g.id, holder, g.textHash, g.freshFor, database.Micros(g.ends), g.signature)
	return err
}

// isOver says whether content is the text of the challenge.
func (g given) isOver(content []byte) bool {
	digest := sha256.Sum256(content)
	return subtle.ConstantTimeCompare(digest[:], g.textHash) == 1
}
