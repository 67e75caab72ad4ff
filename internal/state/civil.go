package state

import "mekenjai"

// Pair is a question about two persons, made by PairOf.
type Pair string

// PairOf asks how the person is related to the owner. Only this is asked, not
// the family tree: the norm of the capital needs no more.
func PairOf(owner, person mekenjai.IIN) Pair { return Pair(string(owner) + ":" + string(person)) }

// RelationKind is a person's relation to an owner.
type RelationKind string

// The relations that the norm of the capital exempts (Law on Migration, art.
// 51(2)(1); Family Code, art. 1(13),(16)).
const (
	RelationSpouse        RelationKind = "spouse"
	RelationCloseRelative RelationKind = "close_relative"
	RelationInLaw         RelationKind = "in_law"
	RelationTheirFamily   RelationKind = "their_family" // spouse or child of one of these
)

// Relation is the answer of the records of civil status; not found is "none
// that the records know". Messages of ZAGS are not public: the shape is ours.
type Relation struct {
	Owner  mekenjai.IIN `json:"owner"`
	Person mekenjai.IIN `json:"person"`
	Kind   RelationKind `json:"kind"`
	Record string       `json:"record"` // number of the act record
}

// Parents are those of a child's birth record (rule R08).
type Parents struct {
	Child   mekenjai.IIN `json:"child"`
	Record  string       `json:"record"`
	Parents []Parent     `json:"parents"`
}

// Parent is one of them.
type Parent struct {
	IIN      mekenjai.IIN `json:"iin"`
	Name     string       `json:"name"`
	Deprived bool         `json:"deprived"` // of parental rights, by a court
}

// May says whether the person represents the child.
func (p Parents) May(iin mekenjai.IIN) bool {
	for _, x := range p.Parents {
		if x.IIN == iin {
			return !x.Deprived
		}
	}
	return false
}
