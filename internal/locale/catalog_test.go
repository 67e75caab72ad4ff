package locale

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// use is what the sources of the product say about a key.
type uses struct {
	called   map[string]string // keys in T("…") and N("…"), with the file
	bent     map[string]bool   // keys in N("…")
	literals map[string]bool   // every string literal that could be a key
	prefixes []string          // literals that end in a dot: "rules.ground."
}

var (
	callPattern    = regexp.MustCompile(`\b(T|N)\((?:[\w.()]+,\s*)?"([a-z0-9_]+\.[a-z0-9_.]+)"`)
	literalPattern = regexp.MustCompile(`["` + "`" + `]([a-z][a-z0-9_]*\.[A-Za-z0-9_.]*)["` + "`" + `]`)
)

// readUses looks through every Go and templ source of the module but tests and
// generated files.
func readUses(t *testing.T) uses {
	t.Helper()
	u := uses{called: map[string]string{}, bent: map[string]bool{}, literals: map[string]bool{}}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // a colleague's file that was just renamed
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		source := strings.HasSuffix(name, ".templ") || strings.HasSuffix(name, ".go") &&
			!strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go")
		if !source {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		u.read(name, string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *uses) read(name, text string) {
	for _, m := range callPattern.FindAllStringSubmatch(text, -1) {
		if key := m[2]; !strings.HasSuffix(key, ".") {
			u.called[key] = name
			u.bent[key] = u.bent[key] || m[1] == "N"
		}
	}
	for _, m := range literalPattern.FindAllStringSubmatch(text, -1) {
		if strings.HasSuffix(m[1], ".") {
			u.prefixes = append(u.prefixes, m[1])
		} else {
			u.literals[m[1]] = true
		}
	}
}

func (u *uses) has(key string) bool {
	return u.literals[key] || slices.ContainsFunc(u.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

func keys() []string {
	all := map[string]bool{}
	for _, w := range catalogue {
		for key := range w.plural {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func TestEveryKeySpeaksAllThreeLanguages(t *testing.T) {
	for _, key := range keys() {
		for _, l := range Langs {
			if !l.Has(key) {
				t.Errorf("%s is missing in %s", key, l)
			}
		}
	}
}

func TestPlaceholdersAreTheSameInAllLanguages(t *testing.T) {
	for _, key := range keys() {
		want := placeholders(t, KK, key)
		for _, l := range Langs[1:] {
			if diff := cmp.Diff(want, placeholders(t, l, key)); diff != "" {
				t.Errorf("%s: kk and %s take other arguments:\n%s", key, l, diff)
			}
		}
	}
}

// placeholders are the names in any form of the message, sorted.
func placeholders(t *testing.T, l Lang, key string) []string {
	t.Helper()
	set := map[string]bool{}
	for _, form := range messages(t, l)[key] {
		for _, name := range compile(form).names() {
			set[name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

var readMessages = map[Lang]map[string]map[string]string{}

// messages are all texts of a language, by key and plural form.
func messages(t *testing.T, l Lang) map[string]map[string]string {
	t.Helper()
	if m, ok := readMessages[l]; ok {
		return m
	}
	all := map[string]map[string]string{}
	names, err := fs.Glob(catalogFiles, "catalog/*."+string(l)+".json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := catalogFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		area, _, _ := strings.Cut(filepath.Base(name), ".")
		for key, value := range file {
			if !strings.HasPrefix(key, area+".") {
				t.Errorf("%s: the key %q does not begin with %q", name, key, area+".")
			}
			all[key] = forms(t, key, value)
		}
	}
	readMessages[l] = all
	return all
}

func forms(t *testing.T, key string, value any) map[string]string {
	t.Helper()
	switch v := value.(type) {
	case string:
		return map[string]string{"other": v}
	case map[string]any:
		m := map[string]string{}
		for form, text := range v {
			m[form], _ = text.(string)
		}
		return m
	}
	t.Errorf("%s: neither a text nor plural forms", key)
	return nil
}

func TestNoTextIsEmpty(t *testing.T) {
	for _, l := range Langs {
		for key, byForm := range messages(t, l) {
			for form, text := range byForm {
				if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
					t.Errorf("%s %s %s: empty, or with space at an end", l, key, form)
				}
				if strings.Contains(text, "<") || strings.Contains(text, "&nbsp;") {
					t.Errorf("%s %s %s: holds HTML", l, key, form)
				}
			}
		}
	}
}

func TestPluralMessagesHaveTheFormsOfTheirLanguage(t *testing.T) {
	need := map[Lang][]string{KK: {"other"}, RU: {"one", "few", "many"}, EN: {"one", "other"}}
	for _, key := range keys() {
		if len(messages(t, RU)[key]) <= 1 && len(messages(t, EN)[key]) <= 1 {
			continue
		}
		for l, names := range need {
			for _, form := range names {
				if messages(t, l)[key][form] == "" {
					t.Errorf("%s has no form %q in %s", key, form, l)
				}
			}
		}
	}
}

func TestEveryKeyThatCodeNamesExists(t *testing.T) {
	for key, file := range readUses(t).called {
		if !KK.Has(key) {
			t.Errorf("%s: no message %q", file, key)
		}
	}
}

func TestNumbersBendOnlyMessagesThatCanBend(t *testing.T) {
	u := readUses(t)
	for key, file := range u.called {
		if RU.Has(key) && u.bent[key] != catalogue[RU].plural[key] {
			t.Errorf("%s: %q is called with the wrong one of T and N", file, key)
		}
	}
}

func TestNoKeyIsUnused(t *testing.T) {
	u := readUses(t)
	for _, key := range keys() {
		if !u.has(key) {
			t.Errorf("no code uses %q", key)
		}
	}
}

func TestNoKeyStandsTwiceInAFile(t *testing.T) {
	names, err := fs.Glob(catalogFiles, "catalog/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := catalogFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^\s*"([a-z0-9_]+\.[A-Za-z0-9_.]+)":`).FindAllSubmatch(text, -1) {
			if seen[string(m[1])] {
				t.Errorf("%s: %s stands twice", name, m[1])
			}
			seen[string(m[1])] = true
		}
		if bytes.HasPrefix(text, []byte("\ufeff")) {
			t.Errorf("%s begins with a byte order mark", name)
		}
	}
}

// Russian letters in place of Kazakh ones are the commonest fault of Kazakh
// texts, and Latin letters inside Cyrillic words the commonest of both.
func TestKazakhAndRussianTextsHaveNoLatinLettersInsideWords(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Cyrillic}[A-Za-z]|[A-Za-z]\p{Cyrillic}`)
	for _, l := range []Lang{KK, RU} {
		for key, byForm := range messages(t, l) {
			for _, text := range byForm {
				if m := mixed.FindString(text); m != "" {
					t.Errorf("%s %s: Latin letter in a Cyrillic word near %q", l, key, m)
				}
			}
		}
	}
	// Names keep their Kazakh letters in Russian texts, common words have none.
	foreign := regexp.MustCompile(`(?:^|[^\p{L}])[а-яё]*[әғқңөұүһі][\p{L}]*`)
	for key, byForm := range messages(t, RU) {
		for _, text := range byForm {
			if w := foreign.FindString(text); w != "" {
				t.Errorf("ru %s: a Kazakh word %q", key, w)
			}
		}
	}
}
