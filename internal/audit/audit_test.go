package audit_test

import (
	"context"
	"errors"
	"testing"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

func TestAnEntryIsWrittenWithItsDeedOrNotAtAll(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ctx := context.Background()
		actor := mekenjai.Actor{IIN: "791028302728", BIN: "050140000016", Session: "s"}
		undone := errors.New("undone")
		err := db.Transact(ctx, func(tx database.Tx) error {
			if err := audit.Write(ctx, tx, audit.By(actor, "application.submit", "a1")); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatalf("got %v, want the closure's error", err)
		}
		err = db.Transact(ctx, func(tx database.Tx) error {
			e := audit.By(actor, "consent.agree", "a1").Concerning("791028302728").With("round", 2).Refused("signer")
			return audit.Write(ctx, tx, e)
		})
		if err != nil {
			t.Fatal(err)
		}
		var entries []audit.Entry
		err = db.Read(ctx, func(tx database.Tx) (err error) {
			entries, err = audit.Of(ctx, tx, "a1", 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 1 {
			t.Fatalf("%d entries, want the committed one", len(entries))
		}
		e := entries[0]
		if e.Verb != "consent.agree" || e.Actor != "050140000016" || e.Person != "791028302728" ||
			e.Outcome != "signer" || e.Detail["round"] != 2.0 || !e.At.Equal(clock.Now()) {
			t.Errorf("unexpected entry %+v", e)
		}
	})
}
