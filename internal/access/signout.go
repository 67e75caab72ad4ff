package access

import (
	"context"
	"fmt"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// maxSessions is how many of a person's sessions are listed.
const maxSessions = 100

// Sessions lists the person's own sessions that have not ended, newest first,
// whether he acts in them for himself or for an organisation.
func (a *Access) Sessions(ctx context.Context, actor mekenjai.Actor) (list []Session, err error) {
	scan := func(row database.Row) (s Session, err error) {
		err = row.Scan(&s.ID, &s.Method, &s.BIN, &s.Browser, &s.Platform, &s.Network,
			database.ScanTime(&s.Started), database.ScanTime(&s.Seen), database.ScanTime(&s.Ends))
		s.Current = s.ID == actor.Session
		return s, err
	}
	err = a.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, scan, `SELECT id, method, bin, browser, platform, network,
				started_at, seen_at, ends_at
			FROM access_session WHERE iin = $1 AND ends_at > $2 ORDER BY id DESC LIMIT $3`,
			actor.IIN, database.Micros(tx.Now()), maxSessions)
		return err
	})
	return list, err
}

// SignOut ends the actor's session. One that has ended already is no error: the
// person wants to be out, and is.
func (a *Access) SignOut(ctx context.Context, actor mekenjai.Actor) error {
	_, err := a.end(ctx, actor, "session.end", actor.Session,
		`DELETE FROM access_session WHERE iin = $1 AND id = $2`, actor.Session)
	return err
}

// EndSession ends another session of the same person, mekenjai.ErrNotFound when
// there is none of that id: also when it is somebody else's.
func (a *Access) EndSession(ctx context.Context, actor mekenjai.Actor, id string) error {
	n, err := a.end(ctx, actor, "session.end", id,
		`DELETE FROM access_session WHERE iin = $1 AND id = $2`, id)
	if err == nil && n == 0 {
		return fmt.Errorf("session %s: %w", id, mekenjai.ErrNotFound)
	}
	return err
}

// SignOutEverywhere ends all sessions of the person, this one too, and says how
// many there were.
func (a *Access) SignOutEverywhere(ctx context.Context, actor mekenjai.Actor) (int, error) {
	return a.end(ctx, actor, "session.end_all", actor.Session, `DELETE FROM access_session WHERE iin = $1`)
}

// end deletes sessions of the actor's person and writes it down when there were
// any.
func (a *Access) end(ctx context.Context, actor mekenjai.Actor, verb, subject, sql string, args ...any) (n int, err error) {
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		rows, err := tx.Exec(ctx, sql, append([]any{actor.IIN}, args...)...)
		n = int(rows)
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, verb, subject).Concerning(actor.IIN).With("sessions", n))
	})
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return n, nil
}
