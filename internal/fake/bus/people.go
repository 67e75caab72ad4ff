package bus

import (
	"context"
	"crypto/rsa"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// Service ids of the peers whose schema is public.
const (
	ServiceKDP      = "KDP_SERVICE"
	ServicePersons  = "GBDFLUniversal_token"
	ServiceEntities = "GbdulInfoByBin_v2"
	ServiceFiles    = "EDS_TEMP_FILES"
)

// withSchema are the peers whose schema is public.
func (b *Bus) withSchema() []service {
	return []service{
		{shep.Service{ID: ServiceKDP, Variant: shep.Typed}, Consents, b.answerKDP},
		{shep.Service{ID: ServicePersons, Variant: shep.Typed, Signs: true, Signed: true}, state.Persons, b.answerPerson},
		{shep.Service{ID: ServiceEntities, Variant: shep.Text, Signs: true, Signed: true}, state.Entities, b.answerEntity},
		{shep.Service{ID: ServiceFiles, Variant: shep.Plain}, Files, b.answerFiles},
	}
}

// answerKDP gives leave to read what a service knows of a person. The citizens of the
// demo country say yes at once; a customer who vouches for a proof of identity by
// signature needs a token that says so.
func (b *Bus) answerKDP(_ context.Context, f country.Fault, q question) ([]byte, error) {
	r, err := wire.DecodeKDPRequest(q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	if r.CompanyBIN != b.customer.BIN {
		return nil, &refusal{codeAccess, "company_bin is not that of the sender"}
	}
	if _, known := b.services[r.Access]; !known {
		return nil, &refusal{codeFailed, "access_name is no service"}
	}
	if r.OmitSMS {
		if b.customer.Login == nil {
			return nil, &refusal{codeAccess, "the sender has no certificate for tokens"}
		}
		key, ok := b.customer.Login.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, errors.New("the certificate for tokens is of no RSA key")
		}
		if o, err := wire.ReadOVT(r.OVT, key, q.now); err != nil || o.CompanyBIN != r.CompanyBIN {
			return nil, &refusal{codeAccess, "ovt does not vouch for the citizen"}
		}
	}
	answer := wire.KDPAnswer{}
	switch f.Kind {
	case Refused:
		answer.Status = "REFUSED"
	case Unanswered:
		answer.Status = "PENDING"
	default:
		answer.Status, answer.PublicKey = "GRANTED", b.leave.publicKey()
		// Its minutes are real ones: a demo's clock jumps while a question is on its way.
		answer.Code = b.leave.issue(r.IIN, r.Access, time.Now().Add(min(r.ExpiresIn, longestLeave)))
	}
	return wire.EncodeKDPAnswer(answer)
}

// How GBD FL calls itself in its answers, and its refusals; the codes are ours.
var (
	gbdfl       = state.Term{Code: "GBDFL", NameRU: "ГБД ФЛ (образец)", NameKK: "ЖТ МДҚ (үлгі)"}
	personsDone = state.Term{Code: wire.PersonOK, NameRU: "Сообщение успешно обработано", NameKK: "Хабарлама сәтті өңделді"}
	noLeave     = state.Term{Code: "10001", NameRU: "Нет действующего согласия на доступ к данным", NameKK: "Деректерге қол жеткізуге қолданыстағы келісім жоқ"}
	otherSender = state.Term{Code: "10002", NameRU: "Неизвестный код отправителя", NameKK: "Жіберушінің коды белгісіз"}
	byIINAlone  = state.Term{Code: "10003", NameRU: "Образец ищет только по ИИН", NameKK: "Үлгі тек ЖСН бойынша іздейді"}
)

func (b *Bus) answerPerson(_ context.Context, f country.Fault, q question) ([]byte, error) {
	r, err := wire.DecodePersonRequest(q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	answer := wire.PersonResponse{MessageID: newID(), Date: q.now, RequestID: r.MessageID, Sender: gbdfl, Result: personsDone,
		Receiver: state.Term{Code: b.customer.Code, NameRU: b.customer.ID, NameKK: b.customer.ID}}
	switch {
	case r.Sender != b.customer.Code:
		answer.Result = otherSender
	case r.IIN == "":
		answer.Result = byIINAlone
	case r.PublicKey != b.leave.publicKey() || !b.leave.covers(r.Token, r.IIN, ServicePersons, time.Now()):
		answer.Result = noLeave
	default:
		if p := b.person(r.IIN, f); p != nil {
			answer.Persons = []state.Person{*p}
		}
	}
	return wire.EncodePersonResponse(answer)
}

// person is who GBD FL says has the number: behind that of a scenario somebody whom
// it invents.
func (b *Bus) person(iin mekenjai.IIN, f country.Fault) *state.Person {
	s, ok := scenarioOf(iin)
	if !ok {
		return b.registers.Person(iin)
	}
	if f.Kind == country.Wrong {
		return b.registers.Person(b.country.IIN("stranger"))
	}
	home, _ := b.country.FindAddress(b.country.Dwelling("home", 60))
	p := s.actor(mekenjai.DateOf(b.clock()), home)
	return &p
}

var (
	entitiesDone = state.Term{Code: wire.EntityOK, NameRU: "Запрос обработан успешно", NameKK: "Сұрау сәтті өңделді"}
	otherBIN     = state.Term{Code: "901", NameRU: "RequestorBIN не принадлежит отправителю", NameKK: "RequestorBIN жіберушіге тиесілі емес"}
)

func (b *Bus) answerEntity(_ context.Context, _ country.Fault, q question) ([]byte, error) {
	r, err := wire.DecodeEntityRequest(q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	if r.Requestor != b.customer.BIN {
		return wire.EncodeEntityResponse(wire.EntityResponse{Status: otherBIN})
	}
	return wire.EncodeEntityResponse(wire.EntityResponse{Status: entitiesDone, Entity: b.registers.Entity(r.BIN)})
}

// badRequest is how the bus names a document that is not of the service's schema.
func badRequest(err error) error { return &refusal{codeInvalid, err.Error()} }
