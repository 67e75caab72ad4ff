package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/fake/country"
)

// listen gathers what the pages write to the console: nothing may be wrong.
func (b *browser) listen() {
	b.Helper()
	messages := chromedp.Console(b.ctx)
	var mu sync.Mutex
	var faults []string
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Source == "network" && (isAnswer(m.Text) || strings.HasPrefix(m.URL, otherSigner)) {
				continue
			}
			if m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning {
				mu.Lock()
				faults = append(faults, m.String()+" "+m.URL)
				mu.Unlock()
			}
		}
	}()
	b.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, f := range faults {
			b.Errorf("%s: console: %s", b.who, f)
		}
	})
}

// otherSigner is where the signing client looks for the program of another
// vendor, which is not there.
const otherSigner = "https://127.0.0.1:24680"

// isAnswer: a status that our pages answer with, as to a form with a fault; the
// browser remarks on it.
func isAnswer(text string) bool {
	for _, status := range []string{"401", "403", "404", "409", "422", "429"} {
		if strings.Contains(text, "status of "+status) {
			return true
		}
	}
	return false
}

// inspected are the pages that were looked at already, by what they consist of.
var inspected sync.Map

// inspect looks at a page that has just opened: nothing on it may keep anybody
// out, and it fits a window of 320 pixels, which is also a phone at 200 %. All
// faults of a page are told. The same page with other people and numbers on it
// is not inspected again.
func (b *browser) inspect() {
	b.Helper()
	if _, known := inspected.LoadOrStore(b.anatomy(), true); known {
		return
	}
	b.photograph()
	b.do(chromedp.EmulateViewport(320, 800))
	wide, err := ask[int](b, `() => document.documentElement.scrollWidth`)
	if err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(b.width, 800))
	if wide > 320 {
		b.Errorf("%s is %d pixels wide in a window of 320", b.path(), wide)
	}
	for _, fault := range b.barriers() {
		b.Errorf("%s: %s", b.path(), fault)
	}
}

// anatomy is what a page consists of, without whom and what it tells of.
func (b *browser) anatomy() string {
	b.Helper()
	source, err := ask[string](b, `() => {
		const page = document.documentElement.cloneNode(true)
		for (const e of page.querySelectorAll(".mk-paper__text, #windows, #phones, #phone, option")) e.textContent = ""
		for (const e of page.querySelectorAll("input, option")) for (const a of ["value", "selected"]) e.removeAttribute(a)
		return page.outerHTML
	}`)
	if err != nil {
		b.Fatal(err)
	}
	return fmt.Sprint(b.lang, b.quiet, numbers.ReplaceAllString(names().Replace(source), "0"))
}

// numbers are what differs between two visits of the same page.
var numbers = regexp.MustCompile(`data-content="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{4}-[0-9A-Z-]{4,}|[0-9]+`)

// names takes people, organisations and addresses out of a page.
var names = sync.OnceValue(func() *strings.Replacer {
	land := country.New(nil)
	var list []string
	for _, s := range land.Stories() {
		list = append(list, s.Address.KK, "", s.Address.RU, "")
	}
	for _, r := range land.People() {
		for _, o := range r.Heads {
			list = append(list, o.Name.KK, "", o.Name.RU, "")
		}
		for _, name := range []string{r.Name.String(), r.Name.Short(), r.Name.Surname, r.Name.Given, r.Name.Patronymic} {
			if name != "" {
				list = append(list, name, "", strings.ToUpper(name), "")
			}
		}
	}
	return strings.NewReplacer(list...)
})

// barriers asks axe. It is put into the page by the debugger, which the page's
// policy for scripts does not bind. Where scripts are off they are on for it
// alone: those of the page have missed their moment.
func (b *browser) barriers() []string {
	b.Helper()
	if b.quiet {
		b.allowScripts(true)
		defer b.allowScripts(false)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		b.Fatal(err)
	}
	faults, err := ask[[]string](b, `() => axe.run({
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false,
	}).then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html + " " + n.failureSummary).join(" | ")))`)
	if err != nil && !errors.Is(err, context.Canceled) {
		b.Fatalf("axe: %v", err)
	}
	return faults
}

// photograph keeps a picture of the page for eyes, if that was asked for.
func (b *browser) photograph() {
	b.Helper()
	if *look == "" {
		return
	}
	name := strings.Trim(strings.ReplaceAll(numbers.ReplaceAllString(b.path(), "0"), "/", "_"), "_")
	for _, width := range []int64{390, 1100} {
		b.do(chromedp.EmulateViewport(width, 800))
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(70))
		if err != nil {
			b.Fatal(err)
		}
		b.keep(filepath.Join(*look, fmt.Sprintf("%s_%s_%d", name, b.lang, width)), picture)
	}
	b.do(chromedp.EmulateViewport(b.width, 800))
}

// keep writes a picture under a name that is still free.
func (b *browser) keep(name string, picture []byte) {
	b.Helper()
	for i := 1; ; i++ {
		f, err := os.OpenFile(fmt.Sprintf("%s_%d.jpg", name, i), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err == nil {
			_, err = f.Write(picture)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			b.Fatal(err)
		}
		return
	}
}
