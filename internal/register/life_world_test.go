package register_test

import (
	"context"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/register"
)

const day = 24 * time.Hour

// stay lets somebody be registered at a dwelling since today, without the story of
// an application, and gives the number of the entry.
func (w *world) stay(who, house string, room int, months mekenjai.Months) string {
	w.t.Helper()
	ctx := w.t.Context()
	d, _, err := address.Resolve(ctx, w.db, w.land.Dwelling(house, room))
	if err != nil {
		w.t.Fatal(err)
	}
	r := w.land.Resident(who)
	period := mekenjai.NewPeriod(mekenjai.DateOf(w.clock.Now()), months, true)
	if err := w.register.Adopt(ctx, r.IIN, r.Name, d, period); err != nil {
		w.t.Fatal(err)
	}
	return w.entry(who).Number
}

// entry is somebody's newest entry.
func (w *world) entry(who string) mekenjai.Registration {
	w.t.Helper()
	home, err := w.register.Residence(w.t.Context(), w.as(who))
	if err != nil || len(home.Temporary) == 0 {
		w.t.Fatalf("entry of %s: %v", who, err)
	}
	return home.Temporary[0]
}

// as is somebody with an own key; for an organisation its head.
func (w *world) as(who string) mekenjai.Actor { return w.speaker(w.land.Party(who), "") }

// officer is somebody with a duty, on his own key for his organisation.
func (w *world) officer(who string, role mekenjai.Role, territory string) mekenjai.Actor {
	a := w.person(w.land.IIN(who))
	a.BIN = w.land.BIN("police")
	if role == mekenjai.Operator {
		a.BIN = w.land.BIN("corporation")
	}
	a.Duty = mekenjai.Duty{Role: role, Office: "office", Territory: territory}
	return a
}

// by signs a prepared text with the actor's own key.
func (w *world) by(actor mekenjai.Actor, t register.SignedText, err error) register.Signature {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return register.Signature{CMS: w.sign(actor, t.Text)}
}

// ask lets an owner ask for the end of an entry.
func (w *world) askEnd(owner, number string) {
	w.t.Helper()
	actor := w.as(owner)
	t, err := w.register.PrepareEndRequest(w.t.Context(), actor, []string{number}, "Шарт аяқталды")
	if err := w.register.RequestEnd(w.t.Context(), actor, t.ID, w.by(actor, t, err)); err != nil {
		w.t.Fatal(err)
	}
}

// confirm lets a co-owner confirm it.
func (w *world) confirm(owner, number string) error {
	w.t.Helper()
	actor := w.as(owner)
	t, err := w.register.PrepareConfirmation(w.t.Context(), actor, number)
	if err != nil {
		return err
	}
	return w.register.ConfirmEnd(w.t.Context(), actor, t.ID, w.by(actor, t, nil))
}

// page is the entry as somebody sees it.
func (w *world) page(who, number string) register.EntryPage {
	w.t.Helper()
	p, err := w.register.EntryPage(w.t.Context(), w.as(who), number)
	if err != nil {
		w.t.Fatalf("%s opens the entry: %v", who, err)
	}
	return p
}

// pass lets time go by and does what it brings.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.sweep()
}

func (w *world) sweep() {
	w.t.Helper()
	if _, err := w.register.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	databasetest.Settle(w.t, w.db, w.clock)
}

// stands fails unless somebody's newest entry is in this state for this reason.
func (w *world) stands(who string, state mekenjai.RegistrationState, reason mekenjai.EndReason) {
	w.t.Helper()
	if e := w.entry(who); e.State != state || e.EndReason != reason {
		w.t.Fatalf("the entry of %s is %s %q, want %s %q", who, e.State, e.EndReason, state, reason)
	}
}

// notices are how often somebody was told of a kind.
func (w *world) notices(who, kind string) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM notice WHERE party = $1 AND kind = $2`, w.land.Party(who), kind)
}

// wasTold fails unless somebody was told of a kind so many times.
func (w *world) wasTold(who, kind string, times int) {
	w.t.Helper()
	if n := w.notices(who, kind); n != times {
		w.t.Errorf("%s was told %d times of %s, want %d", who, n, kind, times)
	}
}

// refusals counts audited attempts that changed nothing.
func (w *world) refusals(verb, reason string) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM audit_entry WHERE verb = $1 AND outcome = $2`, verb, reason)
}

// byCode signs as an SMS code does: whatever the digits, they fit once.
func byCode() register.Signature {
	return register.Signature{Code: func(context.Context, []byte) (func(context.Context, database.Tx) error, error) {
		return func(context.Context, database.Tx) error { return nil }, nil
	}}
}

// code is the check code of somebody's certificate.
func (w *world) code(who, number string) string {
	w.t.Helper()
	c, err := w.register.Certificate(w.t.Context(), w.as(who), number, "kk")
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Code
}

func (w *world) checked(code string) register.Check {
	w.t.Helper()
	c, err := w.register.CheckCode(w.t.Context(), code)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// twice runs the test with people registered at one owner's flat.
func eachStay(t *testing.T, test func(t *testing.T, w *world, number string)) {
	each(t, func(t *testing.T, w *world) { test(t, w, w.stay("timur", "shymkent", 7, 6)) })
}
