package eds

import (
	"errors"
	"slices"
)

// damaged reports what of the evidence in a signature is not what somebody signed. Such
// evidence proves nothing anyway; but an archive in which anything was changed must not
// be taken for whole by who happens not to need that part. What was signed by somebody
// who is not known here is passed over.
func (v *Verifier) damaged(k keptEvidence, known []*Certificate, tries *tries) []problem {
	certificates := slices.Clone(k.certificates)
	for _, o := range k.responses {
		certificates = append(certificates, o.Certificates...)
	}
	pools := []*Pool{v.Anchors}
	if v.TSAAnchors != nil {
		pools = append(pools, v.TSAAnchors)
	}
	var out []problem
	known = slices.Concat(known, certificates)
	for _, pool := range pools {
		b := &pathBuilder{pool: pool, extra: certificates, tries: tries}
		out = append(out, b.strays(nil)...)
		known = append(known, pool.Certificates()...)
	}
	for _, c := range certificates {
		if slices.ContainsFunc(known, c.isSpoiltCopyOf) {
			out = append(out, problemf(ReasonMalformed, "%s in the signature is another than the one of its number and key", c.label()))
		}
	}
	for _, o := range k.responses {
		nobody := len(o.Certificates) > 0 && !slices.ContainsFunc(known, o.isResponder)
		if nobody || !tries.spend() || !signedByAny(&o.signed, known, o.isResponder) {
			out = append(out, problemf(ReasonMalformed, "an OCSP response in the signature is not what its responder signed"))
		}
	}
	for _, list := range k.lists {
		if !tries.spend() || !signedByAny(&list.signed, known, list.issuedBy) {
			out = append(out, problemf(ReasonMalformed, "a revocation list in the signature is not what %s signed", list.Issuer))
		}
	}
	return out
}

// isSpoiltCopyOf reports whether two certificates with one number and one key differ: an
// authority gives every number once.
func (c *Certificate) isSpoiltCopyOf(o *Certificate) bool {
	return c.X509.SerialNumber.Cmp(o.X509.SerialNumber) == 0 && sameKey(c, o) && !c.Equal(o)
}

// signedByAny reports whether one of those who may have signed has, or nobody is known
// who may. An algorithm that is too weak to prove anything is no damage.
func signedByAny(s *signedObject, known []*Certificate, may func(*Certificate) bool) bool {
	found := false
	for _, c := range known {
		if !may(c) {
			continue
		}
		err := s.verify(c)
		if err == nil || errors.Is(err, errWeak) {
			return true
		}
		found = true
	}
	return !found
}
