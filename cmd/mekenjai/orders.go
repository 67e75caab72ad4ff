package main

import (
	"context"
	"time"

	"mekenjai/internal/pep"
	"mekenjai/internal/state"
)

// orderer is egov.kz as the register tells it of its orders; zero when nobody orders
// the service.
func (p *program) orderer() state.Orderer {
	if p.world.portal == nil {
		return state.Orderer{}
	}
	return p.world.portal.Orderer()
}

// takeOrders lets the register keep what egov.kz orders.
func (p *program) takeOrders() {
	if portal := p.world.portal; portal != nil {
		portal.Take, portal.Became = p.register.TakeOrder, p.register.WordBecame
	}
}

// talkToPortal tells egov.kz what waits for it and fetches its orders, until ctx ends.
func (p *program) talkToPortal(ctx context.Context) {
	portal := p.world.portal
	if portal == nil {
		return
	}
	go p.every(ctx, time.Second, "words to egov.kz", p.leading(p.register.TellPortal))
	if portal.Fetch > 0 {
		go p.every(ctx, portal.Fetch, "orders of egov.kz", p.leading(portal.FetchOrders))
	}
}

// waitTooLong is for how long egov.kz may be told nothing before that is a finding.
const waitTooLong = time.Hour

// lackOfPortal tells how orders of egov.kz come in and whether it hears of them.
func lackOfPortal(ctx context.Context, p *program, line func(string, string, ...any)) (missing []string) {
	portal := p.world.portal
	if portal == nil {
		line("orders of egov.kz", "none: the bus file has no portal")
		return nil
	}
	if portal.Fetch > 0 {
		line("orders of egov.kz", "of the service %s, fetched every %s from %s", portal.Mapping.Service.ID, portal.Fetch, portal.Bus.URL)
	} else {
		line("orders of egov.kz", "of the service %s, brought to %s%s", portal.Mapping.Service.ID, p.config.origin(), pep.Path)
	}
	papers := "left in the store of files before the end is told"
	switch {
	case portal.Files == nil:
		papers = "not given: the bus file has no files"
	case !portal.Mapping.Tells("file"):
		papers = "not given: the mapping has no place for a file"
	}
	line("papers for egov.kz", "%s", papers)
	words, err := p.register.PortalWords(ctx)
	switch {
	case err != nil:
		line("words to egov.kz", "FAILS: %v", err)
		return []string{"words to egov.kz"}
	case words.Oldest > waitTooLong:
		line("words to egov.kz", "LATE: %d wait, the oldest for %s (%s); %d were given up", words.Waiting, words.Oldest.Round(time.Second), words.Code, words.Failed)
		return []string{"words to egov.kz"}
	}
	line("words to egov.kz", "%d wait, %d were given up, %d went without the paper that the store did not take", words.Waiting, words.Failed, words.Bare)
	return nil
}

// readPortal gives the readings of words to egov.kz.
func (p *program) readPortal(ctx context.Context, give func(name string, value float64, label ...string)) {
	if words, err := p.register.PortalWords(ctx); err == nil {
		give("mekenjai_portal_words_count", float64(words.Waiting), "waiting")
		give("mekenjai_portal_words_count", float64(words.Failed), "failed")
		give("mekenjai_portal_words_count", float64(words.Bare), "bare")
		give("mekenjai_portal_oldest_seconds", words.Oldest.Seconds())
	}
}
