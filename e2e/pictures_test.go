package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

// phone and desk are the windows of the pictures, in pixels.
var (
	phone = [2]int64{390, 844}
	desk  = [2]int64{1100, 780}
	staff = [2]int64{1366, 768}
)

// TestPicturesForTheReadme makes one journey and keeps what its people see. It
// changes files, so it runs only when it is asked to.
func TestPicturesForTheReadme(t *testing.T) {
	if !*screenshots {
		t.Skip("for the README: -screenshots")
	}
	w := found(t, locale.KK)
	erlan := w.applicant("co_owner")
	erlan.open("/").picture("service-kk", phone)
	w.browser("a reader").in(locale.EN).open("/demo/").picture("demo-en", desk)

	erlan.beginApplication(erlan.byKey).answers(w.answersOf(w.land.Story("co_owner")))
	erlan.reads("portal.check.title").picture("check-kk", phone)
	erlan.press("common.sign.button").caseBecomes("awaiting_consent")

	zhanar := w.asked("zhanar")
	zhanar.picture("consent-kk", phone)
	zhanar.agrees()
	w.fromHere(erlan, locale.RU).picture("case-ru", desk)

	meiram := w.asked("meiram")
	meiram.agrees()
	w.lang = locale.KK
	erlan.lang = locale.KK
	erlan.open(erlan.path()+"?lang=kk").caseBecomes("registered").picture("registered-kk", phone)
	w.paperPicture("certificate-kk", erlan.download(w.word("account.certificate.kk")))

	clerk := w.serving(w.ownerHimself()).begins().fills().identifies()
	clerk.picture("counter-kk", staff)
	w.applicant("arrested").apply("arrested").caseBecomes("referred")
	w.atDesk("madi").takesTheCase("Ысқақова Гүлнар").picture("desk-kk", staff)
}

// in changes the language of a browser.
func (b *browser) in(l locale.Lang) *browser {
	b.Helper()
	other := *b.town
	other.lang = l
	b.town = &other
	return b.open("/?lang=" + string(l))
}

// fromHere shows the page where a browser stands in another language.
func (w *town) fromHere(b *browser, l locale.Lang) *browser {
	w.Helper()
	b.renew()
	return b.open(b.path() + "?lang=" + string(l))
}

// picture keeps what one window shows.
func (b *browser) picture(name string, window [2]int64) *browser {
	b.Helper()
	b.do(chromedp.EmulateViewport(window[0], window[1]))
	taken, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(b.width, 800))
	keepPicture(b.T, name, taken)
	return b
}

// paperPicture keeps the first page of a PDF.
func (w *town) paperPicture(name string, pdf []byte) {
	w.Helper()
	cmd := exec.Command("pdftoppm", "-png", "-r", "60", "-singlefile", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	taken, err := cmd.Output()
	if err != nil {
		w.Fatalf("pdftoppm: %v (apt-get install poppler-utils)", err)
	}
	keepPicture(w.T, name, taken)
}

func keepPicture(t *testing.T, name string, png []byte) {
	t.Helper()
	if len(png) > 150_000 {
		t.Errorf("%s has %d bytes", name, len(png))
	}
	folder := filepath.Join("..", "docs", "screenshots")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
