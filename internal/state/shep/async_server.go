package shep

import (
	"context"
	"net/http"

	"github.com/google/uuid"
)

// AsyncServer is the bus's end of the asynchronous channel, IAsyncChannel, for
// simulators. All its functions are needed; an error that is no *Fault becomes one
// without its words.
type AsyncServer struct {
	Server
	Take    func(context.Context, Message) (Receipt, error)
	List    func(ctx context.Context, service string, sender Sender, amount int) ([]Message, error)
	Deliver func(context.Context, Delivery) error
	Status  func(ctx context.Context, messageID string) (Progress, error)
}

// ServeHTTP answers a message, or shows the description of the channel.
func (s *AsyncServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, channel{"async", asyncTypes, map[string]func(context.Context, call) (string, error){
		"sendMessage":              s.take,
		"getMessages":              s.list,
		"sendDeliveryNotification": s.deliver,
		"getMessageStatus":         s.status,
	}})
}

func (s *AsyncServer) take(ctx context.Context, in call) (string, error) {
	m, err := in.message()
	if err != nil {
		return "", err
	}
	r, err := s.Take(ctx, m)
	w := &writer{}
	w.receipt(r)
	return w.String(), err
}

// message reads the operation sendMessage of either end.
func (in call) message() (m Message, err error) {
	s := in.op.sequence(&err)
	part := s.part("request")
	s.end()
	m = part.message(in.raw)
	part.end()
	m.Signer = in.signer
	return m, err
}

func (s *AsyncServer) list(ctx context.Context, in call) (_ string, err error) {
	q := in.op.sequence(&err)
	part := q.part("request")
	q.end()
	part.may("messageId")
	part.may("correlationId")
	part.may("requestDate")
	service := part.must("serviceId")
	sender := part.maySender()
	amount := part.mayNumber("amount")
	part.properties()
	part.end()
	if err != nil {
		return "", err
	}
	list, err := s.List(ctx, service, sender, amount)
	if err != nil {
		return "", err
	}
	w := &writer{}
	w.open("response")
	w.instant("responseDate", s.now())
	w.must("sessionId", session())
	for _, m := range list {
		data, err := dataOf(m.Variant, m.Data)
		if err != nil {
			return "", err
		}
		w.open("messages")
		w.message(m, data)
		w.close("messages")
	}
	w.close("response")
	return w.String(), nil
}

func (s *AsyncServer) deliver(ctx context.Context, in call) (_ string, err error) {
	q := in.op.sequence(&err)
	part := q.part("request")
	q.end()
	d := part.delivery()
	part.instant("requestDate")
	part.maySender()
	part.end()
	if err != nil {
		return "", err
	}
	if err := s.Deliver(ctx, d); err != nil {
		return "", err
	}
	w := &writer{}
	w.open("response")
	w.must("notificationId", uuid.NewString())
	w.instant("responseDate", s.now())
	w.must("sessionId", session())
	w.close("response")
	return w.String(), nil
}

func (s *AsyncServer) status(ctx context.Context, in call) (_ string, err error) {
	q := in.op.sequence(&err)
	part := q.part("request")
	q.end()
	id := part.must("messageId")
	part.instant("requestDate")
	part.sender()
	part.properties()
	part.end()
	if err != nil {
		return "", err
	}
	p, err := s.Status(ctx, id)
	if err != nil {
		return "", err
	}
	w := &writer{}
	w.open("response")
	w.progress(p)
	w.instant("responseDate", s.now())
	w.may("sessionId", session())
	w.close("response")
	return w.String(), nil
}

// PushServer is our end, IAsyncChannelClient: the bus pushes messages and what became
// of ours. Take must have kept the message when it returns, and must bear that it
// comes again: the bus repeats what it did not hear the receipt of.
type PushServer struct {
	Server
	Take   func(context.Context, Message) (Receipt, error)
	Notice func(context.Context, ProgressNotice) error
}

// ServeHTTP takes a message, or shows the description of the endpoint.
func (s *PushServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, channel{"push", asyncClient, map[string]func(context.Context, call) (string, error){
		"sendMessage":                     s.take,
		"changeMassageStatusNotification": s.notice, // spelt so by the bus
	}})
}

func (s *PushServer) take(ctx context.Context, in call) (string, error) {
	m, err := in.message()
	if err != nil {
		return "", err
	}
	if m.MessageID == "" {
		return "", malformed("a message of the bus without its number")
	}
	r, err := s.Take(ctx, m)
	if err != nil {
		return "", err
	}
	w := &writer{}
	w.receipt(r)
	return w.String(), nil
}

func (s *PushServer) notice(ctx context.Context, in call) (_ string, err error) {
	q := in.op.sequence(&err)
	part := q.part("request")
	q.end()
	n := part.progressNotice()
	part.instant("requestDate")
	part.guid("sessionId", false)
	part.end()
	if err != nil {
		return "", err
	}
	if err := s.Notice(ctx, n); err != nil {
		return "", err
	}
	w := &writer{}
	w.open("response")
	w.instant("responseDate", s.now())
	w.must("sessionId", session())
	w.close("response")
	return w.String(), nil
}

// PushClient is the bus's end towards us, for simulators: its URL is our endpoint's.
type PushClient struct{ Client }

// Send pushes a message.
func (c *PushClient) Send(ctx context.Context, m Message) (r Receipt, err error) {
	data, err := dataOf(m.Variant, m.Data)
	if err != nil {
		return r, err
	}
	w := &writer{}
	w.open("request")
	w.message(m, data)
	w.close("request")
	err = c.operate(ctx, asyncClient, "sendMessage", m.ServiceID, w, func(s *sequence, _ []byte) { r = s.receipt() })
	return r, err
}

// Notice tells what became of a message.
func (c *PushClient) Notice(ctx context.Context, n ProgressNotice) error {
	w := &writer{}
	w.open("request")
	w.progressNotice(n)
	w.instant("requestDate", c.now())
	w.may("sessionId", session())
	w.close("request")
	return c.operate(ctx, asyncClient, "changeMassageStatusNotification", "", w, func(s *sequence, _ []byte) {
		part := s.part("response")
		part.instant("responseDate")
		part.guid("sessionId", true)
		part.end()
		s.end()
	})
}
