package register_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// The state's register in the machine: in half of the runs it is a system of its own,
// that answers, is silent, loses answers, refuses, and loses what it kept.

// connect draws whether there is one.
func (m *machine) connect(rt *rapid.T) {
	m.w.register.Keeper = state.Keeper{}
	if rapid.Bool().Draw(rt, "the state's register is another") {
		m.ledger = m.w.connected()
	}
}

func (m *machine) needs(rt *rapid.T) {
	if m.ledger == nil {
		rt.Skip("ours is the register")
	}
}

func (m *machine) column(rt *rapid.T, sql string) (list []string) {
	err := m.w.db.Read(m.w.t.Context(), func(tx database.Tx) (err error) {
		list, err = database.Collect(m.w.t.Context(), tx, database.Column[string], sql)
		return err
	})
	m.do(rt, err)
	return list
}

// deliver runs the job of some deed, in any order.
func (m *machine) deliver(rt *rapid.T) {
	m.needs(rt)
	list := m.column(rt, `SELECT id FROM keeper_deed ORDER BY made_at, id LIMIT 50`)
	if len(list) == 0 {
		rt.Skip("none")
	}
	m.do(rt, m.w.register.Deliver(m.w.t.Context(), rapid.SampledFrom(list).Draw(rt, "deed")))
}

func (m *machine) deliverAll(rt *rapid.T) {
	if m.ledger == nil {
		return
	}
	for _, id := range m.column(rt, `SELECT id FROM keeper_deed WHERE state = 'waiting' ORDER BY made_at, id`) {
		m.do(rt, m.w.register.Deliver(m.w.t.Context(), id))
	}
}

func (m *machine) mood(rt *rapid.T) {
	m.needs(rt)
	m.ledger.feel(rapid.SampledFrom(moods).Draw(rt, "mood"))
}

// mend lets officers do what lies before them: what was refused is sent again.
func (m *machine) mend(rt *rapid.T) {
	m.needs(rt)
	ctx, gaukhar := m.w.t.Context(), m.w.officer("gaukhar", mekenjai.Chief, "")
	for _, number := range m.column(rt, `SELECT number FROM desk_case WHERE state <> 'closed' AND kind IN ('deed', 'application') ORDER BY id LIMIT 20`) {
		m.do(rt, m.w.register.Take(ctx, gaukhar, number), late...)
		m.do(rt, m.w.register.Reveal(ctx, gaukhar, number, register.LookToDecide, ""), late...)
		d, err := m.w.register.Dossier(ctx, gaukhar, number)
		m.do(rt, err)
		switch {
		case d.Kind == register.CaseDeed:
			m.do(rt, m.w.register.Resend(ctx, gaukhar, number, "Тексерілді"), late...)
		case d.Application.Reason == "KEEPER_REFUSED":
			m.do(rt, m.w.decides(gaukhar, number, register.DecisionInput{Ruling: mekenjai.Grant, Reason: "Тексерілді"}), late...)
		}
	}
}

// lose lets the state's register forget an entry, or an end.
func (m *machine) lose(rt *rapid.T) {
	m.needs(rt)
	list := m.ledger.numbers()
	if len(list) == 0 {
		rt.Skip("none")
	}
	m.ledger.change(rapid.SampledFrom(list).Draw(rt, "lost"), func(k *state.Kept) *state.Kept {
		if k.EndedAt.IsZero() {
			return nil
		}
		k.EndedAt, k.Reason = time.Time{}, ""
		return k
	})
}

func (m *machine) compare(rt *rapid.T) {
	m.needs(rt)
	_, err := m.w.register.Reconcile(m.w.t.Context(), 0)
	m.do(rt, err)
}

// keeperHolds is what must hold between the two registers at every moment.
func (m *machine) keeperHolds(rt *rapid.T) {
	none := func(what, sql string) {
		if n := m.w.count(sql); n != 0 {
			rt.Fatalf("%d %s", n, what)
		}
	}
	if m.ledger == nil {
		none("deeds to a register that is not there", `SELECT count(*) FROM keeper_deed`)
		return
	}
	none("applications that are entered without a deed", `SELECT count(*) FROM application a WHERE a.state = 'entering'
		AND (SELECT count(*) FROM keeper_deed d WHERE d.application = a.id AND d.state = 'waiting') <> 1`)
	none("entries that nobody confirmed", `SELECT count(*) FROM registration r WHERE r.application IS NOT NULL AND NOT EXISTS (
		SELECT 1 FROM keeper_deed d WHERE d.application = r.application AND d.state = 'confirmed' AND d.confirmed_at = r.fixed_at AND d.number = r.number)`)
	none("dead letters that no officer sees", `SELECT count(*) FROM keeper_deed d WHERE d.state = 'rejected' AND NOT EXISTS (
		SELECT 1 FROM desk_case c WHERE c.subject = coalesce(d.application, d.id) AND c.state <> 'closed')`)
	none("people told twice that they are registered", `SELECT count(*) FROM (SELECT application FROM notice WHERE kind = 'registered'
		GROUP BY application HAVING count(*) > 1) x`)
	for id, n := range m.ledger.effects() {
		if n > 1 {
			rt.Fatalf("application %s has %d entries there", id, n)
		}
	}
}

// effects are how many entries each application ever had there at once.
func (l *ledger) effects() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[string]int{}
	for _, k := range l.entries {
		if k.Application != "" {
			found[k.Application]++
		}
	}
	return found
}

// agreesAtLast: with a register that answers, with officers and with time both keep
// the same. Whatever was refused meanwhile is not lost either.
func (m *machine) agreesAtLast(rt *rapid.T) {
	if m.ledger == nil {
		return
	}
	m.ledger.feel(answers)
	for range 4 {
		m.deliverAll(rt)
		m.mend(rt)
		for _, a := range m.filed {
			m.do(rt, m.w.register.Inquire(m.w.t.Context(), a.ID))
		}
		m.deliverAll(rt)
		m.w.clock.Advance(10 * time.Minute)
		m.compare(rt)
	}
	if n := len(m.column(rt, `SELECT id FROM keeper_deed WHERE state = 'waiting'`)); n != 0 {
		rt.Fatalf("%d deeds wait although the state's register answers", n)
	}
	seen := m.column(rt, `SELECT number FROM difference WHERE state = 'open'`)
	ours := m.column(rt, `SELECT number FROM registration WHERE state IN ('current', 'ahead')`)
	for _, number := range ours {
		if !slices.Contains(m.ledger.standing(), number) && !slices.Contains(seen, number) {
			rt.Fatalf("entry %s stands here, not there, and nobody knows", number)
		}
	}
	for _, number := range m.ledger.standing() {
		k, _ := m.ledger.kept(number)
		over := mekenjai.DateOf(m.w.clock.Now()).After(k.Period.To)
		if !over && !slices.Contains(ours, number) && !slices.Contains(seen, number) {
			rt.Fatalf("entry %s stands there, not here, and nobody knows", number)
		}
	}
}
