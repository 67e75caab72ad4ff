package main

import (
	"context"
	"errors"
	"testing"

	"mekenjai/internal/state"
)

func TestDoctorAsksTheKeeperOfEntriesWhereThereIsOne(t *testing.T) {
	if h := keeperHealth(t.Context(), state.Keeper{}); h != nil {
		t.Errorf("our register is the register, and was asked: %v", h)
	}
	away := errors.New("away")
	k := state.Keeper{Write: func(context.Context, state.Deed) (state.Reply[state.Confirmation], error) { panic("a deed") },
		Ping: func(context.Context) error { return away }}
	if h := keeperHealth(t.Context(), k); len(h) != 1 || h[0].Peer != state.Entries || !errors.Is(h[0].Err, away) {
		t.Errorf("%v", h)
	}
}
