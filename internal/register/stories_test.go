package register_test

import (
	"errors"
	"testing"

	"mekenjai"
)

// Every story of the demo country, told to its end with real signatures.
func TestEveryStoryEndsAsItSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, s := range w.land.Stories() {
			t.Run(s.ID, func(t *testing.T) {
				w.t = t
				_, err := w.fill(s)
				var wrong mekenjai.FieldErrors
				if errors.As(err, &wrong) && s.End == mekenjai.Refused {
					return // refused while still on the page
				}
				a := w.file(s)
				if len(s.Asked) > 0 {
					w.await(a, mekenjai.AwaitingConsent)
					for party, request := range w.requests(a, s.Asked) {
						if party == s.Declines {
							continue
						}
						if err := w.agree(party, request); err != nil {
							t.Fatalf("%s agrees: %v", party, err)
						}
					}
					if s.Declines != "" {
						request := w.requests(a, []mekenjai.PartyID{s.Declines})[s.Declines]
						if err := w.register.Decline(t.Context(), w.speaker(s.Declines, request), request, "Танымаймын"); err != nil {
							t.Fatal(err)
						}
					}
				}
				c := w.await(a, s.End)
				if s.Code != "" && c.Reason != s.Code {
					t.Errorf("ended by %s, want %s", c.Reason, s.Code)
				}
				if s.End == mekenjai.Registered && c.Entry == nil || s.End == mekenjai.Refused && c.Act == nil {
					t.Errorf("no entry or act: %+v", c)
				}
				if c.State == mekenjai.Referred { // the next story of the person needs a free hand
					if err := w.register.Withdraw(t.Context(), w.person(a.Person), a.ID); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
}
