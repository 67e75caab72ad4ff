package desk

import (
	"context"
	"crypto/sha256"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
)

// opened takes the case and opens its data.
func (b *browser) opened(number string) {
	b.Helper()
	b.post(casePath(number) + "/take").to()
	b.post(casePath(number)+"/reveal", "reason", "decide").to()
}

func TestOfficerTakesOpensAndRefusesACase(t *testing.T) {
	w := open(t)
	a := w.file("arrested")
	number := w.caseOf(a)
	madi := w.as("madi")
	madi.get("/desk/").page(200).shows(number, "запрет на пользование", "Миграционная служба города Астаны").hides(string(a.Person), a.Name.Surname)
	madi.get(casePath(number)).page(200).shows("На пользование жилищем наложен запрет", "Взять дело").hides(string(a.Person), a.Name.Surname, string(a.Dwelling.ARC))
	if to := madi.post(casePath(number) + "/take").to(); to != casePath(number) {
		t.Fatalf("taken, and led to %s", to)
	}
	madi.get(casePath(number)).page(200).hides(string(a.Person), a.Name.Surname).shows("Открыть данные")
	madi.post(casePath(number)+"/reveal", "reason", "").page(422).shows("Выберите причину просмотра")
	madi.post(casePath(number)+"/reveal", "reason", "decide").to()
	madi.get(casePath(number)).page(200).shows(a.Name.Surname, string(a.Person), "Кадастр недвижимости", "запрет на пользование", "CAdES-LT")
	madi.post(casePath(number)+"/verify", "verify", "yes").page(200).shows("действительна", "метка времени")

	madi.post(casePath(number)+"/decide", "ruling", "refuse", "text", "Запрет суда действует").page(422).shows("Выберите основание отказа", "Запрет суда действует")
	sign := madi.post(casePath(number)+"/decide", "ruling", "refuse", "ground", "BAN_ON_USE", "text", "Запрет суда действует").to()
	page := madi.get(sign).page(200).shows("РЕШЕНИЕ МИГРАЦИОННОЙ ПОЛИЦИИ", "Отказать во временной регистрации", "статья 5")
	if to := page.signs(sign).to(); to != casePath(number) {
		t.Errorf("signed, and led to %s", to)
	}
	madi.get(casePath(number)).page(200).shows("Закрыто", "Отказать", "Запрет суда действует")
}

func TestCaseTakenByAnotherGivesAClearAnswer(t *testing.T) {
	w := open(t)
	number := w.caseOf(w.file("arrested"))
	w.as("madi").post(casePath(number) + "/take").to()
	w.as("gaukhar").post(casePath(number)+"/take").page(http.StatusConflict).shows("кто-то был быстрее", "В работе")
}

// An officer asks for a paper: the case waits, its clock stands, and goes on when the
// paper is there.
func TestCaseWaitsForAPaper(t *testing.T) {
	w := open(t)
	a := w.file("arrested")
	number := w.caseOf(a)
	madi := w.as("madi")
	madi.opened(number)
	madi.post(casePath(number)+"/paper", "kind", "court_act", "days", "5").page(422).shows("Напишите хотя бы несколько слов")
	madi.post(casePath(number)+"/paper", "kind", "court_act", "note", "Акт суда о снятии запрета", "days", "5").to()
	madi.get(casePath(number)).page(200).shows("Ждёт документа", "Срок не идёт", "Акт суда о снятии запрета")
	madi.post(casePath(number)+"/decide", "ruling", "grant", "text", "Запрет снят").page(http.StatusConflict)
	madi.post(casePath(number)+"/stop-waiting", "outcome", "brought").to()
	madi.get(casePath(number)).page(200).shows("В работе", "Документ принесли лично")
}

// What is sealed and what is not there are the same page: the same status, the same
// bytes but for the number of the incident, and the same statements behind it.
func TestSealedCaseIsTheSamePageAsNone(t *testing.T) {
	w := open(t)
	a := w.file("arrested")
	number := w.caseOf(a)
	serik, gaukhar := w.as("serik"), w.as("gaukhar")
	sign := serik.post("/desk/protection/new", "iin", string(a.Person), "ground", "COURT_ACT", "paper", "№ 5, 01.03.2026", "months", "6").to()
	protection := serik.get(sign).page(200).signs(sign).to()
	sign = gaukhar.post(protection+"/step", "step", "confirm_sealing").to()
	gaukhar.get(sign).page(200).signs(sign).to()

	const absent = "ZZZZ-ZZZZ"
	const nobody = "791028302728"
	for _, who := range []string{"madi", "gaukhar", "serik", "ainur"} {
		b := w.as(who)
		for _, path := range []string{"", "/return", "/paper", "/decide"} {
			same(t, who+" GET "+path, b.get(casePath(number)+path), b.get(casePath(absent)+path), number, absent)
		}
		for _, deed := range []string{"/take", "/take-over", "/reveal", "/return", "/paper", "/stop-waiting", "/verify", "/decide"} {
			fields := []string{"reason", "decide", "ruling", "grant", "text", "Бірнеше сөз", "note", "Бірнеше сөз", "kind", "court_act", "days", "5"}
			same(t, who+" POST "+deed, b.post(casePath(number)+deed, fields...), b.post(casePath(absent)+deed, fields...), number, absent)
		}
		search := func(q string) reply { return b.post("/desk/search", "q", q, "reason", "check") }
		same(t, who+" by IIN", search(string(a.Person)), search(nobody), string(a.Person), nobody)
		same(t, who+" by number", search(number), search(absent), number, absent)
	}
	gaukhar.get("/desk/").page(200).hides(number)
}

var incident = regexp.MustCompile(`[0-9A-F]{10}`)

func same(t *testing.T, what string, a, b reply, name, other string) {
	t.Helper()
	plain := func(r reply, n string) string {
		return incident.ReplaceAllString(strings.ReplaceAll(r.body+r.location, n, "N"), "I")
	}
	if a.status != b.status || plain(a, name) != plain(b, other) {
		t.Errorf("%s: %d and %d, or other bytes:\n%s\n%s", what, a.status, b.status, a.text(), b.text())
	}
}

func TestSearchFindsByPostAndSaysNothingOfOtherTerritories(t *testing.T) {
	w := open(t)
	a := w.file("arrested")
	w.as("madi").post("/desk/search", "q", string(a.Person), "reason", "check").page(200).shows(a.Number, a.Name.Surname)
	w.as("serik").post("/desk/search", "q", string(a.Person), "reason", "check").page(200).shows("ничего не найдено").hides(a.Number)
	w.as("madi").post("/desk/search", "q", "12", "reason", "check").page(422).shows("Введите номер")
	for range 60 {
		if w.as("madi").post("/desk/search", "q", a.Number, "reason", "check").status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("an officer may ask without end")
}

// visit is one request to a route, by what it does.
type visit struct {
	route string
	deed  mekenjai.Deed
	// ours says that the case is in the actor's own hands before he comes.
	ours bool
	body []string
}

var visits = []visit{
	{"GET /desk/{$}", mekenjai.DoList, false, nil},
	{"GET /desk/cases/{number}", mekenjai.DoLookAtCase, false, nil},
	{"POST /desk/cases/{number}/take", mekenjai.DoTake, false, nil},
	{"POST /desk/cases/{number}/take-over", mekenjai.DoTakeOver, false, nil},
	{"POST /desk/cases/{number}/reveal", mekenjai.DoReveal, true, []string{"reason", "decide"}},
	{"GET /desk/cases/{number}/return", mekenjai.DoReturn, true, nil},
	{"POST /desk/cases/{number}/return", mekenjai.DoReturn, true, []string{"reason", "Бірнеше сөз"}},
	{"GET /desk/cases/{number}/paper", mekenjai.DoAskPaper, true, nil},
	{"POST /desk/cases/{number}/paper", mekenjai.DoAskPaper, true, []string{"kind", "court_act", "note", "Бірнеше сөз", "days", "5"}},
	{"POST /desk/cases/{number}/stop-waiting", mekenjai.DoAskPaper, true, []string{"outcome", "brought"}},
	{"POST /desk/cases/{number}/verify", mekenjai.DoReveal, true, nil},
	{"GET /desk/cases/{number}/decide", mekenjai.DoDecide, true, nil},
	{"POST /desk/cases/{number}/decide", mekenjai.DoDecide, true, []string{"ruling", "grant", "text", "Бірнеше сөз"}},
	{"GET /desk/search", mekenjai.DoSearch, false, nil},
	{"POST /desk/search", mekenjai.DoSearch, false, []string{"q", "ZZZZ-ZZZZ", "reason", "check"}},
	{"GET /desk/protection", mekenjai.DoProposeSeal, false, nil},
	{"GET /desk/protection/new", mekenjai.DoProposeSeal, false, nil},
	{"POST /desk/protection/new", mekenjai.DoProposeSeal, false, []string{"iin", "791028302728", "ground", "COURT_ACT", "paper", "№ 5", "months", "6"}},
}

// Every route of the desk, walked by every role, in the own and a foreign territory,
// for a free case, the own and another's: what the table of permits forbids is
// forbidden, what it allows is not.
func TestEveryRouteAsksTheTableOfPermits(t *testing.T) {
	w := open(t)
	number := w.caseOf(w.file("arrested")) // in Astana
	covered := map[string]bool{}
	for _, v := range visits {
		covered[v.route] = true
		for _, who := range []string{"ainur", "madi", "serik", "gaukhar", "aliya", "aigul"} {
			for _, holder := range []string{"", "madi", "gaukhar"} {
				w.give(number, holder)
				w.visit(v, who, holder, number)
			}
		}
	}
	for route := range (&Desk{}).routes() {
		if !covered[route] && !strings.Contains(route, "{text}") && !strings.Contains(route, "protection/of/") && !strings.Contains(route, "papers/") {
			t.Errorf("nobody walks %s", route)
		}
	}
	// What belongs to one person alone does not exist for any other.
	for _, who := range []string{"ainur", "madi", "serik", "gaukhar", "aliya", "aigul"} {
		for _, path := range []string{casePath(number) + "/sign/0", "/desk/protection/sign/0", "/desk/protection/of/0", "/desk/papers/0"} {
			w.as(who).get(path).page(http.StatusNotFound)
		}
	}
}

// give puts the case into somebody's hands, or back into the queue, as it was at the
// beginning.
func (w *town) give(number, holder string) {
	w.Helper()
	for _, who := range []string{"madi", "gaukhar"} { // whatever the last visit did
		b := w.as(who)
		b.post(casePath(number)+"/stop-waiting", "outcome", "dropped")
		b.post(casePath(number)+"/return", "reason", "Бірнеше сөз")
	}
	if holder != "" {
		w.as(holder).post(casePath(number) + "/take").to()
	}
}

func (w *town) visit(v visit, who, holder, number string) {
	w.Helper()
	method, path, _ := strings.Cut(v.route, " ")
	path = strings.ReplaceAll(strings.ReplaceAll(path, "{$}", ""), "{number}", number)
	b := w.as(who)
	var got reply
	if method == "GET" {
		got = b.get(path)
	} else {
		got = b.post(path, v.body...)
	}
	actor, m := w.actor(who), mekenjai.Matter{}
	switch {
	case strings.Contains(path, "/cases/"):
		m.KATO = []string{"711010000"}
		if holder != "" {
			m.Holder = w.actor(holder).IIN
		}
	case strings.Contains(path, "/protection"):
		m.KATO = []string{actor.Duty.Territory}
	}
	name := who + " " + v.route + " of " + holder
	// A form about a case leads back to the case for who may see it and do nothing.
	if method == "GET" && v.ours && actor.Permitted(mekenjai.DoLookAtCase, m) == nil {
		if got.status != http.StatusOK && got.status != http.StatusSeeOther {
			w.Errorf("%s: %d", name, got.status)
		}
		return
	}
	allowed := actor.Permitted(v.deed, m) == nil
	forbidden := got.status == http.StatusForbidden
	if allowed && forbidden || !allowed && !forbidden && got.status != http.StatusConflict {
		w.Errorf("%s: status %d, and the table says %v", name, got.status, actor.Permitted(v.deed, m))
	}
	if !allowed && got.status == http.StatusConflict && v.deed != mekenjai.DoTake {
		w.Errorf("%s: a conflict, and the table says %v", name, actor.Permitted(v.deed, m))
	}
}

// The leave of KDP, and what travelled in vain, stand in the list of answers as lines of
// their own, in the reader's language.
func TestCaseShowsTheLeaveToAskAndQuestionsInVain(t *testing.T) {
	w := open(t)
	persons, property, fails := w.register.Peers.Person, w.register.Peers.Property, true
	leave := state.Evidence{Source: state.Consents, Message: "kdp-7", AskedAt: w.clock.Now(), AnsweredAt: w.clock.Now(), Form: state.Earlier,
		SHA256: sha256.Sum256([]byte("said")), RequestSHA256: sha256.Sum256([]byte("asked"))}
	w.register.Peers.Person = func(ctx context.Context, iin mekenjai.IIN) (state.Reply[state.Person], error) {
		r, err := persons(ctx, iin)
		r.Before = []state.Evidence{leave}
		return r, err
	}
	w.register.Peers.Property = func(ctx context.Context, arc mekenjai.ARC) (state.Reply[state.Property], error) {
		if !fails {
			return property(ctx, arc)
		}
		fails = false
		e := state.Evidence{Source: state.Properties, Subject: string(arc), Message: "lost-8", AskedAt: w.clock.Now(), Trouble: state.ErrSlow, RequestSHA256: sha256.Sum256(nil)}
		return state.Reply[state.Property]{}, &state.Silence{Peer: state.Properties, Cause: state.ErrSlow, Exchanges: []state.Evidence{e}}
	}
	a := w.file("arrested")
	w.clock.Advance(time.Minute)
	if _, err := w.register.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.settle()
	number := w.caseOf(a)
	for lang, words := range map[locale.Lang][]string{
		locale.KK: {"адамның келісімі", "бұрынғы сұрау салуға айтылған", "жарамды жауап жоқ", "1-рет", "жауап келмеді"},
		locale.RU: {"КДП: согласие человека", "сказано на прежний вопрос", "пригодного ответа нет", "1-й раз", "ответа нет"},
		locale.EN: {"KDP: the person’s leave", "said to an earlier question", "no usable answer", "time 1 in this case", "nothing came"},
	} {
		b := w.as("madi")
		b.lang = lang
		b.get(casePath(number)).page(200).shows(append(words, "kdp-7", "lost-8")...)
	}
}
