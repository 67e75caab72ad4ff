package portal

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/locale"
)

const consent = "019394a2-0000-7000-8000-000000000000"

func TestSignInByKeyLeadsWhereTheReaderWanted(t *testing.T) {
	b := open(t).as("aigul") // asks for /apply
	b.get("/apply").to()
	if to := b.get("/sign-in?next=%2Faccount%2Fhistory").to(); to != "/account/history" {
		t.Errorf("who is signed in already is led to %q", to)
	}
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	w := open(t)
	for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/\t/evil.example"} {
		b := w.browser()
		page := b.get("/sign-in?next=" + url.QueryEscape(next)).page(200)
		to := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", next, "signature", w.sign("aigul", page.content(), true)).to()
		if to != "/" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
}

func TestSignatureThatIsNotAcceptedSaysWhyAndGivesANewText(t *testing.T) {
	w := open(t)
	b := w.browser()
	page := b.get("/sign-in").page(200)
	again := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", "/apply", "signature", w.sign("aigul", []byte("other"), true)).page(422)
	again.shows("Another text was signed", "There is a problem", `href="#signature"`, "Error:")
	if string(again.content()) == string(page.content()) || again.hidden("next") != "/apply" {
		t.Error("the page came back with the old text, or forgot where it leads")
	}
	b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "signature", w.sign("aigul", page.content(), true)).page(422).
		shows("This page is out of date")
	b.post("/sign-in/eds", "challenge", again.hidden("challenge"), "signature", "").page(422)
}

// While the authority is silent the page says so, and one button tries again what was
// signed already.
func TestSilentAuthorityIsAskedAgainWithoutSigningAgain(t *testing.T) {
	w := open(t)
	b := w.browser()
	page := b.get("/sign-in?next=%2Fapply").page(200)
	w.keys.Silence(true)
	signed := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", "/apply", "signature", w.sign("aigul", page.content(), true)).page(200)
	signed.shows("the certification authority does not answer", "you need not sign again", "Check again")
	waiting := page.hidden("challenge")
	if !strings.Contains(signed.body, `name="challenge" value="`+waiting+`"`) {
		t.Fatal("the signature that waits is not on the page")
	}
	b.post("/sign-in/eds", "challenge", waiting, "next", "/apply").page(200).shows("Check again")
	w.keys.Silence(false)
	if to := b.post("/sign-in/eds", "challenge", waiting, "next", "/apply").to(); to != "/apply" {
		t.Errorf("led to %q", to)
	}
	b.post("/sign-in/eds", "challenge", waiting, "next", "/apply").page(422).shows("This page is out of date")
}

func TestChallengeOfAnotherBrowserSignsNobodyIn(t *testing.T) {
	w := open(t)
	page := w.browser().get("/sign-in").page(200)
	w.browser().post("/sign-in/eds", "challenge", page.hidden("challenge"), "signature", w.sign("aigul", page.content(), true)).page(422)
}

// number is what changes from one answer to the next and tells nothing.
var number = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

func TestAnswerDoesNotTellWhetherAPersonExists(t *testing.T) {
	w := open(t)
	seen := map[string]string{}
	for who, iin := range map[string]string{"of the country": string(w.land.IIN("aigul")), "without a phone": string(w.land.IIN("kairat")), "unknown": "770707400564"} {
		b := w.browser()
		to := b.post("/sign-in/sms", "iin", iin, "next", "/apply").to()
		if strings.Contains(to, iin) {
			t.Errorf("the address %q carries the number", to)
		}
		page := b.get(to).page(200)
		seen[number.ReplaceAllString(to+page.body, "ID")] = who
		wrong := b.post("/sign-in/code", "id", page.hidden("id"), "code", "000000")
		seen[number.ReplaceAllString(wrong.page(422).body, "ID")] = who
	}
	if len(seen) != 2 {
		t.Errorf("%d different pages, want one to ask and one to refuse", len(seen))
	}
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// code waits for the latest code on somebody's phone.
func (w *town) code(who string) string {
	w.Helper()
	w.settle()
	inbox := w.phones.Inbox(w.land.Resident(who).Phone)
	if len(inbox) == 0 {
		w.Fatalf("no message for %s", who)
	}
	return sixDigits.FindString(inbox[0].Text)
}

func TestSignInBySMS(t *testing.T) {
	w := open(t)
	w.work()
	b := w.browser()
	page := b.get(b.post("/sign-in/sms", "iin", string(w.land.IIN("aigul")), "next", "/apply").to()).page(200)
	page.shows(`autocomplete="one-time-code"`, `inputmode="numeric"`, "3 tries")
	code := w.code("aigul")
	wrong := code[:5] + string('0'+(code[5]-'0'+1)%10)
	b.post("/sign-in/code", "id", page.hidden("id"), "code", wrong, "next", "/apply").page(422).shows("Tries left: 2", `value="`+wrong+`"`)
	if to := b.post("/sign-in/code", "id", page.hidden("id"), "code", " "+code[:3]+" "+code[3:], "next", "/apply").to(); to != "/apply" {
		t.Errorf("led to %q", to)
	}
	b.draft()
}

func TestAnotherCodeIsSentWithoutTypingTheNumberAgain(t *testing.T) {
	w := open(t)
	w.work()
	b := w.browser()
	first := b.get(b.post("/sign-in/sms", "iin", string(w.land.IIN("aigul")), "next", "/apply").to()).page(200)
	old := w.code("aigul")
	w.clock.Advance(time.Second)
	second := b.get(b.post("/sign-in/resend", "id", first.hidden("id"), "next", "/apply").to()).page(200).shows("A new code was asked for")
	b.post("/sign-in/code", "id", first.hidden("id"), "code", old).page(422).shows("Ask for a new one")
	b.post("/sign-in/code", "id", second.hidden("id"), "code", w.code("aigul"), "next", "/apply").to()
	if to := w.browser().post("/sign-in/resend", "id", second.hidden("id"), "next", "/apply").to(); to != "/sign-in?next=%2Fapply" {
		t.Errorf("a code of another browser leads to %q", to)
	}
}

func TestWrongIINStaysInTheFieldWithItsMessage(t *testing.T) {
	w := open(t)
	for typed, message := range map[string]string{"": "Enter your IIN", "880417499008": "This is not an IIN", "12": "This is not an IIN", "<b>": "This is not an IIN"} {
		page := w.browser().post("/sign-in/sms", "iin", typed, "next", "/apply").page(422).shows(message, "There is a problem", `href="#iin"`, `id="iin-error"`)
		if page.hidden("next") != "/apply" || typed != "" && !strings.Contains(page.text()+page.body, typed) && typed != "<b>" {
			t.Errorf("%q was lost", typed)
		}
	}
}

func TestConsentAsksForAProofOfItsOwnAndLeadsToItself(t *testing.T) {
	w := open(t)
	b := w.as("bolat") // signed in already, in a plain way
	page := b.get("/c/" + consent + "/sign-in").page(200).shows("somebody else’s computer")
	if !strings.Contains(string(page.content()), consent) {
		t.Error("the text to sign does not say what it is for")
	}
	if to := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "for", consent, "next", "/", "signature", w.sign("bolat", page.content(), true)).to(); to != "/c/"+consent {
		t.Errorf("led to %q", to)
	}
	if to := w.browser().get("/sign-in?next=" + url.QueryEscape("/c/"+consent+"?x=1")).to(); to != "/c/"+consent+"/sign-in" {
		t.Errorf("the plain sign-in for a consent leads to %q", to)
	}
	w.browser().get("/c/" + url.PathEscape("a\nb") + "/sign-in").page(404)
}

func TestSignInForAConsentBySMSIsFreshForIt(t *testing.T) {
	w := open(t)
	w.work()
	b := w.browser()
	page := b.get(b.post("/sign-in/sms", "iin", string(w.land.IIN("bolat")), "for", consent).to()).page(200)
	if to := b.post("/sign-in/code", "id", page.hidden("id"), "code", w.code("bolat")).to(); to != "/c/"+consent {
		t.Errorf("led to %q", to)
	}
}

func TestEndedSessionSaysWhySignInIsAskedAndComesBackToTheQuestion(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.draft()
	w.clock.Advance(21 * time.Minute)
	to := b.post(path+"/registrant", "registrant", "self").to()
	if to != "/sign-in?next="+url.QueryEscape(path+"/registrant") {
		t.Fatalf("led to %q", to)
	}
	page := b.get(to).page(200).shows("You were signed out for your security")
	if got := page.hidden("next"); got != path+"/registrant" {
		t.Errorf("then to %q", got)
	}
}

func TestSessionIsExtendedAndEnded(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	w.clock.Advance(15 * time.Minute)
	b.post("/session").page(204)
	w.clock.Advance(15 * time.Minute)
	b.get("/apply").to()
	if to := b.post("/sign-out").to(); to != "/" {
		t.Errorf("signed out to %q", to)
	}
	b.post("/sign-out").to()
	if to := b.get("/apply").to(); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("signed out, and led to %q", to)
	}
}

func TestSignInSpeaksThreeLanguagesAndWithoutScripts(t *testing.T) {
	b := open(t).browser()
	for lang, words := range map[locale.Lang][]string{
		locale.KK: {"Жүйеге кіру", "ЭЦҚ-мен кіру", "Код алу"},
		locale.RU: {"Вход", "Войти с ЭЦП", "Получить код"},
		locale.EN: {"Sign in", "Sign in with EDS", "Get a code", "scripts"},
	} {
		b.lang = lang
		b.get("/sign-in").page(200).shows(words...)
	}
}
