package access

import (
	"context"
	"fmt"

	"mekenjai"
	"mekenjai/internal/database"
)

// ResendSMS asks for another code for the person, the thing and the browser of the
// code codeID, so that nobody types his number twice and no page carries it. It
// counts and answers as BeginSMS does. mekenjai.ErrStale when there is no such code
// any more, or it is another browser's: then the number must be typed again.
func (a *Access) ResendSMS(ctx context.Context, visit, codeID string, c Client) (Code, error) {
	holder, err := browserOf(visit)
	if err != nil {
		return Code{}, err
	}
	var o order
	err = a.db.Read(ctx, func(tx database.Tx) (err error) {
		o, err = find(ctx, tx, `id = $1 AND kind = $2`, codeID, kindSignIn)
		return err
	})
	if err != nil {
		return Code{}, fmt.Errorf("resend a sign-in code: %w", err)
	}
	if !o.belongs(holder, nil) {
		return Code{}, fmt.Errorf("resend code %s: %w", codeID, mekenjai.ErrStale)
	}
	return a.BeginSMS(ctx, visit, o.iin, o.subject, c)
}
