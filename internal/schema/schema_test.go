package schema

import (
	"testing"

	"mekenjai/internal/database"
)

// policy is the first migration that must state whom it serves
// (docs/decisions/0009-rolling-upgrade.md).
const policy = 13

func TestEveryMigrationStatesWhomItServes(t *testing.T) {
	serves, err := database.Promises(FS)
	if err != nil {
		t.Fatal(err)
	}
	for version, oldest := range serves {
		if version >= policy && (oldest >= version || oldest < policy-1) {
			t.Errorf("migration %d serves programs from %d on: every program that is installed must run while nodes are brought up to date one by one; "+
				"state the oldest in a line such as \"-- Serves programs from %d on.\", and take away only what no installed program uses", version, oldest, version-1)
		}
	}
}
