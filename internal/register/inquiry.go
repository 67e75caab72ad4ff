package register

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// An inquiry renews its lease while it runs; one whose lease is over was lost with
// its process, and Sweep begins it anew.
const (
	lease          = 15 * time.Second
	renewal        = 5 * time.Second
	inquiryTimeout = 80 * time.Second
)

// rounds bounds how often the rules may name further registers to ask: the
// longest chain (address, property, parties, persons, kinship) has six links.
const rounds = 12

// inquiryArgs is the job of asking the registers about one application.
type inquiryArgs struct {
	Application string `json:"application"`
}

func (inquiryArgs) Kind() string { return "inquiry" }

type inquiryWorker struct {
	river.WorkerDefaults[inquiryArgs]
	r *Register
}

func (w *inquiryWorker) Work(ctx context.Context, job *river.Job[inquiryArgs]) error {
	return w.r.inquire(ctx, job.Args.Application)
}

func (w *inquiryWorker) Timeout(*river.Job[inquiryArgs]) time.Duration { return inquiryTimeout }

// inquire asks the registers until the rules need no more or one is silent, and
// records what was learnt. It asks exactly what the table needs to decide this
// application, no more: an application that must be refused for the person
// disturbs no property register.
func (r *Register) inquire(ctx context.Context, id string) error {
	a, err := r.loadUnderInquiry(ctx, id)
	if err != nil || a == nil {
		return err
	}
	defer r.renew(ctx, id)()
	q := newInquiry(r, a)
	parameters, err := r.Parameters(q.today)
	if err != nil {
		return err
	}
	// Contradictions are looked at when they are recorded.
	if err := q.gather(ctx, parameters, nil, func(v rules.Verdict) bool { return v.Outcome == rules.Pending }); err != nil {
		return err
	}
	var entered time.Duration
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		entered, err = r.record(ctx, tx, a, q)
		return err
	})
	if err == nil && entered > 0 && r.Entered != nil {
		r.Entered(entered)
	}
	return err
}

func newInquiry(r *Register, a *record) *inquiry {
	return &inquiry{r: r, a: a, facts: askedFor(a), today: mekenjai.DateOf(r.now()), asked: map[string]bool{}, mute: map[rules.Source]bool{}}
}

// gather asks what the table names, and again what it names then, as long as
// goOn wants to and no register is silent.
func (q *inquiry) gather(ctx context.Context, p rules.Parameters, consents []consentRow, goOn func(rules.Verdict) bool) error {
	for range rounds {
		q.topUp(ctx, p)
		if err := q.r.db.Read(ctx, func(tx database.Tx) (err error) {
			q.facts, err = q.r.complete(ctx, tx, q.a, q.facts, consents)
			return err
		}); err != nil {
			return err
		}
		verdict, err := rules.Evaluate(q.facts, p)
		if err != nil || !goOn(verdict) || q.silent != nil && !q.persists {
			return nil
		}
		if asked := q.askFor(ctx, verdict); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if !asked {
			return nil
		}
	}
	return nil
}

// renew keeps the lease of an inquiry until the returned function is called.
func (r *Register) renew(ctx context.Context, id string) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(renewal)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			err := r.db.Transact(ctx, func(tx database.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE application SET ask_at = $2 WHERE id = $1 AND state IN ('checking', 'deciding')`,
					id, database.Micros(tx.Now().Add(lease)))
				return err
			})
			if err != nil && ctx.Err() == nil {
				r.Log.WarnContext(ctx, "the lease of an inquiry", "application", id, "error", err)
			}
		}
	}()
	return stop
}

// loadUnderInquiry is the application if its registers are to be asked now, nil
// when another inquiry was faster or people are waited for.
func (r *Register) loadUnderInquiry(ctx context.Context, id string) (*record, error) {
	var a record
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		a, err = loadApplication(ctx, tx, id)
		return err
	})
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && a.State != mekenjai.Checking && a.State != mekenjai.Deciding {
		return nil, nil
	}
	return &a, err
}

// record writes what the registers answered and does what the rules say of it,
// unless the application moved on meanwhile. When that is an entry it returns what
// it took since the last signature: the clock has run since then.
func (r *Register) record(ctx context.Context, tx database.Tx, before *record, q *inquiry) (entered time.Duration, err error) {
	a, err := loadApplication(ctx, tx, before.ID)
	if err != nil || a.State != before.State || a.Round != before.Round {
		return 0, err
	}
	for _, e := range q.evidence {
		if err := keep(ctx, tx, a.ID, e); err != nil {
			return 0, err
		}
	}
	for _, s := range q.unanswered {
		if err := keepSilence(ctx, tx, a.ID, s); err != nil {
			return 0, err
		}
	}
	since := a.Clock.Since
	if err := r.conclude(ctx, tx, &a, q); err != nil || a.State != mekenjai.Registered || since.IsZero() {
		return 0, err
	}
	return tx.Now().Sub(since), nil
}

// conclude does what the rules say of the facts that an inquiry brought.
func (r *Register) conclude(ctx context.Context, tx database.Tx, a *record, q *inquiry) error {
	if q.name != (mekenjai.Name{}) {
		a.Name = q.name
	}
	verdict, consents, err := r.judge(ctx, tx, a, q.facts)
	var contradiction rules.FactErrors
	switch {
	case errors.As(err, &contradiction):
		return r.contradicted(ctx, tx, a, contradiction)
	case err != nil:
		return err
	case verdict.Outcome == rules.Pending:
		a.findings = toJSON(awaited(verdict, q.silent))
		return r.retry(ctx, tx, a, q.silent)
	}
	a.facts, a.propertyAt, a.propertyHash = toJSON(q.facts), q.propertyAt, q.propertyHash
	return r.settle(ctx, tx, a, verdict, consents)
}

// retry leaves the application where it is and sets when the registers are asked
// again: a silent register neither passes nor refuses (R56).
func (r *Register) retry(ctx context.Context, tx database.Tx, a *record, cause error) error {
	a.attempts++
	a.askAt = tx.Now().Add(backoff(a.attempts))
	if err := a.save(ctx, tx); err != nil {
		return err
	}
	peer := ""
	var silence *state.Silence
	if errors.As(cause, &silence) {
		peer = string(silence.Peer)
	}
	r.Log.WarnContext(ctx, "a register is silent", "application", a.ID, "peer", peer, "attempt", a.attempts, "again", a.askAt)
	if a.attempts > 1 {
		return nil // the first silence is enough for the audit
	}
	return audit.Write(ctx, tx, audit.BySystem("register.silent", a.ID).Concerning(a.Person).With("peer", peer))
}

// sourceOf is under which name the rules wait for a peer's answer.
var sourceOf = map[state.Peer]rules.Source{
	state.Persons: rules.FromPersons, state.Properties: rules.FromProperty, state.Addresses: rules.FromAddresses,
	state.Citizens: rules.FromParties, state.Entities: rules.FromOrganisations, state.Civil: rules.FromCivilRecords,
	state.Guardianship: rules.FromGuardianship, state.Housing: rules.FromProperty, state.Residents: rules.FromRegister,
	state.Education: rules.FromEducation, state.Notaries: rules.FromNotaries,
}

// awaited are the findings that tell the applicant for which register the case
// waits: of all that are still needed, the one that did not answer. The others
// were not asked yet and are not to blame.
func awaited(v rules.Verdict, cause error) []rules.Finding {
	pending := v.With(rules.Pending)
	var silence *state.Silence
	if !errors.As(cause, &silence) {
		return pending
	}
	for _, f := range pending {
		if rules.Source(f.Code) == sourceOf[silence.Peer] {
			return []rules.Finding{f}
		}
	}
	return pending
}

// backoff grows from 3 seconds to 2 minutes: the ten-minute clock runs.
func backoff(attempt int) time.Duration {
	return min(3*time.Second<<min(attempt-1, 6), 2*time.Minute)
}

// inquiry gathers facts for one application. Questions that do not depend on one
// another are put at the same time; mu guards what they learn.
type inquiry struct {
	r     *Register
	a     *record
	today mekenjai.Date

	mu           sync.Mutex
	facts        rules.Facts
	asked        map[string]bool // wards and deeds about whom a register was asked that answers for many at once
	adultAge     int             // of the parameters in force
	normKATO     string
	persists     bool                  // a silent register does not keep the others from being asked
	mute         map[rules.Source]bool // the silent ones
	evidence     []evidence
	unanswered   []*state.Silence // of questions that travelled
	silent       error            // the first register that did not answer
	name         mekenjai.Name
	propertyAt   time.Time
	propertyHash []byte
}

// learn changes what is known.
func (q *inquiry) learn(change func(*rules.Facts)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	change(&q.facts)
}

// fail notes that a register did not answer.
func (q *inquiry) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.silent == nil {
		q.silent = err
	}
	var silence *state.Silence
	if errors.As(err, &silence) {
		q.mute[sourceOf[silence.Peer]] = true
		q.unanswered = append(q.unanswered, silence)
	}
}

// isMute says whether the source was silent already, so that nobody waits for it twice.
func (q *inquiry) isMute(s rules.Source) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.mute[s]
}

// put asks one question and keeps the reply as evidence; ok is false when the
// register was silent.
func put[K, T any](ctx context.Context, q *inquiry, question func(context.Context, K) (state.Reply[T], error), about K) (state.Reply[T], bool) {
	x, err := question(ctx, about)
	if err != nil {
		q.fail(err)
		return x, false
	}
	q.learn(func(*rules.Facts) { q.evidence = append(q.evidence, evidence{x.Evidence, x.Found}) })
	return x, true
}

// atOnce bounds the questions that one inquiry puts at the same time.
const atOnce = 6

// askFor asks what the findings of R56 name. It returns false when there is
// nothing to ask.
func (q *inquiry) askFor(ctx context.Context, v rules.Verdict) (asked bool) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, f := range v.With(rules.Pending) {
		if q.isMute(rules.Source(f.Code)) {
			continue
		}
		asked = true
		group.Go(func() error {
			q.askOne(ctx, f)
			return nil
		})
	}
	_ = group.Wait() // silence is noted in q
	return asked
}

func (q *inquiry) askOne(ctx context.Context, f rules.Finding) {
	switch rules.Source(f.Code) {
	case rules.FromPersons:
		q.person(ctx, f.Party.IIN())
	case rules.FromAddresses:
		q.address(ctx)
	case rules.FromProperty:
		q.property(ctx)
	case rules.FromOrganisations:
		q.organisation(ctx, f.Party.BIN())
	case rules.FromParties:
		q.party(ctx, f.Party)
	case rules.FromCivilRecords:
		q.civilRecords(ctx)
	case rules.FromGuardianship:
		q.guardianship(ctx)
	case rules.FromNotaries:
		q.powers(ctx)
	case rules.FromEducation:
		q.education(ctx)
	case rules.FromRegister:
		q.residents(ctx)
	default:
		q.fail(fmt.Errorf("rule %s waits for %s, which the portal cannot ask", f.Rule, f.Code))
	}
}
