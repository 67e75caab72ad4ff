package mekenjai

import "strconv"

// Tenge is an amount of money in whole tenge: fines and the monthly calculation
// index have no tiyn.
type Tenge int64

// Times is n times the amount.
func (t Tenge) Times(n int) Tenge { return t * Tenge(n) }

// String groups the digits by three with non-breaking spaces, as all three
// languages do, and names the currency: "30 275 ₸".
func (t Tenge) String() string {
	digits := strconv.FormatInt(int64(t), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "−", digits[1:]
	}
	out := ""
	for len(digits) > 3 {
		out = "\u00a0" + digits[len(digits)-3:] + out
		digits = digits[:len(digits)-3]
	}
	return sign + digits + out + "\u00a0₸"
}
