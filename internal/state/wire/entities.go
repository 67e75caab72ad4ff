package wire

import (
	"encoding/xml"
	"fmt"

	"mekenjai"
	"mekenjai/internal/state"
)

// The message of GBD UL (service GbdulInfoByBin_v2). It travels as an escaped and
// signed document of its own (variant B). The schema has types and leaves the name
// of the root open: ours is that of the type; what one declaration of the bus names
// it is read as well.
const entitySpace = "http://gbdulinfobybin_v2.egp.gbdul.tamur.kz"

var (
	entityRequest  = entityShape("Request", "sendMessageRequest")
	entityResponse = entityShape("Response", "sendMessageResponse")
)

func entityShape(kind, other string) shape {
	return shape{space: entitySpace, kind: kind, prefix: "u", dir: dirOfEntities,
		roots: []xml.Name{{Space: entitySpace, Local: kind}, {Space: "http://smartbridge.b10.kz", Local: other}}}
}

// EntityOK is the status of a question that GBD UL answered.
const EntityOK = "002"

// EntityRequest asks about an organisation.
type EntityRequest struct {
	Requestor mekenjai.BIN // whose information system asks
	BIN       mekenjai.BIN
}

// EncodeEntityRequest writes the question as a document of its own.
func EncodeEntityRequest(r EntityRequest) ([]byte, error) { return entityRequest.write(r.code) }

// DecodeEntityRequest reads a question, as the peer does.
func DecodeEntityRequest(raw []byte) (r EntityRequest, err error) {
	if err := entityRequest.read(raw, nil, r.code); err != nil {
		return EntityRequest{}, err
	}
	return r, nil
}

func (r *EntityRequest) code(c *coder) {
	c.bin("RequestorBIN", &r.Requestor)
	c.bin("BIN", &r.BIN)
}

// EntityResponse is an answer of GBD UL. At most one of the two is there.
type EntityResponse struct {
	Status      state.Term
	Entity      *state.Entity
	NonResident *state.Entity // an organisation of another country that has a number here
}

// EncodeEntityResponse writes an answer as a document of its own.
func EncodeEntityResponse(r EntityResponse) ([]byte, error) { return entityResponse.write(r.code) }

// DecodeEntityResponse reads an answer; elements that are named in ignore, as
// parent/child, are passed over.
func DecodeEntityResponse(raw []byte, ignore ...string) (r EntityResponse, err error) {
	if err := entityResponse.read(raw, ignore, r.code); err != nil {
		return EntityResponse{}, err
	}
	return r, nil
}

func (r *EntityResponse) code(c *coder) {
	c.term("Status", true, &r.Status)
	optional(c, "Organization", &r.Entity, organization)
	optional(c, "IpsNerezident", &r.NonResident, nonResident)
}

// Organisation is what the question was about, and whether the register knows it.
func (r EntityResponse) Organisation(asked mekenjai.BIN, codes Codes) (state.Entity, bool, error) {
	if r.Status.Code != EntityOK {
		return state.Entity{}, false, &BusinessError{Code: r.Status.Code, Text: r.Status}
	}
	found := r.Entity
	switch {
	case found == nil && r.NonResident == nil:
		return state.Entity{}, false, nil
	case found != nil && r.NonResident != nil:
		return state.Entity{}, false, fmt.Errorf("%w: an organisation of here and of abroad", ErrIncoherent)
	case found == nil:
		found = r.NonResident
	}
	if found.BIN != asked {
		return state.Entity{}, false, ErrOtherPerson
	}
	e := *found
	codes.translate(EntityStatuses, &e.Status)
	if e.Liquidated.IsZero() && e.Status.Code != state.EntityActive && e.Status.Code != state.EntityClosed {
		return state.Entity{}, false, fmt.Errorf("%w: RegStatus %q", ErrUnknownCode, short(e.Status.Code))
	}
	return e, true, nil
}
