package register

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// evidenceArgs is the job of gathering, around one signature that was accepted,
// what proves it for years: a timestamp, the chain, the answers about revocation.
type evidenceArgs struct {
	Application string `json:"application,omitempty"`
	Consent     string `json:"consent,omitempty"`
	Petition    string `json:"petition,omitempty"`
	Text        string `json:"text,omitempty"` // a signed text
}

func (evidenceArgs) Kind() string { return "evidence" }

type evidenceWorker struct {
	river.WorkerDefaults[evidenceArgs]
	r *Register
}

func (w *evidenceWorker) Work(ctx context.Context, job *river.Job[evidenceArgs]) error {
	if job.Args.Consent != "" {
		return w.r.collect(ctx, "consent", job.Args.Consent,
			`SELECT c.signature, a.statement FROM consent c JOIN application a ON a.id = c.application
			WHERE c.id = $1 AND c.signature IS NOT NULL AND c.evidence IS NULL`)
	}
	if job.Args.Petition != "" {
		return w.r.collect(ctx, "petition", job.Args.Petition,
			`SELECT signature, text FROM petition WHERE id = $1 AND signature IS NOT NULL AND evidence IS NULL`)
	}
	if job.Args.Text != "" {
		return w.r.collect(ctx, "signed_text", job.Args.Text, collectText)
	}
	return w.r.collect(ctx, "application", job.Args.Application,
		`SELECT signature, statement FROM application WHERE id = $1 AND signature IS NOT NULL AND evidence IS NULL`)
}

// collect keeps the signature as CAdES-LT beside the bytes that were given. It is
// tried again while an authority is silent; what no authority will vouch for any
// more is audited and left without evidence.
func (r *Register) collect(ctx context.Context, table, id, query string) error {
	var cms, text []byte
	err := r.db.Read(ctx, func(tx database.Tx) error {
		return notFound(tx.QueryRow(ctx, query, id).Scan(&cms, &text))
	})
	if err == mekenjai.ErrNotFound { // signed by a code, or collected already
		return nil
	}
	if err != nil {
		return err
	}
	archive, report, err := r.Verifier.Collect(ctx, cms, text, eds.CollectOptions{
		Options: eds.Options{At: r.now(), Usage: eds.UsageSign}, Timestamp: r.Timestamp})
	if err != nil || archive == nil && report.Status == eds.StatusIndeterminate {
		return fmt.Errorf("evidence of %s %s: %w", table, id, waitFor(err))
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		entry := audit.BySystem("evidence.collect", id)
		if archive == nil {
			return audit.Write(ctx, tx, entry.Refused("signature:"+firstReason(report)))
		}
		n, err := tx.Exec(ctx, `UPDATE `+table+` SET evidence = $2 WHERE id = $1 AND evidence IS NULL`, id, archive)
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, entry)
	})
}

func waitFor(err error) error {
	if err == nil {
		return mekenjai.ErrUnavailable
	}
	return err
}
