package connect

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// file is a bus file as it is written. Names of files in it are relative to its own
// folder; secrets are names of files.
type file struct {
	URL            string     `json:"url"`
	TLSAuthorities string     `json:"tlsAuthorities"` // PEM, beside those of the machine
	Sender         sender     `json:"sender"`
	Key            keyFile    `json:"key"`
	Signers        []string   `json:"signers"`
	Codes          shep.Codes `json:"codes"`
	Company        struct {
		BIN         string `json:"bin"`
		Name        string `json:"name"`
		Responsible string `json:"responsible"`
		Employee    string `json:"employee"`
	} `json:"company"`
	Persons *struct {
		register
		Sender  string `json:"sender"`
		Consent struct {
			Service      string           `json:"service"`
			Route        string           `json:"route"`
			For          string           `json:"for"`
			PersonalData string           `json:"personalData"`
			Expires      duration         `json:"expires"`
			Statuses     wire.KDPStatuses `json:"statuses"`
			Login        *keyFile         `json:"login"`
		} `json:"consent"`
	} `json:"persons"`
	Entities *register `json:"entities"`
	Files    *struct {
		Service string   `json:"service"`
		Route   string   `json:"route"`
		Sender  sender   `json:"sender"`
		Life    duration `json:"life"`
	} `json:"files"`
	Portal *struct {
		URL      string       `json:"url"` // of the asynchronous channel
		Service  string       `json:"service"`
		Route    string       `json:"route"`
		Shape    mapped.Shape `json:"shape"`
		Mapping  string       `json:"mapping"` // a file, in place of the contract of the shape
		From     []string     `json:"from"`
		Signers  []string     `json:"signers"`
		Fetch    duration     `json:"fetch"`
		Statuses pep.Statuses `json:"statuses"`
	} `json:"portal"`
	Modelled map[state.Peer]struct {
		Mapping string   `json:"mapping"` // a file, or ours for the contract that is built in
		Signers []string `json:"signers"`
		Limit   duration `json:"limit"`
	} `json:"modelled"`
}

// ours is the mapping that is built in.
const ours = "ours"

type sender struct {
	ID           string `json:"id"`
	PasswordFile string `json:"passwordFile"`
}

// keyFile is a key store and the file with its password.
type keyFile struct {
	File         string `json:"file"`
	PasswordFile string `json:"passwordFile"`
}

// register is what is said of one that has a public schema.
type register struct {
	Service string     `json:"service"`
	Route   string     `json:"route"`
	Signers []string   `json:"signers"`
	Codes   wire.Codes `json:"codes"`
	Results shep.Codes `json:"results"`
	Ignore  []string   `json:"ignore"`
	Limit   duration   `json:"limit"`
}

// duration is written as 10m or 30s.
type duration time.Duration

func (d *duration) UnmarshalText(b []byte) error {
	parsed, err := time.ParseDuration(string(b))
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is no span of time such as 10m", b)
	}
	*d = duration(parsed)
	return nil
}

const longestFile = 1 << 20

// Read loads a bus file with everything that it names. Verifier, clock and log are
// for the caller to set.
func Read(path string) (Config, error) {
	c, err := read(path)
	if err != nil {
		return Config{}, fmt.Errorf("bus file %s: %w", path, err)
	}
	return c, nil
}

func read(path string) (c Config, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return c, errors.Unwrap(err)
	}
	if len(data) > longestFile {
		return c, fmt.Errorf("%d bytes are no bus file", len(data))
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return c, err
	}
	if d.More() {
		return c, errors.New("something follows after its end")
	}
	l := loader{folder: filepath.Dir(path)}
	c = Config{URL: f.URL, Sender: l.sender(f.Sender), Key: l.key("key", f.Key), Signers: l.certificates("signers", f.Signers), Codes: f.Codes,
		Company: Company{Name: f.Company.Name, Responsible: f.Company.Responsible, Employee: f.Company.Employee}, HTTP: l.client(f.TLSAuthorities)}
	if c.Company.BIN, err = mekenjai.ParseBIN(f.Company.BIN); err != nil {
		return c, fmt.Errorf("company.bin: %w", err)
	}
	l.persons(&c, &f)
	if e := f.Entities; e != nil {
		c.Entities = &Entities{Service: l.register("entities", *e, shep.Text), Codes: e.Codes, Results: e.Results, Ignore: e.Ignore, Limit: time.Duration(e.Limit)}
	}
	if s := f.Files; s != nil {
		c.Files = &Files{Service: shep.Service{ID: s.Service, Route: s.Route, Variant: shep.Plain}, Sender: l.sender(s.Sender), Life: time.Duration(s.Life)}
	}
	l.modelled(&c, &f)
	l.portal(&c, &f)
	return c, l.err
}

// portal is how egov.kz orders our service.
func (l *loader) portal(c *Config, f *file) {
	p := f.Portal
	if p == nil {
		return
	}
	set, err := mapped.BuiltInPortal(p.Shape)
	if err == nil && p.Mapping != "" {
		set, err = mapped.Open(l.path(p.Mapping), state.Portal)
	}
	if err != nil {
		l.fail("portal", fmt.Errorf("%w (shape is %s or %s)", err, mapped.ResponseShape, mapped.FormShape))
		return
	}
	c.Portal = &Portal{URL: p.URL, Mapping: set, Service: p.Service, Route: p.Route, From: p.From, Signers: l.certificates("portal.signers", p.Signers),
		Fetch: time.Duration(p.Fetch), Statuses: pep.Usual(p.Shape).With(p.Statuses)}
}

func (l *loader) modelled(c *Config, f *file) {
	c.Modelled = map[state.Peer]Modelled{}
	for _, peer := range slices.Sorted(maps.Keys(f.Modelled)) {
		m, what := f.Modelled[peer], "modelled."+string(peer)
		var set *mapped.Set
		var err error
		switch m.Mapping {
		case "":
			err = errors.New("mapping is missing: a file, or \"ours\" for the contract that is built in")
		case ours:
			set, err = mapped.BuiltIn(peer)
		default:
			set, err = mapped.Open(l.path(m.Mapping), peer)
		}
		l.fail(what, err)
		c.Modelled[peer] = Modelled{Mapping: set, Signers: l.certificates(what+".signers", m.Signers), Limit: time.Duration(m.Limit)}
	}
}

// path of a file that the bus file names.
func (l *loader) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.folder, name)
}

// loader loads what a file names and keeps the first thing that is wrong.
type loader struct {
	folder string
	err    error
}

func (l *loader) fail(what string, err error) {
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("%s: %w", what, err)
	}
}

// read is the file of the name; "" is none.
func (l *loader) read(what, name string) []byte {
	if name == "" {
		return nil
	}
	data, err := os.ReadFile(l.path(name))
	l.fail(what, err)
	return data
}

func (l *loader) sender(s sender) shep.Sender {
	return shep.Sender{ID: s.ID, Password: eds.TrimPassword(l.read("sender.passwordFile", s.PasswordFile))}
}

func (l *loader) key(what string, k keyFile) *eds.Key {
	if k.File == "" {
		return nil
	}
	store, password := l.read(what+".file", k.File), l.read(what+".passwordFile", k.PasswordFile)
	if l.err != nil {
		return nil
	}
	key, err := eds.ParsePKCS12(store, eds.TrimPassword(password))
	l.fail(what, err)
	return key
}

func (l *loader) certificates(what string, names []string) (list []*eds.Certificate) {
	for _, name := range names {
		data := l.read(what, name)
		if l.err != nil {
			return nil
		}
		found, err := eds.ParseCertificates(data)
		l.fail(what+", "+name, err)
		list = append(list, found...)
	}
	return list
}

func (l *loader) register(what string, r register, v shep.Variant) shep.Service {
	return shep.Service{ID: r.Service, Route: r.Route, Variant: v, Signs: true, Signed: true, Signers: l.certificates(what+".signers", r.Signers)}
}

func (l *loader) persons(c *Config, f *file) {
	p := f.Persons
	if p == nil {
		return
	}
	k := p.Consent
	c.Persons = &Persons{Service: l.register("persons", p.register, shep.Typed), Sender: p.Sender, Codes: p.Codes, Results: p.Results, Ignore: p.Ignore,
		Limit: time.Duration(p.Limit), Consent: shep.Service{ID: k.Service, Route: k.Route, Variant: shep.Typed}, ConsentFor: k.For,
		PersonalData: k.PersonalData, Expires: time.Duration(k.Expires), Statuses: k.Statuses}
	if c.Persons.Expires == 0 {
		c.Persons.Expires = 10 * time.Minute
	}
	if k.Statuses == nil {
		c.Persons.Statuses = wire.OurKDPStatuses()
	}
	if k.Login != nil {
		c.Persons.Login = l.key("persons.consent.login", *k.Login)
	}
}

// client trusts the authorities of the file for TLS, beside those of the machine, as
// the gates of the bus have certificates of the national authority.
func (l *loader) client(authorities string) *http.Client {
	if authorities == "" {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if pem := l.read("tlsAuthorities", authorities); l.err == nil && !pool.AppendCertsFromPEM(pem) {
		l.fail("tlsAuthorities", errors.New(strings.TrimSpace(authorities)+" holds no certificate"))
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 5 * time.Second, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
