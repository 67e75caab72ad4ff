package eds

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errArmor is what is wrong with input that is neither DER nor its text forms.
var errArmor = errors.New("neither DER nor PEM nor base64")

// unarmor returns the DER or BER bytes of data, which may be bare, PEM with one of the
// labels, or base64. The text forms are read strictly, without text around them and
// without headers: what is passed over could be changed without anybody noticing.
func unarmor(data []byte, labels ...string) ([]byte, error) {
	if len(data) > 0 && data[0] == sequenceByte {
		return data, nil
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\uFEFF"))) // editors of Windows begin with a mark
	if rest, ok := bytes.CutPrefix(text, []byte("-----BEGIN ")); ok {
		label, body, ok := strings.Cut(string(rest), "-----")
		body, closed := strings.CutSuffix(body, "-----END "+label+"-----")
		if !ok || !closed {
			return nil, errArmor
		}
		if !slices.Contains(labels, label) {
			return nil, fmt.Errorf("PEM block %q", label)
		}
		text = []byte(strings.TrimSpace(body))
	}
	out, err := base64.StdEncoding.Strict().DecodeString(joinLines(string(text)))
	if err != nil || len(out) == 0 || out[0] != sequenceByte {
		return nil, errArmor
	}
	return out, nil
}

// maxLine bounds a line of text in several lines; the usual ones have 64 or 76.
const maxLine = 1024

// joinLines takes out the line ends, all "\n" or all "\r\n", of lines of one length,
// of which the last may be shorter, or the long rest after lines of a usual length.
// Others are left in, and so are spaces, for the decoder to refuse: a line end that can
// be anywhere could come from anybody.
func joinLines(text string) string {
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	lines := strings.Split(text, end)
	width, last := len(lines[0]), len(lines)-1
	usual := width == 64 || width == 76
	for i, line := range lines {
		even := len(line) == width || i == last && (len(line) < width || usual)
		if strings.ContainsAny(line, "\r\n") || !even || last > 0 && width > maxLine {
			return "?" // base64 decoders pass over line ends
		}
	}
	return strings.Join(lines, "")
}

// sequenceByte begins every structure here. Base64 of one begins with M instead, so the
// two cannot be confused.
const sequenceByte = 0x30
