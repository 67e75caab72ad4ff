package mapped

import (
	"testing"

	"mekenjai/internal/state"
)

func TestBuiltInFilesAreWhole(t *testing.T) {
	for _, p := range append(Peers(), state.Entries) {
		if _, err := BuiltIn(p); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []Shape{ResponseShape, FormShape} {
		if _, err := BuiltInPortal(s); err != nil {
			t.Error(err)
		}
	}
}
