package ncalayer

import (
	"bytes"
	"context"
	"encoding/json"
)

// frame is a request of a page.
type frame struct {
	Module string          `json:"module"`
	Method string          `json:"method"`
	Args   json.RawMessage `json:"args"`
}

const (
	basicsModule = "kz.gov.pki.knca.basics"
	commonModule = "kz.gov.pki.knca.commonUtils"
)

// answer serves one request; nil means that no reply is ever sent.
func (e *Emulator) answer(ctx context.Context, raw []byte) []byte {
	var f frame
	if json.Unmarshal(raw, &f) != nil {
		return []byte(`{"success":false,"code":"COMMON_JSON_WRAPPING_EXCEPTION"}`)
	}
	var reply any
	switch f.Module {
	case basicsModule:
		reply = e.basics(ctx, f)
	case commonModule:
		reply = e.common(ctx, f)
	default:
		// So plain NCALayer answers the probe for kz.digiflow.mobile.extensions.
		return []byte(`{"success":false,"errorCode":"MODULE_NOT_FOUND"}`)
	}
	if reply == nil {
		return nil
	}
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(reply); err != nil {
		return []byte(`{"success":false,"code":"COMMON_JSON_WRAPPING_EXCEPTION"}`)
	}
	return bytes.TrimSpace(b.Bytes())
}

// open waits for the turn of a dialog; false when the page went meanwhile.
func (e *Emulator) open(ctx context.Context) bool {
	select {
	case <-e.dialog:
		return true
	case <-ctx.Done():
		return false
	}
}

func (e *Emulator) close() { e.dialog <- struct{}{} }

// ask opens a dialog and tells what the person did. A refusal is a note why no
// key serves; the person can then only cancel.
func (e *Emulator) ask(ctx context.Context, r Request, refuse func(*Key) string) (*Key, Answer) {
	if !e.open(ctx) {
		return nil, Silence
	}
	defer e.close()
	key, a := e.take()
	r.At = e.opts.Clock()
	switch {
	case a != Sign:
	case key == nil:
		a, r.Note = Cancel, "no key"
	default:
		if note := refuse(key); note != "" {
			a, r.Note = Cancel, note
		}
	}
	r.Answer = a
	e.record(r)
	if a == Silence {
		<-ctx.Done()
	}
	return key, a
}
