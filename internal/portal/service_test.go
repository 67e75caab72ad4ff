package portal

import (
	"testing"

	"mekenjai/internal/locale"
)

func TestServicePageSaysWhatTheServiceIsBeforeAnybodySignsIn(t *testing.T) {
	b := open(t).browser()
	for lang, words := range map[locale.Lang][]string{
		locale.KK: {"прописка", "Қызметті онлайн сұрау", "10 минут", "16 жасқа", "1 айдан 12 айға дейін", "Тегін"},
		locale.RU: {"пропис", "Заказать услугу онлайн", "10 минут", "16 лет", "от 1 до 12 месяцев", "Бесплатно"},
		locale.EN: {"propiska", "Request online", "10 minutes", "at least 16", "1 to 12 months", "Free"},
	} {
		b.lang = lang
		b.get("/").page(200).shows(words...).shows(`href="/apply"`, `href="/check"`)
	}
}

func TestStartAsksToSignInAndThenLeadsToTheFirstQuestion(t *testing.T) {
	w := open(t)
	if to := w.browser().get("/apply").to(); to != "/sign-in?next=%2Fapply" {
		t.Errorf("who is not signed in is led to %q", to)
	}
	b := w.as("aigul")
	b.get(b.get("/apply").to()).page(200).shows("Who are you registering?")
}
