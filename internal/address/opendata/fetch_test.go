package opendata_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"mekenjai/internal/address/opendata"
)

// portal is the open-data portal with so many rows of each table.
type portal struct {
	rows  map[opendata.Table]int
	total int // what it says instead of a number of rows
	asked []string
	fail  func(n int, w http.ResponseWriter) bool // of the n-th question
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked = append(p.asked, r.URL.Path+" "+r.FormValue("source"))
	if p.fail != nil && p.fail(len(p.asked), w) {
		return
	}
	if r.FormValue("apiKey") != "the-key" {
		fmt.Fprint(w, `{"error":"wrong apiKey `+r.FormValue("apiKey")+`"}`)
		return
	}
	var q struct{ From, Size int }
	if err := json.Unmarshal([]byte(r.FormValue("source")), &q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	n := p.rows[opendata.Table(parts[3])]
	if parts[2] == "detailed" {
		fmt.Fprintf(w, `{"totalCount":%d,"data":[]}`, n+p.total)
		return
	}
	rows := []map[string]any{}
	for i := q.From; i < min(q.From+min(q.Size, 4), n); i++ { // never more than four at once
		rows = append(rows, map[string]any{"id": i + 1, "actual": true, "number": fmt.Sprint(i), "rca": fmt.Sprintf("12020%011d", i)})
	}
	json.NewEncoder(w).Encode(rows)
}

func fetching(t *testing.T, p *portal) opendata.Fetch {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return opendata.Fetch{URL: server.URL, Key: "the-key", Version: "v1", HTTP: server.Client(), Page: 5, Versions: map[opendata.Table]string{opendata.Rooms: "v2"}}
}

func country() *portal {
	rows := map[opendata.Table]int{}
	for i, t := range opendata.Tables {
		rows[t] = i + 3
	}
	return &portal{rows: rows}
}

func TestFetchIsResumedAndReadsWholeTables(t *testing.T) {
	p, dir := country(), t.TempDir()
	p.fail = func(n int, w http.ResponseWriter) bool {
		if n == 2 || n >= 12 { // once busy, later gone
			http.Error(w, "busy", map[bool]int{true: http.StatusServiceUnavailable, false: http.StatusForbidden}[n == 2])
			return true
		}
		return false
	}
	if err := fetching(t, p).Into(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "403") {
		t.Fatalf("a portal that refuses: %v", err)
	}
	p.fail, p.asked = nil, nil
	if err := fetching(t, p).Into(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.asked {
		if strings.Contains(q, "/api/v4/d_ats_types/") && !strings.Contains(q, `"from":3`) {
			t.Errorf("a page that is there is asked for again: %s", q)
		}
		if strings.Contains(q, "/s_pb/") != strings.Contains(q, "/v2 ") {
			t.Errorf("version: %s", q)
		}
	}
	folder, err := opendata.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for room, err := range folder.Source().Rooms {
		if n++; err != nil || room.ID != int64(n) {
			t.Fatalf("%+v %v", room, err)
		}
	}
	if n != p.rows[opendata.Rooms] {
		t.Errorf("%d rooms of %d", n, p.rows[opendata.Rooms])
	}
}

func TestIncrementAsksForChangedRows(t *testing.T) {
	p := country()
	f := fetching(t, p)
	f.Since = "2026-03-01"
	if err := f.Into(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.asked {
		if isDictionary := strings.Contains(q, "/d_"); isDictionary == strings.Contains(q, `{"modified":{"gte":"2026-03-01"}}`) {
			t.Error(q)
		}
	}
}

func TestFetchThatIsNotWholeIsToldOf(t *testing.T) {
	other := country()
	other.total = 1
	for says, p := range map[string]*portal{
		"gave 3":  other,
		"no list": {fail: func(_ int, w http.ResponseWriter) bool { fmt.Fprint(w, "<html>"); return true }},
		"answers 302": {fail: func(_ int, w http.ResponseWriter) bool {
			w.Header().Set("Location", "/")
			w.WriteHeader(302)
			return true
		}},
		"answer has 6":   {fail: func(_ int, w http.ResponseWriter) bool { fmt.Fprint(w, "[1,2,3,4,5,6]"); return true }},
		"answers 400":    {fail: func(_ int, w http.ResponseWriter) bool { w.WriteHeader(400); return true }},
		"wrong apiKey …": {},
	} {
		f := fetching(t, p)
		if strings.Contains(says, "apiKey") {
			f.Key = "my-secret"
		}
		err := f.Into(t.Context(), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), f.Key) {
			t.Errorf("%v, should say %q and never the key", err, says)
		}
	}
	gone := fetching(t, country())
	gone.URL = "http://127.0.0.1:1"
	if err := gone.Into(t.Context(), t.TempDir()); err == nil || strings.Contains(err.Error(), gone.Key) {
		t.Error(err)
	}
	if err := fetching(t, country()).Into(t.Context(), "/nowhere/at/all"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
