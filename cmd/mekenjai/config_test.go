package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/demo"
	"mekenjai/internal/papers"
)

// runProgram runs the program to its end, without the environment of whoever tests.
func runProgram(t *testing.T, args ...string) (code int, out, complaint string) {
	t.Helper()
	cmd := asCommand(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// asCommand is the program as a command that ends with the test.
func asCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = t.TempDir()
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "MEKENJAI_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, asProgram+"=1")
	return cmd
}

// productionFlags are those of a real installation, without its registers.
func productionFlags(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, bytes.Repeat([]byte("0123456789abcdef"), 2), 0o600); err != nil {
		t.Fatal(err)
	}
	paperSecret := filepath.Join(dir, "papers")
	if err := os.WriteFile(paperSecret, []byte(papers.NewSecret("a")), 0o600); err != nil {
		t.Fatal(err)
	}
	trust, err := filepath.Abs(genuine + "ca-prod")
	if err != nil {
		t.Fatal(err)
	}
	return []string{"--environment=production", "--url=https://mekenjai.example", "--database=" + filepath.Join(dir, "x.db"),
		"--trust=" + trust, "--secret-file=" + secret, "--paper-secret=" + paperSecret}
}

// replace gives the flags with one of them set to another value.
func replace(flags []string, name, value string) []string {
	list := []string{name + "=" + value}
	for _, f := range flags {
		if !strings.HasPrefix(f, name+"=") {
			list = append(list, f)
		}
	}
	return list
}

func TestBadConfigurationIsRefusedWithAPlainSentence(t *testing.T) {
	genuineFlags := productionFlags(t)
	empty, short := t.TempDir(), filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags []string
		says  string
	}{
		"no address":               {[]string{"--url=mekenjai"}, "is not an address"},
		"address with a path":      {[]string{"--url=http://localhost:1/x"}, "is not an address"},
		"trust in the demo":        {[]string{"--trust=" + empty}, "belongs to production"},
		"production in the clear":  {replace(genuineFlags, "--url", "http://mekenjai.example"), "https"},
		"production without keys":  {replace(genuineFlags, "--trust", ""), "needs --trust"},
		"no certificate":           {replace(genuineFlags, "--trust", empty), "certificate"},
		"no such folder":           {replace(genuineFlags, "--trust", filepath.Join(empty, "x")), "--trust"},
		"no secret":                {replace(genuineFlags, "--secret-file", ""), "needs --secret-file"},
		"short secret":             {replace(genuineFlags, "--secret-file", short), "fewer than 32 bytes"},
		"no secret of papers":      {replace(genuineFlags, "--paper-secret", ""), "needs --paper-secret"},
		"bad secret of papers":     {replace(genuineFlags, "--paper-secret", short), "32 bytes in base64"},
		"seal without password":    {append(genuineFlags, "--seal=/nowhere.p12"), "go together"},
		"seal that is not there":   {append(genuineFlags, "--seal=/nowhere.p12", "--seal-password=/nowhere"), "--seal"},
		"bus that is not there":    {append(genuineFlags, "--bus=/nowhere.json"), "--bus: bus file /nowhere.json"},
		"bus in the demo":          {[]string{"--bus=/nowhere.json"}, "no such file"},
		"two ways to registers":    {[]string{"--bus=/nowhere.json", "--registers=inside"}, "exclude each other"},
		"a bus for the crowd":      {[]string{"--registers=bus", "--crowd=persons=100,dwellings=30"}, "does not know the people of --crowd"},
		"a bus a process":          {[]string{"--registers=bus", "--database=postgres://x/y"}, "needs an embedded database"},
		"simulators in production": {append(genuineFlags, "--registers=bus"), "belongs to the demo country"},
		"seal in the demo":         {[]string{"--seal=/nowhere.p12"}, "a seal of its own"},
		"messages to nowhere":      {append(genuineFlags, "--sms-url=kannel", "--sms-user=u", "--sms-password-file=/x", "--sms-from=M"), "a route is an address"},
		"messages in the clear":    {append(genuineFlags, "--sms-url=http://sms.example/x", "--sms-user=u", "--sms-password-file=/x", "--sms-from=M"), "needs https"},
		"messages of nobody":       {append(genuineFlags, "--sms-url=http://127.0.0.1:1/x"), "--sms-url needs --sms-user"},
		"reports of no messages":   {append(genuineFlags, "--sms-reports=http://10.0.0.1"), "belong to --sms-url"},
		"no password of messages":  {append(genuineFlags, "--sms-url=http://127.0.0.1:1/x", "--sms-user=u", "--sms-password-file=/x", "--sms-from=M"), "--sms-password-file"},
		"sign-ins kept backwards":  {[]string{"--keep-sign-ins=-1h"}, "a time to come"},
		"bad proxies":              {append(genuineFlags, "--proxies=10.0.0.0"), "is not a range"},
		"crowd in production":      {append(genuineFlags, "--crowd=persons=100,dwellings=30"), "no invented people"},
		"crowd too small":          {[]string{"--crowd=persons=10,dwellings=30"}, "two owners a dwelling"},
		"crowd of what":            {[]string{"--crowd=people=10"}, "is not a part of a size"},
		"crowd over nothing":       {[]string{"--crowd=persons=100,dwellings=30"}, "fill it with mekenjai bench load first"},
		"unknown environment":      {[]string{"--environment=staging"}, "demo"},
		"unknown flag":             {[]string{"--trusted"}, "unknown flag"},
		"database elsewhere":       {[]string{"--database=postgres://nobody@127.0.0.1:1/x?connect_timeout=2"}, "database"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, complaint := runProgram(t, append([]string{"serve", "--listen=127.0.0.1:0"}, c.flags...)...)
			if code == 0 || !strings.Contains(complaint, c.says) || strings.Contains(complaint, "goroutine") {
				t.Errorf("exit code %d: %s", code, complaint)
			}
		})
	}
}

// Whoever holds the keys of a test authority could be anybody.
func TestProductionRefusesTestAuthorities(t *testing.T) {
	own := t.TempDir()
	authority, err := pki.New(demo.Seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range authority.Anchors().Certificates() {
		if err := os.WriteFile(filepath.Join(own, string(rune('a'+i))+".cer"), c.Raw(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	national, err := filepath.Abs(genuine + "ca-test")
	if err != nil {
		t.Fatal(err)
	}
	mixed := mixedTrust(t, authority.Anchors().Certificates()[0])
	for _, folder := range []string{own, national, mixed} {
		for _, command := range []string{"serve", "migrate", "doctor"} {
			code, _, complaint := runProgram(t, append([]string{command}, replace(productionFlags(t), "--trust", folder)...)...)
			if code == 0 || !strings.Contains(complaint, "test authority") || !strings.Contains(complaint, "production must not trust it") {
				t.Errorf("%s with %s ends with %d: %s", command, filepath.Base(folder), code, complaint)
			}
		}
	}
}

// mixedTrust is the folder of the national authority with one certificate too many.
func mixedTrust(t *testing.T, other *eds.Certificate) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(genuine+"ca-prod")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "zz.cer"), other.Raw(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProductionHasNoDemoCountry(t *testing.T) {
	address := freeAddress(t)
	cmd := asCommand(t, append([]string{"serve", "--listen=" + address, "--log-level=error"}, productionFlags(t)...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	get := func(path string) (*http.Response, string) {
		r, err := http.Get("http://" + address + path)
		if err != nil {
			return nil, ""
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		return r, string(body)
	}
	for up := false; !up; time.Sleep(25 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("it ended with %v: %s", err, stderr.String())
		default:
		}
		r, _ := get("/healthz")
		up = r != nil && r.StatusCode == http.StatusOK
	}
	for _, path := range []string{"/demo", "/demo/", "/demo/key", "/demo/phones"} {
		if r, _ := get(path); r == nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("%s is there", path)
		}
	}
	for _, path := range []string{"/", "/sign-in", "/check"} {
		r, body := get(path)
		if r == nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v", path, r)
		}
		if strings.Contains(body, "/demo") || strings.Contains(body, "data-chain") || strings.Contains(body, "ws://") {
			t.Errorf("%s knows of the demo country", path)
		}
		if r.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s may be asked for in the clear", path)
		}
		for _, c := range r.Cookies() {
			if !c.Secure || !c.HttpOnly || !strings.HasPrefix(c.Name, "__Host-") {
				t.Errorf("%s sets the cookie %s", path, c)
			}
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := <-ended; err != nil || strings.Contains(stdout.String(), "demo") {
		t.Errorf("it ended with %v and said %s", err, stdout.String())
	}
}

func TestDoctorSaysWhatIsInForceAndWhatIsMissing(t *testing.T) {
	code, out, complaint := runProgram(t, "doctor")
	if code != 0 {
		t.Errorf("demo: exit code %d: %s", code, complaint)
	}
	for _, line := range []string{"environment", "database", "trusts", "revocation", "rules", "register property", "addresses", "there, from no files", "answers in", "demo country"} {
		if !strings.Contains(out, line) {
			t.Errorf("demo: doctor does not speak of %s:\n%s", line, out)
		}
	}
	smsbox := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Kannel-Password") != "open sesame" || r.Header.Get("X-Kannel-To") != "" {
			t.Errorf("the gateway was asked with %v", r.Header)
		}
		http.Error(w, "Missing receiver(s) number(s), rejected", http.StatusBadRequest)
	}))
	defer smsbox.Close()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, complaint = runProgram(t, append([]string{"doctor", "--sms-url=" + smsbox.URL + "/cgi-bin/sendsms?smsc=one", "--sms-url=http://127.0.0.1:1/cgi-bin/sendsms",
		"--sms-user=mekenjai", "--sms-password-file=" + password, "--sms-from=Mekenjai"}, productionFlags(t)...)...)
	box := strings.TrimPrefix(smsbox.URL, "http://")
	for _, line := range []string{"MISSING: our copy of the address register is empty", "text messages by " + box + " one  answers in ", "text messages by 127.0.0.1:1 ", "FAILS: route 127.0.0.1:1 does not answer"} {
		if !strings.Contains(out, line) {
			t.Errorf("production: doctor does not say %q:\n%s", line, out)
		}
	}
	if code != 1 || !strings.Contains(out, "SILENT") || !strings.Contains(complaint, "missing") || strings.Contains(out, "demo country") {
		t.Errorf("production without registers: exit code %d: %s\n%s", code, complaint, out)
	}
}
