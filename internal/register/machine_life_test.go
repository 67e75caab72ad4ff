package register_test

import (
	"time"

	"pgregory.net/rapid"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/register"
)

// The life of an entry in the machine: whoever may end, object, confirm or dispute
// does so in any order, days go by, and the jobs that end requests run when the
// machine lets them.

var machineOwners = []string{"bolat", "erlan", "zhanar", "meiram", "aigul", "sergey", "university"}

// late are the answers of verbs that came too late, for another's thing or while a
// register was silent: they change nothing, which check sees.
var late = []error{mekenjai.ErrConflict, mekenjai.ErrNotFound, mekenjai.ErrStale, mekenjai.ErrUnavailable}

type livingEntry struct {
	number string
	person mekenjai.IIN
}

func (m *machine) anyEntry(rt *rapid.T) livingEntry {
	var list []livingEntry
	err := m.w.db.Read(m.w.t.Context(), func(tx database.Tx) (err error) {
		list, err = database.Collect(m.w.t.Context(), tx, func(row database.Row) (e livingEntry, err error) {
			return e, row.Scan(&e.number, &e.person)
		}, `SELECT number, person FROM registration ORDER BY id LIMIT 50`)
		return err
	})
	m.do(rt, err)
	if len(list) == 0 {
		rt.Skip("none")
	}
	return rapid.SampledFrom(list).Draw(rt, "entry")
}

func (m *machine) anyOwner(rt *rapid.T) mekenjai.Actor {
	return m.w.as(rapid.SampledFrom(machineOwners).Draw(rt, "owner"))
}

// sign gives the signature that a text was prepared for, unless it was not.
func (m *machine) sign(rt *rapid.T, actor mekenjai.Actor, t register.SignedText, err error,
	finish func(string, register.Signature) error) {
	m.do(rt, err, late...)
	if err == nil {
		m.do(rt, finish(t.ID, register.Signature{CMS: m.w.sign(actor, t.Text)}), late...)
	}
}

func (m *machine) endOwn(rt *rapid.T) {
	e := m.anyEntry(rt)
	actor := m.w.person(e.person)
	t, err := m.w.register.PrepareOwnEnd(m.w.t.Context(), actor, e.number)
	m.sign(rt, actor, t, err, func(id string, s register.Signature) error {
		return m.w.register.EndOwn(m.w.t.Context(), actor, id, s)
	})
}

func (m *machine) askEnd(rt *rapid.T) {
	e, actor := m.anyEntry(rt), m.anyOwner(rt)
	t, err := m.w.register.PrepareEndRequest(m.w.t.Context(), actor, []string{e.number}, "")
	m.sign(rt, actor, t, err, func(id string, s register.Signature) error {
		return m.w.register.RequestEnd(m.w.t.Context(), actor, id, s)
	})
}

func (m *machine) confirmEnd(rt *rapid.T) {
	e, actor := m.anyEntry(rt), m.anyOwner(rt)
	t, err := m.w.register.PrepareConfirmation(m.w.t.Context(), actor, e.number)
	m.sign(rt, actor, t, err, func(id string, s register.Signature) error {
		return m.w.register.ConfirmEnd(m.w.t.Context(), actor, id, s)
	})
}

func (m *machine) declineEnd(rt *rapid.T) {
	e, actor := m.anyEntry(rt), m.anyOwner(rt)
	m.do(rt, m.w.register.DeclineEnd(m.w.t.Context(), actor, e.number, "жоқ"), late...)
}

func (m *machine) object(rt *rapid.T) {
	e := m.anyEntry(rt)
	m.do(rt, m.w.register.Object(m.w.t.Context(), m.w.person(e.person), e.number, "тұрамын"), late...)
}

func (m *machine) dispute(rt *rapid.T) {
	e, actor := m.anyEntry(rt), m.anyOwner(rt)
	if rapid.Bool().Draw(rt, "the person himself") {
		actor = m.w.person(e.person)
	}
	m.do(rt, m.w.register.Dispute(m.w.t.Context(), actor, e.number, ""), late...)
}

// days lets time go by, as periods and stays are long; but not beyond the year for
// which the keys of the authority are good.
func (m *machine) days(rt *rapid.T) {
	if m.w.clock.Now().Sub(databasetest.Start) > 250*day {
		rt.Skip("the keys expire")
	}
	m.w.clock.Advance(time.Duration(rapid.IntRange(1, 70).Draw(rt, "days")) * day)
}

// settle runs the jobs of requests whose period is over, as far as they came.
func (m *machine) settle(rt *rapid.T) {
	var ids []string
	err := m.w.db.Read(m.w.t.Context(), func(tx database.Tx) (err error) {
		ids, err = database.Collect(m.w.t.Context(), tx, database.Column[string], `SELECT id FROM ending WHERE state = 'running' ORDER BY id LIMIT 50`)
		return err
	})
	m.do(rt, err)
	for _, id := range ids {
		m.do(rt, m.w.register.SettleEnding(m.w.t.Context(), id))
	}
}

// lifeHolds is what must hold of entries after they were made.
func (m *machine) lifeHolds(rt *rapid.T) {
	none := func(what, sql string) {
		if n := m.w.count(sql); n != 0 {
			rt.Fatalf("%d %s", n, what)
		}
	}
	none("requests that run for ended entries", `SELECT count(*) FROM ending e JOIN registration r ON r.id = e.registration
		WHERE e.state IN ('running', 'objected', 'proposed') AND r.state = 'ended'`)
	none("entries removed by an owner without his request", `SELECT count(*) FROM registration r LEFT JOIN ending e
		ON e.registration = r.id AND e.state = 'done' AND e.kind = 'owner' WHERE r.end_reason = 'REMOVED_BY_OWNER' AND e.id IS NULL
		AND NOT EXISTS (SELECT 1 FROM registration p JOIN ending d ON d.registration = p.id
			WHERE p.person = r.person AND d.state = 'done' AND d.closed_at <= r.ended_at)`)
	none("requests done before the person could object", `SELECT count(*) FROM ending WHERE state = 'done' AND kind = 'owner' AND closed_at <= until_at`)
	none("requests done although the person objected", `SELECT count(*) FROM ending WHERE state = 'done' AND kind = 'owner' AND objected_at IS NOT NULL`)
	none("requests done without every co-owner", `SELECT count(*) FROM ending e JOIN ending_confirmation c ON c.ending = e.id
		WHERE e.state = 'done' AND c.answer <> 'agreed'`)
	none("frozen entries that nobody disputes", `SELECT count(*) FROM registration r LEFT JOIN dispute d
		ON d.registration = r.id AND d.state = 'open' AND d.kind <> 'objection' WHERE r.disputed_at IS NOT NULL AND d.id IS NULL`)
	none("disputed entries that are not frozen", `SELECT count(*) FROM dispute d JOIN registration r ON r.id = d.registration
		WHERE d.state = 'open' AND d.kind <> 'objection' AND r.state = 'current' AND r.disputed_at IS NULL`)
	none("open disputes that no officer sees", `SELECT count(*) FROM dispute d LEFT JOIN desk_case c
		ON c.subject = d.id AND c.kind = 'dispute' AND c.state <> 'closed' WHERE d.state = 'open' AND c.id IS NULL`)
	none("objections without a request that waits for them", `SELECT count(*) FROM dispute d JOIN ending e ON e.id = d.ending
		WHERE d.state = 'open' AND e.state <> 'objected'`)
	none("extensions of nothing", `SELECT count(*) FROM registration a WHERE a.state = 'ahead'
		AND NOT EXISTS (SELECT 1 FROM registration c WHERE c.person = a.person AND c.state = 'current')`)
}

// enter brings an application to its entry in one go, when nothing stands in the
// way: the machine would seldom come so far by itself.
func (m *machine) enter(rt *rapid.T) {
	before := len(m.filed)
	m.file(rt)
	if len(m.filed) == before {
		return
	}
	a := m.filed[before]
	m.do(rt, m.w.register.Inquire(m.w.t.Context(), a.ID))
	m.learnRequests(rt)
	for _, q := range m.requests {
		if err := m.w.agree(q.party, q.id); err == nil {
			m.agreed[q.id] = true
		} else {
			m.do(rt, err, late...)
		}
	}
	m.do(rt, m.w.register.Inquire(m.w.t.Context(), a.ID))
}
