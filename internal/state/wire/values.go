package wire

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mekenjai"
)

// instantForm is how instants are written: with milliseconds, in the time of
// Almaty, as the peers do.
const instantForm = "2006-01-02T15:04:05.000-07:00"

var (
	dateForm = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?$`)
	timeForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?$`)
)

// readInstant reads an xs:dateTime. One without a zone is meant in Almaty.
func readInstant(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	found := timeForm.FindStringSubmatch(s)
	if found == nil {
		return time.Time{}, false
	}
	var t time.Time
	var err error
	if found[2] == "" {
		t, err = time.ParseInLocation("2006-01-02T15:04:05", s, mekenjai.Almaty)
	} else {
		t, err = time.Parse(time.RFC3339, s)
	}
	return t.UTC(), err == nil
}

func writeInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(mekenjai.Almaty).Format(instantForm)
}

// instant is an xs:dateTime.
func (c *coder) instant(name string, must bool, t *time.Time) {
	if !c.reading() && must && t.IsZero() {
		c.fail("no %s", name)
	}
	c.value(name, must, func() string { return writeInstant(*t) }, func(s string) (ok bool) { *t, ok = readInstant(s); return ok })
}

// changed is the date of a change of a dictionary value: the one element of the
// schemas that may be nil.
func (c *coder) changed(t *time.Time) {
	if c.reading() && c.err == nil && c.next < len(c.node.children) {
		if n := c.node.children[c.next]; n.isNil && n.name.Local == "changeDate" && n.name.Space == c.space && n.text == "" && len(n.children) == 0 {
			c.next++
			return
		}
	}
	c.instant("changeDate", false, t)
}

// date is an xs:date. A zone says nothing about a day in somebody's life and is
// passed over.
func (c *coder) date(name string, must bool, d *mekenjai.Date) {
	if !c.reading() && must && d.IsZero() {
		c.fail("no %s", name)
	}
	c.value(name, must, d.String, func(s string) bool {
		found := dateForm.FindStringSubmatch(strings.TrimSpace(s))
		if found == nil {
			return false
		}
		read, err := mekenjai.ParseDate(found[1])
		*d = read
		return err == nil
	})
}

// dayAsInstant is a day that the schema has as an xs:dateTime.
func (c *coder) dayAsInstant(name string, d *mekenjai.Date) {
	var t time.Time
	if !d.IsZero() {
		t = d.Start()
	}
	c.instant(name, false, &t)
	if c.reading() && !t.IsZero() {
		*d = mekenjai.DateOf(t)
	}
}

// flag is an xs:boolean; one that may be absent is then false.
func (c *coder) flag(name string, must bool, v *bool) {
	c.value(name, must, func() string {
		switch {
		case *v:
			return "true"
		case must:
			return "false"
		}
		return ""
	}, func(s string) bool {
		s = strings.TrimSpace(s)
		*v = s == "true" || s == "1"
		return *v || s == "false" || s == "0"
	})
}

// number is an xs:long that is not negative; one that may be absent is then 0.
func (c *coder) number(name string, must bool, v *int64) {
	c.value(name, must, func() string {
		if *v == 0 && !must {
			return ""
		}
		return strconv.FormatInt(*v, 10)
	}, func(s string) bool {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		*v = n
		return err == nil && n >= 0
	})
}

// millis is a span of time in milliseconds.
func (c *coder) millis(name string, must bool, d *time.Duration) {
	n := d.Milliseconds()
	c.number(name, must, &n)
	if c.reading() {
		if n > int64(maxSpan/time.Millisecond) {
			c.fail("%s is too long", name)
			return
		}
		*d = time.Duration(n) * time.Millisecond
	}
}

// maxSpan bounds what peers may say about how long something lasts.
const maxSpan = 100 * 365 * 24 * time.Hour

// content is an xs:base64Binary, which may be broken into lines.
func (c *coder) content(name string, must bool, v *[]byte) {
	c.value(name, must, func() string { return base64.StdEncoding.EncodeToString(*v) }, func(s string) (ok bool) {
		b, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(s), ""))
		*v = b
		return err == nil
	})
}

// iin is a mandatory IIN in its one form.
func (c *coder) iin(name string, v *mekenjai.IIN) {
	c.number12(name, (*string)(v), func(s string) bool { n, err := mekenjai.ParseIIN(s); return err == nil && string(n) == s })
}

// bin is a mandatory BIN in its one form.
func (c *coder) bin(name string, v *mekenjai.BIN) {
	c.number12(name, (*string)(v), func(s string) bool { n, err := mekenjai.ParseBIN(s); return err == nil && string(n) == s })
}

func (c *coder) number12(name string, v *string, is func(string) bool) {
	if !c.reading() && !is(*v) {
		c.fail("%s is no number of the state", name)
	}
	c.value(name, true, func() string { return *v }, func(s string) bool { *v = strings.TrimSpace(s); return is(*v) })
}

// maybeIIN is an IIN of somebody beside the one who was asked about. One that is
// not an IIN, as some have who are no residents, is none.
func (c *coder) maybeIIN(name string, v *mekenjai.IIN) {
	c.value(name, false, func() string { return string(*v) }, func(s string) bool {
		if n, err := mekenjai.ParseIIN(s); err == nil {
			*v = n
		}
		return true
	})
}

// arc is the code of an address. Old records have none or something else: then
// there is no code, and nothing that is decided by the code can pass.
func (c *coder) arc(name string, v *mekenjai.ARC) {
	c.value(name, false, func() string { return string(*v) }, func(s string) bool {
		if a, err := mekenjai.ParseARC(s); err == nil {
			*v = a
		}
		return true
	})
}
