package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	screenshots   = flag.Bool("screenshots", false, "renew the pictures of the README in docs/screenshots")
	everyLanguage = flag.Bool("every-language", false, "make every journey of a citizen in Kazakh, Russian and English; else side roads take turns")
	look          = flag.String("look", "", "photograph every page that a journey meets, on a phone and on a desktop, into this folder")
)

// What every journey starts from, made once.
var (
	binary   string          // the program
	settled  string          // a SQLite file in which the demo country is settled
	chromium context.Context // one browser; every person has a profile of his own in it
	axe      string          // the accessibility engine
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "mekenjai-e2e-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	engine, err := os.ReadFile("../ui/node_modules/axe-core/axe.min.js")
	if err != nil {
		return 1, fmt.Errorf("axe is not installed, run make build first: %w", err)
	}
	axe = string(engine)
	if err := build(dir); err != nil {
		return 1, err
	}
	ctx, cancel, err := startChromium(dir)
	if err != nil {
		return 1, err
	}
	defer cancel()
	chromium = ctx
	// A journey mostly waits, so that more of them than processors go well together.
	if err := flag.Set("test.parallel", "4"); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// build makes the program and a database to copy: every journey has a country,
// a key, phones and a clock of its own, and so they never meet.
func build(dir string) error {
	binary, settled = filepath.Join(dir, "mekenjai"), filepath.Join(dir, "settled.db")
	if out, err := exec.Command("go", "build", "-o", binary, "mekenjai/cmd/mekenjai").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	if out, err := exec.Command(binary, "migrate", "--database="+settled).CombinedOutput(); err != nil {
		return fmt.Errorf("settle the demo country: %w\n%s", err, out)
	}
	return nil
}

func startChromium(dir string) (context.Context, context.CancelFunc, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, nil, errors.New("Chromium is not installed: apt-get install chromium")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(filepath.Join(dir, "chromium"))}
	for _, off := range []string{"quic", "background-networking", "component-update", "sync", "dev-shm-usage", "extensions"} {
		options = append(options, chromedp.Flag("disable-"+off, true))
	}
	options = append(options, chromedp.Flag("disable-features", "PreloadTopChromeWebUI,SpareRendererForSitePerProcess"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root has none
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	end := func() {
		_ = chromedp.Cancel(ctx) // waits until the browser is gone
		cancel()
		stop()
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("start Chromium: %w", err)
	}
	return ctx, end, nil
}
