package mekenjai

import (
	"bytes"
	"fmt"
	"time"
)

// CounterStatementPurpose stands in the statements that are filled in at a
// counter. The portal's statements are of version 1 and stay so.
const CounterStatementPurpose = "mekenjai/temporary-registration/statement/v2"

// CounterStatement is the statement that staff filled in: who files for the
// person and in what capacity, where and by whom it was typed. Applicant and
// right-holders sign the same bytes.
type CounterStatement struct {
	Statement
	Filer     IIN       // "" when the registrant files himself
	FilerName Name      //
	Role      FilerRole //
	Authority Authority // the filer's paper
	Petition  string    // number of the petition that names the person, "" for none
	Office    ServiceOffice
	Operator  Name
}

var roleTexts = map[FilerRole]Text{
	FiledByParent:         {"ата-ана", "родитель"},
	FiledByGuardian:       {"қорғаншы", "опекун"},
	FiledByTrustee:        {"қамқоршы", "попечитель"},
	FiledByAttorney:       {"сенімхат бойынша өкіл", "представитель по доверенности"},
	FiledByAdministration: {"ұйым әкімшілігі, қолдаухат бойынша", "администрация организации, по ходатайству"},
}

// Text is the statement as it is shown, printed, frozen and signed: UTF-8, lines
// ended by LF. A change of its wording needs a new version in the purpose.
func (s CounterStatement) Text() []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("УАҚЫТША ТІРКЕУ ТУРАЛЫ ӨТІНІШ ЖӘНЕ ОҒАН КЕЛІСІМ")
	line("ЗАЯВЛЕНИЕ О ВРЕМЕННОЙ РЕГИСТРАЦИИ И СОГЛАСИЕ НА НЕЁ")
	line("")
	line("Өтінішті «Азаматтарға арналған үкімет» мемлекеттік корпорациясының қызметкері толтырды.")
	line("Заявление заполнено работником Государственной корпорации «Правительство для граждан».")
	line("Қызмет көрсету орны: %s (%s)", s.Office.Name.KK, s.Office.ID)
	line("Место обслуживания: %s (%s)", s.Office.Name.RU, s.Office.ID)
	line("Қызметкер / Работник: %s", s.Operator)
	line("")
	line("Тіркелуші / Регистрируемый: %s", s.Name)
	line("ЖСН / ИИН: %s", s.Person)
	s.filer(line)
	line("Мекенжай: %s", s.Dwelling.Address.KK)
	line("Адрес: %s", s.Dwelling.Address.RU)
	line("МТК / РКА: %s", s.Dwelling.ARC)
	line("Мерзімі / Срок: %d ай / мес., тіркелімде жазба пайда болған күннен / со дня внесения записи в реестр", s.Months)
	line("Келу мақсаты / Цель прибытия: %s / %s", purposeTexts[s.Purpose].KK, purposeTexts[s.Purpose].RU)
	line("Келген күні / Дата прибытия: %s", s.Arrival)
	if s.IsOwner {
		line("Өтініш беруші немесе тіркелуші — тұрғын үйдің меншік иесі (ортақ меншік иесі).")
		line("Заявитель или регистрируемый — собственник (сособственник) жилища.")
	} else {
		line("Өтініш беруші тұрғын үйдің меншік иесі емес. Көрсетілген меншік иесі: %s", s.Owner)
		line("Заявитель не является собственником жилища. Указанный собственник: %s", s.Owner)
	}
	line("")
	line("Өтініш беруші осы мекенжай бойынша уақытша тіркеуді сұрайды және тіркелуші туралы мәліметтерді мемлекеттік тіркелімдерден алуға келіседі.")
	line("Заявитель просит о временной регистрации по этому адресу и согласен на получение сведений о регистрируемом из государственных реестров.")
	line("Осы мәтінге қол қойған құқық иесі тіркелушінің осы мекенжайда көрсетілген мерзімге уақытша тіркелуіне келіседі.")
	line("Правообладатель, подписавший этот текст, согласен на временную регистрацию регистрируемого по этому адресу на указанный срок.")
	line("")
	line("%s", CounterStatementPurpose)
	line("%s %s", s.Application, s.Prepared.UTC().Format(time.RFC3339))
	return b.Bytes()
}

func (s CounterStatement) filer(line func(string, ...any)) {
	if s.Role == "" {
		line("Өтінішті тіркелушінің өзі береді. / Заявление подаёт сам регистрируемый.")
		return
	}
	line("Өтініш беруші / Заявитель: %s, %s / %s", s.FilerName, roleTexts[s.Role].KK, roleTexts[s.Role].RU)
	line("Өтініш берушінің ЖСН / ИИН заявителя: %s", s.Filer)
	if s.Authority.Number != "" {
		line("Өкілеттік құжатының нөмірі / Номер документа о полномочиях: %s", s.Authority.Number)
	}
	if s.Petition != "" {
		line("Қолдаухат нөмірі / Номер ходатайства: %s", s.Petition)
	}
}
