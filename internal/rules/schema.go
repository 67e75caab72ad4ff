package rules

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"mekenjai"
)

// Schema is the JSON Schema (2020-12) of a facts file, made from the same tags
// that ParseFacts reads. It holds the shape; the contradictions between facts
// only Check can find.
func Schema() []byte {
	return schemaOf(reflect.TypeFor[Facts](), "urn:mekenjai:facts:1", "Facts of an application for temporary registration")
}

// LifeSchema is the same of a facts file about the life of an entry.
func LifeSchema() []byte {
	return schemaOf(reflect.TypeFor[LifeFacts](), "urn:mekenjai:life:1", "Facts of the life of a temporary registration")
}

func schemaOf(t reflect.Type, id, title string) []byte {
	s := schemer{defs: object{}}
	root := s.structure(t)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = id
	root["title"] = title
	root["$defs"] = s.defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		panic(err) // maps of strings and lists
	}
	return b.Bytes()
}

type object = map[string]any

type schemer struct{ defs object }

func (s schemer) structure(t reflect.Type) object {
	props, required, answered := object{}, []string{}, []string{}
	for _, f := range fieldsOf(t) {
		p := s.of(f.typ)
		if f.about != "" {
			p["description"] = f.about
		}
		if f.pattern != "" {
			p["pattern"] = f.pattern
		}
		props[f.name] = p
		if f.required {
			required = append(required, f.name)
		}
		if f.answered {
			answered = append(answered, f.name)
		}
	}
	out := object{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	if isReply(t) {
		out["if"] = object{"properties": object{"status": object{"const": Silent}}}
		out["then"] = object{"properties": object{"answered_at": false}}
		out["else"] = object{"required": []string{"answered_at"}}
		if len(answered) > 0 {
			out["allOf"] = []object{{
				"if":   object{"properties": object{"status": object{"const": Answered}}},
				"then": object{"required": answered},
			}}
		}
	}
	return out
}

// of is the schema of a field's type; structs become definitions.
func (s schemer) of(t reflect.Type) object {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[mekenjai.Date]():
		return object{"type": "string", "format": "date"}
	case reflect.TypeFor[Months]():
		return object{"type": []string{"number", "string"}}
	}
	if words, ok := codes[t]; ok {
		return object{"enum": slices.Clone(words)}
	}
	switch t.Kind() {
	case reflect.Struct:
		if _, known := s.defs[t.Name()]; !known {
			s.defs[t.Name()] = object{} // before its own fields, should it contain itself
			s.defs[t.Name()] = s.structure(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	}
	return object{"type": "string"}
}
