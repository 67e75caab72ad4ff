package register_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// TestLifeOfAnApplication drives applications through whatever people, registers
// and a dying process may do, in any order, and checks after each step what must
// always hold. Jobs run only when the machine lets them: each moment between two
// transactions is one at which the process may have been killed.
func TestLifeOfAnApplication(t *testing.T) {
	databasetest.Each(t, settled, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := idleWorld(t, db, clock)
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{w: w, agreed: map[string]bool{}}
			m.clear()
			m.connect(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"file":       m.file,
				"file again": m.fileAgain,
				"inquire":    m.inquire,
				"agree":      m.agree,
				"decline":    m.decline,
				"take back":  m.takeBack,
				"withdraw":   m.withdraw,
				"wait":       m.wait,
				"sweep":      m.sweep,
				"fault":      m.fault,
				"sell":       m.sell,

				"enter":       m.enter,
				"end own":     m.endOwn,
				"ask end":     m.askEnd,
				"confirm end": m.confirmEnd,
				"decline end": m.declineEnd,
				"object":      m.object,
				"dispute":     m.dispute,
				"days":        m.days,
				"settle":      m.settle,

				"deliver": m.deliver,
				"mood":    m.mood,
				"mend":    m.mend,
				"lose":    m.lose,
				"compare": m.compare,

				"": m.check,
			})
			m.finish(rt)
		})
	})
}

type machine struct {
	w        *world
	filed    []mekenjai.Application // acknowledged
	requests []request              // that were sent
	agreed   map[string]bool        // request ids whose consent was acknowledged
	sold     bool
	ledger   *ledger // the state's register; nil: ours is the register
}

type request struct {
	id    string
	party mekenjai.PartyID
}

var machineStories = []string{"sole_owner", "non_owner", "co_owner", "moved", "dormitory"}

func (m *machine) do(rt *rapid.T, err error, allowed ...error) {
	if err == nil {
		return
	}
	for _, a := range allowed {
		if errors.Is(err, a) {
			return
		}
	}
	rt.Fatal(err)
}

// clear gives the next check an empty register and healthy peers.
func (m *machine) clear() {
	ctx := m.w.t.Context()
	m.w.clock.Set(databasetest.Start)
	err := m.w.db.Transact(ctx, func(tx database.Tx) error {
		for _, table := range []string{"difference", "reconciliation", "keeper_deed", "desk_step", "decision", "desk_look", "desk_case", "certificate_check", "certificate", "certificate_replaced", "registration_version",
			"dispute", "ending_confirmation", "ending", "dwelling_owners", "act", "notice", "registration", "consent", "reply", "silence",
			"application_step", "application", "draft", "river_job"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		m.w.t.Fatal(err)
	}
	m.w.land.Heal()
}

func (m *machine) file(rt *rapid.T) {
	s := m.w.land.Story(rapid.SampledFrom(machineStories).Draw(rt, "story"))
	actor := m.w.person(s.Applicant)
	d, err := m.w.fill(s)
	var wrong mekenjai.FieldErrors
	if errors.As(err, &wrong) {
		rt.Skip("refused on the page")
	}
	m.do(rt, err)
	a, err := m.w.register.Submit(m.w.t.Context(), actor, d.ID, register.Signature{CMS: m.w.sign(actor, d.Statement)})
	m.do(rt, err, mekenjai.ErrConflict)
	if err == nil {
		m.filed = append(m.filed, a)
	}
}

// fileAgain repeats a submission whose answer was lost.
func (m *machine) fileAgain(rt *rapid.T) {
	a := m.anyApplication(rt)
	again, err := m.w.register.Submit(m.w.t.Context(), m.w.person(a.Person), a.ID, register.Signature{CMS: []byte("lost")})
	m.do(rt, err)
	if again.Number != a.Number {
		rt.Fatalf("the repeated submission is another application: %s, %s", again.Number, a.Number)
	}
}

func (m *machine) anyApplication(rt *rapid.T) mekenjai.Application {
	if len(m.filed) == 0 {
		rt.Skip("none")
	}
	return rapid.SampledFrom(m.filed).Draw(rt, "application")
}

func (m *machine) anyRequest(rt *rapid.T) request {
	if len(m.requests) == 0 {
		rt.Skip("none")
	}
	return rapid.SampledFrom(m.requests).Draw(rt, "request")
}

func (m *machine) inquire(rt *rapid.T) {
	m.do(rt, m.w.register.Inquire(m.w.t.Context(), m.anyApplication(rt).ID))
}

func (m *machine) agree(rt *rapid.T) {
	q := m.anyRequest(rt)
	err := m.w.agree(q.party, q.id)
	m.do(rt, err, mekenjai.ErrConflict, mekenjai.ErrNotFound)
	if err == nil {
		m.agreed[q.id] = true
	}
}

func (m *machine) decline(rt *rapid.T) {
	q := m.anyRequest(rt)
	m.do(rt, m.w.register.Decline(m.w.t.Context(), m.w.speaker(q.party, q.id), q.id, "жоқ"), mekenjai.ErrConflict)
}

func (m *machine) takeBack(rt *rapid.T) {
	q := m.anyRequest(rt)
	m.do(rt, m.w.register.TakeBack(m.w.t.Context(), m.w.speaker(q.party, q.id), q.id), mekenjai.ErrConflict)
}

func (m *machine) withdraw(rt *rapid.T) {
	a := m.anyApplication(rt)
	m.do(rt, m.w.register.Withdraw(m.w.t.Context(), m.w.person(a.Person), a.ID), mekenjai.ErrConflict)
}

func (m *machine) wait(rt *rapid.T) {
	m.w.clock.Advance(time.Duration(rapid.IntRange(1, 45).Draw(rt, "minutes")) * time.Minute)
}

func (m *machine) sweep(rt *rapid.T) {
	_, err := m.w.register.Sweep(m.w.t.Context())
	m.do(rt, err)
}

func (m *machine) fault(rt *rapid.T) {
	peer := rapid.SampledFrom([]state.Peer{state.Persons, state.Properties, state.Citizens, state.Addresses}).Draw(rt, "peer")
	kind := rapid.SampledFrom([]country.FaultKind{country.Works, country.Down, country.Wrong}).Draw(rt, "fault")
	if peer == state.Persons { // the statement needs a name
		kind = country.Works
	}
	m.w.land.Set(peer, country.Fault{Kind: kind})
}

// sell passes a share of the house in Kostanay to and fro.
func (m *machine) sell(rt *rapid.T) {
	house := m.w.land.Story("co_owner").ARC
	from, to := m.w.land.Party("meiram"), m.w.land.Party("aigul")
	if m.sold {
		from, to = to, from
	}
	m.do(rt, m.w.land.Transfer(house, from, to))
	m.sold = !m.sold
}

// check is what must hold at every moment.
func (m *machine) check(rt *rapid.T) {
	m.learnRequests(rt)
	none := func(what, sql string) {
		if n := m.w.count(sql); n != 0 {
			rt.Fatalf("%d %s", n, what)
		}
	}
	for _, a := range m.filed {
		if m.w.count(`SELECT count(*) FROM application WHERE id = $1`, a.ID) != 1 {
			rt.Fatalf("acknowledged application %s is lost", a.Number)
		}
	}
	for id := range m.agreed {
		if m.w.count(`SELECT count(*) FROM consent WHERE id = $1 AND signature IS NOT NULL AND answer IN ('agreed', 'withdrawn', 'void')`, id) != 1 {
			rt.Fatalf("acknowledged consent %s is lost", id)
		}
	}
	none("people with two current entries", `SELECT count(*) FROM (SELECT person FROM registration WHERE state = 'current' GROUP BY person HAVING count(*) > 1) x`)
	none("entries without a registered application", `SELECT count(*) FROM registration r LEFT JOIN application a ON a.id = r.application WHERE a.id IS NULL OR a.state <> 'registered'`)
	none("registered applications without an entry", `SELECT count(*) FROM application a LEFT JOIN registration r ON r.application = a.id WHERE a.state = 'registered' AND r.id IS NULL`)
	none("entries without the consent of everybody asked", `SELECT count(*) FROM application a JOIN consent c ON c.application = a.id AND c.round = a.round WHERE a.state = 'registered' AND c.answer <> 'agreed'`)
	none("open requests of ended applications", `SELECT count(*) FROM application a JOIN consent c ON c.application = a.id WHERE c.answer = 'asked' AND a.state NOT IN ('awaiting_consent', 'referred')`)
	none("refusals without an act", `SELECT count(*) FROM application a LEFT JOIN act t ON t.application = a.id WHERE a.state = 'refused' AND t.id IS NULL`)
	none("applications whose clock runs while people are waited for", `SELECT count(*) FROM application WHERE state = 'awaiting_consent' AND clock_since IS NOT NULL`)
	none("applications that wait for nobody", `SELECT count(*) FROM application WHERE state IN ('checking', 'deciding') AND ask_at IS NULL`)
	m.lifeHolds(rt)
	m.keeperHolds(rt)
	m.checkPaths(rt)
}

// checkPaths follows the recorded path of each application by the root's moves.
func (m *machine) checkPaths(rt *rapid.T) {
	for _, a := range m.filed {
		c, err := m.w.register.Case(m.w.t.Context(), m.w.person(a.Person), a.ID)
		m.do(rt, err)
		if c.Steps[0].State != mekenjai.Checking || c.Steps[len(c.Steps)-1].State != c.State {
			rt.Fatalf("path %v of an application that is %s", c.Steps, c.State)
		}
		for i, s := range c.Steps[1:] {
			if !c.Steps[i].State.May(s.State) || s.At.Before(c.Steps[i].At) {
				rt.Fatalf("from %v to %v", c.Steps[i], s)
			}
		}
	}
}

// learnRequests reads the requests as the right-holders find them.
func (m *machine) learnRequests(rt *rapid.T) {
	for _, key := range []string{"bolat", "zhanar", "meiram", "aigul", "sergey", "university"} {
		party := m.w.land.Party(key)
		list, err := m.w.register.Requests(m.w.t.Context(), m.w.speaker(party, ""))
		m.do(rt, err)
		for _, q := range list {
			r := request{q.ID, party}
			if !slices.Contains(m.requests, r) {
				m.requests = append(m.requests, r)
			}
		}
	}
}

// finish lets everything come to its end: with healthy registers and time every
// application must.
func (m *machine) finish(rt *rapid.T) {
	m.w.land.Heal()
	ctx := m.w.t.Context()
	for range 12 {
		m.w.clock.Advance(10 * time.Minute)
		_, err := m.w.register.Sweep(ctx)
		m.do(rt, err)
		for _, a := range m.filed {
			m.do(rt, m.w.register.Inquire(ctx, a.ID))
		}
		m.deliverAll(rt)
	}
	m.agreesAtLast(rt)
	m.check(rt)
	for _, a := range m.filed {
		c, err := m.w.register.Case(ctx, m.w.person(a.Person), a.ID)
		m.do(rt, err)
		if !c.State.IsFinal() && c.State != mekenjai.Referred {
			rt.Fatal(fmt.Sprintf("application %s never ends: %s", a.Number, c.State))
		}
	}
	if m.sold {
		m.sell(rt)
	}
}
