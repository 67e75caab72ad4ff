package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/state/mobile"
	"mekenjai/internal/web"
)

// What the application in the phone calls. It has no session here: the link and the
// token tell what it is about, the certificate of the signature who signs.

// apiPath is short: it stands in a QR code, and every letter makes that finer.
const apiPath = "/m/"

const documentOf = "/document"

// mostParcel bounds what a phone sends: one signature with its text, in base64.
const mostParcel = 256 << 10

func (m *Mobile) api1(s access.Mobile) string { return m.Origin + apiPath + s.Link }

func (p *Portal) mobileAPI() map[string]http.Handler {
	if p.Mobile == nil {
		return nil
	}
	return map[string]http.Handler{
		"GET " + apiPath + "{link}":              forPhone(p.invite),
		"GET " + apiPath + "{link}" + documentOf: forPhone(p.handOut),
		"PUT " + apiPath + "{link}" + documentOf: forPhone(p.takeIn),
	}
}

// forPhone answers a program: a status and a short text, not a page.
func forPhone(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return web.Handler(func(w http.ResponseWriter, r *http.Request) error {
		err := serve(w, r)
		status, text := mobileStatus(err)
		if status == 0 {
			return err // nothing is wrong, or it is ours to mend
		}
		var wait *access.TooMany
		if errors.As(err, &wait) {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.RetryAfter().Seconds())))
		}
		http.Error(w, text, status)
		return nil
	})
}

// mobileStatus is what the phone is told: 403 for every signature and every link
// that is worth nothing, as the protocol has it. Why, the page of the person says.
func mobileStatus(err error) (int, string) {
	var tooBig *http.MaxBytesError
	var wrong *mekenjai.SignatureError
	switch {
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge, "too large"
	case errors.Is(err, mobile.ErrMalformed):
		return http.StatusBadRequest, "not understood"
	case errors.Is(err, mekenjai.ErrSignIn):
		return http.StatusUnauthorized, "wrong token"
	case errors.Is(err, mekenjai.ErrNotFound):
		return http.StatusNotFound, "no such link"
	case errors.As(err, &wrong):
		return http.StatusForbidden, "signature not accepted"
	case errors.Is(err, mekenjai.ErrStale):
		return http.StatusForbidden, "link used or expired"
	case errors.Is(err, mekenjai.ErrTooMany):
		return http.StatusTooManyRequests, "too many requests"
	}
	return 0, ""
}

func sendJSON(w http.ResponseWriter, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("answer of eGov Mobile: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text) // a phone that went away asks again
	return nil
}

// invite is API 1.
func (p *Portal) invite(w http.ResponseWriter, r *http.Request) error {
	m, token, err := p.Access.OpenMobile(r.Context(), r.PathValue("link"), p.Access.Client(r))
	if err != nil {
		return err
	}
	return sendJSON(w, mobile.Invitation{
		Description: locale.From(r.Context()).T("mobile.description"), Expires: mobile.Stamp{Time: m.Expires.In(mekenjai.Almaty)},
		Organisation: p.Mobile.Organisation,
		Document:     mobile.Pointer{URI: p.Mobile.api1(m) + documentOf, Auth: mobile.Token, Token: token},
	})
}

// handOut is API 2: the text that everybody signs, byte for byte.
func (p *Portal) handOut(w http.ResponseWriter, r *http.Request) error {
	m, err := p.Access.ReadMobile(r.Context(), r.PathValue("link"), bearer(r))
	if err != nil {
		return err
	}
	parcel, _, err := p.parcel(r.Context(), m)
	if err != nil {
		return err
	}
	return sendJSON(w, parcel)
}

// takeIn takes the signed document back and hands the signature to the verb.
func (p *Portal) takeIn(w http.ResponseWriter, r *http.Request) error {
	returned, err := mobile.Read[mobile.Parcel](http.MaxBytesReader(w, r.Body, mostParcel))
	if err != nil {
		return err
	}
	if len(returned.Documents) == 0 || returned.Documents[0].File == nil || len(returned.Documents[0].File.File.Data) == 0 {
		return mobile.ErrMalformed
	}
	err = p.Access.SignMobile(r.Context(), r.PathValue("link"), bearer(r), returned.Documents[0].File.File.Data,
		func(ctx context.Context, m access.Mobile) (string, error) {
			given, deed, err := p.parcel(ctx, m)
			if err != nil {
				return "", err
			}
			cms, err := mobile.SignatureIn(given, returned)
			if err != nil {
				return "", &mekenjai.SignatureError{Code: "text"}
			}
			return deed.sign(ctx, m.Actor, m.Subject, register.Signature{CMS: cms})
		})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("success"))
	return nil
}

// bearer is the token of the request, "" for none.
func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(token)
}

// parcel is what the phone is given. The signature is to carry its text, so that
// what was signed can be told from the signature alone.
func (p *Portal) parcel(ctx context.Context, m access.Mobile) (mobile.Parcel, mobileDeed, error) {
	deed, ok := p.mobileDeed(m.Kind)
	if !ok {
		return mobile.Parcel{}, deed, fmt.Errorf("nobody signs %q: %w", m.Kind, mekenjai.ErrNotFound)
	}
	l := locale.From(ctx)
	return mobile.Parcel{Method: mobile.WithData, Version: 1, Documents: []mobile.Document{{
		ID: 1, NameRU: locale.RU.T(deed.name), NameKZ: locale.KK.T(deed.name), NameEN: locale.EN.T(deed.name),
		Meta: []mobile.Meta{{Name: l.T("mobile.meta.code"), Value: mekenjai.ShortCode(m.Text)}, {Name: l.T("mobile.meta.site"), Value: p.Mobile.Origin}},
		File: &mobile.Content{File: mobile.File{MIME: "text/plain", Data: m.Text}},
	}}}, deed, nil
}
