package portal

import (
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/internal/web"
)

// terms are the numbers of the law in force that the pages name.
type terms struct {
	MinAge, SelfFilingAge int
	MonthsMin, MonthsMax  int
	LateDays              int
	ObjectionDays         int // working days
	Consent, Promise      time.Duration
}

func (p *Portal) terms() (terms, error) {
	in, err := p.Register.Parameters(p.today())
	return terms{MinAge: in.MinAge, SelfFilingAge: in.SelfFilingAge, MonthsMin: in.MonthsMin, MonthsMax: in.MonthsMax,
		LateDays: in.LateDays, ObjectionDays: in.ObjectionDays, Consent: time.Duration(in.ConsentMinutes) * time.Minute, Promise: mekenjai.Promise}, err
}

// today is the day in Almaty by the register's clock.
func (p *Portal) today() mekenjai.Date { return mekenjai.DateOf(p.Register.Clock()) }

// service says what the service is before anybody signs in.
func (p *Portal) service(w http.ResponseWriter, r *http.Request) error {
	t, err := p.terms()
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "portal.service.title"))
	return web.Render(w, r, http.StatusOK, servicePage(page, t))
}
