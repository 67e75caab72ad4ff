package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

const examples = "../../internal/rules/testdata/"

func TestRulesCheckPrintsTheVerdictAsJSON(t *testing.T) {
	data, err := os.ReadFile(examples + "refuse_no_title.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (rulesCheck{Lang: "kk"}).check(data, &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Outcome, Rule, Code string
		Findings            []struct{ Rule, Outcome, Text string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Outcome != "REFUSE" || got.Rule != "R25" || got.Code != "NO_TITLE" || len(got.Findings) == 0 || got.Findings[0].Text == "" {
		t.Errorf("got %s", out.String())
	}
}

func TestRulesCheckEndsWithThreeOnUnusableFacts(t *testing.T) {
	var out bytes.Buffer
	err := (rulesCheck{}).check([]byte(`{"at": 7}`), &out)
	var code *exitCode
	if !errors.As(err, &code) || code.code != 3 || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	var got struct {
		Error  string
		Errors []struct{ Path, Code, Reason string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Error == "" || got.Errors[0].Path != "at" {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestRulesTableNamesEveryRule(t *testing.T) {
	for _, lang := range []string{"kk", "ru", "en"} {
		var out bytes.Buffer
		if err := (rulesTable{Lang: lang}).print(&out); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != 71 {
			t.Errorf("%s: %d lines", lang, n)
		}
	}
}

func TestRulesParametersAreThoseOfTheDay(t *testing.T) {
	var out bytes.Buffer
	if err := (rulesParameters{On: "2026-03-02"}).print(&out, time.Time{}); err != nil || !strings.Contains(out.String(), "consent_minutes") {
		t.Errorf("%v: %s", err, out.String())
	}
	if err := (rulesParameters{On: "yesterday"}).print(&out, time.Time{}); err == nil {
		t.Error("yesterday is a date")
	}
}

func TestRulesCheckUnderstandsTheLifeOfAnEntry(t *testing.T) {
	data, err := os.ReadFile(examples + "life/ok_fine_over_a_month.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (rulesCheck{Lang: "ru"}).check(data, &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Outcome, Rule, Code string
		Fine                struct{ Amount int }
		Findings            []struct{ Text string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Rule != "R68" || got.Fine.Amount != 30275 || !strings.Contains(got.Findings[0].Text, "30\u00a0275\u00a0₸") {
		t.Errorf("got %s", out.String())
	}
	out.Reset()
	if err := (rulesCheck{}).check([]byte(`{"event": "death"}`), &out); err == nil || !strings.Contains(out.String(), `"at"`) {
		t.Errorf("got %v: %s", err, out.String())
	}
}

func TestRulesCalendarSaysWhatItDoesNotKnow(t *testing.T) {
	for year, unknown := range map[int]bool{2026: false, 2031: true} {
		var out bytes.Buffer
		if err := (rulesCalendar{Year: year}).print(&out, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "not entered") != unknown || !strings.Contains(out.String(), "working days") {
			t.Errorf("%d: %s", year, out.String())
		}
	}
}
