package mekenjai

import (
	"slices"
	"strings"
)

// IntakeInput is what the operator typed on his screen, untouched: one field for
// each input, named as in the form.
type IntakeInput struct {
	Registrant string
	FilerRole  string // "" the registrant files himself; else a FilerRole
	Filer      string // IIN
	Authority  string // one of AuthorityPapers
	AuthNumber string
	AuthDate   string // YYYY-MM-DD
	AuthSeen   bool
	ARC        string
	IsOwner    string // "yes", "no" or ""
	Owner      string
	Months     string
	Purpose    string
	Arrival    string // YYYY-MM-DD
	Returnee   string // "", "mark" or one of ReturnPapers
	RetNumber  string
	RetDate    string
	RetSeen    bool
	RetStates  bool
	Remote     []string     // numbers of right-holders
	Powers     []PowerInput // of right-holders
	Language   string       // kk, ru or en
}

// PowerInput is a row of the powers of attorney of right-holders; a row without
// anything typed is passed over.
type PowerInput struct{ Principal, Attorney, Number string }

// Intake reads the whole screen. Empty answers stay open; unusable ones come
// back, in the order of the screen, and nothing is taken. Today is the day in
// Almaty.
func (t IntakeInput) Intake(today Date) (in Intake, wrong FieldErrors) {
	r := intakeReader{today: today}
	in.Registrant = r.iin("registrant", t.Registrant)
	r.filer(&in, t)
	if strings.TrimSpace(t.ARC) != "" {
		arc, err := ParseARC(t.ARC)
		r.refuse(err != nil, "arc", "portal.error.arc_format")
		in.ARC = arc
	}
	r.owner(&in, t)
	if strings.TrimSpace(t.Months) != "" {
		months, err := ParseMonths(t.Months)
		r.refuse(err != nil, "months", "portal.error.months")
		in.Months = months
	}
	if t.Purpose != "" {
		in.Purpose = Purpose(t.Purpose)
		r.refuse(!slices.Contains(Purposes, in.Purpose), "purpose", "portal.error.purpose")
	}
	in.Arrival = r.past("arrival", t.Arrival, "portal.error.arrival_format", "portal.error.arrival_future")
	r.returnee(&in, t)
	r.others(&in, t)
	in.Language = t.Language
	if !slices.Contains([]string{"kk", "ru", "en"}, in.Language) {
		in.Language = "kk"
	}
	if len(r.wrong) > 0 {
		return Intake{}, r.wrong
	}
	return in, nil
}

// intakeReader gathers what is unusable.
type intakeReader struct {
	today Date
	wrong FieldErrors
}

func (r *intakeReader) refuse(wrong bool, field, key string) {
	if wrong {
		r.wrong = append(r.wrong, &FieldError{Field: field, Key: key})
	}
}

func (r *intakeReader) iin(field, typed string) IIN {
	if strings.TrimSpace(typed) == "" {
		r.refuse(true, field, "counter.error.iin_empty")
		return ""
	}
	n, err := ParseIIN(typed)
	r.refuse(err != nil, field, "counter.error.iin_format")
	return n
}

// past reads a day that is not in the future; an empty one is no answer.
func (r *intakeReader) past(field, typed, format, future string) Date {
	if strings.TrimSpace(typed) == "" {
		return Date{}
	}
	d, err := ParseDate(strings.TrimSpace(typed))
	r.refuse(err != nil, field, format)
	r.refuse(err == nil && d.After(r.today), field, future)
	return d
}

func (r *intakeReader) filer(in *Intake, t IntakeInput) {
	in.FilerRole = FilerRole(t.FilerRole)
	if in.FilerRole == "" {
		return
	}
	if !slices.Contains(CounterFilers, in.FilerRole) {
		r.refuse(true, "filer_role", "counter.error.filer_role")
		return
	}
	in.Filer = r.iin("filer", t.Filer)
	r.refuse(in.Filer != "" && in.Filer == in.Registrant, "filer", "counter.error.filer_self")
	in.Authority = Authority{Kind: PaperKind(t.Authority), Number: strings.TrimSpace(t.AuthNumber), Seen: t.AuthSeen,
		Date: r.past("authority_date", t.AuthDate, "counter.error.date", "counter.error.date_future")}
	r.refuse(t.Authority != "" && !slices.Contains(AuthorityPapers, in.Authority.Kind), "authority", "counter.error.authority")
	r.refuse(len(in.Authority.Number) > numberLength, "authority_number", "counter.error.number_long")
}

// CounterFilers are the capacities in which somebody files at the counter for
// another, in the order of the form.
var CounterFilers = []FilerRole{FiledByParent, FiledByGuardian, FiledByTrustee, FiledByAttorney}

const numberLength = 80

func (r *intakeReader) owner(in *Intake, t IntakeInput) {
	switch t.IsOwner {
	case "yes", "no":
		yes := t.IsOwner == "yes"
		in.IsOwner = &yes
	case "":
	default:
		r.refuse(true, "is_owner", "portal.error.is_owner")
	}
	if t.IsOwner == "yes" || strings.TrimSpace(t.Owner) == "" {
		return
	}
	party, err := ParsePartyID(t.Owner)
	r.refuse(err != nil, "owner", "portal.error.owner_format")
	r.refuse(err == nil && party == PartyID(in.FiledBy()), "owner", "portal.error.owner_self")
	in.Owner = party
}

func (r *intakeReader) returnee(in *Intake, t IntakeInput) {
	switch t.Returnee {
	case "":
		return
	case "mark":
		in.Returnee = &Returnee{Mark: true}
		return
	}
	x := &Returnee{Paper: PaperKind(t.Returnee), Number: strings.TrimSpace(t.RetNumber), Seen: t.RetSeen, States: t.RetStates,
		Date: r.past("returnee_date", t.RetDate, "counter.error.date", "counter.error.date_future")}
	r.refuse(!slices.Contains(ReturnPapers, x.Paper), "returnee", "counter.error.returnee")
	r.refuse(len(x.Number) > numberLength, "returnee_number", "counter.error.number_long")
	in.Returnee = x
}

// manyOthers bounds the lists: no dwelling is held by more at a counter.
const manyOthers = 50

func (r *intakeReader) others(in *Intake, t IntakeInput) {
	if len(t.Remote) > manyOthers || len(t.Powers) > manyOthers {
		r.refuse(true, "remote", "counter.error.too_many")
		return
	}
	for _, typed := range t.Remote {
		party, err := ParsePartyID(typed)
		r.refuse(err != nil, "remote", "portal.error.owner_format")
		if err == nil && !slices.Contains(in.Remote, party) {
			in.Remote = append(in.Remote, party)
		}
	}
	for _, p := range t.Powers {
		if strings.TrimSpace(p.Principal+p.Attorney+p.Number) == "" {
			continue
		}
		principal, err := ParsePartyID(p.Principal)
		r.refuse(err != nil, "power_principal", "portal.error.owner_format")
		attorney, err := ParseIIN(p.Attorney)
		r.refuse(err != nil, "power_attorney", "counter.error.iin_format")
		r.refuse(err == nil && principal == PartyID(attorney), "power_attorney", "counter.error.filer_self")
		number := strings.TrimSpace(p.Number)
		r.refuse(number == "" || len(number) > numberLength, "power_number", "counter.error.power_number")
		in.Powers = append(in.Powers, Power{principal, attorney, number})
	}
}
