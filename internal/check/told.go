package check

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

// Deed is what somebody was told that he did, or what came of it.
type Deed string

// The deeds, as they stand in a journal.
const (
	Filed    Deed = "filed"    // an application
	Agreed   Deed = "agreed"   // to a request for consent
	Declined Deed = "declined" // the same
	Ended    Deed = "ended"    // the application came to the end that was shown
	Entered  Deed = "entered"  // the entry of that number stands
	Left     Deed = "left"     // the person ended that entry
	Complete Deed = "complete" // nobody did more than what stands before this line
)

// Line is one acknowledgement: written, durably, before its receiver goes on.
// The people in it are invented; a journal of real ones is never kept.
type Line struct {
	At          time.Time      `json:"at"`
	Deed        Deed           `json:"deed"`
	Person      mekenjai.IIN   `json:"person,omitempty"`
	Application string         `json:"application,omitempty"`
	Request     string         `json:"request,omitempty"` // id of the consent
	State       mekenjai.State `json:"state,omitempty"`
	Entry       string         `json:"entry,omitempty"` // its number
}

// ReadJournal reads the lines of a journal. A last line without its end was never
// acknowledged to anybody and is left out.
func ReadJournal(r io.Reader) (lines []Line, err error) {
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		raw, err := in.ReadBytes('\n')
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		var l Line
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return nil, fmt.Errorf("line %d of the journal: %w", n, err)
		}
		if _, known := promises[l.Deed]; !known && l.Deed != Complete {
			return nil, fmt.Errorf("line %d of the journal: nobody knows the deed %q", n, l.Deed)
		}
		lines = append(lines, l)
	}
}

// promise is a query that counts what a line was told, and must find one.
type promise struct {
	rule
	args func(Line) []any
}

func byApplication(l Line) []any { return []any{l.Application} }
func byRequest(l Line) []any     { return []any{l.Request} }
func byEntry(l Line) []any       { return []any{l.Entry} }

// promises by the deed. A consent that was given may be void by now, because the
// application ended otherwise: its signature stays.
var promises = map[Deed][]promise{
	Filed: {
		{rule{"told-filed", "an application that was acknowledged is there, of that person", `
			SELECT count(*) FROM application WHERE id = $1 AND person = $2`}, func(l Line) []any { return []any{l.Application, l.Person} }},
		{rule{"told-filed-once", "its filing is in the audit once", `
			SELECT count(*) FROM audit_entry WHERE subject = $1 AND verb = 'application.submit' AND outcome = 'done'`}, byApplication},
		{rule{"told-filed-step", "its path begins once", `
			SELECT count(*) FROM application_step s WHERE s.application = $1 AND s.state = 'checking' AND s.at =
				(SELECT a.submitted_at FROM application a WHERE a.id = s.application)`}, byApplication},
	},
	Agreed: {
		{rule{"told-agreed", "a consent that was acknowledged is there, with its signature", `
			SELECT count(*) FROM consent c JOIN application a ON a.id = c.application WHERE c.id = $1 AND c.application = $2
			AND c.signature IS NOT NULL AND (c.answer = 'agreed' OR c.answer = 'void' AND a.state IN ('refused', 'routed', 'cancelled'))`},
			func(l Line) []any { return []any{l.Request, l.Application} }},
		{rule{"told-agreed-once", "it is in the audit once", `
			SELECT count(*) FROM audit_entry WHERE subject = $1 AND verb = 'consent.agreed' AND outcome = 'done'`}, byRequest},
	},
	Declined: {
		{rule{"told-declined", "a refusal of consent that was acknowledged is there", `
			SELECT count(*) FROM consent WHERE id = $1 AND application = $2 AND answer = 'declined'`},
			func(l Line) []any { return []any{l.Request, l.Application} }},
		{rule{"told-declined-once", "it is in the audit once", `
			SELECT count(*) FROM audit_entry WHERE subject = $1 AND verb = 'consent.declined' AND outcome = 'done'`}, byRequest},
	},
	Ended: {
		{rule{"told-end", "an end that was shown stands", `
			SELECT count(*) FROM application WHERE id = $1 AND state = $2`}, func(l Line) []any { return []any{l.Application, string(l.State)} }},
		{rule{"told-end-once", "it was come to once", `
			SELECT count(*) FROM application_step WHERE application = $1 AND state = $2`}, func(l Line) []any { return []any{l.Application, string(l.State)} }},
	},
	Entered: {
		{rule{"told-entry", "an entry that was shown is there, of that application", `
			SELECT count(*) FROM registration WHERE number = $1 AND application = $2`}, func(l Line) []any { return []any{l.Entry, l.Application} }},
		{rule{"told-entry-certificate", "the certificate that was taken is there", `
			SELECT count(*) FROM certificate c JOIN registration r ON r.id = c.registration WHERE r.number = $1 AND c.language = 'kk'`}, byEntry},
	},
	Left: {
		{rule{"told-left", "an entry that its person ended has ended", `
			SELECT count(*) FROM registration WHERE number = $1 AND state = 'ended' AND ended_at IS NOT NULL`}, byEntry},
		{rule{"told-left-once", "that is in the audit once", `
			SELECT count(*) FROM audit_entry e JOIN registration r ON r.id = e.subject
			WHERE r.number = $1 AND e.verb = 'registration.end_own' AND e.outcome = 'done'`}, byEntry},
		{rule{"told-left-told", "the person was told of it once", `
			SELECT count(*) FROM notice n JOIN registration r ON r.application = n.application
			WHERE r.number = $1 AND n.party = r.person AND n.kind = 'ended_own'`}, byEntry},
	},
}

var toldMore = rule{name: "told-no-more", says: "nobody has an application that he did not file"}

// Told proves the lines of a journal against the database. When the journal is
// complete, whoever filed has no other application than those he was told of:
// nothing was doubled by repeating.
func Told(ctx context.Context, db *database.DB, lines []Line) (found []Finding, err error) {
	err = db.Read(ctx, func(tx database.Tx) error {
		found, err = hold(ctx, tx, lines)
		return err
	})
	return found, err
}

func hold(ctx context.Context, tx database.Tx, lines []Line) (found []Finding, err error) {
	at := map[string]int{}
	note := func(r rule, id string) {
		i, ok := at[r.name]
		if !ok {
			i = len(found)
			at[r.name], found = i, append(found, Finding{Rule: r.name, Says: r.says})
		}
		if ids := found[i].IDs; len(ids) < atMost && !slices.Contains(ids, id) {
			found[i].IDs = append(ids, id)
		}
	}
	for _, l := range lines {
		for _, p := range promises[l.Deed] {
			n, err := database.One(ctx, tx, database.Column[int], p.sql, p.args(l)...)
			if err != nil {
				return nil, fmt.Errorf("check %s: %w", p.name, err)
			}
			if n != 1 {
				note(p.rule, l.id())
			}
		}
	}
	if len(lines) == 0 || lines[len(lines)-1].Deed != Complete {
		return found, nil
	}
	return found, noMore(ctx, tx, lines, note)
}

// id names the thing that a line is about.
func (l Line) id() string {
	switch l.Deed {
	case Agreed, Declined:
		return l.Request
	case Entered, Left:
		return l.Entry
	}
	return l.Application
}

// noMore finds applications of the people of the journal that are not in it.
func noMore(ctx context.Context, tx database.Tx, lines []Line, note func(rule, string)) error {
	filed, people := map[string]bool{}, map[mekenjai.IIN]bool{}
	for _, l := range lines {
		if l.Deed == Filed {
			filed[l.Application], people[l.Person] = true, true
		}
	}
	for person := range people {
		ids, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM application WHERE person = $1`, person)
		if err != nil {
			return fmt.Errorf("check %s: %w", toldMore.name, err)
		}
		for _, id := range ids {
			if !filed[id] {
				note(toldMore, id)
			}
		}
	}
	return nil
}
