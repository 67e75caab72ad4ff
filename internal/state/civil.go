package state

import "mekenjai"

// Pair is a question about two persons, made by PairOf.
type Pair string

// PairOf asks how the person is related to the owner. Only this is asked, not
// the family tree: the norm of the capital needs no more.
func PairOf(owner, person mekenjai.IIN) Pair { return Pair(string(owner) + ":" + string(person)) }

// RelationKind says what the person is to the owner: "the person is the owner's
// child".
type RelationKind string

// The relations that the norm of the capital exempts (Law on Migration, art.
// 51(2)(1); Family Code, art. 1(13),(16)); the last two are "their spouses and
// children".
const (
	RelationSpouse          RelationKind = "spouse"
	RelationInLaw           RelationKind = "in_law"
	RelationParent          RelationKind = "parent"
	RelationChild           RelationKind = "child"
	RelationAdoptiveParent  RelationKind = "adoptive_parent"
	RelationAdoptedChild    RelationKind = "adopted_child"
	RelationSibling         RelationKind = "sibling" // full or half
	RelationGrandparent     RelationKind = "grandparent"
	RelationGrandchild      RelationKind = "grandchild"
	RelationRelativesSpouse RelationKind = "relatives_spouse"
	RelationRelativesChild  RelationKind = "relatives_child"
)

// Inverse is what the owner is to the person. That of the last two is not a
// relation which the records name.
func (k RelationKind) Inverse() RelationKind {
	switch k {
	case RelationParent:
		return RelationChild
	case RelationChild:
		return RelationParent
	case RelationAdoptiveParent:
		return RelationAdoptedChild
	case RelationAdoptedChild:
		return RelationAdoptiveParent
	case RelationGrandparent:
		return RelationGrandchild
	case RelationGrandchild:
		return RelationGrandparent
	case RelationRelativesSpouse, RelationRelativesChild:
		return ""
	}
	return k
}

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
