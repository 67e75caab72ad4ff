package access_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
)

func TestACodeSignsItsPersonIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		digits := w.digits()
		in := must(w.FinishSMS(ctx, b.visit, code.ID, digits[:3]+" "+digits[3:]+"\n", b.client))(t)
		want := mekenjai.Actor{IIN: aigul, Method: mekenjai.BySMS, Session: in.Actor.Session,
			Fresh: w.clock.Now(), Language: "kk"}
		if diff := cmp.Diff(want, in.Actor); diff != "" {
			t.Error(diff)
		}
		want1 := []string{"code.ask done", "code.send done"}
		if got := outcomes(w.entries(code.ID)); !slices.Equal(got, want1) {
			t.Errorf("audit says %q, want %q", got, want1)
		}
		if got := outcomes(w.entries(in.Actor.Session)); !slices.Equal(got, []string{"session.begin done"}) {
			t.Errorf("audit says %q", got)
		}
	})
}

func TestACodeIsGoodOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
		_, err := w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client)
		wantLeft(t, err, 0)
	})
}

func TestACodeIsGoodForThreeTries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		right := w.digits()
		for _, left := range []int{2, 1, 0} {
			_, err := w.FinishSMS(ctx, b.visit, code.ID, other(right), b.client)
			wantLeft(t, err, left)
		}
		_, err := w.FinishSMS(ctx, b.visit, code.ID, right, b.client)
		wantLeft(t, err, 0)
	})
}

func TestParallelTriesAreCountedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		right := w.digits()
		left := make([]int, 20)
		var all sync.WaitGroup
		for i := range left {
			all.Go(func() {
				_, err := w.FinishSMS(ctx, b.visit, code.ID, other(right), b.client)
				left[i] = -1
				if wrong := (*access.CodeError)(nil); errors.As(err, &wrong) {
					left[i] = wrong.Left
				}
			})
		}
		all.Wait()
		slices.Sort(left)
		if want := append(make([]int, 18), 1, 2); !slices.Equal(left, want) {
			t.Errorf("tries left %v, want %v", left, want)
		}
		if n := len(w.entries(code.ID)); n != 2+3 {
			t.Errorf("%d audit entries, want two of sending and three of tries", n)
		}
		_, err := w.FinishSMS(ctx, b.visit, code.ID, right, b.client)
		wantLeft(t, err, 0)
	})
}

func TestASlipThatIsNoCodeCostsNoTry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		for _, slip := range []string{"", "12345", "1234567", "12345a", "١٢٣٤٥٦"} {
			_, err := w.FinishSMS(ctx, b.visit, code.ID, slip, b.client)
			var field *mekenjai.FieldError
			if !errors.As(err, &field) || field.Key != "access.code.format" {
				t.Errorf("%q: %v", slip, err)
			}
		}
		must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
	})
}

func TestACodeLivesFiveMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		digits := w.digits()
		w.clock.Advance(5 * time.Minute)
		_, err := w.FinishSMS(ctx, b.visit, code.ID, digits, b.client)
		wantLeft(t, err, 0)
	})
}

func TestANewCodeVoidsTheOlder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		first := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		digits := w.digits()
		second := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		newer := w.digits()
		_, err := w.FinishSMS(ctx, b.visit, first.ID, digits, b.client)
		wantLeft(t, err, 0)
		must(w.FinishSMS(ctx, b.visit, second.ID, newer, b.client))(t)
	})
}

func TestAnotherCodeNeedsNoNumberButTheSameBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, thief := w.browser(), w.browser()
		for _, iin := range []mekenjai.IIN{stranger, aigul} {
			first := must(w.BeginSMS(ctx, b.visit, iin, "consent-1", b.client))(t)
			_, err := w.ResendSMS(ctx, thief.visit, first.ID, thief.client)
			wantError(t, err, mekenjai.ErrStale)
			next := must(w.ResendSMS(ctx, b.visit, first.ID, b.client))(t)
			_, err = w.ResendSMS(ctx, b.visit, first.ID, b.client)
			wantError(t, err, mekenjai.ErrStale)
			if iin == stranger {
				continue
			}
			in := must(w.FinishSMS(ctx, b.visit, next.ID, w.digits(), b.client))(t)
			if in.Actor.IIN != aigul || in.For != "consent-1" {
				t.Errorf("signed in as %s for %q", in.Actor.IIN, in.For)
			}
		}
	})
}

func TestACodeIsGoodOnlyInItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, thief := w.browser(), w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		_, err := w.FinishSMS(ctx, thief.visit, code.ID, w.digits(), thief.client)
		wantLeft(t, err, 0)
		_, err = w.FinishSMS(ctx, "", code.ID, w.digits(), thief.client)
		wantError(t, err, mekenjai.ErrStale)
		must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
	})
}

// What a stranger sees of an IIN that exists, of one without a phone and of one
// that nobody knows must be the same: answers, errors, rows, jobs, and the moment
// at which the question to the Mobile Citizens Database is asked.
func TestAnUnknownIINGetsTheSameAnswer(t *testing.T) {
	eachWith(t, access.Params{Limits: map[string]access.Limit{"sms.iin": {N: 2, Per: time.Hour}}}, func(t *testing.T, w *world) {
		type seen struct {
			Begun  access.Code
			Errors []string
		}
		watch := func(iin mekenjai.IIN) (s seen) {
			b := w.browser()
			note := func(err error) { s.Errors = append(s.Errors, err.Error()) }
			s.Begun = must(w.BeginSMS(ctx, b.visit, iin, "", b.client))(t)
			w.texts()
			for _, try := range []string{"000001", "000002", "000003", "000004"} {
				_, err := w.FinishSMS(ctx, b.visit, s.Begun.ID, try, b.client)
				note(err)
			}
			must(w.BeginSMS(ctx, b.visit, iin, "", b.client))(t)
			_, err := w.BeginSMS(ctx, b.visit, iin, "", b.client)
			note(err)
			return s
		}
		known := watch(aigul)
		for _, iin := range []mekenjai.IIN{berik, stranger} {
			if diff := cmp.Diff(known, watch(iin), cmpopts.IgnoreFields(access.Code{}, "ID")); diff != "" {
				t.Errorf("%s differs:\n%s", iin, diff)
			}
		}
		if n := len(w.texts()); n != 2 {
			t.Errorf("%d messages sent, want those of the one who has a phone", n)
		}
	})
}

// The answer must not wait for the Mobile Citizens Database: how long that takes
// depends on the person.
func TestTheAnswerDoesNotWaitForThePhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.work()
		w.mu.Lock() // the database hangs
		b := w.browser()
		for _, iin := range []mekenjai.IIN{aigul, stranger} {
			must(w.BeginSMS(ctx, b.visit, iin, "", b.client))(t)
		}
		if w.asked != 0 {
			t.Error("asked before the answer")
		}
		w.mu.Unlock()
		w.texts()
		if w.asked != 2 {
			t.Errorf("%d questions, want one a person", w.asked)
		}
	})
}

func TestASilentDatabaseIsAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.setSilent(true)
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		if n := len(w.texts()); n != 0 {
			t.Fatalf("%d messages", n)
		}
		w.setSilent(false)
		w.waitFor(1)
		must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
	})
}

// waitFor lets time go by until n messages were sent.
func (w *world) waitFor(n int) {
	w.t.Helper()
	for range 100 {
		if len(w.texts()) >= n {
			return
		}
		w.clock.Advance(time.Second)
		time.Sleep(20 * time.Millisecond)
	}
	w.t.Fatalf("no %d messages", n)
}

func TestOfTwoMessagesTheLastCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.lost = 1
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		w.waitFor(2)
		if first := sixDigits.FindString(w.texts()[0]); first != w.digits() {
			_, err := w.FinishSMS(ctx, b.visit, code.ID, first, b.client)
			wantLeft(t, err, 2)
		}
		must(w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client))(t)
	})
}

func TestOnlyHashesOfACodeAreStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		code := must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		digits := w.digits()
		var job string
		err := w.db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, `SELECT CAST(args AS TEXT) FROM river_job`).Scan(&job)
		})
		if err != nil || strings.Contains(job, digits) || strings.Contains(job, string(aigul)) {
			t.Errorf("the job holds %q, %v", job, err)
		}
		for _, e := range w.entries(code.ID) {
			for key, v := range e.Detail {
				if s, _ := v.(string); strings.Contains(s, digits) || strings.Contains(s, "7010000001") {
					t.Errorf("the audit holds %s=%s", key, s)
				}
			}
		}
	})
}

func TestCodesAreLimitedByPersonPhoneAndAddress(t *testing.T) {
	limits := func(person, phone, address int) access.Params {
		return access.Params{Limits: map[string]access.Limit{"sms.iin": {N: person, Per: time.Hour},
			"sms.phone": {N: phone, Per: time.Hour}, "sms.address": {N: address, Per: time.Hour}}}
	}
	ask := func(w *world, iin mekenjai.IIN) error {
		b := w.browser()
		_, err := w.BeginSMS(ctx, b.visit, iin, "", b.client)
		return err
	}
	t.Run("person", func(t *testing.T) {
		eachWith(t, limits(2, 9, 9), func(t *testing.T, w *world) {
			for range 2 {
				must(0, ask(w, stranger))(t)
			}
			err := ask(w, stranger)
			wantError(t, err, mekenjai.ErrTooMany)
			var over interface{ RetryAfter() time.Duration }
			if !errors.As(err, &over) || over.RetryAfter() != 30*time.Minute {
				t.Errorf("%v does not say to wait for half an hour", err)
			}
			must(0, ask(w, aigul))(t)
			w.clock.Advance(30 * time.Minute)
			must(0, ask(w, stranger))(t)
		})
	})
	t.Run("phone", func(t *testing.T) {
		eachWith(t, limits(9, 2, 9), func(t *testing.T, w *world) {
			for range 3 {
				must(0, ask(w, aigul))(t)
				w.texts()
			}
			if n := len(w.texts()); n != 2 {
				t.Errorf("%d messages, want 2", n)
			}
		})
	})
	t.Run("address", func(t *testing.T) {
		eachWith(t, limits(9, 9, 2), func(t *testing.T, w *world) {
			must(0, ask(w, aigul))(t)
			must(0, ask(w, berik))(t)
			wantError(t, ask(w, stranger), mekenjai.ErrTooMany)
			wantError(t, ask(w, stranger), mekenjai.ErrTooMany)
			if got := w.entries("sms.address"); len(got) != 1 || got[0].About != stranger || got[0].Outcome == audit.Done {
				t.Errorf("audit says %+v, want one entry about the first refusal", got)
			}
		})
	})
}

// A code is worth nothing after minutes, and the network may be told so.
func TestCodesMayHaveAWayOfTheirOwn(t *testing.T) {
	way := make(chan string, 9)
	p := access.Params{SendCode: func(_ context.Context, _ mekenjai.Phone, text string) error { way <- text; return nil }}
	eachWith(t, p, func(t *testing.T, w *world) {
		b := w.browser()
		must(w.BeginSMS(ctx, b.visit, aigul, "", b.client))(t)
		if others := w.texts(); len(others) != 0 || len(way) != 1 || !sixDigits.MatchString(<-way) {
			t.Errorf("%d messages by the way of notices", len(others))
		}
	})
}

func TestAMessageFitsOnePartAndWarns(t *testing.T) {
	for _, l := range locale.Langs {
		for _, text := range []string{l.T("access.sms.sign_in", "code", "123456"),
			l.T("access.sms.signing", "code", "123456", "text", "K7QM-2P9X")} {
			if n := utf8.RuneCountInString(text); n > 70 {
				t.Errorf("%s: %d letters: %s", l, n, text)
			}
		}
	}
}
