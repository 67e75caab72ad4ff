package certificate

import (
	"io"
	"time"

	"mekenjai/internal/locale"
)

// Print is a frozen text on paper: to be signed by hand at a counter, or to be
// handed out.
type Print struct {
	Title    string // in the language of the paper
	Number   string
	At       time.Time
	Text     []byte   // the exact bytes
	Lines    []string // who signs by hand, each beside a line of his own
	Note     string   // what the paper means
	Specimen bool
}

// Printed prints a frozen text letter by letter, its short code, and lines to sign
// on.
func Printed(w io.Writer, d Print, lang locale.Lang) error {
	p := newPaper(lang, d.Title+" № "+d.Number, d.Title+" № "+d.Number, d.At)
	p.specimen = d.Specimen
	p.text(titleFace, margin, textWidth, d.Title)
	p.gap(1)
	p.text(face{family, bold, 11.5, 6, turquoise}, margin, textWidth, "№ "+d.Number+" · "+lang.DateTime(d.At))
	p.gap(4)
	p.frozenText(string(d.Text))
	p.sealPanel(d.Text, lang.T("certificate.receipt.code"), lang.T("certificate.print.code.text"))
	for _, who := range d.Lines {
		p.signHere(who)
	}
	if d.Note != "" {
		p.gap(4)
		p.text(smallFace, margin, textWidth, d.Note)
	}
	return p.finish(w, d.Title)
}

// signHere is a line for a signature by hand, with its day.
func (p *paper) signHere(who string) {
	const day = 40.0
	p.gap(4)
	p.need(26)
	p.text(strong, margin, textWidth, who)
	p.SetY(p.GetY() + 9)
	y := p.GetY()
	p.draw(ink)
	p.SetLineWidth(0.3)
	p.Line(margin, y, pageWidth-margin-day-6, y)
	p.Line(pageWidth-margin-day, y, pageWidth-margin, y)
	p.SetY(y + 0.8)
	p.text(labelFace, margin, textWidth-day-6, p.lang.T("certificate.print.signature"))
	p.SetY(y + 0.8)
	p.text(labelFace, pageWidth-margin-day, day, p.lang.T("certificate.print.day"))
}
