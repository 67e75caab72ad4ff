package connect

import (
	"fmt"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

// Portal is how egov.kz orders our service.
type Portal struct {
	URL            string // of the asynchronous channel
	Mapping        *mapped.Set
	Service, Route string // in place of those of the mapping; "": those
	From           []string
	Signers        []*eds.Certificate
	Fetch          time.Duration // 0: the bus brings orders
	Statuses       pep.Statuses
}

func (c *Config) checkPortal() error {
	if err := checkURL("portal.url", c.Portal.URL); err != nil {
		return err
	}
	if m := c.Portal.Mapping; m == nil || m.Peer != state.Portal {
		return fmt.Errorf("portal has no mapping of that peer")
	}
	if err := c.portal().Check(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// portal is the way to egov.kz. A word is tried once by the client: who keeps it tries
// again, in the order of its thread.
func (c *Config) portal() pep.Options {
	p := c.Portal
	m := *p.Mapping.Message(mapped.Ordered)
	if p.Service != "" {
		m.Service.ID = p.Service
	}
	if p.Route != "" {
		m.Service.Route = p.Route
	}
	bus := &shep.AsyncClient{Client: shep.Client{URL: p.URL, HTTP: c.HTTP, Sender: c.Sender, Key: c.Key, Verifier: c.Verifier, Bus: c.Signers,
		Codes: shep.UsualCodes().With(c.Codes), Clock: c.Clock, Log: c.Log, Tries: 1}}
	return pep.Options{Bus: bus, Mapping: &m, From: p.From, Signers: p.Signers, Statuses: p.Statuses, Fetch: p.Fetch}
}

// Portal is egov.kz; nil when nobody orders the service there.
func (n *Connection) Portal() (*pep.Portal, error) {
	if n.config.Portal == nil {
		return nil, nil
	}
	o := n.config.portal()
	o.Files = n.Files()
	return pep.New(o)
}
