package kannel

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

// report plays Kannel: it asks for the address that it was given.
func report(c *Centre, sealed, kind string) int {
	mux := http.NewServeMux()
	mux.Handle(ReportPattern, c)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, reportPath+sealed+"/"+kind, nil))
	return w.Code
}

func TestReportsSayWhatBecameOfAMessage(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		box := newSmsbox(t)
		c, _, _ := newCentre(t, db, box)
		if err := c.Send(t.Context(), aigul, "Сәлем"); err != nil {
			t.Fatal(err)
		}
		sealed := strings.Split(box.got[0].Header.Get("X-Kannel-Dlr-Url"), "/")[5]
		is := func(want ...Tally) {
			t.Helper()
			list, err := c.Tallies(t.Context())
			if err != nil || len(list) != len(want) {
				t.Fatalf("%+v %v", list, err)
			}
			for i := range want {
				if list[i] != want[i] {
					t.Fatalf("%+v", list)
				}
			}
		}
		route := c.routes[0].Name
		is(Tally{route, Handed, 1})
		for _, step := range []struct {
			kind string
			now  State
		}{
			{"8", Accepted}, {"8", Accepted}, {"4", Accepted}, {"1", Delivered}, {"8", Delivered}, {"1", Delivered},
			{"2", Failed}, {"1", Failed}, // a part of it failed, whatever is said of the others
		} {
			if code := report(c, sealed, step.kind); code != http.StatusOK {
				t.Fatalf("report %s: %d", step.kind, code)
			}
			is(Tally{route, step.now, 1})
		}

		// A report may be quicker than the note that the message was handed over.
		quick := newMark()
		if code := report(c, c.marks.seal(quick), "1"); code != http.StatusOK {
			t.Fatal(code)
		}
		is(Tally{"", Delivered, 1}, Tally{route, Failed, 1})
		if err := c.keep(t.Context(), quick, route); err != nil {
			t.Fatal(err)
		}
		is(Tally{route, Delivered, 1}, Tally{route, Failed, 1})

		clock.Advance(Kept + time.Minute)
		is()
		if n, err := c.Sweep(t.Context()); n != 2 || err != nil {
			t.Errorf("%d rows forgotten: %v", n, err)
		}
	})
}

// Whoever guesses, or changes what he saw, is told nothing and changes nothing.
func TestReportsOfStrangersAreNotKnown(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	c, _, _ := newCentre(t, db, newSmsbox(t))
	good := c.marks.seal(newMark())
	other, _, _ := newCentre(t, db, newSmsbox(t))
	other.marks = newMarks(nil)
	old := c.marks.seal("01900000-0000-7000-8000-000000000000") // of June 2024
	flipped := []byte(good)
	flipped[3] ^= 1
	for name, x := range map[string][2]string{
		"another key": {other.marks.seal(newMark()), "1"}, "changed": {string(flipped), "1"}, "short": {good[:20], "1"},
		"empty": {"-", "1"}, "old": {old, "1"}, "kind": {good, "3"}, "no kind": {good, "%25d"}, "longer": {good + "AAAA", "1"},
	} {
		if code := report(c, x[0], x[1]); code != http.StatusNotFound {
			t.Errorf("%s: %d", name, code)
		}
	}
	if list, err := c.Tallies(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}
