package database

import (
	"reflect"
	"sync"
	"sync/atomic"
	"time"
)

// slowClosure is how long a closure takes on average that is not let into a
// group: everybody in it would wait for the end.
const slowClosure = 25 * time.Millisecond

// laps remembers of each place in the program how long its closures take, and of one
// that reads whether it asks more than once.
type laps struct{ places sync.Map } // address of the code → *lap

// lap is one place.
type lap struct {
	nanoseconds atomic.Int64 // moving average
	several     atomic.Bool
}

// of returns the lap of the place where fn stands.
func (l *laps) of(fn func(Tx) error) *lap {
	place := reflect.ValueOf(fn).Pointer()
	found, known := l.places.Load(place)
	if !known {
		found, _ = l.places.LoadOrStore(place, &lap{})
	}
	return found.(*lap)
}

func (l *lap) slow() bool { return l.nanoseconds.Load() > int64(slowClosure) }

// end takes in a run that ends now. Two at once may count as one.
func (l *lap) end(start time.Time) {
	mean := l.nanoseconds.Load()
	l.nanoseconds.Store(mean + (int64(time.Since(start))-mean)/4)
}
