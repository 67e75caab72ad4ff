package database_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// where reads a thing by ReadStale and says whether a standby answered.
func where(t *testing.T, db *database.DB, id string) (note string, standby bool) {
	t.Helper()
	before := db.Stats().StaleReads
	err := db.ReadStale(t.Context(), func(tx database.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT note FROM thing WHERE id = $1`, id).Scan(&note)
	})
	if err != nil {
		t.Fatal(err)
	}
	return note, db.Stats().StaleReads > before
}

func TestAStandbyAnswersWhileItIsFreshAndOnlyWhatItHas(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts two servers")
	}
	primary, err := databasetest.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	defer primary.Stop()
	replica, err := primary.Standby()
	if err != nil {
		t.Fatal(err)
	}
	defer replica.Stop()
	db, err := database.Open(t.Context(), primary.URL, database.Options{Standbys: []string{replica.URL, "postgres://nobody@127.0.0.1:1/none"},
		Staleness: 2 * time.Second, Logger: slog.New(slog.DiscardHandler), Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO thing (id, note) VALUES ('a', 'old')`)
	eventually(t, "the standby answers", func() bool {
		note, standby := where(t, db, "a")
		return standby && note == "old"
	})

	// What has not arrived there is found on the primary.
	admin, err := pgx.Connect(t.Context(), replica.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	if _, err := admin.Exec(t.Context(), `SELECT pg_wal_replay_pause()`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replay stands", func() bool {
		var state string
		return admin.QueryRow(t.Context(), `SELECT pg_get_wal_replay_pause_state()`).Scan(&state) == nil && state == "paused"
	})
	exec(t, db, `INSERT INTO thing (id, note) VALUES ('b', 'new')`)
	if note, standby := where(t, db, "b"); note != "new" || standby {
		t.Errorf("what is new is %q, from the standby: %v", note, standby)
	}
	// It falls behind and is asked no more.
	exec(t, db, `UPDATE thing SET note = 'changed' WHERE id = 'a'`)
	eventually(t, "the standby is too old", func() bool {
		note, standby := where(t, db, "a")
		return !standby && note == "changed"
	})
	if _, err := admin.Exec(t.Context(), `SELECT pg_wal_replay_resume()`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the standby answers again", func() bool {
		note, standby := where(t, db, "a")
		return standby && note == "changed"
	})

	// It dies, and nobody notices.
	if err := replica.Stop(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if note, standby := where(t, db, "a"); note != "changed" || standby {
			t.Fatalf("after its end: %q, from the standby: %v", note, standby)
		}
	}
	if lags := db.Lags(); len(lags) != 2 || lags[0].Behind < time.Second || lags[1].Standby != "127.0.0.1:1" {
		t.Errorf("lags %v", lags)
	}
}
