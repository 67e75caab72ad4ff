package shep

import (
	"time"
)

// The messages of the synchronous channel, as both ends write and read them.

type syncRequest struct {
	messageID, correlationID, service, route string
	date                                     time.Time
	sender                                   Sender
	properties                               []Property
	data                                     string   // to write
	payload                                  *element // as read; nil: none
}

// Property is a key with a value beside the message.
type Property struct{ Key, Value string }

// Sender is who we are to the bus.
type Sender struct{ ID, Password string }

func (m syncRequest) write() []byte {
	w := &writer{}
	w.open("request")
	w.open("requestInfo")
	w.must("messageId", m.messageID)
	w.may("correlationId", m.correlationID)
	w.must("serviceId", m.service)
	w.instant("messageDate", m.date)
	w.may("routeId", m.route)
	w.sender(m.sender)
	w.properties(m.properties)
	w.close("requestInfo")
	w.open("requestData")
	w.WriteString(m.data)
	w.close("requestData")
	w.close("request")
	return envelope(syncTypes, "SendMessage", w.String())
}

func (w *writer) sender(s Sender) {
	w.open("sender")
	w.must("senderId", s.ID)
	w.may("password", s.Password)
	w.close("sender")
}

func (w *writer) properties(list []Property) {
	for _, p := range list {
		w.open("properties")
		w.must("key", p.Key)
		w.must("value", p.Value)
		w.close("properties")
	}
}

func readSyncRequest(op *element) (m syncRequest, err error) {
	if !op.is(syncTypes, "SendMessage") {
		return m, malformed("the operation is not SendMessage")
	}
	s := op.sequence(&err)
	request := s.part("request")
	s.end()
	info := request.part("requestInfo")
	m.messageID = info.must("messageId")
	m.correlationID = info.may("correlationId")
	m.service = info.must("serviceId")
	m.date = info.instant("messageDate")
	m.route = info.may("routeId")
	m.sender = info.sender()
	m.properties = info.properties()
	info.guid("sessionId", false) // the bus's own affair
	info.end()
	data := request.part("requestData")
	request.end()
	m.payload = data.payload()
	data.end()
	if err == nil && (m.messageID == "" || m.service == "") {
		err = malformed("a message without its number or service")
	}
	return m, err
}

func (s *sequence) sender() (who Sender) {
	part := s.part("sender")
	who.ID, who.Password = part.must("senderId"), part.may("password")
	part.end()
	return who
}

func (s *sequence) maySender() (who Sender) {
	if len(s.rest) > 0 && s.rest[0].is("", "sender") {
		return s.sender()
	}
	return who
}

func (s *sequence) properties() (list []Property) {
	for part := s.mayPart("properties"); part != nil; part = s.mayPart("properties") {
		p := Property{Key: part.must("key"), Value: part.must("value")}
		part.end()
		if len([]rune(p.Key)) > longestKey || len([]rune(p.Value)) > longestValue {
			s.fail("a property longer than it may be")
		}
		list = append(list, p)
	}
	return list
}

// payload is the element data, of whatever type. One client of the bus writes it in
// the namespace of the interfaces; that is read and never written.
func (s *sequence) payload() *element {
	if e := s.next("data"); e != nil {
		return e
	}
	if len(s.rest) > 0 && s.rest[0].is(syncInterfaces, "data") {
		e := s.rest[0]
		s.rest = s.rest[1:]
		return e
	}
	return nil
}

type syncResponse struct {
	messageID, correlationID string
	date                     time.Time
	code, message            string
	sessionID                string
	data                     string
	payload                  *element
}

func (m syncResponse) write() string {
	w := &writer{}
	w.open("response")
	w.open("responseInfo")
	w.must("messageId", m.messageID)
	w.may("correlationId", m.correlationID)
	w.instant("responseDate", m.date)
	w.open("status")
	w.must("code", m.code)
	w.must("message", m.message)
	w.close("status")
	w.may("sessionId", m.sessionID)
	w.close("responseInfo")
	w.open("responseData")
	w.WriteString(m.data)
	w.close("responseData")
	w.close("response")
	return w.String()
}

func readSyncResponse(op *element) (m syncResponse, err error) {
	if !op.is(syncTypes, "SendMessageResponse") {
		return m, malformed("the operation is not SendMessageResponse")
	}
	s := op.sequence(&err)
	response := s.part("response")
	s.end()
	info := response.part("responseInfo")
	m.messageID = info.must("messageId")
	m.correlationID = info.may("correlationId")
	m.date = info.instant("responseDate")
	status := info.part("status")
	m.code, m.message = status.must("code"), status.must("message")
	status.end()
	info.guid("sessionId", false)
	info.end()
	data := response.part("responseData")
	response.end()
	m.payload = data.payload()
	data.end()
	if len([]rune(m.message)) > longestMessage && err == nil {
		err = malformed("a status longer than it may be")
	}
	return m, err
}
