package mekenjai

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// The purposes of the texts of a petition: what the organisation signs, and what
// the operator who took it.
const (
	PetitionPurpose  = "mekenjai/petition/v1"
	LodgementPurpose = "mekenjai/petition-lodgement/v1"
)

// MaxPetitionRows bounds one petition.
const MaxPetitionRows = 5000

// Stay is a person of the list that an organisation brings, and what is asked for
// him.
type Stay struct {
	Line    int // in the file, from 1: what people are told
	IIN     IIN
	Name    Name // as it was written
	Months  Months
	Arrival Date
	Purpose Purpose
	ARC     ARC    // of the room; "" the building itself
	Room    string // as the building numbers it, when no code was given
}

// WrongStay is a row of the list that cannot be used.
type WrongStay struct {
	Line   int
	IIN    string // as it was written
	Name   string
	Faults []RowFault
}

// RowFault is one wrong cell: its column, what stands there, and why it is wrong.
type RowFault struct {
	Column string         `json:"column"`
	Value  string         `json:"value,omitempty"`
	Key    string         `json:"key"` // of the catalogue
	Args   map[string]any `json:"args,omitempty"`
}

// Petition is the request of the administration of an organisation for people who
// stay in its building (service page; rule R42).
type Petition struct {
	ID       string
	Number   string
	BIN      BIN
	Name     Text // of the organisation
	Head     IIN  // who signs for it
	Dwelling Dwelling
	Count    int
	List     [32]byte // SHA-256 of the list, see HashStays
	Office   ServiceOffice
}

// HashStays is the hash of the list that a petition names: a line for each person.
func HashStays(list []Stay) [32]byte {
	var b bytes.Buffer
	for _, s := range list {
		fmt.Fprintf(&b, "%s;%s;%d;%s;%s;%s;%s\n", s.IIN, s.Name, s.Months, s.Purpose, s.Arrival, s.ARC, s.Room)
	}
	return sha256.Sum256(b.Bytes())
}

// Text is what the head signs for the organisation: UTF-8, lines ended by LF.
func (p Petition) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("ҰЙЫМ ӘКІМШІЛІГІНІҢ ҚОЛДАУХАТЫ ЖӘНЕ КЕЛІСІМІ")
	line("ХОДАТАЙСТВО АДМИНИСТРАЦИИ ОРГАНИЗАЦИИ И ЕЁ СОГЛАСИЕ")
	line("")
	line("Қолдаухат нөмірі / Номер ходатайства: %s", p.Number)
	line("Ұйым: %s, БСН %s", p.Name.KK, p.BIN)
	line("Организация: %s, БИН %s", p.Name.RU, p.BIN)
	line("Мекенжай: %s", p.Dwelling.Address.KK)
	line("Адрес: %s", p.Dwelling.Address.RU)
	line("МТК / РКА: %s", p.Dwelling.ARC)
	line("Тізімдегі адамдар саны / Людей в списке: %d", p.Count)
	line("Тізімнің SHA-256 мәні / SHA-256 списка: %s", hex.EncodeToString(p.List[:]))
	line("")
	line("Ұйым тізімде көрсетілген адамдарды осы ғимаратта көрсетілген мерзімге уақытша тіркеуді сұрайды және оған меншік иесі ретінде келіседі.")
	line("Организация просит временно зарегистрировать перечисленных в списке людей в этом здании на указанные сроки и согласна на это как собственник.")
	line("")
	line("%s", PetitionPurpose)
	line("%s %s %s", p.ID, id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}

// Lodgement is what an operator signs who takes a petition.
type Lodgement struct {
	Petition string
	Number   string
	Office   ServiceOffice
	Operator Name
	Text     string // SHA-256 of the petition's text
	Signed   Given  // for the organisation
	Bearer   Seen   // who brought it
	Count    int
	Wrong    int // rows that cannot be used
}

// Lodge is what the operator signs: UTF-8, lines ended by LF.
func (l Lodgement) Lodge(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("ҚОЛДАУХАТТЫ ҚАБЫЛДАУ ТУРАЛЫ ҚЫЗМЕТКЕРДІҢ РАСТАМАСЫ")
	line("ПОДТВЕРЖДЕНИЕ РАБОТНИКА О ПРИЁМЕ ХОДАТАЙСТВА")
	line("")
	line("Қолдаухат нөмірі / Номер ходатайства: %s", l.Number)
	line("Қызмет көрсету орны / Место обслуживания: %s / %s (%s)", l.Office.Name.KK, l.Office.Name.RU, l.Office.ID)
	line("Қызметкер / Работник: %s", l.Operator)
	line("Қолдаухат мәтіні (SHA-256) / Текст ходатайства (SHA-256): %s", l.Text)
	line("Ұйым үшін қол қойды / За организацию подписал: %s", l.Signed)
	line("Әкелген адам / Кем принесено: %s, %s, …%s%s", l.Bearer.IIN, l.Bearer.Document, l.Bearer.Tail, byCard(l.Bearer.ByCard))
	line("Жарамды жолдар / Пригодных строк: %d; жарамсыз / непригодных: %d", l.Count, l.Wrong)
	line("")
	line("%s", LodgementPurpose)
	line("%s %s %s", l.Petition, id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}
