package pki_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

var (
	now     = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	aigul   = pki.Person{IIN: "900101400123", Surname: "СЕРІКОВА", Given: "АЙГҮЛ", Patronymic: "БОЛАТҚЫЗЫ"}
	consent = []byte("Келісім беремін")
)

func authority(t testing.TB) *pki.Authority {
	t.Helper()
	a, err := pki.New([]byte("test"), now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func verify(t testing.TB, a *pki.Authority, k *eds.Key, o eds.Options) *eds.Report {
	t.Helper()
	cms, err := eds.SignCMS(k, consent, eds.SignOptions{Time: now})
	if err != nil {
		t.Fatal(err)
	}
	v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
	report, err := v.VerifyCMS(context.Background(), cms, consent, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryKindOfKeyIsJudgedForWhatItIs(t *testing.T) {
	a := authority(t)
	for _, c := range []struct {
		options pki.Options
		usage   eds.Usage
		status  eds.Status
		reason  eds.Reason
	}{
		{pki.Options{}, eds.UsageSign, eds.StatusValid, ""},
		{pki.Options{}, eds.UsageLogin, eds.StatusValid, ""},
		{pki.Options{Algorithm: eds.GOST2015x256}, eds.UsageSign, eds.StatusValid, ""},
		{pki.Options{Algorithm: eds.GOST2004}, eds.UsageSign, eds.StatusValid, ""},
		{pki.Options{Algorithm: eds.RSASHA256}, eds.UsageSign, eds.StatusValid, ""},
		{pki.Options{Algorithm: eds.RSASHA256, Kind: pki.LoginOnly}, eds.UsageLogin, eds.StatusValid, ""},
		{pki.Options{Algorithm: eds.RSASHA256, Kind: pki.LoginOnly}, eds.UsageSign, eds.StatusInvalid, eds.ReasonUsage},
		{pki.Options{Kind: pki.LoginOnly}, eds.UsageSign, eds.StatusInvalid, eds.ReasonUsage},
		{pki.Options{Kind: pki.Expired}, eds.UsageSign, eds.StatusInvalid, eds.ReasonExpired},
		{pki.Options{Kind: pki.NotYetValid}, eds.UsageSign, eds.StatusInvalid, eds.ReasonNotYetValid},
		{pki.Options{Kind: pki.WrongAuthority}, eds.UsageSign, eds.StatusInvalid, eds.ReasonUntrusted},
		{pki.Options{Kind: pki.Revoked}, eds.UsageSign, eds.StatusInvalid, eds.ReasonRevoked},
	} {
		key, err := a.Person(aigul, c.options)
		if err != nil {
			t.Fatal(err)
		}
		report := verify(t, a, key, eds.Options{At: now, Usage: c.usage})
		want := []eds.Reason{c.reason}
		if c.reason == "" {
			want = nil
		}
		if report.Status != c.status || !slices.Equal(report.Reasons, want) && len(report.Reasons)+len(want) > 0 {
			t.Errorf("%+v for %s: %s %v, want %s %v", c.options, c.usage, report.Status, report.Details, c.status, want)
		}
	}
}

func TestSubjectHasTheNationalProfile(t *testing.T) {
	a := authority(t)
	key, err := a.Person(aigul, pki.Options{BIN: "990140000185", Organization: "ЖШС «Үй»", Roles: []eds.Role{eds.RoleHead}})
	if err != nil {
		t.Fatal(err)
	}
	c := key.Certificate
	want := eds.Subject{IIN: aigul.IIN, BIN: "990140000185", CommonName: "СЕРІКОВА АЙГҮЛ", Surname: "СЕРІКОВА", GivenName: "АЙГҮЛ",
		Patronymic: "БОЛАТҚЫЗЫ", Organization: "ЖШС «Үй»", Country: "KZ"}
	if c.Subject != want {
		t.Errorf("subject %+v", c.Subject)
	}
	if !slices.Equal(c.Roles, []eds.Role{eds.RoleLegalEntity, eds.RoleHead}) {
		t.Errorf("roles %v", c.Roles)
	}
	system, err := a.Person(pki.Person{}, pki.Options{BIN: "990140000185", Organization: "ЖШС «Үй»"})
	if err != nil {
		t.Fatal(err)
	}
	if s := system.Certificate; s.Subject.IIN != "" || s.Subject.BIN != "990140000185" || !s.HasRole(eds.RoleInformationSystem) {
		t.Errorf("information system %+v %v", s.Subject, s.Roles)
	}
}

func TestSameSeedGivesTheSameCertificates(t *testing.T) {
	for _, o := range []pki.Options{{}, {Algorithm: eds.RSASHA256}} {
		one, err := authority(t).Person(aigul, o)
		if err != nil {
			t.Fatal(err)
		}
		two, _ := authority(t).Person(aigul, o)
		if !one.Certificate.Equal(two.Certificate) {
			t.Errorf("%s: another certificate at the second start", one.Certificate.SubjectName())
		}
	}
	other, _ := pki.New([]byte("other"), now)
	one, _ := authority(t).Person(aigul, pki.Options{})
	two, _ := other.Person(aigul, pki.Options{})
	if one.Certificate.Serial() == two.Certificate.Serial() {
		t.Error("another seed gives the same serial number")
	}
}

func TestEverythingIssuedIsKnownAsTest(t *testing.T) {
	a := authority(t)
	key, _ := a.Person(aigul, pki.Options{})
	for _, c := range append(a.Anchors().Certificates(), key.Certificate) {
		if !eds.IsTestAuthority(c) {
			t.Errorf("%s passes for genuine", c.SubjectName())
		}
	}
}

func TestSilentAuthorityMakesTheAnswerIndeterminate(t *testing.T) {
	a := authority(t)
	key, _ := a.Person(aigul, pki.Options{})
	a.Silence(true)
	report := verify(t, a, key, eds.Options{At: now})
	if report.Status != eds.StatusIndeterminate || !report.Has(eds.ReasonRevocationUnavailable) {
		t.Errorf("%s %v", report.Status, report.Reasons)
	}
	a.Silence(false)
	if report := verify(t, a, key, eds.Options{At: now}); !report.Valid() {
		t.Errorf("%s %v", report.Status, report.Details)
	}
}

func TestRevocationAfterTheSignatureCountsByItsReason(t *testing.T) {
	for why, status := range map[eds.RevocationReason]eds.Status{
		eds.ReasonKeyCompromise: eds.StatusInvalid, eds.ReasonUnspecified: eds.StatusInvalid,
		eds.ReasonCertificateHold: eds.StatusInvalid,
		eds.ReasonSuperseded:      eds.StatusValid, eds.ReasonAffiliationChanged: eds.StatusValid,
	} {
		a := authority(t)
		key, _ := a.Person(aigul, pki.Options{})
		a.Revoke(key.Certificate, now.Add(time.Hour), why)
		if got := verify(t, a, key, eds.Options{At: now}); got.Status != status {
			t.Errorf("reason %d an hour later: %s, want %s", why, got.Status, status)
		}
		if got := verify(t, a, key, eds.Options{At: now.Add(2 * time.Hour)}); got.Status != eds.StatusInvalid {
			t.Errorf("reason %d an hour before: %s", why, got.Status)
		}
	}
}

func BenchmarkPersonGOST(b *testing.B) {
	a := authority(b)
	for i := 0; b.Loop(); i++ {
		p := aigul
		p.IIN = fmt.Sprintf("%012d", i)
		if _, err := a.Person(p, pki.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPersonRSA(b *testing.B) {
	a := authority(b)
	for i := 0; b.Loop(); i++ {
		p := aigul // each another key, as keys are remembered
		p.IIN = fmt.Sprintf("%012d", i)
		if _, err := a.Person(p, pki.Options{Algorithm: eds.RSASHA256}); err != nil {
			b.Fatal(err)
		}
	}
}
