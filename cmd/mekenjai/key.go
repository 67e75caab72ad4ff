package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/state/connect"
)

// loadKey takes a signing key out of a key store whose password stands in a file. The
// password is not taken from flags or the environment: both are seen by others.
func loadKey(file, passwordFile string) (*eds.Key, error) {
	store, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		return nil, fmt.Errorf("the password of %s: %w", file, err)
	}
	key, err := eds.ParsePKCS12(store, eds.TrimPassword(password))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// loadSeal loads the provider's seal and refuses one that would seal nothing: acts
// are verified by the same rules as everybody's signatures. Whether it was revoked is
// not asked here, so that a silent authority does not keep the service from starting.
func loadSeal(c config, verifier *eds.Verifier, now time.Time) (*eds.Key, error) {
	key, err := loadKey(c.Seal, c.SealPassword)
	if err != nil {
		return nil, fmt.Errorf("--seal: %w", err)
	}
	if err := vouchFor(key, verifier, now); err != nil {
		return nil, fmt.Errorf("--seal: what it seals would not be good: %w", err)
	}
	return key, nil
}

// vouchFor says why what the key signs in the organisation's name would not be good.
func vouchFor(key *eds.Key, verifier *eds.Verifier, now time.Time) error {
	if key.Certificate.Subject.BIN == "" {
		return errors.New("the key is a person's own, not of an organisation")
	}
	v := &eds.Verifier{Anchors: verifier.Anchors, NoRevocation: true}
	judged := v.Judge(context.Background(), key.Certificate, key.Chain, eds.Options{At: now, Usage: eds.UsageSign})
	if judged.Status != eds.StatusValid {
		return fmt.Errorf("%v", judged.Reasons)
	}
	return nil
}

// connectBus reads the bus file and makes the connection. A key under which the bus
// would take nothing is told of at the start.
func connectBus(c config, verifier *eds.Verifier, clock func() time.Time, log *slog.Logger) (*connect.Connection, error) {
	b, err := connect.Read(c.Bus)
	if err != nil {
		return nil, fmt.Errorf("--bus: %w", err)
	}
	b.Verifier, b.Clock, b.Log = verifier, clock, log
	n, err := connect.New(b)
	if err == nil {
		err = vouchFor(b.Key, verifier, clock())
	}
	if err != nil {
		return nil, fmt.Errorf("--bus: %s: %w", c.Bus, err)
	}
	return n, nil
}

// soon is how long before its end the owner of a key is told.
const soon = 30 * 24 * time.Hour

// ownerOf says whose key it is and until when, for an administrator.
func ownerOf(key *eds.Key, now time.Time) string {
	s, until := key.Certificate.Subject, key.Certificate.X509.NotAfter
	name := s.CommonName
	if s.Organization != "" && s.Organization != name {
		name += ", " + s.Organization
	}
	text := fmt.Sprintf("%s, BIN %s, until %s", name, s.BIN, until.Format(time.DateOnly))
	if until.Sub(now) < soon {
		text += ": ENDS SOON, ask the authority for another"
	}
	return text
}
