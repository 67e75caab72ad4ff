package bus

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"sync"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state/shep"
)

// Thread is an order of the portal with everything that was said to it.
type Thread struct {
	ID      string // correlationId
	Service string
	Order   shep.Message   // the customer's to take
	Heard   []shep.Message // from the customer, as they came
	number  int            // in the order of the orders
}

// postbox is the asynchronous channel: what waits for the customer, and what came.
type postbox struct {
	mu       sync.Mutex
	push     *shep.PushClient // nil: the customer fetches
	threads  map[string]*Thread
	waiting  []shep.Message // for the customer, oldest first
	progress map[string]shep.Progress
	order    []string // of the messages in progress, oldest first
}

// mostThreads bounds what a simulator that runs for weeks remembers.
const mostThreads = 10_000

// PortalSender is what egov.kz calls itself on the bus.
const PortalSender = "PEP"

// Push lets the bus bring messages to an endpoint of the customer, instead of keeping
// them until they are fetched.
func (b *Bus) Push(url string) {
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	b.post.push = &shep.PushClient{Client: shep.Client{URL: url, Key: b.keys.Bus, Verifier: b.verifier,
		Bus: []*eds.Certificate{b.keys.Client.Certificate}, Sender: shep.Sender{ID: "SHEP"}, Clock: b.clock, Log: b.log}}
}

// Order lets the portal order a service of the customer's, and returns the thread. An
// order that cannot be pushed waits to be fetched.
func (b *Bus) Order(ctx context.Context, service string, v shep.Variant, doc []byte) (string, error) {
	m := shep.Message{MessageID: newID(), CorrelationID: newID(), ServiceID: service, Type: shep.Order, Date: b.clock(),
		Sender: shep.Sender{ID: PortalSender}, Variant: v, Data: doc}
	b.post.mu.Lock()
	p := &b.post
	if len(p.threads) >= mostThreads {
		b.post.mu.Unlock()
		return "", fmt.Errorf("the simulated portal has %d orders already", mostThreads)
	}
	p.threads[m.CorrelationID] = &Thread{ID: m.CorrelationID, Service: service, Order: m, number: len(p.threads)}
	p.waiting = append(p.waiting, m)
	p.note(m.MessageID, shep.Progress{State: shep.OnDelivery, Date: m.Date})
	push := p.push
	b.post.mu.Unlock()
	if push == nil {
		return m.CorrelationID, nil
	}
	f := b.country.Fault(Portal)
	if err := f.Suffer(ctx); err != nil {
		return m.CorrelationID, nil // nothing comes through; the order waits
	}
	times := 1
	if f.Kind == Doubled {
		times = 2
	}
	for range times {
		if _, err := push.Send(ctx, m); err != nil {
			return m.CorrelationID, fmt.Errorf("push an order: %w", err)
		}
	}
	b.post.handOver(m.MessageID, b.clock())
	return m.CorrelationID, nil
}

// Thread is an order of the portal; ok is false for none.
func (b *Bus) Thread(id string) (t Thread, ok bool) {
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	x := b.post.threads[id]
	if x == nil {
		return t, false
	}
	t = *x
	t.Heard = slices.Clone(x.Heard)
	return t, true
}

// asyncServer is the channel's end of the bus.
func (b *Bus) asyncServer() *shep.AsyncServer {
	return &shep.AsyncServer{Server: shep.Server{Key: b.keys.Bus, Verifier: b.verifier, Clock: b.clock, Log: b.log, Schemas: schemas{}},
		Take: b.take, List: b.fetch, Deliver: b.deliver, Status: b.status}
}

// known lets the registered customer in.
func (b *Bus) known(s shep.Sender) error {
	if s.ID != b.customer.ID || subtle.ConstantTimeCompare([]byte(s.Password), []byte(b.customer.Password)) != 1 {
		return &shep.Fault{Code: codeAccess, Message: "the sender is not registered, or its password is wrong"}
	}
	return nil
}

// take keeps what the customer says to an order.
func (b *Bus) take(ctx context.Context, m shep.Message) (r shep.Receipt, err error) {
	if err := b.known(m.Sender); err != nil {
		return r, err
	}
	if m.Signer == nil || !m.Signer.Equal(b.keys.Client.Certificate) {
		return r, &shep.Fault{Code: codeAccess, Message: "the message is signed by another than the sender"}
	}
	if m.Type == shep.Order {
		return r, &shep.Fault{Code: codeFailed, Message: "the customer has nothing to order here"}
	}
	f := b.country.Fault(Portal)
	if err := f.Suffer(ctx); err != nil {
		return r, &shep.Fault{Code: codeLater, Message: "Try later"}
	}
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	t := b.post.threads[m.CorrelationID]
	if t == nil || t.Service != m.ServiceID {
		return r, &shep.Fault{Code: codeInvalid, Message: "there is no thread with this correlationId"}
	}
	now := b.clock()
	for _, before := range t.Heard { // what comes again is known by the customer's own number
		if id := property(m, "noticeId"); id != "" && property(before, "noticeId") == id {
			return shep.Receipt{MessageID: before.MessageID, CorrelationID: m.CorrelationID, Date: now}, nil
		}
		if before.Type == shep.Conclusion {
			return r, &shep.Fault{Code: codeInvalid, Message: "the thread is concluded"}
		}
	}
	m.MessageID, m.Sender.Password = newID(), ""
	t.Heard = append(t.Heard, m)
	b.post.note(m.MessageID, shep.Progress{State: shep.Delivered, Date: now})
	if push := b.post.push; push != nil {
		go b.tell(push, m.MessageID, now, f.Kind)
	}
	return shep.Receipt{MessageID: m.MessageID, CorrelationID: m.CorrelationID, Date: now}, nil
}

func property(m shep.Message, key string) string {
	for _, p := range m.Properties {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// tell brings the customer word of where its message is.
func (b *Bus) tell(push *shep.PushClient, messageID string, at time.Time, fault country.FaultKind) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	states := []shep.MessageState{shep.OnDelivery, shep.Delivered}
	switch fault {
	case Shuffled:
		slices.Reverse(states)
	case Doubled:
		states = append(states, states...)
	}
	for _, s := range states {
		n := shep.ProgressNotice{NotificationID: newID(), MessageID: messageID, Date: at, Progress: shep.Progress{State: s, Date: at}}
		if err := push.Notice(ctx, n); err != nil {
			b.log.WarnContext(ctx, "the customer took no notice", "error", err)
		}
	}
}

const usualAmount = 100

// fetch are the messages that wait for the customer.
func (b *Bus) fetch(ctx context.Context, service string, s shep.Sender, amount int) ([]shep.Message, error) {
	if err := b.known(s); err != nil {
		return nil, err
	}
	f := b.country.Fault(Portal)
	if err := f.Suffer(ctx); err != nil {
		return nil, &shep.Fault{Code: codeLater, Message: "Try later"}
	}
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	if amount <= 0 {
		amount = usualAmount
	}
	var found []shep.Message
	for _, m := range b.post.waiting {
		if m.ServiceID == service && len(found) < amount {
			found = append(found, m)
		}
	}
	switch f.Kind {
	case Shuffled:
		slices.Reverse(found)
	case Doubled:
		found = append(found, found...)
	}
	return found, nil
}

// deliver ends the waiting of a message that the customer took, or will not take.
func (b *Bus) deliver(_ context.Context, d shep.Delivery) error {
	if d.Accepted || !d.Resend {
		b.post.handOver(d.MessageID, b.clock())
	}
	return nil
}

func (b *Bus) status(_ context.Context, messageID string) (shep.Progress, error) {
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	p, found := b.post.progress[messageID]
	if !found {
		return p, &shep.Fault{Code: codeFailed, Message: "there is no such message"}
	}
	return p, nil
}

// handOver takes a message from what waits.
func (p *postbox) handOver(messageID string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(m shep.Message) bool { return m.MessageID == messageID })
	p.note(messageID, shep.Progress{State: shep.Delivered, Date: at})
}

// note keeps where a message is. The caller holds the lock.
func (p *postbox) note(messageID string, x shep.Progress) {
	if _, known := p.progress[messageID]; !known {
		p.order = append(p.order, messageID)
	}
	p.progress[messageID] = x
	if len(p.order) > mostThreads {
		delete(p.progress, p.order[0])
		p.order = p.order[1:]
	}
}
