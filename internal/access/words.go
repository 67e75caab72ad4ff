package access

import (
	"mekenjai"
	"mekenjai/internal/locale"
)

// SignatureMessage says to the person why a signature was not accepted and what to
// do: for a sign-in and for a consent alike.
func SignatureMessage(l locale.Lang, e *mekenjai.SignatureError) string {
	const prefix = "access.signature."
	if key := prefix + e.Code; l.Has(key) {
		return l.T(key)
	}
	if e.Wait {
		return l.T("access.signature.revocation_unavailable")
	}
	return l.T("access.signature.other")
}
