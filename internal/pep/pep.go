// Package pep is the way between egov.kz, the state's portal, and our service, over the
// asynchronous channel of the bus: an order that somebody makes there is brought to us
// or fetched, read by a mapping file and handed to who keeps it; what becomes of it is
// told in the same thread, in the shape and with the codes that the portal's operator
// has agreed to. It keeps nothing and decides nothing. The operator's dictionary is not
// public: what is built in is ours and says so.
package pep

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
	"mekenjai/internal/state"
	"mekenjai/internal/state/files"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

// Path is where the bus brings orders to, at the address of the service.
const Path = "/bus/orders"

// Options are how egov.kz is reached. All but Fetch, Files and Signers are needed.
type Options struct {
	Bus      *shep.AsyncClient
	Mapping  *mapped.Mapping    // of the message mapped.Ordered, with the service that is ordered
	From     []string           // senders whose orders are taken
	Signers  []*eds.Certificate // of their documents, when the mapping says that they are signed
	Statuses Statuses           // Usual, with the operator's over them
	Fetch    time.Duration      // how often orders are fetched; 0: the bus brings them
	Files    *files.Store       // where papers are left; nil: egov.kz is told without them
}

// Check refuses what cannot be meant, or under which anybody on the bus could order in
// the name of anybody.
func (o Options) Check() error {
	switch {
	case o.Mapping == nil || o.Mapping.Name != mapped.Ordered:
		return errors.New("there is no mapping of orders")
	case len(o.From) == 0:
		return errors.New("from is empty: anybody on the bus could order in the name of anybody")
	case o.Mapping.Service.Signed && len(o.Signers) == 0:
		return errors.New("signers is empty: anybody with a key of the national authority could sign an order")
	case o.Fetch != 0 && o.Fetch < time.Second:
		return fmt.Errorf("fetch is %v: a second is the least", o.Fetch)
	}
	return o.Statuses.check()
}

// Portal is egov.kz.
type Portal struct {
	Options
	// Take keeps an order and returns its thread; it bears that an order comes again.
	// mekenjai.ErrConflict says that it can never be kept.
	Take func(context.Context, state.Order) (thread string, err error)
	// Became is told what became of a word; it bears that it is told again, late, or of
	// a number that it does not know.
	Became func(ctx context.Context, message string, fate state.WordFate) error
}

// New is egov.kz before somebody keeps its orders.
func New(o Options) (*Portal, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	return &Portal{Options: o}, nil
}

// Orderer is how egov.kz is told of its orders.
func (p *Portal) Orderer() state.Orderer {
	o := state.Orderer{Tell: p.tell, Became: p.became}
	if p.Files != nil && p.Mapping.Tells("file") {
		o.Leave = p.leave
	}
	return o
}

// Endpoint is our end of the channel, IAsyncChannelClient, to which the bus brings
// orders and what became of words: it must be reachable for the bus alone, and takes
// what the bus has signed alone.
func (p *Portal) Endpoint() http.Handler {
	return &shep.PushServer{
		Server: shep.Server{Key: p.Bus.Key, Verifier: p.Bus.Verifier, Peers: p.Bus.Bus, Clock: p.Bus.Clock, Log: p.Bus.Log, Limit: longestOrder},
		Take: func(ctx context.Context, m shep.Message) (r shep.Receipt, err error) {
			r = shep.Receipt{MessageID: m.MessageID, Date: p.now()}
			if r.CorrelationID, err = p.order(ctx, m); err != nil {
				return r, p.refusal(ctx, m, err)
			}
			return r, nil
		},
		Notice: func(ctx context.Context, n shep.ProgressNotice) error {
			if err := p.Became(ctx, n.MessageID, fates[n.State]); err != nil {
				p.log().ErrorContext(ctx, "a notice of delivery could not be kept", "message", n.MessageID, "error", err)
				return later
			}
			return nil
		},
	}
}

// longestOrder is what an order may have, as the proxy before us lets through: its
// papers would travel by the store of files.
const longestOrder = 256 << 10

var fates = map[shep.MessageState]state.WordFate{shep.OnDelivery: state.WordOnItsWay, shep.Delivered: state.WordDelivered,
	shep.NotDelivered: state.WordNotDelivered, shep.DeliveryStopped: state.WordStopped}

// later asks the bus to come again.
var later = &shep.Fault{Code: "SCSE003", Message: "Try later"}

// errRefused is a message that can never be an order of ours; what it wraps says why.
var errRefused = errors.New("no order of this service")

// order reads one message and has it kept.
func (p *Portal) order(ctx context.Context, m shep.Message) (thread string, err error) {
	s := p.Mapping.Service
	switch {
	case m.ServiceID != s.ID:
		return "", fmt.Errorf("%w: another service", errRefused)
	case m.Type != shep.Order:
		return "", fmt.Errorf("%w: a %s, and only orders are taken", errRefused, m.Type)
	case !slices.Contains(p.From, m.Sender.ID):
		return "", fmt.Errorf("%w: its sender may not order", errRefused)
	case m.Variant != s.Variant:
		return "", fmt.Errorf("%w: the variant of data is not %s", errRefused, s.Variant)
	}
	if s.Signed {
		if err := shep.VerifyDocument(ctx, p.Bus.Verifier, p.Signers, m.Data, p.now()); err != nil {
			if errors.Is(err, shep.ErrUndecided) || ctx.Err() != nil {
				return "", err
			}
			return "", fmt.Errorf("%w: %w", errRefused, err)
		}
	}
	q, _, err := mapped.DecodeQuestion[mapped.PortalOrder](p.Mapping, m.Data)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errRefused, err)
	}
	thread, err = p.Take(ctx, orderOf(m, q))
	if errors.Is(err, mekenjai.ErrConflict) {
		err = fmt.Errorf("%w: %w", errRefused, err)
	}
	return thread, err
}

func orderOf(m shep.Message, q mapped.PortalOrder) state.Order {
	o := state.Order{Message: m.MessageID, Thread: m.CorrelationID, Number: q.Number, Person: q.Person, Language: q.Language, SHA256: sha256.Sum256(m.Data),
		Answers: mekenjai.Input{Months: q.Months, IsOwner: q.IsOwner, ARC: q.ARC, Owner: q.Owner, Purpose: q.Purpose}}
	if !slices.Contains([]string{"kk", "ru", "en"}, o.Language) {
		o.Language = "kk"
	}
	if !q.Arrival.IsZero() {
		day := q.Arrival.String() // YYYY-MM-DD
		o.Answers.Year, o.Answers.Month, o.Answers.Day = day[:4], day[5:7], day[8:]
	}
	return o
}

// refusal is what the bus is told of a message that was not kept. Its words name
// elements, never what stands in them.
func (p *Portal) refusal(ctx context.Context, m shep.Message, err error) *shep.Fault {
	if errors.Is(err, errRefused) {
		p.log().WarnContext(ctx, "an order was refused", "message", m.MessageID, "error", err)
		return &shep.Fault{Code: "SBF-VE-8", Message: err.Error()}
	}
	p.log().ErrorContext(ctx, "an order could not be kept", "message", m.MessageID, "error", err)
	return later
}

// FetchOrders fetches what waits for us at the bus, where it does not bring it, and
// tells it of each what became of that. It returns how many orders were kept.
func (p *Portal) FetchOrders(ctx context.Context) (kept int, err error) {
	list, err := p.Bus.Messages(ctx, p.Mapping.Service.ID, fetchAtOnce)
	for _, m := range list {
		d := shep.Delivery{MessageID: m.MessageID, ServiceID: p.Mapping.Service.ID, Date: p.now(), StatusDate: p.now(), Accepted: true}
		if _, e := p.order(ctx, m); e != nil {
			no := p.refusal(ctx, m, e)
			d.Accepted, d.Resend = false, no == later
			d.Error = &shep.ErrorInfo{Code: no.Code, Message: no.Message, Date: p.now()}
		}
		if e := p.Bus.Deliver(ctx, d); e != nil {
			err = errors.Join(err, e) // it comes again, and is known then
			continue
		}
		if d.Accepted {
			kept++
		}
	}
	return kept, err
}

const fetchAtOnce = 100

// tell hands a word over. The bus numbers our messages itself; who hears a word twice
// knows it by its own number, which goes along as a property.
func (p *Portal) tell(ctx context.Context, w state.Word) (message string, err error) {
	doc, err := p.write(w)
	if err != nil {
		return "", err
	}
	s := p.Mapping.Service
	m := shep.Message{CorrelationID: w.Thread, ServiceID: s.ID, Type: shep.Notification, Route: s.Route, Date: w.At, Variant: s.Variant, Data: doc,
		Properties: []shep.Property{{Key: "noticeId", Value: w.ID}, {Key: "noticeNumber", Value: fmt.Sprint(w.Seq)}}}
	if w.Last {
		m.Type = shep.Conclusion
	}
	r, err := p.Bus.Send(ctx, m)
	switch {
	case errors.Is(err, shep.ErrTransport) || errors.Is(err, shep.ErrOpen):
		return "", fmt.Errorf("%w: %w", state.ErrDown, err)
	case err != nil:
		return "", err
	case r.CorrelationID != w.Thread:
		return "", shep.ErrOtherMessage
	}
	return r.MessageID, nil
}

// write is the document of a word.
func (p *Portal) write(w state.Word) ([]byte, error) {
	status := p.Statuses[w.Status]
	said := mapped.PortalWord{Number: w.Number, Chain: w.Thread, Status: status.Code, KK: status.text("kk", w.Page), RU: status.text("ru", w.Page), Page: w.Page, File: w.File}
	said.Text = said.KK
	if w.Language == "ru" {
		said.Text = said.RU
	}
	doc, err := p.Mapping.EncodeAnswer(mapped.Head{ID: w.Number, Now: w.At, Sender: p.Bus.Sender.ID}, said)
	if err != nil || !p.Mapping.Service.Signs {
		return doc, err
	}
	return xmldsig.Sign(p.Bus.Key, doc, xmldsig.SignOptions{})
}

func (p *Portal) became(ctx context.Context, message string) (state.WordFate, error) {
	progress, err := p.Bus.Status(ctx, message)
	return fates[progress.State], err
}

func (p *Portal) now() time.Time {
	if p.Bus.Clock != nil {
		return p.Bus.Clock().UTC()
	}
	return time.Now().UTC()
}

func (p *Portal) log() *slog.Logger {
	if p.Bus.Log != nil {
		return p.Bus.Log
	}
	return slog.Default()
}
