package shep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/google/uuid"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
)

// Service is one registered service of the bus.
type Service struct {
	ID, Route string
	Variant   Variant
	Signs     bool // our documents carry our enveloped signature
	Signed    bool // theirs must carry one, which is judged before anything is read
	// Signers may have signed their documents; empty: anybody whom the verifier trusts.
	Signers []*eds.Certificate
}

// Client asks over the synchronous channel. URL, Key and Verifier are needed, the rest
// has usual values. Its methods may be called at the same time.
type Client struct {
	URL    string
	HTTP   *http.Client // nil: one with usual limits, without redirects
	Sender Sender
	Key    *eds.Key // signs what we send
	// Verifier judges the signatures of replies; Bus may have signed their transport,
	// empty: anybody whom the verifier trusts.
	Verifier *eds.Verifier
	Bus      []*eds.Certificate
	Codes    Codes // nil: UsualCodes
	// Blank puts asterisks in place of secrets in the documents that are kept.
	Blank func([]byte) []byte
	Clock func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: slog.Default
	Limit int64            // bytes of a reply; 0: 8 MiB
	Tries int              // at most, the first included; 0: 3
	Wait  time.Duration    // before the second try, twice as long before each further one; 0: 200 ms

	breakers breakers
}

// Exchange is a message and its reply, as they are kept as evidence.
type Exchange struct {
	MessageID     string
	Request       []byte // the whole envelope, its secrets blanked
	RequestSHA256 [sha256.Size]byte
	Reply         []byte    // the whole envelope as it was received; nil: none came
	Data          []byte    // the document: data standing alone, or the text; verified when the service's must be signed
	SentAt        time.Time // zero: it never left
	ReceivedAt    time.Time
}

// Ask sends one document and returns what came back, verified. For Typed and Plain
// doc is the element data standing alone (see Data), for Text the document that data
// holds. Errors are an *Error, ErrOpen, or wrap ErrTransport, ErrUntrusted,
// ErrMalformed, ErrTooLarge or ErrOtherMessage; the exchange is returned with them as
// far as it came.
func (c *Client) Ask(ctx context.Context, s Service, doc []byte) (Exchange, error) {
	return c.Send(ctx, s, uuid.NewString(), doc)
}

// Send asks under a number of the caller's, so that the bus knows a message that comes
// again, today or after a crash.
func (c *Client) Send(ctx context.Context, s Service, messageID string, doc []byte) (x Exchange, err error) {
	raw, x, err := c.compose(s, messageID, doc)
	if err != nil {
		return x, err
	}
	err = c.repeat(ctx, s.ID, &x, func() error {
		op, err := c.heard(ctx, raw, &x, syncTypes, faultOfSync)
		if err != nil {
			return err
		}
		return c.read(ctx, s, op, &x)
	})
	return x, err
}

// repeat sends a message under the breaker of its service, and again with growing
// waits where that may help.
func (c *Client) repeat(ctx context.Context, service string, x *Exchange, once func() error) error {
	tries, wait := c.Tries, c.Wait
	if tries == 0 {
		tries = 3
	}
	if wait == 0 {
		wait = 200 * time.Millisecond
	}
	for try := 1; ; try++ {
		err := c.breakers.enter(service)
		if err != nil {
			return err
		}
		err = once()
		var said *Error
		answered := err == nil || errors.As(err, &said) && said.Class != Retry
		c.breakers.leave(service, answered, answered || !errors.Is(ctx.Err(), context.Canceled))
		if err == nil || try >= tries || !mayAgain(err) {
			return err
		}
		c.log().InfoContext(ctx, "the bus is asked again", "service", service, "message", x.MessageID, "try", try, "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait *= 2
	}
}

// Breaker is how the service is treated now, for doctor and metrics.
func (c *Client) Breaker(service string) BreakerState { return c.breakers.state(service) }

// mayAgain says whether the same message may be sent once more: what was lost on the
// way, and what the bus asks to repeat.
func mayAgain(err error) bool {
	var said *Error
	return errors.Is(err, ErrTransport) || errors.As(err, &said) && said.Class == Retry
}

// compose makes the signed envelope, and the exchange with what is kept of it.
func (c *Client) compose(s Service, messageID string, doc []byte) (raw []byte, x Exchange, err error) {
	if err := c.armed(); err != nil {
		return nil, x, err
	}
	if s.Signs {
		if doc, err = xmldsig.Sign(c.Key, doc, xmldsig.SignOptions{}); err != nil {
			return nil, x, err
		}
	}
	data, err := dataOf(s.Variant, doc)
	if err != nil {
		return nil, x, err
	}
	m := syncRequest{messageID: messageID, service: s.ID, route: s.Route, date: c.now(), sender: c.Sender, data: data}
	if raw, err = xmldsig.SignEnvelope(c.Key, m.write()); err != nil {
		return nil, x, err
	}
	return raw, Exchange{MessageID: messageID, Request: c.blank(raw), RequestSHA256: sha256.Sum256(raw)}, nil
}

func (c *Client) armed() error {
	if c.Key == nil || c.Verifier == nil {
		return fmt.Errorf("%w: the client has no key, or nothing to judge replies by", ErrUntrusted)
	}
	return nil
}

// blank hides the password of the bus and what Blank knows of.
func (c *Client) blank(raw []byte) []byte {
	if c.Sender.Password != "" {
		raw = bytes.ReplaceAll(raw, []byte("<password>"+escape(c.Sender.Password)+"</password>"), []byte("<password>***</password>"))
	}
	if c.Blank != nil {
		raw = c.Blank(raw)
	}
	return raw
}

// heard sends the message once and returns the operation that the bus answered with,
// its signature judged. A fault is an error.
func (c *Client) heard(ctx context.Context, raw []byte, x *Exchange, space, detail string) (*element, error) {
	x.SentAt, x.ReceivedAt, x.Reply, x.Data = c.now(), time.Time{}, nil, nil
	reply, err := post(ctx, c.client(), c.URL, raw, c.Limit)
	if err != nil {
		return nil, err
	}
	x.Reply, x.ReceivedAt = reply, c.now()
	op, untrusted, err := c.judge(ctx, reply)
	if err != nil {
		return nil, err
	}
	if info, is, err := readFault(op, space, detail); err != nil {
		return nil, err
	} else if is {
		return nil, c.fault(info, untrusted, x)
	}
	return op, untrusted // from a stranger nothing but a fault is heard, and little of that
}

// judge parses a reply and tells apart what is wrong with its form from who signed it.
func (c *Client) judge(ctx context.Context, reply []byte) (op *element, untrusted, err error) {
	root, err := parse(reply)
	if err != nil {
		return nil, nil, err
	}
	if op, err = operation(root); err != nil {
		return nil, nil, err
	}
	_, untrusted = trust{c.Verifier, c.Bus}.envelope(ctx, reply, c.now())
	if untrusted != nil && !errors.Is(untrusted, ErrUntrusted) {
		return nil, nil, untrusted
	}
	return op, untrusted, nil
}

// fault makes an error of a SOAP fault. A gateway before the bus signs nothing: such a
// fault may delay us, and decides nothing else.
func (c *Client) fault(info ErrorInfo, untrusted error, x *Exchange) error {
	class := c.Codes.Class(info.Code)
	if class == OK || class == NotFound || untrusted != nil && class != Retry {
		class = Unknown
	}
	return &Error{Plane: PlaneFault, Code: info.Code, Message: info.Message, Class: class, Exchange: *x}
}

func (c *Client) read(ctx context.Context, s Service, op *element, x *Exchange) error {
	m, err := readSyncResponse(op)
	if err != nil {
		return err
	}
	// The signature says that the bus said it, not that it said it to us now.
	if m.messageID != x.MessageID && m.correlationID != x.MessageID {
		return ErrOtherMessage
	}
	if class := c.Codes.Class(m.code); class != OK {
		return &Error{Plane: PlaneStatus, Code: m.code, Message: m.message, Class: class, Exchange: *x}
	}
	doc, err := m.payload.document(s.Variant, x.Reply)
	if err != nil {
		return err
	}
	if s.Signed {
		if _, err := (trust{c.Verifier, s.Signers}).document(ctx, doc, c.now()); err != nil {
			return err
		}
	}
	x.Data = doc
	return nil
}

// document takes the business document out of data.
func (e *element) document(v Variant, source []byte) ([]byte, error) {
	if e == nil {
		return nil, malformed("there is no data")
	}
	kind, err := e.kind()
	if err != nil {
		return nil, err
	}
	isText := kind.Space == schemaSpace && kind.Local == "string"
	if v != Text {
		if isText {
			return nil, malformed("data is a text where elements belong")
		}
		return e.alone(source), nil
	}
	if len(e.children) > 0 || !isText {
		return nil, malformed("data has elements where a text belongs")
	}
	return []byte(e.text), nil
}

// post sends a message and reads the reply within its limit. SOAP faults come with
// status 500.
func post(ctx context.Context, client *http.Client, url string, raw []byte, limit int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("SOAPAction", `""`)
	r.Header.Set("User-Agent", "mekenjai")
	response, err := client.Do(r)
	if err != nil {
		return nil, transport(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusInternalServerError {
		return nil, transport(fmt.Errorf("status %d", response.StatusCode))
	}
	if limit == 0 {
		limit = usualLimit
	}
	if response.ContentLength > limit {
		return nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, transport(err)
	}
	if int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	return body, nil
}

// usualClient follows no redirect: a message with a password goes where it was sent.
var usualClient = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
	},
}

func (c *Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return usualClient
}

func (c *Client) now() time.Time {
	if c.Clock != nil {
		return c.Clock().UTC()
	}
	return time.Now().UTC()
}

func (c *Client) log() *slog.Logger {
	if c.Log != nil {
		return c.Log
	}
	return slog.Default()
}
