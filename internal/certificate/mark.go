package certificate

import (
	"fmt"

	"rsc.io/qr"
)

// drawHead sets the band of the first page: the mark, the name of the system and
// a line of sand below.
func (p *paper) drawHead() {
	p.fill(deep)
	p.Rect(0, 0, pageWidth, headHeight, "F")
	p.fill(sand)
	p.Rect(0, headHeight, pageWidth, 1.1, "F")
	p.drawMark(margin, 7, 16, sand, deep)
	p.SetXY(margin+18.5, 9.2)
	p.set(face{serif, bold, 15, 6.6, white})
	p.CellFormat(textWidth, 6.6, "Mekenjai", "", 2, "L", false, 0, "")
	p.SetX(margin + 18.5)
	p.set(face{family, plain, 8.4, 4.6, white})
	p.CellFormat(textWidth, 4.6, p.lang.T("certificate.system"), "", 2, "L", false, 0, "")
	p.SetY(headHeight + 13)
}

// drawFoot sets the number of the page and what paper this is.
func (p *paper) drawFoot() {
	if p.specimen {
		p.drawSpecimen()
	}
	p.draw(sandLine)
	p.SetLineWidth(0.25)
	p.Line(margin, pageHeight-14.5, pageWidth-margin, pageHeight-14.5)
	p.SetXY(margin, pageHeight-12.5)
	p.set(smallFace)
	p.CellFormat(textWidth-30, 4, p.foot, "", 0, "L", false, 0, "")
	p.SetX(pageWidth - margin - p.GetStringWidth("0 / 0")) // the count of pages is put in at the end, too late to align
	p.CellFormat(30, 4, fmt.Sprintf("%d / {pages}", p.PageNo()), "", 0, "L", false, 0, "")
}

// drawMark draws the house's mark: a place on the map that holds a shanyrak, the
// crown of a yurt. The drawing is 32 × 40 units; height is in millimetres.
func (p *paper) drawMark(x, y, height float64, pin, lines colour) {
	s := height / 40
	at := func(ux, uy float64) (float64, float64) { return x + ux*s, y + uy*s }
	curve := func(x1, y1, x2, y2, x3, y3 float64) {
		a, b := at(x1, y1)
		c, d := at(x2, y2)
		e, f := at(x3, y3)
		p.CurveBezierCubicTo(a, b, c, d, e, f)
	}
	p.fill(pin)
	p.MoveTo(at(16, 0))
	curve(7.2, 0, 0, 7.2, 0, 16)
	curve(0, 26.5, 16, 40, 16, 40)
	curve(16, 40, 32, 26.5, 32, 16)
	curve(32, 7.2, 24.8, 0, 16, 0)
	p.ClosePath()
	p.DrawPath("F")
	p.draw(lines)
	p.SetLineWidth(2 * s)
	cx, cy := at(16, 16)
	p.Circle(cx, cy, 10.5*s, "D")
	for _, arc := range [][8]float64{
		{9, 8.2, 12.5, 12.2, 12.5, 19.8, 9, 23.8}, {23, 8.2, 19.5, 12.2, 19.5, 19.8, 23, 23.8},
		{8.2, 9, 12.2, 12.5, 19.8, 12.5, 23.8, 9}, {8.2, 23, 12.2, 19.5, 19.8, 19.5, 23.8, 23},
	} {
		p.MoveTo(at(arc[0], arc[1]))
		curve(arc[2], arc[3], arc[4], arc[5], arc[6], arc[7])
		p.DrawPath("D")
	}
}

// drawQR draws a code to scan as black bars on what is there, with the quiet
// border that readers need left to the caller.
func (p *paper) drawQR(content string, x, y, side float64) error {
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		return fmt.Errorf("make the code to scan: %w", err)
	}
	cell := side / float64(code.Size)
	p.fill(ink)
	for row := range code.Size {
		for column := 0; column < code.Size; column++ {
			start := column
			for column < code.Size && code.Black(column, row) {
				column++
			}
			if column > start { // a little taller than the row: no hair between rows on the screen
				p.Rect(x+float64(start)*cell, y+float64(row)*cell, float64(column-start)*cell, cell*1.03, "F")
			}
		}
	}
	return nil
}

// drawSpecimen marks a page of a paper that proves nothing: the demo country's.
func (p *paper) drawSpecimen() {
	p.SetAlpha(0.13, "Normal")
	p.SetFont(serif, bold, 58)
	p.ink(turquoise)
	p.TransformBegin()
	p.TransformRotate(38, pageWidth/2, pageHeight/2)
	for i, word := range []string{"ҮЛГІ", "ОБРАЗЕЦ", "SPECIMEN"} { // no catalogue: the same three words for every reader
		p.SetXY(0, pageHeight/2-46+float64(i)*27)
		p.CellFormat(pageWidth, 20, word, "", 0, "C", false, 0, "")
	}
	p.TransformEnd()
	p.SetAlpha(1, "Normal")
}
