package office

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// inputOf is what the operator typed on the screen. Right-holders who answer from
// elsewhere are ticked by their tags: their numbers do not stand on the page.
func inputOf(f *web.Form, people []register.Needed, id string) mekenjai.IntakeInput {
	in := mekenjai.IntakeInput{
		Registrant: f.Value("registrant"), FilerRole: f.Value("filer_role"), Filer: f.Value("filer"),
		Authority: f.Value("authority"), AuthNumber: f.Value("authority_number"), AuthDate: day(f.Value("authority_date")), AuthSeen: f.Has("authority_seen", "yes"),
		ARC: f.Value("arc"), IsOwner: f.Value("is_owner"), Owner: f.Value("owner"), Months: f.Value("months"), Purpose: f.Value("purpose"),
		Arrival: day(f.Value("arrival")), Returnee: f.Value("returnee"), RetNumber: f.Value("returnee_number"), RetDate: day(f.Value("returnee_date")),
		RetSeen: f.Has("returnee_seen", "yes"), RetStates: f.Has("returnee_states", "yes"), Language: f.Value("language"),
		Powers: []mekenjai.PowerInput{{Principal: f.Value("power_principal"), Attorney: f.Value("power_attorney"), Number: f.Value("power_number")}},
	}
	if in.IsOwner == "yes" {
		in.Owner = ""
	}
	for _, n := range people {
		if !n.Applicant && f.Has("remote", tag(id, n)) {
			in.Remote = append(in.Remote, string(n.Holder.Party))
		}
	}
	return in
}

// tag names a person of the checklist on the page without the number.
func tag(id string, n register.Needed) string {
	party := string(n.Holder.Party)
	if n.Applicant {
		party = "applicant"
	}
	sum := sha256.Sum256([]byte(id + "\x00" + party))
	return hex.EncodeToString(sum[:6])
}

// formOf shows what was saved.
func formOf(in register.Intake, people []register.Needed) *web.Form {
	owner := ""
	if in.IsOwner != nil {
		owner = map[bool]string{true: "yes", false: "no"}[*in.IsOwner]
	}
	values := map[string]string{
		"registrant": string(in.Registrant), "filer_role": string(in.FilerRole), "filer": string(in.Filer),
		"authority": string(in.Authority.Kind), "authority_number": in.Authority.Number, "authority_date": typed(in.Authority.Date),
		"arc": string(in.ARC), "is_owner": owner, "owner": string(in.Owner), "purpose": string(in.Purpose), "arrival": typed(in.Arrival),
		"language": in.Language,
	}
	tick := func(name string, on bool) {
		if on {
			values[name] = "yes"
		}
	}
	tick("authority_seen", in.Authority.Seen)
	if in.Months != 0 {
		values["months"] = strconv.Itoa(int(in.Months))
	}
	if x := in.Returnee; x != nil {
		values["returnee"], values["returnee_number"], values["returnee_date"] = string(x.Paper), x.Number, typed(x.Date)
		if x.Mark {
			values["returnee"] = "mark"
		}
		tick("returnee_seen", x.Seen)
		tick("returnee_states", x.States)
	}
	if len(in.Powers) > 0 {
		values["power_principal"], values["power_attorney"], values["power_number"] = string(in.Powers[0].Principal), string(in.Powers[0].Attorney), in.Powers[0].Number
	}
	f := web.NewForm(values)
	for _, n := range people {
		if !n.Applicant && n.Remote {
			f.Add("remote", tag(in.ID, n))
		}
	}
	return f
}

// typed is a date as it is typed at a counter: 24.11.2026.
func typed(d mekenjai.Date) string {
	if d.IsZero() {
		return ""
	}
	s := d.String()
	return s[8:] + "." + s[5:7] + "." + s[:4]
}

// day reads a date as clerks type it, 24.11.2026 or 24112026, into the form of
// verbs. What is none goes on as it is: the verb says what is wrong with it.
func day(s string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" ./,-", r):
			return -1
		}
		return 'x'
	}, s)
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ./,-", r) })
	if len(digits) != 8 || strings.Contains(digits, "x") || len(parts) == 3 && len(parts[0]) == 4 {
		return s
	}
	return digits[4:] + "-" + digits[2:4] + "-" + digits[:2]
}
