package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"mekenjai"
)

// sealPanel ties the paper to the frozen text: its hash, and the short code that
// people compare by eye and ear.
func (p *paper) sealPanel(frozen []byte, title, text string) {
	const pad = 6.0
	sum := sha256.Sum256(frozen)
	x, width := margin+pad, textWidth-2*pad
	height := 2*pad + headFace.leading + codeFace.leading + 2*labelFace.leading +
		smallFace.leading*float64(len(p.lines(smallFace, width, text))) + 6
	p.gap(5)
	p.need(height)
	top := p.GetY()
	p.fill(mist)
	p.RoundedRect(margin, top, textWidth, height, 2, "1234", "F")
	p.fill(turquoise)
	p.Rect(margin, top, 1.4, height, "F")
	p.SetY(top + pad)
	p.text(headFace, x, width, title)
	p.gap(1)
	p.text(codeFace, x, width, mekenjai.ShortCode(frozen))
	p.gap(1)
	for _, half := range []string{hex.EncodeToString(sum[:16]), hex.EncodeToString(sum[16:])} {
		p.text(labelFace, x, width, "SHA-256 "+grouped(half))
	}
	p.gap(1.5)
	p.text(smallFace, x, width, text)
	p.SetY(top + height)
}

// grouped sets spaces into a long number, so that the eye keeps its place.
func grouped(s string) string {
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(append(groups, s), " ")
}
