package database

import (
	"database/sql"
	"fmt"
	"time"
)

// Micros returns t as it is stored: microseconds since 1970 UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time returns the stored instant in UTC.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// NullMicros is Micros as an argument where the zero time means NULL.
func NullMicros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// ScanTime returns a scan target that reads a stored instant into t; NULL
// gives the zero time.
func ScanTime(t *time.Time) sql.Scanner { return instant{t} }

type instant struct{ t *time.Time }

func (i instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = Time(v)
	default:
		return fmt.Errorf("an instant is stored as BIGINT, not as %T", v)
	}
	return nil
}
