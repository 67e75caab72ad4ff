package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/fake/phones"
)

// ncalayerAddress is where the real signing program listens; the emulator takes
// the place when it is free.
const ncalayerAddress = "127.0.0.1:13579"

// movableClock is the demo's clock: a deadline can be waited for at once.
type movableClock struct {
	steady *database.Clock
	ahead  atomic.Int64
}

func (c *movableClock) Now() time.Time          { return c.steady.Now().Add(c.Ahead()) }
func (c *movableClock) Ahead() time.Duration    { return time.Duration(c.ahead.Load()) }
func (c *movableClock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// demoLimits let one person try the stories one after another; an IIN of the demo
// country has nothing to guess.
var demoLimits = map[string]access.Limit{
	access.LimitSMSPerson: {N: 200, Per: time.Minute}, access.LimitSMSDay: {N: 2000, Per: time.Hour},
	access.LimitSMSPhone: {N: 200, Per: time.Minute}, access.LimitSigning: {N: 200, Per: time.Minute},
	access.LimitSigningDay: {N: 2000, Per: time.Hour},
}

// demoCountry is the world of make run: invented people, their registers,
// phones and keys, all in this process.
func demoCountry(c config, log *slog.Logger) (world, error) {
	clock := &movableClock{steady: steadyClock(log)}
	land := country.New(clock.Now)
	authority, err := pki.New(demo.Seed, time.Now())
	if err != nil {
		return world{}, err
	}
	seal, err := authority.Person(pki.Person{}, pki.Options{BIN: string(land.BIN("police")),
		Organization: "Көші-қон қызметі", Roles: []eds.Role{eds.RoleInformationSystem}})
	if err != nil {
		return world{}, fmt.Errorf("seal of the demo country: %w", err)
	}
	centre := phones.New(clock.Now)
	many, err := withCrowd(c, land, centre, clock.Now)
	if err != nil {
		return world{}, err
	}
	emulator := ncalayer.New(ncalayer.Options{Keys: ncalayer.FromAuthority(authority), Clock: clock.Now, Origins: []string{c.URL, strings.Replace(c.URL, "localhost", "127.0.0.1", 1)}, Log: log})
	address, stop, err := emulator.Start(ncalayerAddress)
	if err != nil {
		return world{}, fmt.Errorf("NCALayer emulator: %w", err)
	}
	asked, err := demoRegisters(c, land, authority, clock.Now, many.peers, log)
	if err != nil {
		return world{}, err
	}
	return world{
		peers:    asked.peers,
		keeper:   asked.keeper,
		bus:      asked.bus,
		portal:   asked.portal,
		verifier: &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority},
		sendSMS:  many.sendSMS,
		seal:     seal,
		timestamp: func(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
			return authority.Token(signature, d, clock.Now())
		},
		clock:    clock.Now,
		movable:  clock.Now,
		ncalayer: address,
		mobile:   demoMobile(c, land.BIN("police")),
		limits:   demoLimits,
		prepare: func(ctx context.Context, p *program) error {
			if err := many.settle(ctx, p.db); err != nil {
				return err
			}
			if err := founding.Adopt(ctx, p.db, p.register, land); err != nil {
				return err
			}
			return founding.Staff(ctx, p.access, land)
		},
		routes: func(*program) map[string]http.Handler {
			many.routes["/demo/"] = demo.New(demo.Options{Country: land, Phones: centre, NCALayer: emulator, Clock: clock,
				Mobile: demoPhone(c, clock.Now), Keys: keysOf(authority), Egov: asked.egov, OverBus: asked.faulty, Elsewhere: !asked.visible})
			return many.routes
		},
		close: func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_ = stop(ctx)     // nothing is lost with an emulator
			_ = asked.close() // nor with the bus: what IS RP DRN took is on the disk
		},
	}, nil
}
