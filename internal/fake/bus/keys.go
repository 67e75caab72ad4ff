package bus

import (
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/country"
)

// Keys of the bus and of who stands at both sides of it, all of the test authority.
type Keys struct {
	Bus      *eds.Key // signs the transport of every reply
	Register *eds.Key // signs the documents of the registers
	Client   *eds.Key // the one customer's, who is us
	Stranger *eds.Key // good, and nobody's here: for the fault Foreign
}

// founded is when all their organisations are said to have been.
var founded = mekenjai.Date{Year: 1999, Month: time.April, Day: 1}

// NewKeys issues the keys, GOST or RSA. RSA keys take a tenth of a second each.
func NewKeys(a *pki.Authority, algorithm eds.Algorithm) (k Keys, err error) {
	for _, x := range []struct {
		key    **eds.Key
		serial int
		name   string
		pki.Options
	}{
		{&k.Bus, 99950, "ШЭП (образец)", pki.Options{Algorithm: algorithm}},
		{&k.Register, 99951, "Государственные базы данных (образец)", pki.Options{Algorithm: algorithm}},
		{&k.Client, customerSerial, customerName, pki.Options{Algorithm: algorithm}},
		{&k.Stranger, 99953, "Бөтен жүйе (үлгі)", pki.Options{Algorithm: algorithm}},
	} {
		o := x.Options
		o.BIN, o.Organization, o.Roles = string(country.MakeBIN(founded, x.serial)), x.name, []eds.Role{eds.RoleInformationSystem}
		if *x.key, err = a.Person(pki.Person{}, o); err != nil {
			return k, fmt.Errorf("keys of the simulated bus: %w", err)
		}
	}
	return k, nil
}

const (
	customerSerial = 99952
	customerName   = "Уақытша тіркеу (үлгі)"
)

// CustomerBIN is that of the one customer.
func CustomerBIN() mekenjai.BIN { return country.MakeBIN(founded, customerSerial) }

// LoginKey is the customer's RSA key, with which it vouches to KDP for a proof of
// identity.
func LoginKey(a *pki.Authority) (*eds.Key, error) {
	return a.Person(pki.Person{}, pki.Options{Algorithm: eds.RSASHA256, Kind: pki.LoginOnly, BIN: string(CustomerBIN()),
		Organization: customerName, Roles: []eds.Role{eds.RoleInformationSystem}})
}
