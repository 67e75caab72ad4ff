package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
)

// clerk is an operator at a counter with somebody before him.
type clerk struct {
	*browser
	country.Visit
}

// officeWidth is the width of the windows of offices.
const officeWidth = 1366

// atCounter seats the operator of a visit before the counter's start page.
func (w *town) atCounter(id string) *clerk {
	w.Helper()
	for _, v := range w.land.Visits() {
		if v.ID == id {
			return w.serving(v)
		}
	}
	w.Fatalf("there is no visit %s", id)
	return nil
}

// serving is the operator of a visit, signed in.
func (w *town) serving(v country.Visit) *clerk {
	w.Helper()
	c := &clerk{w.browser(v.Operator.Key), v}
	c.width = officeWidth
	c.do(chromedp.EmulateViewport(c.width, 768))
	c.holdKey()
	c.open("/office/").press("portal.sign_in.eds.button").reads("office.start.title")
	return c
}

// holdKey puts the operator's key of his employer into NCALayer.
func (c *clerk) holdKey() { c.insertKey(c.Operator.Key + "@work") }

// ownerHimself is the visit of who owns the dwelling alone.
func (w *town) ownerHimself() country.Visit {
	w.Helper()
	operator, _ := w.land.Post("ainur")
	iin := w.land.IIN("aigul")
	return country.Visit{ID: "owner", Operator: operator, Registrant: iin, ARC: w.land.Dwelling("almaty", 12), Come: []mekenjai.IIN{iin}}
}

// filed is who stands at the counter as the applicant.
func (c *clerk) filed() mekenjai.IIN {
	if c.Filer != "" {
		return c.Filer
	}
	return c.Registrant
}

// called is somebody's name as the registers have it.
func (w *town) called(iin mekenjai.IIN) string { return w.land.Name(mekenjai.PartyID(iin)) }

// shows is the document of somebody with the end of its number.
func (c *clerk) shows(iin mekenjai.IIN) (kind, tail string) {
	c.Helper()
	p, ok := c.land.PaperOf(iin)
	if !ok {
		c.Fatalf("%s has no document", c.called(iin))
	}
	n := []rune(p.Number)
	return string(p.Kind), string(n[len(n)-4:])
}

// hits presses a button or link that shows its access key.
func (b *browser) hits(key, access string, args ...any) *browser {
	b.Helper()
	return b.pressWords(b.word(key, args...) + " " + b.word("common.key.alt") + "+" + access)
}

// pick chooses from a list.
func (b *browser) pick(field, value string) *browser {
	b.Helper()
	done, err := ask[bool](b, `(field, value) => {
		const list = document.querySelector("main select[name='" + field + "']")
		if (!list || ![...list.options].some(o => o.value === value)) return false
		list.value = value
		list.dispatchEvent(new Event("change", {bubbles: true}))
		return true
	}`, field, value)
	if err != nil || !done {
		b.lost("no choice " + field + " " + value)
	}
	return b
}

// todayAtOnce is today as clerks type it.
func todayAtOnce() string { return strings.ReplaceAll(today(), " ", "") }

// begins opens the intake of the visit.
func (c *clerk) begins() *clerk {
	c.Helper()
	c.fill("registrant", string(c.Registrant)).fill("dwelling", string(c.ARC)).hits("office.start.begin", "N")
	c.reads("office.part.checklist")
	return c
}

// fills types what the visit tells.
func (c *clerk) fills() *clerk {
	c.Helper()
	if c.Filer != "" {
		c.pick("filer_role", string(c.Role)).fill("filer", string(c.Filer))
		if c.Number != "" {
			c.fill("authority_number", c.Number)
		}
	}
	if c.Owner == "" {
		c.pick("is_owner", "yes")
	} else {
		c.pick("is_owner", "no").fill("owner", string(c.Owner))
	}
	if c.Returnee || len(c.Powers) > 0 {
		c.clickOn("summary", c.word("office.rare"))
	}
	if c.Returnee {
		c.pick("returnee", "mark")
	}
	for _, p := range c.Powers {
		c.fill("power_principal", string(p.Principal)).fill("power_attorney", string(p.Attorney)).fill("power_number", p.Number)
	}
	c.fill("months", "6").pick("purpose", "family").fill("arrival", todayAtOnce()).hits("office.save", "S")
	return c
}

// identifies everybody who comes.
func (c *clerk) identifies() *clerk {
	c.Helper()
	for _, iin := range c.Come {
		kind, tail := c.shows(iin)
		c.fill("iin", string(iin)).pick("document", kind).fill("number", tail)
		c.hits("office.identify", "I").sees(c.called(iin))
	}
	return c
}

// answerFromElsewhere ticks the right-holders who are not there.
func (c *clerk) answerFromElsewhere() *clerk {
	c.Helper()
	for _, party := range c.Remote {
		_, err := ask[bool](c.browser, `name => { [...document.querySelectorAll("label")].find(l => l.innerText.includes(name)).click(); return true }`, c.land.Name(party))
		if err != nil {
			c.Fatal(err)
		}
	}
	if len(c.Remote) > 0 {
		c.hits("office.save", "S")
	}
	return c
}

// scanFile is a PDF on a disk, as a scanner leaves it: the printed statement.
func (c *clerk) scanFile(content []byte) string {
	c.Helper()
	name := filepath.Join(c.TempDir(), "scan.pdf")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		c.Fatal(err)
	}
	return name
}

// signs lets somebody sign the printed statement by hand. whose is the name of whose
// signature is needed; voice says who gives it for him, and is nil for the applicant.
func (c *clerk) signs(whose string, voice *country.Voice) *clerk {
	c.Helper()
	c.press("office.signed.sign", "name", whose)
	statement := c.download(c.word("office.statement.print"))
	if text := c.readPDF(statement); !strings.Contains(plain(text), c.called(c.Registrant)) {
		c.Errorf("the printed statement does not name %s:\n%s", c.called(c.Registrant), text)
	}
	if voice != nil && c.asksWhoSigns() {
		option, err := ask[string](c.browser, `name => [...document.querySelectorAll("select[name=signer] option")].find(o => o.text.includes(name))?.value || ""`, c.called(voice.Signer))
		if err != nil {
			c.Fatal(err)
		}
		c.pick("signer", option).pick("as", cmp.Or(string(voice.As), "self"))
	}
	c.choose("original", "yes")
	c.do(chromedp.SetUploadFiles(`#scan`, []string{c.scanFile(statement)}))
	c.hits("office.sign.hand.button", "H").reads("office.part.checklist")
	return c
}

// asksWhoSigns says whether the page leaves it open who signs for the right-holder.
func (b *browser) asksWhoSigns() bool {
	b.Helper()
	asks, err := ask[bool](b, `() => !!document.querySelector("select[name=signer]")`)
	if err != nil {
		b.Fatal(err)
	}
	return asks
}

// accepts signs and hands out the receipt.
func (c *clerk) accepts() *clerk {
	c.Helper()
	c.reads("office.ready").hits("office.accept.button", "P").press("office.accept.sign")
	c.reads("office.done.accepted.text")
	receipt := c.readPDF(c.download(c.word("office.done.receipt") + " " + c.word("common.key.alt") + "+P"))
	if !strings.Contains(plain(receipt), c.called(c.filed())) {
		c.Errorf("the receipt does not name %s:\n%s", c.called(c.filed()), receipt)
	}
	return c
}

// serves goes through the whole visit up to the acceptance.
func (c *clerk) serves() *clerk {
	c.Helper()
	c.begins().fills().identifies().answerFromElsewhere()
	c.signs(c.called(c.filed()), nil)
	for _, v := range c.Voices {
		c.signs(c.land.Name(v.Holder), &v)
	}
	return c.accepts()
}

// Each filer of the service page, and each owner who cannot come himself, at a
// counter of the territory.
func TestEachFilerOfTheServicePageIsServedAtTheCounter(t *testing.T) {
	for i, v := range country.New(nil).Visits() {
		if v.Rule != "" || len(v.Remote) > 0 {
			continue
		}
		t.Run(v.ID, func(t *testing.T) {
			in(t, func(w *town) { w.told(w.atCounter(v.ID).serves().filed()) }, []locale.Lang{locale.KK, locale.RU}[i%2])
		})
	}
}

// told waits for a text message to who filed: that it was accepted, or entered.
func (w *town) told(iin mekenjai.IIN) {
	w.Helper()
	r := w.land.Resident(w.nameOf(iin))
	if r.Phone == "" {
		return
	}
	w.table.open("/demo/phones/" + r.Key)
	w.table.renewsUntil("a message to "+r.Key, func() bool {
		n, err := ask[int](w.table, `() => document.querySelectorAll(".mk-message").length`)
		return err == nil && n > 0
	})
}

func TestCoOwnersAnswerFromHomeWhileOneIsAtTheCounter(t *testing.T) {
	in(t, func(w *town) {
		w.atCounter("remote").serves()
		for _, who := range []string{"zhanar", "meiram"} {
			w.asked(who).agrees()
		}
	}, locale.RU)
}

func TestTheRulesTurnAwayAndTheReceiptIsHandedOut(t *testing.T) {
	in(t, func(w *town) {
		c := w.atCounter("under14").begins().fills().identifies()
		c.reads("rules.R06.NOT_SUBJECT_UNDER_14", "age", 14).hits("office.refuse.button", "O").press("office.refuse.sign")
		receipt := c.reads("office.done.refused.text").readPDF(c.download(c.word("office.done.refusal") + " " + c.word("common.key.alt") + "+P"))
		for _, want := range []string{"R06", "РАСПИСКА ОБ ОТКАЗЕ", "ҚОЛХАТ"} {
			if !strings.Contains(receipt, want) {
				t.Errorf("the receipt lacks %q:\n%s", want, receipt)
			}
		}
	}, locale.RU)
}

// The main path of a clerk: keys alone, from the sign-in to the receipt.
func TestTheCounterNeedsNoMouse(t *testing.T) {
	in(t, func(w *town) {
		c := w.serving(w.ownerHimself())
		c.begunAt("registrant").keys(string(c.Registrant)).tab().keys(string(c.ARC)).enter()
		c.onIntake(func() { c.choosesByKeys("is_owner", "yes") })
		c.tabTo("input[name=months]", "").keys("6")
		c.choosesByKeys("purpose", "family")
		c.tabTo("input[name=arrival]", "").keys(todayAtOnce()).enter()
		kind, tail := c.shows(c.Registrant)
		c.keys(string(c.Registrant))
		c.choosesByKeys("document", kind)
		c.tab().keys(tail).enter()
		c.tabTo("a", c.word("office.signed.sign", "name", c.called(c.Registrant))).enter()
		c.do(chromedp.SetUploadFiles(`#scan`, []string{c.scanFile(c.download(c.word("office.statement.print")))})) // the dialog of the machine
		c.altKey("1", "1").tabTo("input[name=original]", "").keys(" ")
		c.leads("the intake with a signature", func() { c.altKey("H", "h") })
		c.reads("office.ready").leads("the acceptance", func() { c.altKey("P", "з") })
		c.tabTo("button", c.word("office.accept.sign")).enter()
		c.reads("office.done.accepted.text").leads("the next person", func() { c.altKey("N", "т") })
		c.reads("office.start.title")
	}, locale.KK)
}

// onIntake looks that the work goes on where it should and does the first of it.
func (c *clerk) onIntake(first func()) {
	c.Helper()
	c.reads("office.part.checklist")
	first()
}

// begunAt looks that the page has put the focus where the work begins.
func (b *browser) begunAt(field string) *browser {
	b.Helper()
	b.until("the focus on "+field, func() bool {
		at, err := ask[string](b, `() => document.activeElement.name || document.activeElement.outerHTML.slice(0, 80)`)
		if at != field {
			b.Logf("focus: %s %v", at, err)
		}
		return err == nil && at == field
	})
	return b
}

func (b *browser) tab() *browser {
	b.Helper()
	b.do(chromedp.KeyEvent(kb.Tab))
	return b
}

// choosesByKeys goes to a list and down to the choice.
func (b *browser) choosesByKeys(field, value string) {
	b.Helper()
	b.tabTo("select[name="+field+"]", "")
	down, err := ask[[]string](b, `() => [...document.activeElement.options].map(o => o.value)`)
	if err != nil {
		b.Fatal(err)
	}
	for range slices.Index(down, value) {
		b.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	if got, _ := ask[string](b, `() => document.activeElement.value`); got != value {
		b.lost(fmt.Sprintf("the arrows lead to %q, not to %q", got, value))
	}
}

// altKey presses an access key. writes is the letter that the key writes without
// Alt: on a Kazakh keyboard another one than it is called by.
func (b *browser) altKey(sign, writes string) *browser {
	b.Helper()
	code, virtual := "Key"+sign, int64(sign[0])
	if sign[0] <= '9' {
		code = "Digit" + sign
	}
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Modifiers: int64(chromedp.ModifierAlt),
			Key: writes, UnmodifiedText: writes, Code: code, WindowsVirtualKeyCode: virtual})
		if err != nil {
			b.Fatal(err)
		}
	}
	return b
}
