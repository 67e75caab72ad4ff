package shep

import (
	"context"
	"errors"
	"io"
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

// SyncServer is the bus's end of the synchronous channel, for simulators. It refuses
// what the bus would refuse.
type SyncServer struct {
	// Answer gives the answer. An error that is no *Fault becomes one without its words.
	Answer   func(context.Context, Request) (Response, error)
	Key      *eds.Key
	Verifier *eds.Verifier
	Clock    func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: slog.Default
	Limit    int64            // bytes of a request; 0: 8 MiB
}

// ServeHTTP answers a message, or shows the description of the channel.
func (s *SyncServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if serveSchemas(w, r, "sync") {
		return
	}
	raw, ok := readBody(w, r, s.Limit)
	if !ok {
		return
	}
	reply := s.reply(r.Context(), raw)
	signed, err := xmldsig.SignEnvelope(s.Key, reply.raw)
	if err != nil {
		s.log().ErrorContext(r.Context(), "a reply of the bus could not be signed", "error", err)
		http.Error(w, "the reply could not be signed", http.StatusServiceUnavailable)
		return
	}
	send(w, reply.status, signed)
}

type outcome struct {
	status int
	raw    []byte
}

func (s *SyncServer) reply(ctx context.Context, raw []byte) outcome {
	now := time.Now
	if s.Clock != nil {
		now = s.Clock
	}
	m, request, err := s.read(ctx, raw, now())
	var response Response
	if err == nil {
		response, err = s.Answer(ctx, request)
	}
	var data string
	if err == nil {
		data, err = dataOf(response.Variant, response.Data)
	}
	if err != nil {
		return outcome{http.StatusInternalServerError,
			writeFault(syncTypes, faultOfSync, asFault(err, s.log()), now(), session())}
	}
	if response.Code == "" {
		response.Code, response.Message = codeOfSuccess, messageOfOK
	}
	return outcome{http.StatusOK, syncResponse{messageID: m.messageID, correlationID: m.correlationID, date: now(),
		code: response.Code, message: response.Message, sessionID: session(), data: data}.write()}
}

func (s *SyncServer) read(ctx context.Context, raw []byte, at time.Time) (m syncRequest, r Request, err error) {
	root, err := parse(raw)
	if err != nil {
		return m, r, err
	}
	op, err := operation(root)
	if err != nil {
		return m, r, err
	}
	if m, err = readSyncRequest(op); err != nil {
		return m, r, err
	}
	r = Request{MessageID: m.messageID, CorrelationID: m.correlationID, ServiceID: m.service, Route: m.route,
		Sender: m.sender, Date: m.date, Properties: m.properties}
	if r.Signer, err = (trust{verifier: s.Verifier}).envelope(ctx, raw, at); err != nil {
		return m, r, err
	}
	if m.payload != nil {
		r.Variant, r.Data, err = m.payload.any(raw)
	}
	return m, r, err
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

func send(w http.ResponseWriter, status int, raw []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(raw) // who hangs up has no use for it
}

func (s *SyncServer) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}
