package state

import (
	"strings"
	"time"

	"mekenjai"
)

// PowerQuestion names one power of attorney, made by PowerOf.
type PowerQuestion string

// PowerOf asks about the power that the principal gave to the attorney under a
// number of the register of notarial acts. All three are typed from the paper:
// who knows only a person's number learns nothing of what he entrusted to whom.
func PowerOf(principal mekenjai.PartyID, attorney mekenjai.IIN, number string) PowerQuestion {
	return PowerQuestion(string(principal) + ":" + string(attorney) + ":" + PowerNumber(number))
}

// PowerNumber is the number as it is compared: without spaces, in capitals.
func PowerNumber(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(typed), ""))
}

// Power is the answer of the register of notarial acts (Law on Notariat, arts
// 3(10), 4-4). Not found: there is no such act. Messages are not public: the
// shape is ours.
type Power struct {
	Principal mekenjai.PartyID `json:"principal"`
	Attorney  mekenjai.IIN     `json:"attorney"`
	Number    string           `json:"registryNumber"`
	Notary    string           `json:"notary"`
	Notarised bool             `json:"notarised"` // certified by a notary; else only deposited with him
	Scopes    []PowerScope     `json:"scopes"`
	Issued    mekenjai.Date    `json:"issued,omitzero"`
	Until     mekenjai.Date    `json:"until,omitzero"` // the term named in it
	Cancelled time.Time        `json:"cancelled,omitzero"`
}

// PowerScope is a kind of act that a power empowers to.
type PowerScope string

// The acts of this service, and anything else.
const (
	PowerToRegister PowerScope = "registration_apply"   // to file for the principal
	PowerToConsent  PowerScope = "registration_consent" // to consent for the owner
	PowerOther      PowerScope = "other"
)
