package office

import (
	"strings"
	"testing"
)

func TestOwnerAtTheWindowAsksForRemoval(t *testing.T) {
	w := open(t)
	b := w.as("dias")
	_, number := w.tail("bolat")
	dana, bolat := string(w.land.IIN("dana")), string(w.land.IIN("bolat"))
	text := b.post("/office/removal", "person", dana, "owner", bolat, "number", number, "reason", "Кетіп қалды").page(200)
	if content := string(text.content()); !strings.Contains(content, number) || !strings.Contains(content, "Кетіп қалды") {
		t.Errorf("the text does not tell by what the owner was identified:\n%s", content)
	}
	id := text.hidden("text")
	b.post("/office/removal/sign", "text", id, "signature", w.sign("bolat", w.atWork("dias"), text.content(), false)).page(422).says("access.signature.signer")
	done := b.post("/office/removal/sign", "text", id, "signature", w.sign("dias", w.atWork("dias"), text.content(), false)).to()
	b.get(done).page(200).says("office.removal.done")
	b.post("/office/removal", "person", dana, "owner", bolat, "number", number).page(409)
}

func TestRemovalSaysWhatIsWrongAndLosesNothing(t *testing.T) {
	w := open(t)
	b := w.as("dias")
	_, number := w.tail("bolat")
	dana, bolat, aigul := string(w.land.IIN("dana")), string(w.land.IIN("bolat")), string(w.land.IIN("aigul"))
	for key, fields := range map[string][]string{
		"portal.error.owner_format":     {"person", dana, "owner", "12", "number", number},
		"life.error.not_owner":          {"person", dana, "owner", aigul, "number", number},
		"life.error.document_empty":     {"person", dana, "owner", bolat},
		"office.error.present":          {"person", dana, "owner", bolat, "number", number, "present", aigul},
		"counter.error.document_number": {"person", dana, "owner", bolat, "number", "9999"},
		"office.error.no_entry":         {"person", aigul, "owner", bolat, "number", number},
		"counter.error.iin_format":      {"person", "1", "owner", bolat, "number", number},
	} {
		page := b.post("/office/removal", fields...).page(422).says(key)
		if !strings.Contains(page.body, `value="`+fields[1]+`"`) {
			t.Errorf("%s: what was typed is lost", key)
		}
	}
	w.as("ainur").post("/office/removal", "person", dana, "owner", bolat, "number", number).page(422).says("office.error.no_entry")
}
