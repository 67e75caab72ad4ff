package wire

import "mekenjai/internal/state"

// person is the type Person of GBD FL.
func person(c *coder, p *state.Person) {
	c.iin("iin", &p.IIN)
	c.maybe("surname", &p.Surname)
	c.maybe("name", &p.Given)
	c.maybe("patronymic", &p.Patronymic)
	c.maybe("engFirstName", &p.LatinGiven)
	c.maybe("engSurname", &p.LatinSurname)
	c.date("birthDate", true, &p.BirthDate)
	c.date("deathDate", false, &p.DeathDate)
	c.term("gender", true, &p.Gender)
	c.term("nationality", true, &p.Nationality)
	c.term("citizenship", true, &p.Citizenship)
	c.term("lifeStatus", true, &p.LifeStatus)
	optional(c, "imprisonedStatus", &p.Imprisoned, imprisonment)
	optional(c, "birthCertificate", &p.BirthCertificate, civilAct)
	optional(c, "deathCertificate", &p.DeathCertificate, civilAct)
	c.group("birthPlace", true, true, func(c *coder) { birthPlace(c, &p.BirthPlace) })
	optional(c, "regAddress", &p.RegAddress, regAddress)
	optional(c, "personCapableStatus", &p.Capable, capableStatus)
	optional(c, "missingStatus", &p.Missing, search("missing"))
	optional(c, "disappearStatus", &p.Disappeared, search("disappear"))
	optional(c, "excludeStatus", &p.Excluded, excludeStatus)
	optional(c, "repatriationStatus", &p.Repatriation, repatriation)
	c.group("documents", false, len(p.Documents) > 0, func(c *coder) { list(c, "document", 0, &p.Documents, document) })
	c.group("addresses", false, len(p.Addresses) > 0, func(c *coder) { list(c, "address", 0, &p.Addresses, address) })
	c.flag("removed", false, &p.Removed)
}

func imprisonment(c *coder, v *state.Imprisonment) {
	c.term("imprisonedStatus", true, &v.Status)
	c.date("imprisonedBeginDate", false, &v.Begin)
	c.date("imprisonedEndDate", false, &v.End)
}

func civilAct(c *coder, v *state.CivilAct) {
	c.text("number", &v.Number)
	c.date("beginDate", false, &v.Begin)
	c.maybe("issueOrganisation", &v.Issuer)
}

func birthPlace(c *coder, v *state.BirthPlace) {
	c.term("country", false, &v.Country)
	c.term("district", false, &v.District)
	c.term("region", false, &v.Region)
	abroad(c, &v.Abroad)
	c.maybe("city", &v.City)
	c.maybe("birthTeCodeAR", &v.Code)
}

func abroad(c *coder, v *state.Abroad) {
	c.group("foreignData", false, *v != state.Abroad{}, func(c *coder) {
		c.maybe("districtName", &v.District)
		c.maybe("regionName", &v.Region)
	})
}

// place is what regAddress and address have in common, up to the days.
func place(c *coder, v *state.PersonAddress) {
	c.term("country", false, &v.Country)
	c.term("district", false, &v.District)
	c.term("region", false, &v.Region)
	abroad(c, &v.Abroad)
	c.maybe("city", &v.City)
	c.maybe("street", &v.Street)
	c.maybe("building", &v.Building)
	c.maybe("corpus", &v.Corpus)
	c.maybe("flat", &v.Flat)
	c.date("beginDate", false, &v.Begin)
	c.date("endDate", false, &v.End)
}

func regAddress(c *coder, v *state.PersonAddress) {
	place(c, v)
	c.term("status", false, &v.Status)
	c.term("invalidity", false, &v.Invalidity)
	c.arc("arCode", &v.ARC)
}

func address(c *coder, v *state.PersonAddress) {
	c.term("type", true, &v.Type)
	place(c, v)
	c.arc("arCode", &v.ARC)
}

func capableStatus(c *coder, v *state.CapableStatus) {
	c.term("capableStatus", true, &v.Status)
	c.date("capableDate", true, &v.Begin)
	c.date("capableEndDate", false, &v.End)
	c.text("capableNumber", &v.Number)
	c.term("court", true, &v.Court)
}

// search is missingStatus and disappearStatus, which differ by a word.
func search(word string) func(*coder, *state.SearchStatus) {
	return func(c *coder, v *state.SearchStatus) {
		c.flag(word, true, &v.On)
		c.date(word+"Date", true, &v.Begin)
		c.date(word+"EndDate", false, &v.End)
		c.text(word+"Number", &v.Number)
		c.term("gpTerritorial", true, &v.Prosecutor)
	}
}

func excludeStatus(c *coder, v *state.ExcludeStatus) {
	c.term("excludeReason", true, &v.Reason)
	c.date("excludeReasonDate", false, &v.ReasonDate)
	c.date("excludeDate", false, &v.Date)
	c.term("excludeParticipant", false, &v.By)
}

func repatriation(c *coder, v *state.Repatriation) {
	c.term("repatriationStatus", false, &v.Status)
	c.dayAsInstant("repatriationDate", &v.Begin)
	c.dayAsInstant("repatriationEndDate", &v.End)
	c.maybe("repatriationNumber", &v.Number)
	c.term("repatriationOrg", false, &v.Org)
	c.term("repatriationReason", false, &v.Reason)
}

func document(c *coder, v *state.Document) {
	c.term("type", true, &v.Type)
	c.text("number", &v.Number)
	c.maybe("series", &v.Series)
	c.date("beginDate", true, &v.Begin)
	c.date("endDate", false, &v.End)
	c.term("issueOrganization", true, &v.Issuer)
	c.term("status", true, &v.Status)
	c.date("invalidityDate", false, &v.Invalidity)
	c.maybe("surname", &v.Surname)
	c.maybe("name", &v.Given)
	c.maybe("patronymic", &v.Patronymic)
	c.date("birthDate", true, &v.BirthDate)
}
