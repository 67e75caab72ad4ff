package rules

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"mekenjai"
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
		return checkList(field)
	case reflect.Struct:
		if field.IsZero() {
			return errors.New("the value is no date")
		}
	}
	return nil
}

// checkList holds a list to what its elements must be.
func checkList(list reflect.Value) error {
	for i := range list.Len() {
		switch x := list.Index(i); x.Kind() {
		case reflect.String:
			if !slices.Contains(codes[x.Type()], x.String()) {
				return fmt.Errorf("the word %q is unknown", x.String())
			}
		case reflect.Int:
			if x.Int() < 0 {
				return fmt.Errorf("the value %d is negative", x.Int())
			}
		}
	}
	if fines, ok := list.Interface().([]FineRow); ok {
		return checkFines(fines)
	}
	return nil
}

// checkFines holds that every act, once and repeated, has its line, and the line
// an amount for everybody who can commit it.
func checkFines(list []FineRow) error {
	individuals, everybody := []Subject{Individual}, []Subject{Individual, Small, Medium, Large}
	acts := map[string][]Subject{act492Early: individuals, act492Late: individuals, act492Late + repeated: individuals,
		act492Foreigner: individuals, act492Foreigner + repeated: individuals}
	for _, k := range []OffenceKind{RegistersStrangers, KeepsDeparted, LetsLiveUnregistered} {
		acts[string(k)], acts[string(k)+repeated] = everybody, everybody
	}
	for _, row := range list {
		subjects, known := acts[row.Act]
		if !known || row.Part == "" {
			return fmt.Errorf("the act %q is unknown, doubled or without its part", row.Act)
		}
		for _, s := range subjects {
			if n, named := row.Amount[s]; !named || n < 0 {
				return fmt.Errorf("the act %q has no amount for %s", row.Act, s)
			}
		}
		delete(acts, row.Act)
	}
	if missing := slices.Sorted(maps.Keys(acts)); len(missing) > 0 {
		return fmt.Errorf("the act %q is missing", missing[0])
	}
	return nil
}

// check holds that every line of the calendar is a day with its source.
func (f calendarFile) check() error {
	sourced := func(what, tag, source string) error {
		if source == "" || !slices.Contains([]string{"V", "V2", "I"}, tag) {
			return fmt.Errorf("%s names no source, or none of the tags V, V2, I", what)
		}
		return nil
	}
	for _, y := range slices.Concat(f.Holidays, f.Rest) {
		if _, err := mekenjai.ParseDate("2000-" + y.Day); err != nil || y.From.IsZero() || y.Name == "" {
			return fmt.Errorf("%q is no day of the year with a name and a first date", y.Day)
		}
		if err := sourced(y.Day, y.Tag, y.Source); err != nil {
			return err
		}
	}
	for _, d := range f.Dates {
		if err := sourced(d.Day.String(), d.Tag, d.Source); err != nil || d.Day.IsZero() {
			return cmp.Or(err, errors.New("a day of rest has no date"))
		}
	}
	for _, m := range f.Moved {
		if err := sourced(m.Off.String(), m.Tag, m.Source); err != nil || m.Off == m.Work {
			return cmp.Or(err, errors.New("a moved day has no date"))
		}
	}
	for _, s := range f.Settled {
		if err := sourced(fmt.Sprint(s.Year), s.Tag, s.Source); err != nil {
			return err
		}
	}
	if len(f.Holidays) == 0 {
		return errors.New("there are no holidays")
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
		return "list"
	case reflect.Struct:
		return "date"
	}
	return "text"
}
