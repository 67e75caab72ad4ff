package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// Notice is what a party was told, as the personal account shows it.
type Notice struct {
	Application string
	Kind        notify.Kind
	Args        notify.Args
	At          time.Time
	Sent        time.Time // when the text message was handed over; zero: not yet, or none
}

// silent are the notices that nobody is woken for: they stand in the account.
// Whoever watches a protected person's phone must not learn of the protection.
var silent = map[notify.Kind]bool{notify.Submitted: true, notify.Waiting: true, notify.DataSealed: true, notify.DataOpened: true}

// asking are the notices to right-holders whom the person himself asked: they know
// of him already. Of a sealed person no other notice goes to anybody else.
var asking = map[notify.Kind]bool{notify.ConsentAsked: true, notify.ConsentLapsed: true, notify.ConsentEnded: true}

// tell leaves a notice for the party and the job that sends it as a message.
func (r *Register) tell(ctx context.Context, tx database.Tx, a *record, to mekenjai.PartyID, k notify.Kind, with func(*notify.Args)) error {
	if to != mekenjai.PartyID(a.Person) && !asking[k] {
		if ok, err := isVisible(ctx, tx, a.Person, ""); err != nil || !ok {
			return err
		}
	}
	args := notify.Args{Number: a.Number, Address: a.Dwelling.Address, Name: a.Name.Short()}
	if with != nil {
		with(&args)
	}
	language := ""
	if to == mekenjai.PartyID(a.Person) {
		language = a.Language
	}
	// Nobody is woken thousands of times for one petition of his own.
	petitioner := a.counter != nil && a.counter.Petition != "" && to.IsOrganisation()
	id, sms := newID(), !silent[k] && !petitioner
	_, err := tx.Exec(ctx, `INSERT INTO notice (id, party, application, kind, args, language, at, sms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, to, orNull(a.ID), k, toJSON(args), language, database.Micros(tx.Now()), sms)
	if err != nil || !sms {
		return err
	}
	return tx.Enqueue(ctx, messageArgs{Notice: id}, nil)
}

func scanNotice(row database.Row) (n Notice, err error) {
	var args string
	if err = row.Scan(&n.Application, &n.Kind, &args, database.ScanTime(&n.At), database.ScanTime(&n.Sent)); err != nil {
		return n, notFound(err)
	}
	n.Args, err = fromJSON[notify.Args](args)
	return n, err
}

const noticeColumns = `coalesce(application, ''), kind, args, at, sent_at`

// messageArgs is the job of sending one notice as a text message.
type messageArgs struct {
	Notice string `json:"notice"`
}

func (messageArgs) Kind() string { return "message" }

type messageWorker struct {
	river.WorkerDefaults[messageArgs]
	r *Register
}

func (w *messageWorker) Work(ctx context.Context, job *river.Job[messageArgs]) error {
	return w.r.sendMessage(ctx, job.Args.Notice)
}

// sendMessage sends a notice once; when the process dies between the centre's
// receipt and our note of it, a second time: a message too many does less harm
// than one too few.
func (r *Register) sendMessage(ctx context.Context, id string) error {
	var n Notice
	var to mekenjai.PartyID
	var language string
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		n, err = scanNotice(tx.QueryRow(ctx, `SELECT `+noticeColumns+` FROM notice WHERE id = $1`, id))
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT party, language FROM notice WHERE id = $1`, id).Scan(&to, &language)
	})
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && !n.Sent.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	phones, err := r.phonesOf(ctx, to)
	if err != nil {
		return err
	}
	for _, phone := range phones { // who has no phone in the database reads the notice in the account
		if err := r.SendSMS(ctx, phone, notify.SMS(language, n.Kind, n.Args, r.BaseURL)); err != nil {
			return fmt.Errorf("send notice %s: %w", id, err)
		}
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notice SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL`, id, database.Micros(tx.Now()))
		return err
	})
}

// phonesOf is where a party gets its messages: a person on the phone in the Mobile
// Citizens Database, for an organisation its head. While a change of that phone is
// new, the one before it gets them too: who took a number over cannot do anything
// that its owner does not learn of.
func (r *Register) phonesOf(ctx context.Context, to mekenjai.PartyID) ([]mekenjai.Phone, error) {
	person := to.IIN()
	if to.IsOrganisation() {
		entity, err := r.Peers.Entity(ctx, to.BIN())
		if err != nil {
			return nil, err
		}
		if person = entity.Value.Head(); person == "" {
			return nil, nil
		}
	}
	citizen, err := r.Peers.Citizen(ctx, person)
	if err != nil {
		return nil, err
	}
	phone := citizen.Value.Phone
	switch {
	case r.Contacts != nil:
		return r.Contacts(ctx, person, phone)
	case phone == "":
		return nil, nil
	}
	return []mekenjai.Phone{phone}, nil
}
