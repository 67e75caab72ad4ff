package bus

import (
	"context"
	"errors"
	"fmt"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
)

// modelled are the peers whose messages stand in mapping files.
func (b *Bus) modelled(sets map[state.Peer]*mapped.Set) ([]service, error) {
	r := b.registers
	answers := map[mapped.Message]answerer{
		mapped.Property:  about(func(q mapped.ByDwelling) *state.Property { return r.Property(q.ARC) }),
		mapped.Holdings:  about(func(q mapped.ByParty) *state.Holdings { return r.Holdings(q.Party) }),
		mapped.Address:   about(func(q mapped.ByDwelling) *state.Address { return r.Address(q.ARC) }),
		mapped.Citizen:   about(func(q mapped.ByPerson) *state.Citizen { return r.Citizen(q.IIN) }),
		mapped.Relation:  about(func(q mapped.ByPair) *state.Relation { return r.Relation(state.PairOf(q.Owner, q.Person)) }),
		mapped.Parents:   about(func(q mapped.ByPerson) *state.Parents { return r.Parents(q.IIN) }),
		mapped.Guardians: about(func(q mapped.ByPerson) *state.Guardians { return r.Guardians(q.IIN) }),
		mapped.Tenancy:   about(func(q mapped.ByDwelling) *state.Tenancy { return r.Tenancy(q.ARC) }),
		mapped.Residents: about(func(q mapped.ByDwelling) *state.ResidentList { return r.Residents(q.ARC) }),
		mapped.Student:   about(func(q mapped.ByPerson) *state.Student { return r.Student(q.IIN) }),
		mapped.Power:     about(func(q mapped.ByPower) *state.Power { return r.Power(state.PowerOf(q.Principal, q.Attorney, q.Number)) }),
		mapped.Enter:     b.deed(state.DeedEnter),
		mapped.End:       b.deed(state.DeedEnd),
		mapped.Annul:     b.deed(state.DeedAnnul),
		mapped.Correct:   b.deed(state.DeedCorrect),
		mapped.Look:      b.look,
		mapped.List:      b.list,
	}
	var list []service
	for _, peer := range mapped.Peers() {
		set := sets[peer]
		if set == nil {
			var err error
			if set, err = mapped.BuiltIn(peer); err != nil {
				return nil, err
			}
		}
		for name, m := range set.Messages() {
			answer := answers[name]
			if answer == nil {
				return nil, fmt.Errorf("the simulator does not know the message %s of %s", name, peer)
			}
			list = append(list, service{m.Service, peer, func(_ context.Context, _ country.Fault, q question) ([]byte, error) { return answer(m, q) }})
		}
	}
	return list, nil
}

// answerer answers a message by its mapping.
type answerer func(*mapped.Mapping, question) ([]byte, error)

// about answers from a register; nil is "not found".
func about[Q, A any](find func(Q) *A) answerer {
	return func(m *mapped.Mapping, q question) ([]byte, error) {
		asked, head, err := mapped.DecodeQuestion[Q](m, q.doc)
		if err != nil {
			return nil, badRequest(err)
		}
		return answered(m, head, q, find(asked))
	}
}

// answered writes an answer; nil is "not found".
func answered[A any](m *mapped.Mapping, asked mapped.Head, q question, a *A) ([]byte, error) {
	h := mapped.Head{ID: asked.ID, Now: q.now, Sender: asked.Sender}
	if a == nil {
		return m.EncodeAnswer(h, nil)
	}
	return m.EncodeAnswer(h, a)
}

// look tells what became of a deed in IS RP DRN.
func (b *Bus) look(m *mapped.Mapping, q question) ([]byte, error) {
	asked, head, err := mapped.DecodeQuestion[mapped.ByDeed](m, q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	c, found, err := b.entries.Look(asked.ID)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return answered[state.Confirmation](m, head, q, nil)
	}
	return answered(m, head, q, &c)
}

// list is a page of what IS RP DRN keeps.
func (b *Bus) list(m *mapped.Mapping, q question) ([]byte, error) {
	asked, head, err := mapped.DecodeQuestion[mapped.ByPage](m, q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	p, err := b.entries.List(asked.After, asked.Limit)
	if err != nil {
		return nil, err
	}
	return answered(m, head, q, &p)
}

// deed takes a deed into IS RP DRN under the messageId that carries it.
func (b *Bus) deed(kind state.DeedKind) answerer {
	return func(m *mapped.Mapping, q question) ([]byte, error) {
		d, head, err := mapped.DecodeQuestion[state.Deed](m, q.doc)
		if err != nil {
			return nil, badRequest(err)
		}
		if d.Kind = kind; d.ID != q.MessageID {
			return nil, &refusal{codeInvalid, "the deed is not that of the messageId"}
		}
		c, err := b.entries.Write(d)
		var no *state.Rejection
		switch {
		case errors.As(err, &no):
			return m.EncodeRefusal(mapped.Head{ID: head.ID, Now: q.now}, no.Code, no.Text)
		case err != nil:
			return nil, err
		}
		return answered(m, head, q, &c)
	}
}
