package database

import (
	"database/sql"
	"database/sql/driver"
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

// plain turns arguments into the few types that database/sql defines, for both
// engines: pgx on its own would send a named string type that has a String
// method, for example one that hides a number in logs, as what that returns.
func plain(args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("database: argument $%d: %w", i+1, err)
		}
		if _, ok := v.(time.Time); ok {
			return nil, fmt.Errorf("database: argument $%d is a time.Time: use Micros or NullMicros", i+1)
		}
		values[i] = v
	}
	return values, nil
}
