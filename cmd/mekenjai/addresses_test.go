package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/schema"
)

// An invented register is fetched from a portal, imported by the program, and every
// dwelling that was not spoilt is found by its code.
func TestFetchedOpenDataIsImportedByTheProgram(t *testing.T) {
	plan := gazetteer.Plan{Streets: 10, Houses: 8, Flats: 4, Villages: 2}
	portal := httptest.NewServer(pagesOf(t, plan))
	defer portal.Close()
	folder, key := t.TempDir(), filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(words ...string) (imported, error) {
		t.Helper()
		var out bytes.Buffer
		command, err := parser(t.Context(), &out).Parse(words)
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Run(); err != nil {
			return imported{}, err
		}
		var done imported
		if out.Len() > 0 {
			err = json.Unmarshal(out.Bytes(), &done)
		}
		return done, err
	}
	if _, err := run("addresses", "fetch", folder, "--portal", portal.URL, "--key-file", key, "--pause", "0s"); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{database.SQLite, database.Postgres} {
		t.Run(engine, func(t *testing.T) {
			dsn := databasetest.DSN(t, engine, schema.FS)
			first, err := run("addresses", "import", folder, "--database", dsn)
			if err != nil || first.Rooms.Read == 0 || first.Rooms.Read != first.Rooms.Written || len(first.Faults) != 0 {
				t.Fatalf("%+v %v", first, err)
			}
			if again, err := run("addresses", "import", folder, "--database", dsn); err != nil || again.Written() != 0 || again.Rows() != first.Rows() {
				t.Errorf("again: %+v %v", again, err)
			}
			db, err := database.Open(t.Context(), dsn, database.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for room := range plan.Rooms() {
				if d, _, err := address.Resolve(t.Context(), db, room.RCA); err != nil || d.Kind != mekenjai.KindRoom {
					t.Fatalf("%s: %+v %v", room.RCA, d, err)
				}
			}
		})
	}
	for says, words := range map[string][]string{
		"no address with https": {"--portal", "http://data.example"},
		"not a day":             {"--since", "yesterday"},
	} {
		if _, err := run(append([]string{"addresses", "fetch", folder, "--key-file", key}, words...)...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, should say %q", err, says)
		}
	}
}

// pagesOf is a portal with the tables of a plan.
func pagesOf(t *testing.T, plan gazetteer.Plan) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := (gazetteer.OpenData{Plan: plan}).Write(dir); err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct{ From, Size int }
		if err := json.Unmarshal([]byte(r.FormValue("source")), &q); err != nil || r.FormValue("apiKey") != "k" {
			http.Error(w, "bad question", http.StatusBadRequest)
			return
		}
		rows := unpacked(t, filepath.Join(dir, strings.Split(r.URL.Path, "/")[3]+"-0001.jsonl.gz"))
		if strings.HasPrefix(r.URL.Path, "/api/detailed/") {
			fmt.Fprintf(w, `{"totalCount":%d}`, len(rows))
			return
		}
		fmt.Fprintf(w, "[%s]", strings.Join(rows[min(q.From, len(rows)):min(q.From+q.Size, len(rows))], ","))
	})
}

func unpacked(t *testing.T, file string) []string {
	f, err := os.Open(file)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Error(err)
		return nil
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Error(err)
	}
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}
