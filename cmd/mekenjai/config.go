package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/papers"
	"mekenjai/internal/telemetry"
)

// The two environments. In production nothing of the demo country exists.
const (
	demoEnvironment       = "demo"
	productionEnvironment = "production"
)

// config is everything that may differ between two installations; its zero
// value, filled with the defaults, runs the demo country. Secrets are names of
// files.
type config struct {
	Environment string   `help:"demo or production." enum:"demo,production" default:"demo" env:"MEKENJAI_ENVIRONMENT"`
	Database    string   `help:"A file, or postgres://…" default:"var/mekenjai.db" env:"MEKENJAI_DATABASE"`
	URL         string   `name:"url" help:"Public address of the portal." default:"http://localhost:8080" env:"MEKENJAI_URL"`
	Listen      string   `help:"Address to listen on." default:"localhost:8080" env:"MEKENJAI_LISTEN"`
	Trust       string   `help:"Folder of certificates (PEM or DER) to whose issuers signatures are trusted. Production only." placeholder:"DIR" env:"MEKENJAI_TRUST"`
	OCSP        string   `name:"ocsp" help:"OCSP responder that is asked about revocation, such as http://ocsp.pki.gov.kz/. Production only." placeholder:"URL" env:"MEKENJAI_OCSP"`
	CRL         []string `name:"crl" help:"Revocation lists, full and delta, fetched every quarter of an hour. Production only." placeholder:"URL" env:"MEKENJAI_CRL"`
	TSA         string   `name:"tsa" help:"Time-stamping authority for the evidence of signatures, such as http://tsp.pki.gov.kz/. Production only." placeholder:"URL" env:"MEKENJAI_TSA"`
	SecretFile  string   `help:"File with at least 32 random bytes that key the hashes of codes. Production only." placeholder:"FILE" env:"MEKENJAI_SECRET_FILE"`
	PaperSecret string   `help:"File with the secrets under which scans of papers are encrypted: a name and 32 bytes in base64 a line, the first for new papers. The demo makes one beside its database." placeholder:"FILE" env:"MEKENJAI_PAPER_SECRET"`
	Proxies     []string `help:"Address ranges (CIDR) of reverse proxies whose X-Forwarded-For is believed." placeholder:"CIDR" env:"MEKENJAI_PROXIES"`
	LogLevel    string   `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"MEKENJAI_LOG_LEVEL"`
	LogFormat   string   `help:"json or text." enum:"json,text" default:"json" env:"MEKENJAI_LOG_FORMAT"`

	NoMigrate      bool          `help:"Leave the schema as it is: run mekenjai migrate before, by a role that may change it." env:"MEKENJAI_NO_MIGRATE"`
	ListenDatabase string        `help:"Direct address of the PostgreSQL server, when --database leads through a pooler such as PgBouncer: LISTEN needs it." placeholder:"postgres://…" env:"MEKENJAI_LISTEN_DATABASE"`
	Standby        []string      `help:"PostgreSQL standbys that may answer look-ups while they are no further behind than --staleness; may be given several times." placeholder:"postgres://…" sep:"none" env:"MEKENJAI_STANDBY"`
	Staleness      time.Duration `help:"How far behind a standby may be and still answer." default:"2s" placeholder:"DURATION" env:"MEKENJAI_STALENESS"`
	ClockBound     time.Duration `help:"How far the clock of this machine may be from the database's. The demo does not look." default:"2s" placeholder:"DURATION" env:"MEKENJAI_CLOCK_BOUND"`
	Metrics        string        `help:"Address at which metrics are served to Prometheus, such as localhost:9090." placeholder:"ADDRESS" env:"MEKENJAI_METRICS"`

	Crowd crowd.Size `help:"People by formula beside the demo country, for measurements, such as persons=200000,dwellings=60000,entries=60000; the database is filled by mekenjai bench load. Demo only." placeholder:"SIZE" env:"MEKENJAI_CROWD"`

	KeepSignIns time.Duration `help:"How long the signature of a sign-in is kept with its evidence." default:"2160h" placeholder:"DURATION" env:"MEKENJAI_KEEP_SIGN_INS"`

	Seal         string `help:"Key store (PKCS #12) with the provider's seal, which acts of refusal get. Production only: the demo country has its own." placeholder:"FILE" env:"MEKENJAI_SEAL"`
	SealPassword string `help:"File with the password of --seal." placeholder:"FILE" env:"MEKENJAI_SEAL_PASSWORD"`

	Bus string `help:"Bus file: how the state's registers are reached over the state bus. docs/integrations.md describes it. The demo uses one against mekenjai simulate." placeholder:"FILE" env:"MEKENJAI_BUS"`

	MobileSigning string `help:"File (JSON: nameKz, nameRu, nameEn, bin) that names who asks for signatures in eGov Mobile; without it that is not offered. Its operator must have allowed the host of --url. Production only: the demo country has a phone of its own." placeholder:"FILE" env:"MEKENJAI_MOBILE_SIGNING"`

	Registers string `help:"How the demo country's registers are asked: over a simulated state bus on loopback (bus), or within this process (inside). Else bus; inside on PostgreSQL, where several processes serve one country, and with --crowd. Demo only." enum:"bus,inside," default:"" env:"MEKENJAI_REGISTERS"`

	SMSURL          []string `name:"sms-url" help:"Address of Kannel's sendsms, with ?smsc=ID for one of its connections; several are used in their order when one fails. In the demo in place of the telephones of its page." placeholder:"URL" env:"MEKENJAI_SMS_URL"`
	SMSUser         string   `name:"sms-user" help:"User of Kannel's group sendsms-user." placeholder:"NAME" env:"MEKENJAI_SMS_USER"`
	SMSPasswordFile string   `name:"sms-password-file" help:"File with the password of --sms-user." placeholder:"FILE" env:"MEKENJAI_SMS_PASSWORD_FILE"`
	SMSFrom         string   `name:"sms-from" help:"Sender that telephones show, as agreed with the operators." placeholder:"NAME" env:"MEKENJAI_SMS_FROM"`
	SMSReports      string   `name:"sms-reports" help:"Address of this service as Kannel reaches it, for reports of delivery; without it none are asked for." placeholder:"URL" env:"MEKENJAI_SMS_REPORTS"`
}

func (c config) demo() bool { return c.Environment == demoEnvironment }

// inside says that the registers of the demo country answer without a bus between.
func (c config) inside() bool {
	if c.Registers == "" {
		return c.several() || c.Crowd != (crowd.Size{})
	}
	return c.Registers == "inside"
}

func (c config) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong let only known levels through
	if c.LogFormat == "text" {
		return telemetry.TextLogger(os.Stderr, level)
	}
	return telemetry.Logger(os.Stderr, level)
}

// check refuses a configuration that cannot be meant, before anything is opened.
func (c config) check() error {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" {
		return fmt.Errorf("--url %q is not an address such as https://mekenjai.example", c.URL)
	}
	if c.KeepSignIns < 0 {
		return errors.New("--keep-sign-ins is a time to come, such as 2160h for 90 days")
	}
	if err := c.checkDatabases(); err != nil {
		return err
	}
	if err := c.checkSMS(); err != nil {
		return err
	}
	if c.demo() {
		if c.Trust != "" {
			return errors.New("--trust belongs to production: the demo country trusts its own test authority alone")
		}
		if c.Seal != "" || c.SealPassword != "" {
			return errors.New("--seal belongs to production: the demo country has a seal of its own")
		}
		if c.MobileSigning != "" {
			return errors.New("--mobile-signing belongs to production: the demo country has a phone of its own")
		}
		return c.checkRegisters()
	}
	switch {
	case c.Crowd != (crowd.Size{}):
		return errors.New("--crowd belongs to the demo country: production has no invented people")
	case c.Registers != "":
		return errors.New("--registers belongs to the demo country: production names its bus with --bus")
	case u.Scheme != "https":
		return errors.New("production needs --url with https: sessions must not travel in the clear")
	case c.Trust == "":
		return errors.New("production needs --trust: the folder with the certificates of the national authority")
	case c.SecretFile == "":
		return errors.New("production needs --secret-file: 32 random bytes or more")
	case c.PaperSecret == "":
		return errors.New("production needs --paper-secret: make one with mekenjai paper-secret NAME")
	case (c.Seal == "") != (c.SealPassword == ""):
		return errors.New("--seal and --seal-password go together: the key store, and the file with its password")
	}
	return nil
}

// checkRegisters refuses a bus where there cannot be one.
func (c config) checkRegisters() error {
	switch {
	case c.Registers != "" && c.Bus != "":
		return errors.New("--registers and --bus exclude each other: the registers are in this process, or where the bus file says")
	case c.Bus != "" && c.Crowd != (crowd.Size{}):
		return errors.New("--bus does not lead to the people of --crowd: they answer inside")
	case c.Registers == "bus" && c.several():
		return errors.New("--registers=bus needs an embedded database: on PostgreSQL every process would have a bus, and an IS RP DRN, of its own; run mekenjai simulate and give its --bus")
	case c.Registers == "bus" && c.Crowd != (crowd.Size{}):
		return errors.New("--registers=bus does not know the people of --crowd: they answer inside")
	}
	return nil
}

// checkDatabases refuses what a database of the kind cannot do.
func (c config) checkDatabases() error {
	if c.Staleness < 0 || c.ClockBound <= 0 {
		return errors.New("--staleness and --clock-bound are spans of time, such as 2s")
	}
	if !c.several() {
		switch {
		case c.ListenDatabase != "":
			return errors.New("--listen-database belongs to PostgreSQL: an embedded database needs no LISTEN")
		case len(c.Standby) > 0:
			return errors.New("--standby belongs to PostgreSQL: an embedded database has none")
		}
	}
	return nil
}

// several says that more than one process may serve this database.
func (c config) several() bool {
	return strings.HasPrefix(c.Database, "postgres://") || strings.HasPrefix(c.Database, "postgresql://")
}

// anchors loads the trust of a production configuration. A test authority among
// them is refused: whoever holds its keys could be anybody.
func (c config) anchors() (*eds.Pool, error) {
	pool, err := eds.LoadPool(c.Trust)
	if err != nil {
		return nil, fmt.Errorf("--trust: %w", err)
	}
	if pool.Len() == 0 {
		return nil, fmt.Errorf("--trust %s holds no certificate", c.Trust)
	}
	for _, certificate := range pool.Certificates() {
		if eds.IsTestAuthority(certificate) {
			return nil, fmt.Errorf("--trust holds the test authority %q: production must not trust it", certificate.Subject.CommonName)
		}
	}
	return pool, nil
}

func (c config) proxies() (list []netip.Prefix, err error) {
	for _, text := range c.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--proxies %q is not a range such as 10.0.0.0/8", text)
		}
		list = append(list, prefix)
	}
	return list, nil
}

func (c config) secret() ([]byte, error) {
	if c.SecretFile == "" {
		return nil, nil
	}
	secret, err := os.ReadFile(c.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("--secret-file: %w", err)
	}
	if secret = bytes.TrimSpace(secret); len(secret) < 32 {
		return nil, errors.New("--secret-file holds fewer than 32 bytes")
	}
	return secret, nil
}

// vault opens the secrets of papers; the demo makes them when it has none.
func (c config) vault() (*papers.Vault, error) {
	if c.PaperSecret != "" || !c.demo() {
		v, err := papers.OpenVault(c.PaperSecret)
		if err != nil {
			return nil, fmt.Errorf("--paper-secret: %w", err)
		}
		return v, nil
	}
	file := "var/papers.secret"
	if !strings.Contains(c.Database, "://") {
		file = c.Database + ".papers"
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("folder of the papers' secret: %w", err)
	}
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = made.WriteString(papers.NewSecret("demo"))
		err = errors.Join(err, made.Close())
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("secret of the papers: %w", err)
	}
	return papers.OpenVault(file)
}

// makeFolder makes the folder of an embedded database.
func (c config) makeFolder() error {
	if strings.Contains(c.Database, "://") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(c.Database), 0o700); err != nil {
		return fmt.Errorf("folder of the database: %w", err)
	}
	return nil
}
