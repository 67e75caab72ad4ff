package country

import (
	"fmt"

	"mekenjai"
)

// MakeIIN makes the number of an invented person: the check digit is right, and
// the next serial number is taken when one is never issued for having none.
func MakeIIN(born mekenjai.Date, female bool, serial int) mekenjai.IIN {
	century := 1 + 2*(born.Year/100-18)
	if female {
		century++
	}
	for ; ; serial++ {
		first := fmt.Sprintf("%02d%02d%02d%d%04d", born.Year%100, int(born.Month), born.Day, century, serial%10_000)
		for k := range 10 {
			if iin, err := mekenjai.ParseIIN(fmt.Sprint(first, k)); err == nil {
				return iin
			}
		}
	}
}

// MakeBIN makes the number of an invented organisation: a resident's head office
// founded in the month of the date.
func MakeBIN(founded mekenjai.Date, serial int) mekenjai.BIN {
	for ; ; serial++ {
		first := fmt.Sprintf("%02d%02d40%05d", founded.Year%100, int(founded.Month), serial%100_000)
		for k := range 10 {
			if bin, err := mekenjai.ParseBIN(fmt.Sprint(first, k)); err == nil {
				return bin
			}
		}
	}
}
