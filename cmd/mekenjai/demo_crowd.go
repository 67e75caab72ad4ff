package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/fake/founding"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/state"
)

// surroundings are what a crowd changes in the demo country.
type surroundings struct {
	peers   state.Peers
	sendSMS func(context.Context, mekenjai.Phone, string) error
	settle  func(context.Context, *database.DB) error // makes sure of the addresses
	routes  map[string]http.Handler
}

// withCrowd puts the millions of --crowd around the people of the stories; without
// it these live alone.
func withCrowd(c config, land *country.Country, centre *phones.Centre, now func() time.Time) (surroundings, error) {
	if c.Crowd == (crowd.Size{}) {
		return surroundings{peers: land.Peers(), sendSMS: centre.Send, routes: map[string]http.Handler{},
			settle: func(ctx context.Context, db *database.DB) error { return founding.Addresses(ctx, db, land.Plan()) }}, nil
	}
	many, err := crowd.New(c.Crowd, now)
	if err != nil {
		return surroundings{}, fmt.Errorf("--crowd: %w", err)
	}
	telephones := crowd.NewTelephones(many, centre.Send)
	return surroundings{peers: many.Peers(land.Peers()), sendSMS: telephones.Send,
		routes: map[string]http.Handler{"GET /demo/messages": telephones},
		settle: func(ctx context.Context, db *database.DB) error { return isLoaded(ctx, db, many) }}, nil
}

// isLoaded refuses a database without the dwellings of the crowd: to load millions
// is a command of its own.
func isLoaded(ctx context.Context, db *database.DB, many *crowd.Crowd) error {
	_, _, err := address.Resolve(ctx, db, many.ARC(many.Dwellings-1))
	if errors.Is(err, mekenjai.ErrNotFound) {
		return fmt.Errorf("the database does not hold the dwellings of --crowd %s: fill it with mekenjai bench load first", many.Size)
	}
	return err
}
