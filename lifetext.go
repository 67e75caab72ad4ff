package mekenjai

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// The purposes of the texts that are signed in the life of an entry. Each stands
// in its text and in no other; a changed wording needs a new version.
const (
	OwnEndPurpose          = "mekenjai/own-end/v1"
	EndRequestPurpose      = "mekenjai/end-request/v1"
	EndConfirmationPurpose = "mekenjai/end-confirmation/v1"
	WindowEndPurpose       = "mekenjai/window-end/v1"
	EndProposalPurpose     = "mekenjai/end-proposal/v1"
	EndApprovalPurpose     = "mekenjai/end-approval/v1"
	ResolutionPurpose      = "mekenjai/dispute-resolution/v1"
	CorrectionPurpose      = "mekenjai/correction/v1"
)

// bilingual is a text in the making: lines in both languages of the state, ended
// by LF, closed by its purpose, id and instant.
type bilingual struct{ bytes.Buffer }

func (b *bilingual) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

func (b *bilingual) both(kk, ru string) { b.line("%s", kk); b.line("%s", ru) }

// free is what somebody wrote himself, in one line, so that it cannot look like
// another part of the text; nothing when he wrote nothing.
func (b *bilingual) free(label, text string) {
	if text = strings.Join(strings.Fields(text), " "); text != "" {
		b.line("%s: %s", label, text)
	}
}

func (b *bilingual) dwelling(d Dwelling) {
	b.line("Мекенжай: %s", d.Address.KK)
	b.line("Адрес: %s", d.Address.RU)
	b.line("МТК / РКА: %s", d.ARC)
}

// entry tells which entry is meant. Its number stands for the person: an owner
// need not learn the IIN.
func (b *bilingual) entry(e Registration) {
	b.line("Жазба / Запись: № %s", e.Number)
	b.line("Тіркелуші / Зарегистрирован(а): %s", e.Name)
	b.dwelling(e.Dwelling)
	b.line("Мерзімі / Срок: %s – %s", e.Period.From, e.Period.To)
}

func (b *bilingual) close(purpose, id string, at time.Time) []byte {
	b.line("")
	b.line("%s", purpose)
	b.line("%s %s", id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}

// OwnEnd is the person's own application to end his entry (rule R61).
type OwnEnd struct {
	Person IIN
	Entry  Registration
}

// Text is what the person signs.
func (t OwnEnd) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("УАҚЫТША ТІРКЕУДЕН ШЫҒАРУ ТУРАЛЫ ӨТІНІШ", "ЗАЯВЛЕНИЕ О СНЯТИИ С ВРЕМЕННОЙ РЕГИСТРАЦИИ")
	b.line("")
	b.line("ЖСН / ИИН: %s", t.Person)
	b.entry(t.Entry)
	b.line("")
	b.both("Осы мекенжайдағы уақытша тіркеуімді мерзімінен бұрын тоқтатуды сұраймын.",
		"Прошу прекратить мою временную регистрацию по этому адресу досрочно.")
	return b.close(OwnEndPurpose, id, at)
}

// EndRequest is an owner's request to remove people from his dwelling (rule R60):
// one of them, or many of an institution's building under one signature.
type EndRequest struct {
	By       RightHolder
	Dwelling Dwelling
	Entries  []Registration
	Ground   string
	Days     int // working days in which each person may object
}

// Text is what the owner signs.
func (t EndRequest) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("МЕНШІК ИЕСІНІҢ УАҚЫТША ТІРКЕУДЕН ШЫҒАРУ ТУРАЛЫ ӨТІНІШІ", "ЗАЯВЛЕНИЕ СОБСТВЕННИКА О СНЯТИИ С ВРЕМЕННОЙ РЕГИСТРАЦИИ")
	b.line("")
	t.write(&b)
	b.line("")
	b.both("Жоғарыда аталған адамдардың осы мекенжайдағы уақытша тіркеуін тоқтатуды сұраймын.",
		"Прошу прекратить временную регистрацию названных выше лиц по этому адресу.")
	t.terms(&b)
	return b.close(EndRequestPurpose, id, at)
}

func (t EndRequest) write(b *bilingual) {
	b.line("Өтініш беруші / Заявитель: %s, %s", t.By.Name, t.By.Party)
	b.dwelling(t.Dwelling)
	b.line("Тіркеуден шығарылатын адамдар / Снимаются с регистрации: %d", len(t.Entries))
	for i, e := range t.Entries {
		b.line("%d. %s — жазба / запись № %s", i+1, e.Name, e.Number)
	}
	b.free("Себебі / Причина", t.Ground)
}

func (t EndRequest) terms(b *bilingual) {
	b.both(fmt.Sprintf("Адамдарға бұл туралы бірден хабарланады, олар %d жұмыс күні ішінде қарсылық білдіре алады. Барлық ортақ меншік иесінің растауы қажет.", t.Days),
		fmt.Sprintf("Этим лицам сообщают об этом сразу, в течение %d рабочих дней они могут возразить. Нужно подтверждение всех сособственников.", t.Days))
}

// WindowEnd is the same request, typed and signed by an operator before whom the
// owner stands (rule R62).
type WindowEnd struct {
	EndRequest
	Present   []RightHolder // co-owners who stand there too and confirm
	Operator  IIN
	Office    string
	Document  string   // by which the owner was identified, in both languages
	Documents []string // the same of each of Present
}

// Text is what the operator signs.
func (t WindowEnd) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ОПЕРАТОР ТЕРЕЗЕДЕ ҚАБЫЛДАҒАН ТІРКЕУДЕН ШЫҒАРУ ТУРАЛЫ ӨТІНІШ", "ЗАЯВЛЕНИЕ О СНЯТИИ С РЕГИСТРАЦИИ, ПРИНЯТОЕ ОПЕРАТОРОМ У ОКНА")
	b.line("")
	t.write(&b)
	for i, h := range t.Present {
		b.line("Растаған ортақ меншік иесі / Подтвердил(а) сособственник: %s, %s", h.Name, h.Party)
		b.free("Жеке басын куәландыратын құжат / Документ, удостоверяющий личность", t.Documents[i])
	}
	b.line("Бөлімше / Отделение: %s", t.Office)
	b.line("Оператор: %s", t.Operator)
	b.free("Жеке басын куәландыратын құжат / Документ, удостоверяющий личность", t.Document)
	b.line("")
	b.both("Оператор аталған меншік иелерінің өздері келгенін және жеке басы тексерілгенін растайды.",
		"Оператор подтверждает, что названные собственники присутствуют лично и их личность проверена.")
	t.terms(&b)
	return b.close(WindowEndPurpose, id, at)
}

// EndConfirmation is a co-owner's word to another's request (rule R60).
type EndConfirmation struct {
	By      RightHolder
	Ending  string // id of the request
	Asked   PartyID
	Entry   Registration
	Request string // short code of the text that the other signed
}

// Text is what the co-owner signs.
func (t EndConfirmation) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ОРТАҚ МЕНШІК ИЕСІНІҢ ТІРКЕУДЕН ШЫҒАРУДЫ РАСТАУЫ", "ПОДТВЕРЖДЕНИЕ СОСОБСТВЕННИКОМ СНЯТИЯ С РЕГИСТРАЦИИ")
	b.line("")
	b.entry(t.Entry)
	b.line("Өтініш / Заявление: %s, мәтін коды / код текста %s", t.Ending, t.Request)
	b.line("Растаушы / Подтверждает: %s, %s", t.By.Name, t.By.Party)
	b.line("")
	b.both("Ортақ меншік иесі ретінде осы адамның уақытша тіркеуін тоқтатуға келісемін.",
		"Как сособственник согласен(на) на прекращение временной регистрации этого лица.")
	return b.close(EndConfirmationPurpose, id, at)
}

// EndProposal is an officer's proposal to end an entry by a court's act, or to
// annul it from the beginning for false data (rule R64).
type EndProposal struct {
	Kind    EndingKind
	Officer IIN
	Person  IIN
	Entry   Registration
	Paper   string
	Ground  string
}

func (t EndProposal) write(b *bilingual) {
	b.line("ЖСН / ИИН: %s", t.Person)
	b.entry(t.Entry)
	b.free("Сот актісі / Судебный акт", t.Paper)
	b.free("Негізі / Основание", t.Ground)
	if t.Kind == EndingAnnulment {
		b.both("Салдары: жазбаның күші басынан бастап жойылады.", "Последствие: запись аннулируется с самого начала.")
		return
	}
	b.both("Салдары: жазба расталған сәттен бастап тоқтатылады.", "Последствие: запись прекращается с момента подтверждения.")
}

// Text is what the officer signs.
func (t EndProposal) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ЖАЗБАНЫ ТОҚТАТУ ТУРАЛЫ ҰСЫНЫС", "ПРЕДЛОЖЕНИЕ О ПРЕКРАЩЕНИИ ЗАПИСИ")
	b.line("")
	t.write(&b)
	b.line("Қызметкер / Сотрудник: %s", t.Officer)
	return b.close(EndProposalPurpose, id, at)
}

// EndApproval is the second officer's signature under a proposal.
type EndApproval struct {
	EndProposal
	Ending string
	Second IIN
}

// Text is what the other officer signs.
func (t EndApproval) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ЖАЗБАНЫ ТОҚТАТУДЫ РАСТАУ", "ПОДТВЕРЖДЕНИЕ ПРЕКРАЩЕНИЯ ЗАПИСИ")
	b.line("")
	t.write(&b)
	b.line("Ұсыныс / Предложение: %s, %s", t.Ending, t.Officer)
	b.line("Растаушы қызметкер / Подтверждает: %s", t.Second)
	return b.close(EndApprovalPurpose, id, at)
}

// ResolutionText is an officer's decision about a dispute.
type ResolutionText struct {
	Dispute    Dispute
	Entry      Registration
	Resolution Resolution
	Finding    string
	Officer    IIN
}

var resolutionTexts = map[Resolution]Text{
	Upheld:    {"негізді деп танылды", "признано обоснованным"},
	ToAnnul:   {"негізді деп танылды, жазбаның күшін жою ұсынылады", "признано обоснованным, предлагается аннулировать запись"},
	Dismissed: {"негізсіз деп танылды", "признано необоснованным"},
}

var disputeTexts = map[DisputeKind]Text{
	NotMyTenant:  {"меншік иесінің мәлімдемесі: бұл менің тұрғыным емес", "заявление собственника: это не мой жилец"},
	NeverApplied: {"тіркелген адамның мәлімдемесі: мен өтініш берген жоқпын", "заявление зарегистрированного: я не подавал(а) заявления"},
	Objection:    {"тіркеуден шығаруға қарсылық", "возражение против снятия с регистрации"},
}

// Text is what the officer signs.
func (t ResolutionText) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ДАУ БОЙЫНША ШЕШІМ", "РЕШЕНИЕ ПО СПОРУ")
	b.line("")
	b.entry(t.Entry)
	kind, said := disputeTexts[t.Dispute.Kind], resolutionTexts[t.Resolution]
	b.both("Дау: "+t.Dispute.ID+", "+kind.KK, "Спор: "+t.Dispute.ID+", "+kind.RU)
	b.both("Шешім: "+said.KK, "Решение: "+said.RU)
	b.free("Дәлелдері / Обоснование", t.Finding)
	b.line("Қызметкер / Сотрудник: %s", t.Officer)
	return b.close(ResolutionPurpose, id, at)
}

// CorrectionText is an officer's correction of an error in an entry. It has no
// field for the person or the dwelling: those are not errors, but other entries.
type CorrectionText struct {
	Before, After Registration
	Paper         string // that proves it
	Ground        string
	Officer       IIN
}

// Text is what the officer signs: what stood there and what stands there now.
func (t CorrectionText) Text(id string, at time.Time) []byte {
	var b bilingual
	b.both("ЖАЗБАДАҒЫ ҚАТЕНІ ТҮЗЕТУ", "ИСПРАВЛЕНИЕ ОШИБКИ В ЗАПИСИ")
	b.line("")
	b.line("Жазба / Запись: № %s", t.Before.Number)
	b.line("ЖСН / ИИН: %s", t.Before.Person)
	b.line("МТК / РКА: %s", t.Before.Dwelling.ARC)
	change := func(label, before, after string) {
		if before != after {
			b.line("%s: «%s» → «%s»", label, before, after)
		}
	}
	change("Аты-жөні / ФИО", t.Before.Name.String(), t.After.Name.String())
	change("Мекенжай", t.Before.Dwelling.Address.KK, t.After.Dwelling.Address.KK)
	change("Адрес", t.Before.Dwelling.Address.RU, t.After.Dwelling.Address.RU)
	change("Соңғы күні / Последний день", t.Before.Period.To.String(), t.After.Period.To.String())
	b.free("Растайтын құжат / Подтверждающий документ", t.Paper)
	b.free("Негізі / Основание", t.Ground)
	b.line("Қызметкер / Сотрудник: %s", t.Officer)
	return b.close(CorrectionPurpose, id, at)
}
