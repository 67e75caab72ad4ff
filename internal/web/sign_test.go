package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mekenjai/eds/pki"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

// signing is a page with a SignBox, the emulator beside it, and what arrived.
func signing(t *testing.T) (page string, program *ncalayer.Emulator, arrived chan string, stop func()) {
	t.Helper()
	authority, err := pki.New([]byte("web"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	program = ncalayer.New(ncalayer.Options{Keys: ncalayer.FromAuthority(authority)})
	if err := program.Insert(ncalayer.Seat{Person: pki.Person{Surname: "ТЕСТОВ", Given: "ТЕСТ", IIN: "900101300811"}}); err != nil {
		t.Fatal(err)
	}
	url, halt, err := program.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = halt(context.Background()) }
	t.Cleanup(stop)
	arrived = make(chan string, 10)
	site := &Site{Insecure: true, NCALayer: url, TestChain: true}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", site.Assets())
	mux.Handle("GET /sign", Handler(func(w http.ResponseWriter, r *http.Request) error {
		box := with(SignBox(Sign{Data: []byte("мәтін\n"), Action: "/signed", SMS: "/sms"}), Hidden("draft", "42"))
		return Render(w, r, http.StatusOK, with(Shell(PageFor(r, "Sign")), box))
	}))
	mux.Handle("POST /signed", Handler(func(w http.ResponseWriter, r *http.Request) error {
		f, err := ParseForm(r)
		if err != nil {
			return err
		}
		arrived <- f.Value("draft") + " " + f.Value("signature")
		return Render(w, r, http.StatusOK, with(Shell(PageFor(r, "Signed")), H1("Signed")))
	}))
	server := httptest.NewServer(site.Wrap(mux))
	t.Cleanup(server.Close)
	return server.URL + "/sign?lang=ru", program, arrived, stop
}

func press(t *testing.T, ctx context.Context) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("[data-sign-button]"))); err != nil {
		t.Fatal(err)
	}
}

// status waits for the words of a state.
func status(t *testing.T, ctx context.Context, state string) {
	t.Helper()
	want := locale.RU.T("common.sign.state." + state)
	var got string
	for range 100 {
		got = webtest.Ask(t, ctx, chromedp.Evaluate[string](`document.querySelector("[data-sign-status]")?.textContent || ""`))
		if got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the page says %q, want %q", got, want)
}

func TestSignatureArrivesOnceInSpiteOfADoubleClick(t *testing.T) {
	ctx := webtest.Browser(t)
	page, _, arrived, _ := signing(t)
	webtest.Open(t, ctx, page, 390)
	if err := chromedp.Do(ctx, chromedp.DoubleClick(chromedp.CSS("[data-sign-button]"))); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-arrived:
		draft, cms, _ := strings.Cut(got, " ")
		der, err := base64.StdEncoding.DecodeString(cms)
		if err != nil || draft != "42" || len(der) < 500 {
			t.Errorf("draft %q, %d bytes, %v", draft, len(der), err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no signature came")
	}
	time.Sleep(500 * time.Millisecond)
	if len(arrived) != 0 {
		t.Error("the signature came twice")
	}
}

func TestPageSaysWhatToDoWhenSigningFails(t *testing.T) {
	ctx := webtest.Browser(t)
	page, program, arrived, stop := signing(t)
	webtest.Open(t, ctx, page, 390)
	program.Next(ncalayer.Cancel, ncalayer.Fail, ncalayer.Silence)
	press(t, ctx)
	status(t, ctx, "cancelled")
	press(t, ctx)
	status(t, ctx, "failed")
	press(t, ctx)
	status(t, ctx, "waiting")
	stop() // the program is closed while its dialog is open
	status(t, ctx, "failed")
	press(t, ctx)
	status(t, ctx, "refused")
	if !webtest.Ask(t, ctx, chromedp.Evaluate[bool](`!document.querySelector("[data-sign-help]").hidden`)) {
		t.Error("no word on how to install the program")
	}
	if len(arrived) != 0 {
		t.Error("something was sent")
	}
}

func TestWithoutScriptsThePageOffersTheOtherWay(t *testing.T) {
	page, _, _, _ := signing(t)
	body := fetch(t, page)
	if !strings.Contains(body, locale.RU.T("common.sign.noscript")) || !strings.Contains(body, `href="/sms"`) {
		t.Error("no way without scripts")
	}
}
