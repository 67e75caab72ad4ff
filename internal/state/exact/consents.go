package exact

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mekenjai"
	"mekenjai/eds"
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

	mu    sync.Mutex
	known map[mekenjai.IIN]*leave
}

// leave is what KDP said about one person.
type leave struct {
	mu               sync.Mutex // held while KDP is asked: nobody is sent two messages
	token, publicKey string
	err              error
	until            time.Time
}

const (
	mostLeaves = 20_000
	spare      = 30 * time.Second // before the end of a token
	rest       = 10 * time.Minute // before somebody who did not agree is asked again
)

// Token is the code and key for one person. Its errors are a *wire.KDPError or those
// of the bus.
func (c *Consents) Token(ctx context.Context, iin mekenjai.IIN) (token, publicKey string, err error) {
	l := c.leave(iin)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := c.now()
	if now.Before(l.until) {
		return l.token, l.publicKey, l.err
	}
	l.token, l.publicKey, l.err, l.until = "", "", nil, time.Time{}
	answer, err := c.ask(ctx, iin, now)
	if err != nil {
		return "", "", err
	}
	l.token, l.publicKey, l.err = answer.Token(c.Statuses)
	if l.err == nil {
		l.until = now.Add(c.Request.ExpiresIn - spare)
	} else if c.Key == nil {
		l.until = now.Add(rest)
	}
	return l.token, l.publicKey, l.err
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

func (c *Consents) ask(ctx context.Context, iin mekenjai.IIN, now time.Time) (wire.KDPAnswer, error) {
	r := c.Request
	r.IIN, r.OmitSMS = iin, c.Key != nil
	if c.Key != nil {
		var err error
		if r.OVT, err = wire.NewOVT(c.Key.Signer(), wire.OVT{CompanyBIN: r.CompanyBIN, Check: wire.CheckedBySignature, At: now, Until: now.Add(r.ExpiresIn)}); err != nil {
			return wire.KDPAnswer{}, err
		}
	}
	doc, err := wire.EncodeKDPRequest(r)
	if err != nil {
		return wire.KDPAnswer{}, err
	}
	x, err := c.Bus.Ask(ctx, c.Service, doc)
	if err != nil {
		return wire.KDPAnswer{}, fmt.Errorf("KDP: %w", err)
	}
	return wire.DecodeKDPAnswer(x.Data)
}

func (c *Consents) now() time.Time {
	if c.Clock != nil {
		return c.Clock()
	}
	return time.Now()
}
