package state

import "mekenjai"

// Citizen is what the Mobile Citizens Database and the portal's accounts tell of
// a person (seed of the service: all parties must be on the portal; an SMS code
// serves only whom the database knows). The payload is not public: the shape is
// ours. The answer is always found; who is unknown has neither.
type Citizen struct {
	IIN      mekenjai.IIN   `json:"iin"`
	Exists   bool           `json:"exists"` // in the Mobile Citizens Database
	Phone    mekenjai.Phone `json:"phone,omitempty"`
	OnPortal bool           `json:"onPortal"`
	HasEDS   bool           `json:"hasEds"`
}

// CanConsent says whether the person can be asked at all (rule R34): an account
// on the portal and a way to prove who he is.
func (c Citizen) CanConsent() bool { return c.OnPortal && (c.HasEDS || c.Exists && c.Phone != "") }
