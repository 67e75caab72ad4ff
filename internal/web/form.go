package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Form is what the reader entered and what was wrong with it. A nil Form is an
// empty one, as a page shows it the first time.
type Form struct {
	values url.Values
	errs   []fieldFault
}

// fieldFault is a message beside one field: a key of the catalogue with its
// arguments, or a text that is already in the reader's language.
type fieldFault struct {
	Field, Key, Text string
	Args             []any
}

// In is the message in the reader's language.
func (e fieldFault) In(l locale.Lang) string {
	if e.Key == "" {
		return e.Text
	}
	return l.T(e.Key, e.Args...)
}

// NewForm shows values that were saved before.
func NewForm(values map[string]string) *Form {
	f := &Form{values: url.Values{}}
	for name, value := range values {
		f.values.Set(name, value)
	}
	return f
}

// ParseForm reads the body of a POST. Values lose the spaces around them, signs
// that cannot be printed, and the difference between letters written in one and
// in two code points.
func ParseForm(r *http.Request) (*Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, statusError{http.StatusUnsupportedMediaType, fmt.Errorf("a form of type %q", kind)}
	}
	if err := r.ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return nil, err
		}
		return nil, BadRequest(err)
	}
	f := &Form{values: make(url.Values, len(r.PostForm))}
	for name, values := range r.PostForm {
		for _, value := range values {
			f.values.Add(name, clean(value))
		}
	}
	return f, nil
}

// clean is a text as it may be stored and shown: line ends are LF.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\u202e' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

// Value is the first value of a field, "" when there is none.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return f.values.Get(name)
}

// Values are all values of a field: the boxes that were ticked.
func (f *Form) Values(name string) []string {
	if f == nil {
		return nil
	}
	return f.values[name]
}

// Has says whether a field has this value.
func (f *Form) Has(name, value string) bool {
	for _, v := range f.Values(name) {
		if v == value {
			return true
		}
	}
	return false
}

// Set changes a value.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Add gives a field one value more: a box that is ticked.
func (f *Form) Add(name, value string) { f.values.Add(name, value) }

// Int reads a whole number in digits, of nine at most.
func (f *Form) Int(name string) (int, bool) {
	s := f.Value(name)
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Date reads the three fields of a DateInput.
func (f *Form) Date(name string) (mekenjai.Date, bool) {
	d, ok1 := f.Int(name + "-day")
	m, ok2 := f.Int(name + "-month")
	y, ok3 := f.Int(name + "-year")
	date, err := mekenjai.NewDate(y, m, d)
	return date, ok1 && ok2 && ok3 && err == nil
}

// SetDate fills the three fields of a DateInput.
func (f *Form) SetDate(name string, d mekenjai.Date) {
	if d.IsZero() {
		return
	}
	f.Set(name+"-day", strconv.Itoa(d.Day))
	f.Set(name+"-month", strconv.Itoa(int(d.Month)))
	f.Set(name+"-year", strconv.Itoa(d.Year))
}

// Fail puts the message of key beside a field. The first message of a field
// stays.
func (f *Form) Fail(field, key string, args ...any) {
	f.fail(fieldFault{Field: field, Key: key, Args: args})
}

// FailText puts a text in the reader's language beside a field.
func (f *Form) FailText(field, text string) { f.fail(fieldFault{Field: field, Text: text}) }

func (f *Form) fail(e fieldFault) {
	if _, ok := f.fault(e.Field); !ok {
		f.errs = append(f.errs, e)
	}
}

// Take puts the field errors of a verb beside their fields. It is false for any
// other error, which the handler returns.
func (f *Form) Take(err error) bool {
	var many mekenjai.FieldErrors
	var one *mekenjai.FieldError
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = mekenjai.FieldErrors{one}
	default:
		return false
	}
	for _, e := range many {
		f.Fail(e.Field, e.Key, locale.Pairs(e.Args)...)
	}
	return true
}

// OK says that nothing is wrong.
func (f *Form) OK() bool { return f == nil || len(f.errs) == 0 }

// Status is the status of the page that shows the form.
func (f *Form) Status() int {
	if f.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// faults are the messages in the order of the page.
func (f *Form) faults() []fieldFault {
	if f == nil {
		return nil
	}
	return f.errs
}

// fault is the message beside a field.
func (f *Form) fault(field string) (fieldFault, bool) {
	for _, e := range f.faults() {
		if e.Field == field {
			return e, true
		}
	}
	return fieldFault{}, false
}
