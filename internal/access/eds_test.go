package access_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/locale"
)

// authority is one for all tests: making its RSA keys takes a while.
var authority = sync.OnceValues(func() (*pki.Authority, error) {
	return pki.New([]byte("access"), databasetest.Start)
})

func verifier(t *testing.T) *eds.Verifier {
	a := must(authority())(t)
	return &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
}

// key is one of a person.
func key(t *testing.T, iin mekenjai.IIN, o pki.Options) *eds.Key {
	t.Helper()
	person := pki.Person{IIN: string(iin), Surname: "САПАРОВА", Given: "АЙГҮЛ", Patronymic: "МАРАТҚЫЗЫ"}
	return must(must(authority())(t).Person(person, o))(t)
}

// signed is an attached signature as NCALayer hands it over.
func (w *world) signed(k *eds.Key, text []byte) []byte {
	w.t.Helper()
	cms := must(eds.SignCMS(k, text, eds.SignOptions{Attached: true, Time: w.clock.Now()}))(w.t)
	return []byte(base64.StdEncoding.EncodeToString(cms))
}

// byEDS begins and finishes a sign-in with the key.
func (b *browser) byEDS(k *eds.Key, freshFor string) (access.SignedIn, access.Challenge, error) {
	b.w.t.Helper()
	ch := must(b.w.BeginEDS(ctx, b.visit, freshFor, b.client))(b.w.t)
	in, err := b.w.FinishEDS(ctx, b.visit, ch.ID, b.w.signed(k, ch.Text), b.client)
	return in, ch, err
}

// wantRefused checks the reason, that it was written down, and that nobody is in.
func (w *world) wantRefused(err error, challenge, code string, wait bool) {
	w.t.Helper()
	var refused *mekenjai.SignatureError
	if !errors.As(err, &refused) || refused.Code != code || refused.Wait != wait {
		w.t.Errorf("got %v, want a signature refused for %q (wait %v)", err, code, wait)
	}
	if got := outcomes(w.entries(challenge)); !slices.Equal(got, []string{"session.begin " + code}) {
		w.t.Errorf("audit says %q, want the refusal for %q", got, code)
	}
	if n := w.count("access_session"); n != 0 {
		w.t.Errorf("%d sessions begun", n)
	}
	left := 0
	if wait {
		left = 1 // the signature waits
	}
	if n := w.count("access_challenge"); n != left {
		w.t.Errorf("%d challenges left, want %d", n, left)
	}
}

func TestAKeySignsItsHolderIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, o := range map[string]pki.Options{"GOST": {}, "RSA": {Algorithm: eds.RSASHA256}, "login": {Algorithm: eds.RSASHA256, Kind: pki.LoginOnly}} {
			t.Run(name, func(t *testing.T) {
				in, _, err := w.browser().byEDS(key(w.t, aigul, o), "consent-1")
				must(0, err)(t)
				want := mekenjai.Actor{IIN: aigul, Method: mekenjai.ByEDS, Session: in.Actor.Session,
					Name:  mekenjai.Name{Surname: "САПАРОВА", Given: "АЙГҮЛ", Patronymic: "МАРАТҚЫЗЫ"},
					Fresh: w.clock.Now(), FreshFor: "consent-1", Language: "kk"}
				if diff := cmp.Diff(want, in.Actor); diff != "" {
					t.Error(diff)
				}
				want.Language = "ru"
				got, _, _, err := w.visit(in.Token)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Error(err, diff)
				}
				if in.For != "consent-1" {
					t.Errorf("signed in for %q", in.For)
				}
			})
		}
	})
}

func TestAKeyOfAnOrganisationActsForIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for role, maySign := range map[eds.Role]bool{eds.RoleHead: true, eds.RoleRightToSign: true, eds.RoleEmployee: false, eds.RoleFinance: false} {
			k := key(t, aigul, pki.Options{BIN: "050140000011", Organization: "ЖШС", Roles: []eds.Role{role}})
			in, _, err := w.browser().byEDS(k, "")
			must(0, err)(t)
			actor, _, _, _ := w.visit(in.Token)
			if actor.BIN != "050140000011" || actor.IIN != aigul || actor.MaySign != maySign {
				t.Errorf("%s: acts for %s as %s, may sign: %v", role, actor.BIN, actor.IIN, actor.MaySign)
			}
		}
	})
}

func TestAMachineDoesNotSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		machine := key(t, "", pki.Options{BIN: "050140000011", Organization: "ЖШС"})
		_, ch, err := w.browser().byEDS(machine, "")
		w.wantRefused(err, ch.ID, "signer", false)
	})
}

func TestABadKeyOpensNothing(t *testing.T) {
	for code, o := range map[string]pki.Options{"expired": {Kind: pki.Expired}, "not_yet_valid": {Kind: pki.NotYetValid},
		"untrusted": {Kind: pki.WrongAuthority}, "revoked": {Kind: pki.Revoked}} {
		t.Run(code, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				_, ch, err := w.browser().byEDS(key(w.t, aigul, o), "")
				w.wantRefused(err, ch.ID, code, false)
			})
		})
	}
}

func TestASilentAuthorityLetsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := must(authority())(t)
		a.Silence(true)
		defer a.Silence(false)
		_, ch, err := w.browser().byEDS(key(w.t, aigul, pki.Options{}), "")
		w.wantRefused(err, ch.ID, "revocation_unavailable", true)
	})
}

func TestAChallengeCannotBeUsedTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, k := w.browser(), key(w.t, aigul, pki.Options{})
		ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		cms := w.signed(k, ch.Text)
		must(w.FinishEDS(ctx, b.visit, ch.ID, cms, b.client))(t)
		_, err := w.FinishEDS(ctx, b.visit, ch.ID, cms, b.client)
		wantError(t, err, mekenjai.ErrStale)

		// Nor after a failure: a text that was refused is not tried again.
		ch = must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		second(w.FinishEDS(ctx, b.visit, ch.ID, []byte("nonsense"), b.client))
		_, err = w.FinishEDS(ctx, b.visit, ch.ID, w.signed(k, ch.Text), b.client)
		wantError(t, err, mekenjai.ErrStale)
	})
}

func TestOfParallelSignaturesOneSignsIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		cms := w.signed(key(w.t, aigul, pki.Options{}), ch.Text)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { w.FinishEDS(ctx, b.visit, ch.ID, cms, b.client) })
		}
		all.Wait()
		if n := w.count("access_session"); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestAChallengeOfAnotherBrowserIsNotAccepted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		victim, thief := w.browser(), w.browser()
		ch := must(w.BeginEDS(ctx, victim.visit, "", victim.client))(t)
		cms := w.signed(key(w.t, aigul, pki.Options{}), ch.Text)
		_, err := w.FinishEDS(ctx, thief.visit, ch.ID, cms, thief.client)
		wantError(t, err, mekenjai.ErrStale)
		_, err = w.FinishEDS(ctx, "", ch.ID, cms, thief.client)
		wantError(t, err, mekenjai.ErrStale)
		must(w.FinishEDS(ctx, victim.visit, ch.ID, cms, victim.client))(t)
	})
}

// A thief shows his own challenge to the victim elsewhere, or the victim's
// signature under another of the victim's challenges: the text is not the one.
func TestASignatureOverAnotherChallengeIsNotAccepted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, k := w.browser(), key(w.t, aigul, pki.Options{})
		forConsent := must(w.BeginEDS(ctx, b.visit, "consent-1", b.client))(t)
		plain := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		_, err := w.FinishEDS(ctx, b.visit, forConsent.ID, w.signed(k, plain.Text), b.client)
		must(w.FinishEDS(ctx, b.visit, plain.ID, w.signed(k, plain.Text), b.client))(t)
		var refused *mekenjai.SignatureError
		if !errors.As(err, &refused) || refused.Code != "text" {
			t.Errorf("got %v", err)
		}
	})
}

func TestAChallengeLivesFiveMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		cms := w.signed(key(w.t, aigul, pki.Options{}), ch.Text)
		w.clock.Advance(5 * time.Minute)
		_, err := w.FinishEDS(ctx, b.visit, ch.ID, cms, b.client)
		wantError(t, err, mekenjai.ErrStale)
	})
}

func TestASignedStatementIsNoSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
		text := mekenjai.Statement{Application: ch.ID, Prepared: w.clock.Now(), Person: aigul}.Text()
		_, err := w.FinishEDS(ctx, b.visit, ch.ID, w.signed(key(w.t, aigul, pki.Options{}), text), b.client)
		w.wantRefused(err, ch.ID, "text", false)
		if strings.Contains(string(ch.Text), mekenjai.StatementPurpose) || strings.Contains(string(text), mekenjai.ChallengePurpose) {
			t.Error("the two texts carry one purpose")
		}
	})
}

func TestWhatIsNotOneAttachedSignatureIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		cms  func(w *world, text []byte) []byte
		code string
	}{
		"nothing":  {func(*world, []byte) []byte { return nil }, "malformed"},
		"nonsense": {func(*world, []byte) []byte { return []byte("nonsense") }, "malformed"},
		"a flood":  {func(*world, []byte) []byte { return make([]byte, 1<<20) }, "malformed"},
		"detached": {func(w *world, text []byte) []byte {
			return must(eds.SignCMS(key(w.t, aigul, pki.Options{}), text, eds.SignOptions{Time: w.clock.Now()}))(w.t)
		}, "content_mismatch"},
		"two signers": {func(w *world, text []byte) []byte {
			return must(eds.AddSigner(w.signed(key(w.t, aigul, pki.Options{}), text), key(w.t, berik, pki.Options{}), nil, eds.SignOptions{Attached: true, Time: w.clock.Now()}))(w.t)
		}, "signer"},
		"changed": {func(w *world, text []byte) []byte {
			cms := must(eds.SignCMS(key(w.t, aigul, pki.Options{}), text, eds.SignOptions{Attached: true, Time: w.clock.Now()}))(w.t)
			cms[len(cms)-1] ^= 1
			return cms
		}, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				b := w.browser()
				ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
				_, err := w.FinishEDS(ctx, b.visit, ch.ID, c.cms(w, ch.Text), b.client)
				w.wantRefused(err, ch.ID, c.code, false)
			})
		})
	}
}

func TestAChallengeSaysWhereAndWhatFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		ch := must(w.BeginEDS(ctx, b.visit, "consent-1", b.client))(t)
		for _, want := range []string{"Мекенжай\n", "http://localhost:8080\n", mekenjai.ChallengePurpose, ": consent-1\n", "2026-03-02T04:05:00Z"} {
			if !strings.Contains(string(ch.Text), want) {
				t.Errorf("no %q in\n%s", want, ch.Text)
			}
		}
		for _, path := range []string{"a\nb", "a b", "ә", strings.Repeat("x", 101)} {
			_, err := w.BeginEDS(ctx, b.visit, path, b.client)
			wantError(t, err, mekenjai.ErrNotFound)
			_, err = w.BeginSMS(ctx, b.visit, aigul, path, b.client)
			wantError(t, err, mekenjai.ErrNotFound)
		}
	})
}

func TestEveryReasonHasItsWords(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range locale.Langs {
		other := access.SignatureMessage(l, &mekenjai.SignatureError{Code: "nonsense"})
		for _, reason := range []eds.Reason{eds.ReasonMalformed, eds.ReasonNoSigners, eds.ReasonContentMismatch, eds.ReasonNoCertificate,
			eds.ReasonSignedAttributes, eds.ReasonDigest, eds.ReasonSignature, eds.ReasonSigningCertificate, eds.ReasonAlgorithm,
			eds.ReasonUntrusted, eds.ReasonExpired, eds.ReasonNotYetValid, eds.ReasonConstraints, eds.ReasonCriticalExtension,
			eds.ReasonUsage, eds.ReasonRevoked, eds.ReasonTimestamp, eds.ReasonRevocationUnknown, eds.ReasonRevocationUnavailable,
			"signer", "role", "text"} {
			if text := access.SignatureMessage(l, &mekenjai.SignatureError{Code: string(reason)}); text == other || text == "" {
				t.Errorf("%s: no words for %s", l, reason)
			}
		}
		seen[other] = true
	}
	if len(seen) != len(locale.Langs) {
		t.Error("two languages with the same words")
	}
}
