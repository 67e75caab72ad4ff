package connect

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/state"
	"mekenjai/internal/state/exact"
	"mekenjai/internal/state/files"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"

	"github.com/google/uuid"
)

// Connection is the state's registers over one bus.
type Connection struct {
	config   Config
	client   *shep.Client
	services map[state.Peer][]string
	persons  *exact.Persons
	entities *exact.Entities
}

// New makes the connection. Nothing is asked yet.
func New(c Config) (*Connection, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	n := &Connection{config: c, client: c.client(0), services: c.services()}
	if p := c.Persons; p != nil {
		access := p.ConsentFor
		if access == "" {
			access = p.Service.ID
		}
		n.persons = &exact.Persons{Bus: n.client, Service: p.Service, Sender: p.Sender, Codes: p.Codes, Results: p.Results, Ignore: p.Ignore, Clock: c.Clock,
			Consents: &exact.Consents{Bus: n.client, Service: p.Consent, Key: p.Login, Statuses: p.Statuses, Clock: c.Clock,
				Request: wire.KDPRequest{Company: c.Company.Name, CompanyBIN: c.Company.BIN, Responsible: c.Company.Responsible, Employee: c.Company.Employee,
					Access: access, PersonalData: p.PersonalData, ExpiresIn: p.Expires}}}
	}
	if e := c.Entities; e != nil {
		n.entities = &exact.Entities{Bus: n.client, Service: e.Service, Requestor: c.Company.BIN, Codes: e.Codes, Results: e.Results, Ignore: e.Ignore}
	}
	return n, nil
}

// client is a way to the bus; limit is that of a reply, zero for the usual one.
func (c *Config) client(limit int64) *shep.Client {
	return &shep.Client{URL: c.URL, HTTP: c.HTTP, Sender: c.Sender, Key: c.Key, Verifier: c.Verifier, Bus: c.Signers,
		Codes: shep.UsualCodes().With(c.Codes), Blank: wire.Blank, Clock: c.Clock, Log: c.Log, Limit: limit}
}

// URL is where the bus is.
func (n *Connection) URL() string { return n.config.URL }

// Key is what signs our messages.
func (n *Connection) Key() *eds.Key { return n.config.Key }

// Peers are the questions that the register puts to the state.
func (n *Connection) Peers() state.Peers {
	p := state.Unconnected()
	if n.persons != nil {
		p.Person = n.person
	}
	if n.entities != nil {
		p.Entity = n.entity
	}
	n.addModelled(&p)
	p.Ping = n.Ping
	return p
}

// longestFiles is what an answer of the store of files may have: a paper of 10 MB in
// base64.
const longestFiles = 20 << 20

// Files is the temporary store of files; nil when it is not connected.
func (n *Connection) Files() *files.Store {
	f := n.config.Files
	if f == nil {
		return nil
	}
	client := n.config.client(longestFiles)
	return &files.Store{Sender: f.Sender.ID, Password: f.Sender.Password, Life: f.Life,
		Ask: func(ctx context.Context, number string, doc []byte) ([]byte, error) {
			x, err := client.Send(ctx, f.Service, cmp.Or(number, uuid.NewString()), doc)
			return x.Data, err
		}}
}

func (n *Connection) person(ctx context.Context, iin mekenjai.IIN) (state.Reply[state.Person], error) {
	return lineAfter(n, state.Persons, n.config.Persons.Limit, n.persons.Ask,
		func(p state.Person, about mekenjai.IIN) bool { return p.IIN == about }).Ask(ctx, iin)
}

func (n *Connection) entity(ctx context.Context, bin mekenjai.BIN) (state.Reply[state.Entity], error) {
	return line(n, state.Entities, n.config.Entities.Limit, n.entities.Ask,
		func(e state.Entity, about mekenjai.BIN) bool { return e.BIN == about }).Ask(ctx, bin)
}

// line is one question that needs no other before it.
func line[K ~string, T any](n *Connection, peer state.Peer, limit time.Duration, ask func(context.Context, K) (T, bool, shep.Exchange, error), concerns func(T, K) bool) state.Line[K, T] {
	return lineAfter(n, peer, limit, func(ctx context.Context, about K) (T, bool, exact.Exchanges, error) {
		value, found, x, err := ask(ctx, about)
		return value, found, exact.Exchanges{Exchange: x}, err
	}, concerns)
}

// lineAfter is one question whose answer is read while it is carried, because only
// there it is known what was asked.
func lineAfter[K ~string, T any](n *Connection, peer state.Peer, limit time.Duration, ask func(context.Context, K) (T, bool, exact.Exchanges, error), concerns func(T, K) bool) state.Line[K, T] {
	var answer T
	return state.Line[K, T]{
		Peer: peer, Limit: limit, Clock: n.config.Clock, Concerns: concerns, Blank: wire.Blank,
		Carry: func(ctx context.Context, about K) (state.Carried, error) {
			value, found, x, err := ask(ctx, about)
			answer = value
			if x.SentAt.IsZero() { // it never left: no exchange
				return state.Carried{Before: x.Before}, err
			}
			return state.Carried{Message: x.MessageID, Request: x.Request, RequestSHA256: x.RequestSHA256, Reply: x.Reply, Data: x.Data,
				NotFound: !found, Before: x.Before}, err
		},
		Decode: func([]byte) (T, bool, error) { return answer, true, nil },
	}
}

// Breakers tells of each service whether it is asked, or failed repeatedly and is left
// alone for a while.
func (n *Connection) Breakers() map[string]shep.BreakerState {
	list := map[string]shep.BreakerState{}
	for _, services := range n.services {
		for _, s := range services {
			list[s] = n.client.Breaker(s)
		}
	}
	return list
}

// Ping asks whether a peer may be there, without a question about anybody: it is
// connected, the bus shows its description, and the peer did not fail repeatedly of
// late. More can only be told by a question.
func (n *Connection) Ping(ctx context.Context, peer state.Peer) error {
	services := n.services[peer]
	if services == nil {
		return &state.Silence{Peer: peer, Cause: state.ErrUnconnected}
	}
	for _, s := range services {
		if n.client.Breaker(s) == shep.Open {
			return &state.Silence{Peer: peer, Cause: fmt.Errorf("service %s: %w", s, shep.ErrOpen)}
		}
	}
	if err := n.describe(ctx); err != nil {
		return &state.Silence{Peer: peer, Cause: err}
	}
	return nil
}

func (n *Connection) now() time.Time {
	if n.config.Clock != nil {
		return n.config.Clock().UTC()
	}
	return time.Now().UTC()
}

// describe asks the bus for its description.
func (n *Connection) describe(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.config.URL+"?wsdl", nil)
	if err != nil {
		return err
	}
	client := n.config.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", shep.ErrTransport, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: its description comes with status %d", shep.ErrTransport, response.StatusCode)
	}
	return nil
}
