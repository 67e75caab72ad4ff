package main

import (
	"io"
	"os"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

type edsKey struct {
	Password string `help:"File with the password." placeholder:"FILE" required:""`
	File     string `arg:"" help:"The key store (PKCS #12), such as GOST512_….p12."`
}

// keyFacts is what the command prints.
type keyFacts struct {
	Subject   eds.Subject   `json:"subject"`
	Roles     []eds.Role    `json:"roles"`
	Usage     []eds.Usage   `json:"usage"`
	Algorithm eds.Algorithm `json:"algorithm"`
	Serial    string        `json:"serial"`
	NotBefore time.Time     `json:"notBefore"`
	NotAfter  time.Time     `json:"notAfter"`
	Chain     []string      `json:"chain"` // authorities in the store, by name
}

// Run prints whose key it is, so that an administrator can look before a server
// signs with it.
func (c *edsKey) Run(stdout io.Writer) error {
	key, err := loadKey(c.File, c.Password)
	if err != nil {
		return &exitCode{fileUnusable, err}
	}
	certificate := key.Certificate
	facts := keyFacts{Subject: certificate.Subject, Roles: certificate.Roles, Usage: certificate.Usage, Serial: certificate.Serial(),
		NotBefore: certificate.X509.NotBefore, NotAfter: certificate.X509.NotAfter, Algorithm: key.Algorithm(), Chain: []string{}}
	for _, authority := range key.Chain {
		facts.Chain = append(facts.Chain, authority.Subject.CommonName)
	}
	return printJSON(stdout, facts)
}

type edsKeystore struct {
	testKey
	IIN      string `name:"iin" help:"Whose key; left out with --bin: the organisation's information system."`
	Password string `help:"File with the password that it gets." placeholder:"FILE" required:""`
	Out      string `help:"Where to write the key store." placeholder:"FILE" required:""`
}

// Run writes a key of the test authority in the form of the national one.
func (c *edsKeystore) Run() error {
	password, err := read(c.Password)
	if err != nil {
		return err
	}
	key, err := c.issue(c.IIN)
	if err != nil {
		return err
	}
	store, err := pki.PKCS12(key, eds.TrimPassword(password))
	if err != nil {
		return err
	}
	return os.WriteFile(c.Out, store, 0o600)
}
