package rules

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"mekenjai"
)

//go:embed parameters.json
var parametersFile []byte

// Parameters are the numbers and readings of the law in force on one day. None
// of them stands anywhere else in the rules: what a source does not settle, or
// what an act may change tomorrow, is changed in parameters.json.
type Parameters struct {
	MinAge               int               `param:"min_age"`
	BirthCertificateAge  int               `param:"birth_certificate_age"`
	SelfFilingAge        int               `param:"self_filing_age"`
	POAMaxYears          int               `param:"poa_max_years"`
	POADefaultYears      int               `param:"poa_default_years"`
	RequirePermanent     bool              `param:"require_permanent"`
	LateDays             int               `param:"late_days"`
	LateMonths           int               `param:"late_months"`
	MonthsMin            int               `param:"months_min"`
	MonthsMax            int               `param:"months_max"`
	NotObligedMonths     int               `param:"not_obliged_months"`
	InclusiveEnd         bool              `param:"inclusive_end"`
	LeaseEnd             Reading           `param:"lease_end" words:"warn,cap"`
	ExtensionDays        int               `param:"extension_days"`
	ExtensionTotalMonths int               `param:"extension_total_months"`
	ObjectKinds          []ObjectKind      `param:"object_kinds"`
	ConsentMethods       []SignatureMethod `param:"consent_methods"`
	ConsentMinutes       int               `param:"consent_minutes"`
	AdultAge             int               `param:"adult_age"`
	OwnConsentAge        int               `param:"own_consent_age"`
	MinorChild           Reading           `param:"minor_child" words:"ask,skip"`
	NormKATO             string            `param:"norm_kato"`
	NormStart            mekenjai.Date     `param:"norm_start"`
	NormArea             float64           `param:"norm_area"`
	NormProviso          Reading           `param:"norm_proviso" words:"all,students"`
	NormOwnerExempt      bool              `param:"norm_owner_exempt"`
	CrowdCount           int               `param:"crowd_count"`
	CrowdArea            float64           `param:"crowd_area"`
	PilotFrom            mekenjai.Date     `param:"pilot_from"`
	PilotUntil           mekenjai.Date     `param:"pilot_until"`
	PromiseMinutesPortal int               `param:"promise_minutes_portal"`
	PromiseMinutesBank   int               `param:"promise_minutes_bank"`
	PromiseMinutesOffice int               `param:"promise_minutes_office"`
	ComplaintMonths      int               `param:"complaint_months"`

	ComplaintMonthsUnstated int `param:"complaint_months_unstated"`
	ComplaintForwardDays    int `param:"complaint_forward_days"`
	ComplaintAnswerDays     int `param:"complaint_answer_days"`

	ReminderDays         []int             `param:"reminder_days"`
	ConfirmDays          int               `param:"confirm_days"`
	ObjectionDays        int               `param:"objection_days"`
	RemovalMethods       []SignatureMethod `param:"removal_methods"`
	WindowRemovalMinutes int               `param:"window_removal_minutes"`
	FourEyes             bool              `param:"four_eyes"`
	RepeatMonths         int               `param:"repeat_months"`
	GrievanceDays        int               `param:"grievance_days"`
	MCI                  int               `param:"mci"`
	MCIYear              int               `param:"mci_year"`
	Fines                []FineRow         `param:"fines"`
}

// Reading is one of the ways in which a doubtful norm may be read.
type Reading string

// The readings; which parameter knows which stands in its tag.
const (
	ReadWarn     Reading = "warn"
	ReadCap      Reading = "cap"
	ReadAsk      Reading = "ask"
	ReadSkip     Reading = "skip"
	ReadAll      Reading = "all"
	ReadStudents Reading = "students"
)

// Book is all values that the parameters have, had and will have.
type Book struct {
	Parameters []Parameter  `json:"parameters"`
	Calendar   calendarFile `json:"calendar"`
}

// Parameter is one number with its history.
type Parameter struct {
	Name   string   `json:"name"`
	Rules  []string `json:"rules"`
	About  string   `json:"about"`
	Values []Value  `json:"values"`
}

// Value is what a parameter is in a stretch of days.
type Value struct {
	Value  json.RawMessage `json:"value"`
	From   mekenjai.Date   `json:"from"`
	Until  mekenjai.Date   `json:"until,omitzero"` // last day; left out: until the next value or without end
	Tag    string          `json:"tag"`            // V verified, V2 in a secondary source, I inferred
	Source string          `json:"source"`
	Note   string          `json:"note,omitempty"`
}

var embedded = sync.OnceValues(func() (*Book, error) { return ReadBook(parametersFile) })

// ParametersAt are the embedded parameters in force on the day d. It is an error
// when one has no value on that day: the law of that time is not known here. The
// lists in them are shared: nobody changes them.
func ParametersAt(d mekenjai.Date) (Parameters, error) {
	b, err := embedded()
	if err != nil {
		return Parameters{}, err
	}
	days.Lock()
	defer days.Unlock()
	if p, read := days.read[d]; read {
		return p, nil
	}
	p, err := b.At(d)
	if err != nil {
		return p, err
	}
	if days.read == nil || len(days.read) >= maxDays {
		days.read = map[mekenjai.Date]Parameters{}
	}
	days.read[d] = p
	return p, nil
}

// days keeps the parameters of the days that were asked for: each application asks
// some ten times, mostly for today.
var days struct {
	sync.Mutex
	read map[mekenjai.Date]Parameters
}

const maxDays = 32

// EmbeddedBook is the parameter file of this program.
func EmbeddedBook() (*Book, error) { return embedded() }

// ReadBook reads a parameter file. Unknown, doubled or missing parameters, values
// without source, of the wrong kind or whose days overlap are errors.
func ReadBook(data []byte) (*Book, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	b := new(Book)
	if err := dec.Decode(b); err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	places := places()
	seen := map[string]bool{}
	for _, p := range b.Parameters {
		place, known := places[p.Name]
		switch {
		case !known:
			return nil, fmt.Errorf("parameter %q: no rule knows it", p.Name)
		case seen[p.Name]:
			return nil, fmt.Errorf("parameter %q: stands there twice", p.Name)
		}
		seen[p.Name] = true
		if err := p.check(place); err != nil {
			return nil, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	for name := range places {
		if !seen[name] {
			return nil, fmt.Errorf("parameter %q: is missing", name)
		}
	}
	if err := b.Calendar.check(); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return b, nil
}

// places maps the name of each parameter to its field.
func places() map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for f := range reflect.TypeFor[Parameters]().Fields() {
		out[f.Tag.Get("param")] = f
	}
	return out
}

// At are the parameters in force on the day d.
func (b *Book) At(d mekenjai.Date) (Parameters, error) {
	var out Parameters
	v := reflect.ValueOf(&out).Elem()
	places := places()
	for _, p := range b.Parameters {
		value, ok := p.At(d)
		if !ok {
			return Parameters{}, fmt.Errorf("parameter %q has no value on %s", p.Name, d)
		}
		place := places[p.Name]
		if err := value.into(place, v.FieldByIndex(place.Index)); err != nil {
			return Parameters{}, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	return out, nil
}

// At is the value in force on the day d.
func (p Parameter) At(d mekenjai.Date) (Value, bool) {
	for _, v := range slices.Backward(p.Values) {
		if within(d, v.From, v.Until) {
			return v, true
		}
	}
	return Value{}, false
}

// Promise is the time in minutes after which an application of the channel is late.
func (p Parameters) Promise(c Channel) int {
	switch c {
	case OfficeWindow:
		return p.PromiseMinutesOffice
	case Bank:
		return p.PromiseMinutesBank
	}
	return p.PromiseMinutesPortal
}
