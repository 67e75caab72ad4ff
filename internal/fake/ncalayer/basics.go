package ncalayer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
)

// storage is where the emulator's key is said to lie: a file.
const storage = "PKCS12"

// signArgs are the arguments of kz.gov.pki.knca.basics sign.
type signArgs struct {
	AllowedStorages []string        `json:"allowedStorages"`
	Format          string          `json:"format"`
	Data            json.RawMessage `json:"data"` // a text or an array of texts
	SigningParams   struct {
		Decode      bool            `json:"decode"`
		Encapsulate bool            `json:"encapsulate"`
		Digested    bool            `json:"digested"`
		TSAProfile  json.RawMessage `json:"tsaProfile"`
		OutputCert  bool            `json:"outputCert"`
	} `json:"signingParams"`
	SignerParams struct {
		ExtKeyUsageOIDs []string         `json:"extKeyUsageOids"`
		IIN             string           `json:"iin"`
		BIN             string           `json:"bin"`
		SerialNumber    string           `json:"serialNumber"`
		Chain           *json.RawMessage `json:"chain"` // null: certificates of the production authority only
	} `json:"signerParams"`
	Locale string `json:"locale"`
}

// basicsReply is a reply of the module. Body is {} after a cancellation.
type basicsReply struct {
	Status  bool        `json:"status"`
	Body    *basicsBody `json:"body,omitempty"`
	Code    string      `json:"code,omitempty"`
	Message string      `json:"message,omitempty"`
	Details string      `json:"details,omitempty"`
}

type basicsBody struct {
	Result any `json:"result,omitempty"`
}

type withCertificate struct {
	Signatures  []string `json:"signatures"`
	Certificate string   `json:"certificate"`
}

func failed(code, message, details string) basicsReply {
	return basicsReply{Code: code, Message: message, Details: details}
}

func (e *Emulator) basics(ctx context.Context, f frame) any {
	if f.Method != "sign" {
		return failed("INVOCATION_ERROR", "An invoked method threw an exception.", "java.lang.NoSuchMethodException: "+f.Method)
	}
	var a signArgs
	if err := json.Unmarshal(f.Args, &a); err != nil {
		return failed("INVOCATION_ERROR", "An invoked method threw an exception.", "org.json.JSONException: "+err.Error())
	}
	if a.Format != "cms" || a.SigningParams.Digested {
		return failed("INVALID_SIGNING_PARAMS", "Not emulated.", "format "+a.Format+", digested "+fmt.Sprint(a.SigningParams.Digested))
	}
	documents, several, err := a.documents()
	if err != nil {
		return failed("INVALID_SIGNING_PARAMS", "Invalid signing parameters.", err.Error())
	}
	request := Request{Method: f.Method, Documents: documents, Attached: a.SigningParams.Encapsulate}
	key, answer := e.ask(ctx, request, a.refuses)
	switch answer {
	case Silence:
		return nil
	case Cancel:
		return basicsReply{Status: true, Body: &basicsBody{}}
	case Fail:
		return failed("SIGNING_FAILURE", "Signing failed.", "the emulator was told to fail")
	}
	signatures := make([]string, len(documents))
	for i, d := range documents {
		cms, err := key.sign(d, a.SigningParams.Encapsulate, e.opts.Clock())
		if err != nil {
			return failed("SIGNING_FAILURE", "Signing failed.", err.Error())
		}
		signatures[i] = base64.StdEncoding.EncodeToString(cms)
		if e.opts.Old {
			signatures[i] = string(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: cms}))
		}
	}
	result := any(signatures)
	switch {
	case a.SigningParams.OutputCert:
		result = withCertificate{signatures, base64.StdEncoding.EncodeToString(key.certificate.X509.Raw)}
	case e.opts.Old && !several:
		result = signatures[0]
	}
	return basicsReply{Status: true, Body: &basicsBody{Result: result}}
}

// documents are what is to be signed: without decode the base64 text itself is.
func (a signArgs) documents() (documents [][]byte, several bool, err error) {
	var texts []string
	if several = len(a.Data) > 0 && a.Data[0] == '['; several {
		err = json.Unmarshal(a.Data, &texts)
	} else {
		texts = make([]string, 1)
		err = json.Unmarshal(a.Data, &texts[0])
	}
	if err == nil && len(texts) == 0 {
		err = fmt.Errorf("no data")
	}
	if err != nil {
		return nil, several, err
	}
	for _, t := range texts {
		d := []byte(t)
		if a.SigningParams.Decode {
			if d, err = base64.StdEncoding.DecodeString(t); err != nil {
				return nil, several, err
			}
		}
		documents = append(documents, d)
	}
	return documents, several, nil
}

// refuses tells why the dialog would not offer the key, "" when it would.
func (a signArgs) refuses(k *Key) string {
	p, subject := a.SignerParams, k.certificate.Subject
	switch {
	case a.AllowedStorages != nil && !slices.Contains(a.AllowedStorages, storage):
		return "the key lies in a storage that the page does not allow"
	case p.Chain == nil || string(*p.Chain) == "null":
		return "the page asks for certificates of the production authority only"
	case p.IIN != "" && p.IIN != subject.IIN:
		return "the page asks for the key of another person"
	case p.BIN != "" && p.BIN != subject.BIN:
		return "the page asks for the key of another organisation"
	case p.SerialNumber != "" && p.SerialNumber != k.certificate.Serial():
		return "the page asks for another certificate"
	}
	for _, oid := range p.ExtKeyUsageOIDs {
		if !k.hasUsage(oid) {
			return "the certificate has no extended key usage " + oid
		}
	}
	return ""
}
