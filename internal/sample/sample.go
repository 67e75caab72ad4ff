// Package sample holds whole valid objects of the field for tests: a test takes
// one and changes the one field that it is about. All of them tell of the same
// invented application, so they fit together.
package sample

import (
	"time"

	"mekenjai"
)

// The people of the sample. They do not exist: the serial numbers are not issued.
const (
	Applicant mekenjai.IIN = "950903399015"
	Owner     mekenjai.IIN = "710211399024"
)

// Now is the instant of the sample: a Monday morning in Almaty.
var Now = time.Date(2026, 3, 2, 9, 0, 0, 0, mekenjai.Almaty)

// Name of the applicant.
func Name() mekenjai.Name {
	return mekenjai.Name{Surname: "Оспанов", Given: "Тимур", Patronymic: "Асқарұлы"}
}

// Dwelling is a flat in Shymkent.
func Dwelling() mekenjai.Dwelling {
	return mekenjai.Dwelling{
		ARC: "1202000000104007", Kind: mekenjai.KindRoom, KATO: "791110000",
		Address: mekenjai.Text{
			KK: "Шымкент қаласы, Абай ауданы, Тәуке хан даңғылы, 12-үй, 7-пәтер",
			RU: "город Шымкент, Абайский район, проспект Тауке хана, дом 12, квартира 7",
		},
	}
}

// Holder is the only owner of the dwelling.
func Holder() mekenjai.RightHolder {
	return mekenjai.RightHolder{Party: mekenjai.PartyID(Owner), Name: "Жүнісов Болат Маратұлы", Right: mekenjai.RightOwner}
}

// Statement is the text that the applicant signed.
func Statement() mekenjai.Statement {
	return mekenjai.Statement{
		Application: "019ca1de-2f00-7000-8000-000000000001", Prepared: Now, Person: Applicant, Name: Name(), Dwelling: Dwelling(),
		Months: 6, Purpose: mekenjai.PurposeWork, Arrival: mekenjai.DateOf(Now).AddDays(-3), Owner: mekenjai.PartyID(Owner),
	}
}

// Application is submitted and waits for the owner.
func Application() mekenjai.Application {
	s := Statement()
	return mekenjai.Application{
		ID: s.Application, Number: "7K3M-9QXA", Person: s.Person, Name: s.Name, Language: "kk", State: mekenjai.AwaitingConsent, Round: 1,
		Dwelling: s.Dwelling, Months: s.Months, Purpose: s.Purpose, Arrival: s.Arrival, Owner: s.Owner, Statement: s.Text(),
		Method: mekenjai.ByEDS, SubmittedAt: Now.Add(time.Minute), Clock: mekenjai.Clock{Used: 2 * time.Second},
	}
}

// Consent is the request to the owner, still open.
func Consent() mekenjai.Consent {
	asked := Now.Add(2 * time.Minute)
	return mekenjai.Consent{
		ID: "019ca1de-2f00-7000-8000-000000000002", Application: Statement().Application, Holder: Holder(),
		Answer: mekenjai.Asked, AskedAt: asked, Deadline: asked.Add(time.Hour),
	}
}

// Registration is the entry that the application led to.
func Registration() mekenjai.Registration {
	fixed := Now.Add(20 * time.Minute)
	return mekenjai.Registration{
		ID: "019ca1de-2f00-7000-8000-000000000003", Number: "T4WN-5C8E", Application: Statement().Application, Person: Applicant,
		Name: Name(), Dwelling: Dwelling(), Period: mekenjai.NewPeriod(mekenjai.DateOf(fixed), Statement().Months, false),
		FixedAt: fixed, State: mekenjai.EntryCurrent,
	}
}
