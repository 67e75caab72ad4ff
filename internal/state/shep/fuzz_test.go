package shep

import (
	"bytes"
	"testing"
	"time"
)

// FuzzRead: nothing that comes over the network makes the readers fail otherwise than
// by an error, and a document that is taken out stands for itself.
func FuzzRead(f *testing.F) {
	data := `<data xmlns:p="urn:p" xmlns:xsi="` + instanceSpace + `" xsi:type="p:Request"><a>1</a></data>`
	f.Add(syncRequest{messageID: "1", service: "s", data: data}.write())
	f.Add(envelope(syncTypes, "SendMessageResponse", syncResponse{messageID: "1", code: "c", message: "m", data: data}.write()))
	f.Add(writeFault(asyncTypes, faultOf("sendMessage"), &Fault{"c", "m"}, time.Time{}, session()))
	w := &writer{}
	w.open("request")
	w.message(Message{ServiceID: "s", Type: Order}, data)
	w.close("request")
	f.Add(envelope(asyncClient, "sendMessage", w.String()))
	f.Fuzz(func(t *testing.T, source []byte) {
		root, err := parse(source)
		if err != nil {
			return
		}
		op, err := operation(root)
		if err != nil {
			return
		}
		var payload *element
		if m, err := readSyncRequest(op); err == nil {
			payload = m.payload
		}
		if m, err := readSyncResponse(op); err == nil {
			payload = m.payload
		}
		_, _, _ = readFault(op, asyncTypes, faultOf("sendMessage"))
		_, _ = call{raw: source, op: op}.message()
		if payload == nil {
			return
		}
		if v, doc, err := payload.any(source); err == nil && v != Text {
			if again, err := parse(doc); err != nil || again.name != payload.name {
				t.Errorf("%q does not stand for itself: %v", doc, err)
			} else if once := again.alone(doc); !bytes.Equal(once, doc) {
				t.Errorf("%q became %q", doc, once)
			}
		}
	})
}
