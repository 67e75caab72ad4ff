package portal

import (
	"testing"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

// stay lets somebody be registered at a dwelling and gives the path of the entry.
func (w *town) stay(who, house string, room int, months mekenjai.Months) string {
	w.Helper()
	d, _, err := address.Resolve(w.Context(), w.db, w.land.Dwelling(house, room))
	if err != nil {
		w.Fatal(err)
	}
	r := w.land.Resident(who)
	if err := w.register.Adopt(w.Context(), r.IIN, r.Name, d, mekenjai.NewPeriod(mekenjai.DateOf(w.clock.Now()), months, true)); err != nil {
		w.Fatal(err)
	}
	home, err := w.register.Residence(w.Context(), w.actor(who))
	if err != nil {
		w.Fatal(err)
	}
	return "/e/" + home.Temporary[0].Number
}

// remove lets an owner ask for the end of an entry, in a browser of his own.
func (b *browser) remove(who, entry, reason string) {
	b.Helper()
	sign := b.post(entry+"/end", "reason", reason).to()
	page := b.get(sign).page(200)
	b.post(entry+"/end/sign", "text", page.hidden("text"), "signature", b.sign(who, page.content(), false)).to()
}

// lifeViews are the pages of entries after they were made. Each begins with "life-".
func (w *town) lifeViews() []view {
	w.Helper()
	w.work()
	var list []view
	add := func(by *browser, name, path string, do ...string) {
		s := sight{name: "life-" + name, path: path}
		if len(do) > 0 {
			s.do = do[0]
		}
		list = append(list, view{by, s})
	}
	w.pass(0)
	timur, bolat := w.as("timur"), w.as("bolat")
	entry := w.stay("timur", "shymkent", 7, 6)
	add(timur, "own-valid", entry)
	add(timur, "own-end", entry+"/end")
	add(timur, "own-code", entry+"/end/code")
	add(timur, "never", entry+"/dispute")
	add(bolat, "owner-valid", entry)
	add(bolat, "remove", entry+"/end")
	add(bolat, "stranger", entry+"/dispute")

	short := w.stay("ruslan", "shymkent", 11, 1)
	ruslan := w.as("ruslan")
	add(ruslan, "extend", short)
	add(ruslan, "address", "/account/address")

	pavel, erlan, zhanar := w.as("pavel"), w.as("erlan"), w.as("zhanar")
	common := w.stay("pavel", "kostanay", 0, 6)
	add(erlan, "remove-sign", erlan.post(common+"/end", "reason", "Жалдау мерзімі бітті").to())
	erlan.remove("erlan", common, "Жалдау мерзімі бітті")
	add(pavel, "own-asked", common)
	add(pavel, "object", common+"/object")
	add(pavel, "object-empty", common+"/object", press("reason", ""))
	add(erlan, "owner-asked", common)
	add(erlan, "withdraw", common+"/withdraw")
	add(zhanar, "confirm-asked", common)
	add(zhanar, "confirm", common+"/confirm")
	add(zhanar, "decline", common+"/decline")
	add(erlan, "property", "/account/property")

	village := w.stay("miras", "village", 0, 6)
	kairat := w.as("kairat")
	miras := w.as("miras")
	kairat.remove("kairat", village, "")
	miras.post(village+"/object", "reason", "Мен осында тұрамын, шартым бар.").to()
	add(miras, "own-objected", village)
	add(kairat, "owner-objected", village)

	flat := w.stay("lyudmila", "almaty", 12, 3)
	lyudmila, aigul := w.as("lyudmila"), w.as("aigul")
	code := lyudmila.certificateCode("lyudmila", flat)
	aigul.post(flat+"/dispute", "reason", "").to()
	add(lyudmila, "own-disputed", flat)
	add(aigul, "owner-disputed", flat+"?said=disputed")
	add(w.browser(), "check-disputed", "/check/"+code)

	saule := w.asOrganisation("saule", "university")
	for _, who := range []string{"madina", "viktoria", "tolegen"} {
		w.stay(who, "dorm", 0, 9)
	}
	dorm := "/account/property/" + string(w.land.Dwelling("dorm", 0))
	add(saule, "bulk", dorm)
	add(saule, "bulk-empty", dorm, press("reason", ""))
	add(w.as("oleg"), "norm", "/account/property")

	ended := w.stay("ivan", "shymkent", 3, 6)
	ivan := w.as("ivan")
	page := ivan.get(ended + "/end").page(200)
	ivan.post(ended+"/end/sign?own=1", "text", page.hidden("text"), "signature", w.sign("ivan", page.content(), false)).to()
	add(ivan, "own-ended", ended+"?said=ended")
	return list
}

// certificateCode is the check code of somebody's certificate.
func (b *browser) certificateCode(who, entry string) string {
	b.Helper()
	c, err := b.register.Certificate(b.Context(), b.actor(who), entry[len("/e/"):], "kk")
	if err != nil {
		b.Fatal(err)
	}
	return c.Code
}

func TestPhotographTheLifeOfAnEntry(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	for _, v := range w.lifeViews() {
		v.by.carry(ctx)
		w.photograph(ctx, v.sight)
	}
}

func TestEveryPageOfTheLifeOfAnEntryPassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	for i, v := range w.lifeViews() {
		v.by.carry(ctx)
		w.examine(ctx, v.sight, locale.KK)
		w.examine(ctx, v.sight, locale.Langs[1+i%2])
	}
}
