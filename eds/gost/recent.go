package gost

import (
	"math/big"
	"sync"
)

// teeth is how many points a comb has: 255 sums of 16 or 32 kB together.
const teeth = 8

const (
	// recurs is how often a key is met before it is given a comb. The keys of
	// authorities recur with every signature, those of people hardly.
	recurs = 4

	maxKeysCounted = 4096
	maxCombs       = 32
)

// recurring keeps the combs of keys that are met again and again. A comb follows
// from the key alone, so it changes no answer. Whoever floods it with keys makes
// it forget, no more.
type recurring[T any] struct {
	mu    sync.Mutex
	met   map[string]int
	combs map[string]T
}

// comb returns what make made of the key, ok once the key has recurred.
func (r *recurring[T]) comb(x, y *big.Int, make func(x, y *big.Int) T) (comb T, ok bool) {
	key := string(x.Bytes()) + "," + string(y.Bytes())
	r.mu.Lock()
	comb, ok = r.combs[key]
	due := false
	if !ok {
		due = r.count(key)
	}
	r.mu.Unlock()
	if !due {
		return comb, ok
	}
	comb = make(x, y) // without the lock: another may make the same one
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.combs == nil || len(r.combs) >= maxCombs {
		r.combs = map[string]T{}
	}
	r.combs[key] = comb
	return comb, true
}

// count notes that the key was met and reports whether it is time for its comb.
func (r *recurring[T]) count(key string) bool {
	if r.met == nil || len(r.met) >= maxKeysCounted {
		r.met = map[string]int{}
	}
	r.met[key]++
	if r.met[key] < recurs {
		return false
	}
	delete(r.met, key)
	return true
}
