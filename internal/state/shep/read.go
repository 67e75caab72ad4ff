package shep

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mekenjai"
)

// sequence reads the children of an element in the order of the schema. The first
// thing that is wrong is kept and everything after it is empty.
type sequence struct {
	of   string
	rest []*element
	err  *error
}

func (e *element) sequence(err *error) *sequence {
	s := &sequence{of: e.name.Local, rest: e.children, err: err}
	if !e.nothing() {
		s.fail("text within %s", s.of)
	}
	if v, found := e.attr(instanceSpace, "nil"); found && v != "false" && v != "0" {
		s.fail("%s is nil", s.of)
	}
	return s
}

func (s *sequence) fail(format string, args ...any) {
	if *s.err == nil {
		*s.err = malformed(format, args...)
	}
}

// next takes the next child if it has the name. It must be in no namespace: one
// that is qualified is another element, however it is called.
func (s *sequence) next(local string) *element {
	if len(s.rest) == 0 || s.rest[0].name != (xml.Name{Local: local}) {
		return nil
	}
	e := s.rest[0]
	s.rest = s.rest[1:]
	return e
}

// part is a child that has children.
func (s *sequence) part(local string) *sequence {
	if e := s.next(local); e != nil {
		return e.sequence(s.err)
	}
	s.fail("%s lacks %s in its place", s.of, local)
	return &sequence{of: local, err: s.err}
}

// mayPart is one that may be absent: nil then.
func (s *sequence) mayPart(local string) *sequence {
	if e := s.next(local); e != nil {
		return e.sequence(s.err)
	}
	return nil
}

func (s *sequence) must(local string) string {
	e := s.next(local)
	if e == nil {
		s.fail("%s lacks %s in its place", s.of, local)
		return ""
	}
	return s.leaf(e)
}

func (s *sequence) may(local string) string {
	if e := s.next(local); e != nil {
		return s.leaf(e)
	}
	return ""
}

func (s *sequence) leaf(e *element) string {
	if len(e.children) > 0 {
		s.fail("elements within %s", e.name.Local)
	}
	return strings.TrimSpace(e.text)
}

func (s *sequence) instant(local string) time.Time {
	text := s.must(local)
	t, ok := parseInstant(text)
	if !ok && *s.err == nil {
		s.fail("%s %q is no dateTime", local, text)
	}
	return t
}

// parseInstant reads xs:dateTime; one without a zone is Almaty's.
func parseInstant(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", text, mekenjai.Almaty)
	return t, err == nil
}

var guidForm = regexp.MustCompile(`^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$`)

// guid is an identifier of the bus, always in curly braces.
func (s *sequence) guid(local string, mandatory bool) string {
	text := s.may(local)
	if text == "" && mandatory {
		s.fail("%s lacks %s in its place", s.of, local)
	}
	if text != "" && !guidForm.MatchString(text) {
		s.fail("%s is no identifier in braces", local)
	}
	return text
}

func (s *sequence) mayNumber(local string) int {
	text := s.may(local)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		s.fail("%s is no number", local)
	}
	return int(n)
}

// oneOf is a value of an enumeration.
func (s *sequence) oneOf(local string, values ...string) string {
	text := s.must(local)
	for _, v := range values {
		if v == text {
			return text
		}
	}
	s.fail("%s is none of the values that it may have", local)
	return text
}

// end says that nothing follows.
func (s *sequence) end() {
	if len(s.rest) > 0 {
		s.fail("%s where %s ends, or out of its order", s.rest[0].name.Local, s.of)
	}
}

// operation finds the element of the operation in an envelope, or the fault.
func operation(root *element) (*element, error) {
	if root.name != (xml.Name{Space: soapEnvelope, Local: "Envelope"}) {
		return nil, malformed("it is no SOAP 1.1 envelope")
	}
	parts := root.children
	if len(parts) > 0 && parts[0].name == (xml.Name{Space: soapEnvelope, Local: "Header"}) {
		parts = parts[1:]
	}
	if len(parts) != 1 || parts[0].name != (xml.Name{Space: soapEnvelope, Local: "Body"}) || len(parts[0].children) != 1 ||
		!root.nothing() || !parts[0].nothing() {
		return nil, malformed("the envelope has other parts than a Header and a Body with one operation")
	}
	return parts[0].children[0], nil
}

// is says whether the operation has the name.
func (e *element) is(space, local string) bool { return e.name == xml.Name{Space: space, Local: local} }
