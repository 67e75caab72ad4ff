package e2e

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

// atDesk seats an officer of the migration police before the queue: a window of an
// office, and the key of who employs him.
func (w *town) atDesk(who string) *browser {
	w.Helper()
	b := w.browser(who)
	b.width = 1366
	b.do(chromedp.EmulateViewport(b.width, 768))
	w.insertKey(who + "@work")
	return b.open("/desk/").press("portal.sign_in.eds.button").reads("desk.queue.title")
}

// onKey presses what shows its access key.
func (b *browser) onKey(key, access string) *browser {
	b.Helper()
	b.reads(key).leads("what "+key+" leads to", func() { b.clickOn(`main [accesskey="`+access+`"]`, "") })
	return b
}

// selects chooses from a list.
func (b *browser) selects(field, value string) *browser {
	b.Helper()
	done, err := ask[bool](b, `(f, v) => { const e = document.querySelector("main select[name='" + f + "']"); e.value = v; return e.value === v }`, field, value)
	if err != nil || !done {
		b.lost("no choice " + field + " " + value)
	}
	return b
}

// takesTheCase takes the only case of the queue and opens its data with a reason.
func (b *browser) takesTheCase(secret string) *browser {
	b.Helper()
	b.leads("the case", func() { b.clickOn("main tbody a", "") })
	b.mustNotSee(secret).onKey("desk.deed.take", "t").mustNotSee(secret)
	return b.selects("reason", "decide").onKey("desk.reveal.button", "o").sees(secret)
}

// decides writes the decision and signs it.
func (b *browser) decides(ruling, ground, words string) *browser {
	b.Helper()
	b.onKey("desk.deed.decide", "d").choose("ruling", ruling)
	if ground != "" {
		b.selects("ground", ground)
	}
	b.fill("text", words).press("desk.decide.button").reads("desk.sign.title").sees(words)
	b.insertKey(b.who + "@work")
	return b.press("desk.sign.button").reads("desk.state.closed")
}

// An officer finds that the ban does not stand: the registers are asked again, the
// entry is made, and the person reads who looked at her data.
func TestOfficerGrantsWhatARuleGaveHim(t *testing.T) {
	in(t, func(w *town) {
		gulnar := w.applicant("arrested").apply("arrested").caseBecomes("referred")
		madi := w.atDesk("madi").takesTheCase("Ысқақова Гүлнар")
		madi.press("desk.sign.again").reads("desk.verdict.valid")
		madi.decides("grant", "", "Сот пайдалануға тыйымды алып тастады")
		gulnar.caseBecomes("registered").reads("account.ruling.grant")
		gulnar.open("/account/looks").reads("account.looks.role.officer").reads("account.looks.reason.decide").mustNotSee("Есенов")
	}, locale.KK)
}

// A refusal has a ground with its norm, the officer's reasons and a sealed act.
func TestOfficerRefusesWithGroundAndReasons(t *testing.T) {
	in(t, func(w *town) {
		gulnar := w.applicant("arrested").apply("arrested").caseBecomes("referred")
		w.atDesk("madi").takesTheCase("Ысқақова Гүлнар").decides("refuse", "BAN_ON_USE", "Запрет суда действует до конца года")
		gulnar.caseBecomes("refused").reads("account.ruling.refuse").sees("Запрет суда действует до конца года").reads("account.case.complaint.title")
		gulnar.renewsUntil("the seal", func() bool { return strings.Contains(gulnar.text(), w.word("account.act.seal")) })
		paper := plain(w.readPDF(gulnar.download(w.word("account.act.pdf"))))
		for _, phrase := range []string{"На пользование жилищем наложен запрет", "Запрет суда действует", "Тұрғын үйді пайдалануға тыйым салынған"} {
			if !strings.Contains(paper, phrase) {
				t.Errorf("the act does not say %q:\n%s", phrase, paper)
			}
		}
	}, locale.RU)
}

// The officer asks for a paper, the clock stands, the applicant sends it from home.
func TestApplicantSendsThePaperThatAnOfficerAsksFor(t *testing.T) {
	in(t, func(w *town) {
		gulnar := w.applicant("arrested").apply("arrested").caseBecomes("referred")
		madi := w.atDesk("madi").takesTheCase("Ысқақова Гүлнар").onKey("desk.deed.paper", "p")
		madi.selects("kind", "court_act").fill("note", "Court act on the ban").choose("days", "5").press("desk.paper.button")
		madi.reads("desk.state.waiting").reads("desk.queue.stands")

		scan := filepath.Join(t.TempDir(), "act.png")
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 600, 800))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(scan, picture.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		gulnar.renew()
		gulnar.reads("account.paper.title").sees("Court act on the ban").press("account.paper.send").reads("paper.error.empty")
		gulnar.do(chromedp.SetUploadFiles(`#scan`, []string{scan}))
		gulnar.press("account.paper.send")
		if strings.Contains(gulnar.text(), w.word("account.paper.title")) {
			t.Fatalf("still asked for: %s", gulnar.text())
		}

		madi.renew()
		madi.reads("desk.step.bring_paper").reads("desk.paperkind.court_act")
		if got := madi.download(w.word("desk.paperkind.court_act")); !strings.HasPrefix(string(got), "\x89PNG") {
			t.Errorf("the paper is %d bytes of something", len(got))
		}
	}, locale.EN)
}

// A protected person is to others as one who does not exist; two officers see to it.
func TestProtectedPersonIsNotThereForOthers(t *testing.T) {
	in(t, func(w *town) {
		aigul := w.applicant("sole_owner").apply("sole_owner").caseBecomes("registered")
		certificate := w.readPDF(aigul.download(w.word("account.certificate.kk")))
		code := regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`).FindString(certificate)
		if code == "" {
			t.Fatalf("no code on the paper:\n%s", certificate)
		}
		stranger := w.browser("a stranger").open("/check/" + code).reads("life.check.title.valid")

		serik := w.atDesk("serik").press("desk.nav.protection").onKey("desk.protection.new", "n")
		serik.fill("iin", string(w.land.IIN("aigul"))).choose("ground", "DOMESTIC_VIOLENCE").fill("paper", "№ 17, 20.02.2026").choose("months", "6")
		serik.press("desk.protection.propose").press("desk.sign.button").reads("desk.protection.other_confirms")

		gaukhar := w.atDesk("gaukhar").press("desk.nav.protection")
		gaukhar.leads("the protection", func() { gaukhar.clickOn("main tbody a", "") })
		gaukhar.press("desk.protection.confirm_sealing").press("desk.sign.button").reads("desk.protection.confirmed")

		stranger.open("/check/" + code).reads("account.check.unknown.title")
		serik.press("desk.nav.search").fill("q", string(w.land.IIN("aigul"))).selects("reason", "check").onKey("desk.search.button", "s").reads("desk.search.nothing")
		aigul.open("/account").reads("notify.title.data_sealed").open("/account/address").sees("Абай")
	}, locale.KK)
}
