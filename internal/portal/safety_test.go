package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAChangedPhoneIsToldAndSignsNothing(t *testing.T) {
	w := open(t)
	w.work()
	old := w.land.Resident("timur").Phone
	b, refused := w.file("not_owner")
	text := b.post(refused+"/complaint", "words", wrongly).to()
	b.post(text + "/code").to()
	w.settle()
	if _, err := w.land.ChangePhone(w.land.IIN("timur")); err != nil {
		t.Fatal(err)
	}
	held := b.post(text+"/code").page(http.StatusForbidden).shows("This phone cannot sign yet", text, "EDS")
	if strings.Contains(held.body, `name="code"`) {
		t.Error("the page asks for a code all the same")
	}
	w.settle()
	for _, phone := range []string{string(old), string(w.land.Resident("timur").Phone)} {
		found := false
		for _, m := range w.phones.Latest(50) {
			found = found || string(m.To) == phone && strings.Contains(m.Text, "1414")
		}
		if !found {
			t.Errorf("%s was not told", phone)
		}
	}
	b.get("/account/sessions").page(http.StatusOK).shows("Your phone number changed", "sign out everywhere")
	// A key is not touched: the complaint goes, and both phones hear of it.
	path := b.post(text+"/sign", "signature", b.sign("timur", b.get(text).content(), false)).to()
	w.settle()
	told := map[string]bool{}
	for _, m := range w.phones.Latest(50) {
		if strings.Contains(m.Text, strings.TrimPrefix(path, "/complaints/")) {
			told[string(m.To)] = true
		}
	}
	if len(told) != 2 {
		t.Errorf("the receipt went to %v", told)
	}
	w.pass(73 * time.Hour)
	again := w.as("timur")
	again.get("/account/sessions").page(http.StatusOK)
}

func TestAnApplicationIsNotSignedByAChangedPhone(t *testing.T) {
	w := open(t)
	w.work()
	b := w.as("timur")
	path := b.fill("non_owner")
	b.post(path + "/code").to()
	w.settle()
	if _, err := w.land.ChangePhone(w.land.IIN("timur")); err != nil {
		t.Fatal(err)
	}
	b.post(path+"/code").page(http.StatusForbidden).shows("cannot sign yet", path+"/check")
}
