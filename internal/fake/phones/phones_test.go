package phones

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"mekenjai"
)

const one, two = mekenjai.Phone("+77000000001"), mekenjai.Phone("+77000000002")

func TestInboxShowsTheNewestFirstAndOnlyItsOwn(t *testing.T) {
	c := New(nil)
	for i, to := range []mekenjai.Phone{one, two, one} {
		if err := c.Send(t.Context(), to, fmt.Sprint("текст ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Inbox(one); len(got) != 2 || got[0].Text != "текст 2" || got[1].Text != "текст 0" {
		t.Errorf("inbox %v", got)
	}
	if got := c.Latest(2); len(got) != 2 || got[0].Text != "текст 2" || got[1].Text != "текст 1" {
		t.Errorf("latest %v", got)
	}
}

func TestInboxesDoNotGrowWithoutEnd(t *testing.T) {
	c := New(nil)
	for i := range Kept + 10 {
		_ = c.Send(t.Context(), one, fmt.Sprint(i))
	}
	if got := c.Inbox(one); len(got) != Kept || got[0].Text != fmt.Sprint(Kept+9) {
		t.Errorf("%d messages, newest %q", len(got), got[0].Text)
	}
	for i := range Inboxes {
		_ = c.Send(t.Context(), mekenjai.Phone(fmt.Sprintf("+7711%07d", i)), "x")
	}
	if len(c.inboxes) != Inboxes || c.inboxes[one] != nil {
		t.Errorf("%d inboxes, the quiet one is still there: %v", len(c.inboxes), c.inboxes[one] != nil)
	}
}

func TestTelephoneOutOfReachFailsTheSending(t *testing.T) {
	c := New(nil)
	c.Switch(one, true)
	if err := c.Send(t.Context(), one, "x"); !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	c.Switch(one, false)
	if err := c.Send(t.Context(), one, "x"); err != nil {
		t.Error(err)
	}
	if err := c.Send(t.Context(), "12", "x"); err == nil {
		t.Error("sent to no number")
	}
}

func TestWaitWakesForTheNextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(nil)
		_ = c.Send(t.Context(), one, "old")
		got := make(chan Message)
		go func() {
			m, _ := c.Wait(t.Context(), one, 1)
			got <- m
		}()
		synctest.Wait()
		_ = c.Send(t.Context(), two, "not for one")
		_ = c.Send(t.Context(), one, "new")
		if m := <-got; m.Text != "new" {
			t.Errorf("got %q", m.Text)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Wait(ctx, two, 99); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
