package locale

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"mekenjai"
)

// phrase is a message cut at its placeholders: text and names alternate,
// beginning with text.
type phrase []string

// compile cuts "until {date}" into "until ", "date", "".
func compile(s string) phrase {
	var p phrase
	for {
		text, rest, found := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(p, s)
		}
		p = append(p, text, name)
		s = after
	}
}

// names are the placeholders of the phrase, in order.
func (p phrase) names() []string {
	var names []string
	for i := 1; i < len(p); i += 2 {
		names = append(names, p[i])
	}
	return names
}

// fill puts the arguments, pairs of name and value, into their places. A
// placeholder without an argument stays as it is written, and fails a test.
func (p phrase) fill(l Lang, args []any) string {
	if len(p) == 1 {
		return p[0]
	}
	var b strings.Builder
	for i, part := range p {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		value, ok := argument(args, part)
		if !ok {
			if testing.Testing() {
				panic(fmt.Sprintf("locale: no argument {%s} for %q", part, strings.Join(p, "|")))
			}
			b.WriteString("{" + part + "}")
			continue
		}
		b.WriteString(l.format(value))
	}
	return b.String()
}

func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// format writes one argument as the language does.
func (l Lang) format(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return l.Date(v)
	case mekenjai.Date:
		return l.Day(v)
	case mekenjai.Text:
		return v.In(string(l))
	case time.Duration:
		return l.Minutes(v)
	}
	return fmt.Sprint(v)
}

// Pairs turns arguments by name, as errors of the root carry them, into the
// pairs that T takes.
func Pairs[V any](args map[string]V) []any {
	pairs := make([]any, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, name, value)
	}
	return pairs
}
