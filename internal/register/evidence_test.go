package register_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// What went over the bus is kept with what came back: the message as it may be
// shown, and the hash of the bytes that really went. A question that did not
// travel has neither.
func TestQuestionThatTravelledIsKeptWithItsAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sent, shown := sha256.Sum256([]byte("with the password")), []byte("<message>***</message>")
		ask := w.register.Peers.Property
		w.register.Peers.Property = func(ctx context.Context, arc mekenjai.ARC) (state.Reply[state.Property], error) {
			r, err := ask(ctx, arc)
			r.Request, r.RequestSHA256 = shown, sent
			return r, err
		}
		a, number := w.referred()
		d, err := w.register.Dossier(t.Context(), w.staff("gaukhar"), number)
		if err != nil {
			t.Fatal(err)
		}
		travelled := 0
		for _, x := range d.Answers {
			if bytes.Equal(x.Question, sent[:]) != (x.Peer == string(state.Properties)) {
				t.Errorf("the answer of %s has the question %x", x.Peer, x.Question)
			}
			if x.Question != nil {
				travelled++
			}
		}
		if travelled == 0 || travelled == len(d.Answers) {
			t.Errorf("%d of %d questions travelled", travelled, len(d.Answers))
		}
		var kept []byte
		if err := w.db.Read(t.Context(), func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT request FROM reply WHERE application = $1 AND peer = $2 ORDER BY id LIMIT 1`, a.ID, state.Properties).Scan(&kept)
		}); err != nil || !bytes.Equal(kept, shown) {
			t.Errorf("kept %q, %v", kept, err)
		}
	})
}
