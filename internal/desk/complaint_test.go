package desk

import (
	"net/http"
	"testing"

	"mekenjai"
	"mekenjai/internal/register"
)

// A refusal is complained of; the body that refused forwards it, the higher body
// undoes the refusal, and the application is taken up again.
func TestComplaintGoesUpAndIsDecidedByTheHigherBody(t *testing.T) {
	w := open(t)
	a := w.file("arrested")
	number := w.caseOf(a)
	madi := w.as("madi")
	madi.opened(number)
	sign := madi.post(casePath(number)+"/decide", "ruling", "refuse", "ground", "BAN_ON_USE", "text", "Запрет суда действует").to()
	madi.get(sign).page(200).signs(sign).to()

	gulnar := w.actor("gulnar")
	text, err := w.register.PrepareComplaint(w.Context(), gulnar, a.ID, register.ComplaintInput{Words: "Запрет суда снят ещё в январе, решение приложено к делу."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.register.Complain(w.Context(), gulnar, text.ID, register.Signature{CMS: w.sign("gulnar", text.Text)}); err != nil {
		t.Fatal(err)
	}
	complaint := w.caseFor("madi", register.CaseComplaint)
	madi.get(casePath(complaint)).page(200).hides("Запрет суда снят ещё в январе", a.Name.Surname)
	madi.opened(complaint)
	madi.get(casePath(complaint)).page(200).shows("Запрет суда снят ещё в январе", "Переслать в вышестоящий орган", "Обжалуемый акт")
	madi.post(casePath(complaint)+"/rule", "ruling", "cured", "reason", "x").page(http.StatusUnprocessableEntity)
	madi.post(casePath(complaint)+"/rule", "ruling", "upheld", "reason", "Запрет снят, отказ незаконен полностью").page(http.StatusForbidden)
	madi.post(casePath(complaint) + "/forward").to()

	above := w.caseFor("gaukhar", register.CaseComplaint)
	if above == complaint {
		t.Fatal("the case of the territory is open still")
	}
	madi.get(casePath(above)).page(http.StatusForbidden)
	gaukhar := w.as("gaukhar")
	gaukhar.opened(above)
	sign = gaukhar.post(casePath(above)+"/rule", "ruling", "upheld", "reason", "Запрет снят, отказ незаконен полностью").to()
	gaukhar.get(sign).page(200).signs(sign).to()
	w.settle()
	c, err := w.register.Case(w.Context(), gulnar, a.ID)
	if err != nil || c.State == mekenjai.Refused || c.Act != nil {
		t.Errorf("the refusal stands: %v %s", err, c.State)
	}
}

// caseFor is the case of a kind that somebody finds in the queue.
func (w *town) caseFor(who string, kind register.CaseKind) string {
	w.Helper()
	q, err := w.register.Queue(w.Context(), w.actor(who), register.QueueFilter{Kind: kind})
	if err != nil || len(q.Lines) == 0 {
		w.Fatalf("%s finds no %s: %v", who, kind, err)
	}
	return q.Lines[0].Number
}
