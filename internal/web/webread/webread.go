// Package webread reads off our pages what a program needs that plays a person: what
// is to be signed, hidden fields, what is said about a wrong answer. Package web
// writes what stands there.
package webread

import (
	"encoding/base64"
	"html"
	"regexp"
	"strings"
)

var (
	content = regexp.MustCompile(`data-content="([^"]*)"`)
	hidden  = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)
	message = regexp.MustCompile(`(?s)class="govuk-error-message"[^>]*>(.*?)</p>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// ToSign are the bytes over which the page asks for a signature; nil: it asks for none.
func ToSign(page string) []byte {
	m := content.FindStringSubmatch(page)
	if m == nil {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(html.UnescapeString(m[1]))
	if err != nil {
		return nil
	}
	return text
}

// Field is the value of a hidden field, "" when there is none.
func Field(page, name string) string {
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if m[1] == name {
			return html.UnescapeString(m[2])
		}
	}
	return ""
}

// Messages are those beside fields that were refused: from the catalogue, of nobody.
func Messages(page string) (list []string) {
	for _, m := range message.FindAllStringSubmatch(page, -1) {
		list = append(list, html.UnescapeString(strings.Join(strings.Fields(tag.ReplaceAllString(m[1], "")), " ")))
	}
	return list
}
