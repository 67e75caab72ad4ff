package register

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

// queueSize is how many cases a page of the queue shows.
const queueSize = 25

// Shelf is one of the queues of the desk.
type Shelf string

// The queues.
const (
	ShelfOpen       Shelf = "open"       // nobody has them
	ShelfMine       Shelf = "mine"       // the officer's own
	ShelfTaken      Shelf = "taken"      // in anybody's hands
	ShelfWaiting    Shelf = "waiting"    // for a paper of an applicant
	ShelfConfirming Shelf = "confirming" // for the second pair of eyes
	ShelfOverdue    Shelf = "overdue"
)

// Shelves in the order of the page.
var Shelves = []Shelf{ShelfOpen, ShelfMine, ShelfOverdue, ShelfTaken, ShelfWaiting, ShelfConfirming}

// QueueFilter says which part of which queue is asked for. The zero value is the
// beginning of the open cases.
type QueueFilter struct {
	Shelf Shelf
	Kind  CaseKind // "" for all
	After string   // the cursor that the page before gave
}

// QueueLine is a case as a line of the queue: without anything personal.
type QueueLine struct {
	DeskCase
	Mine     bool
	Reason   string // code of the rule that gave it to the desk, "" for other kinds
	Place    mekenjai.Text
	Deadline time.Time // of the paper that is waited for
}

// Queue is a page of a queue.
type Queue struct {
	Lines  []QueueLine
	Next   string // cursor of the next page, "" when this is the last
	Counts map[Shelf]int
	Now    time.Time
}

// Queue lists the cases of the officer's territory, overdue first, and counts
// them all. A foreign territory's cases are not in it, nor a sealed person's.
func (r *Register) Queue(ctx context.Context, actor mekenjai.Actor, f QueueFilter) (q Queue, err error) {
	if err := actor.Permitted(mekenjai.DoList, mekenjai.Matter{}); err != nil {
		return q, err
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		q.Now = tx.Now()
		if q.Counts, err = countCases(ctx, tx, actor); err != nil {
			return err
		}
		q.Lines, err = queueLines(ctx, tx, actor, f)
		return err
	})
	if len(q.Lines) > queueSize {
		q.Lines = q.Lines[:queueSize]
		last := q.Lines[queueSize-1]
		q.Next = cursor(last.Due, last.ID)
	}
	return q, err
}

// shelfCondition is what puts a case on a shelf. $1 is the instant, $2 the actor.
var shelfCondition = map[Shelf]string{
	ShelfOpen:       `c.state = 'open'`,
	ShelfMine:       `c.state <> 'closed' AND c.officer = $2`,
	ShelfTaken:      `c.state = 'taken'`,
	ShelfWaiting:    `c.state = 'waiting'`,
	ShelfConfirming: `c.state = 'confirming'`,
	ShelfOverdue:    `c.state <> 'closed' AND c.stopped_at IS NULL AND c.due_at < $1`,
}

// queueLines reads one line more than a page shows, so that it is known whether
// another page follows.
func queueLines(ctx context.Context, tx database.Tx, actor mekenjai.Actor, f QueueFilter) ([]QueueLine, error) {
	condition, ok := shelfCondition[f.Shelf]
	if !ok {
		condition = shelfCondition[ShelfOpen]
	}
	due, id := fromCursor(f.After)
	from, to := katoRange(actor.Duty.Territory)
	args := []any{now(tx), actor.IIN, from, to, due, id, queueSize + 1}
	kind := ""
	if f.Kind != "" {
		kind, args = ` AND c.kind = $8`, append(args, f.Kind)
	}
	return database.Collect(ctx, tx, func(row database.Row) (l QueueLine, err error) {
		l.DeskCase, err = scanDeskCase(row, &l.Reason, &l.Place.KK, &l.Place.RU, database.ScanTime(&l.Deadline))
		l.Mine = l.Officer == actor.IIN
		l.Place = locality(l.Place)
		l.About, l.Officer = "", ""
		return l, err
	}, `SELECT `+deskColumns+`, coalesce(a.reason, ''), coalesce(a.address_kk, ''), coalesce(a.address_ru, ''), p.deadline
		FROM desk_case c LEFT JOIN application a ON a.id = c.subject LEFT JOIN paper_request p ON p.desk_case = c.id AND p.state = 'asked'
		WHERE c.state <> 'closed' AND `+condition+kind+` AND c.kato >= $3 AND c.kato <= $4 AND `+visible("c.about", 1)+`
		AND (c.due_at > $5 OR c.due_at = $5 AND c.id > $6) ORDER BY c.due_at, c.id LIMIT $7`, args...)
}

// countCases counts every shelf with one statement.
func countCases(ctx context.Context, tx database.Tx, actor mekenjai.Actor) (map[Shelf]int, error) {
	from, to := katoRange(actor.Duty.Territory)
	var columns []string
	for _, s := range Shelves {
		columns = append(columns, `coalesce(sum(CASE WHEN `+shelfCondition[s]+` THEN 1 ELSE 0 END), 0)`)
	}
	counts := make([]int, len(Shelves))
	into := make([]any, len(Shelves))
	for i := range counts {
		into[i] = &counts[i]
	}
	err := tx.QueryRow(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM desk_case c
		WHERE c.state <> 'closed' AND c.kato >= $3 AND c.kato <= $4 AND `+visible("c.about", 1),
		now(tx), actor.IIN, from, to).Scan(into...)
	found := map[Shelf]int{}
	for i, s := range Shelves {
		found[s] = counts[i]
	}
	return found, err
}

// katoRange bounds the codes of nine digits that begin with the territory, in a way
// that every collation orders alike.
func katoRange(territory string) (from, to string) { return territory, territory + "999999999" }

// cursor is where a page of the queue ended.
func cursor(due time.Time, id string) string { return fmt.Sprintf("%d.%s", database.Micros(due), id) }

func fromCursor(s string) (due int64, id string) {
	first, id, ok := strings.Cut(s, ".")
	due, err := strconv.ParseInt(first, 10, 64)
	if !ok || err != nil || len(id) > 40 {
		return 0, ""
	}
	return due, id
}

// locality is an address down to its region or city: as much as the queue needs.
func locality(t mekenjai.Text) mekenjai.Text {
	cut := func(s, republic string) string {
		s = strings.TrimPrefix(s, republic)
		first, _, _ := strings.Cut(s, ",")
		return first
	}
	return mekenjai.Text{KK: cut(t.KK, "Қазақстан Республикасы, "), RU: cut(t.RU, "Республика Казахстан, ")}
}
