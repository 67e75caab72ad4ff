package country

import (
	"fmt"
	"slices"
	"strings"

	"mekenjai"
)

// Group is a shelf of the demo page.
type Group string

// The groups, by what the story shows.
const (
	GroupAlone     Group = "alone"     // nobody has to be asked
	GroupConsent   Group = "consent"   // others are asked
	GroupRefused   Group = "refused"   // the rules refuse
	GroupElsewhere Group = "elsewhere" // another way, another office, an officer
)

// Groups in the order of the page.
var Groups = []Group{GroupAlone, GroupConsent, GroupRefused, GroupElsewhere}

// Story is something to try: who signs in, what he types, what happens.
type Story struct {
	ID        string
	Group     Group
	Applicant mekenjai.IIN
	IsOwner   bool
	ARC       mekenjai.ARC
	Address   mekenjai.Text
	Owner     mekenjai.PartyID   // to type when the applicant is no owner
	Asked     []mekenjai.PartyID // whose consent is asked
	Signers   []mekenjai.IIN     // who answers for each of them: himself, or the head
	Declines  mekenjai.PartyID   // who of them says no
	End       mekenjai.State
	Rule      string // row of the decision table that decides, "" when the entry is made
	Code      string // its code
}

// Title and Text are keys of the catalogue.
func (s Story) Title() string { return "demo.story." + s.ID + ".title" }

// Text tells what the story shows.
func (s Story) Text() string { return "demo.story." + s.ID + ".text" }

// plot is a story by the keys of the cast.
type plot struct {
	id        string
	group     Group
	applicant string
	house     string
	room      int
	owner     string // "": the applicant says that he is an owner
	asked     []string
	declines  string
	end       mekenjai.State
	rule      string
	code      string
}

var plots = []plot{
	{"sole_owner", GroupAlone, "aigul", "almaty", 12, "", nil, "", mekenjai.Registered, "", ""},
	{"two_flats", GroupAlone, "zhanna", "astana", 28, "", nil, "", mekenjai.Registered, "", ""},
	{"village", GroupAlone, "kairat", "village", 0, "", nil, "", mekenjai.Registered, "", ""},
	{"mortgaged", GroupAlone, "nurlan", "almaty", 18, "", nil, "", mekenjai.Registered, "", ""},

	{"non_owner", GroupConsent, "timur", "shymkent", 7, "bolat", []string{"bolat"}, "", mekenjai.Registered, "", ""},
	{"co_owner", GroupConsent, "erlan", "kostanay", 0, "", []string{"zhanar", "meiram"}, "", mekenjai.Registered, "", ""},
	{"three_owners", GroupConsent, "pavel", "kostanay", 0, "erlan", []string{"erlan", "zhanar", "meiram"}, "zhanar", mekenjai.Refused, "R36", "CONSENT_DECLINED"},
	{"dormitory", GroupConsent, "madina", "dorm", 0, "university", []string{"university"}, "", mekenjai.Registered, "", ""},
	{"state_rental", GroupConsent, "asel", "shymkent", 15, "marat", []string{"marat"}, "", mekenjai.Registered, "", ""},
	{"private_tenant", GroupConsent, "ruslan", "shymkent", 11, "aizhan", []string{"aizhan"}, "", mekenjai.Registered, "", ""},
	{"norm_relative", GroupConsent, "irina", "astana", 22, "oleg", []string{"oleg"}, "", mekenjai.Registered, "", ""},
	{"moved", GroupConsent, "dana", "astana", 14, "sergey", []string{"sergey"}, "", mekenjai.Registered, "", ""},

	{"not_owner", GroupRefused, "timur", "almaty", 12, "bolat", nil, "", mekenjai.Refused, "R30", "NOT_OWNER"},
	{"no_title", GroupRefused, "miras", "new", 3, "builder", nil, "", mekenjai.Refused, "R25", "NO_TITLE"},
	{"needs_flat", GroupRefused, "miras", "almaty", 0, "aigul", nil, "", mekenjai.Refused, "R24", "NEED_UNIT"},
	{"office", GroupRefused, "miras", "offices", 11, "centre", nil, "", mekenjai.Refused, "R26", "PURPOSE"},
	{"dead_owner", GroupRefused, "miras", "shymkent", 20, "vasily", nil, "", mekenjai.Refused, "R40", "OWNER_DEAD"},
	{"state_rental_stranger", GroupRefused, "miras", "shymkent", 15, "marat", nil, "", mekenjai.Refused, "R43", "NOT_IN_TENANCY"},
	{"leased_by_state", GroupRefused, "miras", "shymkent", 18, "askar", nil, "", mekenjai.Refused, "R45", "NO_TEMP_RESIDENTS"},
	{"norm", GroupRefused, "miras", "astana", 22, "oleg", nil, "", mekenjai.Refused, "R48", "CAPITAL_NORM"},
	{"residence", GroupRefused, "oleg", "astana", 22, "", nil, "", mekenjai.Refused, "R11", "IS_RESIDENCE"},
	{"old_card", GroupRefused, "lyudmila", "shymkent", 7, "bolat", nil, "", mekenjai.Refused, "R05", "ID_INVALID"},

	{"unreachable_owner", GroupElsewhere, "viktoria", "shymkent", 3, "zeynep", nil, "", mekenjai.Routed, "R34", "PARTY_NOT_REGISTERED"},
	{"minor_owner", GroupElsewhere, "viktoria", "almaty", 5, "alikhan", nil, "", mekenjai.Routed, "R39", "OFFICE_HALL"},
	{"incapable_owner", GroupElsewhere, "viktoria", "almaty", 31, "raisa", nil, "", mekenjai.Routed, "R39", "OFFICE_HALL"},
	{"fifteen", GroupElsewhere, "arman", "almaty", 12, "aigul", nil, "", mekenjai.Routed, "R07", "REPRESENTATIVE_FILES"},
	{"foreigner", GroupElsewhere, "david", "shymkent", 7, "bolat", nil, "", mekenjai.Routed, "R04", "ANNEX7_OFFICE"},
	{"returnee", GroupElsewhere, "anna", "almaty", 12, "aigul", nil, "", mekenjai.Routed, "R16", "RETURNEE_OFFICE"},
	{"no_permanent", GroupElsewhere, "ivan", "shymkent", 7, "bolat", nil, "", mekenjai.Routed, "R12", "PERMANENT_FIRST"},
	{"arrested", GroupElsewhere, "gulnar", "astana", 9, "", nil, "", mekenjai.Referred, "R28", "BAN_ON_USE"},
	{"missing_owner", GroupElsewhere, "viktoria", "almaty", 33, "fedor", nil, "", mekenjai.Referred, "R41", "OWNER_MISSING"},
}

// Stories in the order of the page.
func (c *Country) Stories() []Story {
	found := make([]Story, len(plots))
	for i, p := range plots {
		found[i] = c.tell(p)
	}
	return found
}

// Story by its id. An unknown one is a mistake of the program.
func (c *Country) Story(id string) Story {
	i := slices.IndexFunc(plots, func(p plot) bool { return p.id == id })
	if i < 0 {
		panic(fmt.Sprintf("country: no story %q", id))
	}
	return c.tell(plots[i])
}

func (c *Country) tell(p plot) Story {
	arc := at(p.house, p.room)
	a := atlas()[arc]
	s := Story{
		ID: p.id, Group: p.group, Applicant: c.IIN(p.applicant), IsOwner: p.owner == "", ARC: arc, Address: short(a.Dwelling().Address),
		End: p.end, Rule: p.rule, Code: p.code,
	}
	if p.owner != "" {
		s.Owner = c.Party(p.owner)
	}
	if p.declines != "" {
		s.Declines = c.Party(p.declines)
	}
	for _, key := range p.asked {
		party := c.Party(key)
		s.Asked, s.Signers = append(s.Asked, party), append(s.Signers, c.Speaks(party))
	}
	return s
}

// short leaves the Republic out, as people write addresses.
func short(t mekenjai.Text) mekenjai.Text {
	return mekenjai.Text{
		KK: strings.TrimPrefix(t.KK, "Қазақстан Республикасы, "), RU: strings.TrimPrefix(t.RU, "Республика Казахстан, "),
	}
}

// Speaks tells who answers for a party: a person for himself, the head for an
// organisation.
func (c *Country) Speaks(p mekenjai.PartyID) mekenjai.IIN {
	if !p.IsOrganisation() {
		return p.IIN()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entities[p.BIN()]; e != nil {
		return e.Head()
	}
	return ""
}
