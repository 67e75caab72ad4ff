package mapped

import (
	"reflect"
	"slices"

	"mekenjai"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
)

// Message names one question of a peer with its answer.
type Message string

// The messages, by the question they carry.
const (
	Property  Message = "property"
	Holdings  Message = "holdings"
	Address   Message = "address"
	Citizen   Message = "citizen"
	Relation  Message = "relation"
	Parents   Message = "parents"
	Guardians Message = "guardians"
	Tenancy   Message = "tenancy"
	Residents Message = "residents"
	Student   Message = "student"
	Power     Message = "power"

	// Of IS RP DRN as the keeper of entries: the deeds of state.Deed, and the
	// questions of state.Keeper.
	Enter   Message = "enter"
	End     Message = "end"
	Annul   Message = "annul"
	Correct Message = "correct"
	Look    Message = "look"
	List    Message = "list"

	// Ordered is an order of egov.kz, and what is said to it.
	Ordered Message = "order"
)

// What is asked, as mapping files name its fields.
type (
	// ByPerson asks about a natural person.
	ByPerson struct {
		IIN mekenjai.IIN `json:"iin"`
	}
	// ByDwelling asks about an address code.
	ByDwelling struct {
		ARC mekenjai.ARC `json:"arc"`
	}
	// ByParty asks about a person or an organisation.
	ByParty struct {
		Party mekenjai.PartyID `json:"party"`
	}
	// ByPair asks how a person is related to an owner.
	ByPair struct {
		Owner  mekenjai.IIN `json:"owner"`
		Person mekenjai.IIN `json:"person"`
	}
	// ByPower asks about one power of attorney.
	ByPower struct {
		Principal mekenjai.PartyID `json:"principal"`
		Attorney  mekenjai.IIN     `json:"attorney"`
		Number    string           `json:"number"`
	}
	// ByDeed asks what became of a deed.
	ByDeed struct {
		ID string `json:"id"`
	}
	// ByPage asks for the entries after a number.
	ByPage struct {
		After string `json:"after"`
		Limit int    `json:"limit"`
	}
)

// Of orders of egov.kz. What an order says is text, as if it had been typed: what cannot
// be meant is asked of the person and is no mistake of the message.
type (
	// PortalOrder is what egov.kz orders: the question.
	PortalOrder struct {
		Number   string        `json:"number"` // by which egov.kz knows it
		Person   mekenjai.IIN  `json:"person"`
		Language string        `json:"language"` // kk, ru or en
		Months   string        `json:"months"`
		IsOwner  string        `json:"isOwner"` // yes or no
		ARC      string        `json:"arc"`
		Owner    string        `json:"owner"` // IIN or BIN
		Purpose  string        `json:"purpose"`
		Arrival  mekenjai.Date `json:"arrival,omitzero"`
	}
	// PortalWord is what egov.kz is told of its order: the answer, many times.
	PortalWord struct {
		Number string `json:"number"`
		Chain  string `json:"chain"`  // correlationId
		Status string `json:"status"` // of the operator's dictionary
		KK     string `json:"kk"`
		RU     string `json:"ru"`
		Text   string `json:"text"` // one of both, in the person's language
		Page   string `json:"page"` // where the person goes on
		File   string `json:"file"` // identifier of the paper that it ends with, in the store of files
	}
)

// contract is what a message must carry.
type contract struct {
	question, answer reflect.Type
	// vital are fields of the answer that an operator's file may not call unsent:
	// without them a "no" or an encumbrance would be read as nothing. The path is
	// by names of the program, with dots.
	vital []string
	// always says that the peer answers about everybody: "not found" is no answer.
	always bool
}

func about[Q, A any](vital ...string) contract {
	return contract{question: reflect.TypeFor[Q](), answer: reflect.TypeFor[A](), vital: vital}
}

func (c contract) whole() contract {
	c.always = true
	return c
}

var object = []string{"Razdel2", "Razdel2.Owner", "Razdel2.Owner.IINBIN", "Razdel2.EndDate", "Razdel3", "Razdel3.EndDate", "Razdel3.BurdenType",
	"Razdel3.BurdenType.code", "PurposeUse", "PurposeUse.code", "EstateObjectTypeCode", "Area", "AddressData", "AddressData.AddressCode"}

func within(field string, names []string) []string {
	list := []string{field}
	for _, n := range names {
		list = append(list, field+"."+n)
	}
	return list
}

var contracts = map[state.Peer]map[Message]contract{
	state.Properties: {
		Property: about[ByDwelling, state.Property](append([]string{"AddressCode"}, within("Objects", object)...)...),
		Holdings: about[ByParty, state.Holdings](append([]string{"IINBIN"}, within("Objects", object)...)...),
	},
	state.Addresses: {Address: about[ByDwelling, state.Address]("rca", "kind", "actual", "cato")},
	state.Citizens:  {Citizen: about[ByPerson, state.Citizen]("iin", "exists", "phone")},
	state.Civil: {
		Relation: about[ByPair, state.Relation]("owner", "person", "kind"),
		Parents:  about[ByPerson, state.Parents]("child", "parents", "parents.iin", "parents.deprived"),
	},
	state.Guardianship: {Guardians: about[ByPerson, state.Guardians]("ward", "guardians", "guardians.iin", "guardians.begin", "guardians.end")},
	state.Housing:      {Tenancy: about[ByDwelling, state.Tenancy]("arc", "tenant", "named", "leasedByState")},
	state.Residents:    {Residents: about[ByDwelling, state.ResidentList]("arc", "persons").whole()},
	state.Education:    {Student: about[ByPerson, state.Student]("iin", "kato", "fullTime", "begin", "end")},
	state.Notaries: {Power: about[ByPower, state.Power]("principal", "attorney", "registryNumber", "notarised", "scopes", "issued",
		"until", "cancelled")},
	state.Portal: {Ordered: about[PortalOrder, PortalWord]("status").whole()},
	state.Entries: {
		Enter:   about[state.Deed, state.Confirmation]("deed", "number", "fixedAt").whole(),
		End:     about[state.Deed, state.Confirmation]("deed", "number", "fixedAt").whole(),
		Annul:   about[state.Deed, state.Confirmation]("deed", "number", "fixedAt").whole(),
		Correct: about[state.Deed, state.Confirmation]("deed", "number", "fixedAt").whole(),
		Look:    about[ByDeed, state.Confirmation]("deed", "number", "fixedAt"),
		List: about[ByPage, state.Page]("more", "entries", "entries.number", "entries.person", "entries.dwelling", "entries.dwelling.arc",
			"entries.period", "entries.period.from", "entries.period.to", "entries.fixedAt", "entries.endedAt").whole(),
	},
}

// Peers are those of which a mapping file speaks, egov.kz aside, which asks us.
func Peers() []state.Peer {
	var list []state.Peer
	for _, p := range append(slices.Clone(state.All), state.Entries) {
		if contracts[p] != nil {
			list = append(list, p)
		}
	}
	return list
}

var classes = []shep.Class{shep.OK, shep.NotFound, shep.Business, shep.Retry, shep.Access, shep.Config}
