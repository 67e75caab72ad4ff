package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/internal/locale"
)

func post(t *testing.T, values url.Values) *Form {
	t.Helper()
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := ParseForm(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestInputIsCleaned(t *testing.T) {
	f := post(t, url.Values{"a": {"  и\u0306\r\nb\x00\u202e\xff "}, "b": {"x", "y"}})
	if got := f.Value("a"); got != "й\nb" {
		t.Errorf("%q", got)
	}
	if diff := cmp.Diff([]string{"x", "y"}, f.Values("b")); diff != "" || !f.Has("b", "y") {
		t.Error(diff)
	}
}

func TestQueryIsNoPartOfAForm(t *testing.T) {
	r := httptest.NewRequest("POST", "/?iin=1", strings.NewReader("a=1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if f, err := ParseForm(r); err != nil || f.Value("iin") != "" {
		t.Errorf("%v %v", f, err)
	}
}

func TestOtherTypesAreRefused(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	if _, err := ParseForm(r); statusOf(err) != http.StatusUnsupportedMediaType {
		t.Errorf("%v", err)
	}
}

func TestNumbersAndDates(t *testing.T) {
	f := post(t, url.Values{"n": {"12"}, "bad": {"1.5"}, "neg": {"-1"}, "long": {"99999999999999999999"},
		"d-day": {"29"}, "d-month": {"2"}, "d-year": {"2028"}, "e-day": {"31"}, "e-month": {"4"}, "e-year": {"2026"}})
	if n, ok := f.Int("n"); n != 12 || !ok {
		t.Error(n, ok)
	}
	for _, name := range []string{"bad", "neg", "long", "none"} {
		if n, ok := f.Int(name); ok {
			t.Errorf("%s is %d", name, n)
		}
	}
	if d, ok := f.Date("d"); !ok || d.String() != "2028-02-29" {
		t.Error(d, ok)
	}
	for _, name := range []string{"e", "none"} {
		if d, ok := f.Date(name); ok {
			t.Errorf("%s is %v", name, d)
		}
	}
}

func TestErrorsOfAVerbStandBesideTheirFields(t *testing.T) {
	f := NewForm(nil)
	verb := mekenjai.FieldErrors{{Field: "a", Key: "common.error.title"}, {Field: "b", Key: "common.clock.limit", Args: map[string]any{"time": "10"}}}
	if !f.Take(verb) || f.OK() || f.Status() != 422 {
		t.Fatal("not taken")
	}
	f.FailText("a", "a second message of the same field")
	var got []string
	for _, e := range f.faults() {
		got = append(got, e.Field+": "+e.In(locale.EN))
	}
	if diff := cmp.Diff([]string{"a: There is a problem", "b: Time limit: 10"}, got); diff != "" {
		t.Error(diff)
	}
	if f.Take(errors.New("x")) {
		t.Error("an error that is nobody's field was taken")
	}
}

func TestNoFormIsAnEmptyForm(t *testing.T) {
	var f *Form
	if f.Value("a") != "" || !f.OK() || f.Status() != 200 || f.Has("a", "b") {
		t.Error("a nil form is not empty")
	}
}

func FuzzForm(f *testing.F) {
	f.Add("iin=900101300811&months=6")
	f.Add("a=%ff%00&=&&a=%u0430")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, err := ParseForm(r)
		if err != nil {
			if statusOf(err) >= 500 {
				t.Errorf("bad input is told as our fault: %v", err)
			}
			return
		}
		for name := range form.values {
			if v := form.Value(name); strings.ContainsAny(v, "\x00\r") {
				t.Errorf("%q", v)
			}
			form.Int(name)
			form.Date(name)
		}
	})
}
