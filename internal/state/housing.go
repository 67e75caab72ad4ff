package state

import (
	"slices"

	"mekenjai"
)

// Tenancy is a contract of state housing at an address code; not found means
// that the dwelling is not state housing. Messages are not public: the shape is
// ours.
type Tenancy struct {
	ARC      mekenjai.ARC   `json:"arc"`
	Contract string         `json:"contract"`
	Landlord mekenjai.BIN   `json:"landlord"` // the local executive body or its enterprise
	Tenant   mekenjai.IIN   `json:"tenant"`
	Name     string         `json:"tenantName"`
	Named    []mekenjai.IIN `json:"named"` // persons whom the contract names, with the tenant
	Begin    mekenjai.Date  `json:"begin"`
	End      mekenjai.Date  `json:"end,omitzero"`
	// LeasedByState is true when the executive body itself leases the dwelling
	// from a private owner for the tenant: no temporary residents but his family
	// (Law on Housing Relations, art. 24(3); rule R45).
	LeasedByState bool `json:"leasedByState"`
}

// Names says whether the contract names the person (rule R43).
func (t Tenancy) Names(person mekenjai.IIN) bool { return slices.Contains(t.Named, person) }

// Holder is the tenant as the party whose consent counts.
func (t Tenancy) Holder() mekenjai.RightHolder {
	return mekenjai.RightHolder{Party: mekenjai.PartyID(t.Tenant), Name: t.Name, Right: mekenjai.RightTenant}
}
