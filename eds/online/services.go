package online

import (
	"context"
	"net/http"
	"sync"
	"time"

	"mekenjai/eds"
)

// OCSP asks a responder about revocation. It implements eds.RevocationChecker.
type OCSP struct {
	Client *Client
	URL    string

	mu    sync.Mutex
	known map[string]*eds.OCSPResponse
}

// stapled is how long an answer without an end is used again, and maxKnown how many
// are kept.
const (
	stapled  = 5 * time.Minute
	maxKnown = 4096
)

// CheckRevocation asks the responder, or uses an answer of the last five minutes.
func (o *OCSP) CheckRevocation(ctx context.Context, c, issuer *eds.Certificate, at time.Time) eds.Revocation {
	key := c.Serial() + "\x00" + issuer.KeyID() + "\x00" + issuer.SubjectName()
	if r := o.fresh(key); r != nil {
		if a := (eds.OCSPResponses{r}).CheckRevocation(ctx, c, issuer, at); a.Status != eds.RevocationUnavailable {
			return a
		}
	}
	request := eds.NewOCSPRequest(c, issuer)
	body, err := o.Client.do(ctx, http.MethodPost, o.URL, "application/ocsp-request", request.Bytes(), maxAnswer)
	if err != nil {
		return eds.Revocation{Status: eds.RevocationUnavailable, Source: "ocsp", Detail: err.Error()}
	}
	response, err := request.Answer(body)
	if err != nil {
		return eds.Revocation{Status: eds.RevocationUnavailable, Source: "ocsp", Detail: err.Error()}
	}
	o.keep(key, response)
	return eds.OCSPResponses{response}.CheckRevocation(ctx, c, issuer, at)
}

func (o *OCSP) fresh(key string) *eds.OCSPResponse {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.known[key]
	if r == nil || o.Client.now().Sub(r.ProducedAt) > stapled {
		return nil
	}
	return r
}

func (o *OCSP) keep(key string, r *eds.OCSPResponse) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil || len(o.known) >= maxKnown {
		o.known = map[string]*eds.OCSPResponse{}
	}
	o.known[key] = r
}

// TSA asks a time-stamping authority for tokens.
type TSA struct {
	Client *Client
	URL    string
}

// Timestamp returns a token over data, usually the value of a signature. It is the
// answer to this very request; whether its authority is trusted, the verifier says.
func (t *TSA) Timestamp(ctx context.Context, data []byte, d eds.Digest) ([]byte, error) {
	request, err := eds.NewTimestampRequest(data, d)
	if err != nil {
		return nil, err
	}
	body, err := t.Client.do(ctx, http.MethodPost, t.URL, "application/timestamp-query", request.Bytes(), maxAnswer)
	if err != nil {
		return nil, err
	}
	return request.Token(body)
}

// Lists keeps an eds.CRLStore up to date from fixed addresses.
type Lists struct {
	Client      *Client
	Store       *eds.CRLStore
	URLs        []string
	Authorities []*eds.Certificate

	mu     sync.Mutex
	health map[string]error
}

// Refresh fetches every list once. A list that cannot be fetched, read or verified
// leaves the last good one in its place; the errors are in Health.
func (l *Lists) Refresh(ctx context.Context) {
	for _, url := range l.URLs {
		body, err := l.Client.do(ctx, http.MethodGet, url, "", nil, maxList)
		if err == nil {
			_, err = l.Store.Load(body, l.Authorities...)
		}
		l.mu.Lock()
		if l.health == nil {
			l.health = map[string]error{}
		}
		l.health[url] = err
		l.mu.Unlock()
	}
}

// Health tells for each address how the last refresh went; nil is well.
func (l *Lists) Health() map[string]error {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[string]error, len(l.health))
	for url, err := range l.health {
		out[url] = err
	}
	return out
}
