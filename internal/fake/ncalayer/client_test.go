package ncalayer

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
)

// The client that pages use is an outside witness: what it understands, and what
// it sends, was not written here.
func TestRealClientOfPagesUnderstandsTheEmulator(t *testing.T) {
	client, _ := filepath.Abs("../../../ui/node_modules/ncalayer-js-client/ncalayer-client.js")
	if _, err := os.Stat(client); err != nil {
		t.Skip("ncalayer-js-client is not installed: run npm ci in ui")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node")
	}
	e, a := emulator(t, Options{})
	url, stop, err := e.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop(context.Background()) })
	e.Next(Sign, Sign, Sign, Cancel, Fail)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var faults strings.Builder
	node := exec.CommandContext(ctx, "node", filepath.Join("testdata", "client.cjs"), client, url)
	node.Stderr = &faults
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, faults.String())
	}
	var seen struct {
		Version, Attached, Detached, Failed, Key, Legacy string
		Mobile, Cancelled                                bool
		Many, Tokens                                     []string
	}
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if seen.Version != "1.4" || seen.Mobile || !seen.Cancelled || !strings.HasPrefix(seen.Failed, "SIGNING_FAILURE") ||
		len(seen.Many) != 2 || len(seen.Tokens) != 0 || seen.Key != person.Surname+" "+person.Given {
		t.Errorf("the client saw %s", out)
	}
	for name, cms := range map[string]string{"attached": seen.Attached, "legacy": seen.Legacy, "many": seen.Many[1]} {
		if r := verify(t, a, cms, nil, eds.UsageSign); !r.Valid() || string(r.Content) != "мәтін" {
			t.Errorf("%s: %v %q", name, r.Reasons, r.Content)
		}
	}
	if r := verify(t, a, seen.Detached, []byte("мәтін"), eds.UsageSign); !r.Valid() {
		t.Errorf("detached: %v", r.Reasons)
	}
}
