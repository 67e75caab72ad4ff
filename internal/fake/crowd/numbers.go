package crowd

import (
	"fmt"
	"strconv"
	"time"

	"mekenjai"
)

// Birthdays lie on these days, so that everybody is of age and nobody very old.
var (
	firstBirthday = time.Date(1955, 1, 1, 0, 0, 0, 0, time.UTC)
	birthdays     = int(time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Sub(firstBirthday).Hours() / 24)
)

// IIN is the number of person i. Neighbours are born a day apart; women and men
// take turns after all birthdays are through. Of two serial numbers that follow
// one another at least one has a check digit, so each person has a pair to
// himself: the first of it that is ever issued.
func IIN(i int) mekenjai.IIN {
	day, woman, pair := i%birthdays, i/birthdays%2 == 1, i/birthdays/2
	born := firstBirthday.AddDate(0, 0, day)
	century := 1 + 2*(born.Year()/100-18)
	if woman {
		century++
	}
	return firstIssued(born.Format("060102")+strconv.Itoa(century), 2*pair)
}

// firstIssued is the number with the serial, or with the next one if that has no
// check digit.
func firstIssued(prefix string, serial int) mekenjai.IIN {
	for ; ; serial++ {
		first := fmt.Sprintf("%s%04d", prefix, serial)
		for k := range 10 {
			if iin, err := mekenjai.ParseIIN(first + strconv.Itoa(k)); err == nil {
				return iin
			}
		}
	}
}

// numbered is the person with the number, were there as many people as numbers;
// false for a number that IIN gives nobody.
func numbered(iin mekenjai.IIN) (i int, ok bool) {
	born, ok := iin.BirthDate()
	if !ok {
		return 0, false
	}
	at := time.Date(born.Year, born.Month, born.Day, 0, 0, 0, 0, time.UTC)
	day := int(at.Sub(firstBirthday).Hours() / 24)
	serial, err := strconv.Atoi(string(iin[7:11]))
	if at.Before(firstBirthday) || day >= birthdays || err != nil {
		return 0, false
	}
	i = (serial/2*2+int(iin[6]-'1')%2)*birthdays + day
	return i, IIN(i) == iin
}

// phonePrefix begins the telephones of the crowd; no other has it.
const phonePrefix = "+771"

func phoneOf(i int) mekenjai.Phone { return mekenjai.Phone(fmt.Sprintf("%s%08d", phonePrefix, i)) }
