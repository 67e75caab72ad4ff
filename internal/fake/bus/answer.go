package bus

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
)

// Codes of the bus with which the simulator answers.
const (
	codeFailed  = "SCSE001" // the generic error
	codeEmpty   = "SCSE002"
	codeLater   = "SCSE003"
	codeInvalid = "SBF-VE-8" // a document that is not of the service's schema
	codeAccess  = "SBF-AD-1" // not the sender that is registered
	codeStrange = "SCSE777"  // nobody has heard of it
)

// service is one that is registered at the bus.
type service struct {
	shep.Service
	peer   state.Peer
	answer func(ctx context.Context, f country.Fault, q question) (doc []byte, err error)
}

// question is a message whose sender was let in.
type question struct {
	shep.Request
	doc []byte    // the document that its signature covers, where it must have one
	now time.Time // of the bus
}

// refusal is an answer of the bus that brings no document.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + " " + r.message }

// answer is what the bus says to a message that is one by its schema and is signed.
func (b *Bus) answer(ctx context.Context, q shep.Request) (shep.Response, error) {
	b.follow(q.Date)
	s, err := b.admit(q)
	if err != nil {
		return refused(err)
	}
	v, _ := ctx.Value(verdictKey{}).(*verdict)
	v.service = s.ID
	asked := question{Request: q, doc: q.Data, now: b.clock()}
	if q.Variant != s.Variant {
		return refused(&refusal{codeInvalid, "data is not of the variant of the service"})
	}
	if s.Signs {
		if asked.doc, err = b.signed(ctx, q); err != nil {
			return refused(err)
		}
	}
	f := b.faultOf(s, q)
	if err := f.Suffer(ctx); err != nil {
		v.silent = true
		return shep.Response{}, nil
	}
	if r, struck, err := strikeStatus(f.Kind); struck {
		return r, err
	}
	sum := sha256.Sum256(append([]byte(q.ServiceID+"\x00"), asked.doc...)) // a signature differs each time
	r, again, other := b.answered.find(q.MessageID, sum)
	if s.peer == state.Entries {
		again, other = false, false // it remembers its deeds itself, and for good
	}
	switch {
	case other:
		return refused(&refusal{codeInvalid, "the messageId was used for another message"})
	case !again:
		if r, err = b.ask(ctx, s, f, asked); err != nil {
			return refused(err)
		}
		if f.Kind == country.Works && s.peer != state.Entries {
			b.answered.keep(q.MessageID, sum, r)
		}
	}
	v.fault = f.Kind
	return r, nil
}

// ask puts the question to the service and signs what it says.
func (b *Bus) ask(ctx context.Context, s service, f country.Fault, q question) (shep.Response, error) {
	doc, err := s.answer(ctx, f, q)
	if err == nil && s.Signed {
		doc, err = xmldsig.Sign(b.keys.Register, doc, xmldsig.SignOptions{})
	}
	return shep.Response{Variant: s.Variant, Data: doc}, err
}

// admit lets the registered customer in, with its own key, to a service that exists.
func (b *Bus) admit(q shep.Request) (service, error) {
	c := b.customer
	if q.Sender.ID != c.ID || subtle.ConstantTimeCompare([]byte(q.Sender.Password), []byte(c.Password)) != 1 {
		return service{}, &refusal{codeAccess, "the sender is not registered, or its password is wrong"}
	}
	if q.Signer == nil || !q.Signer.Equal(b.keys.Client.Certificate) {
		return service{}, &refusal{codeAccess, "the message is signed by another than the sender"}
	}
	s, known := b.services[q.ServiceID]
	if !known {
		return service{}, &refusal{codeFailed, "no such service is registered"}
	}
	return s, nil
}

// signed is what the sender's signature in the document covers.
func (b *Bus) signed(ctx context.Context, q shep.Request) ([]byte, error) {
	r, err := xmldsig.Verify(ctx, b.verifier, q.Data, xmldsig.Options{Options: eds.Options{At: b.clock(), Usage: eds.UsageSign}})
	switch {
	case err != nil:
		return nil, err
	case !r.Valid() || len(r.Signed) != 1 || !r.Signed[0].Whole:
		return nil, &refusal{codeInvalid, "the document is not signed, or its signature is not good"}
	case r.Signers[0].Certificate == nil || !r.Signers[0].Certificate.Equal(b.keys.Client.Certificate):
		return nil, &refusal{codeAccess, "the document is signed by another than the sender"}
	}
	return r.Signed[0].Content, nil
}

// faultOf is how the service fails now, for everybody or at this number.
func (b *Bus) faultOf(s service, q shep.Request) country.Fault {
	if iin := subjectOf(s, q.Data); iin != "" {
		if scenario, ok := scenarioOf(iin); ok && scenario.Peer == s.peer {
			return scenario.Fault
		}
	}
	return b.country.Fault(s.peer)
}

// strikeStatus are the faults that are answers of the bus itself.
func strikeStatus(kind country.FaultKind) (r shep.Response, struck bool, err error) {
	switch kind {
	case SOAPFault:
		return r, true, &shep.Fault{Code: "FAULT-015", Message: "The service of the simulated register has failed"}
	case Failed:
		return shep.Response{Code: codeFailed, Message: "Error"}, true, nil
	case Empty:
		return shep.Response{Code: codeEmpty, Message: "Business error"}, true, nil
	case Later:
		return shep.Response{Code: codeLater, Message: "Try later"}, true, nil
	case Strange:
		return shep.Response{Code: codeStrange, Message: "Unknown"}, true, nil
	}
	return r, false, nil
}

// refused makes an answer of a refusal; every other error is a fault of the simulator.
func refused(err error) (shep.Response, error) {
	var r *refusal
	if errors.As(err, &r) {
		return shep.Response{Code: r.code, Message: clipped(r.message)}, nil
	}
	return shep.Response{}, err
}

// clipped is as much of a message as the schema allows.
func clipped(s string) string {
	letters := []rune(s)
	return string(letters[:min(len(letters), 250)])
}
