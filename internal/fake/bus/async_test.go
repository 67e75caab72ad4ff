package bus_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state/shep"
)

const ourService = "mekenjai-temporary-registration"

func (s *site) asyncClient() *shep.AsyncClient {
	c := s.client()
	c.URL = s.server.URL + bus.AsyncPath
	return &shep.AsyncClient{Client: shep.Client{URL: c.URL, Sender: c.Sender, Key: c.Key, Verifier: c.Verifier, Bus: c.Bus, Clock: c.Clock, Tries: 1}}
}

var order = shep.Data("urn:example:order", "", []byte("<iin>1</iin>"))

func TestOrderWaitsUntilTheCustomerHasIt(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	c := s.asyncClient()
	first, err := s.bus.Order(t.Context(), ourService, shep.Plain, order)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.bus.Order(t.Context(), ourService, shep.Plain, order); err != nil {
		t.Fatal(err)
	}
	fetch := func() []shep.Message {
		t.Helper()
		list, err := c.Messages(t.Context(), ourService, 0)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := fetch()
	if len(list) != 2 || list[0].CorrelationID != first || list[0].Type != shep.Order || len(fetch()) != 2 {
		t.Fatalf("fetched %+v", list)
	}
	for i, accepted := range []bool{true, false} {
		d := shep.Delivery{MessageID: list[i].MessageID, ServiceID: ourService, Date: now, StatusDate: now, Accepted: accepted, Resend: !accepted}
		if err := c.Deliver(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if left := fetch(); len(left) != 1 || left[0].MessageID != list[1].MessageID {
		t.Errorf("left %+v", left)
	}
	if p, err := c.Status(t.Context(), list[0].MessageID); err != nil || p.State != shep.Delivered {
		t.Errorf("status %+v %v", p, err)
	}
	answer := shep.Message{CorrelationID: first, ServiceID: ourService, Type: shep.Notification, Variant: shep.Plain, Data: order}
	if _, err := c.Send(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if thread, ok := s.bus.Thread(first); !ok || len(thread.Heard) != 1 || thread.Heard[0].Sender.Password != "" {
		t.Errorf("thread %+v", thread)
	}
	answer.CorrelationID = "0"
	if _, err := c.Send(t.Context(), answer); err == nil {
		t.Error("an answer to no order is taken")
	}
	c.Sender.Password = "x"
	if _, err := c.Messages(t.Context(), ourService, 0); err == nil {
		t.Error("messages are given to anybody")
	}
}

// endpoint is a customer's IAsyncChannelClient that writes down what comes.
type endpoint struct {
	mu   sync.Mutex
	came []string
}

func (e *endpoint) write(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.came = append(e.came, fmt.Sprintf(format, args...))
}

func (e *endpoint) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.came)
}

func TestPushesComeTwiceAndNoticesOvertakeOneAnotherWhenTheyShould(t *testing.T) {
	t.Parallel()
	for fault, want := range map[country.FaultKind][]string{
		country.Works: {"order", "ON_DELIVERY", "DELIVERED"},
		bus.Doubled:   {"order", "order", "ON_DELIVERY", "DELIVERED", "ON_DELIVERY", "DELIVERED"},
		bus.Shuffled:  {"order", "DELIVERED", "ON_DELIVERY"},
	} {
		s := serve(t, always, eds.GOST2015x512)
		var e endpoint
		push := httptest.NewServer(&shep.PushServer{Server: shep.Server{Key: s.keys.Client, Verifier: s.client().Verifier, Clock: always},
			Take: func(_ context.Context, m shep.Message) (shep.Receipt, error) {
				e.write("order")
				return shep.Receipt{MessageID: m.MessageID, CorrelationID: m.CorrelationID, Date: now}, nil
			},
			Notice: func(_ context.Context, n shep.ProgressNotice) error { e.write("%s", n.State); return nil },
		})
		t.Cleanup(push.Close)
		s.bus.Push(push.URL)
		s.land.Set(bus.Portal, country.Fault{Kind: fault})
		thread, err := s.bus.Order(t.Context(), ourService, shep.Plain, order)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.asyncClient().Send(t.Context(), shep.Message{CorrelationID: thread, ServiceID: ourService, Type: shep.Conclusion, Variant: shep.Plain, Data: order})
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); len(e.all()) < len(want) && time.Now().Before(deadline); {
			time.Sleep(2 * time.Millisecond)
		}
		if got := e.all(); !slices.Equal(got, want) {
			t.Errorf("%s: came %v", fault, got)
		}
	}
}
