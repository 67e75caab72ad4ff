package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/fake/egovmobile"
	"mekenjai/internal/locale"
	"mekenjai/internal/state/mobile"
)

// key is somebody's key as it lies in his phone.
func (w *town) key(who string, o pki.Options) *eds.Key {
	w.Helper()
	r := w.land.Resident(who)
	key, err := w.keys.Person(pki.Person{IIN: string(r.IIN), Surname: r.Name.Surname, Given: r.Name.Given, Patronymic: r.Name.Patronymic}, o)
	if err != nil {
		w.Fatal(err)
	}
	return key
}

// phone is one with eGov Mobile.
func (w *town) phone() egovmobile.Phone {
	return egovmobile.Phone{HTTP: w.server.Client(), Host: strings.TrimPrefix(w.server.URL, "http://"), Clock: w.clock.Now, Lang: "ru"}
}

var (
	deepLink   = regexp.MustCompile(`href="(https://m\.egov\.kz/mobileSign[^"]*)"`)
	mobileForm = regexp.MustCompile(`action="(/mobile/[^"]*)"`)
)

// takesPhone chooses eGov Mobile on the page of a text; it gives the page of the code
// and the code.
func (b *browser) takesPhone(page string) (path, code string) {
	b.Helper()
	shown := b.get(page).page(http.StatusOK).shows("Sign with eGov Mobile", "NCALayer on this computer")
	form := mobileForm.FindStringSubmatch(shown.body)
	if form == nil {
		b.Fatalf("%s offers no phone", page)
	}
	path = b.post(form[1], "back", shown.hidden("back"), "done", shown.hidden("done")).to()
	return path, b.code(path)
}

// code is what the page shows to the phone.
func (b *browser) code(path string) string {
	b.Helper()
	link := deepLink.FindStringSubmatch(b.get(path).page(http.StatusOK).shows("Open eGov Mobile").body)
	if link == nil {
		b.Fatalf("%s shows no code", path)
	}
	return html.UnescapeString(link[1])
}

// opens is what the phone shows for a code.
func (w *town) opens(code string) egovmobile.Screen {
	w.Helper()
	s, err := w.phone().Open(w.Context(), code)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// refused asks for a status.
func refused(t *testing.T, what string, err error, status int) {
	t.Helper()
	var got *egovmobile.Refused
	if !errors.As(err, &got) || got.Status != status {
		t.Errorf("%s: %v, want %d", what, err, status)
	}
}

func TestApplicantAndOwnerSignByPhone(t *testing.T) {
	w := open(t)
	w.work()
	timur := w.as("timur")
	path := timur.fill("non_owner")
	text := timur.get(path + "/check").content()
	page, code := timur.takesPhone(path + "/check")
	timur.get(page).shows(mekenjai.ShortCode(text), `mk-live__refresh`, `role="img"`)

	screen := w.opens(code)
	if !bytes.Equal(screen.Documents[0].File.File.Data, text) {
		t.Error("the phone is given another text than NCALayer")
	}
	if d := screen.Documents[0]; d.NameKZ != locale.KK.T("mobile.document.application") || screen.Organisation.BIN != "050140000011" ||
		d.Meta[0].Value != mekenjai.ShortCode(text) || screen.Method != mobile.WithData || !screen.Expires.Equal(w.clock.Now().Add(5*time.Minute).Truncate(time.Millisecond)) {
		t.Errorf("the phone shows %+v", screen)
	}
	timur.get(page).shows("A phone has opened the document")
	if err := w.phone().Sign(t.Context(), screen, w.key("timur", pki.Options{})); err != nil {
		t.Fatal(err)
	}
	filed := strings.Replace(path, "/apply/", "/applications/", 1)
	if to := timur.get(page).to(); to != filed {
		t.Errorf("the page leads to %q", to)
	}
	r, _ := http.NewRequest("GET", w.server.URL+page, nil)
	r.Header.Set("X-Fragment", "mobile")
	timur.send(r).page(http.StatusOK).shows(`data-live-next="` + filed + `"`)

	w.settle()
	request := w.request("bolat")
	bolat := w.consenter("bolat", request)
	page, code = bolat.takesPhone(request)
	if err := w.phone().Sign(t.Context(), w.opens(code), w.key("bolat", pki.Options{Algorithm: eds.RSASHA256})); err != nil {
		t.Fatal(err)
	}
	if to := bolat.get(page).to(); to != request {
		t.Errorf("the page leads to %q", to)
	}
	w.settle()
	timur.get(filed).page(http.StatusOK).shows("You are registered")
}

func TestWhatThePhoneMayNotDoIsRefusedAndChangesNothing(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	page, code := b.takesPhone(path + "/check")
	for name, c := range map[string]struct {
		who     string
		options pki.Options
		shows   string
	}{
		"another's key": {"timur", pki.Options{}, "belongs to another person"},
		"an expired":    {"aigul", pki.Options{Kind: pki.Expired}, "expired"},
		"a revoked":     {"aigul", pki.Options{Kind: pki.Revoked}, "revoked"},
		"a stranger's":  {"aigul", pki.Options{Kind: pki.WrongAuthority}, "not accepted"},
	} {
		refused(t, name, w.phone().Sign(t.Context(), w.opens(code), w.key(c.who, c.options)), http.StatusForbidden)
		b.get(page).page(http.StatusOK).shows(c.shows, w.land.IIN("aigul").Masked(), "Open eGov Mobile")
	}
	altered := w.opens(code)
	altered.Documents[0].File.File.Data = append([]byte("not "), altered.Documents[0].File.File.Data...)
	refused(t, "another text", w.phone().Sign(t.Context(), altered, w.key("aigul", pki.Options{})), http.StatusForbidden)
	renamed := w.opens(code)
	renamed.Documents[0].NameRU = "Иное"
	refused(t, "another document", w.phone().Sign(t.Context(), renamed, w.key("aigul", pki.Options{})), http.StatusForbidden)

	s := w.opens(code)
	stolen := s
	stolen.Document.Token = "wrong"
	refused(t, "a wrong token", w.phone().Sign(t.Context(), stolen, w.key("aigul", pki.Options{})), http.StatusUnauthorized)
	stolen.Document.Token = ""
	refused(t, "no token", w.phone().Sign(t.Context(), stolen, w.key("aigul", pki.Options{})), http.StatusUnauthorized)
	w.opens(code)
	refused(t, "the token of a phone that another followed", w.phone().Sign(t.Context(), s, w.key("aigul", pki.Options{})), http.StatusUnauthorized)
	if n := w.applications(); n != 0 {
		t.Errorf("%d applications", n)
	}
	if err := w.phone().Sign(t.Context(), w.opens(code), w.key("aigul", pki.Options{})); err != nil {
		t.Errorf("after all that, the right key: %v", err)
	}
}

// put sends bytes as a signed document.
func (w *town) put(s egovmobile.Screen, body io.Reader) int {
	w.Helper()
	r, err := http.NewRequest("PUT", s.Document.URI, body)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Document.Token)
	answer, err := w.server.Client().Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func TestTheSameSignatureTwiceIsOneAndAnotherIsNone(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	page, code := b.takesPhone(b.fill("sole_owner") + "/check")
	s := w.opens(code)
	signed := s.Parcel
	cms, err := eds.SignCMS(w.key("aigul", pki.Options{}), s.Documents[0].File.File.Data, eds.SignOptions{Attached: true, Time: w.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	d := s.Documents[0]
	d.File = &mobile.Content{File: mobile.File{MIME: d.File.File.MIME, Data: cms}}
	signed.Documents = []mobile.Document{d}
	body, _ := json.Marshal(signed)
	for _, c := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"not JSON", strings.NewReader("<xml/>"), 400},
		{"no document", strings.NewReader(`{"signMethod":"CMS_WITH_DATA"}`), 400},
		{"too much", io.MultiReader(strings.NewReader(`{"x":"`), strings.NewReader(strings.Repeat("a", mostParcel))), 413},
		{"the signature", bytes.NewReader(body), 200},
		{"the same again", bytes.NewReader(body), 200},
	} {
		if got := w.put(s, c.body); got != c.status {
			t.Errorf("%s: %d, want %d", c.name, got, c.status)
		}
	}
	refused(t, "another signature", w.phone().Sign(t.Context(), s, w.key("aigul", pki.Options{})), http.StatusForbidden)
	_, err = w.phone().Open(t.Context(), code)
	refused(t, "the link again", err, http.StatusForbidden)
	if n := w.applications(); n != 1 {
		t.Errorf("%d applications", n)
	}
	b.get(page).to()
}

func TestALinkThatIsOverSignsNothing(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	key := w.key("aigul", pki.Options{})

	page, code := b.takesPhone(path + "/check")
	s := w.opens(code)
	w.clock.Advance(5*time.Minute + time.Second)
	refused(t, "too late", w.phone().Sign(t.Context(), s, key), http.StatusForbidden)
	b.get(page).page(http.StatusOK).shows("The QR code has expired", "Get a new code")

	old, code := b.takesPhone(path + "/check")
	s = w.opens(code)
	page, code = b.takesPhone(path + "/check")
	refused(t, "a newer code took its place", w.phone().Sign(t.Context(), s, key), http.StatusForbidden)
	b.get(old).shows("The QR code has expired")

	s = w.opens(code)
	b.post(path+"/months?change=1", "months", "2").to()
	refused(t, "the text changed", w.phone().Sign(t.Context(), s, key), http.StatusForbidden)

	page, code = b.takesPhone(path + "/check")
	s = w.opens(code)
	for name, stranger := range map[string]*browser{"another person": w.as("timur"), "another browser of his": w.as("aigul")} {
		if got := stranger.get(page); got.status != http.StatusNotFound {
			t.Errorf("%s sees the code: %d", name, got.status)
		}
	}
	b.post("/sign-out").to()
	refused(t, "the session ended", w.phone().Sign(t.Context(), s, key), http.StatusForbidden)
	_, err := w.phone().Open(t.Context(), "mobileSign:"+w.server.URL+apiPath+strings.Repeat("A", 43))
	refused(t, "a link that nobody made", err, http.StatusNotFound)
	if n := w.applications(); n != 0 {
		t.Errorf("%d applications", n)
	}
}

// Every other text of a citizen takes the same way.
func TestAComplaintIsSignedByPhone(t *testing.T) {
	w := open(t)
	w.work()
	b, refusedCase := w.file("not_owner")
	text := b.post(refusedCase+"/complaint", "words", wrongly).to()
	page, code := b.takesPhone(text)
	if err := w.phone().Sign(t.Context(), w.opens(code), w.key("timur", pki.Options{})); err != nil {
		t.Fatal(err)
	}
	b.get(b.get(page).to()).page(http.StatusOK).shows("The complaint is received")
}

func TestASignatureThatCannotBeJudgedYetWaits(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	page, code := b.takesPhone(path + "/check")
	s := w.opens(code)
	w.keys.Silence(true)
	if err := w.phone().Sign(t.Context(), s, w.key("aigul", pki.Options{})); err != nil {
		t.Errorf("the phone is told %v", err)
	}
	if n := w.applications(); n != 0 {
		t.Errorf("%d applications before the authority answered", n)
	}
	if to := b.get(page).to(); to != path+"/check" {
		t.Errorf("the page leads to %q", to)
	}
	b.get(path + "/check").page(http.StatusOK).shows("Your signature is kept")
	w.keys.Silence(false)
	w.clock.Advance(time.Hour)
	if _, err := w.register.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.applications(); n != 1 {
		t.Errorf("%d applications after the authority answered", n)
	}
}

func TestWhereItIsNotOfferedNothingOfItIsThere(t *testing.T) {
	w := open(t)
	off := &Portal{Register: w.register, Access: w.access}
	signedIn := access.WithActor(t.Context(), mekenjai.Actor{IIN: w.land.IIN("aigul")})
	if off.byMobile(signedIn, mobileApplication, "x", "/", "/") != nil {
		t.Error("the page offers it")
	}
	for _, request := range []*http.Request{
		httptest.NewRequestWithContext(signedIn, "POST", "/mobile/application/x", nil), httptest.NewRequestWithContext(signedIn, "GET", "/m/x", nil),
		httptest.NewRequestWithContext(signedIn, "PUT", "/m/x/document", nil),
	} {
		answer := httptest.NewRecorder()
		off.Handler().ServeHTTP(answer, request)
		if answer.Code != http.StatusNotFound {
			t.Errorf("%s %s: %d", request.Method, request.URL, answer.Code)
		}
	}
	b := w.asOrganisation("saule", "university") // its keys are in another application
	if to := b.post("/mobile/application/x", "back", "/apply", "done", "/").to(); to != "/apply" {
		t.Errorf("an organisation is led to %q", to)
	}
}

// signs signs the text of a page in somebody's phone and gives where the browser goes.
func (b *browser) signs(who, page string) string {
	b.Helper()
	path, code := b.takesPhone(page)
	if err := b.town.phone().Sign(b.Context(), b.opens(code), b.key(who, pki.Options{})); err != nil {
		b.Fatal(err)
	}
	return b.get(path).to()
}

func TestEndsOfEntriesAreSignedByPhone(t *testing.T) {
	w := open(t)
	w.work()
	entry := w.stay("timur", "shymkent", 7, 6)
	bolat := w.as("bolat")
	if to := bolat.signs("bolat", bolat.post(entry+"/end", "reason", "Жалдау мерзімі бітті").to()); to != entry+"?said=asked" {
		t.Errorf("the owner is led to %q", to)
	}
	timur := w.as("timur")
	if to := timur.signs("timur", entry+"/end"); to != entry+"?said=ended" {
		t.Errorf("the person is led to %q", to)
	}
	common := w.stay("pavel", "kostanay", 0, 6)
	erlan := w.as("erlan")
	erlan.signs("erlan", erlan.post(common+"/end", "reason", "Жалдау мерзімі бітті").to())
	w.settle()
	zhanar := w.as("zhanar")
	if to := zhanar.signs("zhanar", common+"/confirm"); to != common+"?said=confirmed" {
		t.Errorf("the co-owner is led to %q", to)
	}
}
