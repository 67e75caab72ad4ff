package faults

import (
	"context"
	"sync"

	"mekenjai/internal/database/databasetest"
)

// Postgres is a server of this run alone, started when the first database is
// asked for. It writes durably, as a real one does.
type Postgres struct {
	mu      sync.Mutex
	cluster *databasetest.Cluster
}

func (p *Postgres) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cluster != nil {
		return nil
	}
	cluster, err := databasetest.StartCluster("fsync=on", "synchronous_commit=on", "full_page_writes=on")
	if err != nil {
		return err
	}
	p.cluster = cluster
	return nil
}

// Create makes a database, its files in folder.
func (p *Postgres) Create(ctx context.Context, folder string) (dsn string, err error) {
	if err := p.start(); err != nil {
		return "", err
	}
	return p.cluster.Create(ctx, folder)
}

// Stop stops the server and removes its files.
func (p *Postgres) Stop() error {
	if p.cluster == nil {
		return nil
	}
	return p.cluster.Stop()
}
