package wire

import (
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

// The message of GBD FL (service GBDFLUniversal_token, schema of 22.08.2024).
const personSpace = "http://message.persistence.interactive.nat"

var (
	personRequest  = shape{space: personSpace, kind: "Request", typed: true, prefix: "p", dir: dirOfPersons}
	personResponse = shape{space: personSpace, kind: "Response", typed: true, prefix: "p", dir: dirOfPersons}
)

// PersonOK is the result of a question that GBD FL answered, also when it knows
// nobody.
const PersonOK = "00000"

// PersonRequest is a question to GBD FL. It has exactly one way of search: by IIN,
// by birth date with surname or name, or by the number of a document.
type PersonRequest struct {
	MessageID string // at most 36 Latin characters
	Date      time.Time
	Sender    string // the code that GBD FL gave the sender

	IIN        mekenjai.IIN
	Surname    string
	Given      string
	Patronymic string
	BirthDate  mekenjai.Date
	Document   string

	Token, PublicKey string // what KDP gave for this person's consent
}

// EncodePersonRequest writes the question as <data> of variant A.
func EncodePersonRequest(r PersonRequest) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return personRequest.write(r.code)
}

// DecodePersonRequest reads a question, as the peer does.
func DecodePersonRequest(raw []byte) (r PersonRequest, err error) {
	if err := personRequest.read(raw, nil, r.code); err != nil {
		return PersonRequest{}, err
	}
	return r, r.check()
}

func (r *PersonRequest) code(c *coder) {
	c.sure("messageId", &r.MessageID)
	c.instant("messageDate", true, &r.Date)
	c.sure("senderCode", &r.Sender)
	if c.reading() || r.IIN != "" {
		c.maybe("iin", (*string)(&r.IIN))
	}
	c.maybe("surname", &r.Surname)
	c.maybe("name", &r.Given)
	c.maybe("patronymic", &r.Patronymic)
	c.date("birthDate", false, &r.BirthDate)
	c.maybe("documentNumber", &r.Document)
	c.sure("kdpToken", &r.Token)
	c.sure("publicKey", &r.PublicKey)
}

// check is what the schema cannot say.
func (r *PersonRequest) check() error {
	if len(r.MessageID) > 36 {
		return fmt.Errorf("%w: messageId of %d characters", ErrDocument, len(r.MessageID))
	}
	for _, x := range r.MessageID {
		if x <= ' ' || x > '~' {
			return fmt.Errorf("%w: messageId is not Latin", ErrDocument)
		}
	}
	ways := 0
	if r.IIN != "" {
		if n, err := mekenjai.ParseIIN(string(r.IIN)); err != nil || n != r.IIN {
			return fmt.Errorf("%w: iin is no number of the state", ErrDocument)
		}
		ways++
	}
	if named := r.Surname != "" || r.Given != ""; named != !r.BirthDate.IsZero() || r.Patronymic != "" && !named {
		return fmt.Errorf("%w: a search by name needs the birth date, and the surname or the name", ErrDocument)
	} else if named {
		ways++
	}
	if r.Document != "" {
		ways++
	}
	if ways != 1 {
		return fmt.Errorf("%w: %d ways of search where one belongs", ErrDocument, ways)
	}
	return nil
}

// PersonResponse is an answer of GBD FL.
type PersonResponse struct {
	MessageID string
	Date      time.Time
	RequestID string // the MessageID of the question
	Sender    state.Term
	Receiver  state.Term
	Result    state.Term
	Persons   []state.Person // none: nobody is known
}

// EncodePersonResponse writes an answer as <data> of variant A.
func EncodePersonResponse(r PersonResponse) ([]byte, error) { return personResponse.write(r.code) }

// DecodePersonResponse reads an answer; elements that are named in ignore, as
// parent/child, are passed over.
func DecodePersonResponse(raw []byte, ignore ...string) (r PersonResponse, err error) {
	if err := personResponse.read(raw, ignore, r.code); err != nil {
		return PersonResponse{}, err
	}
	return r, nil
}

func (r *PersonResponse) code(c *coder) {
	c.sure("messageId", &r.MessageID)
	c.instant("messageDate", true, &r.Date)
	c.text("requestId", &r.RequestID)
	c.term("sender", true, &r.Sender)
	c.term("receiver", true, &r.Receiver)
	c.term("messageResult", true, &r.Result)
	c.group("persons", false, len(r.Persons) > 0, func(c *coder) { list(c, "person", 1, &r.Persons, person) })
	c.signature()
}

// What makes an answer that was read unusable.
var (
	ErrOtherPerson = errors.New("the answer is not about whom was asked")
	ErrOtherAnswer = errors.New("the answer is not to this question")
	ErrStale       = errors.New("the answer is older than the question")
	ErrUnknownCode = errors.New("a code that the table of codes has not")
)

// clocks is how far the peer's clock may be behind ours before its answer counts as
// one that was given earlier and is shown again.
const clocks = 10 * time.Minute

// Person is whom the question by IIN was about, and whether the register knows him.
// Codes are translated by the table. An answer that says less than that for certain
// is an error: a *BusinessError when the register refused, otherwise one of those
// above.
func (r PersonResponse) Person(asked PersonRequest, codes Codes) (state.Person, bool, error) {
	switch {
	case r.Result.Code != PersonOK:
		return state.Person{}, false, &BusinessError{Code: r.Result.Code, Text: r.Result}
	case asked.MessageID != "" && r.RequestID != asked.MessageID:
		return state.Person{}, false, ErrOtherAnswer
	case r.Date.Before(asked.Date.Add(-clocks)):
		return state.Person{}, false, ErrStale
	case len(r.Persons) == 0:
		return state.Person{}, false, nil
	case len(r.Persons) > 1 || r.Persons[0].IIN != asked.IIN:
		return state.Person{}, false, ErrOtherPerson
	}
	p := r.Persons[0]
	if err := codes.translatePerson(&p, mekenjai.DateOf(r.Date)); err != nil {
		return state.Person{}, false, err
	}
	return p, true, nil
}
