package bus

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"mekenjai/eds/xmldsig"
	"mekenjai/internal/fake/country"
)

// reply is what the bus would send, before a fault of the way strikes it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// capture is a ResponseWriter that keeps the reply.
type capture struct {
	reply
	buffer bytes.Buffer
}

func (c *capture) Header() http.Header {
	if c.header == nil {
		c.header = http.Header{}
	}
	return c.header
}

func (c *capture) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *capture) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.buffer.Write(p)
}

func (c *capture) whole() reply {
	c.WriteHeader(http.StatusOK)
	c.body = c.buffer.Bytes()
	return c.reply
}

func (r reply) send(w http.ResponseWriter) {
	for k, v := range r.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // who hangs up has no use for it
}

// securityHeader is the one that xmldsig.SignEnvelope writes.
var securityHeader = regexp.MustCompile(`(?s)<wsse:Security .*?</wsse:Security>`)

// bare is an envelope without its transport signature.
func bare(envelope []byte) []byte { return securityHeader.ReplaceAll(envelope, nil) }

var (
	responseDate = regexp.MustCompile(`<responseDate>(\d{4})-`)
	inOrder      = regexp.MustCompile(`(?s)(<responseInfo>.*</responseInfo>)(<responseData>.*</responseData>|<responseData/>)`)
	wholeBody    = regexp.MustCompile(`(?s)<([a-zA-Z]+):Body[ >].*</[a-zA-Z]+:Body>`)
	bodyID       = regexp.MustCompile(` [a-z0-9]+:Id="[^"]*"`)
	endOfHeader  = regexp.MustCompile(`</[a-zA-Z]+:Header>`)
)

// errNoPlace says that an envelope has not the form that a fault needs: a mistake of
// the simulator, which must not pass for an answer.
var errNoPlace = errors.New("the fault has no place in the reply")

// strike does to a reply what the fault says. Replies that the fault does not touch,
// as a business fault of a register, go as they are.
func (b *Bus) strike(w http.ResponseWriter, kind country.FaultKind, r reply) error {
	var err error
	switch kind {
	case Unsigned:
		r.body = bare(r.body)
	case Foreign:
		r.body, err = xmldsig.SignEnvelope(b.keys.Stranger, bare(r.body))
	case Altered:
		r.body, err = replaced(responseDate, r.body, "<responseDate>1$1-")
	case Wrapped:
		r.body, err = wrapped(r.body)
	case Reordered:
		if r.body, err = replaced(inOrder, bare(r.body), "$2$1"); err == nil {
			r.body, err = xmldsig.SignEnvelope(b.keys.Bus, r.body)
		}
	case Entities:
		r.body = append([]byte(laughs), bytes.TrimPrefix(r.body, []byte(xmlDeclaration))...)
	case NotXML:
		r.header, r.body = http.Header{"Content-Type": {"text/html; charset=utf-8"}}, []byte(badGateway)
	case Huge:
		return flood(w, r)
	case Cut:
		return cut(w, r)
	}
	if err != nil {
		return err
	}
	r.send(w)
	return nil
}

func replaced(pattern *regexp.Regexp, envelope []byte, with string) ([]byte, error) {
	at := pattern.FindSubmatchIndex(envelope)
	if at == nil {
		return nil, errNoPlace
	}
	out := pattern.Expand(append([]byte{}, envelope[:at[0]]...), []byte(with), envelope, at)
	return append(out, envelope[at[1]:]...), nil
}

// wrapped moves the signed Body into the header, where the signature still finds it
// by its Id, and puts another in its place.
func wrapped(envelope []byte) ([]byte, error) {
	body, end := wholeBody.FindIndex(envelope), endOfHeader.FindIndex(envelope)
	if body == nil || end == nil || end[0] > body[0] {
		return nil, errNoPlace
	}
	signed := envelope[body[0]:body[1]]
	forged, err := replaced(responseDate, bodyID.ReplaceAll(signed, nil), "<responseDate>1$1-")
	if err != nil {
		return nil, err
	}
	out := append([]byte{}, envelope[:end[0]]...)
	out = append(append(append(out, `<wrapper xmlns="">`...), signed...), "</wrapper>"...)
	out = append(append(out, envelope[end[0]:body[0]]...), forged...)
	return append(out, envelope[body[1]:]...), nil
}

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8"?>`

// laughs is a small bomb of entities; what it is put before is signed as it was.
const laughs = `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE soap [` +
	`<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">` +
	`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>`

const badGateway = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway<br></center></body></html>\n"

// flood sends fifty megabytes, of which the beginning is a reply.
func flood(w http.ResponseWriter, r reply) error {
	at := bytes.LastIndex(r.body, []byte("</"))
	if at < 0 {
		return errNoPlace
	}
	w.Header().Set("Content-Type", r.header.Get("Content-Type"))
	w.WriteHeader(r.status)
	spaces := bytes.Repeat([]byte(" "), 64<<10)
	_, err := w.Write(r.body[:at])
	for n := 0; err == nil && n < 50<<20; n += len(spaces) {
		_, err = w.Write(spaces)
	}
	if err == nil {
		_, err = w.Write(r.body[at:])
	}
	_ = err // the other side hung up, which is what it should do
	return nil
}

// cut promises a whole reply and ends after half of it.
func cut(w http.ResponseWriter, r reply) error {
	w.Header().Set("Content-Type", r.header.Get("Content-Type"))
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = io.CopyN(w, bytes.NewReader(r.body), int64(len(r.body)/2))
	panic(http.ErrAbortHandler)
}
