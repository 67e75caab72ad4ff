package e2e

import "regexp"

// What lies on the table before everybody: NCALayer with its key, the phones,
// and the clock on the wall. All of it is done on the demo pages.

// insertKey puts somebody's key into NCALayer. An organisation's key is its
// head's. kind is one of the demo's kinds of keys, a valid one when left out.
func (w *town) insertKey(who string, kind ...string) {
	w.Helper()
	if w.table.path() != "/demo/key" {
		w.table.open("/demo/key")
	}
	if _, err := ask[bool](w.table, `who => { document.querySelector("[name=who]").value = who; return true }`, who); err != nil {
		w.Fatal(err)
	}
	w.table.choose("kind", append(kind, "valid")[0])
	w.table.press("demo.key.insert").reads("demo.done.key")
}

// nextDialog decides what the person does when NCALayer asks the next time.
func (w *town) nextDialog(answer string) {
	w.Helper()
	w.table.open("/demo/key").choose("answer", answer).press("demo.key.next.set").reads("demo.done.next")
}

// anHourPasses moves the clock.
func (w *town) anHourPasses() {
	w.Helper()
	w.table.open("/demo/").press("demo.clock.hour").reads("demo.done.clock")
}

// message waits for the next text message to somebody that fits, and gives the
// part of it in brackets.
func (w *town) message(who string, fits *regexp.Regexp) string {
	w.Helper()
	w.table.open("/demo/phones/" + who)
	var found string
	w.table.renewsUntil("a message to "+who+" like "+fits.String(), func() bool {
		list, err := ask[[]string](w.table, `() => [...document.querySelectorAll(".mk-message p:first-child")].map(e => e.innerText)`)
		if err != nil {
			w.Fatal(err)
		}
		for i := range len(list) - w.heard[who] { // the newest comes first
			if m := fits.FindStringSubmatch(plain(list[i])); m != nil {
				found, w.heard[who] = m[1], len(list)
				return true
			}
		}
		return false
	})
	return found
}

var (
	codeMessage = regexp.MustCompile(`^[^:]+: ([0-9]{6})\b`)
	linkMessage = regexp.MustCompile(`https?://[^/]+(/c/[^\s]+[^\s.,])`)
)

// code is the next one-time code that somebody's phone gets.
func (w *town) code(who string) string {
	w.Helper()
	return w.message(who, codeMessage)
}

// request is the path of the next request for consent to somebody.
func (w *town) request(who string) string {
	w.Helper()
	return w.message(who, linkMessage)
}

// takesPhone picks up the phone with eGov Mobile, scans the code on the page and signs
// with somebody's key.
func (b *browser) takesPhone(who string, kind ...string) {
	b.Helper()
	code, err := ask[string](b, `() => document.querySelector("[href^='https://m.egov.kz/mobileSign']").href`)
	if err != nil {
		b.Fatal(err)
	}
	phone := b.table
	phone.open("/demo/phone-signing").fill("code", code).press("demo.mobile.scan").reads("demo.mobile.shows")
	if _, err := ask[bool](phone, `who => { document.querySelector("[name=who]").value = who; return true }`, who); err != nil {
		b.Fatal(err)
	}
	phone.choose("kind", append(kind, "valid")[0]).press("demo.mobile.sign")
}
