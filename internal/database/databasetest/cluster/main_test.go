package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheCommandSeesTheClusterAndItsExitCodeIsReturned(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	code, err := run(nil, []string{"sh", "-c", `echo "$MEKENJAI_TEST_POSTGRES" >` + seen + `; exit 7`})
	if code != 7 || err != nil {
		t.Errorf("code %d, error %v; want 7", code, err)
	}
	if url, err := os.ReadFile(seen); err != nil || len(url) < 10 {
		t.Errorf("the command saw %q, %v", url, err)
	}
}

func TestNothingRemainsOfACluster(t *testing.T) {
	t.Setenv("TMPDIR", shortDir(t))
	if code, err := run([]string{"max_connections=20"}, []string{"true"}); code != 0 || err != nil {
		t.Errorf("code %d, error %v", code, err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// shortDir is a folder whose sockets have short names and which the server's
// user may enter.
func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/tmp", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}
