package eds

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"mekenjai/eds/internal/der"
)

// A Subject is whom a certificate of the national authority speaks of. Empty fields
// were absent; an attribute that occurs twice with different values counts as absent,
// so that nobody is taken for someone else.
type Subject struct {
	IIN          string `json:"iin"`          // 12 digits, individual identification number
	BIN          string `json:"bin"`          // 12 digits, of the organisation
	CommonName   string `json:"commonName"`   // surname and given name
	Surname      string `json:"surname"`      //
	GivenName    string `json:"givenName"`    // what CommonName has after the surname
	Patronymic   string `json:"patronymic"`   // from the attribute GIVENNAME: that is where NUCA puts it
	Organization string `json:"organization"` //
	Country      string `json:"country,omitempty"`
	Locality     string `json:"locality,omitempty"`
	Province     string `json:"province,omitempty"`
	Email        string `json:"email,omitempty"`
}

// attributeValue is one AttributeTypeAndValue of a name.
type attributeValue struct {
	oid   string
	value der.Value
}

// parseName reads a Name as relative names, each of one or more attributes.
func parseName(name []byte) ([][]attributeValue, error) {
	outer := der.Read(name)
	r := outer.Enter(der.TagSequence)
	var rdns [][]attributeValue
	for r.More() {
		set := r.Enter(der.TagSet)
		var rdn []attributeValue
		for set.More() {
			a := set.Enter(der.TagSequence)
			rdn = append(rdn, attributeValue{a.OID(), a.Next()})
			if err := a.Done(); err != nil {
				set.Fail("%v", err)
			}
		}
		if err := set.Done(); err != nil || len(rdn) == 0 {
			r.Fail("relative name: %v", err)
		}
		rdns = append(rdns, rdn)
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("name: %w", err)
	}
	return rdns, outer.Done()
}

// newSubject picks the fields out of a name, whatever their order.
func newSubject(rdns [][]attributeValue) Subject {
	var all []attributeValue
	for _, rdn := range rdns {
		all = append(all, rdn...)
	}
	// The numbers carry a prefix; the organisation's stands in OU, and for
	// information systems, which have no person, in the serial number.
	s := Subject{
		IIN:          single(all, number("IIN"), oidSerialNumber),
		BIN:          single(all, number("BIN"), oidOrganizationalUnit, oidSerialNumber),
		CommonName:   single(all, text, oidCommonName),
		Surname:      single(all, text, oidSurname),
		Patronymic:   single(all, text, oidGivenName),
		Organization: single(all, text, oidOrganization),
		Country:      single(all, text, oidCountry),
		Locality:     single(all, text, oidLocality),
		Province:     single(all, text, oidProvince),
		Email:        single(all, text, oidEmail),
	}
	if given, ok := strings.CutPrefix(s.CommonName, s.Surname+" "); ok && s.Surname != "" {
		s.GivenName = strings.TrimSpace(given)
	}
	return s
}

// single returns the only value that accept makes of the attributes of these types.
func single(all []attributeValue, accept func(string) string, oids ...string) string {
	found := ""
	for _, a := range all {
		if !slices.Contains(oids, a.oid) {
			continue
		}
		s, _ := a.value.Text()
		s = accept(s)
		if s != "" && found != "" && s != found {
			return ""
		}
		if s != "" {
			found = s
		}
	}
	return found
}

func text(s string) string { return strings.TrimSpace(s) }

// number accepts the prefix followed by exactly twelve digits.
func number(prefix string) func(string) string {
	return func(s string) string {
		digits, ok := strings.CutPrefix(strings.TrimSpace(s), prefix)
		if !ok || len(digits) != 12 || strings.Trim(digits, "0123456789") != "" {
			return ""
		}
		return digits
	}
}

// nameKey is a form of a name that is equal for equal names in the sense of RFC 5280,
// section 7.1: text without regard to case, spacing and string type.
func nameKey(rdns [][]attributeValue) string {
	return nameForm(rdns, func(v der.Value) (string, bool) {
		s, ok := v.Text()
		return strings.ToLower(strings.Join(strings.Fields(s), " ")), ok
	})
}

// nameText is a stricter form, for names that no signature protects: every letter
// counts. Only the two usual string types are not told apart, as signing software
// writes one for the other.
func nameText(rdns [][]attributeValue) string {
	return nameForm(rdns, func(v der.Value) (string, bool) {
		s, ok := v.Text()
		return s, ok && (v.Tag == der.TagUTF8String || v.Tag == der.TagPrintableString)
	})
}

// nameForm writes a name with the text of each value, or its bytes where there is none.
func nameForm(rdns [][]attributeValue, text func(der.Value) (string, bool)) string {
	var b strings.Builder
	for _, rdn := range rdns {
		parts := make([]string, len(rdn))
		for i, a := range rdn {
			s, ok := text(a.value)
			if !ok {
				s = "#" + hex.EncodeToString(a.value.Full)
			}
			parts[i] = fmt.Sprintf("%s=%q", a.oid, s)
		}
		slices.Sort(parts)
		b.WriteString(strings.Join(parts, "+"))
		b.WriteByte('\n')
	}
	return b.String()
}

// attributeNames are the usual short forms for people to read.
var attributeNames = map[string]string{
	oidCommonName: "CN", oidSurname: "SURNAME", oidSerialNumber: "SERIALNUMBER", oidCountry: "C",
	oidLocality: "L", oidProvince: "ST", oidOrganization: "O", oidOrganizationalUnit: "OU",
	oidGivenName: "GIVENNAME", oidEmail: "E",
}

// nameString writes a name for people, in its own order: CN=…, C=KZ.
func nameString(rdns [][]attributeValue) string {
	var parts []string
	for _, rdn := range rdns {
		for _, a := range rdn {
			key := attributeNames[a.oid]
			if key == "" {
				key = a.oid
			}
			s, ok := a.value.Text()
			if !ok {
				s = "#" + hex.EncodeToString(a.value.Full)
			}
			parts = append(parts, key+"="+s)
		}
	}
	return strings.Join(parts, ", ")
}
