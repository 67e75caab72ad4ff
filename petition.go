package mekenjai

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
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

// PetitionRow is a line of the list that an organisation brings, as it was typed.
type PetitionRow struct {
	Line    int    `json:"line"` // in the file, from 1: what people are told
	IIN     string `json:"iin"`
	Name    string `json:"name"` // surname first, as the person writes it
	Months  string `json:"months"`
	Purpose string `json:"purpose"` // a Purpose, or its Kazakh or Russian word
	Arrival string `json:"arrival"` // YYYY-MM-DD or DD.MM.YYYY
}

// Stay is what a good row asks for.
type Stay struct {
	Person  IIN     `json:"person"`
	Name    string  `json:"name"`
	Months  Months  `json:"months"`
	Purpose Purpose `json:"purpose"`
	Arrival Date    `json:"arrival"`
}

// Stay reads a row; what is unusable comes back by field.
func (r PetitionRow) Stay(today Date) (s Stay, wrong FieldErrors) {
	refuse := func(bad bool, field, key string) {
		if bad {
			wrong = append(wrong, &FieldError{Field: field, Key: key})
		}
	}
	var err error
	s.Person, err = ParseIIN(r.IIN)
	refuse(err != nil, "iin", "counter.error.iin_format")
	s.Name = strings.Join(strings.Fields(r.Name), " ")
	refuse(s.Name == "" || len(s.Name) > nameLength, "name", "counter.error.name")
	s.Months, err = ParseMonths(r.Months)
	refuse(err != nil, "months", "portal.error.months")
	s.Purpose = purposeNamed(r.Purpose)
	refuse(s.Purpose == "", "purpose", "portal.error.purpose")
	s.Arrival, err = parseDay(r.Arrival)
	refuse(err != nil, "arrival", "portal.error.arrival_format")
	refuse(err == nil && s.Arrival.After(today), "arrival", "portal.error.arrival_future")
	if len(wrong) > 0 {
		return Stay{}, wrong
	}
	return s, nil
}

const nameLength = 300

// purposeNamed also takes the words of the form, as people type them into tables.
func purposeNamed(typed string) Purpose {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for _, p := range Purposes {
		t := purposeTexts[p]
		if typed == string(p) || typed == t.KK || typed == t.RU || strings.ReplaceAll(typed, "е", "ё") == strings.ReplaceAll(t.RU, "е", "ё") {
			return p
		}
	}
	return ""
}

// parseDay reads a date as tables carry it.
func parseDay(typed string) (Date, error) {
	typed = strings.TrimSpace(typed)
	if t, err := time.Parse("02.01.2006", typed); err == nil {
		return NewDate(t.Year(), int(t.Month()), t.Day())
	}
	return ParseDate(typed)
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
		fmt.Fprintf(&b, "%s;%s;%d;%s;%s\n", s.Person, s.Name, s.Months, s.Purpose, s.Arrival)
	}
	return sha256.Sum256(b.Bytes())
}

// Text is what the head signs for the organisation: UTF-8, lines ended by LF.
func (p Petition) Text(id string, at time.Time) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("ҰЙЫМ ӘКІМШІЛІГІНІҢ ӨТІНІШХАТЫ ЖӘНЕ КЕЛІСІМІ")
	line("ХОДАТАЙСТВО АДМИНИСТРАЦИИ ОРГАНИЗАЦИИ И ЕЁ СОГЛАСИЕ")
	line("")
	line("Өтінішхат нөмірі / Номер ходатайства: %s", p.Number)
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
	line("ӨТІНІШХАТТЫ ҚАБЫЛДАУ ТУРАЛЫ ҚЫЗМЕТКЕРДІҢ РАСТАМАСЫ")
	line("ПОДТВЕРЖДЕНИЕ РАБОТНИКА О ПРИЁМЕ ХОДАТАЙСТВА")
	line("")
	line("Өтінішхат нөмірі / Номер ходатайства: %s", l.Number)
	line("Қызмет көрсету орны / Место обслуживания: %s / %s (%s)", l.Office.Name.KK, l.Office.Name.RU, l.Office.ID)
	line("Қызметкер / Работник: %s", l.Operator)
	line("Өтінішхат мәтіні (SHA-256) / Текст ходатайства (SHA-256): %s", l.Text)
	line("Ұйым үшін қол қойды / За организацию подписал: %s", l.Signed)
	line("Әкелген адам / Кем принесено: %s, %s, …%s%s", l.Bearer.IIN, l.Bearer.Document, l.Bearer.Tail, byCard(l.Bearer.ByCard))
	line("Жарамды жолдар / Пригодных строк: %d; жарамсыз / непригодных: %d", l.Count, l.Wrong)
	line("")
	line("%s", LodgementPurpose)
	line("%s %s %s", l.Petition, id, at.UTC().Format(time.RFC3339))
	return b.Bytes()
}
