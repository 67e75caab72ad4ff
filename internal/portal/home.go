package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

// home is the page of a person's addresses.
type home struct {
	register.Residence
	Address mekenjai.Dwelling // of the permanent line
	Checks  []time.Time       // of the person's certificates
}

// residence shows the permanent and the temporary lines.
func (p *Portal) residence(w http.ResponseWriter, r *http.Request) error {
	actor, err := ownAccount(w, r)
	if err != nil || actor.BIN != "" {
		return err
	}
	ctx := r.Context()
	h := home{}
	if h.Residence, err = p.Register.Residence(ctx, actor); err != nil {
		return err
	}
	if h.Permanent != nil {
		if h.Address, err = p.permanent(ctx, *h.Permanent); err != nil {
			return err
		}
	}
	if h.Checks, err = p.Register.Checks(ctx, actor); err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "account.address.title")).WithBack("/account")
	return web.Render(w, r, http.StatusOK, residencePage(page, h))
}

// permanent is the permanent address as the address register writes it; a line
// without a code that it knows is told in the words of the register of persons.
func (p *Portal) permanent(ctx context.Context, a state.PersonAddress) (mekenjai.Dwelling, error) {
	d, _, err := p.Addresses.Resolve(ctx, a.ARC)
	if err == nil || !errors.Is(err, mekenjai.ErrNotFound) {
		return d, err
	}
	line := func(l locale.Lang) string {
		var parts []string
		for _, part := range []string{a.Country.Text().In(string(l)), a.District.Text().In(string(l)), a.Region.Text().In(string(l)),
			a.City, a.Street, a.Building, a.Corpus, a.Flat} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		return strings.Join(parts, ", ")
	}
	return mekenjai.Dwelling{ARC: a.ARC, Address: mekenjai.Text{KK: line(locale.KK), RU: line(locale.RU)}}, nil
}

// entryRows are one temporary line. An entry whose last day is over is told as
// ended, though the sweep that closes it may come a moment later.
func (h home) entryRows(l locale.Lang, e mekenjai.Registration) []web.Row {
	rows := []web.Row{
		{Key: l.T("account.address.state"), Content: web.Tag(standingColour(h.standing(e)), l.T("life.standing."+string(h.standing(e))))},
		{Key: l.T("portal.answer.dwelling"), Content: addressOf(e.Dwelling)},
		{Key: l.T("account.address.period"), Value: l.DayFrom(e.Period.From) + " " + l.DayUntil(e.Period.To)},
		{Key: l.T("account.address.fixed"), Value: l.DateTime(e.FixedAt)},
	}
	if e.EndReason != "" {
		rows = append(rows, web.Row{Key: l.T("account.address.ended"), Value: l.DateTime(e.EndedAt) + "\n" + l.T("account.end."+string(e.EndReason))})
	}
	if e.State == mekenjai.EntryEnded {
		rows = append(rows, web.Row{Key: l.T("life.row.page"), Content: web.Link(l.T("life.open"), entryPath(e.Number))})
	}
	if e.Application != "" {
		rows = append(rows, web.Row{Key: l.T("account.address.application"), Content: web.Link(l.T("account.address.open"), casePath(e.Application))})
	}
	return rows
}

func (h home) standing(e mekenjai.Registration) mekenjai.Standing {
	return e.StandingOn(mekenjai.DateOf(h.Now))
}

func (h home) isCurrent(e mekenjai.Registration) bool { return e.IsValidOn(mekenjai.DateOf(h.Now)) }

// certificateFile is where the certificate of an entry is, in one language.
type certificateFile struct {
	Lang locale.Lang
	Href string
}

func certificates(number string) []certificateFile {
	var list []certificateFile
	for _, l := range locale.Langs {
		list = append(list, certificateFile{l, "/certificates/" + url.PathEscape(number) + "/" + string(l) + ".pdf"})
	}
	return list
}

// property shows what the reader owns and who is registered there.
func (p *Portal) property(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	estate, err := p.Register.Estate(r.Context(), actor)
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "account.property.title")).WithBack("/account")
	return web.Render(w, r, http.StatusOK, propertyPage(page, estate))
}

// area is a number of square metres as people write it.
func area(m2 float64) string { return strconv.FormatFloat(m2, 'f', -1, 64) }

// holding is what of the dwelling is the reader's, as far as the cadastre says,
// and its code.
func holding(l locale.Lang, d register.OwnedDwelling) string {
	arc := l.T("portal.dwelling.arc", "arc", grouped(string(d.Dwelling.ARC)))
	switch {
	case d.Share.Denominator == 0:
		return arc
	case d.Share.Numerator == d.Share.Denominator:
		return l.T("account.share_whole") + " · " + arc
	}
	return l.T("account.share", "share", d.Share.String()) + " · " + arc
}
