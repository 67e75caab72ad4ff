package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/telemetry"
)

// readings are the numbers that are read from the program and its database when
// Prometheus asks.
var readings = []telemetry.Reading{
	{Name: "mekenjai_transactions_total", Help: "Transactions committed.", Counts: true},
	{Name: "mekenjai_reads_total", Help: "Snapshots read.", Counts: true},
	{Name: "mekenjai_stale_reads_total", Help: "Snapshots read from standbys.", Counts: true},
	{Name: "mekenjai_standby_lag_seconds", Help: "How far a standby is behind at most; beyond --staleness it answers nothing.", Label: "standby"},
	{Name: "mekenjai_repeats_total", Help: "Attempts of transactions repeated after a conflict.", Counts: true},
	{Name: "mekenjai_connections_open", Help: "Open connections to the database."},
	{Name: "mekenjai_connections_used", Help: "Connections to the database in use."},
	{Name: "mekenjai_connection_wait_seconds_total", Help: "Sum of the waits for a free connection.", Counts: true},
	{Name: "mekenjai_queue_jobs", Help: "Jobs in the queue of all nodes, by state.", Label: "state"},
	{Name: "mekenjai_promise_seconds", Help: "What remains of the ten minutes for the application that has used most of them; ten minutes when none is under way."},
	{Name: "mekenjai_keeper_deeds_count", Help: "Deeds to the state's register of registrations: waiting for its answer, or refused and before an officer. Only where it is a system of its own, as all of mekenjai_keeper.", Label: "state"},
	{Name: "mekenjai_keeper_oldest_seconds", Help: "For how long the oldest deed has waited for the state's register."},
	{Name: "mekenjai_keeper_differences_count", Help: "Differences between the state's register and ours that an officer has not closed."},
	{Name: "mekenjai_keeper_reconciled_seconds", Help: "How long ago the two registers were last compared to the end; 0 when they never were."},
	{Name: "mekenjai_bus_services_open", Help: "1 while a service of the state's bus failed repeatedly and is left alone, else 0. Only where the registers are reached over the bus.", Label: "service"},
	{Name: "mekenjai_portal_words_count", Help: "Words to egov.kz about its orders: waiting to be told, given up, or told bare of the paper that the store of files did not take. Only where the service can be ordered there, as all of mekenjai_portal.", Label: "state"},
	{Name: "mekenjai_portal_oldest_seconds", Help: "For how long the oldest word has waited for egov.kz."},
	{Name: "mekenjai_sms_routes_open", Help: "1 while a route of text messages failed and others are preferred to it, else 0. Only with Kannel, as all of mekenjai_sms.", Label: "route"},
	{Name: "mekenjai_sms_messages_count", Help: "Text messages of the last day by what is known of them: handed over, accepted by the operator, delivered, failed.", Label: "state"},
	{Name: "mekenjai_nodes_count", Help: "Nodes that live, as this one sees them."},
	{Name: "mekenjai_leader_count", Help: "1 on the node that sweeps, else 0."},
	{Name: "mekenjai_fit_count", Help: "1 on a node that serves, 0 on one that is unfit or whose database does not answer."},
	{Name: "mekenjai_clock_seconds", Help: "How far the clock of this node is ahead of the database's."},
}

// count begins to count what the program does.
func (p *program) count() {
	m := telemetry.NewMetrics()
	p.metrics = m
	tell := func(peer state.Peer, took time.Duration, answered bool) { m.Peer(string(peer), took, answered) }
	p.world.peers, p.world.keeper = p.world.peers.Watched(tell), p.world.keeper.Watched(tell)
	p.world.verifier.Observe = func(s eds.Status) { m.Signature(string(s)) }
	m.Read(readings, p.read)
}

// read gives the readings; what the database does not answer within a second is
// left out.
func (p *program) read(give func(name string, value float64, label ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s := p.db.Stats()
	give("mekenjai_transactions_total", float64(s.Commits))
	give("mekenjai_reads_total", float64(s.Reads))
	give("mekenjai_stale_reads_total", float64(s.StaleReads))
	for _, lag := range p.db.Lags() {
		give("mekenjai_standby_lag_seconds", lag.Behind.Seconds(), lag.Standby)
	}
	give("mekenjai_repeats_total", float64(s.Repeats))
	give("mekenjai_connections_open", float64(s.Connections))
	give("mekenjai_connections_used", float64(s.InUse))
	give("mekenjai_connection_wait_seconds_total", s.Waited.Seconds())
	give("mekenjai_leader_count", one(p.db.Leads()))
	give("mekenjai_fit_count", one(p.condition.get() == nil && p.db.Ping(ctx) == nil))
	give("mekenjai_clock_seconds", time.Duration(p.skew.Load()).Seconds())
	if depth, err := p.db.QueueDepth(ctx); err == nil {
		for name, n := range depth {
			give("mekenjai_queue_jobs", float64(n), name)
		}
	}
	if elapsed, err := p.register.LongestClock(ctx); err == nil {
		give("mekenjai_promise_seconds", (mekenjai.Promise - elapsed).Seconds())
	}
	if p.register.HasKeeper() {
		if s, err := p.register.KeeperStanding(ctx); err == nil {
			give("mekenjai_keeper_deeds_count", float64(s.Waiting), "waiting")
			give("mekenjai_keeper_deeds_count", float64(s.Refused), "refused")
			give("mekenjai_keeper_oldest_seconds", s.Oldest.Seconds())
			give("mekenjai_keeper_differences_count", float64(s.Differences))
			give("mekenjai_keeper_reconciled_seconds", s.Reconciled.Seconds())
		}
	}
	if p.world.bus != nil {
		for service, state := range p.world.bus.Breakers() {
			give("mekenjai_bus_services_open", one(state == shep.Open), service)
		}
	}
	if p.world.portal != nil {
		p.readPortal(ctx, give)
	}
	if p.world.sms != nil {
		p.readSMS(ctx, give)
	}
	if nodes, err := p.db.Nodes(ctx); err == nil {
		give("mekenjai_nodes_count", float64(max(1, len(nodes))))
	}
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// serveMetrics serves them on an address of their own, which is not the public's.
func (p *program) serveMetrics(ctx context.Context) error {
	if p.config.Metrics == "" {
		return nil
	}
	listener, err := net.Listen("tcp", p.config.Metrics)
	if err != nil {
		return fmt.Errorf("cannot serve --metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.log.ErrorContext(ctx, "metrics are served no more", "error", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return nil
}
