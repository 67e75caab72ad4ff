package shep

import (
	"encoding/xml"
	"time"
)

// writeFault is a SOAP fault with the detail of the channel.
func writeFault(space, detail string, f *Fault, at time.Time, session string) []byte {
	w := &writer{}
	w.WriteString(`<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="` + soapEnvelope + `"><soap:Body><soap:Fault>`)
	w.must("faultcode", "soap:Server")
	w.must("faultstring", f.Message)
	w.WriteString(`<detail><t:` + detail + ` xmlns:t="` + space + `">`)
	w.errorInfo(ErrorInfo{Code: f.Code, Message: f.Message, Date: at, SessionID: session})
	w.WriteString(`</t:` + detail + `></detail></soap:Fault></soap:Body></soap:Envelope>`)
	return []byte(w.String())
}

func (w *writer) errorInfo(e ErrorInfo) {
	w.must("errorCode", e.Code)
	w.must("errorMessage", e.Message)
	w.may("errorData", e.Data)
	w.instant("errorDate", e.Date)
	if e.Sub != nil {
		w.open("subError")
		w.errorInfo(*e.Sub)
		w.close("subError")
	}
	w.may("sessionId", e.SessionID)
}

func (s *sequence) errorInfo() (e ErrorInfo) {
	e.Code, e.Message, e.Data = s.must("errorCode"), s.must("errorMessage"), s.may("errorData")
	e.Date = s.instant("errorDate")
	if sub := s.mayPart("subError"); sub != nil {
		inner := sub.errorInfo()
		e.Sub = &inner
	}
	e.SessionID = s.guid("sessionId", false)
	s.end()
	return e
}

// readFault reads a SOAP 1.1 fault. One without the channel's detail, as a gateway
// before the bus makes it, has the code of SOAP alone.
func readFault(op *element, space, detail string) (info ErrorInfo, ok bool, err error) {
	if !op.is(soapEnvelope, "Fault") {
		return info, false, nil
	}
	s := op.sequence(&err)
	info.Code, info.Message = s.must("faultcode"), s.must("faultstring")
	s.may("faultactor")
	if d := s.next("detail"); d != nil {
		for _, e := range d.children {
			if e.name == (xml.Name{Space: space, Local: detail}) {
				info = e.sequence(&err).errorInfo()
			}
		}
	}
	s.end()
	return info, true, err
}
