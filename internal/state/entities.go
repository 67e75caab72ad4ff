package state

import "mekenjai"

// Entity is Organization of GBD UL (service GbdulInfoByBin_v2).
type Entity struct {
	BIN          mekenjai.BIN  `json:"BIN"`
	Status       Term          `json:"RegStatus"`
	Department   Term          `json:"RegistrationDepartment,omitzero"`
	Registered   mekenjai.Date `json:"RegistrationDate"`
	Reregistered mekenjai.Date `json:"RegistrationLastDate,omitzero"`
	Liquidated   mekenjai.Date `json:"LiquidationDate,omitzero"`
	FullNameRU   string        `json:"FullNameRu"`
	FullNameKK   string        `json:"FullNameKz"`
	ShortNameRU  string        `json:"ShortNameRu,omitempty"`
	ShortNameKK  string        `json:"ShortNameKz,omitempty"`
	Form         Term          `json:"OrgForm"`
	Idle         bool          `json:"TaxOrgStatus,omitempty"` // to the tax office: it declares nothing
	Leader       *Leader       `json:"OrganizationLeader,omitempty"`
	ARC          mekenjai.ARC  `json:"RKA,omitempty"`
	KATO         string        `json:"KATO,omitempty"`
	City         mekenjai.Text `json:"City,omitzero"`
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

// Codes of RegStatus; ours.
const (
	EntityActive = "1" // registered and working
	EntityClosed = "2" // liquidated, reorganised or struck off
)

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
