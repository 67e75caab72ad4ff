package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// Both ends of a contract of our own read one mapping file. What goes over the bus between
// them is judged here by somebody who has not: libxml2, by the schemas that another end
// would be written from. Every question and every deed, both ways, about everybody in the
// stories of the demo country, and what is spoilt is refused.
func TestMessagesOfOurContractsAreOfTheirSchemas(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed")
	}
	s := serve(t, always, eds.RSASHA256)
	var r recorder
	s.server.Config.Handler = r.wrap(s.bus.Handler())
	n, err := connect.New(s.config(t))
	if err != nil {
		t.Fatal(err)
	}
	s.askEverything(t, n.Peers())
	s.doEverything(t, n.Keeper())
	documents := map[string]*spoken{}
	schemaOf := map[string]string{}
	for _, p := range mapped.Peers() {
		set, err := mapped.BuiltIn(p)
		if err != nil {
			t.Fatal(err)
		}
		for name, m := range set.Messages() {
			schema := string(p)
			if len(set.Messages()) > 1 {
				schema += "-" + string(name)
			}
			schemaOf[m.Service.ID], documents[schema] = schema, new(spoken)
		}
	}
	for messages := r.all(); len(messages) > 1; messages = messages[2:] {
		if schema := schemaOf[serviceOf(messages[0])]; schema != "" {
			documents[schema].hear(t, messages[0], messages[1])
		}
	}
	for _, shape := range []mapped.Shape{mapped.ResponseShape, mapped.FormShape} {
		before := len(r.all())
		s.orderAndAnswer(t, shape)
		x := new(spoken)
		for messages := r.all()[before:]; len(messages) > 1; messages = messages[2:] {
			x.hear(t, messages[0], messages[1])
		}
		documents["portal-"+string(shape)] = x
	}
	dir := t.TempDir()
	if err := writeSchemas(dir); err != nil {
		t.Fatal(err)
	}
	for schema, x := range documents {
		x.judge(t, dir, schema)
	}
}

// spoken are the documents of a contract by who wrote them.
type spoken struct{ asked, answered []string }

var (
	inService = regexp.MustCompile(`<serviceId>([^<]+)</serviceId>`)
	inData    = regexp.MustCompile(`(?s)<data[ >].*?</data>`)
	aText     = regexp.MustCompile(`(?s)^<data [^>]*xsi:type="xs:string"[^>]*>(.*)</data>$`)
	aNumber   = regexp.MustCompile(`>[0-9]{12}([0-9]{4})?<`)
)

func serviceOf(message []byte) string {
	if found := inService.FindSubmatch(message); found != nil {
		return string(found[1])
	}
	return ""
}

// hear notes the documents of a message and of the reply to it.
func (x *spoken) hear(t *testing.T, asked, answered []byte) {
	t.Helper()
	for _, side := range []struct {
		message []byte
		list    *[]string
	}{{asked, &x.asked}, {answered, &x.answered}} {
		for _, doc := range inData.FindAllString(string(side.message), -1) {
			if text := aText.FindStringSubmatch(doc); text != nil {
				doc = html.UnescapeString(text[1])
			}
			*side.list = append(*side.list, doc)
		}
	}
}

// judge asks libxml2 about all of them, and about each way to spoil one.
func (x *spoken) judge(t *testing.T, dir, schema string) {
	t.Helper()
	if len(x.asked) == 0 || len(x.answered) == 0 {
		t.Errorf("%s: %d documents of ours, %d of the other end", schema, len(x.asked), len(x.answered))
		return
	}
	args := []string{"--noout", "--nonet", "--schema", filepath.Join(dir, schema+".xsd")}
	put := func(doc string, valid bool) {
		file := filepath.Join(dir, fmt.Sprintf("%s-%03d-%v.xml", schema, len(args), valid))
		if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	spoilt := 0
	for _, list := range [][]string{x.asked, x.answered} {
		for i, doc := range list {
			put(doc, true)
			if i > 0 {
				continue
			}
			for _, bad := range []string{
				strings.Replace(doc, "</", "<Surplus/></", 1), strings.Replace(doc, "><", "><Surplus>1</Surplus><", 1),
				aNumber.ReplaceAllString(doc, ">1<"), strings.NewReplacer("Request", "Demand", "Response", "Reply", "m:t", "m:o").Replace(doc),
			} {
				if bad != doc {
					spoilt++
					put(bad, false)
				}
			}
		}
	}
	out, err := exec.Command("xmllint", args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || spoilt < 6 {
		t.Fatalf("%s: %v, %d spoilt", schema, err, spoilt)
	}
	for _, file := range args[4:] {
		if want, is := strings.HasSuffix(file, "-true.xml"), bytes.Contains(out, []byte(file+" validates\n")); want != is {
			doc, _ := os.ReadFile(file)
			t.Errorf("%s: valid %v, want %v: %s\n%s", schema, is, want, doc, out)
			return
		}
	}
}

// askEverything puts every question about everybody in the stories; no answer is one too
// many.
func (s *site) askEverything(t *testing.T, p state.Peers) {
	t.Helper()
	ctx := t.Context()
	heard := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, x := range s.land.Stories() {
		_, err := p.Property(ctx, x.ARC)
		heard("property", err)
		_, err = p.Address(ctx, x.ARC)
		heard("address", err)
		_, err = p.Tenancy(ctx, x.ARC)
		heard("tenancy", err)
		_, err = p.Residents(ctx, x.ARC)
		heard("residents", err)
		_, err = p.Citizen(ctx, x.Applicant)
		heard("citizen", err)
		_, err = p.Parents(ctx, x.Applicant)
		heard("parents", err)
		_, err = p.Guardians(ctx, x.Applicant)
		heard("guardians", err)
		_, err = p.Student(ctx, x.Applicant)
		heard("student", err)
		if iin := x.Owner.IIN(); iin != "" {
			_, err = p.Relation(ctx, state.PairOf(iin, x.Applicant))
			heard("relation", err)
			_, err = p.Holdings(ctx, x.Owner)
			heard("holdings", err)
		}
	}
	for _, w := range s.land.Powers() {
		_, err := p.Power(ctx, state.PowerOf(w.Principal, w.Attorney, w.Number))
		heard("power", err)
	}
}

// doEverything enters, corrects and ends an entry in IS RP DRN, has a deed refused,
// annuls another entry, and looks and lists.
func (s *site) doEverything(t *testing.T, k state.Keeper) {
	t.Helper()
	ctx := t.Context()
	takes := func(d state.Deed) {
		t.Helper()
		if _, err := k.Write(ctx, d); err != nil {
			t.Errorf("%s: %v", d.Kind, err)
		}
	}
	for i, story := range []string{"sole_owner", "non_owner"} {
		x := s.land.Story(story)
		who, home := s.land.Registers().Person(x.Applicant), s.land.Registers().Address(x.ARC)
		d := state.Deed{ID: fmt.Sprintf("0198a1b2-0000-7000-8000-%012d", 100*i), Kind: state.DeedEnter, At: now, Entry: state.Entry{Number: fmt.Sprintf("ҮЛГІ-000%d", i),
			Application: "3HRT-91MX", Person: x.Applicant, Name: who.Name(), Dwelling: home.Dwelling(), Period: mekenjai.NewPeriod(mekenjai.DateOf(now), 6, false)}}
		takes(d)
		_, err := k.Look(ctx, d.ID)
		if err != nil {
			t.Error(err)
		}
		d.ID, d.Kind, d.Entry.Name.Patronymic = d.ID[:34]+"91", state.DeedCorrect, "СЫНАҚҰЛЫ"
		takes(d)
		d.ID, d.Kind, d.Reason = d.ID[:34]+"92", state.DeedEnd, mekenjai.EndMoved
		if i == 1 {
			d.Kind, d.Reason = state.DeedAnnul, mekenjai.EndAnnulled
		}
		takes(d)
		d.ID = d.ID[:34] + "93" // what has ended does not end again
		var no *state.Rejection
		if _, err := k.Write(ctx, d); !errors.As(err, &no) {
			t.Errorf("%s again: %v", d.Kind, err)
		}
		if _, err := k.List(ctx, "", 10); err != nil {
			t.Error(err)
		}
	}
	if x, err := k.Look(ctx, "0198a1b2-0000-7000-8000-000000000099"); err != nil || x.Found {
		t.Errorf("a deed that nobody did: %v, %v", x.Found, err)
	}
}

// orderAndAnswer lets egov.kz order, once with all and once with the least that an order
// can say, and tells it everything that can become of it.
func (s *site) orderAndAnswer(t *testing.T, shape mapped.Shape) {
	t.Helper()
	set, err := mapped.BuiltInPortal(shape)
	if err != nil {
		t.Fatal(err)
	}
	c := s.config(t)
	c.Portal = &connect.Portal{URL: s.server.URL + bus.AsyncPath, Mapping: set, From: []string{bus.PortalSender}, Statuses: pep.Usual(shape)}
	n, err := connect.New(c)
	if err != nil {
		t.Fatal(err)
	}
	portal, err := n.Portal()
	if err != nil {
		t.Fatal(err)
	}
	var threads []string
	portal.Take = func(_ context.Context, o state.Order) (string, error) {
		threads = append(threads, o.Thread)
		return o.Thread, nil
	}
	story := s.land.Story("non_owner")
	egov := bus.Egov{Bus: s.bus, Mapping: portal.Mapping}
	for _, order := range []mapped.PortalOrder{
		{Person: story.Applicant, Language: "ru", Months: "6", IsOwner: "no", ARC: string(story.ARC), Owner: string(story.Owner), Purpose: "study", Arrival: mekenjai.DateOf(now)},
		{Person: story.Applicant, Language: "kk"},
	} {
		if err := egov.Order(t.Context(), order); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := portal.FetchOrders(t.Context()); err != nil || kept != 2 {
		t.Fatalf("%d orders, %v", kept, err)
	}
	for i, status := range state.OrderStatuses {
		w := state.Word{ID: fmt.Sprint(shape, i), Seq: i + 1, Thread: threads[0], Number: "101", Status: status, At: now, Language: "kk", Page: "https://m.example/apply"}
		if w.Last = i == len(state.OrderStatuses)-1; w.Last {
			w.File = "7b0c4f6e-1d2a-4c55-9a33-0f5f0a2b6c11"
		}
		if _, err := portal.Orderer().Tell(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever writes the other end finds the schemas where the bus describes itself.
func TestSimulatorShowsTheSchemasOfItsServices(t *testing.T) {
	s := serve(t, always, eds.RSASHA256)
	get := func(address string) string {
		t.Helper()
		r, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", address, r.StatusCode, err)
		}
		return string(body)
	}
	for _, start := range []string{bus.SyncPath + "?xsd=residents.xsd", bus.SyncPath + "?xsd=files.xsd", bus.AsyncPath + "?xsd=portal-form.xsd"} {
		_, link, found := strings.Cut(get(s.server.URL+start), `schemaLocation="`)
		link, _, _ = strings.Cut(link, `"`)
		if !found || !strings.Contains(get(link), "targetNamespace=") {
			t.Errorf("%s leads to %q", start, link)
		}
	}
	taken := map[string]bool{}
	for folder, schemas := range map[string]fs.FS{".": shep.Schemas, "xsd": wire.Schemas, "schemas": mapped.Schemas} {
		entries, err := fs.ReadDir(schemas, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if taken[e.Name()] {
				t.Errorf("two schemas are named %s", e.Name())
			}
			taken[e.Name()] = true
		}
	}
}
