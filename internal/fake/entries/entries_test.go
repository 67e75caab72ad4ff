package entries

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

var now = time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC)

type registry struct {
	*testing.T
	*Register
	land *country.Country
	file string
	n    int
}

func opened(t *testing.T) *registry {
	r := &registry{T: t, land: country.New(func() time.Time { return now }), file: filepath.Join(t.TempDir(), "drn", "journal")}
	r.open()
	t.Cleanup(func() { r.Close() })
	return r
}

func (r *registry) open() {
	r.Helper()
	var err error
	if r.Register, err = Open(r.file, func() time.Time { return now }, Knowledge{Person: r.land.Find, Address: r.land.FindAddress}); err != nil {
		r.Fatal(err)
	}
}

func (r *registry) reopen() {
	r.Helper()
	if err := r.Close(); err != nil {
		r.Fatal(err)
	}
	r.open()
}

// enter is a deed about somebody of the cast.
func (r *registry) enter(key, house string, room int) state.Deed {
	r.n++
	id := string(rune('A' + r.n))
	p, _ := r.land.Find(r.land.IIN(key))
	a, _ := r.land.FindAddress(r.land.Dwelling(house, room))
	return state.Deed{ID: "deed-" + id, Kind: state.DeedEnter, At: now, Entry: state.Entry{
		Number: "NUMB-" + id, Application: "APPL-" + id, Person: p.IIN, Name: p.Name(), Dwelling: a.Dwelling(),
		Period: mekenjai.NewPeriod(mekenjai.DateOf(now), 6, false)}}
}

func (r *registry) of(kind state.DeedKind, id string, d state.Deed) state.Deed {
	d.ID, d.Kind, d.Replaces, d.Extends = id, kind, "", ""
	if kind != state.DeedCorrect {
		d.Reason = mekenjai.EndByPerson
	}
	return d
}

func (r *registry) takes(d state.Deed) state.Confirmation {
	r.Helper()
	c, err := r.Write(d)
	if err != nil {
		r.Fatalf("%s: %v", d.ID, err)
	}
	return c
}

func (r *registry) list(after string, limit int) state.Page {
	r.Helper()
	p, err := r.List(after, limit)
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *registry) refuses(code string, d state.Deed) {
	r.Helper()
	var rejection *state.Rejection
	if _, err := r.Write(d); !errors.As(err, &rejection) || rejection.Code != code {
		r.Errorf("%s: got %v, want %s", d.ID, err, code)
	}
}

func TestDeedIsTakenOnceHoweverOftenItComes(t *testing.T) {
	r := opened(t)
	d := r.enter("timur", "shymkent", 7)
	first := r.takes(d)
	if !first.IsOf(d) {
		t.Errorf("confirmation %+v", first)
	}
	other := r.enter("timur", "shymkent", 3)
	r.refuses(CodeCurrent, other)
	r.reopen()
	if again := r.takes(d); again != first {
		t.Errorf("after a restart %+v, before %+v", again, first)
	}
	r.takes(r.of(state.DeedEnd, "end", d))
	r.refuses(CodeCurrent, other) // though now it could be taken: it was answered
	other.ID = "anew"
	r.takes(other)
	if page := r.list("", 10); len(page.Entries) != 2 || page.More {
		t.Errorf("kept %+v", page)
	}
	d.Entry.Name.Given = "Басқа"
	r.refuses(CodeMalformed, d) // another deed under a messageId that was used
	if _, found, err := r.Look("nobody"); found || err != nil {
		t.Error("a deed that was never sent is found")
	}
	if c, found, _ := r.Look("deed-B"); !found || c != first {
		t.Errorf("looked up %+v", c)
	}
}

func TestWhatContradictsIsRefused(t *testing.T) {
	r := opened(t)
	with := func(change func(*state.Deed)) state.Deed {
		d := r.enter("miras", "shymkent", 7)
		change(&d)
		return d
	}
	r.refuses(CodeUnknownDwelling, with(func(d *state.Deed) { d.Entry.Dwelling.ARC = "0000000000000000" }))
	r.refuses(CodeUnknownDwelling, with(func(d *state.Deed) { d.Entry.Dwelling.ARC = r.land.Dwelling("pulled", 0) }))
	r.refuses(CodeUnknownPerson, with(func(d *state.Deed) { d.Entry.Person = "900101300811" }))
	r.refuses(CodeDead, with(func(d *state.Deed) { d.Entry.Person = r.land.IIN("vasily") }))
	r.refuses(CodePeriod, with(func(d *state.Deed) { d.Entry.Period.To = mekenjai.DateOf(now).AddDays(-1) }))
	r.refuses(CodeMalformed, with(func(d *state.Deed) { d.Entry.Name = mekenjai.Name{} }))
	r.refuses(CodeMalformed, with(func(d *state.Deed) { d.Kind = "sell" }))
	r.refuses(CodeUnknownEntry, r.of(state.DeedEnd, "end of nothing", r.enter("miras", "shymkent", 7)))
	d := r.enter("miras", "shymkent", 7)
	r.takes(d)
	taken := r.enter("pavel", "shymkent", 7)
	taken.Entry.Number = d.Entry.Number
	r.refuses(CodeNumberTaken, taken)
	of := r.of(state.DeedEnd, "end of another's", d)
	of.Entry.Person = r.land.IIN("pavel")
	r.refuses(CodeOtherEntry, of)
	r.takes(r.of(state.DeedEnd, "end", d))
	r.refuses(CodeEnded, r.of(state.DeedEnd, "end again", d))
	annul := r.of(state.DeedAnnul, "annul", d)
	r.takes(annul)
	r.refuses(CodeEnded, r.of(state.DeedCorrect, "correct what was annulled", d))
}

func TestMoveEndsTheFormerEntryAtTheSameInstant(t *testing.T) {
	r := opened(t)
	first := r.enter("timur", "shymkent", 7)
	r.takes(first)
	next := r.enter("timur", "shymkent", 7)
	next.Extends = first.Entry.Number
	r.refuses(CodePeriod, next) // it begins today
	next.ID, next.Entry.Period = "extension", mekenjai.NewPeriod(first.Entry.Period.To.AddDays(1), 6, false)
	r.takes(next)
	moved := r.enter("timur", "almaty", 12)
	r.refuses(CodeCurrent, moved)
	moved.ID, moved.Replaces = "move", first.Entry.Number
	at := r.takes(moved).FixedAt
	end := r.of(state.DeedEnd, "end of the extension", next)
	end.Reason = mekenjai.EndMoved
	r.takes(end)
	r.refuses(CodeEnded, r.of(state.DeedEnd, "end of what moved", first))
	for _, k := range r.list("", 10).Entries {
		if former := k.Number != moved.Entry.Number; former != (k.Reason == mekenjai.EndMoved && k.EndedAt.Equal(at)) {
			t.Errorf("after the move %+v", k)
		}
	}
	others := r.enter("pavel", "shymkent", 3)
	others.Replaces = moved.Entry.Number
	r.refuses(CodeOtherEntry, others)
}

func TestCorrectionIsWhatIsReadAfterwards(t *testing.T) {
	r := opened(t)
	d := r.enter("timur", "shymkent", 7)
	d.Entry.Period.From = d.Entry.Period.From.AddDays(-3)
	r.takes(d)
	fix := r.of(state.DeedCorrect, "correct", d)
	fix.Entry.Name.Given, fix.Entry.Period.To = "Тимур", fix.Entry.Period.To.AddDays(1)
	r.takes(fix)
	k := r.list("", 1).Entries[0]
	if k.Name.Given != "Тимур" || k.Period.To != fix.Entry.Period.To || k.Period.From != mekenjai.DateOf(now) {
		t.Errorf("after the correction %+v", k)
	}
}

func TestListIsReadPageByPage(t *testing.T) {
	r := opened(t)
	for _, who := range []string{"timur", "pavel", "miras"} {
		r.takes(r.enter(who, "shymkent", 7))
	}
	var seen []string
	for after, more := "", true; more; {
		page := r.list(after, 2)
		for _, k := range page.Entries {
			seen, after = append(seen, k.Number), k.Number
		}
		more = page.More
	}
	if got := strings.Join(seen, " "); got != "NUMB-B NUMB-C NUMB-D" {
		t.Errorf("read %s", got)
	}
}

func TestHalfALineOfACrashIsForgottenAndMoreIsNot(t *testing.T) {
	r := opened(t)
	d := r.enter("timur", "shymkent", 7)
	first := r.takes(d)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(append([]byte{}, whole...), whole[:len(whole)/2]...)
	if err := os.WriteFile(r.file, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	r.open()
	if again := r.takes(d); again != first {
		t.Errorf("%+v, before %+v", again, first)
	}
	r.takes(r.of(state.DeedEnd, "end", d))
	r.reopen()
	if _, found, _ := r.Look("end"); !found {
		t.Error("what was written after half a line is lost")
	}
	if _, err := Open(r.file, time.Now, Knowledge{}); err == nil {
		t.Error("two use one journal")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.file, append([]byte("{}\n"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(r.file, time.Now, Knowledge{}); err == nil {
		t.Error("a spoilt journal is opened")
	}
	r.Register = New("", nil, Knowledge{}) // for the end of the test
}
