package register

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
)

// verify checks a signature over a frozen text: whole, trusted, valid now, by a
// key that may sign documents. A detached and an attached CMS are both good; an
// attached content that differs is refused by eds. What is not good comes back
// as *mekenjai.SignatureError.
func (r *Register) verify(ctx context.Context, text, cms []byte) (eds.Signer, error) {
	report, err := r.Verifier.VerifyCMS(ctx, cms, text, eds.Options{At: r.now(), Usage: eds.UsageSign})
	if err != nil {
		return eds.Signer{}, fmt.Errorf("verify a signature: %w", err)
	}
	switch {
	case report.Status == eds.StatusIndeterminate:
		return eds.Signer{}, &mekenjai.SignatureError{Code: firstReason(report), Wait: true}
	case report.Status != eds.StatusValid:
		return eds.Signer{}, &mekenjai.SignatureError{Code: firstReason(report)}
	case len(report.Signers) != 1:
		return eds.Signer{}, &mekenjai.SignatureError{Code: "signers"}
	}
	return report.Signers[0], nil
}

func firstReason(report *eds.Report) string {
	if len(report.Reasons) > 0 {
		return string(report.Reasons[0])
	}
	for _, s := range report.Signers {
		if len(s.Reasons) > 0 {
			return string(s.Reasons[0])
		}
	}
	return "unknown"
}

// verifyOwn also asks that the actor himself signed: the certificate must carry
// the number under which he acts. Another person's key signs nothing for him,
// whoever holds the session.
func (r *Register) verifyOwn(ctx context.Context, actor mekenjai.Actor, text, cms []byte) (eds.Signer, error) {
	signer, err := r.verify(ctx, text, cms)
	if err != nil {
		return signer, err
	}
	if mekenjai.IIN(signer.Subject.IIN) != actor.IIN {
		return signer, &mekenjai.SignatureError{Code: "signer"}
	}
	if mekenjai.BIN(signer.Subject.BIN) != actor.BIN {
		return signer, &mekenjai.SignatureError{Code: "role"}
	}
	return signer, nil
}

// speaksFor says whether the certificate's role lets its owner sign for the
// organisation it names; a person's own certificate always does for himself.
func speaksFor(s eds.Signer) bool {
	if s.Subject.BIN == "" {
		return true
	}
	for _, role := range s.Roles {
		if role == eds.RoleHead || role == eds.RoleRightToSign {
			return true
		}
	}
	return false
}

// refuseSignature audits a refused signature; an error of another kind passes
// through untouched.
func (r *Register) refuseSignature(ctx context.Context, e audit.Entry, err error) error {
	var refused *mekenjai.SignatureError
	if !errors.As(err, &refused) {
		return err
	}
	return r.refuseAttempt(ctx, e, "signature:"+refused.Code, err)
}
