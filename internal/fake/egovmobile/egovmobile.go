// Package egovmobile plays the application eGov Mobile as a service meets it: it
// reads a QR code or a deep link, asks API 1 and API 2 over HTTP, signs what it is
// given with a key of the test authority, as the method says, and puts it back. Like
// the real one it speaks only to hosts that it knows. What the person would read on
// the screen is returned; nobody is asked for a password.
package egovmobile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/state/mobile"
)

// Phone is the application in one phone. The zero value speaks to every host.
type Phone struct {
	HTTP  *http.Client     // nil: one that waits ten seconds
	Host  string           // the only host it knows, "" for any
	Clock func() time.Time // of signing; nil: time.Now
	Lang  string           // kk, ru or en
}

// ErrForeign says that the application does not know the host.
var ErrForeign = errors.New("the host is not on the allow-list")

// Refused is an answer other than 200.
type Refused struct{ Status int }

func (e *Refused) Error() string { return fmt.Sprintf("the service answers %d", e.Status) }

// Screen is what the person sees before he signs.
type Screen struct {
	mobile.Invitation
	mobile.Parcel
}

// mostAnswer bounds what is read from a service.
const mostAnswer = 4 << 20

// Open scans a code: API 1, then API 2.
func (p Phone) Open(ctx context.Context, code string) (s Screen, err error) {
	link, err := mobile.ReadLink(code)
	if err != nil {
		return s, err
	}
	answer, err := p.ask(ctx, http.MethodGet, link, "", nil)
	if err != nil {
		return s, err
	}
	if s.Invitation, err = mobile.Read[mobile.Invitation](bytes.NewReader(answer)); err != nil {
		return s, err
	}
	if s.Document.Auth != mobile.Token && s.Document.Auth != mobile.None {
		return s, fmt.Errorf("%w: auth_type %q is not emulated", mobile.ErrMalformed, s.Document.Auth)
	}
	if answer, err = p.ask(ctx, http.MethodGet, s.Document.URI, s.Document.Token, nil); err != nil {
		return s, err
	}
	s.Parcel, err = mobile.Read[mobile.Parcel](bytes.NewReader(answer))
	return s, err
}

// Sign signs every document on the screen and puts them back.
func (p Phone) Sign(ctx context.Context, s Screen, key *eds.Key) error {
	signed := s.Parcel
	signed.Documents = nil
	for _, d := range s.Documents {
		if d.File == nil || s.Method != mobile.WithData && s.Method != mobile.SignOnly {
			return fmt.Errorf("%w: method %q is not emulated", mobile.ErrMalformed, s.Method)
		}
		cms, err := eds.SignCMS(key, d.File.File.Data, eds.SignOptions{Attached: s.Method == mobile.WithData, Time: p.now()})
		if err != nil {
			return err
		}
		d.File = &mobile.Content{File: mobile.File{MIME: d.File.File.MIME, Data: cms}}
		signed.Documents = append(signed.Documents, d)
	}
	body, err := json.Marshal(signed)
	if err != nil {
		return err
	}
	_, err = p.ask(ctx, http.MethodPut, s.Document.URI, s.Document.Token, body)
	return err
}

func (p Phone) now() time.Time {
	if p.Clock == nil {
		return time.Now()
	}
	return p.Clock()
}

func (p Phone) ask(ctx context.Context, method, address, token string, body []byte) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || p.Host != "" && u.Host != p.Host {
		return nil, ErrForeign
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Language", p.Lang)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	client := p.HTTP
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = &Refused{answer.StatusCode}
	}
	return text, err
}
