package mapped

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"mekenjai/internal/state/shep"
)

// Mapping is one message, ready for use by many at once.
type Mapping struct {
	Name    Message
	Service shep.Service

	contract contract
	prefix   map[string]string // of namespaces
	declare  string            // of the namespaces, as an attribute list
	question side
	answer   side
}

// side is a question or an answer.
type side struct {
	root    name
	plans   []*plan
	code    *plan // nil: the answer has no result code
	words   *plan
	results map[string]shep.Class
	found   []name
}

// plan is a compiled field.
type plan struct {
	field     string // "" of a constant
	place     string // in the document, for errors
	path      []name
	attribute *name
	required  bool
	constant  *string
	kind      kind
	list      bool
	values    map[string]string
	back      map[string]string
	otherwise string
	formats   []string
	fields    []*plan
}

// The fields of the message itself.
const (
	headID     = "$id"     // the id of the question; an answer that has it must repeat it
	headNow    = "$now"    // when the message is written
	headSender = "$sender" // who we are to the bus
)

type compiler struct {
	file file
	path string
}

func (c *compiler) wrong(place []string, format string, args ...any) error {
	return &Error{File: c.path, Place: strings.Join(place, " › "), Reason: fmt.Sprintf(format, args...)}
}

func (c *compiler) set() (*Set, error) {
	f := c.file
	messages, ok := contracts[f.Peer]
	if !ok {
		return nil, c.wrong([]string{"peer"}, "%q is no peer with a mapping file; these are: %s", f.Peer, listed(Peers()))
	}
	switch f.Variant {
	case shep.Typed, shep.Text, shep.Plain:
	default:
		return nil, c.wrong([]string{"variant"}, "%q is none; it is %s, %s or %s", f.Variant, shep.Typed, shep.Text, shep.Plain)
	}
	if f.Contract == "" {
		return nil, c.wrong([]string{"contract"}, "is empty: say whose contract this is, such as the number of the service's passport")
	}
	if err := c.namespaces(); err != nil {
		return nil, err
	}
	s := &Set{Peer: f.Peer, File: c.path, Contract: f.Contract, messages: map[Message]*Mapping{}}
	for _, m := range slices.Sorted(maps.Keys(f.Messages)) {
		agreed, ok := messages[m]
		if !ok {
			return nil, c.wrong([]string{"messages"}, "%q is no message of %s; these are: %s", m, f.Peer, listed(slices.Sorted(maps.Keys(messages))))
		}
		compiled, err := c.message(m, agreed)
		if err != nil {
			return nil, err
		}
		s.messages[m] = compiled
	}
	for _, m := range slices.Sorted(maps.Keys(messages)) {
		if s.messages[m] == nil {
			return nil, c.wrong([]string{"messages"}, "%q is missing", m)
		}
	}
	return s, nil
}

var (
	ncName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.-]*$`)
	anURI  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[^\s"'<>&]+$`)
)

func (c *compiler) namespaces() error {
	for prefix, uri := range c.file.Namespaces {
		place := []string{"namespaces", prefix}
		switch {
		case !ncName.MatchString(prefix) || strings.HasPrefix(strings.ToLower(prefix), "xml") || prefix == "xsi" || prefix == "ds":
			return c.wrong(place, "cannot be a prefix")
		case !anURI.MatchString(uri):
			return c.wrong(place, "%q is no namespace", uri)
		}
	}
	return nil
}

func (c *compiler) message(m Message, agreed contract) (*Mapping, error) {
	l := c.file.Messages[m]
	place := []string{string(m)}
	if l.Service == "" {
		return nil, c.wrong(append(place, "service"), "is empty: the bus needs the id of the service")
	}
	compiled := &Mapping{Name: m, contract: agreed, prefix: map[string]string{xsi: "xsi"},
		Service: shep.Service{ID: l.Service, Route: l.Route, Variant: c.file.Variant, Signs: c.file.Signs, Signed: c.file.Signed}}
	for _, prefix := range slices.Sorted(maps.Keys(c.file.Namespaces)) {
		uri := c.file.Namespaces[prefix]
		compiled.prefix[uri] = prefix
		compiled.declare += fmt.Sprintf(` xmlns:%s="%s"`, prefix, escaped(uri))
	}
	var err error
	if compiled.question, err = c.side(append(place, "question"), l.Question, agreed.question, nil); err != nil {
		return nil, err
	}
	q := l.Question
	if q.Code != "" || q.Words != "" || q.Results != nil || q.Found != "" {
		return nil, c.wrong(append(place, "question"), "code, words, results and found belong to an answer")
	}
	if compiled.answer, err = c.side(append(place, "answer"), l.Answer, agreed.answer, agreed.vital); err != nil {
		return nil, err
	}
	return compiled, c.results(append(place, "answer"), l.Answer, agreed, &compiled.answer)
}

func (c *compiler) side(place []string, d document, t reflect.Type, vital []string) (s side, err error) {
	root, attribute, err := c.parsePath(append(place, "root"), d.Root)
	if err != nil {
		return s, err
	}
	if len(root) != 1 || attribute != nil {
		return s, c.wrong(append(place, "root"), "%q is not the name of one element", d.Root)
	}
	s.root = root[0]
	s.plans, err = c.group(place, d.group, t, true)
	if err != nil {
		return s, err
	}
	if vital == nil { // a question: nothing of it may be left out
		vital = requiredOf(t)
	}
	for _, v := range vital {
		if !mapped(s.plans, strings.Split(v, ".")) {
			return s, c.wrong(place, "%s must be mapped: without it the answer cannot be relied upon", v)
		}
	}
	return s, nil
}

// requiredOf are the fields of a question.
func requiredOf(t reflect.Type) (names []string) {
	if t == reflect.TypeFor[PortalOrder]() { // what it lacks is asked of the person
		return []string{"person"}
	}
	if t.Name() == "Deed" { // its messages need different parts
		return []string{"id", "entry", "entry.number", "entry.person", "entry.dwelling", "entry.dwelling.arc"}
	}
	return slices.Sorted(maps.Keys(fieldsOf(t)))
}

func mapped(plans []*plan, path []string) bool {
	for _, p := range plans {
		if p.field == path[0] {
			return len(path) == 1 || mapped(p.fields, path[1:])
		}
	}
	return false
}

func (c *compiler) results(place []string, d document, agreed contract, s *side) (err error) {
	one := func(what, path string) (*plan, error) {
		if path == "" {
			return nil, nil
		}
		steps, attribute, err := c.parsePath(append(place, what), path)
		return &plan{place: path, path: steps, attribute: attribute, kind: kindText, required: true}, err
	}
	if s.code, err = one("code", d.Code); err != nil {
		return err
	}
	if s.words, err = one("words", d.Words); err != nil {
		return err
	}
	if (s.code == nil) != (len(d.Results) == 0) {
		return c.wrong(place, "code and results belong together: where the code stands, and what each code means")
	}
	ok := s.code == nil
	for _, code := range slices.Sorted(maps.Keys(d.Results)) {
		class := d.Results[code]
		if !slices.Contains(classes, class) {
			return c.wrong(append(place, "results", code), "%q is no class; these are: %s", class, listed(classes))
		}
		if class == shep.NotFound && agreed.always {
			return c.wrong(append(place, "results", code), "this peer answers about everybody: not_found would be read as nothing")
		}
		ok = ok || class == shep.OK
	}
	if !ok {
		return c.wrong(append(place, "results"), "no code means %s", shep.OK)
	}
	s.results = d.Results
	if d.Found == "" {
		return nil
	}
	if agreed.always {
		return c.wrong(append(place, "found"), "this peer answers about everybody: an absent path would be read as nothing")
	}
	s.found, _, err = c.parsePath(append(place, "found"), d.Found)
	return err
}

// parsePath reads steps such as a/p:b/@c.
func (c *compiler) parsePath(place []string, text string) (steps []name, attribute *name, err error) {
	if text == "" {
		return nil, nil, c.wrong(place, "is empty: the name of an element is expected")
	}
	parts := strings.Split(text, "/")
	for i, part := range parts {
		local, isAttribute := strings.CutPrefix(part, "@")
		var n name
		if prefix, rest, ok := strings.Cut(local, ":"); ok {
			if n.space, ok = c.file.Namespaces[prefix]; !ok {
				return nil, nil, c.wrong(place, "%q uses the prefix %q, which is not among the namespaces", text, prefix)
			}
			local = rest
		}
		n.local = local
		if !ncName.MatchString(local) || isAttribute && i < len(parts)-1 {
			return nil, nil, c.wrong(place, "%q is no path such as Objects/ObjectInfo or Subject/@id", text)
		}
		if isAttribute {
			attribute = &n
		} else {
			steps = append(steps, n)
		}
	}
	return steps, attribute, nil
}

func listed[T ~string](names []T) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = string(n)
	}
	return strings.Join(list, ", ")
}

// fieldsOf are the fields of a type of the program by their names in mapping files,
// which are those of their JSON form.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	list := map[string]reflect.Type{}
	for f := range t.Fields() {
		if f.Anonymous {
			maps.Copy(list, fieldsOf(f.Type))
			continue
		}
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		list[cmp.Or(tag, f.Name)] = f.Type
	}
	return list
}
