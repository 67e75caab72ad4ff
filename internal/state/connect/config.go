package connect

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// Config is what a connection is made of: a bus file with its keys and certificates
// loaded.
type Config struct {
	URL     string // of the synchronous channel
	Sender  shep.Sender
	Key     *eds.Key           // signs what we send
	Signers []*eds.Certificate // who may sign for the bus
	Codes   shep.Codes         // of the channel, over the usual ones
	Company Company

	Persons  *Persons
	Entities *Entities
	Files    *Files
	Modelled map[state.Peer]Modelled
	Portal   *Portal // nil: nobody orders the service on egov.kz

	HTTP     *http.Client // nil: one with usual limits
	Verifier *eds.Verifier
	Clock    func() time.Time // nil: time.Now
	Log      *slog.Logger
}

// Company is who asks.
type Company struct {
	BIN         mekenjai.BIN
	Name        string
	Responsible string // for personal data
	Employee    string
}

// Persons is how GBD FL is asked, through KDP.
type Persons struct {
	Service shep.Service
	Sender  string // the code that GBD FL gave us
	Codes   wire.Codes
	Results shep.Codes
	Ignore  []string
	Limit   time.Duration // for both questions; zero: the usual one

	Consent      shep.Service
	ConsentFor   string        // the service for which the token is; "": Service.ID
	PersonalData string        // what is asked about, in words
	Expires      time.Duration // of a token
	Statuses     wire.KDPStatuses
	Login        *eds.Key // vouches for a proof of identity by signature; nil: KDP asks by SMS
}

// Entities is how GBD UL is asked.
type Entities struct {
	Service shep.Service
	Codes   wire.Codes
	Results shep.Codes
	Ignore  []string
	Limit   time.Duration
}

// Files is the temporary store of files.
type Files struct {
	Service shep.Service
	Sender  shep.Sender // of the store's own
	Life    time.Duration
}

// Check refuses a configuration that cannot be meant, or under which somebody who is
// not the bus could answer in its name.
func (c *Config) Check() error {
	err := checkURL("url", c.URL)
	switch {
	case err != nil:
		return err
	case c.Sender.ID == "":
		return errors.New("sender.id is missing")
	case c.Key == nil || c.Verifier == nil:
		return errors.New("key is missing: the bus takes nothing that is not signed")
	case len(c.Signers) == 0:
		return errors.New("signers is empty: anybody with a key of the national authority could answer for the bus")
	case c.Company.BIN == "":
		return errors.New("company.bin is missing")
	}
	if c.Persons != nil {
		err = c.Persons.check()
	}
	if err == nil && c.Entities != nil {
		err = errors.Join(signed("entities", c.Entities.Service), c.Entities.Codes.Check())
	}
	if err == nil && c.Files != nil && (c.Files.Service.ID == "" || c.Files.Sender.ID == "") {
		err = errors.New("files needs service and sender.id")
	}
	for _, peer := range slices.Sorted(maps.Keys(c.Modelled)) {
		err = cmp.Or(err, c.Modelled[peer].check(peer))
	}
	if err == nil && c.Portal != nil {
		err = c.checkPortal()
	}
	return err
}

func (p *Persons) check() error {
	if err := signed("persons", p.Service); err != nil {
		return err
	}
	switch {
	case p.Sender == "":
		return errors.New("persons.sender is missing: the code that GBD FL gave")
	case p.Consent.ID == "":
		return errors.New("persons.consent.service is missing: GBD FL answers under a token of KDP alone")
	case p.Expires < 2*time.Minute || p.Expires > 24*time.Hour:
		return fmt.Errorf("persons.consent.expires is %v: a token serves from 2 minutes to a day", p.Expires)
	}
	return errors.Join(p.Statuses.Check(), p.Codes.Check())
}

// signed refuses a register whose answers anybody could have signed.
func signed(name string, s shep.Service) error {
	switch {
	case s.ID == "":
		return fmt.Errorf("%s.service is missing", name)
	case !s.Signed || len(s.Signers) == 0:
		return fmt.Errorf("%s.signers is empty: anybody with a key of the national authority could answer for the register", name)
	}
	return nil
}

func checkURL(name, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%s %q is not an address such as https://shep.example/sync", name, text)
	}
	return nil
}

// services of the peers that the configuration connects.
func (c *Config) services() map[state.Peer][]string {
	list := map[state.Peer][]string{}
	if c.Persons != nil {
		list[state.Persons] = []string{c.Persons.Consent.ID, c.Persons.Service.ID}
	}
	if c.Entities != nil {
		list[state.Entities] = []string{c.Entities.Service.ID}
	}
	for peer, m := range c.Modelled {
		list[peer] = m.services()
	}
	return list
}
