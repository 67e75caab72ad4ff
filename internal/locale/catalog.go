package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// One file an area and language, so that each area has one owner.
//
//go:embed catalog/*.json
var catalogFiles embed.FS

// words is one language: plain messages compiled for a fast path, and go-i18n
// for those that bend with a number.
type words struct {
	plain  map[string]phrase
	plural map[string]bool
	forms  map[string]phrase // every plural form, by its source text
	bend   *i18n.Localizer
}

var catalogue = mustLoad(catalogFiles)

func mustLoad(files fs.FS) map[Lang]*words {
	c, err := load(files)
	if err != nil {
		panic("locale: " + err.Error())
	}
	return c
}

// load reads every catalogue file; the name says area and language.
func load(files fs.FS) (map[Lang]*words, error) {
	bundle := i18n.NewBundle(language.Kazakh)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	all := make(map[Lang]*words)
	for _, l := range Langs {
		all[l] = &words{plain: map[string]phrase{}, plural: map[string]bool{}, forms: map[string]phrase{}}
	}
	names, err := fs.Glob(files, "catalog/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		file, err := i18n.ParseMessageFileBytes(text, path.Base(name), map[string]i18n.UnmarshalFunc{"json": json.Unmarshal})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		l, ok := Parse(file.Tag.String())
		if !ok {
			return nil, fmt.Errorf("%s: no such language", name)
		}
		for _, m := range file.Messages {
			all[l].add(m)
		}
		if err := bundle.AddMessages(file.Tag, file.Messages...); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, l := range Langs {
		all[l].bend = i18n.NewLocalizer(bundle, string(l))
	}
	return all, nil
}

// add compiles a message and completes its plural forms: Kazakh nouns do not
// bend after a numeral, and the Russian form of fractions is never needed.
func (w *words) add(m *i18n.Message) {
	bends := m.One != "" || m.Few != "" || m.Many != ""
	if m.Other == "" {
		m.Other = m.Many
	}
	if m.One == "" {
		m.One = m.Other
	}
	if !bends {
		w.plain[m.ID] = compile(m.Other)
	}
	w.plural[m.ID] = bends
	for _, form := range []string{m.One, m.Few, m.Many, m.Other} {
		if form != "" {
			w.forms[form] = compile(form)
		}
	}
}

// T is the message of key in the language l, with the arguments in place: pairs
// of a name and a value. A time or a date is written as l.Date writes it. A
// missing key is a fault of the program: it shows itself on the page, and fails
// a test.
func (l Lang) T(key string, args ...any) string {
	if p, ok := catalogue[l.known()].plain[key]; ok {
		return p.fill(l, args)
	}
	return missing(l, key)
}

// N is the message of key bent for the number n, which stands in the text as
// {n}.
func (l Lang) N(key string, n int, args ...any) string {
	w := catalogue[l.known()]
	if _, ok := w.plural[key]; !ok {
		return missing(l, key)
	}
	form, err := w.bend.Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateParser: template.IdentityParser{}})
	if err != nil {
		return missing(l, key)
	}
	return w.forms[form].fill(l, append([]any{"n", l.Number(n)}, args...))
}

// T is l.T(key, args...).
func T(l Lang, key string, args ...any) string { return l.T(key, args...) }

// Has says whether the catalogue of l has the key.
func (l Lang) Has(key string) bool {
	_, ok := catalogue[l.known()].plural[key]
	return ok
}

func (l Lang) known() Lang {
	k, _ := Parse(string(l))
	return k
}

func missing(l Lang, key string) string {
	if testing.Testing() {
		panic(fmt.Sprintf("locale: no message %q in %s", key, l))
	}
	return key
}
