package web

import (
	"net/http"
	"net/url"

	"mekenjai/internal/locale"
)

const langCookie = "lang"

// language finds the reader's language: the switch in the address, which is
// then remembered, the cookie, the browser's wish, Kazakh.
func (s *Site) language(w http.ResponseWriter, r *http.Request) locale.Lang {
	w.Header().Add("Vary", "Accept-Language, Cookie, X-Fragment")
	if r.URL.RawQuery != "" {
		if l, ok := locale.Parse(r.URL.Query().Get("lang")); ok {
			http.SetCookie(w, &http.Cookie{Name: langCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, Secure: !s.Insecure, SameSite: http.SameSiteLaxMode})
			return l
		}
	}
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := locale.Parse(c.Value); ok {
			return l
		}
	}
	return locale.Accept(r.Header.Get("Accept-Language"))
}

// inLanguage is the same page in another language.
func inLanguage(path string, l locale.Lang) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/?lang=" + string(l)
	}
	q := u.Query()
	q.Set("lang", string(l))
	u.RawQuery = q.Encode()
	return u.String()
}

// withoutLanguage is the address of the page without the switch.
func withoutLanguage(u *url.URL) string {
	q := u.Query()
	if !q.Has("lang") {
		return u.RequestURI()
	}
	q.Del("lang")
	bare := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: q.Encode()}
	return bare.RequestURI()
}
