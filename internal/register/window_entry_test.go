package register_test

import (
	"errors"
	"testing"

	"mekenjai"
)

// Who is registered elsewhere and who is registered nowhere answer alike.
func TestOperatorFindsEntriesOfTheOwnTerritoryAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		iin := string(w.land.IIN("dana")) // stays in Shymkent
		number, err := w.register.EntryAtWindow(t.Context(), w.clerk("dias"), iin)
		if err != nil || number == "" {
			t.Fatalf("%q, %v", number, err)
		}
		for who, want := range map[string]error{"ainur": mekenjai.ErrNotFound, "serik": mekenjai.ErrForbidden} {
			if _, err := w.register.EntryAtWindow(t.Context(), w.clerk(who), iin); !errors.Is(err, want) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if _, err := w.register.EntryAtWindow(t.Context(), w.clerk("dias"), string(w.land.IIN("timur"))); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("who is not registered: %v", err)
		}
		var wrong mekenjai.FieldErrors
		if _, err := w.register.EntryAtWindow(t.Context(), w.clerk("dias"), "123"); !errors.As(err, &wrong) || wrong[0].Field != "person" {
			t.Errorf("no number: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'ending.find'`); n != 4 {
			t.Errorf("%d entries of four questions", n)
		}
	})
}
