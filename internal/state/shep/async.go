package shep

import (
	"time"

	"mekenjai/eds"
)

// MessageType says what a message of the asynchronous channel is to its thread, whose
// name is the correlationId.
type MessageType string

// The types. All but Order belong to a thread that there is.
const (
	Order        MessageType = "REQUEST"
	Notification MessageType = "NOTIFICATION"
	Update       MessageType = "UPDATE"
	Conclusion   MessageType = "RESPONSE"
)

var messageTypes = []string{string(Order), string(Notification), string(Update), string(Conclusion)}

// Message is one message of the asynchronous channel.
type Message struct {
	MessageID     string // the bus makes it; empty in what we send
	CorrelationID string // of the thread; empty in an Order
	ServiceID     string
	Type          MessageType
	Route         string
	Date          time.Time
	Sender        Sender
	Properties    []Property
	SessionID     string
	Variant       Variant
	Data          []byte           // the document, as in Client.Ask
	Signer        *eds.Certificate // of the transport; as read
}

// Receipt is what the taker of a message says.
type Receipt struct {
	MessageID, CorrelationID string
	Date                     time.Time
	SessionID                string
}

// Delivery tells the bus what became of a message that was fetched.
type Delivery struct {
	MessageID, ServiceID string
	Date                 time.Time
	Accepted             bool
	StatusDate           time.Time
	Resend               bool
	Error                *ErrorInfo
}

// MessageState is where a message is on its way.
type MessageState string

// The states.
const (
	OnDelivery      MessageState = "ON_DELIVERY"
	Delivered       MessageState = "DELIVERED"
	NotDelivered    MessageState = "NOT_DELIVERED"
	DeliveryStopped MessageState = "DELIVERY_STOPPED"
)

var messageStates = []string{string(OnDelivery), string(Delivered), string(NotDelivered), string(DeliveryStopped)}

// Progress is the state of a message with what the bus says of it.
type Progress struct {
	State      MessageState
	Code, Text string
	Date       time.Time
}

// ProgressNotice is what the bus tells unasked about a message of ours.
type ProgressNotice struct {
	NotificationID, MessageID string
	Date                      time.Time
	Progress
	Error *ErrorInfo
}

func (w *writer) message(m Message, data string) {
	w.open("messageInfo")
	w.may("messageId", m.MessageID)
	w.may("correlationId", m.CorrelationID)
	w.must("serviceId", m.ServiceID)
	w.must("messageType", string(m.Type))
	w.may("routeId", m.Route)
	w.instant("messageDate", m.Date)
	w.sender(m.Sender)
	w.properties(m.Properties)
	w.may("sessionId", m.SessionID)
	w.close("messageInfo")
	w.open("messageData")
	w.WriteString(data)
	w.close("messageData")
}

// message reads messageInfo and messageData; source is what they stand in.
func (s *sequence) message(source []byte) (m Message) {
	info := s.part("messageInfo")
	m.MessageID = info.may("messageId")
	m.CorrelationID = info.may("correlationId")
	m.ServiceID = info.must("serviceId")
	m.Type = MessageType(info.oneOf("messageType", messageTypes...))
	m.Route = info.may("routeId")
	m.Date = info.instant("messageDate")
	m.Sender = info.sender()
	m.Properties = info.properties()
	m.SessionID = info.guid("sessionId", false)
	info.end()
	data := s.part("messageData")
	if e := data.payload(); e == nil {
		data.fail("messageData lacks data")
	} else if *s.err == nil {
		m.Variant, m.Data, *s.err = e.any(source)
	}
	data.end()
	if m.Type != Order && m.CorrelationID == "" {
		s.fail("a %s that belongs to no thread", m.Type)
	}
	return m
}

func (w *writer) receipt(r Receipt) {
	w.open("response")
	w.must("messageId", r.MessageID)
	w.must("correlationId", r.CorrelationID)
	w.instant("responseDate", r.Date)
	w.may("sessionId", r.SessionID)
	w.close("response")
}

func (s *sequence) receipt() (r Receipt) {
	part := s.part("response")
	r.MessageID, r.CorrelationID = part.must("messageId"), part.must("correlationId")
	r.Date = part.instant("responseDate")
	r.SessionID = part.guid("sessionId", false)
	part.end()
	s.end()
	return r
}

// The misspelt word is the bus's.
const (
	accepted    = "MESSAGE_ACCEPTED"
	notAccepted = "MESSAGE_NOT_ACCTEPTED"
	resend      = "RESEND"
	notResend   = "NOT_RESEND"
)

func (w *writer) delivery(d Delivery) {
	choose := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	w.open("notification")
	w.must("messageId", d.MessageID)
	w.must("serviceId", d.ServiceID)
	w.instant("notificationDate", d.Date)
	w.open("deliveryStatus")
	w.must("receiveStatus", choose(d.Accepted, accepted, notAccepted))
	w.instant("statusDate", d.StatusDate)
	w.must("resendMessage", choose(d.Resend, resend, notResend))
	w.mayError(d.Error)
	w.close("deliveryStatus")
	w.close("notification")
}

func (w *writer) mayError(e *ErrorInfo) {
	if e != nil {
		w.open("error")
		w.errorInfo(*e)
		w.close("error")
	}
}

func (s *sequence) mayError() *ErrorInfo {
	if part := s.mayPart("error"); part != nil {
		e := part.errorInfo()
		return &e
	}
	return nil
}

func (s *sequence) delivery() (d Delivery) {
	part := s.part("notification")
	d.MessageID, d.ServiceID = part.must("messageId"), part.must("serviceId")
	d.Date = part.instant("notificationDate")
	status := part.part("deliveryStatus")
	d.Accepted = status.oneOf("receiveStatus", accepted, notAccepted) == accepted
	d.StatusDate = status.instant("statusDate")
	d.Resend = status.oneOf("resendMessage", resend, notResend) == resend
	d.Error = status.mayError()
	status.end()
	part.end()
	return d
}

func (w *writer) progress(p Progress) {
	w.must("messageState", string(p.State))
	w.open("status")
	w.must("statusCode", p.Code)
	w.must("statusMessage", p.Text)
	w.instant("statusDate", p.Date)
	w.close("status")
}

func (s *sequence) progress() (p Progress) {
	p.State = MessageState(s.oneOf("messageState", messageStates...))
	status := s.part("status")
	p.Code, p.Text = status.must("statusCode"), status.must("statusMessage")
	p.Date = status.instant("statusDate")
	status.end()
	return p
}

func (w *writer) progressNotice(n ProgressNotice) {
	w.open("notification")
	w.must("notificationId", n.NotificationID)
	w.must("messageId", n.MessageID)
	w.instant("notificationDate", n.Date)
	w.progress(n.Progress)
	w.mayError(n.Error)
	w.close("notification")
}

func (s *sequence) progressNotice() (n ProgressNotice) {
	part := s.part("notification")
	n.NotificationID, n.MessageID = part.must("notificationId"), part.must("messageId")
	n.Date = part.instant("notificationDate")
	n.Progress = part.progress()
	n.Error = part.mayError()
	part.end()
	return n
}
