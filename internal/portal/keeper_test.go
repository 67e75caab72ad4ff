package portal

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/web/webtest"
)

// answering is how the state's register treats what is written to it.
type answering int32

const (
	confirms answering = iota
	silent
	refuses
)

// keeps connects the state's register of registrations, before the jobs run.
func (w *town) keeps() *atomic.Int32 {
	how := new(atomic.Int32)
	w.register.Keeper = state.Keeper{
		Write: func(_ context.Context, d state.Deed) (r state.Reply[state.Confirmation], err error) {
			switch answering(how.Load()) {
			case silent:
				return r, &state.Silence{Peer: state.Entries, Cause: state.ErrSlow}
			case refuses:
				return r, &state.Rejection{Code: "DRN-010", Text: "nobody has this number"}
			}
			r.Found, r.Value = true, state.Confirmation{Deed: d.ID, Number: d.Entry.Number, FixedAt: w.clock.Now()}
			return r, nil
		},
		Look: func(context.Context, string) (r state.Reply[state.Confirmation], err error) { return r, nil },
		List: func(context.Context, string, int) (r state.Reply[state.Page], err error) {
			return r, &state.Silence{Peer: state.Entries, Cause: state.ErrSlow}
		},
	}
	w.work()
	return how
}

// unasked makes a silent register one that was not asked yet.
func (w *town) unasked() {
	w.Helper()
	err := w.db.Transact(w.Context(), func(tx database.Tx) error {
		_, err := tx.Exec(w.Context(), `UPDATE keeper_deed SET attempts = 0 WHERE state = 'waiting'`)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestDecidedIsNotTakenForRegistered(t *testing.T) {
	w := open(t)
	how := w.keeps()
	how.Store(int32(silent))
	b, path := w.file("non_owner")
	w.agree("bolat")
	page := b.get(path).page(http.StatusOK).shows("It is decided. The state’s register is not answering yet", "You are not registered yet",
		"The register is asked again at", "Decided: to be registered", "The entry is being written to the state’s register", "Confirmation by the state’s register", "10:00")
	for _, no := range []string{"/certificates/", "/withdraw", "Entry No."} {
		if strings.Contains(page.body, no) {
			t.Errorf("%q is on the page before the entry is confirmed", no)
		}
	}
	if to := b.post(path + "/withdraw").to(); to != path {
		t.Errorf("withdrawn, and led to %s", to)
	}
	b.get(path).shows("It is decided")
	b.get("/account/history").page(http.StatusOK).shows("Being entered")
	request := w.request("bolat")
	owner := w.consenter("bolat", request).get(request).page(http.StatusOK).shows("You agreed, and the entry is being made", "cannot be withdrawn any more")
	if strings.Contains(owner.body, request+"/withdraw") {
		t.Error("a consent is offered to be withdrawn after the decision")
	}
	w.unasked()
	b.get(path).shows("It is decided: you are being entered in the state’s register")
	how.Store(int32(confirms))
	w.pass(2 * time.Minute)
	b.get(path).shows("You are temporarily registered", "Entry No.", "/kk.pdf", "Decided: to be registered")
}

func TestApplicantIsToldThatTheEntryWasNotTaken(t *testing.T) {
	w := open(t)
	how := w.keeps()
	how.Store(int32(refuses))
	b, path := w.file("sole_owner")
	page := b.get(path).page(http.StatusOK).shows("The state’s register did not take the entry", "You are not registered", "Handed to an officer")
	if strings.Contains(page.body, "nobody has this number") || strings.Contains(page.body, "DRN-010") {
		t.Error("the words of the register are for officers")
	}
}

// enteringSights shows each page of an entry on its way, before whose browser it is.
func (w *town) enteringSights(ctx context.Context, look func(sight)) {
	w.Helper()
	how := w.keeps()
	how.Store(int32(silent))
	b, path := w.file("non_owner")
	w.agree("bolat")
	request := w.request("bolat")
	owner := w.consenter("bolat", request)
	how.Store(int32(refuses))
	other, refused := w.file("sole_owner")
	b.carry(ctx)
	look(sight{name: "entering-silent", path: path})
	w.unasked()
	look(sight{name: "entering", path: path})
	owner.carry(ctx)
	look(sight{name: "entering-consent", path: request})
	other.carry(ctx)
	look(sight{name: "not-entered", path: refused})
}

func TestPhotographAnEntryOnItsWay(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	w.enteringSights(ctx, func(s sight) { w.photograph(ctx, s) })
}

func TestPagesOfAnEntryOnItsWayPassAxe(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	n := 0
	w.enteringSights(ctx, func(s sight) {
		w.examine(ctx, s, locale.Langs[n%3])
		n++
	})
}
