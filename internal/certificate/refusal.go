package certificate

import (
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"mekenjai/internal/locale"
)

// Act is a refusal as it was frozen. The paper sets exactly this text: what was
// sealed is what is read.
type Act struct {
	Number   string
	At       time.Time
	Text     []byte    // Kazakh, an empty line, Russian
	SealedAt time.Time // zero: not sealed yet
	Seal     []byte    // detached signature over Text; with it both lie in the paper as files
	Specimen bool
}

// Refusal prints the act of refusal: a page in Kazakh and one in Russian, each
// with the seal and how it is checked. Lines of the text are headings (the first of each language),
// grounds (after a dash) or a name and its value (divided by a colon).
func Refusal(w io.Writer, a Act) error {
	title := locale.KK.T("certificate.refusal.title") + " / " + locale.RU.T("certificate.refusal.title")
	p := newPaper(locale.KK, title+" № "+a.Number, title+" № "+a.Number, a.At)
	p.specimen = a.Specimen
	kk, ru, _ := strings.Cut(strings.TrimSpace(string(a.Text)), "\n\n")
	p.actText(locale.KK, kk, a)
	if ru != "" {
		p.AddPage()
		p.SetY(margin)
		p.actText(locale.RU, ru, a)
	}
	if len(a.Seal) > 0 { // what anybody's verifier needs, byte for byte
		name := "act-" + a.Number + ".txt"
		p.SetAttachments([]fpdf.Attachment{{Content: a.Text, Filename: name}, {Content: a.Seal, Filename: name + ".p7s"}})
	}
	return p.finish(w, "act of refusal")
}

// actText sets one language of the act.
func (p *paper) actText(l locale.Lang, text string, a Act) {
	title, rest, _ := strings.Cut(text, "\n")
	p.need(40)
	p.text(face{serif, bold, 14, 6.6, night}, margin, textWidth, title)
	p.gap(3)
	p.rule(sandLine)
	for line := range strings.SplitSeq(rest, "\n") {
		ground, isGround := strings.CutPrefix(line, "— ")
		name, value, isNamed := strings.Cut(line, ": ")
		switch {
		case isGround:
			p.ground(ground)
		case isNamed && len([]rune(name)) < 60:
			p.row(name, value, bodyFace)
		case strings.TrimSpace(line) != "":
			p.gap(2.5)
			p.text(headFace, margin, textWidth, strings.TrimSuffix(line, ":"))
		}
	}
	seal := l.T("certificate.seal.waiting")
	if !a.SealedAt.IsZero() {
		seal = l.T("certificate.seal.sealed", "at", l.DateTime(a.SealedAt))
	}
	p.sealPanel(a.Text, l.T("certificate.seal.title"), seal)
}

// ground sets one ground of the refusal, beside a bar of sand.
func (p *paper) ground(text string) {
	lines := p.lines(strong, textWidth-7, text)
	height := float64(len(lines)) * strong.leading
	p.gap(2)
	p.need(min(height, 60))
	top, page := p.GetY(), p.PageNo()
	p.text(strong, margin+7, textWidth-7, text)
	if page == p.PageNo() {
		p.fill(sand)
		p.Rect(margin, top, 1.4, height, "F")
	}
	p.SetY(p.GetY() + 2)
	p.rule(sandLine)
}
