package main

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	messages "mekenjai/internal/state/wire"
)

// simulation is a simulated bus with its one customer, in the demo's process or alone.
type simulation struct {
	*bus.Bus
	keys     bus.Keys
	customer bus.Customer
	login    *eds.Key // nil: the customer does not vouch for anybody to KDP
	entries  *entries.Register
}

// simulationOptions are what differs between the two.
type simulationOptions struct {
	land      *country.Country
	authority *pki.Authority
	algorithm eds.Algorithm
	clock     func() time.Time
	journal   string // of IS RP DRN
	follows   bool   // the bus's clock the customer's
	vouches   bool   // the customer for a signature of the citizen
	log       *slog.Logger
}

func newSimulation(o simulationOptions) (s simulation, err error) {
	if s.keys, err = bus.NewKeys(o.authority, o.algorithm); err != nil {
		return s, err
	}
	s.customer = bus.Customer{ID: "mekenjai", Password: rand.Text(), Code: "MEKENJAI", BIN: bus.CustomerBIN()}
	if o.vouches {
		if s.login, err = bus.LoginKey(o.authority); err != nil {
			return s, err
		}
		s.customer.Login = s.login.Certificate
	}
	s.entries = entries.New(o.journal, o.clock, entries.Knowledge{Person: o.land.Find, Address: o.land.FindAddress})
	s.Bus, err = bus.New(bus.Options{Country: o.land, Entries: s.entries, Keys: s.keys, Customer: s.customer, Clock: o.clock,
		Follows: o.follows, Verifier: &eds.Verifier{Anchors: o.authority.Anchors(), Revocation: o.authority}, Log: o.log})
	return s, err
}

// Close lets go of the journal.
func (s simulation) Close() error { return s.entries.Close() }

// connection is how the customer reaches the bus at the address.
func (s simulation) connection(address string, o simulationOptions) (*connect.Connection, error) {
	signers := []*eds.Certificate{s.keys.Register.Certificate}
	portal, err := mapped.BuiltInPortal(mapped.ResponseShape)
	if err != nil {
		return nil, err
	}
	c := connect.Config{
		URL: address + bus.SyncPath, Sender: shep.Sender{ID: s.customer.ID, Password: s.customer.Password},
		Key: s.keys.Client, Signers: []*eds.Certificate{s.keys.Bus.Certificate},
		Company: connect.Company{BIN: s.customer.BIN, Name: customerName, Employee: customerName},
		Persons: &connect.Persons{Service: shep.Service{ID: bus.ServicePersons, Variant: shep.Typed, Signs: true, Signed: true, Signers: signers},
			Sender: s.customer.Code, Consent: shep.Service{ID: bus.ServiceKDP, Variant: shep.Typed}, Expires: 10 * time.Minute,
			Statuses: messages.OurKDPStatuses(), Login: s.login},
		Entities: &connect.Entities{Service: shep.Service{ID: bus.ServiceEntities, Variant: shep.Text, Signs: true, Signed: true, Signers: signers}},
		Files:    &connect.Files{Service: shep.Service{ID: bus.ServiceFiles, Variant: shep.Plain}, Sender: shep.Sender{ID: s.customer.ID, Password: s.customer.Password}},
		Modelled: map[state.Peer]connect.Modelled{},
		Portal: &connect.Portal{URL: address + bus.AsyncPath, Mapping: portal, From: []string{bus.PortalSender}, Statuses: pep.Usual(mapped.ResponseShape),
			Fetch: 10 * time.Second}, // what could not be pushed waits to be fetched
		Verifier: &eds.Verifier{Anchors: o.authority.Anchors(), Revocation: o.authority}, Clock: o.clock, Log: o.log,
	}
	for _, p := range mapped.Peers() {
		set, err := mapped.BuiltIn(p)
		if err != nil {
			return nil, err
		}
		c.Modelled[p] = connect.Modelled{Mapping: set, Signers: signers}
	}
	return connect.New(c)
}

const customerName = "Mekenjai"

// customerPassword protects the key stores that are written for a customer. It is no
// secret: the keys are of the test authority, whose seed is public.
const customerPassword = "mekenjai-simulated"

// writeCustomer writes a bus file for a customer of the bus at the address, with
// everything that it names.
func writeCustomer(folder, address string, s simulation) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("--write: %w", err)
	}
	put := func(name string, content []byte) error {
		return os.WriteFile(filepath.Join(folder, name), content, 0o600)
	}
	store := func(name string, key *eds.Key) error {
		raw, err := pki.PKCS12(key, customerPassword)
		return cmp.Or(err, put(name, raw))
	}
	key := func(name string) map[string]any { return map[string]any{"file": name, "passwordFile": "keys.password"} }
	sender := map[string]any{"id": s.customer.ID, "passwordFile": "bus.password"}
	registers := []string{"registers.cer"}
	persons := map[string]any{"service": bus.ServicePersons, "sender": s.customer.Code, "signers": registers,
		"consent": map[string]any{"service": bus.ServiceKDP, "personalData": "ФЛ", "login": key("login.p12")}}
	modelled := map[state.Peer]any{}
	for _, p := range mapped.Peers() {
		modelled[p] = map[string]any{"mapping": "ours", "signers": registers}
	}
	file, err := json.MarshalIndent(map[string]any{
		"url": address + bus.SyncPath, "sender": sender, "key": key("mekenjai.p12"), "signers": []string{"bus.cer"},
		"company": map[string]any{"bin": s.customer.BIN, "name": customerName, "employee": customerName},
		"persons": persons, "entities": map[string]any{"service": bus.ServiceEntities, "signers": registers},
		"files":    map[string]any{"service": bus.ServiceFiles, "sender": sender},
		"modelled": modelled,
		// The simulators do not know where the customer listens; told so, they push.
		"portal": map[string]any{"url": address + bus.AsyncPath, "shape": mapped.ResponseShape, "from": []string{bus.PortalSender}, "fetch": "2s"},
	}, "", "  ")
	return cmp.Or(err,
		put("keys.password", []byte(customerPassword+"\n")), put("bus.password", []byte(s.customer.Password+"\n")),
		store("mekenjai.p12", s.keys.Client), store("login.p12", s.login),
		put("bus.cer", s.keys.Bus.Certificate.Raw()), put("registers.cer", s.keys.Register.Certificate.Raw()),
		put("bus.json", append(file, '\n')))
}
