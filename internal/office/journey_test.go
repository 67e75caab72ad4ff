package office

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/eds/pki"
)

// begin opens an intake and gives its path.
func (b *browser) begin(person, house string, room int) string {
	b.Helper()
	page := b.get("/office/").page(200)
	return b.post("/office/intakes", "key", page.hidden("key"), "registrant", string(b.land.IIN(person)), "dwelling", string(b.land.Dwelling(house, room))).to()
}

// answers fills in the first part; more are further inputs.
func (b *browser) answers(path, person, house string, room int, more ...string) reply {
	b.Helper()
	today := typed(mekenjai.DateOf(b.clock.Now()))
	return b.post(path, append([]string{"registrant", string(b.land.IIN(person)), "arc", string(b.land.Dwelling(house, room)),
		"months", "6", "purpose", "work", "arrival", today, "language", "ru"}, more...)...)
}

// identify compares somebody with his card.
func (b *browser) identify(path, who string) reply {
	b.Helper()
	kind, number := b.tail(who)
	return b.post(path+"/people", "iin", string(b.land.IIN(who)), "document", kind, "number", number)
}

// signsByHand gives the signature of the n-th who still has to sign.
func (b *browser) signsByHand(path string) reply {
	b.Helper()
	page := b.get(path).page(200).link(path + "/sign/[0-9a-f]+")
	as := b.get(page).page(200).hidden("as")
	return b.upload(page+"/hand", "scan", scan(), "as", as, "original", "yes")
}

func TestOwnerFilesForHimselfAndTheOperatorAccepts(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	b.get(path).page(200).says("office.missing.months").says("office.part.checklist")
	b.answers(path, "aigul", "almaty", 12, "is_owner", "yes").to()
	b.get(path).page(200).says("office.missing.identify", "name", w.land.Resident("aigul").Name.String())
	b.identify(path, "aigul").to()
	b.signsByHand(path).to()
	b.get(path).page(200).says("office.ready")
	accept := b.get(path + "/accept").page(200)
	to := b.post(path+"/accept", "text", accept.hidden("text"), "signature", w.sign("ainur", w.atWork("ainur"), accept.content(), false)).to()
	done := b.get(to).page(200).says("office.done.accepted.text")
	for _, paper := range []string{"/receipt.pdf"} {
		if got := b.get(done.link(path + paper)).page(200); !strings.HasPrefix(got.body, "%PDF") {
			t.Errorf("%s is no paper", paper)
		}
	}
	b.get("/office/").page(200).says("office.state.accepted")
}

func TestPresentOwnerConsentsInPerson(t *testing.T) {
	w := open(t)
	b := w.as("dias")
	path := b.begin("timur", "shymkent", 7)
	b.answers(path, "timur", "shymkent", 7, "is_owner", "no", "owner", string(w.land.IIN("bolat"))).to()
	b.identify(path, "timur").to()
	b.identify(path, "bolat").to()
	statement := b.signsByHand(path)
	statement.to()
	if paper := b.get(path + "/statement.pdf").page(200); !strings.HasPrefix(paper.body, "%PDF") {
		t.Error("the statement is not printed")
	}
	b.signsByHand(path).to()
	page := b.get(path).page(200).says("office.ready").says("office.paper.written_consent").says("office.paper.signed_application")
	scanned := b.get(page.link("/office/papers/[0-9a-f-]+")).page(200)
	if !strings.HasPrefix(scanned.body, "%PDF") || !strings.Contains(scanned.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the scan opens as %v", scanned.header)
	}
	b.post(page.link(path + "/consents/[^\"]+/drop")).to()
	b.get(path).page(200).says("office.missing.signature", "capacity", "Owner", "name", w.land.Name(w.land.Party("bolat")))
}

func TestKeyOfAnotherSignsForNobody(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	b.answers(path, "aigul", "almaty", 12, "is_owner", "yes").to()
	b.identify(path, "aigul").to()
	sign := b.get(path).page(200).link(path + "/sign/[0-9a-f]+")
	text := b.get(sign).page(200).content()
	b.post(sign+"/key", "signature", w.sign("timur", pki.Options{}, text, false)).page(422).says("access.signature.signer")
	b.post(sign+"/key", "signature", w.sign("aigul", pki.Options{}, text, false)).to()
	b.get(path).page(200).says("office.ready")
}

func TestApplicantSignsByACodeToTheOwnPhone(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	b.answers(path, "aigul", "almaty", 12, "is_owner", "yes").to()
	b.identify(path, "aigul").to()
	sign := b.get(path).page(200).link(path + "/sign/[0-9a-f]+")
	sent := b.post(sign + "/send").to()
	b.get(sent).page(200).says("office.sign.code.sent")
	b.post(sign+"/code", "code", "000000").page(422)
}

func TestRulesTurnAwayAndTheReceiptIsPrinted(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("timur", "almaty", 12) // Bolat is no owner of Aigul's flat
	b.answers(path, "timur", "almaty", 12, "is_owner", "no", "owner", string(w.land.IIN("bolat"))).to()
	b.get(path).page(200).says("office.refuse.button").says("rules.R30.NOT_OWNER")
	b.get(path + "/accept").to()
	refuse := b.get(path + "/refuse").page(200)
	to := b.post(path+"/refuse", "text", refuse.hidden("text"), "signature", w.sign("ainur", w.atWork("ainur"), refuse.content(), false)).to()
	page := b.get(to).page(200).says("office.done.refused.text")
	if paper := b.get(page.link(path + "/refusal.pdf")).page(200); !strings.HasPrefix(paper.body, "%PDF") {
		t.Error("the receipt is not printed")
	}
	b.post(path, "registrant", string(w.land.IIN("timur"))).page(422)
}

func TestOperatorOfAnotherTerritoryIsToldSo(t *testing.T) {
	w := open(t)
	b := w.as("dias")
	page := b.get("/office/").page(200)
	b.post("/office/intakes", "key", page.hidden("key"), "registrant", string(w.land.IIN("aigul")), "dwelling", string(w.land.Dwelling("almaty", 12))).
		page(403).says("office.error.territory")
	own := w.as("ainur").begin("aigul", "almaty", 12)
	b.get(own).page(403)
	b.post(own + "/take").page(403)
	b.post(own + "/drop").page(403)
}

func TestCitizensAndPoliceHaveNoCounter(t *testing.T) {
	w := open(t)
	for _, who := range []string{"timur", "serik", "gaukhar", "aliya"} {
		b := w.as(who)
		for pattern := range (&Office{}).routes() {
			method, path, _ := strings.Cut(pattern, " ")
			path = strings.NewReplacer("{$}", "", "{id}", "019394a2-0000-7000-8000-000000000000", "{n}", "0", "{c}", "0", "{paper}", "0").Replace(path)
			got := b.get(path)
			if method == http.MethodPost {
				got = b.post(path)
			}
			if got.status != http.StatusForbidden {
				t.Errorf("%s %s as %s: %d", method, path, who, got.status)
			}
		}
	}
}

func TestColleagueTakesOverAnIntake(t *testing.T) {
	w := open(t)
	first := w.as("ainur")
	path := first.begin("aigul", "almaty", 12)
	if err := w.access.Appoint(t.Context(), colleagueOf(w, "zhanna")); err != nil {
		t.Fatal(err)
	}
	second := w.asColleague("zhanna", "ainur")
	second.get(path).page(200).says("office.colleague.title")
	second.answers(path, "aigul", "almaty", 12, "is_owner", "yes").page(403)
	second.post(path + "/take").to()
	second.answers(path, "aigul", "almaty", 12, "is_owner", "yes").to()
	first.answers(path, "aigul", "almaty", 12, "is_owner", "yes").page(403)
}

func TestAddressIsFoundWithoutItsCode(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	key := b.get("/office/").page(200).hidden("key")
	iin := string(w.land.IIN("aigul"))
	b.post("/office/intakes", "key", key, "registrant", iin, "dwelling", "zzzz").page(422).says("office.error.no_place")
	page := b.post("/office/intakes", "key", key, "registrant", iin, "dwelling", "абая 150").page(422).says("office.place.which")
	if strings.Contains(page.location, iin) {
		t.Error("a number of a person stands in an address")
	}
	house := page.finds(`value="(in:[^"]+)"`)
	flats := b.post("/office/intakes", "key", key, "registrant", iin, "dwelling", "абая 150", "place", house).page(422).says("office.place.which")
	b.post("/office/intakes", "key", key, "registrant", iin, "dwelling", "абая 150", "place", flats.finds(`name="place"[^>]*value="([0-9]{16})"`)).to()
}

func TestSecondPressOpensNoSecondIntake(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	key := b.get("/office/").page(200).hidden("key")
	fields := []string{"key", key, "registrant", string(w.land.IIN("aigul")), "dwelling", string(w.land.Dwelling("almaty", 12))}
	if one, two := b.post("/office/intakes", fields...).to(), b.post("/office/intakes", fields...).to(); one != two {
		t.Errorf("%s and %s", one, two)
	}
}

func TestBadInputLosesNothing(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	page := b.answers(path, "aigul", "almaty", 12, "is_owner", "no", "owner", "123", "returnee_number", "AB-17").page(422).says("portal.error.owner_format")
	for _, kept := range []string{`value="123"`, `value="AB-17"`, `value="6"`} {
		if !strings.Contains(page.body, kept) {
			t.Errorf("%s is lost", kept)
		}
	}
	if strings.Contains(strings.ReplaceAll(page.body, "data-extend autofocus", ""), "autofocus") {
		t.Error("the focus is not left to the summary of errors")
	}
	kind, number := w.tail("aigul")
	other := map[bool]string{true: "8888", false: "9999"}[number == "9999"]
	b.post(path+"/people", "iin", string(w.land.IIN("aigul")), "document", kind, "number", "9").page(422).says("counter.error.document_short", "n", 4)
	b.post(path+"/people", "iin", string(w.land.IIN("aigul")), "document", kind, "number", other).page(422).says("counter.error.document_number")
}

func TestBadScansAreRefusedAtTheirField(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	for key, file := range map[string]io.Reader{
		"paper.error.type":      strings.NewReader("MZ a program"),
		"paper.error.truncated": strings.NewReader(string(sheet[:200])),
		"paper.error.empty":     strings.NewReader(""),
	} {
		b.upload(path+"/papers", "scan", file, "kind", "passport").page(422).says(key)
	}
	b.upload(path+"/papers", "scan", io.LimitReader(zeros{}, 200<<20), "kind", "passport").page(422).says("paper.error.size", "megabytes", 10)
	b.upload(path+"/papers", "scan", scan()).page(422).says("paper.error.kind")
	b.upload(path+"/papers", "scan", scan(), "kind", "passport", "original", "yes").to()
	page := b.get(path).page(200).says("office.paper.passport").says("office.original.yes")
	b.post(page.link(path + "/papers/[0-9a-f-]+/drop")).to()
	if got := b.get(path).page(200); strings.Contains(got.body, "/office/papers/") {
		t.Error("the paper is still there")
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestPersonWhoLeftIsClosed(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.begin("aigul", "almaty", 12)
	b.get(path + "/drop").page(200)
	b.post(path + "/drop").to()
	b.get(path).page(200).says("office.done.dropped.text")
	b.answers(path, "aigul", "almaty", 12).page(409)
}

func TestDatesAreReadAsClerksTypeThem(t *testing.T) {
	for typed, want := range map[string]string{"24.11.2026": "2026-11-24", "24112026": "2026-11-24", "24/11/2026": "2026-11-24", "2026-11-24": "2026-11-24", "": "", "soon": "soon", "1.1.26": "1.1.26"} {
		if got := day(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
