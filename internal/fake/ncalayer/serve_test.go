package ncalayer

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
)

func TestConversationBeginsAsTheClientExpects(t *testing.T) {
	e, _ := emulator(t, Options{})
	p := visit(t, e)
	if got := p.ask(`{"module":"kz.digiflow.mobile.extensions","method":"getVersion"}`); got != `{"success":false,"errorCode":"MODULE_NOT_FOUND"}` {
		t.Errorf("probe: %s", got)
	}
	if got := p.ask(`--heartbeat--`); got != `--heartbeat--` {
		t.Errorf("heartbeat: %s", got)
	}
	for _, broken := range []string{`{"module":`, `hello`, `[]`, ``} {
		if got := p.ask(broken); got != `{"success":false,"code":"COMMON_JSON_WRAPPING_EXCEPTION"}` {
			t.Errorf("%q: %s", broken, got)
		}
	}
}

func TestHeartbeatIsEchoedWhileADialogIsOpen(t *testing.T) {
	e, _ := emulator(t, Options{})
	e.Next(Silence)
	p := visit(t, e)
	p.send(sign(b64("a"), attached, anyTest))
	if got := p.ask(`--heartbeat--`); got != `--heartbeat--` {
		t.Errorf("got %s", got)
	}
}

func TestPersonMayCancelFailOrStaySilentOnce(t *testing.T) {
	e, _ := emulator(t, Options{})
	e.Next(Cancel, Fail)
	p := visit(t, e)
	request := sign(b64("a"), attached, anyTest)
	if got := p.ask(request); got != `{"status":true,"body":{}}` {
		t.Errorf("cancel: %s", got)
	}
	if got := p.ask(request); !strings.HasPrefix(got, `{"status":false,"code":"SIGNING_FAILURE","message":`) {
		t.Errorf("fail: %s", got)
	}
	signatures(t, p.ask(request))

	e.Next(Silence)
	p.send(request)
	for len(e.Requests()) < 4 {
		time.Sleep(time.Millisecond)
	}
	_ = p.ws.CloseNow() // the page gives up, and the next one is served
	signatures(t, visit(t, e).ask(request))
}

func TestRequestsOfAllPagesAreServedInOrderOneAtATime(t *testing.T) {
	e, a := emulator(t, Options{})
	p := visit(t, e)
	for _, text := range []string{"1", "2", "3"} {
		p.send(sign(b64(text), attached, anyTest))
	}
	for _, text := range []string{"1", "2", "3"} {
		if r := verify(t, a, signatures(t, p.read())[0], nil, eds.UsageSign); string(r.Content) != text {
			t.Errorf("got the signature of %q for %q", r.Content, text)
		}
	}
}

func TestOnlyConfiguredPagesMayConnect(t *testing.T) {
	e, _ := emulator(t, Options{Origins: []string{"http://localhost:8080"}})
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	if _, err := dial(t, server.URL, "http://localhost:8080"); err != nil {
		t.Error(err)
	}
	if _, err := dial(t, server.URL, "https://evil.example"); err == nil {
		t.Error("a strange page connected")
	}
}

func TestBusyPortIsNoObstacle(t *testing.T) {
	e, _ := emulator(t, Options{})
	first, stop, err := e.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop(t.Context()) })
	second, stopSecond, err := e.Start(strings.TrimPrefix(first, "ws://"))
	if err != nil || second == first || !strings.HasPrefix(second, "ws://127.0.0.1:") {
		t.Fatalf("%s, %v", second, err)
	}
	if _, err := dial(t, strings.Replace(second, "ws", "http", 1), ""); err != nil {
		t.Error(err)
	}
	if err := stopSecond(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLegacyModuleAnswersByPosition(t *testing.T) {
	e, a := emulator(t, Options{})
	p := visit(t, e)
	common := func(method, args string) string {
		return p.ask(`{"module":"kz.gov.pki.knca.commonUtils","method":"` + method + `","args":` + args + `}`)
	}
	if got := p.ask(`{"module":"kz.gov.pki.knca.commonUtils","method":"getActiveTokens"}`); got != `{"responseObject":[],"code":"200"}` {
		t.Errorf("tokens: %s", got)
	}
	if got := common("changeLocale", `["kk"]`); got != `{"code":"200"}` {
		t.Errorf("locale: %s", got)
	}
	for _, args := range []string{`[1]`, `[null]`, `[]`, `"PKCS12"`, `["PKCS12","x"]`} {
		want := `{"code":"500","message":"java.lang.IllegalArgumentException: argument type mismatch. Method: getKeyInfo"}`
		if got := common("getKeyInfo", args); got != want {
			t.Errorf("%s: %s", args, got)
		}
	}
	var info struct{ ResponseObject keyInfo }
	if err := json.Unmarshal([]byte(common("getKeyInfo", `["PKCS12"]`)), &info); err != nil || info.ResponseObject.SubjectCN == "" ||
		info.ResponseObject.Algorithm != "ECGOST3410-2015-512" || !strings.Contains(info.ResponseObject.PEM, "BEGIN CERTIFICATE") {
		t.Errorf("key info %+v, %v", info, err)
	}
	for _, method := range []string{"createCAdESFromBase64", "createCMSSignatureFromBase64"} {
		var reply struct{ ResponseObject string }
		_ = json.Unmarshal([]byte(common(method, `["PKCS12","SIGNATURE",`+b64("a")+`,true]`)), &reply)
		if r := verify(t, a, reply.ResponseObject, nil, eds.UsageSign); !r.Valid() || string(r.Content) != "a" {
			t.Errorf("%s: %v", method, r.Reasons)
		}
	}
	e.Next(Cancel)
	if got := common("createCAdESFromBase64", `["PKCS12","SIGNATURE",`+b64("a")+`,false]`); got != `{"code":"500","message":"action.canceled"}` {
		t.Errorf("cancel: %s", got)
	}
	if got := common("createCAdESFromBase64", `["AKKaztokenStore","SIGNATURE",`+b64("a")+`,false]`); got != `{"code":"500","message":"action.canceled"}` {
		t.Errorf("token: %s", got)
	}
}
