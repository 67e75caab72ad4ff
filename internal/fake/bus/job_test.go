package bus_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// striking are the faults after which an answer must not be believed: those of the
// way, and those of the register that package state notices.
func striking(p state.Peer) (kinds []country.FaultKind) {
	for _, k := range bus.FaultsOf(p) {
		switch k {
		case country.Works, country.Slow: // slow enough is no answer: the tests of package state
		case country.Contradictory, country.Mismatch: // lies about the right subject are for the rules
		default:
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// While a register fails, whatever the way, an application waits: nothing passes,
// nothing is refused. When it is mended, the application comes to its end, once.
func TestMainJobOverTheBusOutlivesEveryFault(t *testing.T) {
	w := newWorld(t)
	// What a reply looks like is the same for all peers: GBD FL has every fault, the
	// others those in which they differ. The applicants differ, so that nobody has two
	// applications.
	for _, x := range []struct {
		peer   state.Peer
		story  string
		faults []country.FaultKind
	}{
		{state.Persons, "private_tenant", striking(state.Persons)},
		{bus.Consents, "non_owner", []country.FaultKind{bus.Refused, bus.Unanswered, bus.Foreign}},
		{state.Properties, "co_owner", []country.FaultKind{country.Wrong, bus.Altered, bus.Empty}},
		{state.Entities, "dormitory", []country.FaultKind{country.Wrong, bus.Unsigned, bus.Failed}},
		{state.Housing, "state_rental", []country.FaultKind{country.Wrong, bus.Replayed, bus.Strange}},
		{state.Civil, "norm_relative", []country.FaultKind{country.Wrong, bus.NotXML}},
	} {
		t.Run(string(x.peer), func(t *testing.T) {
			w := w.in(t)
			s := w.land.Story(x.story)
			a := w.file(s, func() { w.fail(x.peer, x.faults[0]) })
			for _, kind := range x.faults {
				w.fail(x.peer, kind)
				w.asksAgain(a)
			}
			w.mend(a)
			w.await(a, mekenjai.AwaitingConsent)
			for _, party := range s.Asked {
				w.agree(party, a)
			}
			w.await(a, mekenjai.Registered)
			w.keeps(a, 1)
			w.tells(a, x.peer)
		})
	}
}

// tells asks for the evidence of a case that waited for a peer: what was said in vain, and
// beside every answer of GBD FL the leave to ask for it, never with its token.
func (w *world) tells(a mekenjai.Application, failed state.Peer) {
	w.Helper()
	if n := w.number(`SELECT count(*) FROM silence WHERE application = $1 AND peer = $2 AND cause <> '' AND request_hash IS NOT NULL`, a.ID, string(failed)); n == 0 {
		w.Errorf("nothing is kept of what %s did not answer", failed)
	}
	answers := w.number(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'persons'`, a.ID)
	leaves := w.number(`SELECT count(*) FROM reply WHERE application = $1 AND peer = 'kdp' AND form IN ('shown', 'earlier') AND message <> '' AND request_hash IS NOT NULL`, a.ID)
	if answers == 0 || leaves != answers {
		w.Errorf("%d answers of GBD FL by %d leaves", answers, leaves)
	}
}

// The entry is said to stand when IS RP DRN has confirmed it, not before, and stands
// there once, however often it was sent.
func TestEntryIsSaidToStandWhenTheStatesRegisterConfirmsIt(t *testing.T) {
	w := newWorld(t)
	w.fail(state.Entries, bus.Unsigned)
	a := w.file(w.land.Story("sole_owner"), func() {})
	w.await(a, mekenjai.Entering)
	for _, kind := range striking(state.Entries) {
		w.fail(state.Entries, kind)
		w.sendsAgain(a)
	}
	w.mend(a)
	w.await(a, mekenjai.Registered)
	w.keeps(a, 1)
}

// mend makes everything work; the application is asked about at its next turn.
func (w *world) mend(a mekenjai.Application) {
	w.Helper()
	w.land.Heal()
	w.connect()
	w.turn()
}

func (w *world) fail(p state.Peer, kind country.FaultKind) {
	w.Helper()
	f, ok := bus.FaultNamed(p, string(kind), 0)
	if !ok {
		w.Fatalf("%s has no fault %s", p, kind)
	}
	w.land.Set(p, f)
	w.connect() // else the breaker would soon spare the service the question
}

// asksAgain lets the registers be asked once more while one fails.
func (w *world) asksAgain(a mekenjai.Application) {
	w.Helper()
	fault := w.faults()
	attempts := w.number(`SELECT attempts FROM application WHERE id = $1`, a.ID)
	w.turn()
	w.until("the silence of "+fault, func() bool {
		return w.number(`SELECT attempts FROM application WHERE id = $1`, a.ID) > attempts
	})
	if now := w.read(a); now.State != mekenjai.Checking {
		w.Fatalf("with the fault %s the application is %s (%s)", fault, now.State, now.Reason)
	}
	w.keeps(a, 0)
}

func (w *world) sendsAgain(a mekenjai.Application) {
	w.Helper()
	fault := w.faults()
	const attempts = `SELECT attempts FROM keeper_deed WHERE application = $1`
	n := w.number(attempts, a.ID)
	w.turn()
	w.until("the silence of "+fault, func() bool { return w.number(attempts, a.ID) > n })
	if now := w.read(a); now.State != mekenjai.Entering {
		w.Fatalf("with the fault %s the application is %s (%s)", fault, now.State, now.Reason)
	}
}

// keeps says how often the entry of an application stands in IS RP DRN.
func (w *world) keeps(a mekenjai.Application, want int) {
	w.Helper()
	n := 0
	for _, k := range w.kept() {
		if k.Application == a.Number {
			n++
		}
	}
	if n != want {
		w.Errorf("the entry of %s stands %d times there, want %d", a.Number, n, want)
	}
}

func (w *world) kept() []state.Kept {
	w.Helper()
	p, err := w.drn.List("", 500)
	if err != nil {
		w.Fatal(err)
	}
	return p.Entries
}

// turn lets everything that waits for its time have it.
func (w *world) turn() {
	w.Helper()
	w.clock.Advance(6 * time.Minute)
	if _, err := w.register.Sweep(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) until(what string, happened func() bool) {
	w.Helper()
	for deadline := time.Now().Add(30 * time.Second); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("it does not come to %s", what)
		}
	}
}

func (w *world) faults() string {
	var list []string
	for _, p := range bus.Peers {
		if f := w.land.Fault(p); f.Kind != country.Works {
			list = append(list, fmt.Sprintf("%s of %s", f.Kind, p))
		}
	}
	return fmt.Sprint(list)
}

func (w *world) read(a mekenjai.Application) register.Case {
	w.Helper()
	c, err := w.register.Case(w.Context(), w.person(a.Person), a.ID)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func (w *world) await(a mekenjai.Application, want mekenjai.State) {
	w.Helper()
	turned := time.Now()
	w.until(string(want), func() bool {
		// A register may be too slow for once on a machine that is busy; then it is asked
		// again at the next turn, which comes by itself only where time passes.
		if time.Since(turned) > 3*time.Second {
			w.turn()
			turned = time.Now()
		}
		c := w.read(a)
		if c.State != want && (c.State.IsFinal() || c.State == mekenjai.Referred) {
			w.Fatalf("application is %s (%s), want %s; findings %+v", c.State, c.Reason, want, c.Findings)
		}
		return c.State == want
	})
}

func (w *world) number(sql string, args ...any) (n int) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx database.Tx) error { return tx.QueryRow(w.Context(), sql, args...).Scan(&n) })
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// file answers the questions of the form, signs and submits; before that something may
// happen.
func (w *world) file(s country.Story, before func()) mekenjai.Application {
	w.Helper()
	ctx, actor := w.Context(), w.person(s.Applicant)
	d, err := w.register.Begin(ctx, actor)
	if err != nil {
		w.Fatal(err)
	}
	today := mekenjai.DateOf(w.clock.Now())
	isOwner := "no"
	if s.IsOwner {
		isOwner = "yes"
	}
	in := mekenjai.Input{Registrant: "self", Months: "6", IsOwner: isOwner, ARC: string(s.ARC), Owner: string(s.Owner),
		Purpose: "study", Day: today.String()[8:], Month: today.String()[5:7], Year: today.String()[:4]}
	for _, step := range (mekenjai.Draft{IsOwner: &s.IsOwner}).Steps() {
		if err := w.register.Answer(ctx, actor, d.ID, step, in); err != nil {
			w.Fatal(err)
		}
	}
	if d, err = w.register.Prepare(ctx, actor, d.ID); err != nil {
		w.Fatal(err)
	}
	before()
	a, err := w.register.Submit(ctx, actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)})
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// agree gives the consent that a party was asked for.
func (w *world) agree(party mekenjai.PartyID, a mekenjai.Application) {
	w.Helper()
	ctx, actor := w.Context(), w.person(w.land.Speaks(party))
	if party.IsOrganisation() {
		actor.BIN, actor.MaySign = party.BIN(), true
	}
	list, err := w.register.Requests(ctx, actor)
	i := slices.IndexFunc(list, func(q register.Request) bool { return q.Application == a.ID && q.Answer == mekenjai.Asked })
	if err != nil || i < 0 {
		w.Fatalf("no request to %s: %v", party.Masked(), err)
	}
	actor.FreshFor = list[i].ID
	q, err := w.register.Request(ctx, actor, list[i].ID)
	if err == nil {
		err = w.register.Agree(ctx, actor, q.ID, w.sign(actor, q.Statement))
	}
	if err != nil {
		w.Fatal(err)
	}
}

// Everything that goes over the wire from the application to the entry is of the
// schemas, as libxml2 reads them.
func TestRecordedMessagesOfTheMainJobAreOfTheSchemas(t *testing.T) {
	w := newWorld(t)
	var r recorder
	w.server.Config.Handler = r.wrap(w.bus.Handler())
	s := w.land.Story("dormitory")
	a := w.file(s, func() {})
	w.await(a, mekenjai.AwaitingConsent)
	for _, party := range s.Asked {
		w.agree(party, a)
	}
	w.await(a, mekenjai.Registered)
	documents := operations(t, r.all())
	if len(documents) < 16 {
		t.Errorf("only %d messages", len(documents))
	}
	if complaints := lint(t, documents); complaints != "" {
		t.Errorf("libxml2: %s", complaints)
	}
}
