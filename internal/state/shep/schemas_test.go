package shep_test

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai/internal/state/shep"
)

// validate asks libxml2 whether the operation in a message is what the schema of its
// channel allows.
func validate(t *testing.T, folder, schema string, envelope []byte) error {
	t.Helper()
	operation := filepath.Join(t.TempDir(), "operation.xml")
	// The type of a document stands in the schema of its service, not of the channel.
	text := strings.ReplaceAll(string(unsigned(envelope)), ` xsi:type="p:Request"`, "")
	from, to := strings.Index(text, "<soap:Body>")+len("<soap:Body>"), strings.Index(text, "</soap:Body>")
	if err := os.WriteFile(operation, []byte(text[from:to]), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join(folder, schema), operation).CombinedOutput()
	return err
}

// schemas puts the schemas into a folder.
func schemas(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: the schemas cannot be asked")
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, shep.Schemas); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestMessagesOfTheSyncChannelAreAsTheSchemaSays(t *testing.T) {
	folder := schemas(t)
	var request []byte
	w := newWorld(t, echo)
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		request, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(request)))
		return false
	}
	x, err := w.client.Ask(t.Context(), person, typed("1"))
	if err != nil {
		t.Fatal(err)
	}
	fault := post(t, w.url, unsigned(request))
	if !strings.Contains(fault, "SendMessageFault1_SendMessageFault") {
		t.Fatal(fault)
	}
	detail := fault[strings.Index(fault, "<detail>")+len("<detail>") : strings.Index(fault, "</detail>")]
	for name, raw := range map[string]string{"request": string(request), "reply": string(x.Reply), "fault": "<soap:Body>" + detail + "</soap:Body>"} {
		if err := validate(t, folder, "sync-types.xsd", []byte(raw)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, raw)
		}
	}
	good := string(unsigned(request))
	for name, raw := range map[string]string{
		"order":     swapped(good, "messageId", "serviceId"),
		"qualified": strings.ReplaceAll(strings.ReplaceAll(good, "<request>", "<t:request>"), "</request>", "</t:request>"),
		"session":   strings.Replace(good, "</sender>", "</sender><sessionId>3f2504e0-4f89-11d3-9a0c-0305e82c3301</sessionId>", 1),
	} {
		if validate(t, folder, "sync-types.xsd", []byte(raw)) == nil {
			t.Errorf("the schema allows what it must not: %s", name)
		}
	}
}

func TestTheDescriptionOfAChannelIsServedWithAllItNames(t *testing.T) {
	w := newWorld(t, echo)
	seen := map[string]bool{}
	todo := []string{w.url + "/?wsdl"}
	for len(todo) > 0 {
		url := todo[0]
		todo = todo[1:]
		if seen[url] {
			continue
		}
		seen[url] = true
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", url, r.StatusCode, err)
		}
		for _, part := range strings.Split(string(body), `ocation="`)[1:] {
			if next, _, _ := strings.Cut(part, `"`); strings.Contains(next, "?") {
				todo = append(todo, next)
			}
		}
	}
	if len(seen) != 6 { // two descriptions and four schemas
		t.Errorf("%d parts: %v", len(seen), seen)
	}
	files, err := fs.Glob(shep.Schemas, "*.xsd")
	if err != nil || len(files) == 0 {
		t.Errorf("schemas %v, %v", files, err)
	}
}
