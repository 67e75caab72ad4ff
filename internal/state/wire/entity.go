package wire

import "mekenjai/internal/state"

// organization is the type OrganizationType of GBD UL. Founders, capital,
// beneficiaries and what the statistics add decide nothing here: they are passed
// over when an answer is read and stand in the evidence.
func organization(c *coder, e *state.Entity) {
	c.bin("BIN", &e.BIN)
	c.term("RegStatus", true, &e.Status)
	c.term("RegistrationDepartment", true, &e.Department)
	c.date("RegistrationDate", true, &e.Registered)
	c.date("RegistrationLastDate", false, &e.Reregistered)
	c.date("LiquidationDate", false, &e.Liquidated)
	c.text("FullNameRu", &e.FullNameRU)
	c.text("FullNameKz", &e.FullNameKK)
	c.pass("FullNameEn")
	c.maybe("ShortNameRu", &e.ShortNameRU)
	c.maybe("ShortNameKz", &e.ShortNameKK)
	c.pass("ShortNameEn")
	c.term("OrgForm", true, &e.Form)
	c.pass("FormOfLaw", "PrivateEnterpriseType")
	c.flag("TaxOrgStatus", true, &e.Idle)
	c.pass("AddInfo", "Liquidation")
	optional(c, "OrganizationLeader", &e.Leader, leader)
	activity(c, &e.ActivityCode)
	seat(c, e)
	c.pass("AuthCapital", "FoundersUL", "FoundersFL", "FoundersCount", "FoundersCountUL", "FoundersCountFL",
		"HeaderOrganization", "StatCommInfo", "mainActivityProf", "ReorganizationBins", "Benefiziars")
}

// leader is the head; the position stands in an element of its own.
func leader(c *coder, l *state.Leader) {
	held := !l.Position.IsZero() || !l.Appointed.IsZero() || !l.Left.IsZero()
	c.group("Position", false, held, func(c *coder) {
		c.term("PositionType", true, &l.Position)
		c.date("IssueDate", false, &l.Appointed)
		c.date("LossDate", false, &l.Left)
	})
	c.pass("Country", "CitizenCountry", "NationalityRelation")
	leaderNames(c, l)
}

func leaderNames(c *coder, l *state.Leader) {
	c.maybeIIN("IIN", &l.IIN)
	c.maybe("SurName", &l.Surname)
	c.maybe("Name", &l.Given)
	c.maybe("MiddleName", &l.Patronymic)
}

// activity finds the code of the main activity among all.
func activity(c *coder, main *string) {
	type line struct {
		main           bool
		code           string
		nameKK, nameRU string
	}
	var lines []line
	if !c.reading() && *main != "" {
		lines = []line{{main: true, code: *main}}
	}
	list(c, "Activity", 0, &lines, func(c *coder, l *line) {
		c.flag("Main", true, &l.main)
		c.maybe("OKED", &l.code)
		c.text("ActivityNameKz", &l.nameKK)
		c.text("ActivityNameRu", &l.nameRU)
	})
	for _, l := range lines {
		if l.main && *main == "" {
			*main = l.code
		}
	}
}

// seat is the address: its code, the code of the place and the place's name.
func seat(c *coder, e *state.Entity) {
	there := e.ARC != "" || e.KATO != "" || e.City.RU != "" || e.City.KK != ""
	c.group("Address", false, there, func(c *coder) {
		c.arc("RKA", &e.ARC)
		c.pass("ZIPCode")
		c.maybe("KATO", &e.KATO)
		c.pass("ATE", "GeonimCode", "DistrictRu", "DistrictKz", "RegionRu", "RegionKz", "RuralRu", "RuralKz")
		c.text("CityRu", &e.City.RU)
		c.text("CityKz", &e.City.KK)
		c.pass("StreetRu", "StreetKz", "BuildingType", "BuildingNumber", "Block", "Corpus", "RoomType", "AppartmentNumber", "OfficeNumber")
	})
}

// nonResident is the type IpsNerezType: an organisation of another country. It has
// one name, which stands for both languages.
func nonResident(c *coder, e *state.Entity) {
	c.bin("BIN", &e.BIN)
	c.date("RegDate", true, &e.Registered)
	c.date("LiquidationDate", false, &e.Liquidated)
	c.text("FullNameRu", &e.FullNameRU)
	c.term("OrgForm", true, &e.Form)
	c.pass("CountryFac", "CountryNerezident")
	c.term("RegStatus", true, &e.Status)
	optional(c, "Leader", &e.Leader, leaderNames)
	c.group("Address", false, e.KATO != "" || e.City.RU != "" || e.City.KK != "", func(c *coder) {
		c.maybe("KATO", &e.KATO)
		c.pass("DistrictRu", "DistrictKz", "RegionRu", "RegionKz")
		c.maybe("CityRu", &e.City.RU)
		c.maybe("CityKz", &e.City.KK)
		c.pass("StreetRu", "StreetKz", "BuildingNumber", "AppartmentNumber")
	})
	if c.reading() {
		e.FullNameKK = e.FullNameRU
	}
}
