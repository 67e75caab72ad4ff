package access

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// touchEvery is the least time between two writes of seen_at. The idle limit is
// exact to this minute.
const touchEvery = time.Minute

// SignedIn is a sign-in that succeeded: Keep sets its cookie.
type SignedIn struct {
	Token string
	Actor mekenjai.Actor
	For   string // what it was made for, as given to Begin…
}

// Session is one of a person's own sessions, as he may see it.
type Session struct {
	ID       string
	Method   mekenjai.Method
	BIN      mekenjai.BIN // the organisation acted for
	Browser  string       // "Firefox", "" when unknown
	Platform string       // "Windows"
	Network  string       // "10.20.0.0/16"
	Started  time.Time
	Seen     time.Time // to the minute
	Ends     time.Time
	Current  bool
}

// begin opens a session for who proved himself just now. It always has a new
// token, so that a token planted before sign-in opens nothing, and it ends the
// session that the browser had, whoever's it was: the owner who consents on the
// applicant's machine is never joined to the applicant's session, nor leaves it
// open behind his own.
func (a *Access) begin(ctx context.Context, who identity, freshFor string, c Client) (SignedIn, error) {
	in := SignedIn{For: freshFor}
	err := a.db.Transact(ctx, func(tx database.Tx) (err error) {
		proof := audit.Entry{}.With("certificate", who.certificate)
		if in.Token, in.Actor, err = a.insert(ctx, tx, who.actor, freshFor, c, proof); err != nil {
			return err
		}
		return a.keepProof(ctx, tx, in.Actor, who)
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("begin session: %w", err)
	}
	return in, nil
}

func (a *Access) insert(ctx context.Context, tx database.Tx, actor mekenjai.Actor, freshFor string, c Client, proof audit.Entry) (string, mekenjai.Actor, error) {
	id, err := newID()
	if err != nil {
		return "", actor, err
	}
	actor.Session, actor.Fresh, actor.FreshFor, actor.Language = id, tx.Now(), freshFor, string(c.Language)
	replaced, err := tx.Exec(ctx, `DELETE FROM access_session WHERE token_hash = $1`, hash(c.session))
	if err != nil {
		return "", actor, err
	}
	token := newToken()
	now := tx.Now()
	_, err = tx.Exec(ctx, `INSERT INTO access_session
		(id, token_hash, iin, bin, may_sign, surname, given, patronymic, method, fresh_for,
		 browser, platform, network, started_at, seen_at, expires_at, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)`,
		id, hash(token), actor.IIN, actor.BIN, actor.MaySign, actor.Name.Surname, actor.Name.Given, actor.Name.Patronymic,
		actor.Method, freshFor, c.Browser, c.Platform, c.Network(), database.Micros(now),
		database.Micros(now.Add(a.Absolute)), database.Micros(now.Add(min(a.Idle, a.Absolute))))
	if err != nil {
		return "", actor, err
	}
	if err := a.visitFrom(ctx, tx, actor, c); err != nil {
		return "", actor, err
	}
	e := audit.By(actor, "session.begin", id).Concerning(actor.IIN).
		With("method", actor.Method).With("for", freshFor).With("network", c.Network()).With("replaced", replaced)
	for k, v := range proof.Detail {
		e = e.With(k, v)
	}
	if actor.Duty, err = dutyOf(ctx, tx, actor); err != nil {
		return "", actor, err
	}
	if actor.Duty.IsStaff() {
		e = e.With("role", actor.Duty.Role).With("office", actor.Duty.Office)
	}
	return token, actor, audit.Write(ctx, tx, e)
}

func newToken() string { return base64.RawURLEncoding.EncodeToString(random(32)) }

// state is a session as the row holds it.
type state struct {
	actor                        mekenjai.Actor
	started, seen, expires, ends time.Time
}

// lookup finds the session of a token, mekenjai.ErrSignIn when it has ended or
// never was. A page asked for by a person moves the idle limit on.
func (a *Access) lookup(ctx context.Context, token string, byPerson bool) (s state, err error) {
	due := false
	err = a.db.Read(ctx, func(tx database.Tx) error {
		s, err = a.load(ctx, tx, token)
		due = byPerson && tx.Now().Sub(s.seen) >= touchEvery
		return err
	})
	if err != nil || !due {
		return s, err
	}
	s.ends, err = a.touch(ctx, s.actor)
	return s, err
}

func (a *Access) load(ctx context.Context, tx database.Tx, token string) (s state, err error) {
	err = tx.QueryRow(ctx, `SELECT id, iin, bin, may_sign, surname, given, patronymic, method, fresh_for,
			started_at, seen_at, expires_at, ends_at
		FROM access_session WHERE token_hash = $1`, hash(token)).
		Scan(&s.actor.Session, &s.actor.IIN, &s.actor.BIN, &s.actor.MaySign,
			&s.actor.Name.Surname, &s.actor.Name.Given, &s.actor.Name.Patronymic, &s.actor.Method, &s.actor.FreshFor,
			database.ScanTime(&s.started), database.ScanTime(&s.seen), database.ScanTime(&s.expires), database.ScanTime(&s.ends))
	if errors.Is(err, database.ErrNoRows) || err == nil && !tx.Now().Before(s.ends) {
		return state{}, mekenjai.ErrSignIn
	}
	if err != nil {
		return s, err
	}
	s.actor.Fresh = s.started // every proof begins a session of its own
	s.actor.Duty, err = dutyOf(ctx, tx, s.actor)
	return s, err
}

// touch moves the idle limit on, never beyond the absolute one, and never wakes a
// session that has ended meanwhile.
func (a *Access) touch(ctx context.Context, actor mekenjai.Actor) (ends time.Time, err error) {
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		var expires time.Time
		now := database.Micros(tx.Now())
		err := tx.QueryRow(ctx, `SELECT expires_at FROM access_session WHERE id = $1 AND ends_at > $2`,
			actor.Session, now).Scan(database.ScanTime(&expires))
		if errors.Is(err, database.ErrNoRows) {
			return mekenjai.ErrSignIn
		}
		if err != nil {
			return err
		}
		ends = tx.Now().Add(a.Idle)
		if ends.After(expires) {
			ends = expires
		}
		_, err = tx.Exec(ctx, `UPDATE access_session SET seen_at = $2, ends_at = $3 WHERE id = $1`,
			actor.Session, now, database.Micros(ends))
		return err
	})
	return ends, err
}

// Extend is for the person who answers the time-out warning. It returns when the
// session ends now; mekenjai.ErrSignIn when it was too late.
func (a *Access) Extend(ctx context.Context, actor mekenjai.Actor) (ends time.Time, err error) {
	return a.touch(ctx, actor)
}
