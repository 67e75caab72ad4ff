package xmldsig

import (
	"encoding/xml"
	"errors"
	"fmt"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// The reasons of signed XML, beside those of package eds. All make the answer invalid.
const (
	ReasonDTD         eds.Reason = "dtd"           // a document type: entities, defaults
	ReasonLimits      eds.Reason = "limits"        // too large, too deep, too many
	ReasonTransform   eds.Reason = "transform"     // XPath, XSLT, or another that is not understood
	ReasonReference   eds.Reason = "reference"     // leads out of the document, or to nothing in it
	ReasonDuplicateID eds.Reason = "duplicate_id"  // the identifier that is signed occurs twice
	ReasonPartial     eds.Reason = "partial_cover" // something of the document is not signed
	ReasonWrapping    eds.Reason = "wrapping"      // signature or signed element where it must not be
)

// Limits of a document. They leave room for a scan in base64 inside of a statement.
const (
	maxDocument   = 16 << 20
	maxDepth      = 200
	maxNodes      = 200_000
	maxAttributes = 256
	maxSignatures = 16
	maxReferences = 8
	maxCerts      = 8 // in one signature
	maxPrefixes   = 64
	maxCanonical  = 128 << 20 // of all canonical forms in one verification
)

var limits = xmltree.Limits{Bytes: maxDocument, Depth: maxDepth, Nodes: maxNodes, Attributes: maxAttributes}

// A Report is the answer about one document: the worst of its signers' and its own.
// Its Content is what every signer signed, as it stands in the Signed of the first;
// nil when they signed different elements, or when any of it is forged.
type Report struct {
	eds.Report
	// Signed is what the signatures cover, in the order of Signers, one for each
	// reference of each; empty for a signature that does not match.
	Signed []Signed `json:"signed"`
}

// Signed is something that a signature covers.
type Signed struct {
	Signer int    `json:"signer"` // index into Signers
	URI    string `json:"uri"`    // "" for the document, "#id" for an element
	Whole  bool   `json:"whole"`  // the root with everything below it, but signatures
	// Content is the canonical form that was hashed: XML in UTF-8, of the element
	// alone, without document type, CDATA and entity references.
	Content []byte `json:"-"`

	comments bool
}

// Decode reads the content into v as encoding/xml does.
func (s Signed) Decode(v any) error {
	if s.Content == nil {
		return errors.New("xmldsig: nothing was signed")
	}
	if err := xml.Unmarshal(s.Content, v); err != nil {
		return fmt.Errorf("xmldsig: decode: %w", err)
	}
	return nil
}

// refusal is an error with its reason for machines.
type refusal struct {
	reason eds.Reason
	detail string
}

func (r *refusal) Error() string { return r.detail }

func refuse(reason eds.Reason, format string, args ...any) error {
	return &refusal{reason, fmt.Sprintf(format, args...)}
}

// record puts an error of this package or of the reader into an answer.
func record(v *eds.Verdict, err error) {
	var r *refusal
	reason := eds.ReasonMalformed
	switch {
	case errors.As(err, &r):
		reason = r.reason
	case errors.Is(err, xmltree.ErrDTD):
		reason = ReasonDTD
	case errors.Is(err, xmltree.ErrLimit):
		reason = ReasonLimits
	}
	v.Add(reason, "%v", err)
}
