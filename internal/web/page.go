package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mekenjai/internal/locale"
)

// Page is what the shell needs to know. PageFor fills in what the request says.
type Page struct {
	Title string
	Lang  locale.Lang
	Path  string // of this page, with its query: the language switch keeps it
	User  *User
	Back  string // where the back link leads; no link when empty
	Form  *Form  // its errors are summed up on top
	Wide  bool   // tables and cards; text stays in a narrow column
	Dense bool   // a page of staff: everything in one window

	Failed   bool // an error page: the title says so
	fragment bool // asked for by a script: no frame
	site     *Site
}

// PageFor begins a page that answers the request.
func PageFor(r *http.Request, title string) Page {
	v := visitOf(r.Context())
	path := withoutLanguage(r.URL)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		path = r.URL.EscapedPath() // a form answers at the address of its page
	}
	return Page{Title: title, Lang: locale.From(r.Context()), Path: path, User: v.user,
		fragment: IsFragment(r), site: v.site}
}

// WithBack adds a back link.
func (p Page) WithBack(href string) Page {
	p.Back = href
	return p
}

// WithForm adds the summary of a form's errors.
func (p Page) WithForm(f *Form) Page {
	p.Form = f
	return p
}

// WithPath says at which address the page can be opened, when that is not the
// address of the request.
func (p Page) WithPath(path string) Page {
	p.Path = path
	return p
}

// AsWide lets the page fill the window.
func (p Page) AsWide() Page {
	p.Wide = true
	return p
}

// AsDense makes it a page of staff, who see everything in one window.
func (p Page) AsDense() Page {
	p.Wide, p.Dense = true, true
	return p
}

// IsFragment says that a script asked, for a block of the page alone.
func IsFragment(r *http.Request) bool { return r.Header.Get("X-Fragment") != "" }

func (p Page) of() *Site {
	if p.site == nil {
		return &Site{}
	}
	return p.site
}

// tab is the title of the window: an error is heard first.
func (p Page) tab() string {
	title := p.Title + " — " + p.Lang.T("common.brand")
	if p.Failed || !p.Form.OK() {
		title = p.Lang.T("common.error.prefix") + " " + title
	}
	return title
}

func (p Page) home() string     { return cmp.Or(p.of().Home, "/") }
func (p Page) demoHome() string { return cmp.Or(p.of().DemoHome, "/demo") }

func (p Page) signIn() string { return cmp.Or(p.of().SignIn, "/sign-in") }

// sections are where the reader may go: those of his work, or the site's.
func (p Page) sections() []NavItem {
	if p.User != nil && p.User.Nav != nil {
		return p.User.Nav
	}
	return p.of().Nav
}

// isCurrent says whether the page belongs to the section at href: of several that
// it lies within, to the nearest.
func (p Page) isCurrent(href string) bool {
	path, _, _ := strings.Cut(p.Path, "?")
	nearest := ""
	for _, s := range p.sections() {
		if (path == s.Href || strings.HasPrefix(path, strings.TrimSuffix(s.Href, "/")+"/")) && len(s.Href) > len(nearest) {
			nearest = s.Href
		}
	}
	return href == nearest
}

// languageName is the part of the language's name that always shows, and the
// rest, which only a narrow window hides from the eye.
func languageName(l locale.Lang) (shown, rest string) {
	name := []rune(l.Name())
	return string(name[:3]), string(name[3:])
}

// millis is an instant as scripts count it.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
