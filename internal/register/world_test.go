package register_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding/foundingtest"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
)

// world is a register with the demo country around it and its jobs at work.
type world struct {
	t          *testing.T
	db         *database.DB
	clock      *databasetest.Clock
	land       *country.Country
	authority  *pki.Authority
	revocation *line
	phones     *phones.Centre
	register   *register.Register
}

// authority is made once: its RSA root costs a tenth of a second.
var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("register tests"), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return a
})

var vault = sync.OnceValue(func() *papers.Vault {
	v, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		panic(err)
	}
	return v
})

var verifierAnchors = sync.OnceValue(func() *eds.Pool { return authority().Anchors() })

func newWorld(t *testing.T, db *database.DB, clock *databasetest.Clock) *world {
	t.Helper()
	w := idleWorld(t, db, clock)
	workers := river.NewWorkers()
	w.register.AddWorkers(workers)
	worker, err := db.Work(t.Context(), workers, database.WorkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := worker.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return w
}

// idleWorld is a world in which no job runs by itself. The country is settled in db.
func idleWorld(t *testing.T, db *database.DB, clock *databasetest.Clock) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: clock, land: country.New(clock.Now), authority: authority(), revocation: &line{RevocationChecker: authority()}, phones: phones.New(clock.Now)}
	key, err := w.authority.Person(pki.Person{}, pki.Options{BIN: string(w.land.BIN("akimat")), Organization: "Seal",
		Roles: []eds.Role{eds.RoleInformationSystem}})
	if err != nil {
		t.Fatal(err)
	}
	staff := access.New(db, nil, nil, nil, access.Params{})
	w.register = register.New(db, register.Options{
		Peers:    w.land.Peers(),
		Verifier: &eds.Verifier{Anchors: verifierAnchors(), Revocation: w.revocation},
		SendSMS:  w.phones.Send,
		Timestamp: func(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
			return w.authority.Token(signature, d, clock.Now())
		},
		Seal:    key,
		Papers:  vault(),
		BaseURL: "https://mekenjai.example",
		Clock:   clock.Now,
		Office:  staff.Office,
	})
	return w
}

// settled is the database that every world begins with.
var settled = foundingtest.Settled(databasetest.Start)

// each runs the test in a new world on both engines.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel() // a world has a database and a clock of its own, and mostly waits for jobs
	databasetest.Each(t, settled, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		test(t, newWorld(t, db, clock))
	})
}

// person is the actor who signed in with an own key.
func (w *world) person(iin mekenjai.IIN) mekenjai.Actor {
	return mekenjai.Actor{IIN: iin, Method: mekenjai.ByEDS, Session: "s-" + string(iin), Fresh: w.clock.Now(), Language: "ru"}
}

// speaker is who answers for a right-holder, with fresh proof for the request.
func (w *world) speaker(party mekenjai.PartyID, request string) mekenjai.Actor {
	a := w.person(w.land.Speaks(party))
	if party.IsOrganisation() {
		a.BIN, a.MaySign = party.BIN(), true
	}
	a.FreshFor = request
	return a
}

// key is the actor's own key.
func (w *world) key(a mekenjai.Actor, kind pki.Kind) *eds.Key {
	w.t.Helper()
	o := pki.Options{Kind: kind}
	if kind == pki.LoginOnly {
		o.Algorithm = eds.RSASHA256
	}
	if a.BIN != "" {
		o.BIN, o.Organization, o.Roles = string(a.BIN), "Organisation", []eds.Role{eds.RoleHead}
	}
	k, err := w.authority.Person(pki.Person{IIN: string(a.IIN), Surname: "СЫНАҚ", Given: "АДАМ"}, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

func (w *world) sign(a mekenjai.Actor, text []byte) []byte {
	w.t.Helper()
	return w.signWith(w.key(a, pki.Valid), text)
}

func (w *world) signWith(k *eds.Key, text []byte) []byte {
	w.t.Helper()
	cms, err := eds.SignCMS(k, text, eds.SignOptions{Time: w.clock.Now()})
	if err != nil {
		w.t.Fatal(err)
	}
	return cms
}

// fill answers every question of the form for the story.
func (w *world) fill(s country.Story) (register.Draft, error) {
	w.t.Helper()
	return w.fillAs(w.person(s.Applicant), s)
}

func (w *world) fillAs(actor mekenjai.Actor, s country.Story) (register.Draft, error) {
	w.t.Helper()
	d, err := w.register.Begin(w.t.Context(), actor)
	if err != nil {
		return d, err
	}
	today := mekenjai.DateOf(w.clock.Now())
	isOwner := "no"
	if s.IsOwner {
		isOwner = "yes"
	}
	in := mekenjai.Input{Registrant: "self", Months: "6", IsOwner: isOwner, ARC: string(s.ARC), Owner: string(s.Owner),
		Purpose: "study", Day: today.String()[8:], Month: today.String()[5:7], Year: today.String()[:4]}
	steps := mekenjai.Draft{IsOwner: &s.IsOwner}.Steps()
	for _, step := range steps {
		if err := w.register.Answer(w.t.Context(), actor, d.ID, step, in); err != nil {
			return d, err
		}
	}
	return w.register.Prepare(w.t.Context(), actor, d.ID)
}

// file fills in, signs and submits.
func (w *world) file(s country.Story) mekenjai.Application {
	w.t.Helper()
	d, err := w.fill(s)
	if err != nil {
		w.t.Fatalf("fill in %s: %v", s.ID, err)
	}
	actor := w.person(s.Applicant)
	a, err := w.register.Submit(w.t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)})
	if err != nil {
		w.t.Fatalf("submit %s: %v", s.ID, err)
	}
	return a
}

// state waits until the application stands in one of the states.
func (w *world) await(a mekenjai.Application, states ...mekenjai.State) register.Case {
	w.t.Helper()
	var c register.Case
	for range 400 {
		var err error
		if c, err = w.register.Case(w.t.Context(), w.person(a.Person), a.ID); err != nil {
			w.t.Fatal(err)
		}
		for _, s := range states {
			if c.State == s {
				return c
			}
		}
		if c.State.IsFinal() || c.State == mekenjai.Referred {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatalf("application is %s (%s), want %v; findings %+v", c.State, c.Reason, states, c.Findings)
	return c
}

// requests are the open requests of the application by right-holder.
func (w *world) requests(a mekenjai.Application, parties []mekenjai.PartyID) map[mekenjai.PartyID]string {
	w.t.Helper()
	found := map[mekenjai.PartyID]string{}
	for _, party := range parties {
		list, err := w.register.Requests(w.t.Context(), w.speaker(party, ""))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, q := range list {
			if q.Application == a.ID && q.Answer == mekenjai.Asked {
				found[party] = q.ID
			}
		}
		if found[party] == "" {
			w.t.Fatalf("no request to %s", party)
		}
	}
	return found
}

// agree gives the consent of the party with its own key.
func (w *world) agree(party mekenjai.PartyID, request string) error {
	w.t.Helper()
	actor := w.speaker(party, request)
	q, err := w.register.Request(w.t.Context(), actor, request)
	if err != nil {
		return err
	}
	return w.register.Agree(w.t.Context(), actor, request, w.sign(actor, q.Statement))
}

// count reads one number from the database.
func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx database.Tx) error { return tx.QueryRow(w.t.Context(), sql, args...).Scan(&n) })
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// told waits until the party's phone got a message that contains the text.
func (w *world) told(person mekenjai.IIN, text string) {
	w.t.Helper()
	phone, err := w.land.Peers().Citizen(w.t.Context(), person)
	if err != nil {
		w.t.Fatal(err)
	}
	for range 200 {
		for _, m := range w.phones.Inbox(phone.Value.Phone) {
			if strings.Contains(m.Text, text) {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Errorf("no message with %q to %s: %+v", text, person, w.phones.Inbox(phone.Value.Phone))
}

func refusedFor(err error) string {
	var s *mekenjai.SignatureError
	if errors.As(err, &s) {
		return s.Code
	}
	return ""
}

func verifyNow(w *world) eds.Options { return eds.Options{At: w.clock.Now(), Usage: eds.UsageSign} }
