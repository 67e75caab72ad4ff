package web

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Insert is a sentence of the catalogue with a component, most often a link, in
// the place of mark: Insert(l.T(key, "phone", "{phone}"), "{phone}", link).
func Insert(text, mark string, part templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		before, after, found := strings.Cut(text, mark)
		if _, err := io.WriteString(w, templ.EscapeString(before)); err != nil {
			return err
		}
		if !found {
			return nil
		}
		if err := part.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, templ.EscapeString(after))
		return err
	})
}
