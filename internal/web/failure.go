package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

var (
	errPanic  = errors.New("panic")
	errNoPage = fmt.Errorf("no such page: %w", mekenjai.ErrNotFound)
	errMethod = statusError{http.StatusMethodNotAllowed, errors.New("method not allowed")}
	// ErrAway says that the service itself cannot answer for a moment.
	ErrAway = errors.New("the service is away")

	errCrossOrigin = fmt.Errorf("a request from another site: %w", mekenjai.ErrForbidden)
)

// statusError is an error of the request itself.
type statusError struct {
	status int
	err    error
}

func (e statusError) Error() string { return e.err.Error() }
func (e statusError) Unwrap() error { return e.err }

// BadRequest says that the request cannot be understood: 400.
func BadRequest(err error) error { return statusError{http.StatusBadRequest, err} }

// statusOf is the one translation of errors into HTTP.
func statusOf(err error) int {
	var own statusError
	var tooBig *http.MaxBytesError
	var fields mekenjai.FieldErrors
	var field *mekenjai.FieldError
	var signature *mekenjai.SignatureError
	var refusal *mekenjai.Refusal
	switch {
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &own):
		return own.status
	case errors.Is(err, mekenjai.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, mekenjai.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, mekenjai.ErrConflict), errors.Is(err, mekenjai.ErrStale):
		return http.StatusConflict
	case errors.Is(err, mekenjai.ErrTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, mekenjai.ErrUnavailable):
		return http.StatusServiceUnavailable
	case errors.Is(err, mekenjai.ErrSignIn):
		return http.StatusUnauthorized
	case errors.As(err, &fields), errors.As(err, &field), errors.As(err, &signature), errors.As(err, &refusal):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// showFailure shows an error as a page in the reader's language. The text of
// the error goes to the log alone, and there only when it is ours to mend.
func showFailure(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	v := visitOf(ctx)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // the reader went away
	}
	status := statusOf(err)
	lost := status == http.StatusInternalServerError && v.site.Away != nil && v.site.Away(err)
	away := lost || errors.Is(err, ErrAway)
	if away {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	}
	if v.site.Refused != nil {
		v.site.Refused(ctx, status, err)
	}
	if status >= 500 {
		v.site.log().ErrorContext(ctx, "request failed", "incident", v.incident, "route", cmp.Or(r.Pattern, "-"), "error", err)
	}
	if status == http.StatusUnauthorized && r.Header.Get("X-Fragment") == "" {
		next := url.Values{"next": {withoutLanguage(r.URL)}}
		http.Redirect(w, r, cmp.Or(v.site.SignIn, "/sign-in")+"?"+next.Encode(), http.StatusSeeOther)
		return
	}
	f := failure{status: status, incident: v.incident, home: cmp.Or(v.site.Home, "/"), away: away,
		unknown: lost && r.Method != http.MethodGet && r.Method != http.MethodHead}
	if status == http.StatusTooManyRequests {
		f.wait = waitOf(err)
		if f.wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.wait.Seconds()))))
		}
	}
	f.title, f.text = f.words(locale.From(ctx))
	page := PageFor(r, f.title)
	page.Failed = true
	if fault := Render(w, r, status, failurePage(page, f)); fault != nil {
		v.site.log().ErrorContext(ctx, "error page failed", "incident", v.incident, "error", fault)
		http.Error(w, f.title, status)
	}
}

// waitOf is how long an error in the chain asks to wait.
func waitOf(err error) time.Duration {
	var wait interface{ RetryAfter() time.Duration }
	if errors.As(err, &wait) {
		return wait.RetryAfter()
	}
	return 0
}

// failure is what an error page says.
type failure struct {
	status         int
	incident, home string
	wait           time.Duration
	away           bool // the service is, not a register
	unknown        bool // whether what was sent has been taken
	title, text    string
}

// words are the title and the advice for a status; a status without words of
// its own is told as a request that could not be understood, or as our fault.
func (f failure) words(l locale.Lang) (title, text string) {
	key := "common.error." + strconv.Itoa(f.status)
	if !l.Has(key + ".title") {
		key = "common.error.400"
		if f.status >= 500 {
			key = "common.error.500"
		}
	}
	if f.away {
		key = "common.error.away"
	}
	text = l.T(key + ".text")
	switch {
	case f.wait > 0:
		text = l.T("common.error.429.after", "time", f.wait)
	case f.unknown:
		text = l.T("common.error.away.sent.text")
	}
	return l.T(key + ".title"), text
}
