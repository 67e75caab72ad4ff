package kannel

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"mekenjai/internal/database"
)

// State is what is known of a message that was handed over.
type State string

// The states, each better founded than the one before it: what a later or a doubled
// report says of an earlier one changes nothing. A message of several parts has
// failed when one of them has.
const (
	Handed    State = "handed"    // Kannel has it
	Accepted  State = "accepted"  // the operator has it
	Delivered State = "delivered" // the telephone has it
	Failed    State = "failed"    // the operator gave it up, or would not have it
)

var founded = map[State]int{Handed: 0, Accepted: 1, Delivered: 2, Failed: 3}

// reported are the kinds of reports that Kannel has.
var reported = map[string]State{
	"1": Delivered, "2": Failed, "4": Accepted, "8": Accepted, "16": Failed,
}

// dlrMask asks for delivered, failed, accepted by the operator, refused by him.
const dlrMask = 1 + 2 + 8 + 16

// ReportPattern is where the reports come in.
const ReportPattern = "GET " + reportPath + "{mark}/{kind}"

const reportPath = "/sms/reports/"

func reportsAt(base string) (string, error) {
	if base == "" {
		return "", nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || strings.Contains(base, "%") {
		return "", fmt.Errorf("%q is not an address of this service such as http://10.0.0.1:8080", base)
	}
	return strings.TrimSuffix(base, "/") + reportPath, nil
}

// reportURL is asked for when something becomes of the message: Kannel puts the kind
// of the report in the place of %d. Nothing in it says whose message it was.
func (c *Centre) reportURL(mark string) string {
	base, _ := reportsAt(c.Reports) // checked by New
	return base + c.marks.seal(mark) + "/%d"
}

// marks makes the addresses of reports such as nobody can guess: the id of the message
// with a code of authentication over it. So a report is known without a look into the
// database, and fills it with nothing that is not ours.
type marks struct{ key []byte }

// newMarks derives a key of its own from the secret; without one it is made up, and
// reports of messages from before a restart are not known.
func newMarks(secret []byte) marks {
	if secret == nil {
		secret = make([]byte, 32)
		rand.Read(secret) // it never fails: the program would end
	}
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("mekenjai: reports of text messages"))
	return marks{h.Sum(nil)}
}

func newMark() string { return uuid.Must(uuid.NewV7()).String() }

const sealSize = 16

func (m marks) code(id uuid.UUID) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write(id[:])
	return h.Sum(nil)[:sealSize]
}

func (m marks) seal(mark string) string {
	id := uuid.MustParse(mark)
	return base64.RawURLEncoding.EncodeToString(append(id[:], m.code(id)...))
}

// open gives the mark that was sealed, and when it was made.
func (m marks) open(sealed string) (mark string, at time.Time, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(raw) != 16+sealSize {
		return "", time.Time{}, false
	}
	id := uuid.UUID(raw[:16])
	if !hmac.Equal(raw[16:], m.code(id)) {
		return "", time.Time{}, false
	}
	return id.String(), time.Unix(id.Time().UnixTime()), true
}

// Kept is how long what became of a message is remembered, and so how late a report
// may come: operators try for a day.
const Kept = 7 * 24 * time.Hour

// ServeHTTP takes a report. It answers alike to everything that is not one.
func (c *Centre) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mark, made, ok := c.marks.open(r.PathValue("mark"))
	state, known := reported[r.PathValue("kind")]
	if !ok || !known || time.Since(made) > Kept {
		http.NotFound(w, r)
		return
	}
	if err := c.note(r.Context(), mark, "", state); err != nil {
		c.Log.WarnContext(r.Context(), "a report of a text message was not kept", "error", err)
		http.Error(w, "again, please", http.StatusServiceUnavailable) // Kannel comes again
	}
}

// keep notes that a route took the message.
func (c *Centre) keep(ctx context.Context, mark, route string) error {
	return c.note(ctx, mark, route, Handed)
}

// note writes down what is known of a message now. A report may be quicker than the
// note that the message was handed over, which then only names the route.
func (c *Centre) note(ctx context.Context, mark, route string, state State) error {
	return c.db.Transact(ctx, func(tx database.Tx) error {
		var before State
		var by string
		now := database.Micros(tx.Now())
		err := tx.QueryRow(ctx, `SELECT state, route FROM sms WHERE id = $1`, mark).Scan(&before, &by)
		if errors.Is(err, database.ErrNoRows) {
			var at any
			if state != Handed {
				at = now
			}
			_, err = tx.Exec(ctx, `INSERT INTO sms (id, route, state, handed_at, reported_at) VALUES ($1, $2, $3, $4, $5)`,
				mark, route, state, now, at)
			return err
		}
		if err != nil {
			return err
		}
		if route != "" && by == "" {
			_, err = tx.Exec(ctx, `UPDATE sms SET route = $2 WHERE id = $1`, mark, route)
		}
		if err != nil || founded[state] <= founded[before] {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE sms SET state = $2, reported_at = $3 WHERE id = $1`, mark, state, now)
		return err
	})
}

// Tally is how many messages of the last day are in a state.
type Tally struct {
	Route string // "" for one whose hand-over was not noted
	State State
	Count int64
}

// Tallies counts the messages of the last day by route and state.
func (c *Centre) Tallies(ctx context.Context) (list []Tally, err error) {
	err = c.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, func(row database.Row) (t Tally, err error) {
			return t, row.Scan(&t.Route, &t.State, &t.Count)
		}, `SELECT route, state, count(*) FROM sms WHERE handed_at > $1 GROUP BY route, state ORDER BY route, state LIMIT 100`,
			database.Micros(tx.Now().Add(-24*time.Hour)))
		return err
	})
	return list, err
}

// sweepBatch bounds one transaction of a sweep.
const sweepBatch = 1000

// Sweep forgets messages of long ago, and says how many.
func (c *Centre) Sweep(ctx context.Context) (rows int, err error) {
	for n := int64(sweepBatch); n == sweepBatch; rows += int(n) {
		err := c.db.Transact(ctx, func(tx database.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM sms WHERE id IN (SELECT id FROM sms WHERE handed_at <= $1 ORDER BY handed_at LIMIT $2)`,
				database.Micros(tx.Now().Add(-Kept)), sweepBatch)
			return err
		})
		if err != nil {
			return rows, fmt.Errorf("sweep text messages: %w", err)
		}
	}
	return rows, nil
}
