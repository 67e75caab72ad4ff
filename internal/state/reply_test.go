package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"mekenjai"
)

const asked, other = mekenjai.IIN("900101300811"), mekenjai.IIN("791028302728")

func line(fetch func(context.Context, mekenjai.IIN) ([]byte, error)) Line[mekenjai.IIN, Citizen] {
	return Line[mekenjai.IIN, Citizen]{
		Peer: Citizens, Limit: time.Second, Fetch: fetch,
		Concerns: func(c Citizen, iin mekenjai.IIN) bool { return c.IIN == iin },
	}
}

func answering(c *Citizen) Line[mekenjai.IIN, Citizen] {
	return line(func(context.Context, mekenjai.IIN) ([]byte, error) { return EncodeJSON(c) })
}

func TestReplyCarriesItsEvidence(t *testing.T) {
	r, err := answering(&Citizen{IIN: asked, Exists: true, Phone: "+77010000001"}).Ask(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Found || r.Value.Phone != "+77010000001" || r.Source != Citizens || r.Subject != string(asked) {
		t.Errorf("reply %+v", r)
	}
	if r.SHA256 != sha256.Sum256(r.Raw) || r.AskedAt.IsZero() || r.AnsweredAt.Before(r.AskedAt) {
		t.Errorf("evidence %+v", r.Evidence)
	}
}

func TestCarriedQuestionIsEvidenceToo(t *testing.T) {
	value, err := EncodeJSON(&Citizen{IIN: asked, Exists: true})
	if err != nil {
		t.Fatal(err)
	}
	carried := Carried{Request: []byte("shown"), RequestSHA256: sha256.Sum256([]byte("sent")), Reply: []byte("<envelope/>"), Data: value}
	l := line(nil)
	l.Carry = func(context.Context, mekenjai.IIN) (Carried, error) { return carried, nil }
	r, err := l.Ask(t.Context(), asked)
	if err != nil || !r.Found || !r.Value.Exists {
		t.Fatalf("got %+v, %v", r, err)
	}
	if string(r.Request) != "shown" || r.RequestSHA256 != carried.RequestSHA256 || string(r.Raw) != "<envelope/>" || r.SHA256 != sha256.Sum256(r.Raw) {
		t.Errorf("evidence %+v", r.Evidence)
	}
	carried.NotFound, carried.Data = true, nil
	if r, err = l.Ask(t.Context(), asked); err != nil || r.Found || string(r.Raw) != "<envelope/>" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestPeerThatKnowsNothingDoesAnswer(t *testing.T) {
	r, err := answering(nil).Ask(t.Context(), asked)
	if err != nil || r.Found || len(r.Raw) == 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestReplyAboutAnotherPersonIsNotTrusted(t *testing.T) {
	_, err := answering(&Citizen{IIN: other}).Ask(t.Context(), asked)
	if !errors.Is(err, mekenjai.ErrUnavailable) || !errors.Is(err, ErrOtherSubject) {
		t.Errorf("got %v", err)
	}
}

func TestReplyThatCannotBeReadIsASilence(t *testing.T) {
	for _, raw := range []string{
		``, `{`, `[]`, `{"found":true}`, `{"found":false,"value":{}}`,
		`{"found":true,"value":{"iin":"900101300811","unknown":1}}`, `{"found":false} {"found":false}`,
	} {
		l := line(func(context.Context, mekenjai.IIN) ([]byte, error) { return []byte(raw), nil })
		if _, err := l.Ask(t.Context(), asked); !errors.Is(err, ErrMalformed) || !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("%q: got %v", raw, err)
		}
	}
}

// What travelled for nothing is evidence too, without the secrets that it may repeat.
func TestSilenceCarriesWhatTravelled(t *testing.T) {
	value, err := EncodeJSON(&Citizen{IIN: other})
	if err != nil {
		t.Fatal(err)
	}
	carried := Carried{Message: "2", Request: []byte("shown"), RequestSHA256: sha256.Sum256([]byte("sent")), Reply: []byte("a secret"), Data: value,
		Before: []Evidence{{Source: Consents, Message: "1"}}}
	var failed error
	l := line(nil)
	l.Carry = func(context.Context, mekenjai.IIN) (Carried, error) { return carried, failed }
	l.Blank = func(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte("secret"), []byte("***")) }
	exchanges := func(want int) []Evidence {
		t.Helper()
		_, err := l.Ask(t.Context(), asked)
		var s *Silence
		if !errors.As(err, &s) || len(s.Exchanges) != want || s.Exchanges[0].Message != "1" || s.Exchanges[0].Trouble != nil {
			t.Fatalf("got %v", err)
		}
		return s.Exchanges
	}
	if x := exchanges(2)[1]; x.Message != "2" || !errors.Is(x.Trouble, ErrOtherSubject) || string(x.Raw) != "a ***" || x.Form != Shown ||
		x.SHA256 != sha256.Sum256([]byte("a secret")) || x.AnsweredAt.IsZero() {
		t.Errorf("an answer about another: %+v", x)
	}
	carried.Reply, failed = nil, ErrDown
	if x := exchanges(2)[1]; !errors.Is(x.Trouble, ErrDown) || string(x.Request) != "shown" || x.RequestSHA256 != carried.RequestSHA256 ||
		x.Raw != nil || x.SHA256 != [sha256.Size]byte{} || !x.AnsweredAt.IsZero() {
		t.Errorf("no answer: %+v", x)
	}
	carried = Carried{Before: carried.Before} // nothing left us
	exchanges(1)
}

func TestSlowPeerIsASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := line(func(ctx context.Context, _ mekenjai.IIN) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		start := time.Now()
		_, err := l.Ask(t.Context(), asked)
		var s *Silence
		if !errors.As(err, &s) || s.Peer != Citizens || !errors.Is(err, ErrSlow) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("waited %v", took)
		}
	})
}

func TestCallerWhoGivesUpGetsHisOwnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l := line(func(ctx context.Context, _ mekenjai.IIN) ([]byte, error) {
		cancel()
		return nil, ctx.Err()
	})
	if _, err := l.Ask(ctx, asked); !errors.Is(err, context.Canceled) || errors.Is(err, mekenjai.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestUnconnectedPeersAnswerNothing(t *testing.T) {
	p := Unconnected()
	_, e1 := p.Person(t.Context(), asked)
	_, e2 := p.Property(t.Context(), "0000000000000001")
	_, e3 := p.Relation(t.Context(), PairOf(asked, other))
	for _, err := range []error{e1, e2, e3} {
		if !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
	for i, h := range p.Check(t.Context()) {
		if h.Peer != All[i] || !errors.Is(h.Err, ErrUnconnected) {
			t.Errorf("health %+v", h)
		}
	}
}

func TestCheckTellsWhichPeerIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Unconnected()
		p.Ping = func(ctx context.Context, peer Peer) error {
			if peer == Civil {
				<-ctx.Done()
				return ctx.Err()
			}
			time.Sleep(20 * time.Millisecond)
			return nil
		}
		for _, h := range p.Check(t.Context()) {
			if slow := h.Peer == Civil; slow != errors.Is(h.Err, ErrSlow) || !slow && h.Latency != 20*time.Millisecond {
				t.Errorf("health %+v", h)
			}
		}
	})
}
