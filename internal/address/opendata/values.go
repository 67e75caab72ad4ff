package opendata

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
)

// number is a whole number, which the data has as 12, "12" and 12.0. What is no
// number is none given.
type number struct {
	value int64
	given bool
}

func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{}
	s := string(bytes.Trim(b, `" `))
	if whole, rest, ok := strings.Cut(s, "."); ok && strings.Trim(rest, "0") == "" {
		s = whole
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = number{v, true}
	}
	return nil
}

// or is the value, or that of another column which has it in other editions.
func (n number) or(other number) int64 {
	if n.value != 0 {
		return n.value
	}
	return other.value
}

// flag is a truth, which the data has as true, "true" and 1.
type flag struct{ value, given bool }

func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(string(bytes.Trim(b, `" `))) {
	case "true", "1", "t":
		*f = flag{true, true}
	case "false", "0", "f":
		*f = flag{false, true}
	default:
		*f = flag{}
	}
	return nil
}

// longestText bounds a name or a number of a house, in letters. The longest street
// of the register has some eighty.
const longestText = 300

// text is a text, or a number that should be one. Control characters are left out:
// a NUL is no text to PostgreSQL.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	if len(b) == 0 || b[0] == '{' || b[0] == '[' || string(b) == "null" {
		return nil
	}
	s := string(b)
	if b[0] == '"' {
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	}
	*t = text(clean(s))
	return nil
}

func clean(s string) string {
	if len(s) > longestText { // bytes are at least as many as letters
		if runes := []rune(s); len(runes) > longestText {
			s = string(runes[:longestText])
		}
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		s = strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r):
				return ' '
			case unicode.IsControl(r):
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

// kato is a code of the classifier of administrative units: nine digits, or none.
func (t text) kato() string {
	if len(t) != 9 || strings.Trim(string(t), "0123456789") != "" {
		return ""
	}
	return string(t)
}
