package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// maxSignature bounds what is parsed for a stranger: a challenge is half a
// kilobyte, a certificate chain a few.
const maxSignature = 64 << 10

// FinishEDS signs in whoever signed the challenge. cms is an attached signature,
// DER or base64. The challenge is used up whatever comes out: a second try needs
// a new text, so a signature is never worth stealing. Only a signature that the
// authority could not be asked about is kept for the browser that brought it, and
// tried again when cms is empty.
//
// Errors: *mekenjai.SignatureError, with Wait when the authority cannot be asked
// about revocation (that never passes), and mekenjai.ErrStale for a challenge that
// is unknown, used, too old or another browser's.
func (a *Access) FinishEDS(ctx context.Context, visit, challengeID string, cms []byte, c Client) (SignedIn, error) {
	given, err := a.redeem(ctx, visit, challengeID)
	if errors.Is(err, mekenjai.ErrStale) { // not audited: strangers may send any number of these
		a.Logger.InfoContext(ctx, "sign-in with a challenge that is not open", "network", c.Network())
	}
	if err != nil {
		return SignedIn{}, err
	}
	if len(cms) == 0 {
		cms = given.signature
	}
	who, refused, err := a.identify(ctx, given, cms)
	if err != nil {
		return SignedIn{}, fmt.Errorf("verify sign-in: %w", err)
	}
	if refused != nil {
		given.signature = cms
		return SignedIn{}, a.refuse(ctx, visit, given, refused, who.certificate)
	}
	return a.begin(ctx, who, given.freshFor, c)
}

// identity is what a signature says, proven when nothing refused it.
type identity struct {
	actor       mekenjai.Actor
	certificate string           // serial number
	revocation  []eds.Revocation // what the authority said of it
	signature   []byte
}

// identify verifies outside any transaction: it asks the authority.
func (a *Access) identify(ctx context.Context, g given, cms []byte) (id identity, refused *mekenjai.SignatureError, _ error) {
	if len(cms) > maxSignature {
		return id, &mekenjai.SignatureError{Code: string(eds.ReasonMalformed)}, nil
	}
	report, err := a.verifier.VerifyCMS(ctx, cms, nil, eds.Options{At: g.at, Usage: eds.UsageLogin})
	if errors.Is(err, eds.ErrNoContent) {
		return id, &mekenjai.SignatureError{Code: string(eds.ReasonContentMismatch)}, nil
	}
	if err != nil {
		return id, nil, err
	}
	id.signature = cms
	if len(report.Signers) == 1 {
		id.certificate, id.revocation = report.Signers[0].Serial, report.Signers[0].Revocation
	}
	if refused = judge(g, report); refused != nil {
		return id, refused, nil
	}
	id.actor, refused = actorOf(report.Signers[0], g.at)
	return id, refused, nil
}

// judge says why a report does not open the door. The text comes first: a consent
// that somebody was brought to sign is refused as what it is, whoever signed it.
func judge(g given, report *eds.Report) *mekenjai.SignatureError {
	switch {
	case len(report.Content) == 0 && report.Status == eds.StatusInvalid: // nothing that could be read
		return signatureError(report)
	case !g.isOver(report.Content):
		return &mekenjai.SignatureError{Code: "text"}
	case !report.Valid():
		return signatureError(report)
	case len(report.Signers) != 1: // two signers would leave open who signs in
		return &mekenjai.SignatureError{Code: "signer"}
	}
	return nil
}

func signatureError(report *eds.Report) *mekenjai.SignatureError {
	e := &mekenjai.SignatureError{Code: string(eds.ReasonMalformed), Wait: report.Status == eds.StatusIndeterminate}
	if len(report.Reasons) > 0 {
		e.Code = string(report.Reasons[0])
	}
	return e
}

// actorOf reads the certificate. One without an IIN belongs to a machine, which
// does not sign in here; one with a BIN acts for the organisation.
func actorOf(s eds.Signer, at time.Time) (mekenjai.Actor, *mekenjai.SignatureError) {
	iin, err := mekenjai.ParseIIN(s.Subject.IIN)
	if err != nil {
		return mekenjai.Actor{}, &mekenjai.SignatureError{Code: "signer"}
	}
	actor := mekenjai.Actor{IIN: iin, Method: mekenjai.ByEDS, Fresh: at,
		Name: mekenjai.Name{Surname: s.Subject.Surname, Given: s.Subject.GivenName, Patronymic: s.Subject.Patronymic}}
	if s.Subject.BIN == "" {
		return actor, nil
	}
	if actor.BIN, err = mekenjai.ParseBIN(s.Subject.BIN); err != nil {
		return mekenjai.Actor{}, &mekenjai.SignatureError{Code: "role"}
	}
	actor.MaySign = s.Certificate.HasRole(eds.RoleHead) || s.Certificate.HasRole(eds.RoleRightToSign)
	return actor, nil
}

// refuse records a signature that opened nothing. Whose data it is about stays
// empty: a certificate that was not accepted proves nobody.
func (a *Access) refuse(ctx context.Context, visit string, g given, refused *mekenjai.SignatureError, certificate string) error {
	err := a.db.Transact(ctx, func(tx database.Tx) error {
		if refused.Wait {
			if err := a.keepWaiting(ctx, tx, visit, g); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Verb: "session.begin", Subject: g.id}.
			Refused(refused.Code).With("method", mekenjai.ByEDS).With("certificate", certificate))
	})
	if err != nil {
		return fmt.Errorf("refuse sign-in: %w", err)
	}
	return refused
}
