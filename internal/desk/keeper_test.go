package desk

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
	"mekenjai/internal/web/webtest"
)

// strict is a state's register that refuses what it is told to, keeps what it is shown
// and confirms the rest.
type strict struct {
	town    *town
	refuses atomic.Bool
	silent  atomic.Bool
	kept    []state.Kept
}

// keptTown is the desk beside such a register.
func keptTown(t *testing.T) (*town, *strict) {
	s := &strict{}
	w := openKept(t, state.Keeper{
		Write: func(_ context.Context, d state.Deed) (r state.Reply[state.Confirmation], err error) {
			switch {
			case s.silent.Load():
				return r, &state.Silence{Peer: state.Entries, Cause: state.ErrDown}
			case s.refuses.Load():
				return r, &state.Rejection{Code: "DRN-041", Text: "Запись " + d.Entry.Number + " принадлежит другому лицу"}
			}
			r.Found, r.Value = true, state.Confirmation{Deed: d.ID, Number: d.Entry.Number, FixedAt: s.town.clock.Now()}
			return r, nil
		},
		Look: func(context.Context, string) (r state.Reply[state.Confirmation], err error) { return r, nil },
		List: func(_ context.Context, after string, _ int) (r state.Reply[state.Page], err error) {
			r.Found = true
			for _, k := range s.kept {
				if k.Number > after {
					r.Value.Entries = append(r.Value.Entries, k)
				}
			}
			return r, nil
		},
	})
	s.town = w
	return w, s
}

// leaves ends somebody's own entry.
func (w *town) leaves(who, number string) {
	w.Helper()
	actor := w.actor(who)
	text, err := w.register.PrepareOwnEnd(w.Context(), actor, number)
	if err != nil {
		w.Fatal(err)
	}
	if err := w.register.EndOwn(w.Context(), actor, text.ID, register.Signature{CMS: w.sign(who, text.Text)}); err != nil {
		w.Fatal(err)
	}
	w.settle()
}

func TestOfficerSendsARefusedEndAgain(t *testing.T) {
	w, s := keptTown(t)
	s.refuses.Store(true)
	entry := w.stay("timur", "shymkent", 7)
	w.leaves("timur", entry)
	rinat, number := w.as("rinat"), w.openCase("deed")
	rinat.get("/desk/keeper").page(200).shows(number, "прекратить запись", "DRN-041", "Все сообщения подтверждены", "ещё не проводилась").hides(entry, "Оспанов", "Сверить сейчас")
	w.as("serik").get("/desk/keeper").page(200).hides(number)
	rinat.get("/desk/").page(200).shows(number, "Госреестр не принял сообщение", "Госреестр")
	rinat.get(casePath(number)).page(200).shows("Что ответил госреестр", "DRN-041").hides(entry, "Оспанов", "принадлежит другому")
	rinat.opened(number)
	rinat.get(casePath(number)).page(200).shows(entry, "Оспанов Тимур", "принадлежит другому лицу", "По заявлению самого человека", "Отправить повторно", "Не отправлять")
	mend := casePath(number) + "/mend/resend"
	rinat.get(mend).page(200).shows("не подействовало ли прежнее")
	rinat.post(mend, "reason", "").page(422).shows("Напишите хотя бы несколько слов")
	rinat.get(casePath(number) + "/mend/burn").page(http.StatusNotFound)
	s.refuses.Store(false)
	if to := rinat.post(mend, "reason", "В госреестре исправлено").to(); to != casePath(number) {
		t.Errorf("sent again, and led to %s", to)
	}
	w.settle()
	rinat.get(casePath(number)).page(200).shows("Закрыто", "Сообщение отправлено в госреестр повторно")
	rinat.post(mend, "reason", "И ещё раз").page(http.StatusConflict)
	rinat.get("/desk/keeper").page(200).shows("Непринятых сообщений нет").hides(number)
}

func TestOfficerReadsWhyAnEntryWasNotTaken(t *testing.T) {
	w, s := keptTown(t)
	s.refuses.Store(true)
	a := w.file("sole_owner")
	number := w.caseOf(a)
	gaukhar := w.as("gaukhar")
	gaukhar.get("/desk/").page(200).shows(number, "госреестр не принял запись")
	gaukhar.opened(number)
	gaukhar.get(casePath(number)).page(200).shows("не принял запись, код DRN-041", "принадлежит другому лицу", "Принять решение")
	s.refuses.Store(false)
	sign := gaukhar.post(casePath(number)+"/decide", "ruling", "grant", "text", "Госреестр исправлен").to()
	gaukhar.get(sign).page(200).shows("не принял запись, код DRN-041").signs(sign).to()
	w.settle()
	home, err := w.register.Residence(t.Context(), mekenjai.Actor{IIN: a.Person, Method: mekenjai.ByEDS})
	if err != nil || len(home.Temporary) != 1 {
		t.Errorf("after the grant: %+v (%v)", home, err)
	}
}

// differs lets the two registers differ about somebody, and compares them.
func (s *strict) differs(who, house string, room int) {
	w := s.town
	w.stay(who, house, room)
	r := w.land.Resident(who)
	theirs := state.Kept{Entry: state.Entry{Number: "ZZZZ-0001", Person: r.IIN, Name: r.Name,
		Dwelling: mekenjai.Dwelling{ARC: w.land.Dwelling(house, room), KATO: "791110000", Address: mekenjai.Text{KK: "Шымкент қаласы, Абай көшесі, 5", RU: "город Шымкент, улица Абая, 5"}},
		Period:   mekenjai.NewPeriod(mekenjai.DateOf(w.clock.Now()), 12, true)}, FixedAt: w.clock.Now()}
	s.kept = []state.Kept{theirs}
	if _, err := w.register.Reconcile(w.Context(), 0); err != nil {
		w.Fatal(err)
	}
	w.settle()
}

func TestOfficerSeesBothReadingsOfADifference(t *testing.T) {
	w, s := keptTown(t)
	s.differs("timur", "shymkent", 7)
	rinat, number := w.as("rinat"), w.openCase("difference")
	rinat.get("/desk/keeper").page(200).shows(number, "действует запись, которой у нас никогда не было", "Завершена").hides("ZZZZ-0001", "Оспанов")
	rinat.get(casePath(number)).page(200).shows("которой у нас никогда не было").hides("ZZZZ-0001", "Оспанов")
	rinat.opened(number)
	rinat.get(casePath(number)).page(200).shows("ZZZZ-0001", "Оспанов Тимур", "В госреестре", "Закрыть расхождение").hides("Отправить наши сведения")
	rinat.post(casePath(number)+"/mend/send_ours", "reason", "Наши верны").page(http.StatusConflict)
	rinat.post(casePath(number)+"/mend/accept", "reason", "Запись внесена в другом ведомстве").to()
	rinat.get(casePath(number)).page(200).shows("Закрыто", "Расхождение закрыто")
	rinat.post("/desk/keeper/compare", "compare", "now").page(http.StatusForbidden)
	gaukhar := w.as("gaukhar")
	gaukhar.get("/desk/keeper").page(200).shows("Сверить сейчас")
	if to := gaukhar.post("/desk/keeper/compare", "compare", "now").to(); to != "/desk/keeper" {
		t.Errorf("led to %s", to)
	}
}

// Where our register is the register there is no such page.
func TestNoPageOfAnotherRegisterWhereOursIsTheOne(t *testing.T) {
	w := open(t)
	w.as("gaukhar").get("/desk/keeper").page(http.StatusNotFound)
	w.as("gaukhar").get("/desk/").page(200).hides("Госреестр")
}

func (w *town) keeperSights(s *strict) []sight {
	w.Helper()
	s.refuses.Store(true)
	w.leaves("timur", w.stay("timur", "shymkent", 7))
	deed := w.openCase("deed")
	s.refuses.Store(false)
	s.silent.Store(true)
	w.leaves("timur", w.stay("timur", "shymkent", 7))
	s.differs("pavel", "shymkent", 15)
	w.clock.Advance(3 * time.Hour)
	difference := w.openCase("difference")
	w.as("rinat").opened(deed)
	w.as("rinat").opened(difference)
	return []sight{
		{"keeper", "gaukhar", "/desk/keeper", ""},
		{"keeper-deed-masked", "gaukhar", casePath(deed), ""},
		{"keeper-deed", "rinat", casePath(deed), ""},
		{"keeper-resend", "rinat", casePath(deed) + "/mend/resend", ""},
		{"keeper-difference", "rinat", casePath(difference), ""},
	}
}

func TestPhotographTheStatesRegister(t *testing.T) {
	webtest.Looking(t)
	ctx := webtest.Browser(t)
	w, s := keptTown(t)
	for _, x := range w.keeperSights(s) {
		for _, l := range locale.Langs {
			w.show(ctx, x, l, clerk)
			webtest.Photograph(t, ctx, x.name+"_"+string(l))
		}
		w.show(ctx, x, locale.KK, 320)
		webtest.Photograph(t, ctx, x.name+"_narrow")
	}
}

func TestPagesOfTheStatesRegisterPassAxe(t *testing.T) {
	ctx := webtest.Browser(t)
	w, s := keptTown(t)
	for i, x := range w.keeperSights(s) {
		w.show(ctx, x, locale.Langs[i%3], clerk)
		webtest.Examine(t, ctx, x.name, locale.Langs[i%3])
	}
}
