package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
	"mekenjai/internal/rules"
)

// Act is a reasoned refusal: frozen in both languages of the state when it is
// issued, sealed with the provider's key soon after.
type Act struct {
	ID          string
	Number      string
	Application string
	Text        []byte
	At          time.Time
	Seal        []byte // CMS over Text; nil until sealed
	SealedAt    time.Time
}

const actColumns = `id, number, application, text, at, seal, sealed_at`

func scanAct(row database.Row) (a Act, err error) {
	err = row.Scan(&a.ID, &a.Number, &a.Application, &a.Text, database.ScanTime(&a.At), &a.Seal, database.ScanTime(&a.SealedAt))
	return a, notFound(err)
}

// standingAct is the refusal of an application that nothing has undone.
func standingAct(ctx context.Context, tx database.Tx, application string) (Act, error) {
	return scanAct(tx.QueryRow(ctx, `SELECT `+actColumns+` FROM act WHERE application = $1 AND voided_at IS NULL`, application))
}

// issueAct writes the act of refusal and leaves the job that seals it.
func (r *Register) issueAct(ctx context.Context, tx database.Tx, a *record, v rules.Verdict) error {
	act := newAct(tx, a)
	act.Text = actText(a, v, act)
	return act.issue(ctx, tx, a, audit.BySystem("act.issue", act.ID).With("rule", v.Rule).With("code", v.Code))
}

func newAct(tx database.Tx, a *record) Act {
	return Act{ID: newID(), Number: newNumber(), Application: a.ID, At: tx.Now()}
}

// issue writes an act and leaves the job that seals it.
func (act Act) issue(ctx context.Context, tx database.Tx, a *record, entry audit.Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO act (id, number, application, text, at) VALUES ($1, $2, $3, $4, $5)`,
		act.ID, act.Number, act.Application, act.Text, database.Micros(act.At))
	if err != nil {
		return err
	}
	entry = entry.Concerning(a.Person).With("application", a.ID).With("text", mekenjai.ShortCode(act.Text))
	return errors.Join(tx.Enqueue(ctx, sealArgs{Act: act.ID}, nil), audit.Write(ctx, tx, entry))
}

// actText is the act in Kazakh and Russian: what was asked, each ground with its
// norm and facts, and the remedy (Administrative Procedural-Process Code, arts
// 80(5), 91, 92; rule R57).
func actText(a *record, v rules.Verdict, act Act) []byte {
	var b strings.Builder
	for i, l := range []locale.Lang{locale.KK, locale.RU} {
		if i > 0 {
			b.WriteString("\n")
		}
		line := func(key string, pairs ...any) { b.WriteString(l.T("certificate.act."+key, pairs...) + "\n") }
		actHead(line, l, a, act)
		for _, f := range v.With(rules.Refuse) {
			fmt.Fprintf(&b, "— %s (%s, %s)\n", l.T(f.Key(), f.Pairs()...), f.Rule, f.Code)
			line("norm", "norm", l.T("rules."+f.Rule+".norm"))
		}
		line("facts", "sources", sources(l, a))
		if v.Remedy != nil {
			line("remedy", "months", l.Months(v.Remedy.Months), "until", l.DayUntil(v.Remedy.Until))
		}
	}
	return []byte(b.String())
}

// actHead is what every act begins with: what was asked, and that it is refused.
func actHead(line func(key string, pairs ...any), l locale.Lang, a *record, act Act) {
	line("title", "number", act.Number)
	line("issued", "at", l.DateTime(act.At))
	line("application", "number", a.Number, "at", l.DateTime(a.SubmittedAt), "name", a.Name.String(), "iin", string(a.Person))
	line("dwelling", "address", a.Dwelling.Address.In(string(l)), "arc", string(a.Dwelling.ARC))
	line("decided")
}

// sources tells from which registers the facts came, and when.
func sources(l locale.Lang, a *record) string {
	f, err := fromJSON[rules.Facts](a.facts)
	if err != nil {
		return "—"
	}
	var list []string
	add := func(peer string, reply rules.Reply) {
		if !reply.AnsweredAt.IsZero() {
			list = append(list, l.T("certificate.peer."+peer)+" ("+l.DateTime(reply.AnsweredAt)+")")
		}
	}
	for _, p := range f.Persons {
		if p.IIN == a.Person {
			add("persons", p.Reply)
		}
	}
	if f.Address != nil {
		add("addresses", f.Address.Reply)
	}
	if f.Property != nil {
		add("property", f.Property.Reply)
	}
	if len(f.Organisations) > 0 {
		add("entities", f.Organisations[0].Reply)
	}
	if len(list) == 0 {
		return l.T("certificate.peer.application")
	}
	return strings.Join(list, "; ")
}

// sealArgs is the job of sealing one act.
type sealArgs struct {
	Act string `json:"act"`
}

func (sealArgs) Kind() string { return "seal" }

type sealWorker struct {
	river.WorkerDefaults[sealArgs]
	r *Register
}

func (w *sealWorker) Work(ctx context.Context, job *river.Job[sealArgs]) error {
	return w.r.seal(ctx, job.Args.Act)
}

// seal signs an act with the provider's key, once. Without a key the act stays
// unsealed and says so.
func (r *Register) seal(ctx context.Context, id string) error {
	if r.Seal == nil {
		return nil
	}
	var act Act
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		act, err = scanAct(tx.QueryRow(ctx, `SELECT `+actColumns+` FROM act WHERE id = $1`, id))
		return err
	})
	if err != nil || act.Seal != nil {
		return err
	}
	cms, err := eds.SignCMS(r.Seal, act.Text, eds.SignOptions{Time: r.now()})
	if err != nil {
		return fmt.Errorf("seal act %s: %w", id, err)
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE act SET seal = $2, sealed_at = $3 WHERE id = $1 AND seal IS NULL`, id, cms, database.Micros(tx.Now()))
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("act.seal", id))
	})
}

// AddWorkers registers the jobs of the register.
func (r *Register) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &inquiryWorker{r: r})
	river.AddWorker(w, &messageWorker{r: r})
	river.AddWorker(w, &sealWorker{r: r})
	river.AddWorker(w, &evidenceWorker{r: r})
	river.AddWorker(w, &endingWorker{r: r})
	river.AddWorker(w, &personWorker{r: r})
	river.AddWorker(w, &ownersWorker{r: r})
	river.AddWorker(w, &deedWorker{r: r})
	river.AddWorker(w, &reconcileWorker{r: r})
}
