package desk

import (
	"testing"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
)

// stay lets somebody be registered at a dwelling and gives the number of the entry.
func (w *town) stay(who, house string, room int) string {
	w.Helper()
	d, _, err := address.Resolve(w.Context(), w.db, w.land.Dwelling(house, room))
	if err != nil {
		w.Fatal(err)
	}
	r := w.land.Resident(who)
	if err := w.register.Adopt(w.Context(), r.IIN, r.Name, d, mekenjai.NewPeriod(mekenjai.DateOf(w.clock.Now()), 6, true)); err != nil {
		w.Fatal(err)
	}
	home, err := w.register.Residence(w.Context(), mekenjai.Actor{IIN: r.IIN, Method: mekenjai.ByEDS})
	if err != nil {
		w.Fatal(err)
	}
	return home.Temporary[0].Number
}

// disputed raises a dispute and gives the number of its case.
func (w *town) disputed(who, number, reason string) string {
	w.Helper()
	actor := mekenjai.Actor{IIN: w.land.IIN(who), Method: mekenjai.ByEDS, Fresh: w.clock.Now(), Language: "ru"}
	if err := w.register.Dispute(w.Context(), actor, number, reason); err != nil {
		w.Fatal(err)
	}
	return w.openCase("dispute")
}

// openCase is the case of a kind that is not closed.
func (w *town) openCase(kind string) (number string) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx database.Tx) error {
		return tx.QueryRow(w.Context(), `SELECT number FROM desk_case WHERE kind = $1 AND state <> 'closed'`, kind).Scan(&number)
	})
	if err != nil {
		w.Fatalf("case of a %s: %v", kind, err)
	}
	return number
}

func TestOfficerFindsThatTheTenantIsNone(t *testing.T) {
	w := open(t)
	entry := w.stay("timur", "shymkent", 7)
	number := w.disputed("bolat", entry, "Бұл адамды танымаймын")
	rinat := w.as("rinat")
	rinat.get(casePath(number)).page(200).hides("танымаймын", "Оспанов")
	rinat.opened(number)
	rinat.get(casePath(number)).page(200).shows("Это не мой жилец", "танымаймын", "Оспанов Тимур", entry)
	rinat.post(casePath(number)+"/resolve", "finding", "Проверено").page(422).shows("Выберите решение", "Проверено")
	rinat.post(casePath(number)+"/resolve", "resolution", "upheld", "finding", "").page(422).shows("Напишите обоснование")
	sign := rinat.post(casePath(number)+"/resolve", "resolution", "upheld", "finding", "Договора нет, человек там не живёт").to()
	if to := rinat.get(sign).page(200).shows("РЕШЕНИЕ ПО СПОРУ", "признано обоснованным").signs(sign).to(); to != casePath(number) {
		t.Errorf("signed, and led to %s", to)
	}
	rinat.get(casePath(number)).page(200).shows("Закрыто")
	rinat.get(entryPath(entry)).page(200).shows("По заявлению собственника", "Признано обоснованным")
}

func TestAnnulmentTakesASecondOfficer(t *testing.T) {
	w := open(t)
	entry := w.stay("timur", "shymkent", 7)
	number := w.disputed("timur", entry, "")
	rinat, gaukhar := w.as("rinat"), w.as("gaukhar")
	rinat.opened(number)
	sign := rinat.post(casePath(number)+"/resolve", "resolution", "annul", "finding", "Подпись не его").to()
	rinat.get(sign).page(200).signs(sign).to()

	second := w.openCase("annulment")
	rinat.get(casePath(second)).page(200).shows("Это подтверждает другой уполномоченный сотрудник")
	rinat.post(casePath(second) + "/confirm").page(403)
	gaukhar.get(casePath(second)).page(200).shows("Аннулирование с самого начала", "Подпись не его", "Оспанов Тимур")
	text := gaukhar.post(casePath(second) + "/confirm").to()
	gaukhar.get(text).page(200).shows("ПОДТВЕРЖДЕНИЕ ПРЕКРАЩЕНИЯ ЗАПИСИ").signs(text).to()
	gaukhar.get(entryPath(entry)).page(200).shows("Аннулирована с самого начала")
}

func TestSecondOfficerRejectsWithReasons(t *testing.T) {
	w := open(t)
	entry := w.stay("timur", "shymkent", 7)
	rinat, gaukhar := w.as("rinat"), w.as("gaukhar")
	rinat.post(entryPath(entry)+"/end", "finding", "Сот").page(422).shows("Выберите, что вы предлагаете")
	rinat.post(entryPath(entry)+"/end", "kind", "court", "finding", "Решение суда").page(422).shows("Укажите номер и дату судебного акта")
	sign := rinat.post(entryPath(entry)+"/end", "kind", "court", "paper", "№ 2-118, 02.02.2026", "finding", "Решение суда вступило в силу").to()
	rinat.get(sign).page(200).shows("ПРЕДЛОЖЕНИЕ О ПРЕКРАЩЕНИИ ЗАПИСИ", "№ 2-118").signs(sign).to()
	number := w.openCase("annulment")
	gaukhar.post(casePath(number)+"/reject", "finding", "").page(422).shows("Напишите обоснование")
	gaukhar.post(casePath(number)+"/reject", "finding", "Акт обжалован, в силу не вступил").to()
	gaukhar.get(casePath(number)).page(200).shows("Закрыто")
	rinat.get(entryPath(entry)).page(200).shows("Отклонено", "Исправить ошибку")
}

func TestOfficerCorrectsTheNameAndItsHistoryStays(t *testing.T) {
	w := open(t)
	entry := w.stay("timur", "shymkent", 7)
	if err := w.land.Rename(w.land.IIN("timur"), mekenjai.Name{Surname: "Оспан", Given: "Тимур", Patronymic: "Асқарұлы"}); err != nil {
		t.Fatal(err)
	}
	rinat := w.as("rinat")
	rinat.post(entryPath(entry)+"/correct", "what", "name", "finding", "Ошибка").page(422).shows("Укажите документ, который подтверждает ошибку")
	rinat.post(entryPath(entry)+"/correct", "what", "address", "paper", "Справка", "finding", "Ошибка").page(422).shows("Запись совпадает со сведениями регистра")
	sign := rinat.post(entryPath(entry)+"/correct", "what", "name", "paper", "Удостоверение № 012345678", "finding", "Ошибка в фамилии").to()
	rinat.get(sign).page(200).shows("ИСПРАВЛЕНИЕ ОШИБКИ В ЗАПИСИ", "«Оспанов Тимур Асқарұлы» → «Оспан Тимур Асқарұлы»").signs(sign).to()
	rinat.get(entryPath(entry)).page(200).shows("Оспан Тимур", "Исправлена ошибка", "Удостоверение № 012345678")
}

// Every page of an entry and of its disputes asks the table of permits.
func TestEntriesOfAForeignTerritoryAreRefused(t *testing.T) {
	w := open(t)
	entry := w.stay("timur", "shymkent", 7)
	number := w.disputed("bolat", entry, "")
	for who, want := range map[string]int{"serik": 403, "ainur": 403, "bolat": 403, "aliya": 403} {
		b := w.as(who)
		for _, path := range []string{entryPath(entry), entryPath(entry) + "/end", entryPath(entry) + "/correct", casePath(number) + "/resolve"} {
			b.get(path).page(want)
		}
		b.post(entryPath(entry)+"/end", "kind", "court", "paper", "№ 1", "finding", "Иә").page(want)
		b.post(entryPath(entry)+"/correct", "what", "name", "paper", "№ 1", "finding", "Иә").page(want)
	}
}
