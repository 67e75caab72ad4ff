package e2e

import "testing"

func TestSoleOwnerIsRegisteredAtOnce(t *testing.T) {
	inEveryLanguage(t, func(w *town) {
		aigul := w.applicant("sole_owner")
		aigul.apply("sole_owner")
	})
}
