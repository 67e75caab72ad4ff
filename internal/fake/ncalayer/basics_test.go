package ncalayer

import (
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

func TestAttachedAndDetachedSignaturesVerify(t *testing.T) {
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		e, a := emulator(t, Options{})
		if err := e.Insert(Seat{Person: person, Algorithm: algorithm}); err != nil {
			t.Fatal(err)
		}
		p := visit(t, e)
		r := verify(t, a, signatures(t, p.ask(sign(b64("мәтін"), attached, anyTest)))[0], nil, eds.UsageSign)
		if !r.Valid() || string(r.Content) != "мәтін" || r.Signers[0].Subject.IIN != person.IIN {
			t.Errorf("%v attached: %v %q", algorithm, r.Reasons, r.Content)
		}
		r = verify(t, a, signatures(t, p.ask(sign(b64("мәтін"), detached, anyTest)))[0], []byte("мәтін"), eds.UsageSign)
		if !r.Valid() || !r.Detached {
			t.Errorf("%v detached: %v", algorithm, r.Reasons)
		}
	}
}

func TestWithoutDecodeTheBase64TextItselfIsSigned(t *testing.T) {
	e, a := emulator(t, Options{})
	reply := visit(t, e).ask(sign(`"MTEK"`, `{"encapsulate":true}`, anyTest))
	if r := verify(t, a, signatures(t, reply)[0], nil, eds.UsageSign); string(r.Content) != "MTEK" {
		t.Errorf("signed %q", r.Content)
	}
}

func TestSeveralDocumentsGiveSeveralSignaturesInOrder(t *testing.T) {
	e, a := emulator(t, Options{})
	got := signatures(t, visit(t, e).ask(sign(`[`+b64("a")+`,`+b64("b")+`]`, attached, anyTest)))
	if len(got) != 2 {
		t.Fatalf("%d signatures", len(got))
	}
	for i, want := range []string{"a", "b"} {
		if r := verify(t, a, got[i], nil, eds.UsageSign); string(r.Content) != want {
			t.Errorf("signature %d is over %q", i, r.Content)
		}
	}
	if past := e.Requests(); len(past) != 1 || len(past[0].Documents) != 2 {
		t.Errorf("requests %v", past)
	}
}

func TestCertificateComesWhenAskedFor(t *testing.T) {
	e, _ := emulator(t, Options{})
	reply := visit(t, e).ask(sign(b64("a"), `{"decode":true,"encapsulate":true,"outputCert":true}`, anyTest))
	if !strings.HasPrefix(reply, `{"status":true,"body":{"result":{"signatures":["MII`) || !strings.Contains(reply, `"certificate":"MII`) {
		t.Errorf("reply %.200s", reply)
	}
}

func TestOldReleaseGivesATextForASingleDocument(t *testing.T) {
	e, a := emulator(t, Options{Old: true})
	p := visit(t, e)
	reply := p.ask(sign(b64("a"), attached, anyTest))
	if !strings.HasPrefix(reply, `{"status":true,"body":{"result":"-----BEGIN CMS-----\n`) {
		t.Errorf("reply %.200s", reply)
	}
	many := signatures(t, p.ask(sign(`[`+b64("a")+`]`, attached, anyTest)))
	if r := verify(t, a, many[0], nil, eds.UsageSign); !r.Valid() {
		t.Errorf("PEM does not verify: %v", r.Reasons)
	}
}

func TestKeyThatThePageDoesNotWantLeavesOnlyCancelling(t *testing.T) {
	const cancelled = `{"status":true,"body":{}}`
	e, _ := emulator(t, Options{})
	p := visit(t, e)
	for _, filter := range []string{
		`{"extKeyUsageOids":[]}`,                                         // certificates of the production authority only
		`{"extKeyUsageOids":[],"chain":null}`,                            // the same
		`{"chain":[],"iin":"791028302728"}`,                              // another person's
		`{"chain":[],"bin":"120140000000"}`,                              // an organisation's
		`{"chain":[],"serialNumber":"00"}`,                               // another certificate
		`{"chain":[],"extKeyUsageOids":["1.3.6.1.5.5.7.3.2"]}`,           // GOST keys have no clientAuth
		`{"chain":[],"extKeyUsageOids":["1.2.398.3.3.4.1.2.1"]}`,         // a head's
		`{"chain":[],"extKeyUsageOids":["1.3.6.1.5.5.7.3.4","1.2.3.4"]}`, // all must be there
	} {
		if got := p.ask(sign(b64("a"), attached, filter)); got != cancelled {
			t.Errorf("%s: %.100s", filter, got)
		}
	}
	fits := `{"extKeyUsageOids":["1.3.6.1.5.5.7.3.4","1.2.398.3.3.4.1.1"],"iin":"` + person.IIN + `","bin":"","serialNumber":"","chain":[]}`
	signatures(t, p.ask(sign(b64("a"), attached, fits)))
	tokens := strings.Replace(sign(b64("a"), attached, anyTest), `"allowedStorages":null`, `"allowedStorages":["AKKaztokenStore"]`, 1)
	if got := p.ask(tokens); got != cancelled {
		t.Errorf("token: %.100s", got)
	}
	e.Eject()
	if got := p.ask(sign(b64("a"), attached, anyTest)); got != cancelled {
		t.Errorf("no key: %.100s", got)
	}
	for _, r := range e.Requests() {
		if (r.Note == "") != (r.Answer == Sign) {
			t.Errorf("request %+v has no note", r)
		}
	}
}

func TestHeadsKeyCarriesTheOrganisation(t *testing.T) {
	e, a := emulator(t, Options{})
	seat := Seat{Person: person, BIN: "010640999004", Organization: "ТОО «Образец»", Roles: []eds.Role{eds.RoleHead}}
	if err := e.Insert(seat); err != nil {
		t.Fatal(err)
	}
	head := `{"extKeyUsageOids":["1.3.6.1.5.5.7.3.4","1.2.398.3.3.4.1.2.1"],"chain":[]}`
	r := verify(t, a, signatures(t, visit(t, e).ask(sign(b64("a"), attached, head)))[0], nil, eds.UsageSign)
	if s := r.Signers[0]; !r.Valid() || s.Subject.BIN != seat.BIN || s.Subject.IIN != person.IIN || !s.Certificate.HasRole(eds.RoleHead) {
		t.Errorf("signer %+v: %v", s.Subject, r.Reasons)
	}
}

func TestBadKeysSignAndTheServerMustRefuseThem(t *testing.T) {
	e, a := emulator(t, Options{})
	p := visit(t, e)
	for kind, want := range map[pki.Kind]eds.Reason{
		pki.Expired: eds.ReasonExpired, pki.Revoked: eds.ReasonRevoked,
		pki.WrongAuthority: eds.ReasonUntrusted, pki.LoginOnly: eds.ReasonUsage,
	} {
		if err := e.Insert(Seat{Person: person, Algorithm: eds.RSASHA256, Kind: kind}); err != nil {
			t.Fatal(err)
		}
		r := verify(t, a, signatures(t, p.ask(sign(b64("a"), attached, anyTest)))[0], nil, eds.UsageSign)
		if r.Valid() || !r.Has(want) {
			t.Errorf("%v: %v", kind, r.Reasons)
		}
	}
}

func TestArgumentsThatMakeNoSenseAreAnError(t *testing.T) {
	e, _ := emulator(t, Options{})
	p := visit(t, e)
	for frame, code := range map[string]string{
		sign(b64("a"), `555`, anyTest):                                               "INVOCATION_ERROR",
		sign(`"not base64!"`, attached, anyTest):                                     "INVALID_SIGNING_PARAMS",
		sign(`[]`, attached, anyTest):                                                "INVALID_SIGNING_PARAMS",
		sign(`5`, attached, anyTest):                                                 "INVALID_SIGNING_PARAMS",
		sign(b64("a"), `{"decode":"yes"}`, anyTest):                                  "INVOCATION_ERROR",
		sign(b64("a"), `{"digested":true}`, anyTest):                                 "INVALID_SIGNING_PARAMS",
		strings.Replace(sign(b64("a"), attached, anyTest), `"cms"`, `"xml"`, 1):      "INVALID_SIGNING_PARAMS",
		`{"module":"kz.gov.pki.knca.basics","method":"importCertificate","args":{}}`: "INVOCATION_ERROR",
	} {
		if got := p.ask(frame); !strings.HasPrefix(got, `{"status":false,"code":"`+code+`"`) {
			t.Errorf("%s\n%s", frame, got)
		}
	}
	if len(e.Requests()) != 0 {
		t.Error("a dialog was opened")
	}
}
