package state

import "mekenjai"

// Entity is Organization of GBD UL (service GbdulInfoByBin_v2).
type Entity struct {
	BIN          mekenjai.BIN  `json:"BIN"`
	Status       Term          `json:"RegStatus"`
	Registered   mekenjai.Date `json:"RegistrationDate"`
	Liquidated   mekenjai.Date `json:"LiquidationDate,omitzero"`
	FullNameRU   string        `json:"FullNameRu"`
	FullNameKK   string        `json:"FullNameKz"`
	ShortNameRU  string        `json:"ShortNameRu,omitempty"`
	ShortNameKK  string        `json:"ShortNameKz,omitempty"`
	Form         Term          `json:"OrgForm"`
	Leader       *Leader       `json:"OrganizationLeader,omitempty"`
	ARC          mekenjai.ARC  `json:"RKA,omitempty"`
	KATO         string        `json:"KATO,omitempty"`
	ActivityCode string        `json:"OKED,omitempty"`
}

// Leader is the head of an organisation.
type Leader struct {
	IIN        mekenjai.IIN  `json:"IIN,omitempty"`
	Surname    string        `json:"SurName,omitempty"`
	Given      string        `json:"Name,omitempty"`
	Patronymic string        `json:"MiddleName,omitempty"`
	Position   Term          `json:"PositionType,omitzero"`
	Appointed  mekenjai.Date `json:"IssueDate,omitzero"`
	Left       mekenjai.Date `json:"LossDate,omitzero"`
}

// EntityActive is the code of a registered, working organisation (ours).
const EntityActive = "1"

// IsActive says whether the organisation may act (rule R42).
func (e Entity) IsActive() bool { return e.Status.Code == EntityActive && e.Liquidated.IsZero() }

// Name in both languages: the short one when there is one.
func (e Entity) Name() mekenjai.Text {
	t := mekenjai.Text{KK: e.ShortNameKK, RU: e.ShortNameRU}
	if t.KK == "" {
		t.KK = e.FullNameKK
	}
	if t.RU == "" {
		t.RU = e.FullNameRU
	}
	return t
}

// Head is the IIN of the present head, "" when there is none.
func (e Entity) Head() mekenjai.IIN {
	if e.Leader == nil || !e.Leader.Left.IsZero() {
		return ""
	}
	return e.Leader.IIN
}
