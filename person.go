package mekenjai

import (
	"log/slog"
	"strings"
)

// Text is one text in the two languages of the state.
type Text struct {
	KK string `json:"kk"`
	RU string `json:"ru"`
}

// In returns the text for a reader of lang; who reads neither Kazakh nor
// Russian gets the Russian one, whose letters more foreigners can read.
func (t Text) In(lang string) string {
	if lang == "kk" && t.KK != "" || t.RU == "" {
		return t.KK
	}
	return t.RU
}

// Name is a person's name as the register of persons writes it. The patronymic
// is optional.
type Name struct {
	Surname    string `json:"surname"`
	Given      string `json:"given"`
	Patronymic string `json:"patronymic,omitempty"`
}

// String is surname, given name, patronymic.
func (n Name) String() string {
	return strings.Join(strings.Fields(n.Surname+" "+n.Given+" "+n.Patronymic), " ")
}

// Short is the surname with the first letters of the others.
func (n Name) Short() string {
	s := n.Surname
	for _, part := range []string{n.Given, n.Patronymic} {
		for _, r := range part {
			s += " " + string(r) + "."
			break
		}
	}
	return strings.TrimSpace(s)
}

// IsZero says whether no part of the name is known.
func (n Name) IsZero() bool { return n == Name{} }

// LogValue keeps names out of logs.
func (n Name) LogValue() slog.Value { return slog.StringValue("[name]") }

// Phone is a mobile number of the Mobile Citizens Database, in the form
// +7XXXXXXXXXX.
type Phone string

// Masked shows the last two digits only.
func (p Phone) Masked() string {
	if len(p) < 4 {
		return ""
	}
	return string(p[:2]) + " ••• ••• •• " + string(p[len(p)-2:])
}

// LogValue keeps the number out of logs.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.Masked()) }
