package mekenjai

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// DecisionPurpose stands in every decision of an officer, and in no other text.
const DecisionPurpose = "mekenjai/decision/v1"

// Ruling is what an officer of the migration police decides about an application
// that a rule gave to him.
type Ruling string

// The rulings. None of them makes an entry by itself: after a grant the registers
// are asked again, and whose consent is missing is asked for it.
const (
	Grant   Ruling = "grant"   // what the rule found does not stand against the entry
	Deny    Ruling = "refuse"  // with a ground of the law
	Recheck Ruling = "recheck" // back to automatic processing: the registers were corrected
)

// Rulings in the order of the form.
var Rulings = []Ruling{Grant, Deny, Recheck}

var rulingTexts = map[Ruling]Text{
	Grant: {"Өтініш қанағаттандырылсын: жоғарыда көрсетілген мән-жайлар тіркеуге кедергі емес. Жазба тіркелімдер қайта тексерілгеннен және қажетті келісімдер алынғаннан кейін енгізіледі.",
		"Удовлетворить: обстоятельства, указанные выше, регистрации не препятствуют. Запись вносится после повторной проверки по реестрам и при наличии всех согласий."},
	Deny:    {"Уақытша тіркеуден бас тартылсын.", "Отказать во временной регистрации."},
	Recheck: {"Өтініш автоматты өңдеуге қайтарылсын: тіркелімдер қайта сұралады.", "Вернуть заявление на автоматическую обработку: реестры запрашиваются заново."},
}

// Ground is a ground on which an officer refuses, with the norm that gives it.
// The first four are those of every public service, the others say what stands
// behind the rules that give an application to an officer.
type Ground struct {
	Code string
	Name Text
	Norm Text
}

var (
	publicServices = func(part int) Text {
		return Text{KK: fmt.Sprintf("«Мемлекеттік көрсетілетін қызметтер туралы» ҚР Заңының 19-1-бабы 2-тармағының %d) тармақшасы", part),
			RU: fmt.Sprintf("Закон РК «О государственных услугах», статья 19-1, пункт 2, подпункт %d)", part)}
	}
	rightsToProperty = func(article string) Text {
		return Text{KK: "«Жылжымайтын мүлікке құқықтарды мемлекеттік тіркеу туралы» ҚР Заңының " + article + "-бабы",
			RU: "Закон РК «О государственной регистрации прав на недвижимое имущество», статья " + article}
	}
)

// Grounds of refusal in the order of the form.
var Grounds = []Ground{
	{"DATA_UNRELIABLE", Text{"Құжаттардың немесе олардағы мәліметтердің дұрыс еместігі анықталды", "Установлена недостоверность документов или сведений в них"}, publicServices(1)},
	{"NOT_BY_RULES", Text{"Өтініш беруші, құжаттар немесе мәліметтер белгіленген талаптарға сай емес", "Заявитель, документы или сведения не соответствуют установленным требованиям"}, publicServices(2)},
	{"PAPER_MISSING", Text{"Сұралған құжат мерзімінде ұсынылмады", "Запрошенный документ не представлен в срок"}, publicServices(2)},
	{"NO_DATA_CONSENT", Text{"Дербес деректерге қол жеткізуге келісім берілмеді", "Нет согласия на доступ к персональным данным"}, publicServices(6)},
	{"BAN_ON_USE", Text{"Тұрғын үйді пайдалануға тыйым салынған", "На пользование жилищем наложен запрет"}, rightsToProperty("5")},
	{"TITLE_DIFFERS", Text{"Құқық белгілейтін құжат өтініштегі мәліметтерді растамайды", "Правоустанавливающий документ не подтверждает сведений заявления"}, rightsToProperty("7")},
	{"NO_HOLDER", Text{"Тұрғын үйге құқығы тіркелген, келісім бере алатын тұлға жоқ", "Нет лица с зарегистрированным правом на жилище, которое может дать согласие"},
		Text{"«Тұрғын үй қатынастары туралы» ҚР Заңының 17 және 22-баптары", "Закон РК «О жилищных отношениях», статьи 17 и 22"}},
	{"CAPITAL_NORM", Text{"Бір адамға шаққандағы пайдалы алаңның елордадағы нормативі сақталмайды", "Не соблюдается норматив полезной площади на человека в столице"},
		Text{"«Халықтың көші-қоны туралы» ҚР Заңының 51-бабы 2-тармағының 1) тармақшасы", "Закон РК «О миграции населения», статья 51, пункт 2, подпункт 1)"}},
}

// GroundOf finds a ground by its code.
func GroundOf(code string) (Ground, bool) {
	i := slices.IndexFunc(Grounds, func(g Ground) bool { return g.Code == code })
	if i < 0 {
		return Ground{}, false
	}
	return Grounds[i], true
}

// Decision is what an officer signs about an application.
type Decision struct {
	Case        string // number of the case at the desk
	Application string // number
	Submitted   time.Time
	Person      IIN
	Name        Name
	Dwelling    Dwelling
	Months      Months
	Considered  []Text // what the rules found, in words
	Ruling      Ruling
	Ground      string // code, of a refusal
	Reason      string // in the officer's words
	Officer     Name
	Office      Text
}

// Text is the decision as it is shown, frozen and signed: UTF-8, lines ended by
// LF. Its wording belongs to the version in DecisionPurpose.
func (d Decision) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("КӨШІ-ҚОН ПОЛИЦИЯСЫНЫҢ УАҚЫТША ТІРКЕУ ТУРАЛЫ ШЕШІМІ")
	line("РЕШЕНИЕ МИГРАЦИОННОЙ ПОЛИЦИИ О ВРЕМЕННОЙ РЕГИСТРАЦИИ")
	line("")
	line("Іс / Дело: %s", d.Case)
	line("Өтініш / Заявление: %s, %s", d.Application, d.Submitted.In(Almaty).Format("02.01.2006 15:04"))
	line("Тіркелуші / Регистрируемый: %s", d.Name)
	line("ЖСН / ИИН: %s", d.Person)
	line("Мекенжай: %s", d.Dwelling.Address.KK)
	line("Адрес: %s", d.Dwelling.Address.RU)
	line("МТК / РКА: %s", d.Dwelling.ARC)
	line("Мерзімі / Срок: %d ай / мес.", d.Months)
	line("")
	line("Қаралған мән-жайлар / Рассмотренные обстоятельства:")
	for _, t := range d.Considered {
		line("— %s", t.KK)
		line("— %s", t.RU)
	}
	line("")
	line("ШЕШІМ: %s", rulingTexts[d.Ruling].KK)
	line("РЕШЕНИЕ: %s", rulingTexts[d.Ruling].RU)
	if g, ok := GroundOf(d.Ground); ok && d.Ruling == Deny {
		line("Негіздеме: %s (%s)", g.Name.KK, g.Norm.KK)
		line("Основание: %s (%s)", g.Name.RU, g.Norm.RU)
	}
	line("Дәлелдері / Мотивы: %s", d.Reason)
	line("")
	line("Лауазымды адам / Должностное лицо: %s", d.Officer)
	line("%s / %s", d.Office.KK, d.Office.RU)
	line("")
	line("%s", DecisionPurpose)
	line("%s %s", id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}
