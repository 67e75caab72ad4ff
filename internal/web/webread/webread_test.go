package webread_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mekenjai/internal/web"
	"mekenjai/internal/web/webread"
)

// What is written by the components of web is read back.
func TestPagesAreReadAsTheyAreWritten(t *testing.T) {
	const text, value = "мәтін \"1\" <2>\n", `a"b&c`
	f := web.NewForm(nil)
	f.FailText("reason", `Say "why" & how`)
	site := &web.Site{Insecure: true}
	mux := http.NewServeMux()
	mux.Handle("GET /page", web.Handler(func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		if err := web.SignBox(web.Sign{Data: []byte(text), Action: "/signed"}).Render(ctx, w); err != nil {
			return err
		}
		if err := web.Hidden("challenge", value).Render(ctx, w); err != nil {
			return err
		}
		return web.Input(f, web.Field{Name: "reason", Label: "Reason"}).Render(ctx, w)
	}))
	w := httptest.NewRecorder()
	site.Wrap(mux).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/page?lang=en", nil))
	page := w.Body.String()
	if got := webread.ToSign(page); string(got) != text {
		t.Errorf("to sign: %q", got)
	}
	if got := webread.Field(page, "challenge"); got != value {
		t.Errorf("the field: %q", got)
	}
	if got := webread.Messages(page); len(got) != 1 || !strings.HasSuffix(got[0], `Say "why" & how`) {
		t.Errorf("messages: %q", got)
	}
	if webread.ToSign("<p>") != nil || webread.Field("<p>", "challenge") != "" || webread.Messages("<p>") != nil {
		t.Error("something is read off an empty page")
	}
}
