package bus_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// recorder keeps the messages that went over the wire in good order.
type recorder struct {
	mu       sync.Mutex
	messages [][]byte
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		asked, _ := io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(asked))
		reply := httptest.NewRecorder()
		next.ServeHTTP(reply, request)
		answer := bytes.Clone(reply.Body.Bytes())
		for k, v := range reply.Header() {
			w.Header()[k] = v
		}
		r.mu.Lock()
		r.messages = append(r.messages, asked, answer)
		r.mu.Unlock()
		w.WriteHeader(reply.Code)
		_, _ = w.Write(answer)
	})
}

func (r *recorder) all() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

var (
	inBody = regexp.MustCompile(`(?s)<soap:Body[^>]*>(.*)</soap:Body>`)
	inText = regexp.MustCompile(`xsi:type="xs:string">([^<]*gbdulinfobybin[^<]*)</data>`)
)

// operations are what stands in the Bodies, and the documents of GBD UL, which travel
// as text.
func operations(t *testing.T, messages [][]byte) (list []string) {
	t.Helper()
	for _, m := range messages {
		found := inBody.FindSubmatch(m)
		if found == nil {
			t.Fatalf("no Body in %s", m)
		}
		list = append(list, string(found[1]))
		if doc := inText.FindSubmatch(m); doc != nil {
			list = append(list, html.UnescapeString(string(doc[1])))
		}
	}
	return list
}

// lint validates each document with libxml2, against the schemas of the channel and of
// the peers together, and returns what it complains about.
func lint(t *testing.T, documents []string) string {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed")
	}
	dir := t.TempDir()
	imports := ""
	for from, schemas := range map[string]fs.FS{"shep": shep.Schemas, "wire": wire.Schemas} {
		err := fs.WalkDir(schemas, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".xsd" {
				return err
			}
			raw, err := fs.ReadFile(schemas, name)
			if err != nil {
				return err
			}
			if space := targetNamespace.FindSubmatch(raw); space != nil {
				imports += fmt.Sprintf(`<xs:import namespace="%s" schemaLocation="%s/%s"/>`, space[1], from, path.Base(name))
			}
			file := filepath.Join(dir, from, path.Base(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				return err
			}
			return os.WriteFile(file, raw, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, contract := range []string{"housing", "residents"} { // those of our own whose documents tell their type
		imports += fmt.Sprintf(`<xs:import namespace="urn:mekenjai:contract:%s:v1" schemaLocation="%s-types.xsd"/>`, contract, contract)
	}
	if err := writeSchemas(dir); err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(dir, "all.xsd")
	if err := os.WriteFile(all, []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">`+imports+`</xs:schema>`), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--noout", "--nonet", "--schema", all}
	for i, doc := range documents {
		file := filepath.Join(dir, fmt.Sprintf("%03d.xml", i))
		if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	out, _ := exec.Command("xmllint", args...).CombinedOutput() // what it says counts
	var complaints []string
	for _, line := range strings.Split(string(out), "\n") {
		if line != "" && !strings.HasSuffix(line, " validates") {
			complaints = append(complaints, line)
		}
	}
	return strings.Join(complaints, "\n")
}

// writeSchemas puts those of our contracts into a folder, as libxml2 wants files.
func writeSchemas(dir string) error {
	sub, err := fs.Sub(mapped.Schemas, "schemas")
	if err != nil {
		return err
	}
	return os.CopyFS(dir, sub)
}

var targetNamespace = regexp.MustCompile(`targetNamespace="([^"]+)"`)
