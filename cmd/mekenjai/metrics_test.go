package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mekenjai/eds"
)

// counted are the names of what the program counts.
func counted() []string {
	p := &program{}
	p.world.verifier = &eds.Verifier{}
	p.count()
	return p.metrics.Names()
}

func TestTheDashboardShowsOnlyWhatIsCounted(t *testing.T) {
	file, err := os.ReadFile("../../deploy/grafana/mekenjai.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(file, &board); err != nil {
		t.Fatal(err)
	}
	names, shown := counted(), map[string]bool{}
	metric := regexp.MustCompile(`\b(?:mekenjai|process|go)_[a-z_]+\b`)
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			found := metric.FindAllString(target.Expr, -1)
			if len(found) == 0 {
				t.Errorf("%s asks for nothing: %s", panel.Title, target.Expr)
			}
			for _, name := range found {
				if !slices.Contains(names, name) { // a part of a histogram
					name = regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
				}
				if !slices.Contains(names, name) {
					t.Errorf("%s shows %s, which is not counted", panel.Title, name)
				}
				shown[name] = true
			}
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "mekenjai_") && !shown[name] {
			t.Errorf("%s is counted and nowhere shown", name)
		}
	}
}

// Units at the end, words between underscores: what a dashboard of others expects.
func TestMetricsAreNamedByNounAndUnit(t *testing.T) {
	for _, name := range counted() {
		if strings.HasPrefix(name, "mekenjai_") && !regexp.MustCompile(`^mekenjai_[a-z_]+_(seconds|total|jobs|count|open|used)$`).MatchString(name) {
			t.Errorf("%s names no unit", name)
		}
	}
}
