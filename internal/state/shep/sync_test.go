package shep_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig"
	"mekenjai/internal/state/shep"
)

func TestEveryVariantGoesThereAndBackUnchanged(t *testing.T) {
	w := newWorld(t, echo)
	for _, x := range []struct {
		service shep.Service
		doc     string
	}{
		{person, string(typed("1&lt;2"))},
		{shep.Service{ID: "a", Variant: shep.Plain}, `<data xmlns:k="urn:k"><k:one a="&quot;">қазақша</k:one><two/></data>`},
		{shep.Service{ID: "b", Variant: shep.Text}, `<?xml version="1.0"?><R xmlns="urn:x"><![CDATA[a<b&c]]> "d"</R>`},
	} {
		got, err := w.client.Ask(t.Context(), x.service, []byte(x.doc))
		if err != nil || string(got.Data) != x.doc {
			t.Errorf("%s: %s, %v", x.service.Variant, got.Data, err)
		}
		last := w.got[len(w.got)-1]
		if last.Variant != x.service.Variant || string(last.Data) != x.doc || last.ServiceID != x.service.ID || last.MessageID != got.MessageID ||
			last.Sender != w.client.Sender || last.Signer == nil {
			t.Errorf("%s: the bus read %+v", x.service.Variant, last)
		}
	}
}

func TestSignaturesOfEveryKindAreMadeAndRead(t *testing.T) {
	w := newWorld(t, echo)
	for name, o := range map[string]pki.Options{"GOST 512": {}, "RSA": {Algorithm: eds.RSASHA256}} {
		w.client.Key, w.server.Key = key(t, "Mekenjai", o), key(t, "Bus", o)
		w.client.Bus = []*eds.Certificate{w.server.Key.Certificate}
		if _, err := w.client.Ask(t.Context(), person, typed("1")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBusinessDocumentsAreSignedBothWays(t *testing.T) {
	register := key(t, "Register", pki.Options{})
	for _, variant := range []shep.Variant{shep.Typed, shep.Text} {
		s := shep.Service{ID: "GbdulInfoByBin_v2", Variant: variant, Signs: true, Signed: true, Signers: []*eds.Certificate{register.Certificate}}
		answer := register
		w := newWorld(t, func(ctx context.Context, r shep.Request) (shep.Response, error) {
			if report, err := xmldsig.Verify(ctx, verifier(), r.Data, xmldsig.Options{}); err != nil || !report.Valid() {
				return shep.Response{}, fmt.Errorf("our document: %v %w", report.Reasons, err)
			}
			doc := typed("answer")
			if answer != nil {
				var err error
				if doc, err = xmldsig.Sign(answer, doc, xmldsig.SignOptions{}); err != nil {
					return shep.Response{}, err
				}
			}
			return shep.Response{Variant: variant, Data: doc}, nil
		})
		if x, err := w.client.Ask(t.Context(), s, typed("question")); err != nil || !bytes.Contains(x.Data, []byte("answer")) {
			t.Errorf("%s: %s, %v", variant, x.Data, err)
		}
		for _, answer = range []*eds.Key{nil, key(t, "Somebody else", pki.Options{})} {
			if x, err := w.client.Ask(t.Context(), s, typed("question")); !errors.Is(err, shep.ErrUntrusted) || x.Data != nil {
				t.Errorf("%s, signed by another or nobody: %s, %v", variant, x.Data, err)
			}
		}
	}
}

func TestErrorsComeOnTheirPlanesWithTheirClasses(t *testing.T) {
	var response shep.Response
	var fails error
	w := newWorld(t, func(context.Context, shep.Request) (shep.Response, error) { return response, fails })
	for _, x := range []struct {
		response shep.Response
		fails    error
		plane    shep.Plane
		code     string
		class    shep.Class
	}{
		{shep.Response{Code: "SCSE001", Message: "Не найдено"}, nil, shep.PlaneStatus, "SCSE001", shep.Business},
		{shep.Response{Code: "SCSE003", Message: "later"}, nil, shep.PlaneStatus, "SCSE003", shep.Retry},
		{shep.Response{Code: "XYZ", Message: "?"}, nil, shep.PlaneStatus, "XYZ", shep.Unknown},
		{shep.Response{}, &shep.Fault{Code: "SBF-AD-1", Message: "no"}, shep.PlaneFault, "SBF-AD-1", shep.Access},
		{shep.Response{}, errors.New("its own affair"), shep.PlaneFault, "SCSE001", shep.Business},
	} {
		response, fails = x.response, x.fails
		_, err := w.client.Ask(t.Context(), person, typed("1"))
		var said *shep.Error
		if !errors.As(err, &said) || said.Plane != x.plane || said.Code != x.code || said.Class != x.class {
			t.Errorf("%s: %v", x.code, err)
		}
		if err != nil && strings.Contains(err.Error(), "affair") {
			t.Error("a fault tells the server's own affairs")
		}
	}
}

func TestWhatIsAskedForIsRepeatedWithTheSameNumber(t *testing.T) {
	var n atomic.Int32
	w := newWorld(t, func(ctx context.Context, r shep.Request) (shep.Response, error) {
		if n.Add(1) < 3 {
			return shep.Response{Code: "SCSE003", Message: "later"}, nil
		}
		return echo(ctx, r)
	})
	w.client.Tries = 3
	if _, err := w.client.Ask(t.Context(), person, typed("1")); err != nil {
		t.Fatal(err)
	}
	if len(w.got) != 3 || w.got[0].MessageID != w.got[2].MessageID {
		t.Errorf("%d messages", len(w.got))
	}
}

func TestABusinessRefusalIsNotRepeated(t *testing.T) {
	w := newWorld(t, func(context.Context, shep.Request) (shep.Response, error) {
		return shep.Response{Code: "SCSE001", Message: "no"}, nil
	})
	w.client.Tries = 3
	if _, err := w.client.Ask(t.Context(), person, typed("1")); err == nil || len(w.got) != 1 {
		t.Errorf("%d messages, %v", len(w.got), err)
	}
}

// What a reply must not be, and is never read.
func TestHostileRepliesAreNotRead(t *testing.T) {
	w := newWorld(t, echo)
	other := key(t, "Stranger", pki.Options{})
	var latest []byte
	genuine := func(r *http.Request) []byte {
		rec := &recorder{}
		w.server.ServeHTTP(rec, r)
		return rec.body.Bytes()
	}
	for name, x := range map[string]struct {
		reply func(r *http.Request) []byte
		want  error
	}{
		"unsigned": {func(r *http.Request) []byte { return unsigned(genuine(r)) }, shep.ErrUntrusted},
		"signed by another": {func(r *http.Request) []byte {
			raw, _ := xmldsig.SignEnvelope(other, unsigned(genuine(r)))
			return raw
		}, shep.ErrUntrusted},
		"changed": {func(r *http.Request) []byte {
			return bytes.Replace(genuine(r), []byte("<iin>1<"), []byte("<iin>2<"), 1)
		}, shep.ErrUntrusted},
		"wrapped": {func(r *http.Request) []byte {
			raw := genuine(r)
			from, to := bytes.Index(raw, []byte("<soap:Body")), bytes.Index(raw, []byte("</soap:Envelope>"))
			body := string(raw[from:to])
			forged := strings.Replace(strings.Replace(body, "<iin>1<", "<iin>2<", 1), `Id="id-`, `Id="id-x`, 1)
			return []byte(strings.Replace(string(raw), body, forged+"<x>"+body+"</x>", 1))
		}, shep.ErrMalformed},
		"to another message": {func(r *http.Request) []byte { return latest }, shep.ErrOtherMessage},
		"not XML":            {func(*http.Request) []byte { return []byte("<html><br>gateway</html>") }, shep.ErrMalformed},
		"empty":              {func(*http.Request) []byte { return nil }, shep.ErrMalformed},
		"entities": {func(r *http.Request) []byte {
			return append([]byte(`<!DOCTYPE a [<!ENTITY b "c">]>`), genuine(r)[len(`<?xml version="1.0" encoding="UTF-8"?>`):]...)
		}, shep.ErrMalformed},
		"children qualified": {func(r *http.Request) []byte {
			raw := bytes.Replace(unsigned(genuine(r)), []byte("<response>"), []byte("<t:response>"), 1)
			raw, _ = xmldsig.SignEnvelope(w.server.Key, bytes.Replace(raw, []byte("</response>"), []byte("</t:response>"), 1))
			return raw
		}, shep.ErrMalformed},
	} {
		w.before, w.client = nil, w.another(w.client.Key)
		if latest == nil {
			x, err := w.client.Ask(t.Context(), person, typed("1"))
			if err != nil {
				t.Fatal(err)
			}
			latest = x.Reply
		}
		w.before = func(rw http.ResponseWriter, r *http.Request) bool {
			rw.Header().Set("Content-Type", "text/xml")
			_, _ = rw.Write(x.reply(r))
			return true
		}
		if got, err := w.client.Ask(t.Context(), person, typed("1")); !errors.Is(err, x.want) || got.Data != nil {
			t.Errorf("%s: %q, %v", name, got.Data, err)
		}
	}
}

func TestFiftyMegabytesAreNotRead(t *testing.T) {
	w := newWorld(t, echo)
	var sent atomic.Int64
	w.before = func(rw http.ResponseWriter, r *http.Request) bool {
		n, _ := io.Copy(rw, io.LimitReader(endless{}, 50<<20))
		sent.Store(n)
		return true
	}
	if _, err := w.client.Ask(t.Context(), person, typed("1")); !errors.Is(err, shep.ErrTooLarge) {
		t.Error(err)
	}
}

func TestAnUnsignedFaultDelaysAndDecidesNothing(t *testing.T) {
	w := newWorld(t, echo)
	w.client.Codes = shep.UsualCodes().With(shep.Codes{"NF": shep.NotFound})
	w.before = func(rw http.ResponseWriter, r *http.Request) bool {
		rw.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(rw, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>NF</faultcode><faultstring>x</faultstring></s:Fault></s:Body></s:Envelope>`)
		return true
	}
	_, err := w.client.Ask(t.Context(), person, typed("1"))
	var said *shep.Error
	if !errors.As(err, &said) || said.Class != shep.Unknown {
		t.Error(err)
	}
}

func TestTheBreakerLeavesAServiceAloneAndTriesItAgain(t *testing.T) {
	w := newWorld(t, echo)
	down := true
	w.before = func(rw http.ResponseWriter, r *http.Request) bool {
		if down {
			rw.WriteHeader(http.StatusBadGateway)
		}
		return down
	}
	for range 5 {
		if _, err := w.client.Ask(t.Context(), person, typed("1")); !errors.Is(err, shep.ErrTransport) {
			t.Fatal(err)
		}
	}
	if _, err := w.client.Ask(t.Context(), person, typed("1")); !errors.Is(err, shep.ErrOpen) || w.client.Breaker(person.ID) != shep.Open {
		t.Errorf("%v, %s", err, w.client.Breaker(person.ID))
	}
	down = false
	if _, err := w.client.Ask(t.Context(), shep.Service{ID: "another", Variant: shep.Typed}, typed("1")); err != nil {
		t.Errorf("another service: %v", err)
	}
	time.Sleep(1100 * time.Millisecond)
	if _, err := w.client.Ask(t.Context(), person, typed("1")); err != nil || w.client.Breaker(person.ID) != shep.Closed {
		t.Errorf("%v, %s", err, w.client.Breaker(person.ID))
	}
}

func TestSecretsAreNotKeptAndTheSumIsOfWhatWasSent(t *testing.T) {
	w := newWorld(t, echo)
	var sum [32]byte
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		raw, _ := io.ReadAll(r.Body)
		sum = sha256.Sum256(raw)
		r.Body = io.NopCloser(bytes.NewReader(raw))
		return false
	}
	x, err := w.client.Ask(t.Context(), person, typed("1"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(x.Request, []byte("secret")) || !bytes.Contains(x.Request, []byte("<password>***</password>")) || x.RequestSHA256 != sum {
		t.Errorf("kept %s", x.Request)
	}
}

// The bus refuses messages that its schema does not allow, or that are not signed.
func TestTheServerIsStrict(t *testing.T) {
	w := newWorld(t, echo)
	var sent []byte
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		raw, _ := io.ReadAll(r.Body)
		if sent == nil {
			sent = raw
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		return false
	}
	if _, err := w.client.Ask(t.Context(), person, typed("1")); err != nil {
		t.Fatal(err)
	}
	good := string(unsigned(sent))
	for name, raw := range map[string]string{
		"order":          swapped(good, "messageId", "serviceId"),
		"qualified":      strings.ReplaceAll(strings.ReplaceAll(good, "<request>", "<t:request>"), "</request>", "</t:request>"),
		"default":        strings.Replace(strings.ReplaceAll(strings.ReplaceAll(good, "<t:", "<"), "</t:", "</"), "xmlns:t=", "xmlns=", 1),
		"session":        strings.Replace(good, "</sender>", "</sender><sessionId>3f2504e0-4f89-11d3-9a0c-0305e82c3301</sessionId>", 1),
		"unknown":        strings.Replace(good, "</sender>", "</sender><more/>", 1),
		"no prefix":      strings.Replace(good, "<requestData>", "<q:x/><requestData>", 1),
		"date":           strings.Replace(good, "<messageDate>2", "<messageDate>x2", 1),
		"two operations": strings.Replace(good, "</soap:Body>", `<a/></soap:Body>`, 1),
	} {
		if raw == good {
			t.Errorf("%s: nothing was changed", name)
		}
		signed, err := xmldsig.SignEnvelope(w.client.Key, []byte(raw))
		if err != nil {
			signed = []byte(raw) // so broken that it cannot be signed
		}
		if body := post(t, w.url, signed); !strings.Contains(body, "Fault") || strings.Contains(body, "SCSS001") {
			t.Errorf("%s: %.300s", name, body)
		}
	}
	if body := post(t, w.url, []byte(good)); !strings.Contains(body, "SBF-AD-1") {
		t.Errorf("unsigned: %.300s", body)
	}
}
