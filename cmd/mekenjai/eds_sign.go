package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/online"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig"
)

type edsSign struct {
	testKey
	IIN      string    `name:"iin" help:"Who signs, with a key of the test authority." xor:"who" required:""`
	Key      string    `help:"Sign with the key in this key store (PKCS #12) instead." placeholder:"FILE" xor:"who" required:"" type:"path"`
	Password string    `help:"File with the password of --key." placeholder:"FILE" type:"path"`
	Format   string    `help:"cms; xml: an enveloped signature in the document; wsse: a message of the state bus with its Body signed." enum:"cms,xml,wsse" default:"cms"`
	ID       string    `name:"id" help:"Sign the element of the XML with this Id instead of the whole document." placeholder:"ID"`
	Attached bool      `help:"Put the document into the signature."`
	At       time.Time `help:"Signing time." format:"2006-01-02T15:04:05Z07:00" placeholder:"RFC3339"`
	Add      string    `help:"Add the signature to those of this CMS." placeholder:"FILE"`
	Out      string    `help:"Where to write; standard output when empty." placeholder:"FILE"`
	File     string    `arg:"" help:"The document."`
}

// Run signs with a key of a key store, or with one that follows from the seed.
func (c *edsSign) Run(stdout io.Writer) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	document, err := read(c.File)
	if err != nil {
		return err
	}
	switch c.Format {
	case "xml":
		return write(c.Out, stdout, func() ([]byte, error) { return xmldsig.Sign(key, document, xmldsig.SignOptions{ID: c.ID}) })
	case "wsse":
		return write(c.Out, stdout, func() ([]byte, error) { return xmldsig.SignEnvelope(key, document) })
	}
	how := eds.SignOptions{Attached: c.Attached, Time: c.At}
	if c.Add == "" {
		return write(c.Out, stdout, func() ([]byte, error) { return eds.SignCMS(key, document, how) })
	}
	earlier, err := read(c.Add)
	if err != nil {
		return err
	}
	return write(c.Out, stdout, func() ([]byte, error) { return eds.AddSigner(earlier, key, document, how) })
}

func (c *edsSign) key() (*eds.Key, error) {
	if c.Key == "" {
		return c.testKey.issue(c.IIN)
	}
	if c.Password == "" {
		return nil, errors.New("--key needs --password: the file with its password")
	}
	key, err := loadKey(c.Key, c.Password)
	if err != nil {
		return nil, &exitCode{fileUnusable, err}
	}
	return key, nil
}

// testKey says which key the test authority issues.
type testKey struct {
	testAuthority
	Surname      string `help:"Surname in the certificate." default:"ТЕСТОВ"`
	Given        string `help:"Given name." default:"ТЕСТ"`
	Patronymic   string `help:"Patronymic."`
	BIN          string `name:"bin" help:"Organisation for which the person signs."`
	Organization string `help:"Its name." default:"ТЕСТ"`
	Head         bool   `help:"The person heads the organisation."`
	Algorithm    string `help:"gost2015-512, gost2015-256, gost2004 or rsa-sha256." enum:"gost2015-512,gost2015-256,gost2004,rsa-sha256" default:"gost2015-512"`
	Kind         string `help:"What is wrong with the key: nothing, expired, not_yet_valid, login_only, wrong_authority, revoked or on_hold." enum:"nothing,expired,not_yet_valid,login_only,wrong_authority,revoked,on_hold" default:"nothing"`
}

// issue makes the key of a person or, without an IIN, of an organisation's
// information system.
func (c testKey) issue(iin string) (*eds.Key, error) {
	person := pki.Person{IIN: iin, Surname: c.Surname, Given: c.Given, Patronymic: c.Patronymic}
	if iin != "" || c.BIN == "" {
		if _, err := mekenjai.ParseIIN(iin); err != nil {
			return nil, fmt.Errorf("--iin: %w", err)
		}
	} else {
		person = pki.Person{}
	}
	authority, err := c.open()
	if err != nil {
		return nil, err
	}
	options := pki.Options{Algorithm: eds.Algorithm(c.Algorithm)}
	if c.Kind != "nothing" {
		options.Kind = pki.Kind(c.Kind)
	}
	if c.BIN != "" {
		options.BIN, options.Organization = c.BIN, c.Organization
		if c.Head {
			options.Roles = []eds.Role{eds.RoleHead}
		}
	}
	return authority.Person(person, options)
}

// write puts what make made into a file, or on standard output.
func write(path string, stdout io.Writer, make func() ([]byte, error)) error {
	data, err := make()
	if err != nil {
		return err
	}
	if path == "" {
		_, err = stdout.Write(data)
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// stamper is where timestamps come from: an authority at an address, or the test
// authority in this process.
type stamper struct {
	testAuthority
	Tsa    string `help:"Address of a time-stamping authority; the test authority when empty." placeholder:"URL"`
	Digest string `help:"streebog512 or sha256." enum:"streebog512,sha256" default:"streebog512"`
}

func (s stamper) stamp(ctx context.Context, signature []byte, d eds.Digest) ([]byte, error) {
	if s.Tsa != "" {
		return (&online.TSA{Client: &online.Client{}, URL: s.Tsa}).Timestamp(ctx, signature, d)
	}
	authority, err := s.open()
	if err != nil {
		return nil, err
	}
	request, err := eds.NewTimestampRequest(signature, d)
	if err != nil {
		return nil, err
	}
	response, err := authority.Timestamp(request.Bytes(), time.Now())
	if err != nil {
		return nil, err
	}
	return request.Token(response)
}

type edsTimestamp struct {
	stamper
	Out  string `help:"Where to write; standard output when empty." placeholder:"FILE"`
	File string `arg:"" help:"The CMS."`
}

// Run adds a token to every signature without one.
func (c *edsTimestamp) Run(ctx context.Context, stdout io.Writer) error {
	data, err := read(c.File)
	if err != nil {
		return err
	}
	container, err := eds.ParseCMS(data)
	if err != nil {
		return &exitCode{fileUnusable, err}
	}
	for i, signature := range container.Signatures() {
		if container.Timestamped(i) {
			continue
		}
		token, err := c.stamp(ctx, signature, eds.Digest(c.Digest))
		if err != nil {
			return err
		}
		if data, err = eds.AddTimestamp(data, i, token); err != nil {
			return err
		}
	}
	return write(c.Out, stdout, func() ([]byte, error) { return data, nil })
}

type edsCollect struct {
	trust
	stamper
	OcspURL string `name:"ocsp-url" help:"OCSP responder to ask." placeholder:"URL"`
	Content string `help:"The document of a detached signature." placeholder:"FILE"`
	Out     string `help:"Where to write the CAdES-LT." placeholder:"FILE" required:""`
	File    string `arg:"" help:"The CMS."`
}

// Run prints the report of the archive under its own evidence, as verify does.
func (c *edsCollect) Run(ctx context.Context, stdout io.Writer) error {
	v, err := c.verifier()
	if err != nil {
		return err
	}
	if c.OcspURL != "" {
		checkers, _ := v.Revocation.(eds.Checkers)
		v.Revocation = append(eds.Checkers{&online.OCSP{Client: &online.Client{}, URL: c.OcspURL}}, checkers...)
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
	archive, report, err := v.Collect(ctx, data, content, eds.CollectOptions{Options: eds.Options{At: c.At}, Timestamp: c.stamp})
	if err != nil {
		return &exitCode{fileUnusable, err}
	}
	if err := printJSON(stdout, report); err != nil {
		return err
	}
	if archive == nil {
		return outcome(report.Status, "the signature is not good now, nothing was collected")
	}
	if err := os.WriteFile(c.Out, archive, 0o644); err != nil {
		return err
	}
	return outcome(report.Status, "the archive cannot be verified with what it has inside")
}

type edsAuthority struct {
	testAuthority
	Listen string `help:"Address on the loopback." default:"localhost:8090"`
	Export string `help:"Folder for the certificates to trust." placeholder:"DIR"`
}

// Run serves until it is told to stop.
func (c *edsAuthority) Run(ctx context.Context, stdout io.Writer) error {
	authority, err := c.open()
	if err != nil {
		return err
	}
	if c.Export != "" {
		if err := export(authority.Anchors(), c.Export); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
		listener.Close()
		return fmt.Errorf("--listen %s: whoever reaches the test authority can be anybody, so it stays on the loopback", c.Listen)
	}
	fmt.Fprintf(stdout, "The test authority is at http://%s (/ocsp/, /tsp/, /crl/gost.crl, /crl/rsa.crl)\n", listener.Addr())
	server := &http.Server{Handler: authority.Handler(nil), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return ignoreClosed(server.Serve(listener))
}

func export(pool *eds.Pool, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for i, certificate := range pool.Certificates() {
		file, err := os.Create(filepath.Join(folder, fmt.Sprintf("test-%d.pem", i+1)))
		if err != nil {
			return err
		}
		err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw()})
		if err := file.Close(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
	}
	return nil
}
