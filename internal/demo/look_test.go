package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

// lived is a demo in which something has happened.
func lived(t *testing.T) site {
	s := open(t)
	s.post(t, "/demo/key", "who", "university")
	for _, m := range [][2]string{
		{"timur", "Мекенжай: 482913 — кіру коды. Ешкімге айтпаңыз."},
		{"bolat", "Мекенжай: Т. Оспанов үйіңізге тіркелуді сұрайды, 18:05 дейін: http://localhost:8080/c/0J7K-22QD"},
		{"bolat", "Мекенжай: үйіңізге Т. Оспанов тіркелді. http://localhost:8080/property"},
	} {
		if err := s.Phones.Send(t.Context(), s.Country.Resident(m[0]).Phone, m[1]); err != nil {
			t.Fatal(err)
		}
	}
	s.post(t, "/demo/registers", "fault-civil", "down")
	s.post(t, "/demo/egov?lang=ru", "story", "sole_owner", "months", "6") // its paper is gone by then
	s.Clock.Advance(26 * time.Hour)
	s.post(t, "/demo/egov?lang=kk", "story", "dormitory", "months", "6")
	s.post(t, "/demo/egov?lang=ru", "story", "non_owner", "months", "6")
	return s
}

var looked = []string{"/demo/", "/demo/?done=clock", "/demo/stories/three_owners", "/demo/stories/dormitory", "/demo/people", "/demo/counter", "/demo/key", "/demo/phones", "/demo/phones/bolat", "/demo/phone-signing", "/demo/registers", "/demo/egov"}

func TestPhotographThePages(t *testing.T) {
	webtest.Looking(t)
	ctx, s := webtest.Browser(t), lived(t)
	for _, l := range locale.Langs {
		for _, path := range looked {
			for size, width := range webtest.Sizes {
				show(t, ctx, s, path, l, width)
				webtest.Photograph(t, ctx, "demo"+strings.NewReplacer("/demo", "", "/", "-", "?", "-").Replace(path)+"_"+string(l)+"_"+size)
			}
		}
	}
}

func show(t *testing.T, ctx context.Context, s site, path string, l locale.Lang, width int64) {
	t.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	webtest.Open(t, ctx, s.URL+path+mark+"lang="+string(l), width)
}

func TestEveryPagePassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, s := webtest.Browser(t), lived(t)
	for _, path := range looked {
		for _, l := range locale.Langs {
			show(t, ctx, s, path, l, 320)
			webtest.Examine(t, ctx, path, l)
		}
	}
}
