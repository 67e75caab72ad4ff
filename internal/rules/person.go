package rules

import (
	"slices"

	"mekenjai"
)

// personRules: who may be registered at all.
var personRules = []Rule{
	{ID: "R01", Group: GroupPerson, Norm: "Government Decree of 11.06.2003 No 565 (identification numbers)", Tag: "V",
		Reads: reads(FromApplication), Answers: may(Refuse, "IIN_FORMAT", Warn, "IIN_CENTURY"), judge: judgeNumbers},
	{ID: "R02", Group: GroupPerson, Norm: "Rules of registration of the population, order of 14.09.2024: data of state registers", Tag: "I",
		Reads: reads(FromPersons), Answers: may(Refuse, "PERSON_UNKNOWN"), judge: judgeKnown},
	{ID: "R03", Group: GroupPerson, Norm: "Civil Code, art. 13(2): capacity ends with death", Tag: "I",
		Reads: reads(FromPersons), Answers: may(Refuse, "PERSON_DEAD"), judge: judgeAlive},
	{ID: "R04", Group: GroupPerson, Norm: "Rules of registration of the population, order of 14.09.2024; MIA order of 30.03.2020 No 267, Annexes 5, 7, 8", Tag: "V2",
		Reads: reads(FromPersons, FromApplication), Answers: may(OK, "ANNEX7", Route, "ANNEX7_OFFICE", "MIGRATION"), judge: judgeCitizenship},
	{ID: "R05", Group: GroupPerson, Norm: "Administrative Code, art. 492(1); Rules of registration of the population, order of 14.09.2024: identity documents", Tag: "V2", Parameters: params("birth_certificate_age"),
		Reads: reads(FromPersons, FromApplication), Answers: may(Refuse, "ID_INVALID"), judge: judgeDocument},
	{ID: "R06", Group: GroupPerson, Norm: "Civil Code, art. 16(2)", Tag: "V", Parameters: params("min_age"),
		Reads: reads(FromPersons, FromApplication), Answers: may(Refuse, "NOT_SUBJECT_UNDER_14"), judge: judgeUnderAge},
	{ID: "R07", Group: GroupPerson, Norm: "Service page: children under 16 through a legal representative; Civil Code, art. 22", Tag: "V2", Parameters: params("self_filing_age"),
		Reads: reads(FromPersons, FromApplication), Answers: may(Route, "REPRESENTATIVE_FILES"), judge: judgeSelfFiling},
}

// judgeNumbers refuses numbers that the state does not issue before any register
// is asked about them.
func judgeNumbers(h *hearing) {
	a := h.Application
	filer, role := a.filer()
	_, err := mekenjai.ParseIIN(string(a.Registrant))
	bad := err != nil
	if role != registrantFiles {
		_, err := mekenjai.ParseIIN(string(filer))
		bad = bad || err != nil
	}
	if a.DeclaredOwner != "" {
		_, err := mekenjai.ParsePartyID(string(a.DeclaredOwner))
		bad = bad || err != nil
	}
	if bad {
		h.say(Refuse, "IIN_FORMAT")
		return
	}
	// Met with some foreigners: the seventh digit names no century.
	if _, ok := a.Registrant.BirthDate(); !ok {
		h.say(Warn, "IIN_CENTURY").forStaff()
	}
}

func judgeKnown(h *hearing) {
	if p := h.person(h.Application.Registrant); p != nil && !p.isKnown() {
		h.say(Refuse, "PERSON_UNKNOWN")
	}
}

func judgeAlive(h *hearing) {
	if h.registrant != nil && h.registrant.isDead() {
		h.say(Refuse, "PERSON_DEAD")
	}
}

// judgeCitizenship: citizens use this service; foreigners and stateless persons
// with permanent residence the same at an office (Annex 7); all others another.
func judgeCitizenship(h *hearing) {
	p := h.registrant
	switch {
	case p == nil || p.isCitizen():
	case !p.mayReside(h.today):
		h.say(Route, "MIGRATION")
	case h.Channel != OfficeWindow:
		h.say(Route, "ANNEX7_OFFICE")
	default:
		h.say(OK, "ANNEX7")
	}
}

func judgeDocument(h *hearing) {
	p := h.registrant
	if p == nil || !p.isCitizen() && !p.mayReside(h.today) {
		return // who is not of this service is not told about his papers
	}
	kinds := []DocumentType{IDCard, Passport}
	switch {
	case !p.isCitizen():
		kinds = []DocumentType{ForeignPassport, ResidencePermitPaper, StatelessCertificate}
	case p.age(h.filedOn) < h.p.BirthCertificateAge:
		kinds = append(kinds, BirthCertificate)
	}
	for _, d := range p.Documents {
		if slices.Contains(kinds, d.Type) && d.isValid(h.today) {
			return
		}
	}
	h.say(Refuse, "ID_INVALID")
}

func (d Document) isValid(on mekenjai.Date) bool {
	return d.Status == DocumentValid && within(on, d.Begin, d.End) && (d.Invalids.IsZero() || on.Before(d.Invalids))
}

func judgeUnderAge(h *hearing) {
	if p := h.registrant; p != nil && p.age(h.filedOn) < h.p.MinAge {
		h.say(Refuse, "NOT_SUBJECT_UNDER_14", "age", h.p.MinAge)
	}
}

// judgeSelfFiling: from 14 to 15 a parent or other legal representative files;
// an attorney is none, nor is the administration of a dormitory.
func judgeSelfFiling(h *hearing) {
	p := h.registrant
	if p == nil {
		return
	}
	_, role := h.Application.filer()
	age := p.age(h.filedOn)
	represented := role == Parent || role == Guardian || role == Trustee
	if age >= h.p.MinAge && age < h.p.SelfFilingAge && !represented {
		h.say(Route, "REPRESENTATIVE_FILES", "age", h.p.SelfFilingAge)
	}
}
