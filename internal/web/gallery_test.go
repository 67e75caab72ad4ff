package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/locale"
)

// The gallery is every component on a few pages, as faces would write them. It
// exists for tests and for eyes: -look DIR photographs it.

var galleryNow = time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC)

// all renders components one after another; with puts children into one.
func all(parts ...templ.Component) templ.Component { return templ.Join(parts...) }

func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, all(children...)), w)
	})
}

// raw is HTML of a face's own.
func raw(html string) templ.Component { return templ.Raw(html) }

type galleryPage struct {
	path   string
	status int
	title  map[locale.Lang]string
	user   bool
	page   func(l locale.Lang, p Page) templ.Component
}

func words(kk, ru, en string) map[locale.Lang]string {
	return map[locale.Lang]string{locale.KK: kk, locale.RU: ru, locale.EN: en}
}

var gallery = []galleryPage{
	{"/", 200, words("Уақытша болатын жеріңізде тіркелу", "Временная регистрация по месту пребывания", "Register at your place of temporary stay"), false, startPage},
	{"/months", 422, words("Қанша айға тіркелесіз?", "На сколько месяцев вы регистрируетесь?", "For how many months?"), true, monthsPage},
	{"/fields", 422, words("Келісімге жауап", "Ответ на запрос согласия", "Answer the request for consent"), true, fieldsPage},
	{"/check", 200, words("Жауаптарыңызды тексеріп, қол қойыңыз", "Проверьте ответы и подпишите", "Check your answers and sign"), true, checkPage},
	{"/status", 200, words("Өтініштің жай-күйі", "Состояние заявления", "Where the application stands"), true, statusPage},
	{"/lists", 200, words("Мекенжайды табу", "Поиск адреса", "Find the address"), true, listsPage},
	{"/done", 200, words("Сіз тіркелдіңіз", "Вы зарегистрированы", "You are registered"), true, donePage},
}

func startPage(l locale.Lang, p Page) templ.Component {
	w := func(kk, ru, en string) string { return words(kk, ru, en)[l] }
	return with(Shell(p),
		H1(p.Title),
		Lede(w("Өз үйіңізден басқа жерде бір айдан астам тұрсаңыз, онлайн уақытша тіркеліңіз. Иелерінің бәрі келіскен соң, жазба 10 минутта енгізіледі.",
			"Если вы живёте не дома больше месяца, зарегистрируйтесь временно онлайн. Когда согласятся все собственники, запись появится за 10 минут.",
			"If you stay away from home for more than a month, register online. Once every owner has agreed, the entry is made within 10 minutes.")),
		raw("<h2>"+w("Не керек", "Что понадобится", "What you need")+"</h2><ul><li>"+w("ЭЦҚ кілті немесе Мобильді азаматтар базасындағы нөмір", "ключ ЭЦП или номер в Базе мобильных граждан", "an EDS key, or a phone number in the Mobile Citizens Database")+
			"</li><li>"+w("тұрғын үйдің мекенжайы немесе мекенжайдың тіркеу коды (МТК)", "адрес жилища или регистрационный код адреса (РКА)", "the address of the dwelling or its address registration code (ARC)")+
			"</li><li>"+w("меншік иесінің ЖСН немесе БСН", "ИИН или БИН собственника", "the owner's IIN or BIN")+"</li></ul>"),
		Start(w("Қызметті онлайн сұрау", "Заказать услугу онлайн", "Request online"), "/months"),
		Warning(w("Әрбір ортақ меншік иесі бір сағат ішінде келісім беруі керек.", "Каждый сособственник должен дать согласие в течение одного часа.", "Every co-owner has to agree within one hour.")),
		with(Details(w("ЭЦҚ кілтім жоқ болса ше?", "Что делать, если нет ЭЦП?", "What if I have no EDS key?")), raw("<p>"+w("SMS-құпиясөзбен кіре аласыз.", "Можно войти по SMS-паролю.", "You can sign in with an SMS password.")+"</p>")),
	)
}

func monthsPage(l locale.Lang, p Page) templ.Component {
	f := NewForm(map[string]string{"months": "13"})
	f.FailText("months", words("1-ден 12-ге дейінгі бүтін сан енгізіңіз", "Введите целое число от 1 до 12", "Enter a whole number from 1 to 12")[l])
	return with(Shell(p.WithForm(f).WithBack("/")), with(PostForm("/months"),
		Input(f, Field{Name: "months", Label: p.Title, Heading: true, Width: 2, Mode: "numeric", MaxLength: 2, Suffix: words("ай", "мес.", "months")[l],
			Hint: words("Ең көбі 12 ай. Мерзім жазба енгізілген күннен басталады.", "Не больше 12 месяцев. Срок начинается в день внесения записи.", "12 months at most. The period starts on the day of the entry.")[l]}),
		Submit(l.T("common.continue"))))
}

func fieldsPage(l locale.Lang, p Page) templ.Component {
	w := func(kk, ru, en string) string { return words(kk, ru, en)[l] }
	f := NewForm(map[string]string{"answer": "decline", "iin": "900101300812"})
	f.FailText("iin", w("ЖСН-де қате бар: соңғы сан сәйкес келмейді", "В ИИН ошибка: последняя цифра не сходится", "The IIN has a mistake: the last digit does not match"))
	f.FailText("arrival", w("Келген күніңіз болашақта болмауы керек", "Дата прибытия не может быть в будущем", "The date of arrival cannot be in the future"))
	f.FailText("reason", w("Бас тарту себебін жазыңыз", "Напишите причину отказа", "Write why you decline"))
	reason := Textarea(f, Field{Name: "reason", Label: w("Бас тарту себебі", "Причина отказа", "Reason"), Rows: 3, MaxLength: 500})
	return with(Shell(p.WithForm(f).WithBack("/")), H1(p.Title), with(PostForm("/fields"),
		Radios(f, Field{Name: "answer", Label: w("Жауабыңыз қандай?", "Каков ваш ответ?", "What is your answer?"), Options: []Option{
			{Value: "agree", Label: w("Келісемін", "Согласен", "I agree"), Hint: w("ЭЦҚ-мен қол қоясыз", "Вы подпишете ЭЦП", "You will sign with EDS")},
			{Value: "decline", Label: w("Бас тартамын", "Отказываюсь", "I decline"), Reveal: reason},
			{Divider: l.T("common.or")},
			{Value: "not_mine", Label: w("Мен меншік иесі емеспін", "Я не собственник", "I am not the owner")}}}),
		Input(f, Field{Name: "iin", Label: w("Меншік иесінің ЖСН немесе БСН", "ИИН или БИН собственника", "Owner's IIN or BIN"), Width: 20, Mode: "numeric", Autocomplete: "off", Hint: w("12 сан", "12 цифр", "12 digits")}),
		DateInput(f, Field{Name: "arrival", Label: w("Қашан келдіңіз?", "Когда вы прибыли?", "When did you arrive?"), Hint: w("Мысалы, 22 11 2026", "Например, 22 11 2026", "For example, 22 11 2026")}),
		Checkboxes(f, Field{Name: "notify", Label: w("Қалай хабарлаймыз?", "Как вам сообщить?", "How should we tell you?"), Optional: true, Options: []Option{{Value: "sms", Label: "SMS"}, {Value: "account", Label: l.T("common.account")}}}),
		Select(f, Field{Name: "purpose", Label: w("Келу мақсаты", "Цель прибытия", "Purpose"), Options: []Option{{Value: "work", Label: w("жұмыс", "работа", "work")}, {Value: "study", Label: w("оқу", "учёба", "study")}}}),
		with(Buttons(), Submit(l.T("common.continue")), SubmitAs(Secondary, w("Кейінге сақтау", "Сохранить на потом", "Save for later"), "then", "later"), SubmitAs(Warn, w("Өтінішті жою", "Удалить заявление", "Delete the application"), "then", "delete"))))
}

var galleryText = mekenjai.Statement{
	Application: "0193a1b2-7c5e-7d00-8a11-000000000001", Prepared: galleryNow, Person: "900101300811",
	Name:     mekenjai.Name{Surname: "Сейітқалиева", Given: "Әйгерім", Patronymic: "Нұрланқызы"},
	Dwelling: mekenjai.Dwelling{ARC: "0201300114588020", Kind: mekenjai.KindRoom, Address: mekenjai.Text{KK: "Алматы қаласы, Бостандық ауданы, Әл-Фараби даңғылы, 77/8, 12-пәтер", RU: "город Алматы, Бостандыкский район, проспект Аль-Фараби, 77/8, квартира 12"}},
	Months:   6, Purpose: mekenjai.PurposeStudy, Arrival: mekenjai.Date{Year: 2026, Month: 11, Day: 20}, Owner: "780322300455",
}

func checkPage(l locale.Lang, p Page) templ.Component {
	w := func(kk, ru, en string) string { return words(kk, ru, en)[l] }
	return with(Shell(p.WithBack("/months")), H1(p.Title),
		Summary([]Row{
			{Key: w("Кім тіркеледі", "Кто регистрируется", "Who registers"), Value: "Сейітқалиева Әйгерім Нұрланқызы\n900101 300811"},
			{Key: w("Мерзімі", "Срок", "Period"), Value: l.Months(6), Change: "/months"},
			{Key: w("Мекенжай", "Адрес", "Address"), Value: galleryText.Dwelling.Address.In(string(l)), Change: "/lists"},
			{Key: w("Келген күні", "Дата прибытия", "Arrival"), Value: l.Day(galleryText.Arrival), Change: "/fields"},
			{Key: w("Телефон", "Телефон", "Phone"), Change: "/fields"}}),
		SignBox(Sign{Data: galleryText.Text(), Action: "/check", SMS: "/sms", Office: "/office"}))
}

func statusPage(l locale.Lang, p Page) templ.Component {
	w := func(kk, ru, en string) string { return words(kk, ru, en)[l] }
	return with(Shell(p.WithBack("/")), Caption("№ 2026-000123"), H1(p.Title),
		with(Banner(Info, w("Меншік иелерінің жауабы күтілуде", "Ожидаются ответы собственников", "Waiting for the owners")), raw("<p>"+w("Үш иеден бір жауап келді.", "Ответил один из трёх.", "One of three has answered.")+"</p>")),
		Deadline(Clock{Label: w("Келісім беру мерзімі", "Срок для согласия", "Time to agree"), Until: galleryNow.Add(42 * time.Minute), Now: galleryNow}),
		CaseClock(Spent{Time: 3 * time.Minute, Limit: 10 * time.Minute, Paused: true, Now: galleryNow}),
		with(Live(Block{ID: "progress", Key: "waiting-1"}),
			Timeline([]Event{
				{At: galleryNow.Add(-25 * time.Minute), State: Done, Title: w("Өтініш берілді", "Заявление подано", "Application filed"), Text: w("ЭЦҚ-мен қол қойылды", "Подписано ЭЦП", "Signed with EDS")},
				{At: galleryNow.Add(-18 * time.Minute), State: Done, Title: w("Меншік иелері анықталды", "Собственники установлены", "Owners found")},
				{At: galleryNow.Add(-5 * time.Minute), State: Failed, Title: w("Бір ие бас тартты", "Один собственник отказался", "One owner declined")},
				{At: galleryNow, State: Now, Title: w("3 иенің 1-уі келісті", "Согласен 1 из 3 собственников", "1 of 3 owners agreed")},
				{State: Next, Title: w("Тексеріп, тіркелімге жазба енгізу", "Проверки и запись в реестр", "Checks and the entry"), Text: w("10 минуттан аспайды", "Не дольше 10 минут", "10 minutes at most")}})),
		Tasks([]Task{
			{Title: w("Өтініш", "Заявление", "Application"), Status: w("Аяқталды", "Готово", "Completed"), Href: "/check"},
			{Title: w("Иелердің келісімі", "Согласие собственников", "Owners' consent"), Hint: w("22 қараша, 19:05 дейін", "до 19:05 22 ноября", "until 19:05"), Status: w("Күтілуде", "Ожидается", "Waiting"), Tagged: true, Colour: Yellow},
			{Title: w("Тіркелімдегі жазба", "Запись в реестре", "Entry"), Status: w("Әлі басталмайды", "Пока нельзя начать", "Cannot start yet")}}))
}

func listsPage(l locale.Lang, p Page) templ.Component {
	w := func(kk, ru, en string) string { return words(kk, ru, en)[l] }
	return with(Shell(p.AsWide().WithBack("/")),
		with(SearchForm(Search{Action: "/lists", Name: "q", Label: p.Title, Heading: true, Value: "аль-фараби", Hint: w("Көше, үй немесе МТК", "Улица, дом или РКА", "Street, house or ARC")}),
			Found(w("2 мекенжай табылды", "Найдено 2 адреса", "2 addresses found")),
			Choices([]Choice{{Text: w("Әл-Фараби даңғылы, 77/8", "проспект Аль-Фараби, 77/8", "Al-Farabi avenue, 77/8"), Hint: w("Алматы қаласы, Бостандық ауданы", "город Алматы, Бостандыкский район", "Almaty, Bostandyk district"), Href: "/check"},
				{Text: w("Әл-Фараби даңғылы, 7", "проспект Аль-Фараби, 7", "Al-Farabi avenue, 7"), Hint: w("Қостанай қаласы", "город Костанай", "Kostanay"), Href: "/check"}})),
		Table(Grid{Caption: w("Менің меншігімде тіркелгендер", "Зарегистрированы в моей недвижимости", "Registered in my property"),
			Head:    []string{w("Аты-жөні", "Имя", "Name"), w("Дейін", "До", "Until"), w("Жай-күйі", "Состояние", "State"), "м²"},
			Numeric: []int{3},
			Rows: [][]templ.Component{
				{Text("Ә. Н. Сейітқалиева"), Text(l.DateShort(galleryNow)), Tag(Green, w("Жарамды", "Действует", "Valid")), Text("15")},
				{Text("Б. Қ. Өмірзақұлы"), Text("01.03.2026"), Tag(Grey, w("Аяқталды", "Закончилась", "Ended")), Text("12,5")}}}),
		Pagination(Pages{Now: 4, Total: 9, Href: func(int) string { return "/lists" }}),
		with(Cards(), with(Card("Айдана Серікқызы"), raw("<p>"+w("Жалғыз меншік иесі. Өз пәтеріне тіркеледі.", "Единственная собственница, регистрируется у себя.", "Sole owner registering at home.")+"</p>")),
			with(Card("Гүлнәр Әбдірахманова"), Tag(Turquoise, w("Үш ортақ ие", "Трое сособственников", "Three co-owners"))),
			with(Card("+7 701 000 00 01"), Message("Mekenjai: сізден келісім сұралды.\nhttps://localhost/c/1", "18:05"))))
}

func donePage(l locale.Lang, p Page) templ.Component {
	return with(Shell(p), Panel(p.Title, words("Жазба нөмірі\nKZ-2026-000123", "Номер записи\nKZ-2026-000123", "Entry number\nKZ-2026-000123")[l]),
		with(Banner(Success, words("Анықтама дайын", "Справка готова", "Your certificate is ready")[l])),
		with(Inset(), Text(words("Мерзімі аяқталғанға дейін 30, 7 және 1 күн бұрын хабарлаймыз.", "Напомним за 30, 7 и 1 день до окончания срока.", "We will remind you 30, 7 and 1 days before the end.")[l])),
		LinkButton(Secondary, words("Анықтаманы жүктеу (PDF)", "Скачать справку (PDF)", "Download the certificate (PDF)")[l], "/"))
}

// galleryServer serves the gallery as a site of the demo country.
func galleryServer(t *testing.T, change ...func(*Site)) *httptest.Server {
	t.Helper()
	site := &Site{Demo: true, Insecure: true, NCALayer: "ws://127.0.0.1:1", TestChain: true,
		Nav: []NavItem{{"common.account", "/status"}, {"common.service", "/check"}}}
	for _, c := range change {
		c(site)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", site.Assets())
	for _, g := range gallery {
		pattern := "GET " + g.path
		if g.path == "/" {
			pattern += "{$}"
		}
		mux.Handle(pattern, Handler(func(w http.ResponseWriter, r *http.Request) error {
			if g.user {
				r = r.WithContext(WithUser(r.Context(), User{Name: "Әйгерім С.", SignOut: "/sign-out", Extend: "/extend", Ends: time.Now().Add(20 * time.Minute)}))
			}
			l := locale.From(r.Context())
			return Render(w, r, g.status, g.page(l, PageFor(r, g.title[l])))
		}))
	}
	mux.Handle("GET /fault", Handler(func(http.ResponseWriter, *http.Request) error { return io.ErrUnexpectedEOF }))
	server := httptest.NewServer(site.Wrap(mux))
	t.Cleanup(server.Close)
	return server
}
