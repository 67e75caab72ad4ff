// Package xmldsig verifies and makes signed XML of Kazakhstan: XML Signature (W3C
// XMLDSig) as NCALayer and the national Kalkan library write it, and the WS-Security
// profile of the state's message bus. Keys and algorithms are those of package eds:
// GOST 34.10-2015, GOST 34.310-2004 and RSA.
//
//	report, err := xmldsig.Verify(ctx, verifier, document, xmldsig.Options{})
//	if err == nil && report.Valid() {
//		err = report.Signed[0].Decode(&statement) // only what was signed
//	}
//
// The answer is that of package eds, three-valued with machine-readable reasons: the
// same Verifier judges chain, time, usage and revocation of the signer's certificate.
//
// # See what is signed
//
// Most forged XML signatures verify: what was signed is still there, moved to where
// nobody looks, and the program reads something else (signature wrapping). So:
//
//   - Verify demands that every signature covers the whole document, or, by Id, all
//     elements under a bare root beside which it stands: only the root's name is not
//     signed then. Options.Partial takes signatures over an element; the rest of the
//     document is then worth nothing.
//   - VerifyEnvelope demands that every signature covers the Body of this envelope, the
//     one that will be read, and not any Body.
//   - Signed.Content is the canonical form that was hashed. Read this and not the
//     document that came in. It is nil unless digest and signature match.
//   - Several signatures are all judged. One may have been added after the other, so
//     that an earlier one covers the document without the later ones; everything else
//     must be covered by each.
//   - Transforms other than enveloped-signature and canonicalization are refused, and so
//     are references out of the document, identifiers that occur twice, under whatever
//     name (Id, ID, wsu:Id, xml:id), and parts of a Signature that say something this
//     package does not understand.
//
// One thing a signature with exclusive canonicalization does not cover: namespace
// prefixes that occur only inside of values, as in xsi:type="p:Request". Do not decide
// by what such a prefix stands for.
//
// # Why an own reader of XML
//
// The canonical form is what gets hashed, so it must come from the same reader that
// finds the signature, knows each line of the standards that matters here (attribute
// normalisation, character references, namespaces of every name) and repairs nothing:
// encoding/xml takes repeated attributes, keeps line breaks in attributes and forgets
// prefixes. The own reader, in internal/xmltree, is some 600 lines for the standard
// library alone, refuses document types outright (no entities, no expansion, no
// fetching), works in time linear in the input, and bounds size, depth and count of
// everything, also of the canonical form, which a long namespace name could make
// quadratic.
//
// # Standards
//
// XML Signature Syntax and Processing 1.1, Canonical XML 1.0, Exclusive XML
// Canonicalization 1.0, WS-Security 1.1 with the X.509 Certificate Token Profile. As
// XMLDSig demands (section 4.4.3.3), references "" and "#id" leave comments out even
// where the transform is c14n#WithComments; Kalkan does the same. A signature that has
// them in all the same is read as well.
package xmldsig
