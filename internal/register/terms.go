package register

import (
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
)

// terms are the numbers of the law on the day of the transaction.
func (r *Register) terms(tx database.Tx) (rules.Parameters, error) {
	return r.Parameters(mekenjai.DateOf(tx.Now()))
}

// checkEvery is how often the register of persons is asked about who has a current
// entry, and the cadastre about who owns the dwelling: no law gives a number, and
// the state's systems send no events yet.
const checkEvery = 24 * time.Hour

// silentWait is how soon a register that was silent is asked again about what no
// person waits for.
const silentWait = 5 * time.Minute
