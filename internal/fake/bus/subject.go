package bus

import (
	"mekenjai"
	"mekenjai/internal/state/wire"
)

// subjectOf is the person whom a question is about, for scenarios; "" for other
// services and what cannot be read.
func subjectOf(s service, doc []byte) mekenjai.IIN {
	switch s.ID {
	case ServiceKDP:
		if r, err := wire.DecodeKDPRequest(doc); err == nil {
			return r.IIN
		}
	case ServicePersons:
		if r, err := wire.DecodePersonRequest(doc); err == nil {
			return r.IIN
		}
	}
	return ""
}
