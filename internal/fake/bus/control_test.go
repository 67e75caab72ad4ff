package bus_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

func TestControlSetsFaultsAndChangesTheCountry(t *testing.T) {
	t.Parallel()
	s := serve(t, always, eds.GOST2015x512)
	server := httptest.NewServer(s.bus.Control())
	t.Cleanup(server.Close)
	do := func(method, path, body string) (status int, answer string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(raw)
	}
	want := func(status int, says, method, path, body string) string {
		t.Helper()
		got, answer := do(method, path, body)
		if got != status || !strings.Contains(answer, says) {
			t.Errorf("%s %s %s: %d %s", method, path, body, got, answer)
		}
		return answer
	}
	want(204, "", "PUT", "/faults/persons", `{"fault": "slow", "delay": "5s"}`)
	want(400, "GET /faults", "PUT", "/faults/persons", `{"fault": "refused"}`)
	want(400, "", "PUT", "/faults/nobody", `{"fault": "down"}`)
	want(400, "unknown field", "PUT", "/faults/persons", `{"fautl": "down"}`)
	want(200, `"delay": "5s"`, "GET", "/faults", "")
	want(204, "", "DELETE", "/faults", "")
	if f := s.land.Fault(state.Persons); f.Kind != country.Works {
		t.Errorf("after all was mended: %+v", f)
	}
	want(200, string(bus.Scenarios()[0].IIN), "GET", "/scenarios", "")
	story := s.land.Story("non_owner")
	sell := fmt.Sprintf(`{"arc": %q, "from": %q, "to": %q}`, story.ARC, story.Owner, s.land.Party("aigul"))
	want(204, "", "POST", "/owners", sell)
	want(404, "", "POST", "/owners", sell)
	want(204, "", "POST", "/deaths", fmt.Sprintf(`{"iin": %q}`, story.Applicant))
	if p, _ := s.land.Find(story.Applicant); !p.IsDead() {
		t.Error("alive")
	}
	want(200, `"entries": []`, "GET", "/entries", "")
	ordered := want(200, "thread", "POST", "/orders", fmt.Sprintf(`{"service": %q, "variant": "plain", "document": %q}`, ourService, order))
	want(200, "[]", "GET", "/orders/"+strings.Split(ordered, `"`)[3], "")
	want(404, "", "GET", "/orders/x", "")
}
