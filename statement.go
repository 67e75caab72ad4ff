package mekenjai

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"
)

// StatementPurpose stands in every text that is signed for an application, and
// in no other: a signature made to sign in can never pass for one.
const StatementPurpose = "mekenjai/temporary-registration/statement/v1"

// ChallengePurpose stands in every text that is signed to sign in.
const ChallengePurpose = "mekenjai/sign-in/v1"

// Statement is what the applicant signs and every right-holder agrees to: one
// text, the same bytes for all of them, in both languages of the state.
type Statement struct {
	Application string // id, so that no two texts are equal
	Prepared    time.Time
	Person      IIN
	Name        Name
	Dwelling    Dwelling
	Months      Months
	Purpose     Purpose
	Arrival     Date
	IsOwner     bool
	Owner       PartyID // declared; "" for an owner
}

var purposeTexts = map[Purpose]Text{
	PurposeWork:      {"жұмыс", "работа"},
	PurposeStudy:     {"оқу", "учёба"},
	PurposeTreatment: {"емделу", "лечение"},
	PurposeFamily:    {"отбасымен бірге тұру", "проживание с семьёй"},
	PurposeOther:     {"басқа", "другое"},
}

// Text is the statement as it is shown, frozen and signed: UTF-8, lines ended by
// LF. Its wording is part of the product's evidence: a change of it needs a new
// version in StatementPurpose.
func (s Statement) Text() []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("УАҚЫТША ТІРКЕУ ТУРАЛЫ ӨТІНІШ ЖӘНЕ ОҒАН КЕЛІСІМ")
	line("ЗАЯВЛЕНИЕ О ВРЕМЕННОЙ РЕГИСТРАЦИИ И СОГЛАСИЕ НА НЕЁ")
	line("")
	line("Тіркелуші / Регистрируемый: %s", s.Name)
	line("ЖСН / ИИН: %s", s.Person)
	line("Мекенжай: %s", s.Dwelling.Address.KK)
	line("Адрес: %s", s.Dwelling.Address.RU)
	line("МТК / РКА: %s", s.Dwelling.ARC)
	line("Мерзімі / Срок: %d ай / мес., тіркелімде жазба пайда болған күннен / со дня внесения записи в реестр", s.Months)
	line("Келу мақсаты / Цель прибытия: %s / %s", purposeTexts[s.Purpose].KK, purposeTexts[s.Purpose].RU)
	line("Келген күні / Дата прибытия: %s", s.Arrival)
	if s.IsOwner {
		line("Өтініш беруші — тұрғын үйдің меншік иесі (ортақ меншік иесі).")
		line("Заявитель — собственник (сособственник) жилища.")
	} else {
		line("Өтініш беруші тұрғын үйдің меншік иесі емес. Көрсетілген меншік иесі: %s", s.Owner)
		line("Заявитель не является собственником жилища. Указанный собственник: %s", s.Owner)
	}
	line("")
	line("Өтініш беруші осы мекенжай бойынша уақытша тіркеуді сұрайды және өзі туралы мәліметтерді мемлекеттік тіркелімдерден алуға келіседі.")
	line("Заявитель просит о временной регистрации по этому адресу и согласен на получение сведений о себе из государственных реестров.")
	line("Осы мәтінге қол қойған құқық иесі тіркелушінің осы мекенжайда көрсетілген мерзімге уақытша тіркелуіне келіседі.")
	line("Правообладатель, подписавший этот текст, согласен на временную регистрацию регистрируемого по этому адресу на указанный срок.")
	line("")
	line("%s", StatementPurpose)
	line("%s %s", s.Application, s.Prepared.UTC().Format(time.RFC3339))
	return b.Bytes()
}

// ShortCode is what people compare by eye and ear: the first 40 bits of the
// SHA-256 of a text. Security rests on the signature, which covers the whole.
func ShortCode(text []byte) string {
	sum := sha256.Sum256(text)
	var letters [8]byte
	var acc uint64
	for _, x := range sum[:5] {
		acc = acc<<8 | uint64(x)
	}
	for i := range letters {
		letters[i] = byte(acc>>(35-5*i)) & 31
	}
	return NewCode(letters[:])
}
