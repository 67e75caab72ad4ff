package country

import (
	"mekenjai"
	"mekenjai/internal/state"
)

// TEST DATA. Every person of this file is invented. The numbers are made by
// MakeIIN from the birth date and serial numbers from 9900 on; the telephone
// numbers are +7 700 000 00 and the place in the list.

type role struct {
	key                        string
	surname, given, patronymic string
	woman                      bool
	born                       string // a date, or "-9": on the 1 January nine years before
	home                       int    // flat of the house "home", 0: see the trait lives, or nowhere
	traits                     []trait
}

const woman = true

var cast = []role{
	{"aigul", "Нұрланова", "Айгүл", "Серікқызы", woman, "1988-04-17", 1, nil},
	{"timur", "Оспанов", "Тимур", "Асқарұлы", false, "1995-09-03", 2, nil},
	{"bolat", "Жүнісов", "Болат", "Маратұлы", false, "1971-02-11", 3, nil},
	{"pavel", "Лебедев", "Павел", "Андреевич", false, "1990-07-25", 4, nil},
	{"erlan", "Қасымов", "Ерлан", "Бауыржанұлы", false, "1979-12-05", 5, nil},
	{"zhanar", "Қасымова", "Жанар", "Бауыржанқызы", woman, "1983-05-30", 6, nil},
	{"meiram", "Қасымов", "Мейрам", "Бауыржанұлы", false, "1986-08-14", 7, nil},
	{"madina", "Төлегенова", "Мадина", "Ерболқызы", woman, "-20", 8, traits(student("almaty"))},
	{"saule", "Әбдірахманова", "Сәуле", "Қайратқызы", woman, "1968-03-08", 9, nil},
	{"viktoria", "Ким", "Виктория", "Олеговна", woman, "1993-10-19", 10, nil},
	{"alikhan", "Сейітов", "Әлихан", "Дәулетұлы", false, "-9", 11, traits(child("daulet"))},
	{"daulet", "Сейітов", "Дәулет", "Нұрланұлы", false, "1985-06-21", 11, nil},
	{"raisa", "Громова", "Раиса", "Ивановна", woman, "1949-01-29", 12, traits(incapableFor("tamara"), offline)},
	{"tamara", "Громова", "Тамара", "Сергеевна", woman, "1974-11-13", 12, nil},
	{"nurlan", "Бекенов", "Нұрлан", "Ғалымұлы", false, "1982-01-16", 13, nil},
	{"gulnar", "Ысқақова", "Гүлнар", "Ахметқызы", woman, "1977-04-02", 14, nil},
	{"marat", "Әлімжанов", "Марат", "Сәбитұлы", false, "1965-09-27", 0, traits(lives("shymkent", 15))},
	{"asel", "Әлімжанова", "Әсел", "Маратқызы", woman, "1998-12-20", 15, nil},
	{"miras", "Дүйсенбаев", "Мирас", "Талғатұлы", false, "1999-05-06", 16, nil},
	{"oleg", "Соколов", "Олег", "Петрович", false, "1980-03-23", 0, traits(lives("astana", 22))},
	{"yelena", "Соколова", "Елена", "Викторовна", woman, "1984-08-09", 0, traits(lives("astana", 22))},
	{"artyom", "Соколов", "Артём", "Олегович", false, "-7", 0, traits(lives("astana", 22), child("oleg"))},
	{"irina", "Соколова", "Ирина", "Петровна", woman, "1987-11-01", 17, nil},
	{"anna", "Беккер", "Анна", "Викторовна", woman, "1991-02-14", 28, traits(returned)},
	{"david", "Гелашвили", "Давид", "", false, "1978-10-10", 18, traits(foreigner)},
	{"kairat", "Мұқанов", "Қайрат", "Жұмабайұлы", false, "1959-06-12", 19, traits(noPhone)},
	{"dana", "Рахымова", "Дана", "Қанатқызы", woman, "1996-07-07", 20, nil},
	{"zeynep", "Орынбаева", "Зейнеп", "Смағұлқызы", woman, "1941-05-01", 21, traits(offline)},
	{"vasily", "Мельников", "Василий", "Фёдорович", false, "1938-09-15", 22, traits(died)},
	{"arman", "Жүнісов", "Арман", "Болатұлы", false, "-15", 3, traits(child("bolat"))},
	{"sergey", "Цой", "Сергей", "Владимирович", false, "1976-12-31", 0, traits(lives("astana", 14))},
	{"zhanna", "Ермекова", "Жанна", "Дәуренқызы", woman, "1989-10-28", 23, nil},
	{"fedor", "Новиков", "Фёдор", "Ильич", false, "1963-04-04", 24, traits(vanished)},
	{"ivan", "Захаров", "Иван", "Николаевич", false, "1994-06-18", 0, nil},
	{"lyudmila", "Панова", "Людмила", "Юрьевна", woman, "1986-01-05", 25, traits(oldCard)},
	{"askar", "Тілеубергенов", "Асқар", "Мұратұлы", false, "1972-08-22", 26, nil},
	{"stranger", "Бөтенов", "Бейтаныс", "", false, "1970-01-01", 27, nil}, // of whom a peer speaks when it is wrong
	{"ruslan", "Гайсин", "Руслан", "Маратович", false, "1997-03-15", 29, nil},
	{"aizhan", "Сағынова", "Айжан", "Ерланқызы", woman, "1992-11-26", 30, nil},
	{"tolegen", "Баймұратов", "Төлеген", "Әлібекұлы", false, "1969-08-04", 31, nil},

	// Who works for the state; see posts.
	{"ainur", "Сәдуақасова", "Айнұр", "Болатқызы", woman, "1990-03-19", 32, nil},
	{"dias", "Тұрсынбеков", "Диас", "Ержанұлы", false, "1994-11-02", 33, nil},
	{"nurgul", "Мұсабекова", "Нұргүл", "Сапарқызы", woman, "1987-07-11", 34, nil},
	{"serik", "Ахметов", "Серік", "Қуатұлы", false, "1981-05-24", 35, nil},
	{"rinat", "Хасанов", "Ринат", "Ильдарович", false, "1985-09-09", 36, nil},
	{"madi", "Есенов", "Мәди", "Бақытұлы", false, "1991-01-17", 37, nil},
	{"gaukhar", "Жақсыбекова", "Гауһар", "Оразқызы", woman, "1975-06-30", 38, nil},
	{"aliya", "Нұрпейісова", "Әлия", "Мұратқызы", woman, "1983-12-12", 39, nil},

	// At the counter: who comes with a power of attorney, who is spoken for, who
	// owns without full capacity, and the students of a petition.
	{"samal", "Ибраева", "Самал", "Ғабитқызы", woman, "1990-02-17", 40, nil},
	{"rauan", "Кәрімов", "Рауан", "Нұржанұлы", false, "1984-06-03", 41, nil},
	{"lyazzat", "Оразова", "Ләззат", "Болатқызы", woman, "1973-11-20", 42, nil},
	{"yerbol", "Тасмағамбетов", "Ербол", "Сәкенұлы", false, "1981-01-09", 43, nil},
	{"gaini", "Садықова", "Ғайни", "Әмірқызы", woman, "1982-03-14", 44, nil},
	{"aruzhan", "Садықова", "Аружан", "Ерланқызы", woman, "-16", 44, traits(child("gaini"))},
	{"galina", "Воронова", "Галина", "Степановна", woman, "1952-10-02", 45, traits(incapableFor("nikolai"), lets("almaty", 9), offline)},
	{"nikolai", "Воронов", "Николай", "Павлович", false, "1979-05-05", 45, nil},
	{"vadim", "Шаров", "Вадим", "Игоревич", false, "1988-08-08", 46, traits(limitedBy("larisa"))},
	{"larisa", "Шарова", "Лариса", "Евгеньевна", woman, "1961-12-12", 46, nil},
	{"askhat", "Жақыпов", "Асхат", "Мәдиұлы", false, "-19", 47, traits(student("almaty"))},
	{"botagoz", "Ержанова", "Ботагөз", "Арманқызы", woman, "-18", 48, traits(student("almaty"))},
	{"daniyar", "Сұлтанов", "Данияр", "Ильясұлы", false, "-21", 49, traits(student("almaty"))},
	{"elmira", "Хасанова", "Эльмира", "Рустамқызы", woman, "-20", 50, traits(student("almaty"))},
	{"gleb", "Морозов", "Глеб", "Антонович", false, "-19", 51, traits(student("almaty"), oldCard)},
	{"zarina", "Қалиева", "Зарина", "Қуатқызы", woman, "-22", 52, traits(student("almaty"))},
	{"ilyas", "Тасмағамбетов", "Ілияс", "Ерболұлы", false, "-15", 43, traits(student("almaty"), child("yerbol"))},
}

// An organisation of the demo country.
type firm struct {
	key            string
	nameKK, nameRU string
	founded        string
	head           string // of the cast
	use            string // activity code
}

var firms = []firm{
	{"university", "«Дала» үлгі университеті» КеАҚ", "НАО «Университет-образец „Дала“»", "2001-06-01", "saule", "85421"},
	{"akimat", "«Шымкент қаласының тұрғын үй бөлімі (үлгі)» ММ", "ГУ «Отдел жилья города Шымкента (образец)»", "2003-02-01", "askar", "84119"},
	{"bank", "«Үлгі Банк» АҚ", "АО «Образец Банк»", "1999-09-01", "askar", "64191"},
	{"builder", "«Үлгі Құрылыс» ЖШС", "ТОО «Образец Строй»", "2015-04-01", "askar", "41201"},
	{"centre", "«Үлгі Орталығы» ЖШС", "ТОО «Образец Центр»", "2012-11-01", "askar", "68202"},
	{"police", "«Уақытша тіркеу органы (үлгі)» ММ", "ГУ «Орган временной регистрации (образец)»", "2005-05-01", "askar", "84241"}, // whose seal is on acts
	{"corporation", "«Азаматтарға арналған үкімет (үлгі)» КеАҚ", "НАО «Правительство для граждан (образец)»", "2016-01-01", "askar", "84113"},
}

// The offices where staff work, with the beginning of the KATO codes they serve.
var offices = []bureau{
	{"almaty-1", mekenjai.CounterOffice, "corporation", "75", "Бостандық ауданының халыққа қызмет көрсету бөлімі (үлгі)", "Отдел обслуживания Бостандыкского района (образец)"},
	{"shymkent-1", mekenjai.CounterOffice, "corporation", "79", "Шымкент қаласының халыққа қызмет көрсету бөлімі (үлгі)", "Отдел обслуживания города Шымкента (образец)"},
	{"karaganda-1", mekenjai.CounterOffice, "corporation", "35", "Қарағанды қаласының халыққа қызмет көрсету бөлімі (үлгі)", "Отдел обслуживания города Караганды (образец)"},
	{"police-almaty", mekenjai.DeskOffice, "police", "75", "Алматы қаласының көші-қон қызметі (үлгі)", "Миграционная служба города Алматы (образец)"},
	{"police-shymkent", mekenjai.DeskOffice, "police", "79", "Шымкент қаласының көші-қон қызметі (үлгі)", "Миграционная служба города Шымкента (образец)"},
	{"police-astana", mekenjai.DeskOffice, "police", "71", "Астана қаласының көші-қон қызметі (үлгі)", "Миграционная служба города Астаны (образец)"},
	{"police-central", mekenjai.DeskOffice, "police", "", "Көші-қон қызметі комитеті (үлгі)", "Комитет миграционной службы (образец)"},
}

// Who is appointed to what.
var posts = []post{
	{"ainur", mekenjai.Operator, "almaty-1"},
	{"dias", mekenjai.Operator, "shymkent-1"},
	{"nurgul", mekenjai.Operator, "karaganda-1"},
	{"serik", mekenjai.Officer, "police-almaty"},
	{"rinat", mekenjai.Officer, "police-shymkent"},
	{"madi", mekenjai.Officer, "police-astana"},
	{"gaukhar", mekenjai.Chief, "police-central"},
	{"aliya", mekenjai.Auditor, "police-central"},
}

// The objects of the cadastre with their holders.
var objects = []holding{
	{house: "almaty", room: 12, area: 5400, useful: 5100, of: one("aigul")},
	{house: "shymkent", room: 7, area: 6100, useful: 5800, of: one("bolat")},
	{house: "kostanay", use: state.UseHouse, area: 9600, useful: 9000, of: []share{{"erlan", 1, 2}, {"zhanar", 1, 4}, {"meiram", 1, 4}}},
	{house: "dorm", use: state.UseDormitory, area: 420000, useful: 380000, of: one("university")},
	{house: "almaty", room: 5, area: 4300, useful: 4000, of: one("alikhan")},
	{house: "almaty", room: 31, area: 3100, useful: 2900, of: one("raisa")},
	{house: "almaty", room: 18, area: 7200, useful: 6800, of: one("nurlan"), burdens: []burden{{pledge, "bank"}}},
	{house: "astana", room: 9, area: 6600, useful: 6300, of: one("gulnar"), burdens: []burden{{arrest, ""}, {banUse, ""}}},
	{house: "shymkent", room: 15, area: 4700, useful: 4400, of: one("akimat")},
	{house: "astana", room: 22, area: 4800, useful: 4500, of: one("oleg")},
	{house: "village", use: state.UseHouse, area: 8200, useful: 7700, of: one("kairat")},
	{house: "astana", room: 14, area: 6400, useful: 6000, of: one("sergey")},
	{house: "almaty", room: 21, area: 3900, useful: 3600, of: one("zhanna")},
	{house: "astana", room: 28, area: 5800, useful: 5500, of: one("zhanna")},
	{house: "shymkent", room: 3, area: 5000, useful: 4700, of: one("zeynep")},
	{house: "shymkent", room: 11, area: 5600, useful: 5300, of: one("sergey"), tenant: "aizhan"},
	{house: "shymkent", room: 18, area: 4900, useful: 4600, of: one("askar")},
	{house: "shymkent", room: 20, area: 5200, useful: 4900, of: one("vasily")},
	{house: "almaty", room: 33, area: 4400, useful: 4100, of: one("fedor")},
	{house: "offices", room: 11, use: state.UseOffice, area: 8800, useful: 8500, of: one("centre")},
	{house: "almaty", room: 7, area: 4600, useful: 4300, of: one("aruzhan")},
	{house: "almaty", room: 9, area: 5100, useful: 4800, of: one("galina")},
	{house: "almaty", room: 25, area: 6900, useful: 6500, of: []share{{"aigul", 1, 2}, {"tolegen", 1, 2}}},
}

// Who is related to whom: the second is this to the first.
var kin = []relation{
	{"oleg", "yelena", state.RelationSpouse},
	{"oleg", "irina", state.RelationSibling},
	{"oleg", "artyom", state.RelationChild},
	{"bolat", "arman", state.RelationChild},
	{"daulet", "alikhan", state.RelationChild},
	{"marat", "asel", state.RelationChild},
	{"erlan", "zhanar", state.RelationSibling},
	{"erlan", "meiram", state.RelationSibling},
}

// The contract of state housing names these beside the tenant.
var tenancies = []contract{
	{house: "shymkent", room: 15, landlord: "akimat", tenant: "marat", named: []string{"marat", "asel"}},
	{house: "shymkent", room: 18, landlord: "akimat", tenant: "tolegen", named: []string{"tolegen"}, leasedByState: true},
}

// Temporary registrations that stand when the country is made.
var entries = []standing{
	{person: "dana", house: "shymkent", room: 7, monthsAgo: 2, months: 6},
	{person: "tolegen", house: "almaty", room: 21, monthsAgo: 5, months: 6}, // to be extended: its end is near
}
