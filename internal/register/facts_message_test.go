package register

import (
	"os"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
	"mekenjai/internal/state/wire"

	"github.com/google/go-cmp/cmp"
)

// factsOf reads an answer of GBD FL as it stands on the wire and makes the facts of
// it that the decision table reads.
func factsOf(t *testing.T, message string) rules.Person {
	t.Helper()
	raw, err := os.ReadFile("../state/wire/testdata/" + message + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := wire.DecodePersonResponse(raw)
	if err != nil {
		t.Fatal(err)
	}
	const iin = mekenjai.IIN("900101400122")
	person, found, err := answer.Person(wire.PersonRequest{IIN: iin, Date: answer.Date}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	return personFact(iin, state.Reply[state.Person]{Value: person, Found: found, Evidence: state.Evidence{AskedAt: at, AnsweredAt: at}}, mekenjai.DateOf(at))
}

func date(s string) mekenjai.Date {
	d, err := mekenjai.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Everything that the contract of GBD FL maps to a check of the law arrives in the
// facts; a temporary registration elsewhere is read from addresses.
func TestEveryCheckOfAPersonIsReadFromTheMessage(t *testing.T) {
	at := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	reply := rules.Reply{Status: rules.Answered, AskedAt: at, AnsweredAt: at}
	for message, want := range map[string]rules.Person{
		"persons-found": {
			IIN: "900101400122", Reply: reply, BirthDate: date("1990-01-01"), LifeStatus: rules.Alive, Citizenship: "398",
			Documents:          []rules.Document{{Type: rules.IDCard, Number: "012345678", Status: rules.DocumentValid, Begin: date("2020-01-01"), End: date("2030-01-01")}},
			PermanentAddress:   &rules.PermanentAddress{ARC: "0201500000000001", Status: rules.AddressRegistered, Begin: date("2015-03-02")},
			TemporaryAddresses: []rules.StayAddress{{ARC: "0201500000000002", Begin: date("2026-10-01"), End: date("2027-04-01")}},
		},
		"persons-everything": {
			IIN: "900101400122", Reply: reply, BirthDate: date("2015-06-01"), LifeStatus: rules.Alive, Citizenship: "398", Removed: true,
			Excluded:  &rules.Exclusion{Reason: "Дубликат", Date: date("2026-03-01")},
			Documents: []rules.Document{{Type: rules.BirthCertificate, Number: "ҮЛГІ-1", Status: rules.DocumentValid, Begin: date("2015-06-20")}},
			Capacity:  &rules.CapableStatus{Status: rules.Limited, Date: date("2024-02-29"), Number: "1/2"},
			Missing:   &rules.Absence{Date: date("2026-01-01")},
		},
		"persons-unknown": {IIN: "900101400122", Reply: rules.Reply{Status: rules.NotFound, AskedAt: at, AnsweredAt: at}},
	} {
		if diff := cmp.Diff(want, factsOf(t, message)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", message, diff)
		}
	}
}
