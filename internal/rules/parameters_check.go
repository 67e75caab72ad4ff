package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// check holds that the values are of the right kind, sourced, and in order: each
// begins after the one before has begun and, if that one names a last day, after
// that. Where the earlier names none it ends when the later begins.
func (p Parameter) check(place reflect.StructField) error {
	if len(p.Values) == 0 {
		return errors.New("has no value")
	}
	if p.About == "" || len(p.Rules) == 0 {
		return errors.New("says neither what it is nor who reads it")
	}
	for i, v := range p.Values {
		if err := v.into(place, reflect.New(place.Type).Elem()); err != nil {
			return err
		}
		switch {
		case v.From.IsZero():
			return errors.New("a value has no first day")
		case !v.Until.IsZero() && v.Until.Before(v.From):
			return fmt.Errorf("the value from %s ends before it begins", v.From)
		case v.Source == "" || !slices.Contains([]string{"V", "V2", "I"}, v.Tag):
			return fmt.Errorf("the value from %s names no source, or none of the tags V, V2, I", v.From)
		}
		if i == 0 {
			continue
		}
		if before := p.Values[i-1]; !v.From.After(before.From) || !before.Until.IsZero() && !v.From.After(before.Until) {
			return fmt.Errorf("the values from %s and from %s overlap", before.From, v.From)
		}
	}
	return nil
}

// into reads the value as the kind of its field and holds it to its words.
func (v Value) into(place reflect.StructField, field reflect.Value) error {
	dec := json.NewDecoder(bytes.NewReader(v.Value))
	if err := dec.Decode(field.Addr().Interface()); err != nil || string(v.Value) == "null" {
		return fmt.Errorf("the value %s is no %s", v.Value, kindName(field))
	}
	if words := place.Tag.Get("words"); words != "" && !slices.Contains(strings.Split(words, ","), field.String()) {
		return fmt.Errorf("the value %s is none of %s", v.Value, words)
	}
	switch field.Kind() {
	case reflect.Int:
		if field.Int() < 0 {
			return fmt.Errorf("the value %s is negative", v.Value)
		}
	case reflect.Float64:
		if field.Float() <= 0 {
			return fmt.Errorf("the value %s is not above zero", v.Value)
		}
	case reflect.Slice:
		for i := range field.Len() {
			if word := field.Index(i).String(); !slices.Contains(codes[field.Type().Elem()], word) {
				return fmt.Errorf("the word %q is unknown", word)
			}
		}
	case reflect.Struct:
		if field.IsZero() {
			return errors.New("the value is no date")
		}
	}
	return nil
}

func kindName(field reflect.Value) string {
	switch field.Kind() {
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "list of words"
	case reflect.Struct:
		return "date"
	}
	return "text"
}
