package demo

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/phones"
)

// phonesShown is how many messages the page of all phones shows.
const phonesShown = 100

// inbox is one phone with its owner.
type inbox struct {
	owner    country.Resident // zero for a number that is nobody's
	phone    mekenjai.Phone
	messages []phones.Message
}

// inboxes are the phones with messages, the one that rang last first.
func (f face) inboxes() []inbox {
	people := f.Country.People()
	var list []inbox
	for _, m := range f.Phones.Latest(phonesShown) {
		i := slices.IndexFunc(list, func(b inbox) bool { return b.phone == m.To })
		if i < 0 {
			b := inbox{phone: m.To}
			if j := slices.IndexFunc(people, func(p country.Resident) bool { return p.Phone == m.To }); j >= 0 {
				b.owner = people[j]
			}
			i, list = len(list), append(list, b)
		}
		list[i].messages = append(list[i].messages, m)
	}
	return list
}

func (f face) phones(w http.ResponseWriter, r *http.Request) error {
	return f.show(w, r, phonesPage(f.page(r, "demo.phones.title").AsWide(), f.inboxes()))
}

func (f face) phone(w http.ResponseWriter, r *http.Request) error {
	people := f.Country.People()
	i := slices.IndexFunc(people, func(p country.Resident) bool { return p.Key == r.PathValue("key") })
	if i < 0 {
		return mekenjai.ErrNotFound
	}
	b := inbox{owner: people[i], phone: people[i].Phone}
	if b.phone != "" {
		b.messages = f.Phones.Inbox(b.phone)
	}
	p := f.page(r, "demo.phones.of", "name", people[i].Name.String())
	return f.show(w, r, phonePage(p, b))
}

// readable groups the digits of a telephone number.
func readable(p mekenjai.Phone) string {
	if len(p) != 12 {
		return string(p)
	}
	return string(p[:2] + " " + p[2:5] + " " + p[5:8] + " " + p[8:10] + " " + p[10:])
}

var (
	linkPattern = regexp.MustCompile(`https?://[^\s]+`)
	codePattern = regexp.MustCompile(`\b[0-9]{6}\b`)
)

// linkIn is the address in a message, "" when it has none.
func linkIn(text string) string { return strings.TrimRight(linkPattern.FindString(text), ".,;:!)»") }

// codeIn is the one-time code in a message, "" when it has none.
func codeIn(text string) string {
	return codePattern.FindString(linkPattern.ReplaceAllString(text, ""))
}
