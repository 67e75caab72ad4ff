package mapped

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// group compiles the fields of one object of the program.
func (c *compiler) group(place []string, g group, t reflect.Type, outermost bool) ([]*plan, error) {
	known := fieldsOf(t)
	taken, paths := map[string]bool{}, map[string]bool{}
	var plans []*plan
	for _, f := range g.Fields {
		at := append(slices.Clone(place), label(f))
		p, err := c.field(at, f, known, outermost)
		if err != nil {
			return nil, err
		}
		if f.Field != "" && taken[f.Field] {
			return nil, c.wrong(at, "is mapped twice")
		}
		if f.Path != "" && paths[f.Path] && p.kind != kindObject {
			return nil, c.wrong(at, "the path %s is taken by another field", f.Path)
		}
		taken[f.Field], paths[f.Path] = true, true
		plans = append(plans, p)
	}
	for _, name := range g.Unsent {
		switch {
		case known[name] == nil:
			return nil, c.wrong(append(place, "unsent"), "the program has no field %q here; it has %s", name, listed(slices.Sorted(maps.Keys(known))))
		case taken[name]:
			return nil, c.wrong(append(place, "unsent"), "%q is mapped as well", name)
		}
		taken[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if !taken[name] {
			return nil, c.wrong(place, "%q is neither mapped nor said to be unsent", name)
		}
	}
	return plans, nil
}

func label(f field) string {
	if f.Field == "" {
		return "constant at " + f.Path
	}
	return f.Field
}

func (c *compiler) field(place []string, f field, known map[string]reflect.Type, outermost bool) (*plan, error) {
	p := &plan{field: f.Field, place: f.Path, required: f.Required, constant: f.Constant, otherwise: f.Otherwise, kind: kindText}
	var t reflect.Type
	switch {
	case f.Constant != nil:
		if f.Field != "" {
			return nil, c.wrong(place, "a constant has no field")
		}
		p.required = true
	case outermost && (f.Field == headID || f.Field == headNow || f.Field == headSender):
		p.required = true
		if f.Field == headNow {
			p.kind = kindTime
		}
	default:
		known, ok := known[f.Field], known[f.Field] != nil
		if !ok {
			return nil, c.wrong(place, "the program has no such field here")
		}
		p.kind, t, p.list = kindOf(known)
	}
	if err := c.place(place, f, p); err != nil {
		return nil, err
	}
	if err := c.translation(place, f, p); err != nil {
		return nil, err
	}
	return p, c.inside(place, f, p, t)
}

// place compiles the path. An object may have none: its fields stand beside others.
func (c *compiler) place(place []string, f field, p *plan) (err error) {
	if f.Path == "" && p.kind == kindObject && !p.list {
		if p.required {
			return c.wrong(place, "an object without a path cannot be required; its fields can")
		}
		return nil
	}
	if p.path, p.attribute, err = c.parsePath(append(slices.Clone(place), "path"), f.Path); err != nil {
		return err
	}
	if p.list && p.required && len(p.path) < 2 {
		return c.wrong(place, "a list is required by the element around it: its path needs two steps")
	}
	if p.attribute != nil && (p.list || p.kind == kindObject) {
		return c.wrong(place, "an attribute holds one value")
	}
	return nil
}

var dateFormat = regexp.MustCompile(`^[^0-9A-Za-z]*((YYYY|MM|DD)[^0-9A-Za-z]*){3}$`)
var timeFormat = regexp.MustCompile(`^((YYYY|MM|DD)[^0-9A-Za-z]*){3}[T ]?hh:?mm(:?ss(\.sss)?)?Z?$`)

func (c *compiler) translation(place []string, f field, p *plan) error {
	if len(f.Formats) > 0 {
		good := map[kind]*regexp.Regexp{kindDate: dateFormat, kindTime: timeFormat}[p.kind]
		if good == nil {
			return c.wrong(place, "formats belong to dates, and this is a %s", p.kind)
		}
		for _, text := range f.Formats {
			if !good.MatchString(text) {
				return c.wrong(place, "%q is no format of a %s, such as DD.MM.YYYY or YYYY-MM-DDThh:mm:ssZ", text, p.kind)
			}
			p.formats = append(p.formats, tokens.Replace(text))
		}
	}
	if f.Values == nil {
		if f.Otherwise != "" {
			return c.wrong(place, "otherwise belongs to values")
		}
		return nil
	}
	if p.kind == kindObject {
		return c.wrong(place, "values belong to a field that holds one value")
	}
	p.values, p.back = f.Values, map[string]string{}
	reader := plan{kind: p.kind, formats: p.formats}
	for _, theirs := range slices.Sorted(maps.Keys(f.Values)) {
		ours := f.Values[theirs]
		if _, err := reader.read(ours); err != nil {
			return c.wrong(place, "values: %q %s", ours, strings.TrimPrefix(err.Error(), "is "))
		}
		if p.back[ours] == "" {
			p.back[ours] = theirs
		}
	}
	return nil
}

// inside compiles the fields of an object.
func (c *compiler) inside(place []string, f field, p *plan, t reflect.Type) (err error) {
	g := f.group
	if f.Shape != "" {
		shape, ok := c.file.Shapes[f.Shape]
		if !ok {
			return c.wrong(place, "there is no shape %q", f.Shape)
		}
		if g.Fields != nil || g.Unsent != nil {
			return c.wrong(place, "a shape stands instead of fields")
		}
		g = shape
	}
	if p.kind != kindObject {
		if g.Fields != nil || g.Unsent != nil {
			return c.wrong(place, "a %s has no fields", p.kind)
		}
		return nil
	}
	if len(g.Fields) == 0 {
		return c.wrong(place, "an object needs fields, or a shape")
	}
	p.fields, err = c.group(place, g, t, false)
	return err
}
