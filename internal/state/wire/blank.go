package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// The elements whose content opens something: the tokens of KDP and GBD FL, passwords
// of the bus and of the store of files.
var secretNames = []string{"kdpToken", "publicKey", "public-key", "ovt", "password"}

const (
	mask      = "***"
	anySecret = `(?:[^\s<>&:/]+:)?(?:kdpToken|publicKey|public-key|ovt|password)`
)

// What looks like a secret in bytes that are no XML as it is read here. An element
// that is begun and not ended is hidden to the end.
var (
	secrets        = regexp.MustCompile(`(?s)(<` + anySecret + `(?:\s(?:[^<>]*[^<>/])?)?>).*?(</` + anySecret + `\s*>|\z)`)
	escapedSecrets = regexp.MustCompile(`(?s)(&lt;` + anySecret + `(?:\s.{0,200}?)?(?:&gt;|>)).*?(&lt;/|\z)`)
)

// Blank puts asterisks in place of the secrets in a message or an envelope, so that it
// can be shown and kept: whatever stands between the tags of a secret, be it a text, a
// CDATA section, cut by comments or with elements of its own, and the same in a
// document that stands within a text.
func Blank(message []byte) []byte { return blank(message, 0) }

// deepestText is how many documents may stand within one another as texts.
const deepestText = 3

func blank(message []byte, depth int) []byte {
	shown, err := veil(message, func(path []string) bool {
		return slices.ContainsFunc(path, func(name string) bool { return slices.Contains(secretNames, name) })
	}, func(text string) string {
		if depth == deepestText || !strings.ContainsAny(text, "<&") {
			return text
		}
		return string(blank([]byte(text), depth+1))
	})
	if err != nil {
		shown = message
	}
	return escapedSecrets.ReplaceAll(secrets.ReplaceAll(shown, []byte("${1}"+mask+"${2}")), []byte("${1}"+mask+"${2}"))
}

// openNames are the elements of an answer of KDP and its envelope whose text may be
// shown; what stands in Header or responseInfo may be shown whole.
var openNames = []string{"faultcode", "faultstring", "errorCode", "errorMessage", "errorDate", "sessionId"}

// BlankKDP is an answer of KDP as it may be kept. Its token stands in an element of a
// name that means a code elsewhere, so it is done the other way round: what is known to
// hold none stays, every other text goes. ok is false when that cannot be done: it is
// no XML, or something stands in attributes that belongs nowhere.
func BlankKDP(message []byte) (shown []byte, ok bool) {
	strange := false
	shown, err := veil(message, func(path []string) bool {
		if len(path) == 0 {
			return true
		}
		last := path[len(path)-1]
		if at := slices.Index(path, "data"); at >= 0 {
			return at != len(path)-2 || last != "status"
		}
		return !inHeader(path) && !slices.Contains(path, "responseInfo") && !slices.Contains(openNames, last)
	}, func(text string) string { return text }, func(path []string, a xml.Attr) {
		if inHeader(path) || a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || strings.EqualFold(a.Name.Local, "id") ||
			a.Name.Local == "type" || a.Name.Local == "nil" || a.Name.Local == "schemaLocation" {
			return
		}
		strange = true
	})
	if err != nil || strange {
		return nil, false
	}
	return shown, true
}

// inHeader says whether an element belongs to what stands beside the body.
func inHeader(path []string) bool { return len(path) > 1 && path[1] == "Header" }

// veil goes through a message and leaves every byte as it is but for texts: those of
// paths that are hidden become asterisks, the others what change makes of them. A
// text is all that stands between two tags, whatever it is written as.
func veil(message []byte, hidden func(path []string) bool, change func(string) string, look ...func(path []string, a xml.Attr)) ([]byte, error) {
	v := &veiled{source: message, decoder: xml.NewDecoder(bytes.NewReader(message)), hidden: hidden, change: change}
	for {
		from := int(v.decoder.InputOffset())
		token, err := v.decoder.RawToken()
		if err == io.EOF {
			if len(v.path) > 0 {
				return nil, errors.New("it ends early")
			}
			v.flush(len(message))
			return v.shown.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			v.flush(from)
			v.path = append(v.path, t.Name.Local)
			for _, a := range t.Attr {
				for _, f := range look {
					f(v.path, a)
				}
			}
			v.tag(from)
		case xml.EndElement:
			if len(v.path) == 0 || v.path[len(v.path)-1] != t.Name.Local {
				return nil, errors.New("an end tag that nothing began")
			}
			v.flush(from)
			v.path = v.path[:len(v.path)-1]
			v.tag(from)
		case xml.CharData:
			said := len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0
			if said && len(v.path) == 0 {
				return nil, errors.New("text outside of the root")
			}
			v.text.Write(t)
			v.said = v.said || said
		case xml.ProcInst:
			v.said = v.said || t.Target != "xml"
		case xml.Directive:
			return nil, errors.New("a document type")
		case xml.Comment: // part of the text around it, as instructions are
			v.said = true
		}
	}
}

type veiled struct {
	source  []byte
	decoder *xml.Decoder
	hidden  func([]string) bool
	change  func(string) string
	path    []string // local names of the open elements
	shown   bytes.Buffer
	copied  int          // of source
	text    bytes.Buffer // since the last tag
	said    bool         // more than space
}

// tag copies the tag that began at from.
func (v *veiled) tag(from int) {
	to := int(v.decoder.InputOffset())
	v.shown.Write(v.source[from:to])
	v.copied = to
}

// flush ends the text that stands before the tag at to.
func (v *veiled) flush(to int) {
	raw := v.source[v.copied:to]
	v.copied = to
	switch text := v.text.String(); {
	case !v.said:
		v.shown.Write(raw)
	case v.hidden(v.path):
		v.shown.WriteString(mask)
	default:
		if changed := v.change(text); changed != text {
			_ = xml.EscapeText(&v.shown, []byte(changed)) // a buffer takes everything
		} else {
			v.shown.Write(raw)
		}
	}
	v.text.Reset()
	v.said = false
}
