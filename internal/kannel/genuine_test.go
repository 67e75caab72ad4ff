package kannel

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/freeport"
	"mekenjai/internal/schema"
)

// fakesmsc is the SMS centre of kannel-extras.
const fakesmsc = "/usr/lib/kannel/test/fakesmsc"

// operator is a fake SMS centre that keeps the messages it got.
type operator struct {
	*exec.Cmd
	mu   sync.Mutex
	got  []string // "sender receiver kind content", escaped as the centre prints them
	hold io.WriteCloser
}

func newOperator(t *testing.T, port int) *operator {
	t.Helper()
	o := &operator{Cmd: exec.CommandContext(t.Context(), fakesmsc, "-H", "127.0.0.1", "-r", strconv.Itoa(port), "-m", "0", "nothing")}
	out, err := o.StderrPipe()
	if err == nil {
		o.Stdout = io.Discard
		o.hold, err = o.StdinPipe() // it ends with its input
	}
	if err == nil {
		err = o.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, m, ok := strings.Cut(lines.Text(), "Got message "); ok {
				_, m, _ = strings.Cut(m, ": <")
				o.mu.Lock()
				o.got = append(o.got, strings.TrimSuffix(m, ">"))
				o.mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() { o.stop(); <-read })
	return o
}

func (o *operator) stop() {
	_ = o.Process.Kill()
	_ = o.Wait()
}

// text joins what the centre got, the parts of a long message in their order.
func (o *operator) text(t *testing.T) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	var text strings.Builder
	for _, m := range o.got {
		f := strings.Fields(m)
		if len(f) < 4 || f[0] != "Mekenjai" || f[1] != string(aigul) {
			t.Fatalf("the centre got %s", m)
		}
		if f[2] == "text" { // unescaped, to the end
			text.WriteString(strings.SplitN(m, " ", 4)[3])
			continue
		}
		content, err := url.QueryUnescape(f[len(f)-1])
		if err != nil {
			t.Fatal(err)
		}
		var units []uint16
		for i := 0; i+1 < len(content); i += 2 {
			units = append(units, uint16(content[i])<<8|uint16(content[i+1]))
		}
		text.WriteString(string(utf16.Decode(units)))
	}
	return text.String()
}

func (o *operator) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.got)
}

// eventually waits for what must come to pass soon.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for " + what)
		}
	}
}

func listens(port int) func() bool {
	return func() bool {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
}

// freePorts are ports that nobody has now.
func freePorts(t *testing.T, n int) (list []int) {
	t.Helper()
	for range n {
		port, err := freeport.Port()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, port)
	}
	return list
}

// gateway starts bearerbox and smsbox with the configuration that is installed, over
// two operators that are fakes. online says whether so many are connected.
func gateway(t *testing.T) (sendsms string, operators [2]int, online func(int) func() bool) {
	t.Helper()
	for _, program := range []string{"bearerbox", "smsbox", fakesmsc} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not here: tools/install test installs it", program)
		}
	}
	dir, ports := t.TempDir(), freePorts(t, 5)
	var groups strings.Builder
	for i, id := range []string{"one", "two"} {
		operators[i] = ports[3+i]
		fmt.Fprintf(&groups, "group = smsc\nsmsc = fake\nsmsc-id = %s\nallowed-smsc-id = %s\nport = %d\nconnect-allow-ip = 127.0.0.1\n\n", id, id, ports[3+i])
	}
	values := fmt.Sprintf(`KANNEL_ADMIN_PORT=%d
KANNEL_BEARERBOX_PORT=%d
KANNEL_SENDSMS_PORT=%d
KANNEL_ADMIN_PASSWORD=of nobody
KANNEL_STORE=%s/store
KANNEL_LOGS=%s
KANNEL_USER=mekenjai
KANNEL_PASSWORD=open sesame
KANNEL_OPERATORS=%s/operators.conf
`, ports[0], ports[1], ports[2], dir, dir, dir)
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("operators.conf", groups.String())
	filled, err := exec.Command("../../deploy/render", "../../deploy/templates/kannel.conf", write("values", values)).Output()
	if err != nil {
		t.Fatal(err)
	}
	config := write("kannel.conf", string(filled))
	start := func(program string, port int) {
		file, err := os.Create(filepath.Join(dir, program+".out"))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-v", "2", config)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, file, file
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			_ = file.Close()
			var said []byte
			for _, ending := range []string{".out", ".log"} {
				part, err := os.ReadFile(filepath.Join(dir, program+ending))
				if err != nil {
					t.Error(err)
				}
				said = append(said, part...)
			}
			for _, secret := range []string{"7010000001", "open sesame", "Сәлем"} {
				if strings.Contains(string(said), secret) {
					t.Errorf("the log of %s has %q", program, secret)
				}
			}
			if t.Failed() {
				t.Logf("%s: %s", program, said)
			}
		})
		eventually(t, program, listens(port))
	}
	start("bearerbox", ports[1])
	start("smsbox", ports[2])
	online = func(n int) func() bool {
		return func() bool {
			r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/status.txt?password=of+nobody", ports[0]))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			said, err := io.ReadAll(r.Body)
			return err == nil && strings.Count(string(said), "(online") == n
		}
	}
	return fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", ports[2]), operators, online
}

func TestAGenuineKannelSendsReportsAndFailsOver(t *testing.T) {
	sendsms, ports, online := gateway(t)
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	mux := http.NewServeMux()
	us := httptest.NewServer(mux)
	defer us.Close()
	o := Options{Routes: []string{sendsms + "?smsc=one", sendsms + "?smsc=two"}, User: "mekenjai", Password: "open sesame",
		From: "Mekenjai", Reports: us.URL, Secret: []byte(strings.Repeat("s", 32))}
	c, err := New(db, o)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(ReportPattern, c)
	one, two := newOperator(t, ports[0]), newOperator(t, ports[1])
	eventually(t, "both operators", online(2))
	for _, h := range c.Ask(t.Context()) {
		if h.Err != nil {
			t.Errorf("%s: %v", h.Route, h.Err)
		}
	}
	o.Password = "wrong"
	if locked, err := New(db, o); err != nil || locked.Ask(t.Context())[0].Err == nil || locked.Send(t.Context(), aigul, "x") == nil {
		t.Errorf("a wrong password is good for something: %v", err)
	}

	// Every letter, one part and several, and what became of them.
	texts := []string{"Сәлем! ӘәІіҢңҒғҮүҰұҚқӨөҺһ ЁёЪъ №1", strings.Repeat("Тіркеу мерзімі аяқталды. ", 5), "Code: 123456"}
	want := ""
	for _, text := range texts {
		send(t, c, text)
		want += text
	}
	eventually(t, "the messages", func() bool { return one.count() >= 4 })
	if got := one.text(t); got != want || one.count() != 4 || two.count() != 0 {
		t.Fatalf("%d and %d messages arrive: %q", one.count(), two.count(), got)
	}
	is := func(state State, n int64) func() bool {
		return func() bool {
			list, err := c.Tallies(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var sum int64
			for _, x := range list {
				if x.State == state {
					sum += x.Count
				}
			}
			return sum == n
		}
	}
	eventually(t, "the reports", is(Delivered, 3))

	// An operator is gone: the first message waits for him, the next goes by the other.
	one.stop()
	eventually(t, "the operator to be missed", online(1))
	eventually(t, "the route to rest", func() bool {
		send(t, c, "Сәлем")
		return c.Routes()[0].Resting
	})
	before := two.count()
	send(t, c, "Сәлем")
	eventually(t, "the other route", func() bool { return two.count() == before+1 })
	if c.Routes()[1].Resting {
		t.Errorf("%+v", c.Routes())
	}
	// He is back, and nothing was lost.
	again := newOperator(t, ports[0])
	eventually(t, "what was queued", func() bool { return again.count() >= 1 })
	eventually(t, "every report", is(Handed, 0))
}

func send(t *testing.T, c *Centre, text string) {
	t.Helper()
	if err := c.Send(t.Context(), aigul, text); err != nil {
		t.Fatal(err)
	}
}
