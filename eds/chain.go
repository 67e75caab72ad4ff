package eds

import (
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"time"
)

// Limits of the search for a chain, and of all searches of one verification, against
// containers stuffed with look-alikes.
const (
	maxChain      = 8
	maxChainSteps = 64
	maxTries      = 1024
)

// pathBuilder searches chains from one container's certificates to a pool.
type pathBuilder struct {
	pool  *Pool
	extra []*Certificate // found in the container: they help to find a way, nothing more
	tries *tries
	at    time.Time
	steps int
}

// path is a chain from a certificate to an anchor, with what speaks against it.
type path struct {
	chain    []*Certificate
	problems []problem
}

// build returns the first chain that nothing speaks against, else the one with the
// fewest problems. Without any chain the only problem is why.
func (b *pathBuilder) build(leaf *Certificate) path {
	var best *path
	var reason problem
	b.search([]*Certificate{leaf}, &reason, func(chain []*Certificate) bool {
		p := path{chain, chainProblems(chain, b.at)}
		if best == nil || len(p.problems) < len(best.problems) {
			best = &p
		}
		return len(p.problems) == 0
	})
	if best != nil {
		return *best
	}
	if reason.reason == "" {
		reason = problemf(ReasonUntrusted, "no issuer %s of %s", leaf.issuerLabel(), leaf.label())
	}
	return path{problems: append([]problem{reason}, ownProblems(leaf, b.at)...)}
}

// search extends the chain until it ends in an anchor, and calls found with each such
// chain until it says to stop.
func (b *pathBuilder) search(chain []*Certificate, reason *problem, found func([]*Certificate) bool) bool {
	last := chain[len(chain)-1]
	if b.pool.contains(last) {
		return found(slices.Clone(chain))
	}
	if len(chain) == maxChain {
		return false
	}
	for _, issuer := range b.issuers(last) {
		if slices.ContainsFunc(chain, issuer.Equal) {
			continue
		}
		if b.steps++; b.steps > maxChainSteps {
			*reason = problemf(ReasonUntrusted, "%v", errTooMany)
			return true
		}
		if err := b.tries.verify(last, issuer); err != nil {
			*reason = signatureProblem(err, last)
			if err == errTooMany {
				return true
			}
			continue
		}
		if b.search(append(chain, issuer), reason, found) {
			return true
		}
	}
	return false
}

// issuers lists who may have issued the certificate, anchors first.
func (b *pathBuilder) issuers(c *Certificate) []*Certificate {
	var out []*Certificate
	for _, from := range [][]*Certificate{b.pool.named(c.issuerKey), b.extra} {
		for _, i := range from {
			if i.mayHaveIssued(c) && !slices.ContainsFunc(out, i.Equal) {
				out = append(out, i)
			}
		}
	}
	return out
}

// signatureProblem says why a certificate's signature was not accepted.
func signatureProblem(err error, c *Certificate) problem {
	if errors.Is(err, errWeak) || errors.Is(err, errAlgorithm) {
		return problemf(ReasonAlgorithm, "%s: %v", c.label(), err)
	}
	return problemf(ReasonUntrusted, "%s: %v", c.label(), err)
}

// chainProblems judges a complete chain by RFC 5280, section 6.1. Anchors are held to
// the same rules as the others, as they come here as certificates.
func chainProblems(chain []*Certificate, at time.Time) []problem {
	var out []problem
	below := 0 // certificates between this one and the leaf that count for pathLen
	for i, c := range chain {
		out = append(out, ownProblems(c, at)...)
		if i == 0 {
			continue
		}
		name := c.label()
		switch x := c.X509; {
		case !x.BasicConstraintsValid || !x.IsCA:
			out = append(out, problemf(ReasonConstraints, "%s is not an authority", name))
		case x.KeyUsage != 0 && x.KeyUsage&x509.KeyUsageCertSign == 0:
			out = append(out, problemf(ReasonConstraints, "%s may not sign certificates", name))
		case (x.MaxPathLen > 0 || x.MaxPathLenZero) && below > x.MaxPathLen:
			out = append(out, problemf(ReasonConstraints, "%s allows %d authorities below it, there are %d", name, x.MaxPathLen, below))
		}
		if !c.SelfIssued() {
			below++
		}
	}
	return out
}

// ownProblems judges a certificate for itself.
func ownProblems(c *Certificate, at time.Time) []problem {
	var out []problem
	if at.Before(c.X509.NotBefore) {
		out = append(out, problemf(ReasonNotYetValid, "%s is valid from %s", c.label(), c.X509.NotBefore.Format(time.RFC3339)))
	}
	if at.After(c.X509.NotAfter) {
		out = append(out, problemf(ReasonExpired, "%s was valid until %s", c.label(), c.X509.NotAfter.Format(time.RFC3339)))
	}
	if oid := c.unknownCritical(); oid != "" {
		out = append(out, problemf(ReasonCriticalExtension, "%s has the critical extension %s", c.label(), oid))
	}
	return out
}

// strays reports the certificates of a container that serve no signer but claim a
// known issuer who did not sign them: the container was tampered with or damaged.
func (b *pathBuilder) strays(used map[*Certificate]bool) []problem {
	var out []problem
	for _, c := range b.extra {
		if used[c] || b.pool.contains(c) {
			continue
		}
		issuers := b.issuers(c)
		if c.SelfIssued() && c.mayHaveIssued(c) && !slices.ContainsFunc(issuers, c.Equal) {
			issuers = append(issuers, c)
		}
		signed := len(issuers) == 0
		for _, i := range issuers {
			if b.steps++; b.steps > maxChainSteps {
				return append(out, problemf(ReasonMalformed, "too many certificates that no signer needs"))
			}
			signed = signed || !errors.Is(b.tries.verify(c, i), errSignature)
		}
		if !signed {
			out = append(out, problemf(ReasonMalformed, "%s in the container is not what its issuer signed", c.label()))
		}
	}
	return out
}

// signatureCache remembers which certificate was found to be signed by which: the
// authorities' certificates come with every container. Only good signatures are kept,
// so nobody can fill it without an authority's key.
type signatureCache struct {
	mu   sync.Mutex
	good map[[64]byte]bool
}

// maxCached bounds the memory to about a megabyte.
const maxCached = 8192

func (s *signatureCache) has(key [64]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.good[key]
}

func (s *signatureCache) add(key [64]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good == nil || len(s.good) >= maxCached {
		s.good = map[[64]byte]bool{}
	}
	s.good[key] = true
}

// tries are the certificates' signatures that one verification looked at: none is
// looked at twice, and no container may ask for too many. It is one goroutine's.
type tries struct {
	cache *signatureCache
	bad   map[[64]byte]error
	count int
}

var errTooMany = errors.New("too many possible issuers")

func newTries(cache *signatureCache) *tries {
	return &tries{cache: cache, bad: map[[64]byte]error{}}
}

// spend counts a signature that is no certificate's; false when there were too many.
func (t *tries) spend() bool {
	t.count++
	return t.count <= maxTries
}

// verify checks that the issuer signed the certificate.
func (t *tries) verify(c, issuer *Certificate) error {
	key := pairOf(c, issuer)
	if t.cache.has(key) {
		return nil
	}
	if err := t.bad[key]; err != nil {
		return err
	}
	if !t.spend() {
		return errTooMany
	}
	err := c.verifySignature(issuer)
	if err != nil {
		t.bad[key] = err
		return err
	}
	t.cache.add(key)
	return nil
}
