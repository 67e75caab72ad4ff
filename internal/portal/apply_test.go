package portal

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/locale"
)

func TestEveryBadAnswerStaysOnThePageWithItsMessage(t *testing.T) {
	w := open(t)
	b := w.as("pavel")
	path := b.fill("three_owners")
	street := "0000000000000000"
	for _, x := range []struct {
		step, target string // where the summary leads
		fields       []string
		kept, says   string
	}{
		{"registrant", "registrant", []string{"registrant", ""}, "", "Choose “Myself”"},
		{"registrant", "registrant", []string{"registrant", "other"}, `value="other" checked`, "Choose “Myself”"},
		{"months", "months", []string{"months", "0"}, `value="0"`, "whole number from 1 to 12"},
		{"months", "months", []string{"months", "13"}, `value="13"`, "whole number from 1 to 12"},
		{"months", "months", []string{"months", "1.5"}, `value="1.5"`, "whole number from 1 to 12"},
		{"months", "months", []string{"months", ""}, "", "whole number from 1 to 12"},
		{"ownership", "is_owner", nil, "", "Say whether you own the dwelling"},
		{"dwelling", "q", []string{"arc", ""}, "", "Find the address"},
		{"dwelling", "q", []string{"arc", "123"}, `value="123"`, "An ARC has 16 digits"},
		{"dwelling", "q", []string{"arc", street}, `value="` + street + `"`, "There is no such code"},
		{"dwelling", "q", []string{"arc", string(w.land.Dwelling("almaty", 0))}, string(w.land.Dwelling("almaty", 0)), "a building of flats"},
		{"owner", "owner", []string{"owner", ""}, "", "Enter the owner’s IIN or BIN"},
		{"owner", "owner", []string{"owner", "791205399048"}, `value="791205399048"`, "This is not an IIN or BIN"},
		{"owner", "owner", []string{"owner", string(w.land.IIN("pavel"))}, string(w.land.IIN("pavel")), "This is your own IIN"},
		{"purpose", "purpose", []string{"purpose", "fun"}, "", "Choose why you came"},
		{"arrival", "arrival", []string{"arrival-day", "31", "arrival-month", "2", "arrival-year", "2026"}, `value="31"`, "as day, month and year"},
		{"arrival", "arrival", []string{"arrival-day", "3", "arrival-month", "3", "arrival-year", "2026"}, `value="2026"`, "cannot be later than today"},
	} {
		page := b.post(path+"/"+x.step, x.fields...).page(422).shows(x.says, "There is a problem", `href="#`+x.target+`"`, "Error:", x.kept)
		if !strings.Contains(page.body, `id="`+x.target+`"`) || !strings.Contains(page.body, `id="`+x.target+`-error"`) {
			t.Errorf("%s %v: the summary leads nowhere, or nothing stands beside the field", x.step, x.fields)
		}
	}
	d, _, err := w.register.OpenDraft(t.Context(), mekenjai.Actor{IIN: w.land.IIN("pavel")})
	if err != nil || d.Next() != mekenjai.StepCheck || d.Months != 6 {
		t.Errorf("bad answers changed the draft: %+v %v", d.Draft, err)
	}
}

func TestQuestionsFollowOneAnotherAndNoneIsSkipped(t *testing.T) {
	w := open(t)
	b := w.as("timur")
	path := b.draft()
	for _, later := range []string{"/dwelling", "/arrival", "/check", "/code", "/sign", "/confirm", "/nonsense"} {
		if to := b.get(path + later).to(); to != path+"/registrant" {
			t.Errorf("%s leads to %q", later, to)
		}
	}
	b.post(path+"/arrival", "arrival-day", "1", "arrival-month", "3", "arrival-year", "2026").page(404)
	s := w.land.Story("non_owner")
	for _, x := range [][]string{
		{"/registrant", "/months", "registrant", "self"}, {"/months", "/ownership", "months", "6"},
		{"/ownership", "/dwelling", "is_owner", "no"}, {"/dwelling", "/owner", "arc", string(s.ARC)},
		{"/owner", "/purpose", "owner", string(s.Owner)}, {"/purpose", "/arrival", "purpose", "study"},
		{"/arrival", "/check", "arrival-day", "1", "arrival-month", "3", "arrival-year", "2026"},
	} {
		if to := b.post(path+x[0], x[2:]...).to(); to != path+x[1] {
			t.Errorf("%s leads to %q", x[0], to)
		}
	}
	b.get(path+"/purpose").page(200).shows(`href="`+path+`/owner"`, `value="study" checked`)
	b.get(path + "/ownership").page(200).shows(`value="no" checked`)
}

func TestOwnerIsNotAskedForTheOwnersNumber(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	if to := b.get(path + "/owner").to(); to != path+"/check" {
		t.Errorf("led to %q", to)
	}
	page := b.get(path + "/check").page(200)
	if strings.Contains(page.text(), "Owner’s IIN") {
		t.Error("the check page asks an owner for an owner")
	}
}

func TestChangedAnswerComesBackToTheCheck(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	b.get(path + "/check").page(200).shows(`href="` + path + `/months?change=1"`)
	b.get(path+"/months?change=1").page(200).shows(`action="`+path+`/months?change=1"`, `href="`+path+`/check"`)
	if to := b.post(path+"/months?change=1", "months", "9").to(); to != path+"/check" {
		t.Errorf("led to %q", to)
	}
	b.get(path + "/check").page(200).shows("9 months")
	if to := b.post(path+"/ownership?change=1", "is_owner", "no").to(); to != path+"/owner?change=1" {
		t.Errorf("the question that was opened is not asked: %q", to)
	}
	if to := b.post(path+"/owner?change=1", "owner", string(w.land.IIN("bolat"))).to(); to != path+"/check" {
		t.Errorf("led to %q", to)
	}
}

func TestDraftIsContinuedOrBegunAnew(t *testing.T) {
	w := open(t)
	b := w.as("timur")
	path := b.draft()
	b.post(path+"/registrant", "registrant", "self").to()
	b.post(path+"/months", "months", "4").to()
	again := w.as("timur") // another day, another browser
	again.get("/apply").page(200).shows("Continue the application you began?", "4 months", `href="`+path+`/ownership"`, "2 March 2026")
	if to := again.post(path + "/discard").to(); to != "/apply" {
		t.Errorf("led to %q", to)
	}
	if next := again.draft(); next == path {
		t.Error("the old draft is still there")
	}
	b.get(path + "/ownership").page(404)
	again.post(path + "/discard").to() // pressed twice
}

func TestDraftOfAnotherPersonDoesNotExist(t *testing.T) {
	w := open(t)
	path := w.as("aigul").fill("sole_owner")
	b := w.as("timur")
	for _, page := range []string{"/months", "/check", "/code", "/dwelling?q=abai"} {
		b.get(path + page).page(404)
	}
	b.post(path+"/months", "months", "1").page(404)
	b.post(path + "/code").page(404)
	b.post(path+"/sign", "signature", "").page(404)
	b.post(path+"/confirm", "code", "123456").page(404)
	b.post(path + "/discard").to()
	if _, ok, _ := w.register.OpenDraft(t.Context(), mekenjai.Actor{IIN: w.land.IIN("aigul")}); !ok {
		t.Error("somebody else threw the draft away")
	}
}

func TestDwellingIsFoundByWalkingDownFromTheStreetToTheFlat(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.draft()
	for _, x := range [][]string{{"registrant", "self"}, {"months", "6"}} {
		b.post(path+"/"+x[0], x[0], x[1]).to()
	}
	b.post(path+"/ownership", "is_owner", "yes").to()
	house, flat := string(w.land.Dwelling("almaty", 0)), string(w.land.Dwelling("almaty", 12))
	b.lang = locale.RU
	b.get(path+"/dwelling?q="+url.QueryEscape("абая 150")).page(200).shows("дом 150", "выберите квартиру", path+"/dwelling?in="+house)
	region := b.get(path + "/dwelling?in=&q=" + url.QueryEscape("алматы")).page(200)
	node := regexp.MustCompile(`dwelling\?in=(a[0-9]+)`).FindStringSubmatch(region.body)
	if node == nil {
		t.Fatal("a city leads nowhere: " + region.text())
	}
	b.get(path+"/dwelling?in="+node[1]).page(200).shows("Улица и номер дома", "Выбрано:")
	b.get(path+"/dwelling?in="+house).page(200).shows("Номер квартиры", "Выбрано:", "квартира 1", "Показать ещё", `name="in" value="`+house+`"`)
	b.get(path+"/dwelling?in="+house+"&q=12").page(200).shows("квартира 12", path+"/dwelling?arc="+flat)
	page := b.get(path+"/dwelling?arc="+flat).page(200).shows("Абай даңғылы, 150-үй, 12-пәтер", "проспект Абая, дом 150, квартира 12", `lang="kk"`)
	if page.hidden("arc") != flat {
		t.Error("another dwelling would be chosen")
	}
	b.post(path+"/dwelling", "arc", flat).to()
	b.get(path + "/dwelling").page(200).shows("12-пәтер")
}

func TestSearchOfADwellingAnswersWhateverIsTyped(t *testing.T) {
	w := open(t)
	b := w.as("pavel")
	path := b.fill("three_owners") + "/dwelling"
	flat := string(w.land.Dwelling("almaty", 12))
	for typed, says := range map[string]string{
		flat:                      "квартира 12",
		flat[:8] + " " + flat[8:]: "квартира 12",
		"0000000000000001":        "There is no such code",
		"zzzz":                    "Nothing found",
		"'; DROP TABLE draft":     "",
		strings.Repeat("ә", 500):  "",
		"\x00\xff":                "",
	} {
		b.get(path + "?q=" + url.QueryEscape(typed)).page(200).shows(says)
	}
	b.get(path + "?in=nonsense").page(404)
	b.get(path + "?arc=12").page(200).shows("16 digits")
}

func TestLateArrivalIsAWarningAndNoError(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner") // three days ago
	if strings.Contains(b.get(path+"/check").page(200).text(), "more than 10 days ago") {
		t.Error("warned of nothing")
	}
	b.post(path+"/arrival?change=1", "arrival-day", "20", "arrival-month", "2", "arrival-year", "2026").to()
	if strings.Contains(b.get(path+"/check").page(200).text(), "more than 10 days ago") {
		t.Error("ten days are not more than ten")
	}
	b.post(path+"/arrival?change=1", "arrival-day", "19", "arrival-month", "2", "arrival-year", "2026").to()
	b.get(path+"/check").page(200).shows("more than 10 days ago", "still the right thing")
}

func TestPagesOfTheApplicationSpeakThreeLanguages(t *testing.T) {
	w := open(t)
	b := w.as("pavel")
	path := b.fill("three_owners")
	for lang, words := range map[locale.Lang]map[string]string{
		locale.KK: {"registrant": "Кімді тіркейсіз?", "months": "Неше айға", "ownership": "меншігіңіз бе", "dwelling": "Осы мекенжайға", "owner": "нөмірі", "purpose": "мақсатпен", "arrival": "қашан келдіңіз", "check": "қол қойыңыз", "code": "SMS-құпиясөзбен"},
		locale.RU: {"registrant": "Кого вы регистрируете?", "months": "сколько месяцев", "ownership": "принадлежит вам", "dwelling": "этому адресу", "owner": "ИИН или БИН", "purpose": "целью", "arrival": "Когда вы приехали", "check": "Проверьте ответы", "code": "SMS-паролем"},
		locale.EN: {"registrant": "Who are you", "months": "how many months", "ownership": "Do you own", "dwelling": "this address", "owner": "IIN or BIN", "purpose": "Why did you come", "arrival": "When did you arrive", "check": "Check your answers", "code": "SMS password"},
	} {
		b.lang = lang
		for page, says := range words {
			b.get(path+"/"+page).page(200).shows(says, `<html lang="`+string(lang)+`"`)
		}
	}
}
