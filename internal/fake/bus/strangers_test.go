package bus_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

const folder = "testdata/strangers"

// needStrangers installs the customer of the bus that nobody here wrote, or skips.
func needStrangers(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("strangers are not asked in short runs")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: strangers cannot be asked")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "soap")); err != nil {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			t.Skipf("npm cannot install the strangers: %v %s", err, out)
		}
	}
}

// stranger runs tasks in it.
func stranger(t *testing.T, tasks []map[string]any) []json.RawMessage {
	t.Helper()
	in, err := json.Marshal(tasks)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "strangers.js")
	node.Dir, node.Stdin, node.Stderr = folder, bytes.NewReader(in), os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var results []json.RawMessage
	if err := json.Unmarshal(out, &results); err != nil || len(results) != len(tasks) {
		t.Fatalf("%v: %s", err, out)
	}
	return results
}

func pemOf(t *testing.T, k *eds.Key) (certificate, private string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return block("CERTIFICATE", k.Certificate.Raw()), block("PRIVATE KEY", der)
}

// npm soap drives the simulator by nothing but its WSDL, and xml-crypto signs for it:
// what they send is taken, what they get verifies, and a change is noticed.
func TestStrangersUseTheSimulatorByItsDescription(t *testing.T) {
	needStrangers(t)
	s := serve(t, always, eds.RSASHA256)
	certificate, private := pemOf(t, s.keys.Client)
	ours, _ := pemOf(t, s.keys.Bus)
	doc, err := wire.EncodeKDPRequest(s.kdpRequest(s.land.IIN("aigul")))
	if err != nil {
		t.Fatal(err)
	}
	task := func(id, password, key string) map[string]any {
		return map[string]any{"wsdl": s.server.URL + bus.SyncPath + "?wsdl", "operation": "SendMessage", "certificate": certificate, "key": key,
			"args": map[string]any{"request": map[string]any{
				"requestInfo": map[string]any{"messageId": id, "serviceId": kdp.ID, "messageDate": "2026-03-02T15:00:00.000+05:00",
					"sender": map[string]any{"senderId": customer.ID, "password": password}},
				"requestData": map[string]any{"$xml": string(doc)},
			}}}
	}
	results := stranger(t, []map[string]any{task("n-1", customer.Password, private), task("n-2", "x", private), task("n-3", customer.Password, "")})
	var sent []struct {
		Answer struct {
			Response struct {
				ResponseInfo struct {
					MessageID string `json:"messageId"`
					Status    struct{ Code, Message string }
				} `json:"responseInfo"`
			}
		}
		Fault          any
		Sent, Received string
	}
	if err := json.Unmarshal([]byte("["+string(bytes.Join([][]byte{results[0], results[1], results[2]}, []byte(",")))+"]"), &sent); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"SCSS001", "SBF-AD-1"} {
		if info := sent[i].Answer.Response.ResponseInfo; info.Status.Code != want || info.MessageID == "" {
			t.Errorf("answer %+v to %s, fault %v", info, sent[i].Sent, sent[i].Fault)
		}
	}
	if fault, _ := json.Marshal(sent[2].Fault); !strings.Contains(string(fault), "SBF-AD-1") {
		t.Errorf("an unsigned message: %s", fault)
	}
	if !strings.Contains(sent[0].Received, "GRANTED") {
		t.Errorf("no leave in %s", sent[0].Received)
	}

	// Our own client's message and the replies, by a verifier that is not ours.
	x, err := s.client().Ask(t.Context(), shep.Service{ID: kdp.ID, Variant: shep.Typed}, doc)
	if err != nil {
		t.Fatal(err)
	}
	change := func(envelope, from, to string) string { return strings.Replace(envelope, from, to, 1) }
	checks := []map[string]any{
		{"verify": sent[0].Received, "certificate": ours}, {"verify": string(x.Reply), "certificate": ours},
		{"verify": change(sent[0].Received, "GRANTED", "REFUSED"), "certificate": ours},
		{"verify": sent[0].Received, "certificate": certificate}, // not the bus's key
	}
	for i, got := range stranger(t, checks) {
		if want := i < 2; string(got) != map[bool]string{true: "true", false: "false"}[want] {
			t.Errorf("xml-crypto says %s of %s", got, checks[i]["verify"])
		}
	}
}

// The same customer's tools as a bus that pushes to our end of the asynchronous channel.
func TestStrangersPushToOurEndpointByItsDescription(t *testing.T) {
	needStrangers(t)
	s := serve(t, always, eds.RSASHA256)
	var e endpoint
	push := httptest.NewServer(&shep.PushServer{Server: shep.Server{Key: s.keys.Client, Verifier: s.client().Verifier, Clock: always,
		Peers: []*eds.Certificate{s.keys.Bus.Certificate}},
		Take: func(_ context.Context, m shep.Message) (shep.Receipt, error) {
			e.write("%s %s %s", m.Type, m.ServiceID, m.Data)
			return shep.Receipt{MessageID: m.MessageID, CorrelationID: m.CorrelationID, Date: now}, nil
		},
		Notice: func(_ context.Context, n shep.ProgressNotice) error { e.write("%s", n.State); return nil },
	})
	t.Cleanup(push.Close)
	task := func(k *eds.Key, operation string, args map[string]any) map[string]any {
		certificate, private := pemOf(t, k)
		return map[string]any{"wsdl": push.URL + "?wsdl", "operation": operation, "certificate": certificate, "key": private, "args": args}
	}
	const at = "2026-03-02T15:00:00.000+05:00"
	order := map[string]any{"request": map[string]any{
		"messageInfo": map[string]any{"messageId": "m-1", "correlationId": "c-1", "serviceId": ourService, "messageType": "REQUEST",
			"messageDate": at, "sender": map[string]any{"senderId": "PEP"}},
		"messageData": map[string]any{"$xml": `<data><iin>1</iin></data>`}}}
	notice := map[string]any{"request": map[string]any{
		"notification": map[string]any{"notificationId": "n-1", "messageId": "m-0", "notificationDate": at, "messageState": "DELIVERED",
			"status": map[string]any{"statusCode": "1", "statusMessage": "ok", "statusDate": at}},
		"requestDate": at}}
	results := stranger(t, []map[string]any{
		task(s.keys.Bus, "sendMessage", order), task(s.keys.Bus, "changeMassageStatusNotification", notice), task(s.keys.Stranger, "sendMessage", order),
	})
	for i, want := range []string{`"messageId":"m-1"`, `"sessionId":"{`, "SBF-AD-1"} {
		if !strings.Contains(string(results[i]), want) {
			t.Errorf("the stranger got %s", results[i])
		}
	}
	if came := e.all(); len(came) != 2 || came[0] != "REQUEST "+ourService+" <data><iin>1</iin></data>" || came[1] != "DELIVERED" {
		t.Errorf("came %q", came)
	}
}
