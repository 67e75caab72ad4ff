package country

import (
	"mekenjai"
	"mekenjai/internal/state"
)

// Voice is a consent of a right-holder at the counter: who signs, in what capacity.
type Voice struct {
	Holder mekenjai.PartyID
	Signer mekenjai.IIN
	As     mekenjai.Capacity
}

// Visit is something to try at a counter: who comes to which operator, what is
// typed, what happens.
type Visit struct {
	ID         string
	Operator   Post
	Registrant mekenjai.IIN
	Filer      mekenjai.IIN // "" the registrant himself
	Role       mekenjai.FilerRole
	Number     string // of the filer's power of attorney
	Returnee   bool   // shows the mark of removal from the consular register
	ARC        mekenjai.ARC
	Address    mekenjai.Text
	Owner      mekenjai.PartyID
	Come       []mekenjai.IIN
	Remote     []mekenjai.PartyID // right-holders who answer from home
	Powers     []PowerPaper       // of right-holders
	Voices     []Voice
	Rule       string // row of the decision table that stands against it, "" when it is accepted
	Code       string
}

// Title is a key of the catalogue.
func (v Visit) Title() string { return "demo.visit." + v.ID }

type voice struct {
	holder, signer string
	as             mekenjai.Capacity
}

// outing is a visit by the keys of the cast.
type outing struct {
	id, operator, person string
	filer                string
	role                 mekenjai.FilerRole
	house                string
	room                 int
	owner                string
	come                 []string
	voices               []voice
	remote               []string
	rule, code           string
}

var outings = []outing{
	{"himself", "nurgul", "timur", "", "", "shymkent", 7, "bolat", []string{"timur", "bolat"}, []voice{{"bolat", "bolat", ""}}, nil, "", ""},
	{"absent", "nurgul", "miras", "", "", "shymkent", 7, "bolat", []string{"miras"}, nil, nil, "R53", "NOT_PRESENT"},
	{"parent", "nurgul", "arman", "bolat", mekenjai.FiledByParent, "almaty", 12, "aigul", []string{"bolat", "aigul"}, []voice{{"aigul", "aigul", ""}}, nil, "", ""},
	{"under14", "nurgul", "alikhan", "daulet", mekenjai.FiledByParent, "almaty", 12, "aigul", []string{"daulet", "aigul"}, nil, nil, "R06", "NOT_SUBJECT_UNDER_14"},
	{"guardian", "nurgul", "raisa", "tamara", mekenjai.FiledByGuardian, "shymkent", 7, "bolat", []string{"tamara", "bolat"}, []voice{{"bolat", "bolat", ""}}, nil, "", ""},
	{"trustee", "nurgul", "vadim", "larisa", mekenjai.FiledByTrustee, "shymkent", 7, "bolat", []string{"larisa", "bolat"}, []voice{{"bolat", "bolat", ""}}, nil, "", ""},
	{"attorney", "nurgul", "samal", "yerbol", mekenjai.FiledByAttorney, "shymkent", 7, "bolat", []string{"yerbol", "bolat"}, []voice{{"bolat", "bolat", ""}}, nil, "", ""},
	{"revoked", "nurgul", "rauan", "yerbol", mekenjai.FiledByAttorney, "shymkent", 7, "bolat", []string{"yerbol", "bolat"}, nil, nil, "R10", "POA_INVALID"},
	{"returnee", "nurgul", "anna", "", "", "almaty", 12, "aigul", []string{"anna", "aigul"}, []voice{{"aigul", "aigul", ""}}, nil, "", ""},
	{"foreigner", "nurgul", "david", "", "", "shymkent", 7, "bolat", []string{"david", "bolat"}, []voice{{"bolat", "bolat", ""}}, nil, "", ""},
	{"remote", "nurgul", "pavel", "", "", "kostanay", 0, "erlan", []string{"pavel", "erlan"}, []voice{{"erlan", "erlan", ""}}, []string{"zhanar", "meiram"}, "", ""},
	{"minor_owner", "ainur", "viktoria", "", "", "almaty", 5, "alikhan", []string{"viktoria", "daulet"}, []voice{{"alikhan", "daulet", mekenjai.AsRepresentative}}, nil, "", ""},
	{"owner16", "ainur", "viktoria", "", "", "almaty", 7, "aruzhan", []string{"viktoria", "aruzhan", "gaini"},
		[]voice{{"aruzhan", "aruzhan", ""}, {"aruzhan", "gaini", mekenjai.AsRepresentative}}, nil, "", ""},
	{"permitted", "ainur", "viktoria", "", "", "almaty", 9, "galina", []string{"viktoria", "nikolai"}, []voice{{"galina", "nikolai", mekenjai.AsRepresentative}}, nil, "", ""},
	{"unpermitted", "ainur", "viktoria", "", "", "almaty", 31, "raisa", []string{"viktoria", "tamara"}, []voice{{"raisa", "tamara", mekenjai.AsRepresentative}}, nil,
		"R39", "NO_GUARDIANSHIP_PERMISSION"},
	{"owners_attorney", "dias", "viktoria", "", "", "shymkent", 3, "zeynep", []string{"viktoria", "yerbol"}, []voice{{"zeynep", "yerbol", mekenjai.AsAttorney}}, nil, "", ""},
}

// Visits in the order of the page.
func (c *Country) Visits() []Visit {
	var found []Visit
	for _, o := range outings {
		v := Visit{ID: o.id, Registrant: c.IIN(o.person), Role: o.role, Returnee: o.id == "returnee", ARC: at(o.house, o.room),
			Owner: c.Party(o.owner), Rule: o.rule, Code: o.code}
		v.Operator, _ = c.Post(o.operator)
		v.Address = short(atlas()[v.ARC].Dwelling().Address)
		if o.filer != "" {
			v.Filer = c.IIN(o.filer)
		}
		if o.role == mekenjai.FiledByAttorney {
			v.Number = c.PowerOf(o.person, o.filer)
		}
		for _, key := range o.come {
			v.Come = append(v.Come, c.IIN(key))
		}
		for _, key := range o.remote {
			v.Remote = append(v.Remote, c.Party(key))
		}
		for _, x := range o.voices {
			v.Voices = append(v.Voices, Voice{c.Party(x.holder), c.IIN(x.signer), x.as})
			if x.as == mekenjai.AsAttorney {
				v.Powers = append(v.Powers, PowerPaper{c.Party(x.holder), c.IIN(x.signer), c.PowerOf(x.holder, x.signer)})
			}
		}
		found = append(found, v)
	}
	return found
}

// Paper is an identity document as its holder shows it at a counter.
type Paper struct {
	Kind   mekenjai.DocumentKind
	Number string
}

// PaperOf is the first valid document of somebody; ok is false for who has none.
func (c *Country) PaperOf(iin mekenjai.IIN) (p Paper, ok bool) {
	kinds := map[string]mekenjai.DocumentKind{state.DocumentIdentityCard: mekenjai.DocIDCard, state.DocumentPassport: mekenjai.DocPassport,
		state.DocumentResidencePermit: mekenjai.DocResidencePermit}
	c.mu.Lock()
	defer c.mu.Unlock()
	person := c.persons[iin]
	if person == nil {
		return p, false
	}
	if d, valid := person.ValidDocument(c.today); valid {
		return Paper{kinds[d.Type.Code], d.Number}, true
	}
	if b := person.BirthCertificate; b != nil {
		return Paper{mekenjai.DocBirth, b.Number}, true
	}
	return p, false
}

// students of the petition of the university for its dormitory: among them one
// whose card ran out and one for whom a parent must file.
var students = []string{"askhat", "botagoz", "daniyar", "elmira", "gleb", "zarina", "ilyas"}

// Students are the people of the university's petition.
func (c *Country) Students() (list []Resident) {
	for _, key := range students {
		list = append(list, c.Resident(key))
	}
	return list
}

// Petitioner is who petitions for them: the organisation, its head, the building.
func (c *Country) Petitioner() (o Organisation, building mekenjai.ARC) {
	return c.organisation(c.BIN("university")), at("dorm", 0)
}
