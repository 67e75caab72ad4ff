// Package locale holds the words and the writing habits of the three languages
// of the pages: catalogues of messages with their plurals, dates and numbers as
// Kazakh, Russian and English write them, and the letters of Kazakh in search
// and order. Code holds keys; every word that a person reads stands in a
// catalogue.
package locale

import (
	"context"
	"strconv"
	"strings"
)

// Lang is a language of the pages.
type Lang string

// The languages. Kazakh is the first and the default.
const (
	KK Lang = "kk"
	RU Lang = "ru"
	EN Lang = "en"
)

// Langs are the languages in the order of the page.
var Langs = []Lang{KK, RU, EN}

// Parse reads a language code as it stands in a cookie, a query or a record.
func Parse(s string) (Lang, bool) {
	switch l := Lang(s); l {
	case KK, RU, EN:
		return l, true
	}
	return KK, false
}

type langKey struct{}

// With puts the reader's language into the context.
func With(ctx context.Context, l Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// From is the reader's language, Kazakh when nobody has set one.
func From(ctx context.Context) Lang {
	if l, ok := ctx.Value(langKey{}).(Lang); ok {
		return l
	}
	return KK
}

// Accept chooses the language that a browser asks for in its Accept-Language
// header. Only the primary subtag counts; an unknown or empty wish is Kazakh.
func Accept(header string) Lang {
	best, quality := KK, 0.0
	for wish := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(wish), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				continue
			}
			q = f
		}
		primary, _, _ := strings.Cut(tag, "-")
		if l, ok := Parse(strings.ToLower(primary)); ok && q > quality {
			best, quality = l, q
		}
	}
	return best
}

// Name is the language's own name for itself.
func (l Lang) Name() string {
	switch l {
	case RU:
		return "Русский"
	case EN:
		return "English"
	}
	return "Қазақша"
}
