package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the margin that a QR code needs to be found, in its own units.
const quiet = 4

// qrPath draws the dark parts of the code of a text, row by row, and says how wide
// it is with its margin. A text too long for a code is a fault of the program.
func qrPath(text string) (path string, size int) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		panic("web: " + err.Error())
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return b.String(), code.Size + 2*quiet
}
