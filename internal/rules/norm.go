package rules

import (
	"slices"
	"strings"

	"mekenjai"
)

// normRules: how many people a dwelling holds.
var normRules = []Rule{
	{ID: "R47", Group: GroupNorm, Norm: "Law on the Status of the Capital, art. 8(3); Astana maslikhat decision of 26.12.2025", Tag: "V2", Parameters: params("norm_kato", "norm_start", "norm_area"),
		Reads: reads(FromAddresses, FromProperty, FromRegister), Answers: may(OK, "CAPACITY"), private: true, judge: judgeCapacityNorm},
	{ID: "R48", Group: GroupNorm, Norm: "Law on Migration of Population, art. 51(2)(1)", Tag: "V", Parameters: params("norm_area"),
		Reads: reads(FromAddresses, FromProperty, FromRegister, FromCivilRecords, FromGuardianship, FromEducation), Answers: may(Refuse, "CAPITAL_NORM"), private: true, judge: judgeNorm},
	{ID: "R49", Group: GroupNorm, Norm: "Law on Migration of Population, art. 51(2)(1); Family Code, art. 1(13), (16)", Tag: "V", Parameters: params("norm_proviso", "norm_owner_exempt", "norm_kato"),
		Reads: reads(FromProperty, FromRegister, FromCivilRecords, FromGuardianship, FromEducation), Answers: may(OK, "EXEMPT", Manual, "RESIDENTS_UNKNOWN"), private: true, judge: judgeExemption},
	{ID: "R50", Group: GroupNorm, Norm: "Law on the Status of the Capital, art. 8(3); Law on Housing Relations, art. 2(35)", Tag: "I",
		Reads: reads(FromAddresses, FromProperty), Answers: may(Manual, "AREA_UNKNOWN"), private: true, judge: judgeArea},
	{ID: "R51", Group: GroupNorm, Norm: "Administrative Code, art. 493(1): letting register people who do not live there", Tag: "V2", Parameters: params("crowd_count", "crowd_area"),
		Reads: reads(FromAddresses, FromProperty, FromRegister), Answers: may(Warn, "CROWDED"), private: true, judge: judgeCrowd},
}

// normHolds says whether the area norm applies; known is false while the
// registers that tell it are silent.
func (h *hearing) normHolds() (holds, known bool) {
	if h.dwelling == nil || h.property == nil || h.register == nil {
		return false, false
	}
	return h.p.NormHolds(h.dwelling.KATO, h.today), true
}

// NormHolds says whether an area norm limits how many people may be registered in
// a dwelling of this unit on this day (R47).
func (p Parameters) NormHolds(kato string, day mekenjai.Date) bool {
	return strings.HasPrefix(kato, p.NormKATO) && !day.Before(p.NormStart)
}

// Capacity is how many people the norm allows in a useful area of square metres.
func (p Parameters) Capacity(area float64) int { return perPerson(area, p.NormArea) }

// count is the people registered at the dwelling, permanently and temporarily;
// who extends his own entry is not counted against himself.
func (h *hearing) count() int {
	n := h.register.PermanentHere + h.register.TemporaryHere
	if h.extends && h.register.TemporaryHere > 0 {
		n--
	}
	return n
}

// isOverNorm says whether one more person would be above the norm. An area on
// which the registers disagree decides nothing (R27).
func (h *hearing) isOverNorm() bool {
	holds, _ := h.normHolds()
	if !holds || h.property.UsefulArea == nil || h.property.disagrees(DiffersArea) {
		return false
	}
	return h.count()+1 > perPerson(*h.property.UsefulArea, h.p.NormArea)
}

func judgeCapacityNorm(h *hearing) {
	if holds, _ := h.normHolds(); holds && h.property.UsefulArea != nil {
		h.say(OK, "CAPACITY", "area", *h.property.UsefulArea, "capacity", perPerson(*h.property.UsefulArea, h.p.NormArea),
			"count", h.count()).forStaff()
	}
}

func judgeNorm(h *hearing) {
	if h.isOverNorm() && h.exemption() == notExempt {
		h.say(Refuse, "CAPITAL_NORM", "norm", h.p.NormArea, "area", *h.property.UsefulArea,
			"capacity", perPerson(*h.property.UsefulArea, h.p.NormArea))
	}
}

func judgeExemption(h *hearing) {
	if !h.isOverNorm() {
		return
	}
	switch h.exemption() {
	case exempt:
		h.say(OK, "EXEMPT")
	case exemptUnlessOthers:
		h.say(Manual, "RESIDENTS_UNKNOWN")
	}
}

// exemptKin are the relations to the owner that the norm does not touch.
var exemptKin = []Kin{Spouse, InLaw, ParentOf, Child, AdoptiveParent, AdoptedChild, Sibling, Grandparent, Grandchild,
	RelativesSpouse, RelativesChild}

type exemptionState int

const (
	notExempt exemptionState = iota
	exempt
	exemptUnlessOthers // whether others live there is not known
	exemptionAwaited   // a register is silent
)

// exemption of the registrant: his relation to an owner, or his studies, and
// that nobody outside these categories is registered there already.
func (h *hearing) exemption() exemptionState {
	others := h.register.NonExemptHere
	if h.p.NormProviso == ReadAll && others != nil && *others {
		return notExempt // whoever he is; nobody need be asked
	}
	related, student, awaited := h.isRelated(), false, false
	if related != yes {
		student, awaited = h.studies()
	}
	switch {
	case related == yes && h.p.NormProviso != ReadAll:
		return exempt
	case related == yes || student:
		if others == nil {
			return exemptUnlessOthers
		}
		switch {
		case !*others:
			return exempt
		case related == unknown: // a relative would be exempt all the same
			return exemptionAwaited
		}
		return notExempt
	case related == unknown || awaited:
		return exemptionAwaited
	}
	return notExempt
}

type answer int

const (
	no answer = iota
	yes
	unknown
)

// isRelated asks the civil records, and then the guardianship register, about
// the registrant and each natural owner.
func (h *hearing) isRelated() answer {
	person := h.Application.Registrant
	var owners []mekenjai.IIN
	for _, o := range h.owners() {
		if n := o.Party.IIN(); n == person && h.p.NormOwnerExempt {
			return yes
		} else if n != "" && n != person {
			owners = append(owners, n)
		}
	}
	if len(owners) == 0 {
		return no
	}
	civil := h.needs(FromCivilRecords, replyOf(h.CivilRecords, func(c *CivilRecords) Reply { return c.Reply }))
	if civil == Answered && slices.ContainsFunc(owners, func(o mekenjai.IIN) bool {
		kin, _ := h.CivilRecords.kin(person, o)
		return slices.Contains(exemptKin, kin)
	}) {
		return yes
	}
	wards := h.needs(FromGuardianship, replyOf(h.Guardianship, func(g *Guardianship) Reply { return g.Reply }))
	if wards == Answered && slices.ContainsFunc(owners, func(o mekenjai.IIN) bool {
		_, ok := h.Guardianship.guards(o, person, h.today)
		return ok
	}) {
		return yes
	}
	if civil == "" || wards == "" {
		return unknown
	}
	return no
}

// studies says whether the registrant is a full-time student in the capital.
func (h *hearing) studies() (student, awaited bool) {
	status := h.needs(FromEducation, replyOf(h.Education, func(e *Education) Reply { return e.Reply }))
	if status != Answered {
		return false, status == ""
	}
	return h.Education.FullTime && strings.HasPrefix(h.Education.KATO, h.p.NormKATO), false
}

func judgeArea(h *hearing) {
	if holds, _ := h.normHolds(); holds && h.property.UsefulArea == nil {
		h.say(Manual, "AREA_UNKNOWN")
	}
}

// judgeCrowd: elsewhere the law sets no limit, but the police should see a flat
// in which hundreds are registered.
func judgeCrowd(h *hearing) {
	holds, known := h.normHolds()
	if !known || holds {
		return
	}
	n, area := h.count(), h.property.UsefulArea
	if n > h.p.CrowdCount || area != nil && float64(n) > *area/h.p.CrowdArea {
		h.say(Warn, "CROWDED", "count", n).forStaff()
	}
}
