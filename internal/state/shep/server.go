package shep

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
)

// Request is a message of the synchronous channel as its server reads it. Its
// transport signature is good; whose it may be is for the server's Answer to say.
type Request struct {
	MessageID, CorrelationID string
	ServiceID, Route         string
	Sender                   Sender
	Date                     time.Time
	Properties               []Property
	Variant                  Variant // as far as it shows: Text, Typed when data has a type, else Plain
	Data                     []byte  // the document; nil: none
	Signer                   *eds.Certificate
}

// Response is what a server answers.
type Response struct {
	Code    string // "": success
	Message string
	Variant Variant
	Data    []byte
}

// Server is what every end of a channel has that answers.
type Server struct {
	Key      *eds.Key // signs what it answers
	Verifier *eds.Verifier
	Peers    []*eds.Certificate // who may speak to it; empty: anybody whom the verifier trusts
	Clock    func() time.Time   // nil: time.Now
	Log      *slog.Logger       // nil: slog.Default
	Limit    int64              // bytes of a request; 0: 8 MiB
	Schemas  fs.FS              // of the services' documents, shown beside those of the channel; nil: none
}

// call is one message that came, its signature good.
type call struct {
	raw    []byte
	op     *element
	signer *eds.Certificate
}

// channel is the operations of a channel: each returns what stands within the element
// of its response.
type channel struct {
	name, space string
	operations  map[string]func(context.Context, call) (string, error)
}

// serve answers a message of a channel, or shows its description.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, c channel) {
	if serveSchemas(w, r, c.name, s.Schemas) {
		return
	}
	raw, ok := readBody(w, r, s.Limit)
	if !ok {
		return
	}
	status, reply := s.reply(r.Context(), raw, c)
	signed, err := xmldsig.SignEnvelope(s.Key, reply)
	if err != nil {
		s.log().ErrorContext(r.Context(), "a reply over the bus could not be signed", "error", err)
		http.Error(w, "the reply could not be signed", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(signed) // who hangs up has no use for it
}

func (s *Server) reply(ctx context.Context, raw []byte, c channel) (status int, reply []byte) {
	in := call{raw: raw}
	op := "sendMessage" // whose fault it is when the operation cannot be told
	if c.space == syncTypes {
		op = "SendMessage"
	}
	inside, err := func() (string, error) {
		root, err := parse(raw)
		if err != nil {
			return "", err
		}
		if in.op, err = operation(root); err != nil {
			return "", err
		}
		answer := c.operations[in.op.name.Local]
		if answer == nil || in.op.name.Space != c.space {
			return "", malformed("there is no such operation")
		}
		op = in.op.name.Local
		if in.signer, err = (trust{s.Verifier, s.Peers}).envelope(ctx, raw, s.now()); err != nil {
			return "", err
		}
		return answer(ctx, in)
	}()
	if err != nil {
		return http.StatusInternalServerError, writeFault(c.space, faultOf(op), asFault(err, s.log()), s.now(), session())
	}
	return http.StatusOK, envelope(c.space, op+"Response", inside)
}

func (s *Server) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return time.Now()
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// SyncServer is the bus's end of the synchronous channel, for simulators. It refuses
// what the bus would refuse.
type SyncServer struct {
	Server
	// Answer gives the answer. An error that is no *Fault becomes one without its words.
	Answer func(context.Context, Request) (Response, error)
}

// ServeHTTP answers a message, or shows the description of the channel.
func (s *SyncServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, channel{"sync", syncTypes, map[string]func(context.Context, call) (string, error){"SendMessage": s.sendMessage}})
}

func (s *SyncServer) sendMessage(ctx context.Context, in call) (string, error) {
	m, err := readSyncRequest(in.op)
	if err != nil {
		return "", err
	}
	r := Request{MessageID: m.messageID, CorrelationID: m.correlationID, ServiceID: m.service, Route: m.route,
		Sender: m.sender, Date: m.date, Properties: m.properties, Signer: in.signer}
	if m.payload != nil {
		if r.Variant, r.Data, err = m.payload.any(in.raw); err != nil {
			return "", err
		}
	}
	answer, err := s.Answer(ctx, r)
	if err != nil {
		return "", err
	}
	data, err := dataOf(answer.Variant, answer.Data)
	if err != nil {
		return "", err
	}
	if answer.Code == "" {
		answer.Code, answer.Message = codeOfSuccess, messageOfOK
	}
	return syncResponse{messageID: m.messageID, correlationID: m.correlationID, date: s.now(),
		code: answer.Code, message: answer.Message, sessionID: session(), data: data}.write(), nil
}

// any is the document of whatever variant.
func (e *element) any(source []byte) (Variant, []byte, error) {
	kind, err := e.kind()
	v := Plain
	switch {
	case err != nil:
		return "", nil, err
	case kind.Space == schemaSpace && kind.Local == "string":
		v = Text
	case kind.Local != "":
		v = Typed
	}
	doc, err := e.document(v, source)
	return v, doc, err
}

// asFault is what a stranger is told of an error.
func asFault(err error, log *slog.Logger) *Fault {
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.Is(err, ErrUntrusted):
		return &Fault{"SBF-AD-1", "The signature of the message is not accepted"}
	case errors.Is(err, ErrMalformed):
		return &Fault{"SBF-VE-8", short(err.Error(), longestMessage)}
	}
	log.Error("a message could not be answered", "error", err)
	return &Fault{codeOfFailure, "Internal error"}
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// session is an identifier of the bus, in braces.
func session() string { return "{" + strings.ToUpper(uuid.NewString()) + "}" }

// readBody reads a posted message within its limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "only POST, or GET ?wsdl", http.StatusMethodNotAllowed)
		return nil, false
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/xml") {
		http.Error(w, "SOAP 1.1 is text/xml", http.StatusUnsupportedMediaType)
		return nil, false
	}
	if limit == 0 {
		limit = usualLimit
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "the message is too large", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	return raw, err == nil
}
