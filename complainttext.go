package mekenjai

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// The purposes of the texts about complaints. Each stands in its text and in no
// other; a changed wording needs a new version.
const (
	ComplaintPurpose         = "mekenjai/complaint/v1"
	OwnerComplaintPurpose    = "mekenjai/owner-complaint/v1"
	ComplaintDecisionPurpose = "mekenjai/complaint-decision/v1"
)

// remedyText is a text in the making, in both languages of the state.
type remedyText struct{ bytes.Buffer }

func (b *remedyText) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// said is what somebody wrote himself, each line set in, so that none of it can
// look like another part of the text.
func (b *remedyText) said(label, text string) {
	b.line("%s:", label)
	for l := range strings.Lines(text) {
		b.line("    %s", strings.TrimRight(l, "\n"))
	}
}

func (b *remedyText) who(c Complaint) {
	b.line("Өтініш беруші / Заявитель: %s", c.Name)
	b.line("ЖСН / ИИН: %s", c.Person)
	if c.By != c.Person {
		b.line("Өкілі / Представитель: %s", c.By)
	}
	b.line("Мекенжай: %s", c.Dwelling.Address.KK)
	b.line("Адрес: %s", c.Dwelling.Address.RU)
	b.line("МТК / РКА: %s", c.Dwelling.ARC)
}

func (b *remedyText) close(purpose, id string, at time.Time) []byte {
	b.line("")
	b.line("%s", purpose)
	b.line("%s %s", id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}

// Statement is the text that the complainant signs.
func (c Complaint) Statement(id string, at time.Time) []byte {
	var b remedyText
	if c.Kind == AgainstOwner {
		return c.ownerStatement(&b, id, at)
	}
	b.line("БАС ТАРТУ АКТІСІНЕ ШАҒЫМ")
	b.line("ЖАЛОБА НА АКТ ОБ ОТКАЗЕ")
	b.line("")
	c.head(&b)
	b.line("Акт: № %s", c.Act)
	b.line("")
	b.said("Шағымның мәні / Суть жалобы", c.Text)
	if c.Late {
		b.said("Шағымдану мерзімін қалпына келтіруді сұраймын, себебі / Прошу восстановить срок обжалования, причина", c.Restore)
	}
	b.line("")
	b.line("Актіні жойып, өтінішті қайта қарауды сұраймын.")
	b.line("Прошу отменить акт и рассмотреть заявление заново.")
	return b.close(ComplaintPurpose, id, at)
}

func (c Complaint) head(b *remedyText) {
	b.who(c)
	b.line("Тіркеу туралы өтініш / Заявление о регистрации: № %s", c.Filed)
}

var evidenceTexts = map[string]Text{
	"lease_contract": {"жалдау шарты", "договор найма"},
	"payments":       {"төлемдер", "платежи"},
	"correspondence": {"хат алмасу", "переписка"},
	"witness":        {"куәгер", "свидетель"},
	"other":          {"басқа", "другое"},
}

func (c Complaint) ownerStatement(b *remedyText, id string, at time.Time) []byte {
	b.line("МЕНШІК ИЕСІНІҢ ТІРКЕУДЕН БАС ТАРТУЫНА ШАҒЫМ")
	b.line("ЖАЛОБА НА ОТКАЗ СОБСТВЕННИКА ЗАРЕГИСТРИРОВАТЬ ЖИЛЬЦА")
	b.line("")
	c.head(b)
	b.line("Меншік иесі / Собственник: %s", c.Against)
	b.line("Осы жерде тұрады / Живёт здесь с: %s", c.Since)
	if c.Pays {
		b.line("Тұрғын үй үшін ақы төлейді. / За жильё платит.")
	} else {
		b.line("Тұрғын үй үшін ақы төлемейді. / За жильё не платит.")
	}
	for _, e := range c.Evidence {
		b.line("Дәлел / Доказательство: %s / %s", evidenceTexts[e].KK, evidenceTexts[e].RU)
	}
	b.line("")
	b.said("Шағымның мәні / Суть жалобы", c.Text)
	b.line("")
	b.line("«Тұрғын үй қатынастары туралы» Заңның 23-бабы 3-1-тармағының сақталуын тексеруді сұраймын.")
	b.line("Прошу проверить соблюдение пункта 3-1 статьи 23 Закона «О жилищных отношениях».")
	return b.close(OwnerComplaintPurpose, id, at)
}

// ComplaintDecision is what an officer signs about a complaint.
type ComplaintDecision struct {
	Complaint Complaint
	Ruling    ComplaintState // cured, upheld or dismissed
	Reason    string
	Officer   IIN
}

var complaintRulings = map[ComplaintState]Text{
	ComplaintCured:     {"органның өзі бас тарту актісін жойды, өтініш қайта қаралады", "орган сам отменил акт об отказе, заявление рассматривается заново"},
	ComplaintUpheld:    {"шағым қанағаттандырылды", "жалоба удовлетворена"},
	ComplaintDismissed: {"шағымды қанағаттандырудан бас тартылды", "в удовлетворении жалобы отказано"},
}

// Text is what the officer signs.
func (d ComplaintDecision) Text(id string, at time.Time) []byte {
	var b remedyText
	b.line("ШАҒЫМ БОЙЫНША ШЕШІМ")
	b.line("РЕШЕНИЕ ПО ЖАЛОБЕ")
	b.line("")
	b.line("Шағым / Жалоба: № %s", d.Complaint.Number)
	d.Complaint.head(&b)
	if d.Complaint.Act != "" {
		b.line("Акт: № %s", d.Complaint.Act)
	}
	if d.Complaint.Against != "" {
		b.line("Меншік иесі / Собственник: %s", d.Complaint.Against)
	}
	said := complaintRulings[d.Ruling]
	b.line("Шешім: %s", said.KK)
	b.line("Решение: %s", said.RU)
	b.said("Дәлелдері / Обоснование", d.Reason)
	b.line("Қызметкер / Сотрудник: %s", d.Officer)
	return b.close(ComplaintDecisionPurpose, id, at)
}
