package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// EntryPage is an entry with what is under way about it, as the person himself or
// somebody with a right in the dwelling may see it.
type EntryPage struct {
	mekenjai.Registration
	Own       bool                 // the reader's own entry
	Right     mekenjai.RightHolder // of a reader who is not the person
	Request   *RequestState        // to end it: the one that runs, or the last
	Disputes  []mekenjai.Dispute   // newest first
	Extension Extension            // for the person
	Versions  []Version            // for the person: how it read before corrections
	Now       time.Time
}

// RequestState is a request to end an entry, as one of its parties may see it.
type RequestState struct {
	mekenjai.Ending
	Mine          bool // the reader asked for it
	AskedOfMe     bool // the reader's confirmation is missing
	Confirmations []ConfirmationState
}

// Runs says whether the request is not over.
func (s *RequestState) Runs() bool { return s != nil && !s.State.IsOver() }

// ConfirmationState is where a co-owner's answer stands. Owners of one dwelling
// know one another from the cadastre; the person sees counts alone.
type ConfirmationState struct {
	Holder mekenjai.RightHolder
	Answer mekenjai.Confirmation
	Reason string
	At     time.Time
}

func confirmationStates(ctx context.Context, tx database.Tx, ending string) (list []ConfirmationState, err error) {
	rows, err := confirmationsOf(ctx, tx, ending)
	for _, c := range rows {
		list = append(list, ConfirmationState{c.holder, c.answer, c.reason, c.answered})
	}
	return list, err
}

// Confirmed counts those who agreed.
func (s *RequestState) Confirmed() (n int) {
	for _, c := range s.Confirmations {
		if c.Answer == mekenjai.ConfirmAgreed {
			n++
		}
	}
	return n
}

// hideOwners leaves the person the counts: who else owns his dwelling he learns
// from nobody but them.
func (s *RequestState) hideOwners() {
	for i := range s.Confirmations {
		s.Confirmations[i] = ConfirmationState{Answer: s.Confirmations[i].Answer}
	}
}

// OpenDispute is the one for which the certificate is frozen, or the objection
// that an officer looks at; nil for none.
func (p EntryPage) OpenDispute() *mekenjai.Dispute {
	for i := range p.Disputes {
		if p.Disputes[i].State == mekenjai.DisputeOpen {
			return &p.Disputes[i]
		}
	}
	return nil
}

// MayDispute says whether the reader's button would still do something.
func (p EntryPage) MayDispute(party mekenjai.PartyID) bool {
	if p.State == mekenjai.EntryEnded || !p.Disputed.IsZero() {
		return false
	}
	return !slices.ContainsFunc(p.Disputes, func(d mekenjai.Dispute) bool {
		return d.By == party && d.State == mekenjai.DisputeDismissed && d.Kind.Freezes()
	})
}

// MayRequest says whether an owner may ask to end it now.
func (p EntryPage) MayRequest() bool {
	return !p.Own && p.State == mekenjai.EntryCurrent && !p.Request.Runs()
}

// EntryPage opens an entry for the person or for somebody with a right in the
// dwelling; for everybody else it does not exist. A look of an owner is audited as
// every look at another's data is.
func (r *Register) EntryPage(ctx context.Context, actor mekenjai.Actor, number string) (p EntryPage, err error) {
	var e mekenjai.Registration
	err = r.db.Read(ctx, func(tx database.Tx) error {
		e, err = entryByNumber(ctx, tx, number)
		return err
	})
	if err != nil {
		return p, err
	}
	p.Own = e.Person == actor.IIN && actor.BIN == ""
	if !p.Own {
		if _, _, p.Right, err = r.ofHolder(ctx, actor, number, "registration.view"); err != nil {
			return p, r.formerHolder(ctx, actor, e, err)
		}
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if err := p.fill(ctx, tx, r, actor, number); err != nil || p.Own {
			return err
		}
		return audit.Write(ctx, tx, byParty(actor, "registration.view", e))
	})
	return p, err
}

// formerHolder says what somebody learns whose right is gone: that something has
// changed, if he was a party of the request; nothing otherwise.
func (r *Register) formerHolder(ctx context.Context, actor mekenjai.Actor, e mekenjai.Registration, err error) error {
	if !errors.Is(err, mekenjai.ErrNotFound) {
		return err
	}
	was := false
	e2 := r.db.Read(ctx, func(tx database.Tx) error {
		seen, err := isVisible(ctx, tx, e.Person, "")
		if err != nil || !seen {
			return err
		}
		x, err := latestEnding(ctx, tx, e.ID)
		if err != nil || x == nil {
			return err
		}
		list, err := endingParties(ctx, tx, x)
		was = slices.Contains(list, actor.Party())
		return err
	})
	if e2 == nil && was {
		return &NoOwnerAnyMore{}
	}
	return errors.Join(e2, err)
}

// NoOwnerAnyMore tells a party of a request that the cadastre no longer names him:
// his word counts for nothing here any more.
type NoOwnerAnyMore struct{}

func (*NoOwnerAnyMore) Error() string { return "the cadastre no longer names this party as an owner" }

// Unwrap makes it an ErrForbidden.
func (*NoOwnerAnyMore) Unwrap() error { return mekenjai.ErrForbidden }

func (p *EntryPage) fill(ctx context.Context, tx database.Tx, r *Register, actor mekenjai.Actor, number string) (err error) {
	p.Now = tx.Now()
	if p.Registration, err = entryByNumber(ctx, tx, number); err != nil {
		return err
	}
	x, err := latestEnding(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if p.Request = nil; x != nil && (x.Kind.IsOwners() || p.Own) {
		s := RequestState{Ending: x.Ending, Mine: x.By == actor.Party()}
		if s.Confirmations, err = confirmationStates(ctx, tx, x.ID); err != nil {
			return err
		}
		s.AskedOfMe = !x.State.IsOver() && slices.ContainsFunc(s.Confirmations, func(c ConfirmationState) bool {
			return c.Holder.Party == actor.Party() && c.Answer == mekenjai.ConfirmAsked
		})
		if p.Own {
			s.hideOwners()
		}
		p.Request = &s
	}
	if p.Disputes, err = disputesOf(ctx, tx, p.ID); err != nil {
		return err
	}
	if !p.Own {
		return nil
	}
	if p.Extension, err = r.extension(ctx, tx, p.Registration); err != nil {
		return err
	}
	p.Versions, err = versionsOf(ctx, tx, p.ID)
	return err
}
