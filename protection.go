package mekenjai

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// ProtectionPurpose stands in every text by which officers seal a person's data,
// or open it again.
const ProtectionPurpose = "mekenjai/protection/v1"

// ProtectionState is where the protection of a person stands.
type ProtectionState string

// The states. Sealing and opening are both proposed by one officer and confirmed
// by another.
const (
	ProtectionProposed ProtectionState = "proposed"
	ProtectionSealed   ProtectionState = "sealed"
	ProtectionOpening  ProtectionState = "opening" // still sealed: the opening is proposed
	ProtectionEnded    ProtectionState = "ended"   // opened, or its term is over
	ProtectionDeclined ProtectionState = "declined"
)

// ProtectionGround is why a person's data is sealed.
type ProtectionGround struct {
	Code string
	Name Text
}

// ProtectionGrounds in the order of the form.
var ProtectionGrounds = []ProtectionGround{
	{"CRIMINAL_PROCEEDINGS", Text{"Қылмыстық процеске қатысатын адамды мемлекеттік қорғау («Қылмыстық процеске қатысатын адамдарды мемлекеттік қорғау туралы» ҚР Заңы)",
		"Государственная защита участника уголовного процесса (Закон РК «О государственной защите лиц, участвующих в уголовном процессе»)"}},
	{"DOMESTIC_VIOLENCE", Text{"Тұрмыстық зорлық-зомбылықтан қорғау («Тұрмыстық зорлық-зомбылық профилактикасы туралы» ҚР Заңы)",
		"Защита от бытового насилия (Закон РК «О профилактике бытового насилия»)"}},
	{"COURT_ACT", Text{"Заңды күшіне енген сот актісі", "Вступивший в законную силу судебный акт"}},
}

// ProtectionGroundOf finds a ground by its code.
func ProtectionGroundOf(code string) (ProtectionGround, bool) {
	i := slices.IndexFunc(ProtectionGrounds, func(g ProtectionGround) bool { return g.Code == code })
	if i < 0 {
		return ProtectionGround{}, false
	}
	return ProtectionGrounds[i], true
}

// ProtectionMonths are the terms for which a person's data may be sealed; it can
// be sealed again before the term is over.
var ProtectionMonths = []int{1, 3, 6, 12}

// ProtectionDeed is one of the four steps that are signed.
type ProtectionDeed string

// The deeds, each over a text of its own.
const (
	ProposeSealing ProtectionDeed = "propose_sealing"
	ConfirmSealing ProtectionDeed = "confirm_sealing"
	ProposeOpening ProtectionDeed = "propose_opening"
	ConfirmOpening ProtectionDeed = "confirm_opening"
)

var protectionTexts = map[ProtectionDeed]Text{
	ProposeSealing: {"Адам туралы мәліметтерді жабу ұсынылады.", "Предлагается закрыть сведения о лице."},
	ConfirmSealing: {"Адам туралы мәліметтерді жабу бекітіледі.", "Закрытие сведений о лице утверждается."},
	ProposeOpening: {"Адам туралы мәліметтерді ашу ұсынылады.", "Предлагается открыть сведения о лице."},
	ConfirmOpening: {"Адам туралы мәліметтерді ашу бекітіледі.", "Открытие сведений о лице утверждается."},
}

// Protection is what is signed when a person's data is sealed or opened.
type Protection struct {
	Number string
	Person IIN
	Deed   ProtectionDeed
	Ground string // code
	Order  string // number and date of the paper behind it
	Months int
	Name   Name // of who signs
	Office Text
}

// Text is what is shown, frozen and signed.
func (p Protection) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	ground, _ := ProtectionGroundOf(p.Ground)
	line("АДАМ ТУРАЛЫ МӘЛІМЕТТЕРДІ ҚОРҒАУ")
	line("ЗАЩИТА СВЕДЕНИЙ О ЛИЦЕ")
	line("")
	line("Нөмірі / Номер: %s", p.Number)
	line("ЖСН / ИИН: %s", p.Person)
	line("%s", protectionTexts[p.Deed].KK)
	line("%s", protectionTexts[p.Deed].RU)
	line("Негіздеме: %s", ground.Name.KK)
	line("Основание: %s", ground.Name.RU)
	line("Құжат / Документ: %s", p.Order)
	line("Мерзімі / Срок: %d ай / мес.", p.Months)
	line("")
	line("Лауазымды адам / Должностное лицо: %s", p.Name)
	line("%s / %s", p.Office.KK, p.Office.RU)
	line("")
	line("%s", ProtectionPurpose)
	line("%s %s", id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}
