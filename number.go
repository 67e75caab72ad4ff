package mekenjai

import (
	"errors"
	"log/slog"
	"strings"
)

// ErrIIN and ErrBIN say that a number is not one that the state issues.
var (
	ErrIIN = errors.New("not an individual identification number")
	ErrBIN = errors.New("not a business identification number")
)

// IIN is an individual identification number: 12 digits YYMMDD, century and sex,
// four serial digits and a check digit (Government Decree No 565 of 11.06.2003).
// A non-empty IIN made by ParseIIN has a right check digit and a real birth date.
type IIN string

// ParseIIN accepts 12 digits with any spaces between them.
func ParseIIN(s string) (IIN, error) {
	s = compact(s)
	if !isNumber(s) || !checkDigitRight(s) || centuryOf(s[6]) < 0 && s[6] != '0' {
		return "", ErrIIN
	}
	if _, err := birthDate(s); err != nil {
		return "", ErrIIN
	}
	return IIN(s), nil
}

// BirthDate is the date that the number carries. A number whose seventh digit is
// 0 (met with some foreigners) tells no century; then ok is false.
func (n IIN) BirthDate() (d Date, ok bool) {
	if len(n) != 12 || centuryOf(n[6]) < 0 {
		return Date{}, false
	}
	d, err := birthDate(string(n))
	return d, err == nil
}

// Masked shows the number to somebody who must recognise but not learn it.
func (n IIN) Masked() string { return mask(string(n)) }

// LogValue keeps the number out of logs.
func (n IIN) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// BIN is a business identification number: 12 digits YYMM, kind of the entity
// (4 resident, 5 non-resident, 6 joint sole proprietorship), division (0 head
// office, 1 branch, 2 representation, 3 farm), serial and the same check digit.
type BIN string

// ParseBIN accepts 12 digits with any spaces between them.
func ParseBIN(s string) (BIN, error) {
	s = compact(s)
	if !isNumber(s) || !checkDigitRight(s) || s[4] < '4' || s[4] > '6' || s[5] > '3' {
		return "", ErrBIN
	}
	if m := int(s[2]-'0')*10 + int(s[3]-'0'); m < 1 || m > 12 {
		return "", ErrBIN
	}
	return BIN(s), nil
}

// Masked shows the number to somebody who must recognise but not learn it.
func (n BIN) Masked() string { return mask(string(n)) }

// LogValue keeps the number out of logs.
func (n BIN) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// PartyID names a party of either kind by its number. The fifth digit tells the
// kinds apart: in an IIN it begins the day of birth (0–3), in a BIN it is 4–6.
type PartyID string

// ParsePartyID accepts an IIN or a BIN.
func ParsePartyID(s string) (PartyID, error) {
	if n, err := ParseBIN(s); err == nil {
		return PartyID(n), nil
	}
	n, err := ParseIIN(s)
	return PartyID(n), err
}

// IIN returns the number of a natural person, "" for an organisation.
func (p PartyID) IIN() IIN {
	if p.IsOrganisation() {
		return ""
	}
	return IIN(p)
}

// BIN returns the number of an organisation, "" for a natural person.
func (p PartyID) BIN() BIN {
	if p.IsOrganisation() {
		return BIN(p)
	}
	return ""
}

// IsOrganisation tells a BIN from an IIN.
func (p PartyID) IsOrganisation() bool { return len(p) == 12 && p[4] >= '4' && p[4] <= '6' }

// Masked shows the number to somebody who must recognise but not learn it.
func (p PartyID) Masked() string { return mask(string(p)) }

// LogValue keeps the number out of logs.
func (p PartyID) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

func compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '\u202f', '\r', '\n':
			return -1
		}
		return r
	}, s)
}

func isNumber(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// checkDigitRight weighs the first eleven digits with 1…11 and, when that gives
// 10, with 3…11,1,2; a number for which both give 10 is never issued.
func checkDigitRight(s string) bool {
	first, second := 0, 0
	for i := range 11 {
		d := int(s[i] - '0')
		first += d * (i + 1)
		second += d * ((i+2)%11 + 1)
	}
	k := first % 11
	if k == 10 {
		k = second % 11
	}
	return k < 10 && int(s[11]-'0') == k
}

// centuryOf maps the seventh digit to the first year of the century, -1 when it
// names none.
func centuryOf(c byte) int {
	switch c {
	case '1', '2':
		return 1800
	case '3', '4':
		return 1900
	case '5', '6':
		return 2000
	}
	return -1
}

func birthDate(s string) (Date, error) {
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	century := centuryOf(s[6])
	if century < 0 {
		century = 2000 // a leap century: accepts 29 February, the year itself stays unknown
	}
	return NewDate(century+two(0), two(2), two(4))
}

func mask(s string) string {
	if len(s) < 8 {
		return strings.Repeat("•", len(s))
	}
	return s[:4] + strings.Repeat("•", len(s)-6) + s[len(s)-2:]
}
