// Package telemetry is how the program tells its keeper what it does: logs
// without personal data, and whether it is well. What was done to whose data is
// the business of package audit.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"regexp"
)

// Logger writes JSON lines to w. Numbers and names redact themselves (LogValue);
// this is the second fence: any run of twelve digits and any telephone number in
// any text that reaches the log is masked.
func Logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(redactor{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: redact})})
}

// TextLogger is Logger for a person at a terminal.
func TextLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(redactor{slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: redact})})
}

var personal = regexp.MustCompile(`\+7\d{10}|\d{12,}`)

// Mask hides personal numbers and codes in a text.
func Mask(s string) string {
	return personal.ReplaceAllStringFunc(s, func(n string) string { return n[:2] + "…" })
}

func redact(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Mask(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(Mask(err.Error()))
		}
	}
	return a
}

// redactor masks the message, which ReplaceAttr sees too but only as the last
// step of some handlers; here it is certain.
type redactor struct{ slog.Handler }

func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	r.Message = Mask(r.Message)
	return h.Handler.Handle(ctx, r)
}

func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	return redactor{h.Handler.WithAttrs(attrs)}
}
func (h redactor) WithGroup(name string) slog.Handler { return redactor{h.Handler.WithGroup(name)} }
