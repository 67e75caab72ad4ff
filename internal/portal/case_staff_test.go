package portal

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web/webtest"
)

// atCounter lets an operator accept the application of a parent for
// his child, in the flat that the parent owns; it returns the case's path.
func (w *town) atCounter(operator, parent, child, house string, room int) string {
	w.Helper()
	must := func(err error) {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
	}
	post, _ := w.land.Post(operator)
	clerk := mekenjai.Actor{IIN: post.IIN, BIN: post.Office.BIN, Method: mekenjai.ByEDS, Duty: post.Duty(), Session: "s"}
	raw := func(signed string) []byte {
		cms, err := base64.StdEncoding.DecodeString(signed)
		must(err)
		return cms
	}
	in, err := w.register.BeginIntake(w.Context(), clerk, "form", mekenjai.IntakeInput{Registrant: string(w.land.IIN(child)),
		FilerRole: string(mekenjai.FiledByParent), Filer: string(w.land.IIN(parent)), ARC: string(w.land.Dwelling(house, room)), IsOwner: "yes",
		Months: "6", Purpose: "family", Arrival: mekenjai.DateOf(w.clock.Now()).String(), Language: "ru"})
	must(err)
	person, err := w.land.Peers().Person(w.Context(), w.land.IIN(parent))
	must(err)
	_, err = w.register.Identify(w.Context(), clerk, in.ID, register.IdentityInput{IIN: string(w.land.IIN(parent)),
		Document: string(mekenjai.DocIDCard), Number: person.Value.Documents[0].Number, ByCard: true})
	must(err)
	in, err = w.register.PrepareIntake(w.Context(), clerk, in.ID)
	must(err)
	must(w.register.SignHere(w.Context(), clerk, in.ID, register.HandSignature{CMS: raw(w.sign(parent, in.Statement, false))}))
	text, err := w.register.PrepareAcceptance(w.Context(), clerk, in.ID)
	must(err)
	own := pki.Options{BIN: string(clerk.BIN), Organization: "Corporation", Roles: []eds.Role{eds.RoleEmployee}}
	a, err := w.register.AcceptIntake(w.Context(), clerk, text.ID, register.Signature{CMS: raw(w.signWith(w.land.Resident(operator), own, text.Text, false))})
	must(err)
	return casePath(a.ID)
}

func TestThatStaffFiledIsVisibleForEver(t *testing.T) {
	w := open(t)
	w.clock.Advance(130 * 24 * time.Hour) // the online-only pilot is over
	w.work()
	path := w.atCounter("dias", "bolat", "arman", "shymkent", 7)
	w.settle()
	for _, who := range []string{"bolat", "arman"} {
		b := w.as(who)
		b.lang = "ru"
		b.get(path).page(http.StatusOK).shows("Заявление заполнил работник Государственной корпорации", "Заявление подал родитель", "Арман Болатұлы", "1414", "30 минут")
		b.lang = "kk"
		b.get(path).page(http.StatusOK).shows("мемлекеттік корпорациясының қызметкері толтырды", "ата-анасы берді")
	}
	w.as("aigul").get(path).page(http.StatusNotFound)
}

func TestTheCaseThatStaffFiledPassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	w.clock.Advance(130 * 24 * time.Hour)
	w.work()
	path := w.atCounter("dias", "bolat", "arman", "shymkent", 7)
	w.settle()
	w.as("bolat").carry(ctx)
	for _, l := range []locale.Lang{locale.KK, locale.RU} {
		w.examine(ctx, sight{name: "account-by-staff", path: path}, l)
	}
}

func TestPhotographTheCaseThatStaffFiled(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	w.clock.Advance(130 * 24 * time.Hour)
	w.work()
	path := w.atCounter("dias", "bolat", "arman", "shymkent", 7)
	w.settle()
	w.as("bolat").carry(ctx)
	w.photograph(ctx, sight{name: "account-by-staff", path: path})
}
