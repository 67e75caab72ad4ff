package wire

import (
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/state"

	"pgregory.net/rapid"
)

// Invented people: their numbers have right check digits and nobody behind them.
const (
	asked = mekenjai.IIN("900101400122")
	other = mekenjai.IIN("850505300458")
	firm  = mekenjai.BIN("150540009992")
)

var noon = time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)

func day(s string) mekenjai.Date {
	d, err := mekenjai.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func term(code, ru, kk string) state.Term { return state.Term{Code: code, NameRU: ru, NameKK: kk} }

var kazakhstan = term("398", "КАЗАХСТАН", "ҚАЗАҚСТАН")

// ordinary is a person of whom everything is known that a decision reads.
func ordinary() state.Person {
	return state.Person{
		IIN: asked, Surname: "ҮЛГІЕВА", Given: "АЙГҮЛ", Patronymic: "ҮЛГІҚЫЗЫ", LatinGiven: "AIGUL", LatinSurname: "ULGIEVA", BirthDate: day("1990-01-01"),
		Gender: term("2", "Женский", "Әйел"), Nationality: term("005", "КАЗАХ", "ҚАЗАҚ"), Citizenship: kazakhstan, LifeStatus: term("0", "Нормальный", "Қалыпты"),
		BirthPlace: state.BirthPlace{Country: kazakhstan, District: term("1907", "АЛМАТИНСКАЯ", "АЛМАТЫ"), City: "ҮЛГІ"},
		RegAddress: &state.PersonAddress{Country: kazakhstan, District: term("1910", "АСТАНА", "АСТАНА"), Street: "ҮЛГІ КӨШЕСІ", Building: "1", Flat: "2",
			Begin: day("2015-03-02"), Status: term("1", "Зарегистрирован", "Тіркелді"), Invalidity: term("0", "Действителен", "Жарамды"), ARC: "0201500000000001"},
		Documents: []state.Document{{Type: term("002", "УДОСТОВЕРЕНИЕ РК", "ҚР КУӘЛІГІ"), Number: "012345678", Begin: day("2020-01-01"), End: day("2030-01-01"),
			Issuer: term("002", "МВД РК", "ҚР ІІМ"), Status: term("00", "ДЕЙСТВИТЕЛЕН", "ЖАРАМДЫ"), Surname: "ҮЛГІЕВА", Given: "АЙГҮЛ", BirthDate: day("1990-01-01")}},
		Addresses: []state.PersonAddress{{Type: term(state.AddressTemporary, "Временная регистрация", "Уақытша тіркеу"), Country: kazakhstan,
			Street: "БАСҚА КӨШЕ", Building: "7", Begin: day("2026-10-01"), End: day("2027-04-01"), ARC: "0201500000000002"}},
	}
}

func question() PersonRequest {
	return PersonRequest{MessageID: "0198a1b2-0000-7000-8000-000000000001", Date: noon, Sender: "MEKENJAI", IIN: asked, Token: "dG9rZW4=", PublicKey: "a2V5"}
}

func answer(persons ...state.Person) PersonResponse {
	return PersonResponse{MessageID: "gbdfl-1", Date: noon.Add(time.Second), RequestID: question().MessageID,
		Sender: term("GBDFL", "ГБД ФЛ", "ЖТ МДҚ"), Receiver: term("MEKENJAI", "Мекенжай", "Мекенжай"),
		Result: term(PersonOK, "Сообщение успешно обработано", "Хабарлама сәтті өңделді"), Persons: persons}
}

func organisation() state.Entity {
	return state.Entity{BIN: firm, Status: term(state.EntityActive, "Зарегистрирован", "Тіркелген"), Department: term("1", "Управление юстиции", "Әділет басқармасы"),
		Registered: day("2015-05-04"), FullNameRU: "ТОО «Үлгі»", FullNameKK: "«Үлгі» ЖШС", Form: term("20", "ТОО", "ЖШС"), ARC: "0201500000000003", KATO: "710000000",
		City: mekenjai.Text{KK: "АСТАНА", RU: "АСТАНА"}, ActivityCode: "55901",
		Leader: &state.Leader{IIN: other, Surname: "ҮЛГІЕВ", Given: "БОЛАТ", Position: term("1", "Директор", "Директор"), Appointed: day("2024-01-09")}}
}

func consentQuestion() KDPRequest {
	return KDPRequest{IIN: asked, Company: "Мекенжай", CompanyBIN: firm, Responsible: "Үлгіев Б.", Employee: "Мекенжай", Access: "GBDFLUniversal_token",
		PersonalData: "Уақытша тіркеу", ExpiresIn: 10 * time.Minute, OmitSMS: true, OVT: "a.b.c"}
}

// Generators: values as wide as the schemas, with days in order.

var (
	texts  = rapid.StringMatching(`[А-Яа-яӘҒҚҢӨҰҮҺІәғқңөұүһіA-Za-z0-9 «»"'&<>.,№-]{1,20}`).Filter(func(s string) bool { return s == strings.TrimSpace(s) })
	dates  = rapid.Map(rapid.IntRange(0, 60000), func(n int) mekenjai.Date { return mekenjai.Date{Year: 1900, Month: 1, Day: 1}.AddDays(n) })
	moment = rapid.Map(rapid.Int64Range(0, 4e12), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() })
	arcs   = rapid.Map(rapid.StringMatching(`[0-9]{16}`), func(s string) mekenjai.ARC { return mekenjai.ARC(s) })
	terms  = rapid.Custom(func(t *rapid.T) state.Term {
		return state.Term{Code: texts.Draw(t, "code"), NameRU: maybe(t, texts), NameKK: maybe(t, texts), Changed: maybe(t, moment)}
	})
	entityTerms = rapid.Custom(func(t *rapid.T) state.Term {
		return state.Term{Code: texts.Draw(t, "code"), NameRU: maybe(t, texts), NameKK: maybe(t, texts)}
	})
)

// maybe is a value or none.
func maybe[T any](t *rapid.T, g *rapid.Generator[T]) (v T) {
	if rapid.Bool().Draw(t, "there") {
		return g.Draw(t, "value")
	}
	return v
}

func pointer[T any](t *rapid.T, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, "there") {
		return nil
	}
	v := g.Draw(t, "value")
	return &v
}

func several[T any](t *rapid.T, g *rapid.Generator[T]) []T {
	s := rapid.SliceOfN(g, 0, 3).Draw(t, "several")
	if len(s) == 0 {
		return nil
	}
	return s
}

var certificates = rapid.Custom(func(t *rapid.T) state.CivilAct {
	return state.CivilAct{Number: texts.Draw(t, "number"), Begin: maybe(t, dates), Issuer: maybe(t, texts)}
})

var searches = rapid.Custom(func(t *rapid.T) state.SearchStatus {
	return state.SearchStatus{On: rapid.Bool().Draw(t, "on"), Begin: dates.Draw(t, "begin"), End: maybe(t, dates), Number: texts.Draw(t, "number"), Prosecutor: terms.Draw(t, "gp")}
})

func places(other bool) *rapid.Generator[state.PersonAddress] {
	return rapid.Custom(func(t *rapid.T) state.PersonAddress {
		a := state.PersonAddress{Country: maybe(t, terms), District: maybe(t, terms), Region: maybe(t, terms),
			Abroad: state.Abroad{District: maybe(t, texts), Region: maybe(t, texts)}, City: maybe(t, texts), Street: maybe(t, texts),
			Building: maybe(t, texts), Corpus: maybe(t, texts), Flat: maybe(t, texts), Begin: maybe(t, dates), End: maybe(t, dates), ARC: maybe(t, arcs)}
		if other {
			a.Type = terms.Draw(t, "type")
		} else {
			a.Status, a.Invalidity = maybe(t, terms), maybe(t, terms)
		}
		return a
	})
}

var documents = rapid.Custom(func(t *rapid.T) state.Document {
	return state.Document{Type: terms.Draw(t, "type"), Number: texts.Draw(t, "number"), Series: maybe(t, texts), Begin: dates.Draw(t, "begin"), End: maybe(t, dates),
		Issuer: terms.Draw(t, "issuer"), Status: terms.Draw(t, "status"), Invalidity: maybe(t, dates), Surname: maybe(t, texts), Given: maybe(t, texts),
		Patronymic: maybe(t, texts), BirthDate: dates.Draw(t, "birth")}
})

var people = rapid.Custom(func(t *rapid.T) state.Person {
	return state.Person{
		IIN: rapid.SampledFrom([]mekenjai.IIN{asked, other}).Draw(t, "iin"), Surname: maybe(t, texts), Given: maybe(t, texts), Patronymic: maybe(t, texts),
		LatinGiven: maybe(t, texts), LatinSurname: maybe(t, texts), BirthDate: dates.Draw(t, "birth"), DeathDate: maybe(t, dates),
		Gender: terms.Draw(t, "gender"), Nationality: terms.Draw(t, "nationality"), Citizenship: terms.Draw(t, "citizenship"), LifeStatus: terms.Draw(t, "life"),
		Imprisoned: pointer(t, rapid.Custom(func(t *rapid.T) state.Imprisonment {
			return state.Imprisonment{Status: terms.Draw(t, "status"), Begin: maybe(t, dates), End: maybe(t, dates)}
		})),
		BirthCertificate: pointer(t, certificates), DeathCertificate: pointer(t, certificates),
		BirthPlace: state.BirthPlace{Country: maybe(t, terms), District: maybe(t, terms), Region: maybe(t, terms),
			Abroad: state.Abroad{District: maybe(t, texts)}, City: maybe(t, texts), Code: maybe(t, texts)},
		RegAddress: pointer(t, places(false)),
		Capable: pointer(t, rapid.Custom(func(t *rapid.T) state.CapableStatus {
			return state.CapableStatus{Status: terms.Draw(t, "status"), Begin: dates.Draw(t, "begin"), End: maybe(t, dates), Number: texts.Draw(t, "number"), Court: terms.Draw(t, "court")}
		})),
		Missing: pointer(t, searches), Disappeared: pointer(t, searches),
		Excluded: pointer(t, rapid.Custom(func(t *rapid.T) state.ExcludeStatus {
			return state.ExcludeStatus{Reason: terms.Draw(t, "reason"), ReasonDate: maybe(t, dates), Date: maybe(t, dates), By: maybe(t, terms)}
		})),
		Repatriation: pointer(t, rapid.Custom(func(t *rapid.T) state.Repatriation {
			return state.Repatriation{Status: maybe(t, terms), Begin: maybe(t, dates), End: maybe(t, dates), Number: maybe(t, texts), Org: maybe(t, terms), Reason: maybe(t, terms)}
		})),
		Documents: several(t, documents), Addresses: several(t, places(true)), Removed: rapid.Bool().Draw(t, "removed"),
	}
})

var firms = rapid.Custom(func(t *rapid.T) state.Entity {
	return state.Entity{BIN: firm, Status: entityTerms.Draw(t, "status"), Department: maybe(t, entityTerms), Registered: dates.Draw(t, "registered"),
		Reregistered: maybe(t, dates), Liquidated: maybe(t, dates), FullNameRU: texts.Draw(t, "ru"), FullNameKK: maybe(t, texts), ShortNameRU: maybe(t, texts),
		ShortNameKK: maybe(t, texts), Form: entityTerms.Draw(t, "form"), Idle: rapid.Bool().Draw(t, "idle"), ARC: maybe(t, arcs), KATO: maybe(t, texts),
		City: mekenjai.Text{RU: maybe(t, texts), KK: maybe(t, texts)}, ActivityCode: maybe(t, texts),
		Leader: pointer(t, rapid.Custom(func(t *rapid.T) state.Leader {
			return state.Leader{IIN: other, Surname: maybe(t, texts), Given: maybe(t, texts), Patronymic: maybe(t, texts), Position: maybe(t, entityTerms), Appointed: maybe(t, dates), Left: maybe(t, dates)}
		}))}
})

var uploads = rapid.Custom(func(t *rapid.T) FileUpload {
	return FileUpload{Process: texts.Draw(t, "process"), Name: maybe(t, texts), Content: rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "content"), Type: maybe(t, texts),
		Life: time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "life")) * time.Millisecond, Confirm: rapid.Bool().Draw(t, "confirm")}
})

var metas = rapid.Custom(func(t *rapid.T) FileMeta {
	return FileMeta{Name: maybe(t, texts), Type: maybe(t, texts), Uploaded: moment.Draw(t, "uploaded"), Uploader: texts.Draw(t, "uploader"), Expires: moment.Draw(t, "expires"),
		MustConfirm: rapid.Bool().Draw(t, "must"), Size: rapid.Int64Range(0, 1e12).Draw(t, "size"), Deleted: rapid.Bool().Draw(t, "deleted"), DeletedAt: maybe(t, moment),
		Confirmed: rapid.Bool().Draw(t, "confirmed"), Confirmer: maybe(t, texts), ConfirmedAt: maybe(t, moment)}
})
