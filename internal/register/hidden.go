package register

import (
	"context"
	"fmt"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
)

// A person whose data is sealed answers everywhere as one who does not exist. The
// seal is no branch of the code that could be forgotten, take another time or say
// another word: it is one predicate, which stands in the queries themselves, so
// that what is sealed and what is not there give the same empty answer to the
// same statement. The person's own account never asks it, nor do the rules: the
// entry counts for the norm of the capital all the same.

// visible is the predicate that the person of a column is not sealed, or that the
// viewer has passed the seal. It takes two placeholders, first for the instant in
// microseconds and the next for the viewer's IIN, "" for everybody else.
// The column is named with its table: a bare name would mean the predicate's own.
func visible(column string, first int) string {
	if !strings.ContainsAny(column, ".$") {
		panic("register: visible asks for a column with its table")
	}
	return fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM protection hp WHERE hp.person = %[1]s AND hp.state IN ('sealed', 'opening')
		AND hp.until_at > $%[2]d AND NOT EXISTS (SELECT 1 FROM protection_pass hw WHERE hw.protection = hp.id
		AND hw.officer = $%[3]d AND hw.until_at > $%[2]d))`, column, first, first+1)
}

// isVisible asks the predicate for one person. The viewer is "" for the public, an
// owner, another citizen.
func isVisible(ctx context.Context, tx database.Tx, person, viewer mekenjai.IIN) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 AS one) AS a WHERE `+visible("$3", 1), now(tx), viewer, person).Scan(&n)
	return n == 1, err
}
