package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// Exit codes of eds verify, beside 0 for valid.
const (
	signatureInvalid       = 1
	signatureIndeterminate = 2
	fileUnusable           = 3
)

type edsCommand struct {
	Verify    edsVerify    `cmd:"" help:"Verify a CMS (DER, PEM, base64), a signed XML or a message of the state bus. Exit code 0 valid, 1 invalid (also when the file is no signature at all), 2 cannot tell, 3 a file cannot be read or the content is missing."`
	Inspect   edsInspect   `cmd:"" help:"Tell what a certificate, CRL, OCSP response, timestamp token or CMS is, and whether its own signature verifies."`
	Sign      edsSign      `cmd:"" help:"Sign a file with the key of a key store, or with one of the test authority."`
	Key       edsKey       `cmd:"" help:"Tell whose key is in a key store (PKCS #12), for what and until when."`
	Keystore  edsKeystore  `cmd:"" help:"Write a key of the test authority into a key store, in the form in which the national authority hands keys out."`
	Timestamp edsTimestamp `cmd:"" help:"Add a timestamp to every signature of a CMS that has none."`
	Collect   edsCollect   `cmd:"" help:"Gather timestamp, chains and revocation answers around the signatures of a CMS (CAdES-LT)."`
	Evidence  edsEvidence  `cmd:"" help:"Hand out what proves a signature of this installation: under an application, a consent or another text, or at a sign-in."`
	Authority edsAuthority `cmd:"" help:"Serve the test authority's OCSP, TSA and CRL over HTTP, and write its certificates to a folder."`
}

// trust is what a command trusts and what it has at hand about revocation.
type trust struct {
	Trust        []string  `help:"Folder of certificates (PEM or DER); each is an anchor, self-signed or not." placeholder:"DIR" sep:"none"`
	TspTrust     []string  `help:"The same for time-stamping authorities; without it those of --trust." placeholder:"DIR" sep:"none"`
	Crl          []string  `help:"Revocation list, full or delta; may be given several times." placeholder:"FILE" sep:"none"`
	Ocsp         []string  `help:"OCSP response; may be given several times." placeholder:"FILE" sep:"none"`
	NoRevocation bool      `help:"Leave revocation out."`
	At           time.Time `help:"Judge at this time, unless a timestamp proves another." format:"2006-01-02T15:04:05Z07:00" placeholder:"RFC3339"`
}

// read is os.ReadFile with the exit code of a file that cannot be read.
func read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &exitCode{fileUnusable, err}
	}
	return data, nil
}

func loadPools(folders []string) (*eds.Pool, error) {
	pool := eds.NewPool()
	for _, folder := range folders {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, &exitCode{fileUnusable, fmt.Errorf("%s is not a folder: %w", folder, errors.Join(err, fs.ErrInvalid))}
		}
		found, err := eds.LoadPool(folder)
		if err != nil {
			return nil, &exitCode{fileUnusable, err}
		}
		for _, certificate := range found.Certificates() {
			pool.Add(certificate)
		}
	}
	return pool, nil
}

// verifier reads everything that the flags name.
func (t trust) verifier() (*eds.Verifier, error) {
	anchors, err := loadPools(t.Trust)
	if err != nil {
		return nil, err
	}
	v := &eds.Verifier{Anchors: anchors, NoRevocation: t.NoRevocation}
	if len(t.TspTrust) > 0 {
		if v.TSAAnchors, err = loadPools(t.TspTrust); err != nil {
			return nil, err
		}
	}
	checkers, err := t.revocation()
	if len(checkers) > 0 {
		v.Revocation = checkers
	}
	return v, err
}

// revocation reads lists and responses. Whose they are and what they are worth is
// asked when a certificate is judged: one that is a stranger's, too old or forged is no
// answer. Nor is a response that says that the responder failed.
func (t trust) revocation() (checkers eds.Checkers, err error) {
	var responses eds.OCSPResponses
	for _, path := range t.Ocsp {
		data, err := read(path)
		if err != nil {
			return nil, err
		}
		response, err := eds.ParseOCSP(data)
		var failure eds.OCSPFailure
		if errors.As(err, &failure) {
			continue
		}
		if err != nil {
			return nil, &exitCode{fileUnusable, fmt.Errorf("%s: %w", path, err)}
		}
		responses = append(responses, response)
	}
	if len(responses) > 0 {
		checkers = append(checkers, responses)
	}
	var lists eds.CRLs
	for _, path := range t.Crl {
		data, err := read(path)
		if err != nil {
			return nil, err
		}
		list, err := eds.ParseCRL(data)
		if err != nil {
			return nil, &exitCode{fileUnusable, fmt.Errorf("%s: %w", path, err)}
		}
		lists = append(lists, list)
	}
	if len(lists) > 0 {
		checkers = append(checkers, lists)
	}
	return checkers, nil
}

type edsVerify struct {
	trust
	Content string `help:"The document of a detached signature." placeholder:"FILE"`
	Usage   string `help:"What the signer's key must be for: sign, login or any." enum:"sign,login,any" default:"any"`
	File    string `arg:"" help:"The signature."`
}

// Run prints the report as JSON.
func (c *edsVerify) Run(ctx context.Context, stdout io.Writer) error {
	v, err := c.verifier()
	if err != nil {
		return err
	}
	data, err := read(c.File)
	if err != nil {
		return err
	}
	var content []byte
	if c.Content != "" {
		if content, err = read(c.Content); err != nil {
			return err
		}
	}
	options := eds.Options{At: c.At, Usage: eds.Usage(c.Usage)}
	if c.Usage == "any" {
		options.Usage = eds.UsageAny
	}
	report, status, err := verifyAny(ctx, v, data, content, options)
	if err != nil {
		return &exitCode{fileUnusable, err}
	}
	if err := printJSON(stdout, report); err != nil {
		return err
	}
	if status == eds.StatusIndeterminate {
		return outcome(status, "cannot tell whether the signature is valid")
	}
	return outcome(status, "the signature is not valid")
}

// outcome is the exit code of an answer.
func outcome(status eds.Status, otherwise string) error {
	switch status {
	case eds.StatusValid:
		return nil
	case eds.StatusIndeterminate:
		return &exitCode{signatureIndeterminate, errors.New(otherwise)}
	}
	return &exitCode{signatureInvalid, errors.New(otherwise)}
}

type edsInspect struct {
	Trust []string `help:"Folder of certificates (PEM or DER)." placeholder:"DIR" sep:"none"`
	File  string   `arg:"" help:"The file."`
}

// Run prints the inspection as JSON.
func (c *edsInspect) Run(stdout io.Writer) error {
	pool, err := loadPools(c.Trust)
	if err != nil {
		return err
	}
	data, err := read(c.File)
	if err != nil {
		return err
	}
	inspection, err := eds.Inspect(data, pool)
	if err != nil {
		return &exitCode{fileUnusable, err}
	}
	return printJSON(stdout, inspection)
}

// testAuthority is the one whose keys follow from a seed.
type testAuthority struct {
	Seed string `help:"Seed of the test authority." default:"mekenjai demo country"`
}

func (t testAuthority) open() (*pki.Authority, error) { return pki.New([]byte(t.Seed), time.Now()) }
