package demo

import (
	"net/http"
	"slices"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

// board is the state of the demo country on top of the first page.
type board struct {
	seat     string // whose key sits in NCALayer, "" for nobody's
	messages int
	faulty   int
}

func (f face) board(l locale.Lang) board {
	b := board{messages: len(f.Phones.Latest(phonesShown))}
	if s, ok := f.NCALayer.Seated(); ok {
		b.seat = f.seatName(l, s)
	}
	for _, p := range state.All {
		if f.Country.Fault(p).Kind != country.Works {
			b.faulty++
		}
	}
	return b
}

func (f face) home(w http.ResponseWriter, r *http.Request) error {
	return f.show(w, r, homePage(f.page(r, "demo.title").AsWide(), f, f.board(locale.From(r.Context())), deed(r)))
}

// inGroup are the stories of one shelf.
func (f face) inGroup(g country.Group) []country.Story {
	return slices.DeleteFunc(f.Country.Stories(), func(s country.Story) bool { return s.Group != g })
}

// tale is a story with its people.
type tale struct {
	country.Story
	applicant country.Resident
	answers   []answerer
	seated    bool // the applicant's key sits in NCALayer
}

// result is what the last step shows: a code of the wrong kind is refused while
// it is typed.
func (t tale) result() string {
	if t.Rule == "R24" {
		return "form"
	}
	return string(t.End)
}

// answerer is who answers a request for consent.
type answerer struct {
	country.Resident
	organisation *country.Organisation // for which he answers
	declines     bool
}

// seat is the value of the form that puts in the key of who answers.
func (a answerer) seat() string {
	if a.organisation != nil {
		return a.organisation.Key
	}
	return a.Key
}

func (f face) story(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	stories := f.Country.Stories()
	i := slices.IndexFunc(stories, func(s country.Story) bool { return s.ID == id })
	if i < 0 {
		return mekenjai.ErrNotFound
	}
	t := tale{Story: stories[i], applicant: f.resident(stories[i].Applicant)}
	for j, party := range t.Asked {
		a := answerer{Resident: f.resident(t.Signers[j]), declines: party == t.Declines}
		for _, o := range a.Heads {
			if mekenjai.PartyID(o.BIN) == party {
				a.organisation = &o
			}
		}
		t.answers = append(t.answers, a)
	}
	if s, ok := f.NCALayer.Seated(); ok {
		t.seated = s.Person.IIN == string(t.Applicant) && s.BIN == ""
	}
	p := f.page(r, t.Title())
	return f.show(w, r, storyPage(p, f, t, deed(r)))
}

// resident by his number.
func (f face) resident(iin mekenjai.IIN) country.Resident {
	people := f.Country.People()
	i := slices.IndexFunc(people, func(p country.Resident) bool { return p.IIN == iin })
	if i < 0 {
		return country.Resident{IIN: iin}
	}
	return people[i]
}

func (f face) people(w http.ResponseWriter, r *http.Request) error {
	return f.show(w, r, peoplePage(f.page(r, "demo.people.title").AsWide(), f, deed(r)))
}

// first is what a person is called among friends: the given name.
func first(r country.Resident) string { return r.Name.Given + " " + initial(r.Name.Surname) }

func initial(s string) string {
	for _, letter := range s {
		return string(letter) + "."
	}
	return ""
}

// endColour of a story's end.
func endColour(s mekenjai.State) web.Colour {
	switch s {
	case mekenjai.Registered:
		return web.Green
	case mekenjai.Refused:
		return web.Red
	}
	return web.Yellow
}
