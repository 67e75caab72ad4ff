package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/egovmobile"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/locale"
	"mekenjai/internal/portal"
	"mekenjai/internal/state/mobile"
)

// mobileSigning is how people sign in eGov Mobile here; nil: they do not. The file
// says who asks for the signature, in the words of the protocol.
func (c config) mobileSigning() (*portal.Mobile, error) {
	if c.MobileSigning == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.MobileSigning)
	if err != nil {
		return nil, fmt.Errorf("--mobile-signing: %w", err)
	}
	m := portal.Mobile{Origin: c.origin()}
	if err := json.Unmarshal(text, &m.Organisation); err != nil {
		return nil, fmt.Errorf("--mobile-signing %s: %w", c.MobileSigning, err)
	}
	o := m.Organisation
	if o.NameKZ == "" || o.NameRU == "" || o.NameEN == "" {
		return nil, errors.New(`--mobile-signing names the organisation in three languages: "nameKz", "nameRu", "nameEn"`)
	}
	if _, err := mekenjai.ParseBIN(o.BIN); err != nil {
		return nil, fmt.Errorf("--mobile-signing: bin: %w", err)
	}
	return &m, nil
}

// origin is the address of the portal without what a path could be joined to twice.
func (c config) origin() string {
	u, err := url.Parse(c.URL)
	if err != nil { // check has refused it
		return c.URL
	}
	return u.Scheme + "://" + u.Host
}

// demoMobile is the demo's: the service that seals acts asks, and the phone stands
// on a page.
func demoMobile(c config, bin mekenjai.BIN) *portal.Mobile {
	const name = "demo.mobile.organisation"
	return &portal.Mobile{Origin: c.origin(), Phone: "/demo/phone-signing", Organisation: mobile.Organisation{
		NameKZ: locale.KK.T(name), NameRU: locale.RU.T(name), NameEN: locale.EN.T(name), BIN: string(bin)}}
}

// demoPhone knows this service alone, as the real application knows its allow-list.
func demoPhone(c config, clock func() time.Time) egovmobile.Phone {
	_, host, _ := strings.Cut(c.origin(), "://")
	return egovmobile.Phone{Host: host, Clock: clock}
}

// keysOf are the keys of the demo country as they lie in phones.
func keysOf(a *pki.Authority) func(ncalayer.Seat) (*eds.Key, error) {
	return func(s ncalayer.Seat) (*eds.Key, error) {
		return a.Person(s.Person, pki.Options{Algorithm: s.Algorithm, Kind: s.Kind, BIN: s.BIN, Organization: s.Organization, Roles: s.Roles})
	}
}

// mobileLine is what the doctor says of it.
func mobileLine(m *portal.Mobile) string {
	if m == nil {
		return "off: people sign with NCALayer or by SMS"
	}
	return fmt.Sprintf("on, as %s (BIN %s); the operator of eGov Mobile must have %s on its allow-list", m.Organisation.NameRU, m.Organisation.BIN, m.Origin)
}
