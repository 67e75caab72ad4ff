package ncalayer

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"

	"mekenjai"
	"mekenjai/eds"
)

// commonReply is a reply of the legacy module.
type commonReply struct {
	ResponseObject any    `json:"responseObject,omitempty"`
	Code           string `json:"code"`
	Message        string `json:"message,omitempty"`
}

func mismatch(method string) commonReply {
	return commonReply{Code: "500", Message: "java.lang.IllegalArgumentException: argument type mismatch. Method: " + method}
}

// common serves kz.gov.pki.knca.commonUtils, whose arguments are positional.
func (e *Emulator) common(ctx context.Context, f frame) any {
	switch f.Method {
	case "getActiveTokens":
		return struct {
			ResponseObject []string `json:"responseObject"`
			Code           string   `json:"code"`
		}{[]string{}, "200"} // files are not listed
	case "changeLocale":
		var language string
		if !positional(f.Args, &language) {
			return mismatch(f.Method)
		}
		return commonReply{Code: "200"}
	case "getKeyInfo":
		return e.keyInfo(ctx, f)
	case "createCAdESFromBase64", "createCMSSignatureFromBase64":
		return e.createCMS(ctx, f)
	}
	return commonReply{Code: "500", Message: "java.lang.NoSuchMethodException: not emulated: " + f.Method}
}

// positional reads exactly these arguments, each of its own type.
func positional(raw json.RawMessage, into ...any) bool {
	var args []json.RawMessage
	if json.Unmarshal(raw, &args) != nil || len(args) != len(into) {
		return false
	}
	for i, a := range args {
		if string(a) == "null" || json.Unmarshal(a, into[i]) != nil {
			return false
		}
	}
	return true
}

func (e *Emulator) createCMS(ctx context.Context, f frame) any {
	var where, keyType, data string
	var attach bool
	if !positional(f.Args, &where, &keyType, &data, &attach) {
		return mismatch(f.Method)
	}
	document, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return commonReply{Code: "500", Message: "java.lang.IllegalArgumentException: " + err.Error()}
	}
	request := Request{Method: f.Method, Documents: [][]byte{document}, Attached: attach}
	key, answer := e.ask(ctx, request, func(k *Key) string {
		switch {
		case where != storage:
			return "no key in the storage " + where
		case keyType == "SIGNATURE" && !k.certificate.Serves(eds.UsageSign):
			return "the key does not serve for signing"
		case keyType == "AUTHENTICATION" && !k.certificate.Serves(eds.UsageLogin):
			return "the key does not serve for signing in"
		}
		return ""
	})
	if reply, over := unsigned(answer); over {
		return reply
	}
	cms, err := key.sign(document, attach, e.opts.Clock())
	if err != nil {
		return commonReply{Code: "500", Message: err.Error()}
	}
	return commonReply{Code: "200", ResponseObject: base64.StdEncoding.EncodeToString(cms)}
}

// unsigned is the reply when the person did not go on.
func unsigned(a Answer) (reply any, over bool) {
	switch a {
	case Silence:
		return nil, true
	case Cancel:
		return commonReply{Code: "500", Message: "action.canceled"}, true
	case Fail:
		return commonReply{Code: "500", Message: "kz.gov.pki.kalkan: the emulator was told to fail"}, true
	}
	return nil, false
}

// keyInfo is what the legacy module tells of a certificate.
type keyInfo struct {
	Alias                  string `json:"alias"`
	KeyID                  string `json:"keyId"`
	Algorithm              string `json:"algorithm"`
	SubjectCN              string `json:"subjectCn"`
	SubjectDN              string `json:"subjectDn"`
	IssuerCN               string `json:"issuerCn"`
	IssuerDN               string `json:"issuerDn"`
	SerialNumber           string `json:"serialNumber"`
	CertNotAfter           string `json:"certNotAfter"`
	CertNotBefore          string `json:"certNotBefore"`
	AuthorityKeyIdentifier string `json:"authorityKeyIdentifier"`
	PEM                    string `json:"pem"`
}

func (e *Emulator) keyInfo(ctx context.Context, f frame) any {
	var where string
	if !positional(f.Args, &where) {
		return mismatch(f.Method)
	}
	key, answer := e.ask(ctx, Request{Method: f.Method}, func(*Key) string {
		if where != storage {
			return "no key in the storage " + where
		}
		return ""
	})
	if reply, over := unsigned(answer); over {
		return reply
	}
	const layout = "02.01.2006 15:04:05"
	c := key.certificate
	algorithm := "RSA"
	if c.X509.PublicKey == nil { // the standard library knows no GOST keys
		algorithm = "ECGOST3410-2015-512"
	}
	return commonReply{Code: "200", ResponseObject: keyInfo{
		Alias: strings.ToLower(c.KeyID()), KeyID: c.KeyID(), Algorithm: algorithm,
		SubjectCN: c.Subject.CommonName, SubjectDN: c.SubjectName(), IssuerCN: c.X509.Issuer.CommonName, IssuerDN: c.IssuerName(),
		SerialNumber: c.X509.SerialNumber.String(), CertNotAfter: c.X509.NotAfter.In(mekenjai.Almaty).Format(layout),
		CertNotBefore: c.X509.NotBefore.In(mekenjai.Almaty).Format(layout), AuthorityKeyIdentifier: hex.EncodeToString(c.X509.AuthorityKeyId),
		PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.X509.Raw})),
	}}
}
