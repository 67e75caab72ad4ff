package mekenjai

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ErrARC says that a text cannot be an address registration code.
var ErrARC = errors.New("not an address registration code")

// ARC is the address registration code (МТК, РКА) of a building, room or plot:
// digits with leading zeros, the key that joins every register. What it names
// only the address register can tell.
type ARC string

// ParseARC accepts 16 digits with any spaces between them. The length is that of
// every code seen in the open data of the address register.
func ParseARC(s string) (ARC, error) {
	s = compact(s)
	if len(s) != 16 {
		return "", ErrARC
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrARC
		}
	}
	return ARC(s), nil
}

// Dwelling is where a person stays: the code, the address in both languages and
// what kind of object the address register says it is.
type Dwelling struct {
	ARC     ARC         `json:"arc"`
	Kind    AddressKind `json:"kind"`
	Address Text        `json:"address"`
	KATO    string      `json:"kato"` // code of the administrative unit, 9 digits
}

// AddressKind is the table of the address register in which a code stands.
type AddressKind string

// The kinds of addresses. A room is the only unit inside a building of flats.
const (
	KindPlot     AddressKind = "plot"
	KindStreet   AddressKind = "street"
	KindBuilding AddressKind = "building"
	KindRoom     AddressKind = "room"
)

// Share of a common property; the zero value is "not stated" (the register's
// messages do not always carry it).
type Share struct {
	Numerator   int `json:"numerator,omitempty"`
	Denominator int `json:"denominator,omitempty"`
}

// String is "1/3", "" when not stated.
func (s Share) String() string {
	if s.Denominator == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Numerator, s.Denominator)
}

// Right is the capacity in which somebody's consent counts.
type Right string

// The rights by which a holder is asked (Law on Housing Relations, arts 12, 22,
// 24, 25, 80; domain rules R30–R45).
const (
	RightOwner   Right = "owner"    // the only owner, or one of several when shares are not stated
	RightCoOwner Right = "co_owner" // owner of a share or participant of joint property
	RightTenant  Right = "tenant"   // наниматель of state housing, or of a registered lease
)

// RightHolder is a party without whose consent nobody is registered.
type RightHolder struct {
	Party PartyID `json:"party"`
	Name  string  `json:"name"`
	Right Right   `json:"right"`
	Share Share   `json:"share,omitzero"`
}

// SameHolders says whether two readings of the property register name the same
// parties with the same rights and shares, in whatever order: consents given
// under one hold under the other.
func SameHolders(a, b []RightHolder) bool {
	key := func(x, y RightHolder) int {
		return cmp.Or(cmp.Compare(x.Party, y.Party), cmp.Compare(x.Right, y.Right),
			cmp.Compare(x.Share.String(), y.Share.String()))
	}
	a, b = slices.SortedFunc(slices.Values(a), key), slices.SortedFunc(slices.Values(b), key)
	return slices.EqualFunc(a, b, func(x, y RightHolder) bool { return key(x, y) == 0 })
}
