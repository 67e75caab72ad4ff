package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
)

// RemarkKind is what somebody is told about the safety of his access.
type RemarkKind string

// The kinds.
const (
	PhoneChanged RemarkKind = "phone_changed" // the database names another phone
	NewPlace     RemarkKind = "new_place"     // a sign-in from where he was not seen before
)

// Remark is one such notice.
type Remark struct {
	id       string
	IIN      mekenjai.IIN
	Kind     RemarkKind
	Browser  string
	Platform string
	Network  string
	Language string // "" when it is not known
	At       time.Time
	Hold     time.Time // of a changed phone: until when it signs nothing; zero when it may
}

// remark writes it and leaves the job that sends it. After a few in a day no more
// messages are sent: whoever signs in from ever new places must not be able to flood
// a phone. The page shows them all.
func (a *Access) remark(ctx context.Context, tx database.Tx, m Remark) error {
	id, err := newID()
	if err != nil {
		return err
	}
	over, err := a.take(ctx, tx, m.IIN, use{LimitRemark, string(m.IIN)})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO access_notice (id, iin, kind, browser, platform, network, language, at, hold_until, sms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, m.IIN, m.Kind, m.Browser, m.Platform, m.Network, m.Language, database.Micros(tx.Now()), database.NullMicros(m.Hold), over == nil)
	if err != nil || over != nil {
		return err
	}
	return tx.Enqueue(ctx, sendRemark{id}, nil)
}

const remarkColumns = `id, iin, kind, browser, platform, network, language, at, hold_until`

func scanRemark(row database.Row) (m Remark, err error) {
	err = row.Scan(&m.id, &m.IIN, &m.Kind, &m.Browser, &m.Platform, &m.Network, &m.Language, database.ScanTime(&m.At), database.ScanTime(&m.Hold))
	return m, err
}

// remarksShown is how many the page shows.
const remarksShown = 10

// Remarks are what the person was told lately, newest first.
func (a *Access) Remarks(ctx context.Context, actor mekenjai.Actor) (list []Remark, err error) {
	err = a.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, scanRemark, `SELECT `+remarkColumns+` FROM access_notice
			WHERE iin = $1 ORDER BY id DESC LIMIT $2`, actor.IIN, remarksShown)
		return err
	})
	return list, err
}

// sendRemark is the job of sending one as a text message. It names the row only.
type sendRemark struct {
	Remark string `json:"remark"`
}

func (sendRemark) Kind() string { return "access.send_remark" }

type remarker struct {
	river.WorkerDefaults[sendRemark]
	access *Access
}

func (w *remarker) Work(ctx context.Context, job *river.Job[sendRemark]) error {
	if err := w.access.deliver(ctx, job.Args.Remark); err != nil {
		return fmt.Errorf("send remark %s: %w", job.Args.Remark, err)
	}
	return nil
}

// deliver sends it to every phone of the person: of a changed phone also to the one
// before, which is the point of it.
func (a *Access) deliver(ctx context.Context, id string) error {
	var m Remark
	err := a.db.Read(ctx, func(tx database.Tx) (err error) {
		m, err = database.One(ctx, tx, scanRemark, `SELECT `+remarkColumns+` FROM access_notice WHERE id = $1 AND sent_at IS NULL`, id)
		return err
	})
	if errors.Is(err, database.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	phone, found, err := a.phoneOf(ctx, m.IIN)
	if err != nil {
		return err
	}
	if !found {
		phone = ""
	}
	list, err := a.Contacts(ctx, m.IIN, phone)
	if err != nil {
		return err
	}
	for _, to := range list {
		if err := a.sendSMS(ctx, to, a.remarkText(m)); err != nil {
			return err
		}
	}
	return a.db.Transact(ctx, func(tx database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE access_notice SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL`, id, database.Micros(tx.Now())); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("access.remark", id).Concerning(m.IIN).With("kind", m.Kind).With("phones", len(list)))
	})
}

// remarkText is the message: in the person's language, in both languages of the
// state when it is not known.
func (a *Access) remarkText(m Remark) string {
	key := "access.sms." + string(m.Kind)
	if m.Kind == PhoneChanged && m.Hold.IsZero() {
		key = "access.sms.phone_back"
	}
	in := func(l locale.Lang) string {
		return l.T(key, "until", l.DateTime(m.Hold), "device", device(m.Browser, m.Platform), "link", a.Origin+"/account/sessions")
	}
	if l, ok := locale.Parse(m.Language); ok {
		return in(l)
	}
	return in(locale.KK) + "\n" + in(locale.RU)
}

// device is what the browser said of itself, as far as it did.
func device(browser, platform string) string {
	switch {
	case browser == "" && platform == "":
		return "—"
	case browser == "" || platform == "":
		return browser + platform
	}
	return browser + ", " + platform
}
