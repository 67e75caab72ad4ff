package mapped

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
)

// The mapping files that are built in: our contracts.
//
//go:embed mappings/*.json
var builtIn embed.FS

// Error says what is wrong with a mapping file, in a sentence for its author.
type Error struct {
	File   string
	Place  string // of the file: messages › answer › field
	Reason string
}

func (e *Error) Error() string {
	if e.Place == "" {
		return fmt.Sprintf("mapping file %s: %s", e.File, e.Reason)
	}
	return fmt.Sprintf("mapping file %s, %s: %s", e.File, e.Place, e.Reason)
}

// file is a mapping file as it is written; docs/integrations.md describes it.
type file struct {
	Contract   string             `json:"contract"` // whose contract it is, in words
	Peer       state.Peer         `json:"peer"`
	Variant    shep.Variant       `json:"variant"`
	Signs      bool               `json:"signs"`
	Signed     bool               `json:"signed"`
	Namespaces map[string]string  `json:"namespaces"`
	Shapes     map[string]group   `json:"shapes"`
	Messages   map[Message]letter `json:"messages"`
}

// letter is a question with its answer.
type letter struct {
	Service  string   `json:"service"`
	Route    string   `json:"route"`
	Question document `json:"question"`
	Answer   document `json:"answer"`
}

// document is one of both.
type document struct {
	Root string `json:"root"`
	// Of an answer: where the result code and its words stand, and which class a
	// code is of. A code that is not listed is unknown: no answer.
	Code    string                `json:"code"`
	Words   string                `json:"words"`
	Results map[string]shep.Class `json:"results"`
	// Found is a path without which an answer that went well says "not found".
	Found string `json:"found"`
	group
}

// group are the fields of one object, in the order in which they are written.
type group struct {
	Fields []field  `json:"fields"`
	Unsent []string `json:"unsent"` // fields of the program that the peer does not send
}

// field is one line of a mapping.
type field struct {
	Field     string            `json:"field"` // name in the program; $id, $now, $sender are of the message
	Path      string            `json:"path"`
	Required  bool              `json:"required"`
	Constant  *string           `json:"constant"`  // instead of Field: what always stands there
	Values    map[string]string `json:"values"`    // theirs → ours
	Otherwise string            `json:"otherwise"` // ours for a value that Values lacks; else it is malformed
	Formats   []string          `json:"formats"`   // of dates, such as DD.MM.YYYY; the first is written
	Shape     string            `json:"shape"`     // of Shapes, instead of Fields
	group
}

// Set are the messages of one peer.
type Set struct {
	Peer     state.Peer
	File     string // "" for the one that is built in
	Contract string
	messages map[Message]*Mapping
}

// Message is one of the peer's messages; it must be one of the peer's contract.
func (s *Set) Message(m Message) *Mapping {
	if s.messages[m] == nil {
		panic(fmt.Sprintf("mapped: %s has no message %s", s.Peer, m))
	}
	return s.messages[m]
}

// Messages of the peer.
func (s *Set) Messages() map[Message]*Mapping { return s.messages }

// BuiltIn is our own contract with the peer.
func BuiltIn(peer state.Peer) (*Set, error) { return builtInAs(string(peer)) }

// Shape is a form of what egov.kz is told; two were seen.
type Shape string

// The shapes, by what stands at their root.
const (
	ResponseShape Shape = "response" // responseMessage with a status and its text
	FormShape     Shape = "form"     // typedRequestFormImportData with a status in both languages
)

// BuiltInPortal is our contract with egov.kz in one of the shapes.
func BuiltInPortal(s Shape) (*Set, error) { return builtInAs("portal-" + string(s)) }

func builtInAs(name string) (*Set, error) {
	data, err := builtIn.ReadFile("mappings/" + name + ".json")
	if err != nil {
		return nil, &Error{File: "of " + name, Reason: "no such contract is built in"}
	}
	s, err := read(name+".json (built in)", data)
	if err != nil {
		return nil, err
	}
	s.File = ""
	return s, nil
}

// Text is the built-in file of a peer: where an author of another one begins.
func Text(peer state.Peer) ([]byte, error) {
	return builtIn.ReadFile("mappings/" + string(peer) + ".json")
}

// longest mapping file that is read.
const longest = 1 << 20

// Open reads an administrator's file for the peer.
func Open(path string, peer state.Peer) (*Set, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Reason: "cannot be opened: " + reason(err)}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, longest+1))
	switch {
	case err != nil:
		return nil, &Error{File: path, Reason: "cannot be read: " + reason(err)}
	case len(data) > longest:
		return nil, &Error{File: path, Reason: "is longer than a mebibyte"}
	}
	s, err := read(path, data)
	if err == nil && s.Peer != peer {
		return nil, &Error{File: path, Place: "peer", Reason: fmt.Sprintf("%q, but the file is named as that of %q", s.Peer, peer)}
	}
	return s, err
}

func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func read(path string, data []byte) (*Set, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, &Error{File: path, Place: fmt.Sprintf("line %d", lineOf(data, d, err)), Reason: sayJSON(err)}
	}
	if d.More() {
		return nil, &Error{File: path, Reason: "something follows after its end"}
	}
	c := compiler{file: f, path: path}
	return c.set()
}

// lineOf is the line at which reading stopped.
func lineOf(data []byte, d *json.Decoder, err error) int {
	at := d.InputOffset()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	return 1 + bytes.Count(data[:min(int(at), len(data))], []byte("\n"))
}

// sayJSON says in plain words what encoding/json found.
func sayJSON(err error) string {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fmt.Sprintf("%s is a %s and must be another kind of value", kind.Field, kind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the file ends too early"
	}
	return "is no valid JSON of a mapping file: " + strings.TrimPrefix(err.Error(), "json: ")
}
