package rules

import (
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Months is a length of stay as somebody gave it. It carries any number or
// text, so that "1.5" or 13 is refused by rule R18 and not lost on the way.
type Months string

// Whole returns the number of months when what was given is a plain whole
// number: "6" is, "06", "6.0" as a text, "+6" and "six" are not.
func (m Months) Whole() (int, bool) {
	n, err := strconv.Atoi(string(m))
	return n, err == nil && strconv.Itoa(n) == string(m)
}

// UnmarshalJSON reads a number or a text. A number that is whole is whole with or
// without a fraction of zeros: 6 and 6.0 are the same number of JSON.
func (m *Months) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*m = Months(strings.TrimSpace(s))
		return nil
	}
	s := string(b)
	if !isNumber(s) {
		return errors.New("neither a number nor a text")
	}
	// Numbers with an exponent are not expanded beyond what a form can hold:
	// 1e999999999 would fill the memory.
	if r, ok := new(big.Rat).SetString(s); ok && len(s) <= 20 && !strings.ContainsAny(s, "eE") && r.IsInt() {
		s = r.Num().String()
	}
	*m = Months(s)
	return nil
}

// MarshalJSON writes a number where it can, else a text.
func (m Months) MarshalJSON() ([]byte, error) {
	if isNumber(string(m)) {
		return []byte(m), nil
	}
	return json.Marshal(string(m))
}

func isNumber(s string) bool {
	var n json.Number
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Unmarshal([]byte(s), &n) == nil
}
