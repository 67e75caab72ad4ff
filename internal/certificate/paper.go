// Package certificate prints the papers that the service gives to people:
// the certificate of an entry, the act of a refusal, the copy of what was
// signed. It hides the page: fonts that have every Kazakh letter, wrapping, the
// mark, the code to scan. The same content gives the same bytes, so that a copy
// can be compared by its hash, and nothing is fetched from anywhere.
package certificate

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-fonts/dejavu/dejavuserifbold"
	"codeberg.org/go-pdf/fpdf"

	"mekenjai/internal/locale"
)

// The page, in millimetres.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 22.0
	textWidth  = pageWidth - 2*margin
	headHeight = 30.0 // the band on the first page
	bottom     = 20.0 // kept free for the foot
)

// The faces.
const (
	plain  = ""
	bold   = "B"
	serif  = "serif"
	family = "sans"
)

// colour is one of the house's, as in the style sheets of the pages.
type colour [3]int

var (
	turquoise = colour{0x00, 0x6d, 0x77}
	deep      = colour{0x00, 0x55, 0x5e}
	night     = colour{0x00, 0x3d, 0x44}
	mist      = colour{0xe6, 0xf3, 0xf3}
	sand      = colour{0xf2, 0xc8, 0x79}
	sandLight = colour{0xfb, 0xf6, 0xec}
	sandLine  = colour{0xe2, 0xd3, 0xb4}
	ink       = colour{0x14, 0x21, 0x1f}
	inkSoft   = colour{0x47, 0x52, 0x4f}
	white     = colour{255, 255, 255}
)

// paper is a document in the making. Text is set from the top down in the order
// in which it is read, which is also the order in the file.
type paper struct {
	*fpdf.Fpdf
	lang     locale.Lang
	foot     string // left in the foot of each page
	specimen bool
}

// newPaper begins a document with its first page. at stands in for the time of
// making: the moment of the deed that the paper tells of.
func newPaper(lang locale.Lang, title, foot string, at time.Time) *paper {
	p := &paper{Fpdf: fpdf.New("P", "mm", "A4", ""), lang: lang, foot: foot}
	p.SetCatalogSort(true)
	p.SetCreationDate(at.UTC())
	p.SetModificationDate(at.UTC())
	p.SetLang(string(lang))
	p.SetTitle(title, true)
	p.SetAuthor("Mekenjai", true)
	p.SetCreator("Mekenjai", true)
	p.SetProducer("Mekenjai", true)
	p.SetXmpMetadata([]byte(metadata(lang, title)))
	p.SetDisplayMode("real", "continuous")
	p.AddUTF8FontFromBytes(family, plain, dejavusans.TTF)
	p.AddUTF8FontFromBytes(family, bold, dejavusansbold.TTF)
	p.AddUTF8FontFromBytes(serif, bold, dejavuserifbold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(false, 0)
	p.SetFooterFunc(p.drawFoot)
	p.AliasNbPages("{pages}")
	p.AddPage()
	p.drawHead()
	return p
}

// metadata repeats the title and the language for readers that look there.
func metadata(lang locale.Lang, title string) string {
	return fmt.Sprintf(`<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`,
		lang, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(title))
}

// finish writes the document.
func (p *paper) finish(w io.Writer, what string) error {
	if err := p.Output(w); err != nil {
		return fmt.Errorf("print %s: %w", what, err)
	}
	return nil
}

func (p *paper) ink(c colour)  { p.SetTextColor(c[0], c[1], c[2]) }
func (p *paper) fill(c colour) { p.SetFillColor(c[0], c[1], c[2]) }
func (p *paper) draw(c colour) { p.SetDrawColor(c[0], c[1], c[2]) }

// face is how a text is set.
type face struct {
	family, style string
	size          float64 // points
	leading       float64 // millimetres
	colour        colour
}

var (
	titleFace = face{serif, bold, 19, 8.6, night}
	headFace  = face{family, bold, 10.5, 5.6, deep}
	bodyFace  = face{family, plain, 10, 5.4, ink}
	strong    = face{family, bold, 10, 5.4, ink}
	nameFace  = face{family, bold, 15, 7, ink}
	labelFace = face{family, plain, 8.2, 4.6, inkSoft}
	smallFace = face{family, plain, 8, 4.3, inkSoft}
	codeFace  = face{family, bold, 13, 6.6, night}
)

func (p *paper) set(f face) {
	p.SetFont(f.family, f.style, f.size)
	p.ink(f.colour)
}

// lines wraps a text to a width; words that are too long are broken.
func (p *paper) lines(f face, width float64, text string) []string {
	p.set(f)
	var lines []string
	for part := range strings.SplitSeq(printable(text), "\n") {
		split := p.SplitText(part, width)
		if len(split) == 0 {
			split = []string{""}
		}
		for _, line := range split {
			lines = append(lines, strings.TrimRightFunc(line, unicode.IsSpace))
		}
	}
	return lines
}

// text sets wrapped text at x, going on to further pages, and leaves the place
// below it current.
func (p *paper) text(f face, x, width float64, text string) {
	for _, line := range p.lines(f, width, text) {
		p.need(f.leading)
		p.set(f)
		p.SetX(x)
		p.CellFormat(width, f.leading, line, "", 2, "L", false, 0, "")
	}
}

// need begins a new page unless height is left on this one.
func (p *paper) need(height float64) {
	if p.GetY()+height > pageHeight-bottom {
		p.AddPage()
		p.SetY(margin)
	}
}

// gap leaves space, but not at the top of a page.
func (p *paper) gap(height float64) {
	if p.GetY() > margin {
		p.SetY(p.GetY() + height)
	}
}

// rule draws a thin line over the text's width.
func (p *paper) rule(c colour) {
	p.draw(c)
	p.SetLineWidth(0.25)
	p.Line(margin, p.GetY(), pageWidth-margin, p.GetY())
}

// labelWidth is the column of the names of facts.
const labelWidth = 50.0

// row sets a fact: its name on the left, its value on the right, kept together
// unless the value is longer than a page.
func (p *paper) row(label, value string, f face) {
	names := p.lines(labelFace, labelWidth-4, label)
	values := p.lines(f, textWidth-labelWidth, value)
	height := max(float64(len(names))*labelFace.leading, float64(len(values))*f.leading)
	p.need(min(height+4, 100))
	top, page := p.GetY(), p.PageNo()
	p.SetY(top + 1.4 + (f.leading-labelFace.leading)/2)
	p.text(labelFace, margin, labelWidth-4, label)
	below := p.GetY()
	if page == p.PageNo() {
		p.SetY(top + 1.4)
	}
	p.text(f, margin+labelWidth, textWidth-labelWidth, value)
	if page == p.PageNo() {
		p.SetY(max(below, p.GetY()))
	}
	p.SetY(p.GetY() + 1.4)
	p.rule(sandLine)
}

// printable leaves out what no font shows: controls, and characters outside the
// basic plane, for which the fonts have no widths.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar, unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF:
			return '□'
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
