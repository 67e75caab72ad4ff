package mekenjai

import "strings"

// Duty is the appointment in which a member of staff acts. The zero value is a
// citizen's.
type Duty struct {
	Role      Role
	Office    string // id of the office
	Territory string // first digits of KATO; "" the whole country
}

// IsStaff says whether there is an appointment.
func (d Duty) IsStaff() bool { return d.Role != "" }

// Covers says whether one of the administrative units lies in the territory. A
// unit that is not known lies nowhere, except for who serves the whole country.
func (d Duty) Covers(kato ...string) bool {
	if !d.IsStaff() {
		return false
	}
	if d.Territory == "" {
		return true
	}
	for _, k := range kato {
		if strings.HasPrefix(k, d.Territory) {
			return true
		}
	}
	return false
}

// OfficeKind is what an office is for.
type OfficeKind string

// The counters of the State Corporation and the desks of the migration police.
const (
	CounterOffice OfficeKind = "counter"
	DeskOffice    OfficeKind = "desk"
)

// ServiceOffice is a place where staff work.
type ServiceOffice struct {
	ID        string // short and stable: "almaty-1"
	Kind      OfficeKind
	BIN       BIN // of the organisation whose office it is
	Territory string
	Name      Text
}

// FilerRole is in what capacity somebody files for the registrant; "" when the
// registrant files himself (service page: representatives and trustees).
type FilerRole string

// The capacities.
const (
	FiledByParent   FilerRole = "parent"
	FiledByGuardian FilerRole = "guardian" // опекун
	FiledByTrustee  FilerRole = "trustee"  // попечитель
	FiledByAttorney FilerRole = "attorney" // with a notarised power of attorney
	// FiledByAdministration: the head of the organisation whose building it is, by
	// a petition for the people who stay there.
	FiledByAdministration FilerRole = "administration"
)
