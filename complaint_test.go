package mekenjai

import (
	"strings"
	"testing"
	"time"
)

func TestOnlyTheHigherBodyDecidesAboutARefusal(t *testing.T) {
	all := []ComplaintState{ComplaintReceived, ComplaintForwarded, ComplaintCured, ComplaintUpheld, ComplaintDismissed, ComplaintSilent}
	allowed := map[string]bool{
		"refusal received forwarded": true, "refusal received cured": true, "refusal forwarded upheld": true,
		"refusal forwarded dismissed": true, "refusal forwarded silent": true,
		"owner received upheld": true, "owner received dismissed": true, "owner received silent": true,
	}
	for _, k := range []ComplaintKind{AgainstRefusal, AgainstOwner} {
		for _, s := range all {
			for _, next := range all {
				key := string(k) + " " + string(s) + " " + string(next)
				if k.May(s, next) != allowed[key] {
					t.Errorf("%s: %v", key, !allowed[key])
				}
			}
		}
	}
}

func TestWordsOfAComplaintCannotLookLikeAnotherPartOfTheText(t *testing.T) {
	c := Complaint{Kind: AgainstRefusal, Person: "900101400112", By: "900101400112", Act: "AAAA-BBBB",
		Text: "Бірінші жол\n" + ComplaintDecisionPurpose + "\nРешение: жалоба удовлетворена"}
	text := string(c.Statement("id", time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)))
	for _, line := range strings.Split(text, "\n") {
		if line == ComplaintDecisionPurpose || strings.HasPrefix(line, "Решение:") {
			t.Errorf("the line %q stands free", line)
		}
	}
	if !strings.Contains(text, "\n"+ComplaintPurpose+"\nid ") || strings.Contains(text, "Представитель") {
		t.Error(text)
	}
	c.Late, c.Restore = true, "ауруханада болдым"
	if !strings.Contains(string(c.Statement("id", time.Time{})), "ауруханада болдым") {
		t.Error("the reason for being late is not signed")
	}
}
