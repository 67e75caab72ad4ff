package shep

import (
	"context"
	"crypto/sha256"

	"github.com/google/uuid"

	"mekenjai/eds/xmldsig"
)

// AsyncClient speaks to the asynchronous channel of the bus, IAsyncChannel: its
// fields are those of a Client whose URL is that channel's. Errors are as of
// Client.Ask.
type AsyncClient struct{ Client }

// Send hands a message over. The bus answers with its number and that of the thread.
// A message that may have been handed over already can be sent again under the same
// correlationId: the taker has to bear that.
func (c *AsyncClient) Send(ctx context.Context, m Message) (r Receipt, err error) {
	data, err := dataOf(m.Variant, m.Data)
	if err != nil {
		return r, err
	}
	m.Sender = c.Sender
	if m.Date.IsZero() {
		m.Date = c.now()
	}
	w := &writer{}
	w.open("request")
	w.message(m, data)
	w.close("request")
	err = c.operate(ctx, asyncTypes, "sendMessage", m.ServiceID, w, func(s *sequence, _ []byte) { r = s.receipt() })
	return r, err
}

// Messages fetches messages that wait for us, amount at most; 0 leaves that to the
// bus. Each is to be answered by Deliver once it is kept.
func (c *AsyncClient) Messages(ctx context.Context, service string, amount int) (list []Message, err error) {
	w := &writer{}
	w.open("request")
	w.instant("requestDate", c.now())
	w.must("serviceId", service)
	w.sender(c.Sender)
	if amount > 0 {
		w.number("amount", amount)
	}
	w.close("request")
	err = c.operate(ctx, asyncTypes, "getMessages", service, w, func(s *sequence, source []byte) {
		list = nil
		part := s.part("response")
		part.instant("responseDate")
		part.guid("sessionId", true)
		for m := part.mayPart("messages"); m != nil && *s.err == nil; m = part.mayPart("messages") {
			list = append(list, m.message(source))
			m.end()
		}
		part.end()
		s.end()
	})
	return list, err
}

// Deliver tells the bus what became of a fetched message.
func (c *AsyncClient) Deliver(ctx context.Context, d Delivery) error {
	w := &writer{}
	w.open("request")
	w.delivery(d)
	w.instant("requestDate", c.now())
	w.sender(c.Sender)
	w.close("request")
	return c.operate(ctx, asyncTypes, "sendDeliveryNotification", d.ServiceID, w, func(s *sequence, _ []byte) {
		part := s.part("response")
		part.must("notificationId")
		part.instant("responseDate")
		part.guid("sessionId", true)
		part.end()
		s.end()
	})
}

// Status asks where a message of ours is.
func (c *AsyncClient) Status(ctx context.Context, messageID string) (p Progress, err error) {
	w := &writer{}
	w.open("request")
	w.must("messageId", messageID)
	w.instant("requestDate", c.now())
	w.sender(c.Sender)
	w.close("request")
	err = c.operate(ctx, asyncTypes, "getMessageStatus", "", w, func(s *sequence, _ []byte) {
		part := s.part("response")
		p = part.progress()
		part.instant("responseDate")
		part.may("sessionId") // of this operation alone it is any text
		part.end()
		s.end()
	})
	return p, err
}

// operate sends one operation, again where that may help, and reads its response.
func (c *Client) operate(ctx context.Context, space, op, service string, w *writer, read func(*sequence, []byte)) error {
	if err := c.armed(); err != nil {
		return err
	}
	raw, err := xmldsig.SignEnvelope(c.Key, envelope(space, op, w.String()))
	if err != nil {
		return err
	}
	x := Exchange{MessageID: uuid.NewString(), RequestSHA256: sha256.Sum256(raw)} // its number is for logs alone
	return c.repeat(ctx, "async "+service, &x, func() error {
		answer, err := c.heard(ctx, raw, &x, space, faultOf(op))
		if err != nil {
			return err
		}
		if !answer.is(space, op+"Response") {
			return malformed("the operation is not %sResponse", op)
		}
		read(answer.sequence(&err), x.Reply)
		return err
	})
}

func faultOf(op string) string { return op + "Fault1_" + op + "Fault" }
