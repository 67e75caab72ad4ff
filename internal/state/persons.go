package state

import "mekenjai"

// Person is the answer of GBD FL (service GBDFLUniversal_token, schema of
// 22.08.2024, type person); names of the JSON fields are those of the schema.
type Person struct {
	IIN          mekenjai.IIN  `json:"iin"`
	Surname      string        `json:"surname,omitempty"`
	Given        string        `json:"name,omitempty"`
	Patronymic   string        `json:"patronymic,omitempty"`
	LatinGiven   string        `json:"engFirstName,omitempty"`
	LatinSurname string        `json:"engSurname,omitempty"`
	BirthDate    mekenjai.Date `json:"birthDate"`
	DeathDate    mekenjai.Date `json:"deathDate,omitzero"`

	Gender      Term `json:"gender"`
	Nationality Term `json:"nationality"`
	Citizenship Term `json:"citizenship"`
	LifeStatus  Term `json:"lifeStatus"`

	Imprisoned       *Imprisonment   `json:"imprisonedStatus,omitempty"`
	BirthPlace       BirthPlace      `json:"birthPlace,omitzero"`
	BirthCertificate *CivilAct       `json:"birthCertificate,omitempty"`
	DeathCertificate *CivilAct       `json:"deathCertificate,omitempty"`
	RegAddress       *PersonAddress  `json:"regAddress,omitempty"` // permanent; "may be absent, e.g. children"
	Capable          *CapableStatus  `json:"personCapableStatus,omitempty"`
	Missing          *SearchStatus   `json:"missingStatus,omitempty"`
	Disappeared      *SearchStatus   `json:"disappearStatus,omitempty"`
	Excluded         *ExcludeStatus  `json:"excludeStatus,omitempty"`
	Repatriation     *Repatriation   `json:"repatriationStatus,omitempty"`
	Documents        []Document      `json:"documents,omitempty"`
	Addresses        []PersonAddress `json:"addresses,omitempty"` // others: temporary, of departure
	Removed          bool            `json:"removed,omitempty"`
}

// CivilAct is a certificate of birth or death.
type CivilAct struct {
	Number string        `json:"number"`
	Begin  mekenjai.Date `json:"beginDate,omitzero"`
	Issuer string        `json:"issueOrganisation,omitempty"`
}

// Imprisonment says whether the person serves a sentence. No rule asks for it: an
// officer may.
type Imprisonment struct {
	Status Term          `json:"imprisonedStatus"`
	Begin  mekenjai.Date `json:"imprisonedBeginDate,omitzero"`
	End    mekenjai.Date `json:"imprisonedEndDate,omitzero"`
}

// BirthPlace is where the person was born.
type BirthPlace struct {
	Country  Term   `json:"country,omitzero"`
	District Term   `json:"district,omitzero"` // oblast, in MIA's own codes
	Region   Term   `json:"region,omitzero"`   // district of it, in MIA's own codes
	Abroad   Abroad `json:"foreignData,omitzero"`
	City     string `json:"city,omitempty"`
	Code     string `json:"birthTeCodeAR,omitempty"` // of the place in the Address Register
}

// Abroad names the parts of another country.
type Abroad struct {
	District string `json:"districtName,omitempty"`
	Region   string `json:"regionName,omitempty"`
}

// PersonAddress is regAddress, or with a Type one of addresses.
type PersonAddress struct {
	Type       Term          `json:"type,omitzero"`
	Country    Term          `json:"country,omitzero"`
	District   Term          `json:"district,omitzero"` // oblast, in MIA's own codes
	Region     Term          `json:"region,omitzero"`   // district of it, in MIA's own codes
	Abroad     Abroad        `json:"foreignData,omitzero"`
	City       string        `json:"city,omitempty"`
	Street     string        `json:"street,omitempty"`
	Building   string        `json:"building,omitempty"`
	Corpus     string        `json:"corpus,omitempty"`
	Flat       string        `json:"flat,omitempty"`
	Begin      mekenjai.Date `json:"beginDate,omitzero"`
	End        mekenjai.Date `json:"endDate,omitzero"`
	Status     Term          `json:"status,omitzero"`
	Invalidity Term          `json:"invalidity,omitzero"`
	ARC        mekenjai.ARC  `json:"arCode,omitempty"`
}

// CapableStatus is a court's decision on capacity.
type CapableStatus struct {
	Status Term          `json:"capableStatus"`
	Begin  mekenjai.Date `json:"capableDate"`
	End    mekenjai.Date `json:"capableEndDate,omitzero"`
	Number string        `json:"capableNumber"`
	Court  Term          `json:"court"`
}

// SearchStatus is a search for somebody absent (missing or disappeared).
type SearchStatus struct {
	On         bool          `json:"on"`
	Begin      mekenjai.Date `json:"beginDate"`
	End        mekenjai.Date `json:"endDate,omitzero"`
	Number     string        `json:"number"`
	Prosecutor Term          `json:"gpTerritorial"`
}

// ExcludeStatus says why the person was struck from the register.
type ExcludeStatus struct {
	Reason     Term          `json:"excludeReason"`
	ReasonDate mekenjai.Date `json:"excludeReasonDate,omitzero"`
	Date       mekenjai.Date `json:"excludeDate,omitzero"`
	By         Term          `json:"excludeParticipant,omitzero"`
}

// Repatriation is the status of a kandas.
type Repatriation struct {
	Status Term          `json:"repatriationStatus,omitzero"`
	Begin  mekenjai.Date `json:"repatriationDate,omitzero"`
	End    mekenjai.Date `json:"repatriationEndDate,omitzero"`
	Number string        `json:"repatriationNumber,omitempty"`
	Org    Term          `json:"repatriationOrg,omitzero"`
	Reason Term          `json:"repatriationReason,omitzero"`
}

// Document is one identity document.
type Document struct {
	Type       Term          `json:"type"`
	Number     string        `json:"number"`
	Series     string        `json:"series,omitempty"`
	Begin      mekenjai.Date `json:"beginDate"`
	End        mekenjai.Date `json:"endDate,omitzero"`
	Issuer     Term          `json:"issueOrganization"`
	Status     Term          `json:"status"`
	Invalidity mekenjai.Date `json:"invalidityDate,omitzero"`
	Surname    string        `json:"surname,omitempty"`
	Given      string        `json:"name,omitempty"`
	Patronymic string        `json:"patronymic,omitempty"`
	BirthDate  mekenjai.Date `json:"birthDate"`
}
