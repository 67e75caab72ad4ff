package exact

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"

	"github.com/google/uuid"
)

// Persons asks GBD FL.
type Persons struct {
	Bus      *shep.Client
	Service  shep.Service
	Consents *Consents
	Sender   string           // the code that GBD FL gave us
	Codes    wire.Codes       // what its codes mean to us
	Results  shep.Codes       // classes of its own results; nil: any but success is no answer
	Ignore   []string         // elements of its answers to pass over, as parent/child
	Clock    func() time.Time // nil: time.Now
}

// Exchanges are what travelled for one question.
type Exchanges struct {
	shep.Exchange                  // with the register itself
	Before        []state.Evidence // with KDP
}

// Ask asks about a person. The exchanges are the evidence of the answer, and come with
// an error as far as there were some. When found is false and there is no error the
// register did answer: it knows nobody of the number.
func (p *Persons) Ask(ctx context.Context, iin mekenjai.IIN) (person state.Person, found bool, x Exchanges, err error) {
	token, key, said, err := p.Consents.Token(ctx, iin)
	if said != nil {
		x.Before = []state.Evidence{*said}
	}
	if err != nil {
		return state.Person{}, false, x, err
	}
	asked := wire.PersonRequest{MessageID: uuid.NewString(), Date: p.now(), Sender: p.Sender, IIN: iin, Token: token, PublicKey: key}
	doc, err := wire.EncodePersonRequest(asked)
	if err != nil {
		return state.Person{}, false, x, err
	}
	x.Exchange, err = p.Bus.Ask(ctx, p.Service, doc)
	if err != nil {
		return state.Person{}, false, x, notFound(fmt.Errorf("GBD FL: %w", err), nil)
	}
	answer, err := wire.DecodePersonResponse(x.Data, p.Ignore...)
	if err != nil {
		return state.Person{}, false, x, err
	}
	person, found, err = answer.Person(asked, p.Codes)
	var refused *wire.BusinessError
	if errors.As(err, &refused) {
		p.Consents.Forget(iin) // it may have been the token
	}
	return person, found, x, notFound(err, p.Results)
}

func (p *Persons) now() time.Time {
	if p.Clock != nil {
		return p.Clock()
	}
	return time.Now()
}

// Entities asks GBD UL.
type Entities struct {
	Bus       *shep.Client
	Service   shep.Service
	Requestor mekenjai.BIN // whose information system asks
	Codes     wire.Codes
	Results   shep.Codes
	Ignore    []string
}

// Ask asks about an organisation, as Persons.Ask does about a person.
func (e *Entities) Ask(ctx context.Context, bin mekenjai.BIN) (entity state.Entity, found bool, x shep.Exchange, err error) {
	doc, err := wire.EncodeEntityRequest(wire.EntityRequest{Requestor: e.Requestor, BIN: bin})
	if err != nil {
		return state.Entity{}, false, x, err
	}
	x, err = e.Bus.Ask(ctx, e.Service, doc)
	if err != nil {
		return state.Entity{}, false, x, notFound(fmt.Errorf("GBD UL: %w", err), nil)
	}
	answer, err := wire.DecodeEntityResponse(x.Data, e.Ignore...)
	if err != nil {
		return state.Entity{}, false, x, err
	}
	entity, found, err = answer.Organisation(bin, e.Codes)
	return entity, found, x, notFound(err, e.Results)
}

// notFound is nil for an error that the tables say to mean "nothing is known": one of
// the bus, or a result of the register's own.
func notFound(err error, results shep.Codes) error {
	var said *shep.Error
	if errors.As(err, &said) && said.Class == shep.NotFound {
		return nil
	}
	var refused *wire.BusinessError
	if errors.As(err, &refused) && results != nil && results.Class(refused.Code) == shep.NotFound {
		return nil
	}
	return err
}
