package exact

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// Consents gets the tokens of KDP under which GBD FL answers. A token serves every
// question about the same person until shortly before it ends, and a citizen who has
// been asked by SMS and has not agreed is left alone for a while. It may be used from
// several goroutines.
type Consents struct {
	Bus     *shep.Client
	Service shep.Service
	// Request is what every question has in common: who asks, for which service, for
	// how long.
	Request wire.KDPRequest
	// Key vouches that the citizen proved who he is by his signature, so that no SMS
	// is sent: the company's RSA key for login. Nil: KDP asks by SMS.
	Key      *eds.Key
	Statuses wire.KDPStatuses
	Clock    func() time.Time // nil: time.Now
	// Kept is how many exchanges are at hand with their text, the newest ones: the name of
	// an applicant is asked before there is a case that could keep it. 0: 2,000, some 20 MB.
	Kept int

	mu    sync.Mutex
	known map[mekenjai.IIN]*leave
	texts map[string]state.Evidence // by number of message
	order []string                  // of texts, the oldest first
}

// leave is what KDP said about one person.
type leave struct {
	mu               sync.Mutex // held while KDP is asked: nobody is sent two messages
	token, publicKey string
	err              error
	said             state.Evidence // the exchange in which it was said, without its text
	until            time.Time
}

const (
	mostLeaves = 20_000
	mostTexts  = 2_000
	spare      = 30 * time.Second // before the end of a token
	rest       = 10 * time.Minute // before somebody who did not agree is asked again
)

// Token is the code and key for one person, with the exchange in which KDP gave them, or
// gave none: one of now or one of before, of which there may be no more than a reference.
// It is nil when nothing was said and nothing left us. Errors are a *wire.KDPError or those of the bus.
func (c *Consents) Token(ctx context.Context, iin mekenjai.IIN) (token, publicKey string, said *state.Evidence, err error) {
	l := c.leave(iin)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := c.now()
	if now.Before(l.until) {
		earlier := c.recall(l.said)
		return l.token, l.publicKey, &earlier, l.err
	}
	l.token, l.publicKey, l.err, l.until, l.said = "", "", nil, time.Time{}, state.Evidence{}
	x, answer, err := c.ask(ctx, iin, now)
	answered := err == nil
	if answered {
		token, publicKey, err = answer.Token(c.Statuses)
	}
	said = evidence(iin, x, answer, err)
	switch {
	case err == nil:
		l.token, l.publicKey, l.until = token, publicKey, now.Add(c.Request.ExpiresIn-spare)
	case answered && c.Key == nil:
		l.err, l.until = err, now.Add(rest)
	}
	if said != nil {
		l.said = said.AsEarlier()
		c.remember(*said)
	}
	return token, publicKey, said, err
}

// remember keeps the text of an exchange at hand, in the place of the oldest.
func (c *Consents) remember(e state.Evidence) {
	c.mu.Lock()
	defer c.mu.Unlock()
	most := c.Kept
	if most == 0 {
		most = mostTexts
	}
	if c.texts == nil {
		c.texts = map[string]state.Evidence{}
	}
	for len(c.order) >= most {
		delete(c.texts, c.order[0])
		c.order = c.order[1:]
	}
	c.texts[e.Message], c.order = e, append(c.order, e.Message)
}

// recall is the exchange with its text, if that is still at hand.
func (c *Consents) recall(said state.Evidence) state.Evidence {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, found := c.texts[said.Message]; found {
		return e
	}
	return said
}

// evidence is an exchange as it is kept: without the token, with the hash of what came.
// What cannot be shown for sure without it leaves its hash alone.
func evidence(iin mekenjai.IIN, x shep.Exchange, answer wire.KDPAnswer, trouble error) *state.Evidence {
	if x.SentAt.IsZero() {
		return nil
	}
	e := &state.Evidence{Source: state.Consents, Subject: string(iin), Message: x.MessageID, AskedAt: x.SentAt, AnsweredAt: x.ReceivedAt,
		Request: x.Request, RequestSHA256: x.RequestSHA256, Trouble: trouble}
	if x.Reply == nil {
		return e
	}
	e.SHA256, e.Form = sha256.Sum256(x.Reply), state.Hashed
	shown, ok := wire.BlankKDP(x.Reply)
	if ok && (answer.Code == "" || !bytes.Contains(shown, []byte(answer.Code))) && (answer.PublicKey == "" || !bytes.Contains(shown, []byte(answer.PublicKey))) {
		e.Raw, e.Form = shown, state.Shown
	}
	return e
}

// Forget drops the token of a person: GBD FL did not take it.
func (c *Consents) Forget(iin mekenjai.IIN) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, iin)
}

// leave finds or makes the place of a person. A full house is emptied of what has
// ended; if all of it is still of use, it starts anew.
func (c *Consents) leave(iin mekenjai.IIN) *leave {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.known[iin]; l != nil {
		return l
	}
	if len(c.known) >= mostLeaves {
		now := c.now()
		for of, l := range c.known {
			if l.mu.TryLock() {
				if !now.Before(l.until) {
					delete(c.known, of)
				}
				l.mu.Unlock()
			}
		}
	}
	if c.known == nil || len(c.known) >= mostLeaves {
		c.known = map[mekenjai.IIN]*leave{}
	}
	l := &leave{}
	c.known[iin] = l
	return l
}

func (c *Consents) ask(ctx context.Context, iin mekenjai.IIN, now time.Time) (x shep.Exchange, answer wire.KDPAnswer, err error) {
	r := c.Request
	r.IIN, r.OmitSMS = iin, c.Key != nil
	if c.Key != nil {
		if r.OVT, err = wire.NewOVT(c.Key.Signer(), wire.OVT{CompanyBIN: r.CompanyBIN, Check: wire.CheckedBySignature, At: now, Until: now.Add(r.ExpiresIn)}); err != nil {
			return x, answer, err
		}
	}
	doc, err := wire.EncodeKDPRequest(r)
	if err != nil {
		return x, answer, err
	}
	if x, err = c.Bus.Ask(ctx, c.Service, doc); err != nil {
		return x, answer, fmt.Errorf("KDP: %w", err)
	}
	answer, err = wire.DecodeKDPAnswer(x.Data)
	return x, answer, err
}

func (c *Consents) now() time.Time {
	if c.Clock != nil {
		return c.Clock()
	}
	return time.Now()
}
