package eds

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// errArmor is what is wrong with input that is neither DER nor its text forms.
var errArmor = errors.New("neither DER nor PEM nor base64")

// unarmor returns the DER or BER bytes of data, which may be bare, PEM with one of the
// labels, or base64 with line breaks anywhere. Text after PEM is refused.
func unarmor(data []byte, labels ...string) ([]byte, error) {
	if len(data) > 0 && data[0] == sequenceByte {
		return data, nil
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\uFEFF"))) // editors of Windows begin with a mark
	if bytes.HasPrefix(trimmed, []byte("-----BEGIN ")) {
		block, rest := pem.Decode(trimmed)
		if block == nil {
			return nil, errArmor
		}
		if !slices.Contains(labels, block.Type) {
			return nil, fmt.Errorf("PEM block %q", block.Type)
		}
		if len(bytes.TrimSpace(rest)) > 0 {
			return nil, errors.New("text after the PEM block")
		}
		return block.Bytes, nil
	}
	compact := bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, trimmed)
	out, err := base64.StdEncoding.Strict().DecodeString(string(compact))
	if err != nil || len(out) == 0 || out[0] != sequenceByte {
		return nil, errArmor
	}
	return out, nil
}

// sequenceByte begins every structure here. Base64 of one begins with M instead, so the
// two cannot be confused.
const sequenceByte = 0x30
