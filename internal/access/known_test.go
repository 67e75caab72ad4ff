package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
)

const (
	oldPhone = mekenjai.Phone("+77010000001")
	newPhone = mekenjai.Phone("+77010000002")
)

// changePhone lets the database name another phone for aigul.
func (w *world) changePhone(to mekenjai.Phone) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phones[aigul] = to
}

// told counts the messages with these words that went to a phone.
func (w *world) told(to mekenjai.Phone, words string) (n int) {
	w.t.Helper()
	texts := w.texts()
	for i, text := range texts {
		if w.to[i] == to && strings.Contains(text, words) {
			n++
		}
	}
	return n
}

// code is the last code that was sent, past what was told meanwhile.
func (b *browser) code() string {
	texts := b.w.texts()
	for i := len(texts) - 1; i >= 0; i-- {
		if d := sixDigits.FindString(texts[i]); d != "" {
			return d
		}
	}
	return ""
}

func (b *browser) signIn() mekenjai.Actor {
	b.w.t.Helper()
	before := len(b.w.texts())
	code := must(b.w.BeginSMS(ctx, b.visit, aigul, "", b.client))(b.w.t)
	b.w.waitFor(before + 1)
	return must(b.w.FinishSMS(ctx, b.visit, code.ID, b.code(), b.client))(b.w.t).Actor
}

func TestAChangedPhoneSignsInButSignsNothingForThreeDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.browser().signIn()
		w.changePhone(newPhone)
		actor := w.browser().signIn()
		var held *access.HeldPhone
		_, err := w.BeginSigningCode(ctx, actor, "a1", statement)
		if !errors.As(err, &held) || !errors.Is(err, mekenjai.ErrForbidden) {
			t.Fatalf("got %v", err)
		}
		if left := held.Until.Sub(w.clock.Now()); left <= 71*time.Hour || left > 72*time.Hour {
			t.Errorf("held for %s", left)
		}
		if got := outcomes(w.entries("a1")); len(got) != 1 || got[0] != "code.ask phone_held" {
			t.Errorf("audited as %v", got)
		}
		if until := must(w.HeldUntil(ctx, aigul))(t); !until.Equal(held.Until) {
			t.Errorf("the page says %s", until)
		}
		w.clock.Set(held.Until.Add(-time.Second))
		if _, err := w.BeginSigningCode(ctx, actor, "a1", statement); !errors.As(err, &held) {
			t.Errorf("a second before: %v", err)
		}
		w.clock.Set(held.Until)
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
	})
}

func TestAChangeIsToldOnBothPhones(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.browser().signIn()
		w.changePhone(newPhone)
		w.browser().signIn()
		for _, phone := range []mekenjai.Phone{oldPhone, newPhone} {
			if n := w.told(phone, "1414"); n != 1 {
				t.Errorf("%s was told %d times: %q to %v", phone, n, w.sent, w.to)
			}
		}
		list := must(w.Contacts(ctx, aigul, newPhone))(t)
		if len(list) != 2 || list[0] != newPhone || list[1] != oldPhone {
			t.Errorf("notices go to %v", list)
		}
		w.clock.Advance(72 * time.Hour)
		if list := must(w.Contacts(ctx, aigul, newPhone))(t); len(list) != 1 {
			t.Errorf("after the hold they go to %v", list)
		}
	})
}

func TestOfSeveralChangesTheOldestPhoneIsToldAndItsReturnEndsTheHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		must(w.Contacts(ctx, aigul, oldPhone))(t)
		must(w.Contacts(ctx, aigul, newPhone))(t)
		w.clock.Advance(time.Hour)
		third := mekenjai.Phone("+77010000003")
		if list := must(w.Contacts(ctx, aigul, third))(t); len(list) != 2 || list[1] != oldPhone {
			t.Errorf("notices go to %v", list)
		}
		if list := must(w.Contacts(ctx, aigul, oldPhone))(t); len(list) != 1 || list[0] != oldPhone {
			t.Errorf("back again they go to %v", list)
		}
		if until := must(w.HeldUntil(ctx, aigul))(t); !until.IsZero() {
			t.Errorf("the old phone is held until %s", until)
		}
		w.changePhone(oldPhone)
		actor := w.browser().signIn()
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
	})
}

func TestAPhoneThatChangesAfterTheCodeWasAskedForSignsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().signIn()
		w.setSilent(true)
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t) // the database is silent: the job asks again
		w.changePhone(newPhone)
		w.setSilent(false)
		if n := w.told(newPhone, mekenjai.ShortCode(statement)); n != 0 {
			t.Errorf("the code went to the new phone")
		}
	})
}

func TestAKeyIsNotHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		must(w.Contacts(ctx, aigul, oldPhone))(t)
		must(w.Contacts(ctx, aigul, newPhone))(t)
		if _, _, err := w.browser().byEDS(key(t, aigul, pki.Options{}), ""); err != nil {
			t.Error(err)
		}
	})
}

func TestPhonesAreNotReadableInTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		must(w.Contacts(ctx, aigul, oldPhone))(t)
		must(w.Contacts(ctx, aigul, newPhone))(t)
		var phone, former string
		err := w.db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, `SELECT phone, former FROM access_phone WHERE iin = $1`, aigul).Scan(&phone, &former)
		})
		if err != nil || phone == "" || former == "" || strings.Contains(phone+former, "7701") {
			t.Errorf("%q %q %v", phone, former, err)
		}
		// Another secret, as after its loss: nothing can be compared, nobody is held.
		other := access.New(w.db, verifier(t), w.phoneOf, w.sendSMS, access.Params{Secret: []byte(strings.Repeat("x", 32))})
		if list := must(other.Contacts(ctx, berik, newPhone))(t); len(list) != 1 {
			t.Error(list)
		}
		must(w.Contacts(ctx, berik, newPhone))(t)
		if until := must(w.HeldUntil(ctx, berik))(t); !until.IsZero() {
			t.Errorf("held until %s by a change of the secret", until)
		}
	})
}

func TestASignInFromANewPlaceIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn()
		b.signIn()
		if n := w.told(oldPhone, "account/sessions"); n != 0 {
			t.Fatalf("the first and the same place were told %d times", n)
		}
		elsewhere := w.browser()
		elsewhere.client.Browser, elsewhere.client.Platform = "Chrome", "Windows"
		actor := elsewhere.signIn()
		if n := w.told(oldPhone, "Chrome, Windows"); n != 1 {
			t.Errorf("told %d times: %q", n, w.sent)
		}
		elsewhere.signIn()
		list := must(w.Remarks(ctx, actor))(t)
		if len(list) != 1 || list[0].Kind != access.NewPlace || list[0].Browser != "Chrome" {
			t.Errorf("the page shows %+v", list)
		}
	})
}

func TestNewPlacesCannotFloodAPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := key(t, aigul, pki.Options{})
		var actor mekenjai.Actor
		for _, browser := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"} {
			b := w.browser()
			b.client.Browser = browser
			in, _, err := b.byEDS(k, "")
			if err != nil {
				t.Fatal(err)
			}
			actor = in.Actor
		}
		if n := w.told(oldPhone, "account/sessions"); n != 5 {
			t.Errorf("%d messages", n)
		}
		if list := must(w.Remarks(ctx, actor))(t); len(list) != 9 {
			t.Errorf("the page shows %d", len(list))
		}
	})
}

func TestWhatIsRememberedIsForgottenInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.browser().signIn()
		w.changePhone(newPhone)
		must(w.Contacts(ctx, aigul, newPhone))(t)
		w.texts()
		w.clock.Advance(73 * time.Hour)
		must(w.Sweep(ctx))(t)
		var former string
		err := w.db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, `SELECT former FROM access_phone WHERE iin = $1`, aigul).Scan(&former)
		})
		if err != nil || former != "" {
			t.Errorf("the former phone is kept: %q %v", former, err)
		}
		w.clock.Advance(366 * 24 * time.Hour)
		must(w.Sweep(ctx))(t)
		if w.count("access_place") != 0 || w.count("access_notice") != 0 {
			t.Errorf("%d places, %d remarks", w.count("access_place"), w.count("access_notice"))
		}
		if w.count("access_phone") != 1 {
			t.Error("the known phone is forgotten too")
		}
	})
}
