package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"mekenjai"
)

// The ways in which facts can be unusable.
const (
	BadSyntax         = "syntax"          // not JSON
	BadType           = "type"            // a number where a text belongs, no date, no instant
	UnknownField      = "unknown_field"   // a name that this format does not have
	DuplicateField    = "duplicate_field" // the same name twice
	UnknownCode       = "unknown_code"    // a word that is none of the field's
	MissingFact       = "missing"         // a field that must be there
	WrongNumber       = "number"          // no IIN or BIN
	ContradictoryFact = "contradiction"   // facts that cannot be true together
)

// FactError says which fact is unusable and why. Path is as in
// "persons[0].documents[1].type", "" for the file itself.
type FactError struct {
	Path   string `json:"path"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func (e *FactError) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// FactErrors are all unusable facts, in the order of the file.
type FactErrors []*FactError

func (e FactErrors) Error() string {
	if len(e) == 0 {
		return "no errors in the facts"
	}
	if len(e) == 1 {
		return e[0].Error()
	}
	return fmt.Sprintf("%v (and %d more)", e[0], len(e)-1)
}

func (e *FactErrors) add(path, code, format string, args ...any) {
	*e = append(*e, &FactError{path, code, fmt.Sprintf(format, args...)})
}

func (e FactErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// MaxFacts is the size in bytes above which a facts file is refused.
const MaxFacts = 4 << 20

const maxDepth = 16 // of nesting; the format itself needs 6

// ParseFacts reads a facts file strictly: unknown and doubled names, other
// spellings, null, a wrong type or a missing fact are FactErrors, as is every
// contradiction that Check finds.
func ParseFacts(data []byte) (Facts, error) { return parse[Facts](data) }

func parse[T interface{ Check() error }](data []byte) (T, error) {
	var f, none T
	if len(data) > MaxFacts {
		return f, FactErrors{{"", BadSyntax, "the file is larger than 4 MiB"}}
	}
	root, err := readTree(data)
	if err != nil {
		return f, FactErrors{{"", BadSyntax, err.Error()}}
	}
	var errs FactErrors
	root.match(reflect.TypeFor[T](), "", &errs)
	if len(errs) > 0 {
		return f, errs
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return none, FactErrors{{"", BadType, err.Error()}}
	}
	if err := f.Check(); err != nil {
		return none, err
	}
	return f, nil
}

// tree is a JSON value that remembers doubled names.
type tree struct {
	value   any // json.Number, string, bool or nil, when no container
	object  map[string]*tree
	names   []string // in the order of the file
	doubled []string
	array   []*tree
	isArray bool
}

func readTree(data []byte) (*tree, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	t, err := readValue(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the file ends in the middle")
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the end of the facts")
	}
	return t, nil
}

func readValue(dec *json.Decoder, depth int) (*tree, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return &tree{value: token}, nil
	}
	t := &tree{isArray: delim == '['}
	if !t.isArray {
		t.object = map[string]*tree{}
	}
	for dec.More() {
		var name string
		if !t.isArray {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name = key.(string) // the decoder allows nothing else here
		}
		child, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		t.put(name, child)
	}
	_, err = dec.Token()
	return t, err
}

func (t *tree) put(name string, child *tree) {
	if t.isArray {
		t.array = append(t.array, child)
		return
	}
	if _, twice := t.object[name]; twice {
		t.doubled = append(t.doubled, name)
		return
	}
	t.names = append(t.names, name)
	t.object[name] = child
}

// match compares the value with the type that belongs at path.
func (t *tree) match(typ reflect.Type, path string, errs *FactErrors) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case !t.isArray && t.object == nil && t.value == nil:
		errs.add(path, BadType, "null is no fact; leave the field out")
	case typ.Kind() == reflect.Struct && !isScalar(typ):
		t.matchObject(typ, path, errs)
	case typ.Kind() == reflect.Slice:
		if !t.isArray {
			errs.add(path, BadType, "a list belongs here")
			return
		}
		for i, child := range t.array {
			child.match(typ.Elem(), fmt.Sprintf("%s[%d]", path, i), errs)
		}
	case t.isArray || t.object != nil:
		errs.add(path, BadType, "a single value belongs here")
	default:
		t.matchScalar(typ, path, errs)
	}
}

func (t *tree) matchObject(typ reflect.Type, path string, errs *FactErrors) {
	if t.object == nil {
		errs.add(path, BadType, "an object in braces belongs here")
		return
	}
	for _, name := range t.doubled {
		errs.add(join(path, name), DuplicateField, "stands there twice")
	}
	fields := fieldsOf(typ)
	for _, name := range t.names {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			errs.add(join(path, name), UnknownField, "no such field; known here: %s", strings.Join(namesOf(fields), ", "))
			continue
		}
		t.object[name].match(fields[i].typ, join(path, name), errs)
	}
	status, isAnswer := t.object["status"]
	answered := isReply(typ) && isAnswer && status.value == string(Answered)
	for _, f := range fields {
		if _, there := t.object[f.name]; !there && (f.required || f.answered && answered) {
			errs.add(join(path, f.name), MissingFact, "is missing")
		}
	}
}

func (t *tree) matchScalar(typ reflect.Type, path string, errs *FactErrors) {
	text, isText := t.value.(string)
	_, isNumber := t.value.(json.Number)
	switch {
	case typ == reflect.TypeFor[Months]():
		if !isText && !isNumber {
			errs.add(path, BadType, "a number belongs here")
		}
	case typ == reflect.TypeFor[time.Time]():
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			errs.add(path, BadType, "an instant such as 2026-03-02T10:00:00+05:00 belongs here")
		}
	case typ == reflect.TypeFor[mekenjai.Date]():
		if _, err := mekenjai.ParseDate(text); err != nil {
			errs.add(path, BadType, "a date such as 2026-03-02 belongs here")
		}
	default:
		if message := mismatch(typ, t.value); message != "" {
			errs.add(path, BadType, "%s", message)
		}
	}
}

// mismatch says what belongs in the place of value, "" when it fits.
func mismatch(typ reflect.Type, value any) string {
	switch typ.Kind() {
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return "true or false belongs here"
		}
	case reflect.Int:
		n, ok := value.(json.Number)
		if i, err := n.Int64(); !ok || err != nil || i > 1<<31 || i < -1<<31 {
			return "a whole number belongs here"
		}
	case reflect.Float64:
		n, ok := value.(json.Number)
		if _, err := n.Float64(); !ok || err != nil {
			return "a number belongs here"
		}
	default:
		if _, ok := value.(string); !ok {
			return "a text in quotes belongs here"
		}
	}
	return ""
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func namesOf(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}
