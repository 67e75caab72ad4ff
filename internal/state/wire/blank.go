package wire

import "regexp"

// The elements whose content opens something: the tokens of KDP and GBD FL,
// passwords of the bus and of the store of files. They stand as they are, or escaped
// within text.
const secretNames = `(?:[A-Za-z_][\w.-]*:)?(?:kdpToken|publicKey|public-key|ovt|password)`

var (
	secrets        = regexp.MustCompile(`(<` + secretNames + `(?:\s[^<>]*)?>)[^<]*(</)`)
	escapedSecrets = regexp.MustCompile(`(?s)(&lt;` + secretNames + `(?:\s.{0,200}?)?&gt;).*?(&lt;/)`)
)

// Blank puts asterisks in place of the secrets in a message or an envelope, so that
// it can be shown and kept.
func Blank(message []byte) []byte {
	return escapedSecrets.ReplaceAll(secrets.ReplaceAll(message, []byte("${1}***${2}")), []byte("${1}***${2}"))
}
