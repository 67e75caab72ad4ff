package telemetry

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"mekenjai"
)

func TestPersonalNumbersDoNotReachTheLog(t *testing.T) {
	var b strings.Builder
	log := Logger(&b, slog.LevelInfo)
	log.With("again", "791028302728").Error("no answer for 791028302728 at +77011234567",
		"iin", mekenjai.IIN("791028302728"), "phone", mekenjai.Phone("+77011234567"),
		"error", errors.New("person 791028302728: 0201600112345678"), "name", mekenjai.Name{Surname: "СЕРІКОВА", Given: "АЙГҮЛ"})
	for _, secret := range []string{"791028302728", "7011234567", "0201600112345678", "СЕРІКОВА"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s stands in the log: %s", secret, b.String())
		}
	}
}
