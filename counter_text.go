package mekenjai

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// The purposes of the texts that an operator signs at the counter.
const (
	AttestationPurpose = "mekenjai/counter-intake/v1"
	TurnAwayPurpose    = "mekenjai/counter-refusal/v1"
)

// Attestation is what an operator signs when he accepts an application: what he
// typed, whom he identified, who signed before him and which papers he saw.
type Attestation struct {
	Intake    string
	Number    string
	Office    ServiceOffice
	Operator  Name
	Statement [32]byte // SHA-256 of the statement that he typed
	Code      string   // its short code
	Person    IIN
	Present   []Seen
	Signed    Given   // the applicant's signature
	Consents  []Given // of right-holders, before him
	Remote    []PartyID
	Papers    []PaperRef
}

// Seen is a person whom the operator identified.
type Seen struct {
	IIN      IIN
	Document DocumentKind
	Tail     string // last characters of its number
	ByCard   bool   // read from the card
}

// Given is a signature that was given before the operator.
type Given struct {
	Party  PartyID  // whose consent, or the applicant
	Signer IIN      // whose hand or key
	As     Capacity // "" himself
	Method Method
	Hash   string // SHA-256 of the scan of what was signed by hand, "" for a key or code
}

// PaperRef names a paper by its content.
type PaperRef struct {
	Kind PaperKind
	Hash string // SHA-256 in hexadecimal
	Seen bool   // the operator compared it with the original
}

// Capacity is in whose person a right-holder consents.
type Capacity string

// A right-holder himself (an organisation by its head), the representative of
// one without full capacity, or an attorney.
const (
	AsHimself        Capacity = "self"
	AsRepresentative Capacity = "representative"
	AsAttorney       Capacity = "attorney"
)

// HashOf is the SHA-256 of a text in hexadecimal.
func HashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Text is what the operator signs: UTF-8, lines ended by LF.
func (a Attestation) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("ӨТІНІШТІ ҚАБЫЛДАУ ТУРАЛЫ ҚЫЗМЕТКЕРДІҢ РАСТАМАСЫ")
	line("ПОДТВЕРЖДЕНИЕ РАБОТНИКА О ПРИЁМЕ ЗАЯВЛЕНИЯ")
	line("")
	line("Қабылдау нөмірі / Номер приёма: %s", a.Number)
	line("Қызмет көрсету орны / Место обслуживания: %s / %s (%s)", a.Office.Name.KK, a.Office.Name.RU, a.Office.ID)
	line("Қызметкер / Работник: %s", a.Operator)
	line("Тіркелушінің ЖСН / ИИН регистрируемого: %s", a.Person)
	line("Өтініш мәтіні (SHA-256) / Текст заявления (SHA-256): %s", hex.EncodeToString(a.Statement[:]))
	line("Қысқа коды / Короткий код: %s", a.Code)
	for _, s := range a.Present {
		line("Жеке басы анықталды / Личность установлена: %s, %s, …%s%s", s.IIN, s.Document, s.Tail, byCard(s.ByCard))
	}
	line("Өтінішке қол қойды / Заявление подписал: %s", a.Signed)
	for _, g := range a.Consents {
		line("Келісім берді / Согласие дал: %s", g)
	}
	for _, p := range a.Remote {
		line("Қашықтан сұралады / Будет запрошен дистанционно: %s", p)
	}
	for _, p := range a.Papers {
		seen := "көшірме / копия"
		if p.Seen {
			seen = "түпнұсқасымен салыстырылды / сверено с подлинником"
		}
		line("Құжат / Документ: %s, %s, SHA-256 %s", p.Kind, seen, p.Hash)
	}
	line("")
	line("Қызметкер жоғарыда көрсетілген мәліметтерді өзі енгізгенін, адамдардың жеке басын тексергенін және олардың өз қатысуымен қол қойғанын растайды.")
	line("Работник подтверждает, что внёс эти сведения сам, установил личность присутствующих и что они подписали в его присутствии.")
	line("")
	line("%s", AttestationPurpose)
	line("%s %s %s", a.Intake, id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}

func byCard(card bool) string {
	if card {
		return ", чиптен оқылды / считано с чипа"
	}
	return ""
}

// String is one signature in a line.
func (g Given) String() string {
	s := fmt.Sprintf("%s — %s, %s", g.Party, g.Signer, g.Method)
	if g.As != "" && g.As != AsHimself {
		s += ", " + string(g.As)
	}
	if g.Hash != "" {
		s += ", SHA-256 " + g.Hash
	}
	return s
}

// ActGround is why something is refused, with its article, as acts write it.
type ActGround struct {
	Rule string
	Code string
	Text Text
	Norm Text
}

// TurnAway is the act by which an operator does not accept an application. It is
// signed by him and handed out as a receipt.
type TurnAway struct {
	Intake   string
	Number   string // of the act
	Office   ServiceOffice
	Operator Name
	Person   IIN
	Filer    IIN // who came, when it was another
	Name     Name
	Dwelling Dwelling
	Grounds  []ActGround
	Until    Date // last day of complaining
	Months   int
}

// Text is the act in both languages: UTF-8, lines ended by LF.
func (t TurnAway) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	when := at.In(Almaty).Format("02.01.2006 15:04")
	line("ӨТІНІШТІ ҚАБЫЛДАУДАН БАС ТАРТУ ТУРАЛЫ ҚОЛХАТ № %s", t.Number)
	line("Берілді: %s. Қызмет көрсету орны: %s (%s). Қызметкер: %s.", when, t.Office.Name.KK, t.Office.ID, t.Operator)
	line("Қызмет: уақытша болатын (тұратын) жері бойынша тіркеу. Тіркелуші: %s, ЖСН %s.", t.Name, t.Person)
	line("Мекенжай: %s (МТК %s).", t.Dwelling.Address.KK, t.Dwelling.ARC)
	line("Өтініш мына себептермен қабылданбады:")
	for _, g := range t.Grounds {
		line("— %s (%s, %s)", g.Text.KK, g.Rule, g.Code)
		line("  Құқықтық негізі: %s", g.Norm.KK)
	}
	line("Кемшіліктер жойылған соң қайта жүгінуге болады. Бас тартуға ол туралы білген күннен бастап %d ай ішінде, %s дейін шағымдануға болады.", t.Months, t.Until)
	line("")
	line("РАСПИСКА ОБ ОТКАЗЕ В ПРИЁМЕ ЗАЯВЛЕНИЯ № %s", t.Number)
	line("Выдана: %s. Место обслуживания: %s (%s). Работник: %s.", when, t.Office.Name.RU, t.Office.ID, t.Operator)
	line("Услуга: регистрация по месту временного пребывания (проживания). Регистрируемый: %s, ИИН %s.", t.Name, t.Person)
	line("Адрес: %s (РКА %s).", t.Dwelling.Address.RU, t.Dwelling.ARC)
	line("Заявление не принято по следующим основаниям:")
	for _, g := range t.Grounds {
		line("— %s (%s, %s)", g.Text.RU, g.Rule, g.Code)
		line("  Правовое основание: %s", g.Norm.RU)
	}
	line("После устранения причин можно обратиться снова. Отказ можно обжаловать в течение %d месяцев со дня, когда о нём стало известно, до %s.", t.Months, t.Until)
	line("")
	if t.Filer != "" && t.Filer != t.Person {
		line("Өтініш беруші / Обратился: ЖСН / ИИН %s", t.Filer)
	}
	line("%s", TurnAwayPurpose)
	line("%s %s %s", t.Intake, id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}
