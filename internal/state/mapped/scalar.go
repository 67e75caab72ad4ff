package mapped

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

// kind is how a field of the program is written.
type kind string

const (
	kindText   kind = "text"
	kindIIN    kind = "IIN"
	kindBIN    kind = "BIN"
	kindParty  kind = "IIN or BIN"
	kindARC    kind = "address code"
	kindPhone  kind = "telephone number"
	kindDate   kind = "date"
	kindTime   kind = "date with time"
	kindArea   kind = "area"
	kindBool   kind = "true or false"
	kindInt    kind = "number"
	kindObject kind = "object"
)

var kinds = map[reflect.Type]kind{
	reflect.TypeFor[mekenjai.IIN]():     kindIIN,
	reflect.TypeFor[mekenjai.BIN]():     kindBIN,
	reflect.TypeFor[mekenjai.PartyID](): kindParty,
	reflect.TypeFor[mekenjai.ARC]():     kindARC,
	reflect.TypeFor[mekenjai.Phone]():   kindPhone,
	reflect.TypeFor[mekenjai.Date]():    kindDate,
	reflect.TypeFor[time.Time]():        kindTime,
	reflect.TypeFor[state.Area]():       kindArea,
}

// kindOf is how a type is written; list says that it is one of several.
func kindOf(t reflect.Type) (k kind, element reflect.Type, list bool) {
	if t.Kind() == reflect.Slice {
		t, list = t.Elem(), true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if k, ok := kinds[t]; ok {
		return k, t, list
	}
	switch t.Kind() {
	case reflect.String:
		return kindText, t, list
	case reflect.Bool:
		return kindBool, t, list
	case reflect.Int:
		return kindInt, t, list
	case reflect.Struct:
		return kindObject, t, list
	}
	panic(fmt.Sprintf("mapped: a field of type %s has no form on the wire", t))
}

// Formats of dates as files write them, and the usual ones: those of XML Schema. A
// time without a zone is that of Almaty.
var (
	tokens    = strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02", "hh", "15", "mm", "04", ".sss", ".000", "ss", "05", "Z", "Z07:00")
	xmlDates  = []string{"2006-01-02", "2006-01-02Z07:00"}
	xmlTimes  = []string{"2006-01-02T15:04:05.999999Z07:00", "2006-01-02T15:04:05.999999"}
	errAbsent = errors.New("is empty")
)

// read makes the value of a field of what the document says: a form that
// encoding/json writes as the field's type reads it.
func (p *plan) read(text string) (any, error) {
	if p.values != nil {
		ours, ok := p.values[text]
		switch {
		case ok:
			text = ours
		case p.otherwise != "":
			text = p.otherwise
		default:
			return nil, errors.New("has a value that the mapping file does not know")
		}
	}
	switch p.kind {
	case kindDate:
		t, err := p.moment(text)
		if err != nil {
			return nil, err
		}
		d, err := mekenjai.NewDate(t.Year(), int(t.Month()), t.Day())
		return d.String(), err
	case kindTime:
		t, err := p.moment(text)
		return t.UTC(), err
	case kindArea:
		return readArea(text)
	case kindBool:
		switch text {
		case "true", "1":
			return true, nil
		case "false", "0":
			return false, nil
		}
		return nil, errors.New("is neither true nor false")
	case kindInt:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, errors.New("is no number")
		}
		return n, nil
	}
	return checked(p.kind, text)
}

// checked are the numbers that prove themselves, and text.
func checked(k kind, text string) (any, error) {
	var err error
	switch k {
	case kindIIN:
		var n mekenjai.IIN
		n, err = mekenjai.ParseIIN(text)
		text = string(n)
	case kindBIN:
		var n mekenjai.BIN
		n, err = mekenjai.ParseBIN(text)
		text = string(n)
	case kindParty:
		var n mekenjai.PartyID
		n, err = mekenjai.ParsePartyID(text)
		text = string(n)
	case kindARC:
		var n mekenjai.ARC
		n, err = mekenjai.ParseARC(text)
		text = string(n)
	case kindPhone:
		text, err = readPhone(text)
	}
	if err != nil { // the value itself is never told: it may be somebody's
		return nil, fmt.Errorf("is no %s", k)
	}
	return text, nil
}

// readPhone accepts a number with or without +, or with the national prefix 8.
func readPhone(text string) (string, error) {
	digits := strings.TrimPrefix(text, "+")
	if strings.Trim(digits, "0123456789") != "" || len(digits) != 11 || digits[0] != '7' && digits[0] != '8' {
		return "", errors.New("no telephone number")
	}
	return "+7" + digits[1:], nil
}

// readArea reads square metres with any fraction; less than a hundredth is cut, so
// that an area is never taken for more than it is.
func readArea(text string) (state.Area, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.Trim(whole+fraction, "0123456789") != "" || whole == "" || len(whole) > 12 {
		return 0, errors.New("is no area")
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return state.Area(n), err
}

func (p *plan) moment(text string) (time.Time, error) {
	formats := p.formats
	if formats == nil {
		formats = xmlDates
		if p.kind == kindTime {
			formats = xmlTimes
		}
	}
	for _, f := range formats {
		if t, err := time.ParseInLocation(f, text, mekenjai.Almaty); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("is no %s of the expected format", p.kind)
}

// write makes the text of the document of a field's value, as encoding/json gave it.
// An empty value of anything but text is absent.
func (p *plan) write(value any) (string, error) {
	text := ""
	switch v := value.(type) {
	case nil:
		return "", errAbsent
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
	case json.Number:
		text = v.String()
	default:
		return "", fmt.Errorf("cannot be written as %s", p.kind)
	}
	if text == "" && p.kind != kindText {
		return "", errAbsent
	}
	switch p.kind {
	case kindArea:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", err
		}
		text = state.Area(n).String()
	case kindDate:
		d, err := mekenjai.ParseDate(text)
		if err != nil {
			return "", err
		}
		text = d.Start().Format(p.format(xmlDates))
	case kindTime:
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return "", err
		}
		if t.IsZero() {
			return "", errAbsent
		}
		text = t.In(mekenjai.Almaty).Format(p.format(xmlTimes))
	}
	if p.back != nil {
		theirs, ok := p.back[text]
		switch {
		case !ok && text == "": // nothing was said, and the dictionary has no word for that
			return "", errAbsent
		case !ok:
			return "", errors.New("has a value that the mapping file does not know")
		}
		text = theirs
	}
	return text, nil
}

func (p *plan) format(usual []string) string {
	if p.formats != nil {
		return p.formats[0]
	}
	return usual[0]
}
