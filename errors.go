package mekenjai

import (
	"errors"
	"fmt"
)

// The sentinels that verbs return. Faces turn them into pages; nobody matches
// the text of an error.
var (
	ErrNotFound    = errors.New("not found")
	ErrForbidden   = errors.New("forbidden")
	ErrConflict    = errors.New("conflict with the present state")
	ErrStale       = errors.New("the page was overtaken by another change")
	ErrTooMany     = errors.New("too many attempts")
	ErrUnavailable = errors.New("a register does not answer")
	ErrSignIn      = errors.New("authentication is needed")
)

// FieldError says that one input of the reader is unusable. Field is the name of
// the input, Key the catalogue key of the message, Args its arguments by name.
type FieldError struct {
	Field string
	Key   string
	Args  map[string]any
}

func (e *FieldError) Error() string { return fmt.Sprintf("field %s: %s", e.Field, e.Key) }

// FieldErrors are the unusable inputs of one page, in the order of the page.
type FieldErrors []*FieldError

func (e FieldErrors) Error() string {
	if len(e) == 0 {
		return "no field errors"
	}
	return fmt.Sprintf("%v (%d in all)", e[0], len(e))
}

// OrNil returns nil when nothing was found, so that `return errs.OrNil()` never
// yields a non-nil interface around an empty list.
func (e FieldErrors) OrNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// SignatureError says why a signature was not accepted. Code is one of the
// reasons of package eds or one of ours: "signer" (another person's
// certificate), "role" (the certificate does not speak for the organisation),
// "text" (signed over another text).
type SignatureError struct {
	Code string
	// Wait is true when the answer is "cannot tell yet": the signature is kept
	// and asked about again, it neither passes nor fails.
	Wait bool
}

func (e *SignatureError) Error() string { return "signature not accepted: " + e.Code }
