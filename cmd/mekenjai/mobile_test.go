package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMobileSigningIsOffOrWholeOrRefused(t *testing.T) {
	c := config{URL: "https://mekenjai.example/"}
	m, err := c.mobileSigning()
	if m != nil || err != nil || !strings.HasPrefix(mobileLine(m), "off") {
		t.Errorf("without a file: %v, %v", m, err)
	}
	c.MobileSigning = filepath.Join(t.TempDir(), "mobile.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(c.MobileSigning, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"nameKz":"Қызмет","nameRu":"Служба","nameEn":"Service","bin":"050140000011"}`)
	if m, err = c.mobileSigning(); err != nil || m.Origin != "https://mekenjai.example" || m.Phone != "" {
		t.Fatalf("%+v, %v", m, err)
	}
	if line := mobileLine(m); !strings.Contains(line, "Служба (BIN 050140000011)") || !strings.Contains(line, "https://mekenjai.example on its allow-list") {
		t.Errorf("the doctor says %q", line)
	}
	for _, text := range []string{"", "[]", `{"nameKz":"Қ","nameRu":"С","bin":"050140000011"}`, `{"nameKz":"Қ","nameRu":"С","nameEn":"S","bin":"1"}`} {
		write(text)
		if m, err := c.mobileSigning(); err == nil {
			t.Errorf("%q is taken as %+v", text, m)
		}
	}
}
