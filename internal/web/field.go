package web

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is one question of a form. Its value and its error come from the Form.
type Field struct {
	Name, Label, Hint string
	Heading           bool // the label is the heading of the page
	Optional          bool // the label says that it may be left empty
	Width             int  // in characters: 2, 3, 4, 5, 10, 20; 0 is the whole column
	Type              string
	Mode              string // inputmode: "numeric", "tel", "email"
	Autocomplete      string
	MaxLength         int
	Rows              int // of a Textarea; 5 when 0
	Suffix            string
	Options           []Option
	Inline, Small     bool
	Reveals           string // of a Select: id of the Revealed that belongs to any choice
	Focus             bool   // where the page begins: the first thing to do on it
}

// Option is one choice of Radios, Checkboxes or a Select. A Divider ("or")
// stands between choices and is none itself. Reveal holds the fields that belong
// to this choice alone.
type Option struct {
	Value, Label, Hint string
	Divider            string
	Reveal             templ.Component
}

// inputType is text unless the field says otherwise: a number field would
// swallow zeros and scroll.
func (d Field) inputType() string {
	if d.Type == "" {
		return "text"
	}
	return d.Type
}

func (d Field) rows() string {
	if d.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(d.Rows)
}

// optionID is the id of a choice; the first has the name of the field, where
// the error summary leads.
func (d Field) optionID(i int) string {
	if i == 0 {
		return d.Name
	}
	return d.Name + "-" + strconv.Itoa(i+1)
}

// describedBy joins the ids of hint and error.
func (d Field) describedBy(f *Form) string {
	var ids []string
	if d.Hint != "" {
		ids = append(ids, d.Name+"-hint")
	}
	if _, wrong := f.fault(d.Name); wrong {
		ids = append(ids, d.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// attributes are those that every input has when they are set.
func (d Field) attributes(f *Form) templ.Attributes {
	a := templ.Attributes{}
	for name, value := range map[string]string{
		"inputmode": d.Mode, "autocomplete": d.Autocomplete, "aria-describedby": d.describedBy(f)} {
		if value != "" {
			a[name] = value
		}
	}
	if d.Reveals != "" {
		a["data-reveals"], a["aria-controls"] = d.Reveals, d.Reveals
	}
	if d.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(d.MaxLength)
	}
	if _, wrong := f.fault(d.Name); wrong {
		a["aria-invalid"] = "true"
	}
	if d.Focus && f.OK() { // else the summary of errors takes it
		a["autofocus"] = true
	}
	if d.Mode == "numeric" || d.Autocomplete == "off" {
		a["spellcheck"] = "false"
	}
	return a
}

func (d Field) widthClass() string {
	switch d.Width {
	case 2, 3, 4, 5, 10, 20:
		return "govuk-input--width-" + strconv.Itoa(d.Width)
	}
	return ""
}

// datePart is one of the three inputs of a date.
type datePart struct {
	suffix, label string
	width         string
}

var dateParts = []datePart{
	{"day", "common.date.day", "2"},
	{"month", "common.date.month", "2"},
	{"year", "common.date.year", "4"},
}

// dateID is the id of one input of a date; the day has the name of the field,
// where the error summary leads.
func dateID(name, suffix string) string {
	if suffix == "day" {
		return name
	}
	return name + "-" + suffix
}
