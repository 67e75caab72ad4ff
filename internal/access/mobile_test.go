package access_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
)

var order = access.MobileOrder{Kind: "application", Subject: "a1", Text: statement, Back: "/back", Done: "/done"}

// accepts is a verb that is content; asked counts.
func accepts(asked *int) access.MobileVerb {
	return func(context.Context, access.Mobile) (string, error) { *asked++; return "/receipt", nil }
}

func refuses(err error) access.MobileVerb {
	return func(context.Context, access.Mobile) (string, error) { return "", err }
}

// wish is one of aigul's, opened by a phone.
func (w *world) wish(actor mekenjai.Actor) (m access.Mobile, token string) {
	w.t.Helper()
	id := must(w.BeginMobile(ctx, actor, order))(w.t)
	m = must(w.MobileOf(ctx, actor, id))(w.t)
	_, token, err := w.OpenMobile(ctx, m.Link, access.Client{})
	must(0, err)(w.t)
	return m, token
}

func TestAWishIsSignedOnceByTheTokenOfItsPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor, asked := w.browser().bySMS("").Actor, 0
		m, token := w.wish(actor)
		read := must(w.ReadMobile(ctx, m.Link, token))(t)
		if string(read.Text) != string(statement) || read.Actor.IIN != aigul || read.Opened.IsZero() {
			t.Errorf("the phone reads %+v", read)
		}
		_, err := w.ReadMobile(ctx, m.Link, token+"x")
		wantError(t, err, mekenjai.ErrSignIn)
		_, err = w.ReadMobile(ctx, m.Link, "")
		wantError(t, err, mekenjai.ErrSignIn)
		wantError(t, w.SignMobile(ctx, m.Link, "", []byte("cms"), accepts(&asked)), mekenjai.ErrSignIn)
		for range 3 {
			must(0, w.SignMobile(ctx, m.Link, token, []byte("cms"), accepts(&asked)))(t)
		}
		wantError(t, w.SignMobile(ctx, m.Link, token, []byte("another"), accepts(&asked)), mekenjai.ErrStale)
		_, _, err = w.OpenMobile(ctx, m.Link, access.Client{})
		wantError(t, err, mekenjai.ErrStale)
		if m = must(w.MobileOf(ctx, actor, m.ID))(t); asked != 1 || m.Signed.IsZero() || m.Done != "/receipt" || len(m.Text) != 0 {
			t.Errorf("the verb was asked %d times; %+v", asked, m)
		}
	})
}

func TestALinkIsNeitherGuessedNorStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m, token := w.wish(w.browser().bySMS("").Actor)
		for _, link := range []string{"", "x", m.ID, m.Link[:len(m.Link)-1], "B" + m.Link[1:], m.Link + "A", strings.Repeat("A", len(m.Link))} {
			_, _, err := w.OpenMobile(ctx, link, access.Client{})
			wantError(t, err, mekenjai.ErrNotFound)
		}
		must(0, w.db.Read(ctx, func(tx database.Tx) error {
			var n int
			err := tx.QueryRow(ctx, `SELECT count(*) FROM access_mobile WHERE id = $1 OR back = $1 OR token_hash = $2`, m.Link, []byte(token)).Scan(&n)
			if n != 0 {
				t.Error("the link or the token can be read in the database")
			}
			return err
		}))(t)
	})
}

func TestAWishEndsWithItsTimeItsSessionItsSuccessorAndTooManyTries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := 0
		over := func(what string, m access.Mobile, token string) {
			t.Helper()
			if err := w.SignMobile(ctx, m.Link, token, []byte("cms"), accepts(&asked)); !errors.Is(err, mekenjai.ErrStale) || asked != 0 {
				t.Errorf("%s: %v, asked %d", what, err, asked)
			}
		}
		actor := w.browser().bySMS("").Actor
		m, token := w.wish(actor)
		w.clock.Advance(5 * time.Minute)
		over("late", m, token)
		m, token = w.wish(actor)
		w.wish(actor)
		over("replaced", m, token)
		m, token = w.wish(actor)
		for range 10 {
			err := w.SignMobile(ctx, m.Link, token, []byte("cms"), refuses(&mekenjai.SignatureError{Code: "signer"}))
			var wrong *mekenjai.SignatureError
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
		}
		if seen := must(w.MobileOf(ctx, actor, m.ID))(t); seen.Refused != "signer" || seen.IsOpen() {
			t.Errorf("after ten tries: %+v", seen)
		}
		over("tried too often", m, token)
		m, token = w.wish(actor)
		err := w.SignMobile(ctx, m.Link, token, []byte("cms"), refuses(mekenjai.ErrConflict))
		wantError(t, err, mekenjai.ErrStale)
		over("overtaken", m, token)
		m, token = w.wish(actor)
		must(0, w.SignOut(ctx, actor))(t)
		over("signed out", m, token)
	})
}

func TestAFaultOfOursLeavesTheWishOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked, fault := 0, errors.New("away")
		m, token := w.wish(w.browser().bySMS("").Actor)
		wantError(t, w.SignMobile(ctx, m.Link, token, []byte("cms"), refuses(fault)), fault)
		must(0, w.SignMobile(ctx, m.Link, token, []byte("cms"), accepts(&asked)))(t)
	})
}

func TestWishesAreOfOnePersonInOneBrowserAndAreLimited(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		m, _ := w.wish(actor)
		elsewhere, somebody, firm := actor, actor, actor
		elsewhere.Session, somebody.IIN, firm.BIN = "other", berik, "050140000011"
		for _, other := range []mekenjai.Actor{elsewhere, somebody} {
			_, err := w.MobileOf(ctx, other, m.ID)
			wantError(t, err, mekenjai.ErrNotFound)
		}
		_, err := w.BeginMobile(ctx, firm, order)
		wantError(t, err, mekenjai.ErrForbidden)
		for range 29 {
			must(w.BeginMobile(ctx, actor, order))(t)
		}
		_, err = w.BeginMobile(ctx, actor, order)
		wantError(t, err, mekenjai.ErrTooMany)
		w.clock.Advance(2 * time.Hour)
		must(w.Sweep(ctx))(t)
		_, err = w.MobileOf(ctx, actor, m.ID)
		wantError(t, err, mekenjai.ErrNotFound)
	})
}
