package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"mekenjai"
)

// Check says whether the facts can be true together. Its error is FactErrors.
// Evaluate calls it, so facts built in memory are held to the same as a file.
func (f Facts) Check() error {
	c := checker{shaper{at: f.At, typed: f.typed}, f}
	c.shape(reflect.ValueOf(f), "")
	if len(c.errs) > 0 {
		return c.errs // the rest reads these fields
	}
	c.application()
	c.persons()
	c.dwelling()
	c.others()
	c.office()
	c.consents()
	return c.errs.orNil()
}

// filed is when the application was filed.
func (f Facts) filed() time.Time {
	if f.Application.FiledAt.IsZero() {
		return f.At
	}
	return f.Application.FiledAt
}

// typed says whether a text is one that people typed, or that a register was
// asked about on its strength: wrong ones are for the rules to refuse.
func (f Facts) typed(path, s string) bool {
	a := f.Application
	return strings.HasPrefix(path, "application.") || s == string(a.Registrant) || a.Filer != nil && s == string(a.Filer.IIN)
}

// checker holds the facts of an application.
type checker struct {
	shaper
	f Facts
}

// shaper holds what every kind of facts has in common.
type shaper struct {
	at    time.Time
	typed func(path, text string) bool
	errs  FactErrors
}

func (c *shaper) wrong(path, format string, args ...any) {
	c.errs.add(path, ContradictoryFact, format, args...)
}

// shape walks the value: required fields, known words, well-formed numbers, and
// what every answer of a register has in common.
func (c *shaper) shape(v reflect.Value, path string) {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		if !v.IsNil() {
			c.shape(v.Elem(), path)
		}
	case t.Kind() == reflect.Slice:
		for i := range v.Len() {
			c.shape(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case t.Kind() == reflect.Struct && !isScalar(t):
		c.shapeStruct(v, path)
	case t.Kind() == reflect.String && v.String() != "":
		c.shapeText(v, path)
	}
}

func (c *shaper) shapeStruct(v reflect.Value, path string) {
	t := v.Type()
	answered := false
	if isReply(t) {
		reply := v.FieldByName("Reply").Interface().(Reply)
		answered = reply.Status == Answered
		c.reply(reply, path)
	}
	for _, f := range fieldsOf(t) {
		value := v.FieldByIndex(f.index)
		at := join(path, f.name)
		switch {
		case isReply(t) && !answered && !f.key && !f.required && !isEmpty(value):
			c.wrong(at, "the register did not answer, so it cannot have said this")
		case (f.required || f.answered && answered) && mustShow(value) && value.IsZero():
			c.errs.add(at, MissingFact, "is missing")
		default:
			c.shape(value, at)
		}
	}
}

// mustShow says whether the zero value of this kind means "not given": false, 0
// and an empty list are facts.
func mustShow(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Slice:
		return false
	}
	return true
}

func isEmpty(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

func (c *shaper) shapeText(v reflect.Value, path string) {
	s := v.String()
	if words, ok := codes[v.Type()]; ok && !slices.Contains(words, s) {
		c.errs.add(path, UnknownCode, "%q is none of %s", s, strings.Join(words, ", "))
	}
	if c.typed(path, s) {
		return
	}
	switch n := v.Interface().(type) {
	case mekenjai.IIN:
		if got, err := mekenjai.ParseIIN(s); err != nil || got != n {
			c.errs.add(path, WrongNumber, "no individual identification number")
		}
	case mekenjai.BIN:
		if got, err := mekenjai.ParseBIN(s); err != nil || got != n {
			c.errs.add(path, WrongNumber, "no business identification number")
		}
	case mekenjai.PartyID:
		if got, err := mekenjai.ParsePartyID(s); err != nil || got != n {
			c.errs.add(path, WrongNumber, "neither an individual nor a business identification number")
		}
	}
}

// reply checks the times of a register's answer.
func (c *shaper) reply(r Reply, path string) {
	switch {
	case r.Status == Silent && !r.AnsweredAt.IsZero():
		c.wrong(join(path, "answered_at"), "a silent register has no time of answer")
	case r.Status != Silent && r.Status != "" && r.AnsweredAt.IsZero():
		c.errs.add(join(path, "answered_at"), MissingFact, "is missing")
	case !r.AnsweredAt.IsZero() && r.AnsweredAt.Before(r.AskedAt):
		c.wrong(join(path, "answered_at"), "the answer came before the question")
	}
	c.notLater(r.AskedAt, join(path, "asked_at"))
	c.notLater(r.AnsweredAt, join(path, "answered_at"))
}

// notLater holds that nothing is known from the future.
func (c *shaper) notLater(t time.Time, path string) {
	if t.After(c.at) {
		c.wrong(path, "is later than the instant of evaluation")
	}
}

// ordered holds that a stretch of days does not end before it begins.
func (c *shaper) ordered(begin, end mekenjai.Date, path string) {
	if !begin.IsZero() && !end.IsZero() && end.Before(begin) {
		c.wrong(path, "ends before it begins")
	}
}

// once reports what is there more than once.
func once[T any, K comparable](c *shaper, list []T, path, field string, key func(T) K) {
	seen := map[K]bool{}
	for i, x := range list {
		k := key(x)
		if seen[k] {
			c.wrong(join(fmt.Sprintf("%s[%d]", path, i), field), "stands there twice")
		}
		seen[k] = true
	}
}
