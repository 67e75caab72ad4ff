package shep_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"mekenjai/eds/pki"
	"mekenjai/internal/state/shep"
)

// tape keeps the messages of both directions that pass through a server.
type tape struct {
	http.Handler
	messages []string
}

func (x *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(raw)))
	rec := &recorder{}
	x.Handler.ServeHTTP(rec, r)
	x.messages = append(x.messages, string(raw), rec.body.String())
	_, _ = w.Write(rec.body.Bytes())
}

func serve(t *testing.T, h http.Handler) (*tape, string) {
	t.Helper()
	x := &tape{Handler: h}
	s := httptest.NewServer(x)
	t.Cleanup(s.Close)
	return x, s.URL
}

func (x *tape) validate(t *testing.T, schema string) {
	t.Helper()
	folder := schemas(t)
	for _, m := range x.messages {
		if err := validate(t, folder, schema, []byte(m)); err != nil {
			t.Errorf("%s: %v\n%.1500s", schema, err, unsigned([]byte(m)))
		}
	}
}

var noon = time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)

func client(t *testing.T, url string) shep.Client {
	return shep.Client{URL: url, Key: key(t, "Mekenjai", pki.Options{}), Verifier: verifier(), Sender: shep.Sender{ID: "mekenjai", Password: "p"}, Tries: 1}
}

func server(t *testing.T) shep.Server {
	return shep.Server{Key: key(t, "Bus", pki.Options{}), Verifier: verifier()}
}

// same compares what was sent with what was read, up to instants in other zones.
func same(t *testing.T, what string, sent, read any) {
	t.Helper()
	if !reflect.DeepEqual(sent, read) {
		t.Errorf("%s\nsent %+v\nread %+v", what, sent, read)
	}
}

func TestTheAsyncChannelCarriesEveryOperation(t *testing.T) {
	var taken shep.Message
	var delivery shep.Delivery
	waiting := []shep.Message{
		{MessageID: "m1", CorrelationID: "", ServiceID: "S", Type: shep.Order, Date: noon, Sender: shep.Sender{ID: "egov"}, Variant: shep.Typed, Data: typed("1")},
		{MessageID: "m2", CorrelationID: "c", ServiceID: "S", Type: shep.Update, Route: "r", Date: noon, Sender: shep.Sender{ID: "egov"},
			Properties: []shep.Property{{Key: "k", Value: "v"}}, Variant: shep.Text, Data: []byte("<a>&amp;</a>")},
	}
	bus := &shep.AsyncServer{Server: server(t),
		Take: func(_ context.Context, m shep.Message) (shep.Receipt, error) {
			taken = m
			return shep.Receipt{MessageID: "new", CorrelationID: m.CorrelationID, Date: noon}, nil
		},
		List: func(_ context.Context, service string, _ shep.Sender, amount int) ([]shep.Message, error) {
			if service != "S" || amount != 2 {
				return nil, errors.New("another question")
			}
			return waiting, nil
		},
		Deliver: func(_ context.Context, d shep.Delivery) error { delivery = d; return nil },
		Status: func(_ context.Context, id string) (shep.Progress, error) {
			return shep.Progress{State: shep.NotDelivered, Code: "1", Text: id, Date: noon}, nil
		},
	}
	x, url := serve(t, bus)
	c := &shep.AsyncClient{Client: client(t, url)}
	sent := shep.Message{CorrelationID: "thread", ServiceID: "S", Type: shep.Notification, Date: noon, Sender: c.Sender, Variant: shep.Typed, Data: typed("2")}
	if r, err := c.Send(t.Context(), sent); err != nil || r.MessageID != "new" || r.CorrelationID != "thread" {
		t.Errorf("%+v, %v", r, err)
	}
	if taken.Signer == nil {
		t.Error("the taker does not know who signed")
	}
	taken.Signer, taken.Date = nil, taken.Date.UTC()
	same(t, "sendMessage", sent, taken)
	list, err := c.Messages(t.Context(), "S", 2)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].Date = list[i].Date.UTC()
	}
	same(t, "getMessages", waiting, list)
	told := shep.Delivery{MessageID: "m1", ServiceID: "S", Date: noon, StatusDate: noon, Resend: true, Error: &shep.ErrorInfo{Code: "e", Message: "m", Date: noon}}
	if err := c.Deliver(t.Context(), told); err != nil {
		t.Error(err)
	}
	delivery.Date, delivery.StatusDate, delivery.Error.Date = delivery.Date.UTC(), delivery.StatusDate.UTC(), delivery.Error.Date.UTC()
	same(t, "sendDeliveryNotification", told, delivery)
	if p, err := c.Status(t.Context(), "m1"); err != nil || p.State != shep.NotDelivered || p.Text != "m1" {
		t.Errorf("%+v, %v", p, err)
	}
	if len(x.messages) != 8 {
		t.Errorf("%d messages", len(x.messages))
	}
	x.validate(t, "async-types.xsd")
}

func TestTheBusPushesToUs(t *testing.T) {
	var taken []shep.Message
	var notice shep.ProgressNotice
	ours := &shep.PushServer{Server: server(t),
		Take: func(_ context.Context, m shep.Message) (shep.Receipt, error) {
			taken = append(taken, m)
			return shep.Receipt{MessageID: m.MessageID, CorrelationID: m.MessageID, Date: noon}, nil
		},
		Notice: func(_ context.Context, n shep.ProgressNotice) error { notice = n; return nil },
	}
	x, url := serve(t, ours)
	bus := &shep.PushClient{Client: client(t, url)}
	m := shep.Message{MessageID: "m", ServiceID: "S", Type: shep.Order, Date: noon, Sender: shep.Sender{ID: "egov"}, Variant: shep.Plain, Data: []byte(`<data><a/></data>`)}
	if r, err := bus.Send(t.Context(), m); err != nil || r.MessageID != "m" || len(taken) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	told := shep.ProgressNotice{NotificationID: "n", MessageID: "m", Date: noon, Progress: shep.Progress{State: shep.Delivered, Code: "c", Text: "t", Date: noon}}
	if err := bus.Notice(t.Context(), told); err != nil {
		t.Error(err)
	}
	notice.Date, notice.Progress.Date = notice.Date.UTC(), notice.Progress.Date.UTC()
	same(t, "changeMassageStatusNotification", told, notice)
	x.validate(t, "push-types.xsd")

	for name, wrong := range map[string]shep.Message{
		"no number": {ServiceID: "S", Type: shep.Order, Date: noon, Variant: shep.Plain, Data: m.Data},
		"no thread": {MessageID: "m", ServiceID: "S", Type: shep.Conclusion, Date: noon, Variant: shep.Plain, Data: m.Data},
		"no type":   {MessageID: "m", ServiceID: "S", Type: "HELLO", Date: noon, Variant: shep.Plain, Data: m.Data},
		"no data":   {MessageID: "m", ServiceID: "S", Type: shep.Order, Date: noon, Variant: shep.Plain},
	} {
		var said *shep.Error
		if _, err := bus.Send(t.Context(), wrong); !errors.As(err, &said) || said.Plane != shep.PlaneFault || said.Class != shep.Config || len(taken) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	bus.Key = key(t, "Stranger", pki.Options{Kind: pki.WrongAuthority})
	if _, err := bus.Send(t.Context(), m); err == nil || len(taken) != 1 {
		t.Errorf("a stranger: %v", err)
	}
}
