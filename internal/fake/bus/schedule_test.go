package bus

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

func TestScheduleFailsPeersInTheirTime(t *testing.T) {
	steps, err := ReadSchedule(strings.NewReader(`[
		{"at": "10s", "for": "20s", "peer": "persons", "fault": "slow", "delay": "5s"},
		{"at": "30s", "for": "10s", "peer": "persons", "fault": "unsigned"},
		{"at": "0s", "for": "15s", "peer": "kdp", "fault": "refused"}]`))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := &Bus{country: country.New(nil)}
		go b.Follow(t.Context(), steps)
		for _, x := range []struct {
			at      time.Duration
			persons country.Fault
			kdp     country.FaultKind
		}{
			{5 * time.Second, country.Fault{}, Refused},
			{12 * time.Second, country.Fault{Kind: country.Slow, Delay: 5 * time.Second}, Refused},
			{20 * time.Second, country.Fault{Kind: country.Slow, Delay: 5 * time.Second}, country.Works},
			{31 * time.Second, country.Fault{Kind: Unsigned}, country.Works}, // one fault ends as the next begins
			{41 * time.Second, country.Fault{}, country.Works},
		} {
			time.Sleep(time.Until(started.Add(x.at)))
			synctest.Wait()
			if p, k := b.country.Fault(state.Persons), b.country.Fault(Consents).Kind; p != x.persons || k != x.kdp {
				t.Errorf("after %s: persons %+v, KDP %q", x.at, p, k)
			}
		}
	})
}

// started is when time begins within synctest.
var started = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func TestScheduleThatDoesNotDoWhatItSaysIsRefused(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `[{"at": "1s"}]`,
		`[{"at": "soon", "for": "1m", "peer": "persons", "fault": "down"}]`,
		`[{"at": "1s", "for": "0s", "peer": "persons", "fault": "down"}]`,
		`[{"at": "1s", "for": "1m", "peer": "person", "fault": "down"}]`,
		`[{"at": "1s", "for": "1m", "peer": "persons", "fault": "refused"}]`, // KDP's alone
		`[{"at": "1s", "for": "1m", "peer": "persons", "fault": "slow", "delay": "-1s"}]`,
		`[{"at": "1s", "for": "1m", "peer": "persons", "fault": "down", "dealy": "1s"}]`,
	} {
		if _, err := ReadSchedule(strings.NewReader(text)); err == nil {
			t.Errorf("accepted %s", text)
		}
	}
}

func TestNumbersOfScenariosAreNobodysElse(t *testing.T) {
	seen := map[mekenjai.IIN]bool{}
	land := country.New(nil)
	for _, s := range Scenarios() {
		if _, known := land.Find(s.IIN); known || seen[s.IIN] {
			t.Errorf("%s stands twice, or is somebody's", s.IIN)
		}
		seen[s.IIN] = true
		if _, err := mekenjai.ParseIIN(string(s.IIN)); err != nil {
			t.Errorf("%s: %v", s.IIN, err)
		}
	}
}

func TestLeaveIsForOnePersonOneServiceAndMinutes(t *testing.T) {
	l, now := newLeave(), started
	const iin, other = mekenjai.IIN("900101300811"), mekenjai.IIN("791028302728")
	token := l.issue(iin, "A", now.Add(time.Minute))
	for name, ok := range map[string]bool{
		"as issued":      l.covers(token, iin, "A", now),
		"another person": !l.covers(token, other, "A", now),
		"other service":  !l.covers(token, iin, "B", now),
		"too late":       !l.covers(token, iin, "A", now.Add(time.Minute)),
		"another bus":    !newLeave().covers(token, iin, "A", now),
		"nothing":        !l.covers("", iin, "A", now),
		"prolonged":      !l.covers("B"+token[1:], iin, "A", now),
	} {
		if !ok {
			t.Error(name)
		}
	}
}
