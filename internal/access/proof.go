package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Proof is what shows, after the session is long over, that somebody signed in with
// his key: order 1187 of 9 December 2015 wants the checks of a signature kept.
type Proof struct {
	Session     string
	IIN         mekenjai.IIN
	Certificate string // serial number
	SignedAt    time.Time
	Revocation  []eds.Revocation // what was known when the door was opened
	Evidence    []byte           // CAdES-LT, which eds verifies offline; nil while it is being gathered
	Ends        time.Time        // when it is thrown away
}

// collectProof is the job of gathering evidence around the signature of a sign-in.
type collectProof struct {
	Session string `json:"session"`
}

func (collectProof) Kind() string { return "access.collect_proof" }

type collector struct {
	river.WorkerDefaults[collectProof]
	access *Access
}

func (c *collector) Work(ctx context.Context, job *river.Job[collectProof]) error {
	if err := c.access.collect(ctx, job.Args.Session); err != nil {
		return fmt.Errorf("evidence of session %s: %w", job.Args.Session, err)
	}
	return nil
}

// keepProof stores the signature in the transaction that begins the session.
func (a *Access) keepProof(ctx context.Context, tx database.Tx, actor mekenjai.Actor, who identity) error {
	revocation, err := json.Marshal(who.revocation)
	if err != nil {
		return err
	}
	now := tx.Now()
	_, err = tx.Exec(ctx, `INSERT INTO access_proof (session, iin, certificate, signed_at, revocation, signature, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, actor.Session, actor.IIN, who.certificate, database.Micros(now),
		string(revocation), who.signature, database.Micros(now.Add(a.Proof)))
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, collectProof{actor.Session}, proofOptions)
}

// proofOptions: nobody waits for the evidence, but people wait for messages.
var proofOptions = &river.InsertOpts{Priority: 2}

// collect makes CAdES-LT of the signature. It is tried again while an authority is
// silent; what no authority will vouch for any more is audited, and the signature
// stays without evidence.
func (a *Access) collect(ctx context.Context, session string) error {
	var cms []byte
	var now time.Time
	err := a.db.Read(ctx, func(tx database.Tx) error {
		now = tx.Now()
		return tx.QueryRow(ctx, `SELECT signature FROM access_proof WHERE session = $1 AND evidence IS NULL`, session).Scan(&cms)
	})
	if errors.Is(err, database.ErrNoRows) { // gathered already, or thrown away
		return nil
	}
	if err != nil {
		return err
	}
	archive, report, err := a.verifier.Collect(ctx, cms, nil, eds.CollectOptions{
		Options: eds.Options{At: now, Usage: eds.UsageLogin}, Timestamp: a.Timestamp})
	switch {
	case err != nil:
		return err
	case archive == nil && report.Status == eds.StatusIndeterminate:
		return mekenjai.ErrUnavailable
	}
	return a.db.Transact(ctx, func(tx database.Tx) error {
		entry := audit.BySystem("evidence.collect", session)
		if archive == nil {
			return audit.Write(ctx, tx, entry.Refused("signature:"+signatureError(report).Code))
		}
		n, err := tx.Exec(ctx, `UPDATE access_proof SET evidence = $2 WHERE session = $1 AND evidence IS NULL`, session, archive)
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, entry)
	})
}

// ProofOf is what proves that a session was begun with a key; mekenjai.ErrNotFound
// for one that was begun by SMS, never was, or whose proof has been thrown away. It
// is for those who run the installation, on its own machine, and audited: no page
// shows it.
func (a *Access) ProofOf(ctx context.Context, session string) (p Proof, err error) {
	var revocation string
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT session, iin, certificate, signed_at, revocation, evidence, ends_at
			FROM access_proof WHERE session = $1`, session).
			Scan(&p.Session, &p.IIN, &p.Certificate, database.ScanTime(&p.SignedAt), &revocation, &p.Evidence, database.ScanTime(&p.Ends))
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("evidence.hand_out", session).With("of", "session").Concerning(p.IIN))
	})
	if errors.Is(err, database.ErrNoRows) {
		return Proof{}, fmt.Errorf("proof of session %q: %w", session, mekenjai.ErrNotFound)
	}
	if err != nil {
		return Proof{}, err
	}
	return p, json.Unmarshal([]byte(revocation), &p.Revocation)
}
