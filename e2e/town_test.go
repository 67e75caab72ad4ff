package e2e

import (
	"bytes"
	"errors"
	"hash/fnv"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/freeport"
	"mekenjai/internal/locale"
)

// town is the world of one journey: a running Mekenjai, and the demo pages on
// which keys are chosen, phones read and the clock moved.
type town struct {
	*testing.T
	url   string
	lang  locale.Lang
	land  *country.Country // the numbers that people know of one another
	table *browser         // the demo pages
	heard map[string]int   // text messages of each phone that were read
}

// inEveryLanguage makes the journey in Kazakh, Russian and English.
func inEveryLanguage(t *testing.T, journey func(w *town)) {
	t.Helper()
	in(t, journey, locale.Langs...)
}

// inTurn makes the journey in one of the three languages, each journey in its own;
// in all of them when that is asked for.
func inTurn(t *testing.T, journey func(w *town)) {
	t.Helper()
	if *everyLanguage {
		inEveryLanguage(t, journey)
		return
	}
	h := fnv.New32a()
	h.Write([]byte(t.Name()))
	in(t, journey, locale.Langs[h.Sum32()%uint32(len(locale.Langs))])
}

// in makes the journey in these languages alone: a side road, whose words the
// tests of the portal look at.
func in(t *testing.T, journey func(w *town), langs ...locale.Lang) {
	t.Helper()
	for _, l := range langs {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			w := found(t, l)
			journey(w)
		})
	}
}

// found starts the program on a fresh database.
func found(t *testing.T, lang locale.Lang) *town {
	t.Helper()
	w := &town{T: t, lang: lang, land: country.New(nil), heard: map[string]int{}}
	db := filepath.Join(t.TempDir(), "mekenjai.db")
	content, err := os.ReadFile(settled)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(db, content, 0o600); err != nil {
		t.Fatal(err)
	}
	w.serve(db)
	w.table = w.browser("demo")
	return w
}

// keeper runs the program and ends it when its own input ends: nothing stays
// behind a test that was killed.
const keeper = `"$@" & read -r _; kill -TERM $!; wait $!`

// serve runs the program until the journey ends. Its log is shown when the
// journey fails.
func (w *town) serve(db string) {
	w.Helper()
	address, err := freeport.Address()
	if err != nil {
		w.Fatal(err)
	}
	w.url = "http://" + address
	log := &tail{}
	cmd := exec.Command("sh", "-c", keeper, "sh",
		binary, "serve", "--database="+db, "--listen="+address, "--url="+w.url, "--log-level=warn", "--log-format=text")
	cmd.Stdout, cmd.Stderr = log, log
	hold, err := cmd.StdinPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := errors.Join(hold.Close(), cmd.Wait()); err != nil {
			w.Errorf("the program ended with %v", err)
		}
		if w.Failed() {
			w.Logf("log of the program:\n%s", log)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(w.url + "/healthz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			w.Fatalf("the program does not serve:\n%s", log)
		}
	}
}

// tail keeps what the program wrote.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *tail) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
