package rules

import (
	"math/big"
	"slices"

	"mekenjai"
)

// objectRules: where one may be registered.
var objectRules = []Rule{
	{ID: "R23", Group: GroupObject, Norm: "Law on Migration of Population, art. 1(17-1): a place having an address", Tag: "V",
		Reads: reads(FromApplication, FromAddresses), Answers: may(Refuse, "ADDRESS"), judge: judgeAddress},
	{ID: "R24", Group: GroupObject, Norm: "Law on Migration of Population, art. 1(17-1)", Tag: "I",
		Reads: reads(FromAddresses), Answers: may(Refuse, "NEED_UNIT"), judge: judgeUnit},
	{ID: "R25", Group: GroupObject, Norm: "Law on Housing Relations, arts 12, 17; egov.kz: houses not put into operation", Tag: "V",
		Reads: reads(FromProperty), Answers: may(Refuse, "NO_TITLE"), judge: judgeTitle},
	{ID: "R26", Group: GroupObject, Norm: "Rules of registration of the population, order of 14.09.2024: places of registration", Tag: "V2", Parameters: params("object_kinds"),
		Reads: reads(FromProperty), Answers: may(Refuse, "PURPOSE"), private: true, judge: judgePurpose},
	{ID: "R27", Group: GroupObject, Norm: "Law on State Registration of Rights to Immovable Property, art. 7(7)", Tag: "V",
		Reads:   reads(FromProperty, FromAddresses, FromPersons, FromOrganisations, FromConsents),
		Answers: may(Manual, "ARC_MISSING", "AREA", "OWNER", "PURPOSE", "ADDRESS", "SHARES", "OWNER_UNKNOWN", "NOT_MINE"), private: true, judge: judgeAgreement},
	{ID: "R28", Group: GroupObject, Norm: "Law on State Registration of Rights to Immovable Property, art. 5(5)", Tag: "V",
		Reads: reads(FromProperty), Answers: may(Manual, "BAN_ON_USE", "EVICTION"), private: true, judge: judgeBans},
	{ID: "R29", Group: GroupObject, Norm: "Law on Housing Relations, art. 18(1-1)", Tag: "V",
		Reads: reads(FromProperty), Answers: may(Warn, "PLEDGE", "ARREST", "BAN_ON_DISPOSAL"), private: true, judge: judgeBurdens},
}

func judgeAddress(h *hearing) {
	_, err := mekenjai.ParseARC(string(h.Application.ARC))
	a := h.Address
	switch {
	case err != nil, a != nil && a.Status == NotFound:
		h.say(Refuse, "ADDRESS")
	case h.dwelling == nil:
	case !a.Actual, a.Kind != mekenjai.KindBuilding && a.Kind != mekenjai.KindRoom:
		h.say(Refuse, "ADDRESS")
	}
}

func judgeUnit(h *hearing) {
	if a := h.dwelling; a != nil && a.Kind == mekenjai.KindBuilding && a.MultiFlat {
		h.say(Refuse, "NEED_UNIT")
	}
}

// judgeTitle: a house that was not put into operation has no title, only a
// technical passport, and nobody whose consent could be asked.
func judgeTitle(h *hearing) {
	p := h.Property
	if p != nil && (p.Status == NotFound || p.Status == Answered && !p.TitleRegistered) {
		h.say(Refuse, "NO_TITLE")
	}
}

// purposeDisputed says that the registers disagree about the kind of the object
// in a way that matters.
func (h *hearing) purposeDisputed() bool {
	if h.property.disagrees(DiffersPurpose) {
		return true
	}
	a := h.dwelling
	return a != nil && a.Purpose != "" && h.forLiving(a.Purpose) != h.forLiving(h.property.Purpose)
}

func (h *hearing) forLiving(k ObjectKind) bool { return slices.Contains(h.p.ObjectKinds, k) }

// judgePurpose refuses on undisputed facts only: where the registers disagree the
// title document prevails, and an officer reads it (R27).
func judgePurpose(h *hearing) {
	if h.property != nil && !h.forLiving(h.property.Purpose) && !h.purposeDisputed() {
		h.say(Refuse, "PURPOSE")
	}
}

var disagreementCodes = map[Disagreement]string{
	DiffersARC: "ARC_MISSING", DiffersArea: "AREA", DiffersOwner: "OWNER", DiffersAddress: "ADDRESS",
}

// judgeAgreement gives every contradiction between registers to an officer: the
// title document in the registration file is right, and only he can read it.
func judgeAgreement(h *hearing) {
	if h.property == nil {
		return
	}
	for d, code := range disagreementCodes {
		if h.property.disagrees(d) {
			h.say(Manual, code)
		}
	}
	if h.purposeDisputed() {
		h.say(Manual, "PURPOSE")
	}
	if !sharesComplete(h.property.Holders) {
		h.say(Manual, "SHARES")
	}
	for _, party := range h.rightHolders() {
		if h.strange(party) {
			h.say(Manual, "OWNER_UNKNOWN").about(party)
		}
	}
	for _, k := range h.answersOf(disowned) {
		h.say(Manual, "NOT_MINE").about(k.Party)
	}
}

// strange says that the register of persons (or of legal entities) does not know
// a party that the property register names. Nobody could vouch for its consent.
func (h *hearing) strange(party mekenjai.PartyID) bool {
	if bin := party.BIN(); bin != "" {
		o := h.organisation(bin)
		return o != nil && o.Status == NotFound
	}
	p := h.Facts.person(party.IIN())
	return p != nil && p.Status != Silent && !p.isKnown() && !p.isDead()
}

// sharesComplete says whether stated shares make a whole. If they do not, some
// owner is missing from the answer, and with him his consent. Joint property has
// no shares; where some are stated and some not, nothing can be added up.
func sharesComplete(holders []Holder) bool {
	sum, all := sumShares(holders)
	return !all || sum.Cmp(big.NewRat(1, 1)) == 0
}

// sumShares adds shares up; all is false when one of them is not stated.
func sumShares(holders []Holder) (sum *big.Rat, all bool) {
	sum = new(big.Rat)
	for _, h := range holders {
		if h.Share.Denominator == 0 {
			return sum, false
		}
		sum.Add(sum, big.NewRat(int64(h.Share.Numerator), int64(h.Share.Denominator)))
	}
	return sum, len(holders) > 0
}

func (h *hearing) burdened(t EncumbranceType) bool {
	return h.property != nil && slices.ContainsFunc(h.property.Encumbrances, func(e Encumbrance) bool {
		return e.Type == t && within(h.today, e.Since, e.Until)
	})
}

// judgeBans: only a prohibition on use stands against living there.
func judgeBans(h *hearing) {
	if h.burdened(BanOnUse) {
		h.say(Manual, "BAN_ON_USE")
	}
	if h.burdened(Eviction) {
		h.say(Manual, "EVICTION")
	}
}

// judgeBurdens: registration disposes of nothing, so what forbids disposal does
// not forbid it. The owner's debts are not for the applicant to see.
func judgeBurdens(h *hearing) {
	for _, b := range []struct {
		t    EncumbranceType
		code string
	}{{Pledge, "PLEDGE"}, {Arrest, "ARREST"}, {BanOnDisposal, "BAN_ON_DISPOSAL"}} {
		if h.burdened(b.t) {
			h.say(Warn, b.code).forStaff()
		}
	}
}
