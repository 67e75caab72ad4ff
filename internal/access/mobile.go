package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// MobileOrder is what somebody wants to sign in eGov Mobile.
type MobileOrder struct {
	Kind    string // which verb the signature is for
	Subject string // id of what is signed
	Text    []byte // the exact bytes
	Back    string // path of the page that shows the text
	Done    string // path to which the browser goes when it is signed
}

// Mobile is such a wish as it stands.
type Mobile struct {
	MobileOrder
	ID      string
	Link    string         // unguessable name of it in the address that the phone is given
	Actor   mekenjai.Actor // who asked: his key alone signs
	Opened  time.Time      // when a phone took it last; zero: none did
	Tries   int            // signatures that were brought
	Refused string         // why the last of them was not accepted, "" for none
	Signed  time.Time      // zero while it is not
	Expires time.Time
	Now     time.Time

	tokenHash, signatureHash []byte
	alive                    bool // the session that asked
}

// IsOpen says whether a signature would still be taken.
func (m Mobile) IsOpen() bool {
	return m.Signed.IsZero() && m.Now.Before(m.Expires) && m.Tries < mobileTries && m.alive
}

// mobileTries is how many signatures a phone may bring for one wish: keys are mixed
// up, but nobody verifies signatures for strangers without end.
const mobileTries = 10

// BeginMobile makes a link for the actor's own text. It takes the place of an
// earlier one of the same session for the same thing. The error may be *TooMany.
func (a *Access) BeginMobile(ctx context.Context, actor mekenjai.Actor, o MobileOrder) (id string, err error) {
	if actor.BIN != "" {
		return "", fmt.Errorf("sign for an organisation in eGov Mobile: %w", mekenjai.ErrForbidden) // its keys are in another application
	}
	if id, err = newID(); err != nil {
		return "", err
	}
	who, err := json.Marshal(actor)
	if err != nil {
		return "", err
	}
	var over *TooMany
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		if over, err = a.take(ctx, tx, actor.IIN, use{LimitMobilePerson, string(actor.IIN)}); err != nil || over != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE access_mobile SET ends_at = $4 WHERE session = $1 AND kind = $2 AND subject = $3 AND ends_at > $4 AND signed_at IS NULL`,
			actor.Session, o.Kind, o.Subject, database.Micros(tx.Now()))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO access_mobile (id, kind, subject, session, actor, text, back, done, made_at, ends_at, tries, refused)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '')`,
			id, o.Kind, o.Subject, actor.Session, string(who), o.Text, o.Back, o.Done,
			database.Micros(tx.Now()), database.Micros(tx.Now().Add(a.Mobile)))
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, "mobile.ask", id).Concerning(actor.IIN).With("kind", o.Kind).With("signs", o.Subject))
	})
	if err != nil {
		return "", fmt.Errorf("begin signing in eGov Mobile: %w", err)
	}
	return id, refusal(over)
}

// MobileOf is the actor's own wish, for the page that shows its link: only in the
// session that made it.
func (a *Access) MobileOf(ctx context.Context, actor mekenjai.Actor, id string) (m Mobile, err error) {
	err = a.db.Read(ctx, func(tx database.Tx) error {
		m, err = a.loadMobile(ctx, tx, id)
		return err
	})
	if err == nil && (m.Actor.Session != actor.Session || m.Actor.IIN != actor.IIN) {
		err = mekenjai.ErrNotFound
	}
	return m, err
}

// OpenMobile gives the phone that brought the link a token for the documents. A
// phone that opens it later takes the place of the earlier one.
// mekenjai.ErrNotFound: a link that was never given; mekenjai.ErrStale: one that is
// over. The error may be *TooMany.
func (a *Access) OpenMobile(ctx context.Context, link string, c Client) (m Mobile, token string, err error) {
	id, err := a.mobileID(link)
	if err != nil {
		return m, "", err
	}
	token = newToken()
	var over *TooMany
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		if over, err = a.take(ctx, tx, "", use{LimitMobileAddress, c.Key()}); err != nil || over != nil {
			return err
		}
		if m, err = a.loadMobile(ctx, tx, id); err != nil {
			return err
		}
		if !m.IsOpen() {
			return mekenjai.ErrStale
		}
		_, err = tx.Exec(ctx, `UPDATE access_mobile SET opened_at = $2, token_hash = $3 WHERE id = $1`, id, database.Micros(tx.Now()), hash(token))
		return err
	})
	if err == nil {
		err = refusal(over)
	}
	return m, token, err
}

// ReadMobile is what the phone is to sign. mekenjai.ErrSignIn: not by this token.
func (a *Access) ReadMobile(ctx context.Context, link, token string) (m Mobile, err error) {
	id, err := a.mobileID(link)
	if err != nil {
		return m, err
	}
	err = a.db.Read(ctx, func(tx database.Tx) error {
		m, err = a.loadMobile(ctx, tx, id)
		return err
	})
	switch {
	case err != nil:
		return m, err
	case !m.isTokenOf(token):
		return m, mekenjai.ErrSignIn
	case !m.IsOpen():
		return m, mekenjai.ErrStale
	}
	return m, nil
}

const mobileColumns = `id, kind, subject, session, actor, text, back, done, ends_at, opened_at, token_hash, tries, refused, signature_hash, signed_at`

func (a *Access) loadMobile(ctx context.Context, tx database.Tx, id string) (m Mobile, err error) {
	var session, actor string
	err = tx.QueryRow(ctx, `SELECT `+mobileColumns+` FROM access_mobile WHERE id = $1`, id).
		Scan(&m.ID, &m.Kind, &m.Subject, &session, &actor, &m.Text, &m.Back, &m.Done, database.ScanTime(&m.Expires), database.ScanTime(&m.Opened),
			&m.tokenHash, &m.Tries, &m.Refused, &m.signatureHash, database.ScanTime(&m.Signed))
	if errors.Is(err, database.ErrNoRows) {
		return m, mekenjai.ErrNotFound
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(actor), &m.Actor); err != nil {
		return m, fmt.Errorf("who asked for %s: %w", id, err)
	}
	m.Link, m.Now = a.mobileLink(id), tx.Now()
	one, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM access_session WHERE id = $1 AND ends_at > $2 LIMIT 1`,
		session, database.Micros(tx.Now()))
	m.alive = len(one) == 1
	return m, err
}

func (m Mobile) isTokenOf(token string) bool {
	return token != "" && m.tokenHash != nil && hmac.Equal(hash(token), m.tokenHash)
}

// linkBytes are the id and half of its code.
const linkBytes = 16 + sha256.Size/2

// mobileLink is the name of a wish outside: nobody guesses it, and no copy of the
// database gives it away.
func (a *Access) mobileLink(id string) string {
	u, err := uuid.Parse(id)
	if err != nil {
		panic("access: an id that newID did not make") // the primary key
	}
	return base64.RawURLEncoding.EncodeToString(append(u[:], a.linkCode(u)...))
}

func (a *Access) linkCode(id uuid.UUID) []byte {
	mac := hmac.New(sha256.New, a.Secret)
	mac.Write([]byte("mekenjai/mobile-link/v1\n"))
	mac.Write(id[:])
	return mac.Sum(nil)[:sha256.Size/2]
}

func (a *Access) mobileID(link string) (string, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(link)
	if err != nil || len(b) != linkBytes {
		return "", mekenjai.ErrNotFound
	}
	id := uuid.UUID(b[:16])
	if !hmac.Equal(b[16:], a.linkCode(id)) {
		return "", mekenjai.ErrNotFound
	}
	return id.String(), nil
}
