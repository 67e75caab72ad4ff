package connect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"

	"github.com/google/uuid"
)

// Modelled is how a peer is asked whose messages stand in a mapping file.
type Modelled struct {
	Mapping *mapped.Set
	Signers []*eds.Certificate // of its documents, when the mapping says that they are signed
	Limit   time.Duration      // of one question; zero: the usual one
}

func (m Modelled) check(peer state.Peer) error {
	if m.Mapping == nil || m.Mapping.Peer != peer {
		return fmt.Errorf("modelled.%s has no mapping of that peer", peer)
	}
	for _, x := range m.Mapping.Messages() {
		if x.Service.Signed && len(m.Signers) == 0 {
			return fmt.Errorf("modelled.%s.signers is empty: anybody with a key of the national authority could answer for the register", peer)
		}
	}
	return nil
}

// services of the peer on the bus.
func (m Modelled) services() (list []string) {
	for _, x := range m.Mapping.Messages() {
		if !slices.Contains(list, x.Service.ID) {
			list = append(list, x.Service.ID)
		}
	}
	return list
}

// askModelled puts one question by its mapping under a number.
func askModelled[Q, A any](ctx context.Context, n *Connection, peer state.Peer, name mapped.Message, id string, question Q) (a A, found bool, x shep.Exchange, err error) {
	how := n.config.Modelled[peer]
	m := how.Mapping.Message(name)
	doc, err := m.EncodeQuestion(mapped.Head{ID: id, Now: n.now(), Sender: n.config.Sender.ID}, question)
	if err != nil {
		return a, false, x, err
	}
	service := m.Service
	service.Signers = how.Signers
	x, err = n.client.Send(ctx, service, id, doc)
	var said *shep.Error
	switch {
	case errors.As(err, &said) && said.Class == shep.NotFound:
		return a, false, x, nil
	case err != nil:
		return a, false, x, err
	}
	a, found, err = mapped.Decode[A](m, id, x.Data)
	return a, found, x, err
}

// modelled is one question of state.Peers to a peer with a mapping; nobody when the
// peer is not connected.
func modelled[K ~string, Q, A any](n *Connection, peer state.Peer, name mapped.Message, otherwise func(context.Context, K) (state.Reply[A], error), question func(K) Q, concerns func(A, K) bool) func(context.Context, K) (state.Reply[A], error) {
	how, connected := n.config.Modelled[peer]
	if !connected {
		return otherwise
	}
	return func(ctx context.Context, about K) (state.Reply[A], error) {
		ask := func(ctx context.Context, about K) (A, bool, shep.Exchange, error) {
			return askModelled[Q, A](ctx, n, peer, name, uuid.NewString(), question(about))
		}
		return line(n, peer, how.Limit, ask, concerns).Ask(ctx, about)
	}
}

// addModelled puts the modelled peers' questions in the place of the unconnected ones.
func (n *Connection) addModelled(p *state.Peers) {
	dwelling := func(arc mekenjai.ARC) mapped.ByDwelling { return mapped.ByDwelling{ARC: arc} }
	person := func(iin mekenjai.IIN) mapped.ByPerson { return mapped.ByPerson{IIN: iin} }
	p.Property = modelled(n, state.Properties, mapped.Property, p.Property, dwelling, func(x state.Property, arc mekenjai.ARC) bool {
		return x.ARC == arc && !slices.ContainsFunc(x.Objects, func(o state.Object) bool { return o.Address.ARC != arc })
	})
	p.Holdings = modelled(n, state.Properties, mapped.Holdings, p.Holdings, func(of mekenjai.PartyID) mapped.ByParty { return mapped.ByParty{Party: of} },
		func(x state.Holdings, of mekenjai.PartyID) bool { return x.Party == of })
	p.Address = modelled(n, state.Addresses, mapped.Address, p.Address, dwelling, func(x state.Address, arc mekenjai.ARC) bool { return x.ARC == arc })
	p.Citizen = modelled(n, state.Citizens, mapped.Citizen, p.Citizen, person, func(x state.Citizen, iin mekenjai.IIN) bool { return x.IIN == iin })
	p.Relation = modelled(n, state.Civil, mapped.Relation, p.Relation, byPair,
		func(x state.Relation, of state.Pair) bool { return state.PairOf(x.Owner, x.Person) == of })
	p.Parents = modelled(n, state.Civil, mapped.Parents, p.Parents, person, func(x state.Parents, iin mekenjai.IIN) bool { return x.Child == iin })
	p.Guardians = modelled(n, state.Guardianship, mapped.Guardians, p.Guardians, person, func(x state.Guardians, iin mekenjai.IIN) bool { return x.Ward == iin })
	p.Tenancy = modelled(n, state.Housing, mapped.Tenancy, p.Tenancy, dwelling, func(x state.Tenancy, arc mekenjai.ARC) bool { return x.ARC == arc })
	p.Residents = modelled(n, state.Residents, mapped.Residents, p.Residents, dwelling, func(x state.ResidentList, arc mekenjai.ARC) bool { return x.ARC == arc })
	p.Student = modelled(n, state.Education, mapped.Student, p.Student, person, func(x state.Student, iin mekenjai.IIN) bool { return x.IIN == iin })
	p.Power = modelled(n, state.Notaries, mapped.Power, p.Power, byPower,
		func(x state.Power, q state.PowerQuestion) bool {
			return state.PowerOf(x.Principal, x.Attorney, x.Number) == q
		})
}

// byPair takes a question of state.PairOf apart.
func byPair(p state.Pair) mapped.ByPair {
	owner, person, _ := strings.Cut(string(p), ":")
	return mapped.ByPair{Owner: mekenjai.IIN(owner), Person: mekenjai.IIN(person)}
}

// byPower takes a question of state.PowerOf apart.
func byPower(q state.PowerQuestion) mapped.ByPower {
	principal, rest, _ := strings.Cut(string(q), ":")
	attorney, number, _ := strings.Cut(rest, ":")
	return mapped.ByPower{Principal: mekenjai.PartyID(principal), Attorney: mekenjai.IIN(attorney), Number: number}
}

// Keeper is IS RP DRN as a register of its own; zero when it is not connected: then
// our register is the register.
func (n *Connection) Keeper() state.Keeper {
	if _, connected := n.config.Modelled[state.Entries]; !connected {
		return state.Keeper{}
	}
	return state.Keeper{Write: n.write, Look: n.look, List: n.list,
		Ping: func(ctx context.Context) error { return n.Ping(ctx, state.Entries) }}
}

// deedID is what a deed is known by.
type deedID string

// write sends a deed under its own number, so that the bus and the register know one
// that comes again.
func (n *Connection) write(ctx context.Context, d state.Deed) (state.Reply[state.Confirmation], error) {
	var no *state.Rejection
	ask := func(ctx context.Context, id deedID) (state.Confirmation, bool, shep.Exchange, error) {
		c, found, x, err := askModelled[state.Deed, state.Confirmation](ctx, n, state.Entries, mapped.Message(d.Kind), string(id), d)
		var refusal *mapped.Refusal
		// Only the register's own word, in a message in good order, refuses a deed.
		if errors.As(err, &refusal) && refusal.Class == shep.Business {
			no = &state.Rejection{Code: refusal.Code, Text: refusal.Words, Evidence: evidence(x, d.ID)}
			err = no
		}
		return c, found, x, err
	}
	reply, err := line(n, state.Entries, n.writeLimit(), ask, func(c state.Confirmation, id deedID) bool { return c.Deed == string(id) }).Ask(ctx, deedID(d.ID))
	if no != nil && ctx.Err() == nil {
		return state.Reply[state.Confirmation]{}, no
	}
	return reply, err
}

func (n *Connection) look(ctx context.Context, id string) (state.Reply[state.Confirmation], error) {
	ask := func(ctx context.Context, id deedID) (state.Confirmation, bool, shep.Exchange, error) {
		return askModelled[mapped.ByDeed, state.Confirmation](ctx, n, state.Entries, mapped.Look, uuid.NewString(), mapped.ByDeed{ID: string(id)})
	}
	return line(n, state.Entries, n.writeLimit(), ask, func(c state.Confirmation, id deedID) bool { return c.Deed == string(id) }).Ask(ctx, deedID(id))
}

func (n *Connection) list(ctx context.Context, after string, limit int) (state.Reply[state.Page], error) {
	ask := func(ctx context.Context, after string) (state.Page, bool, shep.Exchange, error) {
		return askModelled[mapped.ByPage, state.Page](ctx, n, state.Entries, mapped.List, uuid.NewString(), mapped.ByPage{After: after, Limit: limit})
	}
	concerns := func(p state.Page, after string) bool {
		return len(p.Entries) <= limit && !slices.ContainsFunc(p.Entries, func(k state.Kept) bool { return k.Number <= after })
	}
	return line(n, state.Entries, n.writeLimit(), ask, concerns).Ask(ctx, after)
}

func (n *Connection) writeLimit() time.Duration {
	return cmp.Or(n.config.Modelled[state.Entries].Limit, state.WriteLimit)
}

// evidence is how a refusal came about.
func evidence(x shep.Exchange, subject string) state.Evidence {
	return state.Evidence{Source: state.Entries, Subject: subject, Message: x.MessageID, AskedAt: x.SentAt, AnsweredAt: x.ReceivedAt,
		Request: x.Request, RequestSHA256: x.RequestSHA256, Raw: x.Reply, SHA256: sha256.Sum256(x.Reply)}
}
