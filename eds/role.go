package eds

import (
	"slices"
	"strings"
)

// A Role says in what capacity a certificate lets its holder sign. The authority
// writes it into the extended key usage.
type Role string

// The roles of the national registry of object identifiers.
const (
	RoleIndividual        Role = "individual"
	RoleIndividualSystem  Role = "individual_information_system"
	RoleLegalEntity       Role = "legal_entity"
	RoleHead              Role = "head"
	RoleRightToSign       Role = "right_to_sign"
	RoleFinance           Role = "finance"
	RoleHR                Role = "hr"
	RoleEmployee          Role = "employee"
	RoleInformationSystem Role = "information_system"
	RoleTreasuryClient    Role = "treasury_client"
	RoleAuthorityAdmin    Role = "authority_admin"
	RoleAuthorityManager  Role = "authority_manager"
	RoleAuthorityOperator Role = "authority_operator"
	RoleIdentifiedInside  Role = "identified_at_service_centre"
	RoleIdentifiedRemote  Role = "identified_remotely"
	RoleDigitalID         Role = "digital_id"
	RoleAIPlatform        Role = "ai_platform"
)

var roleOIDs = map[string]Role{
	"1.2.398.3.3.4.1.1":      RoleIndividual,
	"1.2.398.3.3.4.1.1.1":    RoleIndividualSystem,
	"1.2.398.3.3.4.1.2":      RoleLegalEntity,
	"1.2.398.3.3.4.1.2.1":    RoleHead,
	"1.2.398.3.3.4.1.2.2":    RoleRightToSign,
	"1.2.398.3.3.4.1.2.3":    RoleFinance,
	"1.2.398.3.3.4.1.2.4":    RoleHR,
	"1.2.398.3.3.4.1.2.5":    RoleEmployee,
	roleInformationSystemOID: RoleInformationSystem,
	"1.2.398.5.19.1.2.2.1":   RoleTreasuryClient,
	"1.2.398.3.3.4.2.1":      RoleAuthorityAdmin,
	"1.2.398.3.3.4.2.2":      RoleAuthorityManager,
	"1.2.398.3.3.4.2.3":      RoleAuthorityOperator,
	"1.2.398.3.3.4.3.1":      RoleIdentifiedInside,
	"1.2.398.3.3.4.3.2":      RoleIdentifiedRemote,
	"1.2.398.3.3.4.3.2.1":    RoleDigitalID,
	"1.2.398.3.3.4.3.2.2":    RoleAIPlatform,
}

// roleInformationSystemOID has hundreds of nodes below it, one for each system of the
// state: they all mean the same role.
const roleInformationSystemOID = "1.2.398.3.3.4.1.2.6"

// roles names the roles among extended key usages, in their order.
func roles(usages []string) []Role {
	var out []Role
	for _, oid := range usages {
		role, ok := roleOIDs[oid]
		if !ok && strings.HasPrefix(oid, roleInformationSystemOID+".") {
			role, ok = RoleInformationSystem, true
		}
		if ok && !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

// OID is the extended key usage that stands for the role, empty for an unknown role.
func (r Role) OID() string {
	for oid, role := range roleOIDs {
		if role == r {
			return oid
		}
	}
	return ""
}

// A Usage is what a certificate may be used for.
type Usage string

// The usages of a person's or organisation's certificate. UsageAny, as a demand, asks
// for none in particular.
const (
	UsageAny   Usage = ""
	UsageSign  Usage = "sign"  // documents: nonRepudiation
	UsageLogin Usage = "login" // authentication
)
