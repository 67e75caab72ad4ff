// Package mobile is what a service and the application eGov Mobile say to each
// other when a person signs with the key in his phone: the link in the QR code,
// what stands behind it (API 1), the documents to sign and the same documents
// signed (API 2), as the public integration text of the service describes them.
// It is pure: who may ask, and what a signature is worth, others decide.
package mobile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

const (
	scheme    = "mobileSign:"
	appStore  = "1476128386"
	bundle    = "kz.egov.mobile"
	android   = "kz.mobile.mgov"
	universal = "https://m.egov.kz/mobileSign"
)

// QR is the text of the code that the application scans. API 1 answers at link.
func QR(link string) string { return scheme + link }

// DeepLink opens the application on the phone on which it is pressed.
func DeepLink(link string) string {
	return universal + "?link=" + url.QueryEscape(link) + "&isi=" + appStore + "&ibi=" + bundle + "&apn=" + android
}

// ErrNoLink says that a text is neither such a code nor such a link.
var ErrNoLink = errors.New("not a code of eGov Mobile")

// ReadLink finds the address of API 1 in the text of a QR code or in a deep link.
func ReadLink(text string) (string, error) {
	text = strings.TrimSpace(text)
	link, scanned := strings.CutPrefix(text, scheme)
	if !scanned {
		u, err := url.Parse(text)
		if err != nil || !strings.HasPrefix(text, universal+"?") {
			return "", ErrNoLink
		}
		link = u.Query().Get("link")
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(link, " \t\r\n") {
		return "", ErrNoLink
	}
	return link, nil
}

// Stamp is an instant as the application reads it: with milliseconds and offset.
type Stamp struct{ time.Time }

const stampLayout = "2006-01-02T15:04:05.000-07:00"

// MarshalText writes the instant.
func (s Stamp) MarshalText() ([]byte, error) { return []byte(s.Format(stampLayout)), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Stamp) UnmarshalText(text []byte) (err error) {
	s.Time, err = time.Parse(stampLayout, string(text))
	return err
}

// AuthType is how the application proves that it may have the documents.
type AuthType string

// The ways. With Eds it would send a signed document that holds the uri first.
const (
	None  AuthType = "None"
	Token AuthType = "Token"
	Eds   AuthType = "Eds"
)

// Invitation is the answer of API 1.
type Invitation struct {
	Description  string       `json:"description"`
	Expires      Stamp        `json:"expiry_date"`
	Organisation Organisation `json:"organisation"`
	Document     Pointer      `json:"document"`
}

// Organisation is who asks for the signature.
type Organisation struct {
	NameRU string `json:"nameRu"`
	NameKZ string `json:"nameKz"`
	NameEN string `json:"nameEn"`
	BIN    string `json:"bin"`
}

// Pointer is where API 2 is.
type Pointer struct {
	URI   string   `json:"uri"`
	Auth  AuthType `json:"auth_type"`
	Token string   `json:"auth_token"` // "" for None
}

// SignMethod is what the application makes of the documents.
type SignMethod string

// The methods. Only the two of CMS sign bytes as they are; XML signs a document's
// canonical form.
const (
	XML      SignMethod = "XML"
	WithData SignMethod = "CMS_WITH_DATA" // the signature carries what it is over
	SignOnly SignMethod = "CMS_SIGN_ONLY"
)

// Parcel is API 2: the documents to sign, and the same documents signed.
type Parcel struct {
	Method    SignMethod `json:"signMethod"`
	Version   int        `json:"version"`
	Documents []Document `json:"documentsToSign"`
}

// Document is one of them: a file, or XML.
type Document struct {
	ID     int      `json:"id"`
	NameRU string   `json:"nameRu"`
	NameKZ string   `json:"nameKz"`
	NameEN string   `json:"nameEn"`
	Meta   []Meta   `json:"meta"`
	XML    string   `json:"documentXml,omitempty"`
	File   *Content `json:"document,omitempty"`
}

// Meta is a line that the person reads beside the name.
type Meta struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Content wraps a file.
type Content struct {
	File File `json:"file"`
}

// File is the document, or in the answer its signature; JSON has it in base64.
type File struct {
	MIME string `json:"mime"`
	Data []byte `json:"data"`
}

// ErrMalformed says that something is not what the protocol has.
var ErrMalformed = errors.New("not a message of eGov Mobile")

// Read decodes one message and nothing after it. Members that the application adds
// are passed over; how much is read the caller bounds.
func Read[T Parcel | Invitation](r io.Reader) (message T, err error) {
	d := json.NewDecoder(r)
	if err := d.Decode(&message); err != nil {
		return message, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return message, fmt.Errorf("%w: something follows", ErrMalformed)
	}
	return message, nil
}

// ErrAltered says that other documents came back than were given out.
var ErrAltered = errors.New("the documents are others than were given out")

// SignatureIn is the signature that came back in place of the one file that was
// given out. All that tells the document apart must be as it was; the lines of Meta
// are in the language of the phone and decide nothing.
func SignatureIn(given, returned Parcel) ([]byte, error) {
	if len(given.Documents) != 1 || len(returned.Documents) != 1 || given.Method != returned.Method {
		return nil, ErrAltered
	}
	g, r := given.Documents[0], returned.Documents[0]
	if r.File == nil || len(r.File.File.Data) == 0 {
		return nil, fmt.Errorf("%w: no signature", ErrMalformed)
	}
	if g.ID != r.ID || g.NameRU != r.NameRU || g.NameKZ != r.NameKZ || g.NameEN != r.NameEN || r.XML != "" || g.File.File.MIME != r.File.File.MIME {
		return nil, ErrAltered
	}
	return r.File.File.Data, nil
}
