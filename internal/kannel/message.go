package kannel

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"mekenjai"
)

// coding is how the letters of a message travel, by the number that Kannel has for it.
type coding int

const (
	gsm  coding = 0 // the seven-bit alphabet of GSM 03.38: Latin, no Cyrillic
	ucs2 coding = 2 // sixteen bits a letter: everything else, Kazakh and Russian
)

// gsmLetters is the basic table of GSM 03.38. What stands in its extension ("€", "[")
// goes as UCS-2, as networks disagree about it.
const gsmLetters = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

func codingOf(text string) coding {
	for _, r := range text {
		if !strings.ContainsRune(gsmLetters, r) {
			return ucs2
		}
	}
	return gsm
}

// MostParts is how many parts a message may have: max-messages of the sendsms-user in
// Kannel's configuration must be as much, or it cuts the text off without a word.
const MostParts = 10

// Parts is how many messages of the network a text takes: a part of several gives
// six bytes to the header that joins them.
func Parts(text string) int {
	units, one, several := utf8.RuneCountInString(text), 160, 153
	if codingOf(text) == ucs2 {
		units, one, several = len(utf16.Encode([]rune(text))), 70, 67
	}
	if units <= one {
		return 1
	}
	return (units + several - 1) / several
}

// message is one text as Kannel is asked to send it: who and what are in headers and
// body, so that no server on the way writes them into its log of addresses.
type message struct {
	to       mekenjai.Phone
	text     string
	coding   coding
	validity time.Duration
}

var (
	numbers = regexp.MustCompile(`^\+7[0-9]{10}$`)
	headers = regexp.MustCompile(`^[!-~](?:[ -~]*[!-~])?$`)
)

// isHeader says that a value can travel in a header as it is.
func isHeader(value string) bool { return headers.MatchString(value) }

func compose(to mekenjai.Phone, text string, validity time.Duration) (message, error) {
	switch parts := Parts(text); {
	case !numbers.MatchString(string(to)):
		return message{}, errors.New("not a number of Kazakhstan")
	case text == "" || !utf8.ValidString(text):
		return message{}, errors.New("not a text")
	case parts > MostParts:
		return message{}, fmt.Errorf("the text takes %d parts, more than %d", parts, MostParts)
	}
	return message{to: to, text: text, coding: codingOf(text), validity: validity}, nil
}

// minutes is a validity as Kannel takes it.
func (m message) minutes() string { return strconv.Itoa(int(m.validity / time.Minute)) }
