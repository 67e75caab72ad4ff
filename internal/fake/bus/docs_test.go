package bus_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
)

func TestEveryNumberOfTheDocumentationIsOfTheCountryAndEveryScenarioStandsThere(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/simulators.md")
	if err != nil {
		t.Fatal(err)
	}
	text, land := string(raw), country.New(nil)
	scenarios := map[mekenjai.IIN]bool{}
	for _, s := range bus.Scenarios() {
		scenarios[s.IIN] = true
		line := regexp.MustCompile("`" + string(s.IIN) + "` \\| " + string(s.Peer) + " \\| (`" + string(s.Fault.Kind) + "`|no answer)")
		if !line.MatchString(text) {
			t.Errorf("the scenario %s of %s at %s is not told", s.Fault.Kind, s.Peer, s.IIN)
		}
	}
	for _, number := range regexp.MustCompile("`(\\d{12}|\\d{16})`").FindAllStringSubmatch(text, -1) {
		n := number[1]
		_, person := land.Find(mekenjai.IIN(n))
		_, address := land.FindAddress(mekenjai.ARC(n))
		if !person && !address && !scenarios[mekenjai.IIN(n)] && land.Name(mekenjai.PartyID(n)) == "" && n != "900101300811" {
			t.Errorf("nobody and nothing has the number %s", n)
		}
	}
	for _, p := range bus.Peers {
		for _, f := range bus.FaultsOf(p)[1:] {
			if !strings.Contains(text, "`"+string(f)+"`") {
				t.Errorf("the fault %s is not told", f)
			}
		}
	}
}
