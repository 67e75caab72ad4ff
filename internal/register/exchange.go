package register

import (
	"context"
	"crypto/sha256"
	"strings"

	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// evidence is a reply as it is kept with the case.
type evidence struct {
	state.Evidence
	found bool
}

// keep writes a reply with the case, and what had to be asked before it as rows of
// their own.
func keep(ctx context.Context, tx database.Tx, application string, e evidence) error {
	for _, before := range e.Before {
		if err := keepBefore(ctx, tx, application, before); err != nil {
			return err
		}
	}
	body := e.Raw
	if body == nil {
		body = []byte{} // the hash alone is known
	}
	request, requestHash := travelled(e.Evidence)
	_, err := tx.Exec(ctx, `INSERT INTO reply (id, application, peer, subject, found, asked_at, answered_at, body, hash, request, request_hash, message, form)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, newID(), application, e.Source, e.Subject, e.found,
		database.Micros(e.AskedAt), database.Micros(e.AnsweredAt), body, e.SHA256[:], request, requestHash, e.Message, e.Form)
	return err
}

// keepBefore writes what one question needed and others may have needed too: its text
// stands once in a case, further rows refer to it.
func keepBefore(ctx context.Context, tx database.Tx, application string, e state.Evidence) error {
	if e.Message != "" && e.Form != state.Earlier {
		n, err := database.One(ctx, tx, database.Column[int], `SELECT count(*) FROM reply
			WHERE application = $1 AND peer = $2 AND message = $3`, application, e.Source, e.Message)
		if err != nil {
			return err
		}
		if n > 0 {
			e = e.AsEarlier()
		}
	}
	return keep(ctx, tx, application, evidence{e, true})
}

// travelled is the question as it is kept; NULL when nothing travelled, or the message
// is another question's.
func travelled(e state.Evidence) (request, hash any) {
	if e.Request != nil {
		request = e.Request
	}
	if e.RequestSHA256 != [sha256.Size]byte{} {
		hash = e.RequestSHA256[:]
	}
	return request, hash
}

// longestUnused is how much is kept of a reply that could not be used: whoever answers
// nonsense does not choose what it costs.
const longestUnused = 64 << 10

// keepSilence writes what travelled for a question that was not answered. Only the
// first time and the last are kept, with how often it was so.
func keepSilence(ctx context.Context, tx database.Tx, application string, s *state.Silence) error {
	if len(s.Exchanges) == 0 {
		return nil
	}
	about := s.Exchanges[0].Subject
	nth, err := database.One(ctx, tx, database.Column[int], `SELECT coalesce(max(nth), 0) + 1 FROM silence
		WHERE application = $1 AND question = $2 AND subject = $3`, application, s.Peer, about)
	if err != nil {
		return err
	}
	place := "first"
	if nth > 1 {
		place = "last"
		if _, err := tx.Exec(ctx, `DELETE FROM silence WHERE application = $1 AND question = $2 AND subject = $3 AND place = 'last'`,
			application, s.Peer, about); err != nil {
			return err
		}
	}
	for _, e := range s.Exchanges {
		if err := keepUnused(ctx, tx, application, s.Peer, about, place, nth, e); err != nil {
			return err
		}
	}
	return nil
}

func keepUnused(ctx context.Context, tx database.Tx, application string, question state.Peer, about, place string, nth int, e state.Evidence) error {
	if len(e.Raw) > longestUnused {
		e.Raw, e.Form = nil, state.Hashed
	}
	cause := ""
	if e.Trouble != nil {
		cause = clipped(strings.ReplaceAll(e.Trouble.Error(), "\x00", "")) // PostgreSQL keeps none
	}
	var body, hash any // NULL: nothing came
	if e.SHA256 != [sha256.Size]byte{} {
		hash = e.SHA256[:]
	}
	if e.Raw != nil {
		body = e.Raw
	}
	request, requestHash := travelled(e)
	_, err := tx.Exec(ctx, `INSERT INTO silence (id, application, question, subject, place, nth, peer, cause, message, asked_at, answered_at, form,
		body, hash, request, request_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		newID(), application, question, about, place, nth, e.Source, cause, e.Message, database.Micros(e.AskedAt), database.NullMicros(e.AnsweredAt), e.Form,
		body, hash, request, requestHash)
	return err
}
