package certificate

import (
	"io"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Data is what a certificate of temporary registration says.
type Data struct {
	Registration mekenjai.Registration
	Body         mekenjai.Text // who registers; empty: the migration service of the place
	Code         string        // of the public check
	CheckURL     string        // the whole address that the code to scan carries
	Specimen     bool          // of the demo country: marked as proving nothing
}

// Registration prints the certificate in the language of its person, with the
// address in both languages of the state. Whether it still holds is told by the
// public check of its code only, and it says so.
func Registration(w io.Writer, d Data, lang locale.Lang) error {
	r := d.Registration
	title := lang.T("certificate.registration.title")
	p := newPaper(lang, title+" № "+r.Number, title+" № "+r.Number, r.FixedAt)
	p.specimen = d.Specimen
	p.text(titleFace, margin, textWidth, title)
	p.gap(1)
	p.text(face{family, bold, 11.5, 6, turquoise}, margin, textWidth, "№ "+r.Number)
	p.gap(6)
	p.text(bodyFace, margin, textWidth, lang.T("certificate.registration.lead"))
	p.gap(1.5)
	p.text(nameFace, margin, textWidth, r.Name.String())
	p.gap(4)
	p.rule(sandLine)
	p.row(lang.T("certificate.registration.iin"), string(r.Person), bodyFace)
	p.row(lang.T("certificate.registration.period"), period(lang, r.Period), strong)
	p.row("Мекенжай", r.Dwelling.Address.KK, bodyFace)
	p.row("Адрес", r.Dwelling.Address.RU, bodyFace)
	p.row(lang.T("certificate.registration.arc"), string(r.Dwelling.ARC), bodyFace)
	p.row(lang.T("certificate.registration.fixed"), lang.DateTime(r.FixedAt), bodyFace)
	p.row(lang.T("certificate.registration.body"), bodyName(lang, d.Body), bodyFace)
	p.gap(4)
	p.text(smallFace, margin, textWidth, lang.T("certificate.registration.meaning"))
	if err := p.checkPanel(d); err != nil {
		return err
	}
	return p.finish(w, "certificate of registration")
}

func period(l locale.Lang, p mekenjai.Period) string {
	return l.T("certificate.registration.term", "from", l.DayFrom(p.From), "until", l.DayUntil(p.To))
}

func bodyName(l locale.Lang, body mekenjai.Text) string {
	if body == (mekenjai.Text{}) {
		return l.T("certificate.body")
	}
	return body.In(string(l))
}

// checkPanel tells how anybody sees whether the entry is in force: at the bottom
// of the page, where people look for a seal.
func (p *paper) checkPanel(d Data) error {
	const height, side = 58.0, 42.0
	first := p.PageNo()
	p.need(height + 6)
	top := p.GetY()
	if p.PageNo() == first {
		top = max(top+6, pageHeight-bottom-height-4)
	}
	p.fill(sandLight)
	p.draw(sandLine)
	p.SetLineWidth(0.3)
	p.RoundedRect(margin, top, textWidth, height, 2, "1234", "FD")
	p.fill(white)
	p.Rect(margin+7, top+(height-side-6)/2, side+6, side+6, "F")
	if err := p.drawQR(d.CheckURL, margin+10, top+(height-side)/2, side); err != nil {
		return err
	}
	p.LinkString(margin+7, top+(height-side-6)/2, side+6, side+6, d.CheckURL)
	x, width := margin+side+20, textWidth-side-27
	p.SetY(top + 7)
	p.text(headFace, x, width, p.lang.T("certificate.check.title"))
	p.gap(1)
	p.text(codeFace, x, width, d.Code)
	p.gap(1)
	p.text(face{family, plain, 7.6, 4, turquoise}, x, width, d.CheckURL)
	p.gap(2)
	p.text(smallFace, x, width, p.lang.T("certificate.check.text"))
	return nil
}
