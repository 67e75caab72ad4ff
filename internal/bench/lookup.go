package bench

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// LookUps are what reading one database takes.
type LookUps struct {
	Engine string                     `json:"engine"`
	Crowd  crowd.Size                 `json:"crowd"`
	Each   int                        `json:"each"`  // of every kind
	Found  int                        `json:"found"` // of all: what is not found was not measured
	Took   map[string]Latency         `json:"took"`
	Plans  map[string][]database.Plan `json:"plans"`
}

// lookUp asks for something at random and says whether it was there.
type lookUp func(ctx context.Context, r *rand.Rand) (found bool, err error)

// country is a loaded database with the verbs that pages call to read it.
type country struct {
	db       *database.DB
	crowd    *crowd.Crowd
	register *register.Register
}

func newCountry(db *database.DB, size crowd.Size) (*country, error) {
	many, err := crowd.New(size, time.Now)
	if err != nil {
		return nil, err
	}
	if size.Entries == 0 {
		return nil, fmt.Errorf("a country without entries has nothing to look up")
	}
	return &country{db, many, register.New(db, register.Options{Peers: many.AtOnce(state.Unconnected())})}, nil
}

// kinds of look-ups, by name. Each is the verb behind a page, without its HTML.
func (c *country) kinds() map[string]lookUp {
	entry := func(r *rand.Rand) crowd.Entry { return c.crowd.Entry(r.IntN(c.crowd.Entries)) }
	return map[string]lookUp{
		"address by code": func(ctx context.Context, r *rand.Rand) (bool, error) {
			j := r.IntN(c.crowd.Dwellings)
			d, err := address.In(c.db).Choose(ctx, "q", string(c.crowd.ARC(j)))
			return d.Address == c.crowd.Label(j), err
		},
		"address by words": func(ctx context.Context, r *rand.Rand) (bool, error) {
			j := r.IntN(c.crowd.Dwellings)
			parts := strings.Split(c.crowd.Label(j).RU, ", ")
			found, err := address.In(c.db).SearchWithin(ctx, "", strings.Join(parts[len(parts)-4:], " "), 10)
			return len(found) > 0, err
		},
		"entry by IIN": func(ctx context.Context, r *rand.Rand) (bool, error) {
			home, err := c.register.Residence(ctx, mekenjai.Actor{IIN: crowd.IIN(entry(r).Person)})
			return len(home.Temporary) == 1, err
		},
		"residents of a dwelling": func(ctx context.Context, r *rand.Rand) (bool, error) {
			e := entry(r)
			owner := c.crowd.Owners(e.Dwelling)[r.IntN(2)]
			estate, err := c.register.Estate(ctx, mekenjai.Actor{IIN: crowd.IIN(owner), Language: "kk"})
			return len(estate.Dwellings) == 1 && len(estate.Dwellings[0].Residents) > 0, err
		},
	}
}

// LookUp measures every kind n times in one database.
func LookUp(ctx context.Context, db *database.DB, size crowd.Size, n int) (*LookUps, error) {
	c, err := newCountry(db, size)
	if err != nil {
		return nil, err
	}
	all, err := lookUps(ctx, n, c)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Comparison holds a large country against a small one, measured in turns.
type Comparison struct {
	Small   *LookUps           `json:"small"`
	Large   *LookUps           `json:"large"`
	Ratios  map[string]float64 `json:"ratios_p50"` // large / small
	Goals   []Goal             `json:"goals"`
	Machine Machine            `json:"machine"`
}

// Compare measures every kind n times in both.
func Compare(ctx context.Context, small *database.DB, smallSize crowd.Size, large *database.DB, largeSize crowd.Size, n int) (*Comparison, error) {
	s, err := newCountry(small, smallSize)
	if err != nil {
		return nil, err
	}
	l, err := newCountry(large, largeSize)
	if err != nil {
		return nil, err
	}
	both, err := lookUps(ctx, n, s, l)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Small: both[0], Large: both[1], Ratios: map[string]float64{}, Machine: ThisMachine()}
	for _, kind := range slices.Sorted(maps.Keys(c.Large.Took)) {
		c.Ratios[kind] = c.Large.Took[kind].P50 / c.Small.Took[kind].P50
		c.Goals = append(c.Goals, atMost(kind+", "+strconv.Itoa(largeSize.Persons)+" persons / "+strconv.Itoa(smallSize.Persons), 1.5, c.Ratios[kind]))
	}
	return c, nil
}

// warming is how many look-ups of a kind are made before those that count.
const warming = 50

// lookUps asks the countries in turns, so that what disturbs the machine disturbs
// all alike.
func lookUps(ctx context.Context, n int, countries ...*country) ([]*LookUps, error) {
	var all []*LookUps
	took := make([]map[string][]time.Duration, len(countries))
	for i, c := range countries {
		all = append(all, &LookUps{Engine: c.db.Engine(), Crowd: c.crowd.Size, Each: n, Took: map[string]Latency{}, Plans: map[string][]database.Plan{}})
		took[i] = map[string][]time.Duration{}
		for kind, ask := range c.kinds() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			plans, err := c.db.Plans(ctx, func(ctx context.Context) error { _, err := ask(ctx, r); return err })
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			all[i].Plans[kind] = plans
		}
	}
	r := rand.New(rand.NewPCG(2, 3))
	for kind := range countries[0].kinds() {
		for turn := range n + warming {
			for i, c := range countries {
				start := time.Now()
				found, err := c.kinds()[kind](ctx, r)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", kind, err)
				}
				if turn < warming {
					continue
				}
				took[i][kind] = append(took[i][kind], time.Since(start))
				if found {
					all[i].Found++
				}
			}
		}
	}
	for i := range all {
		for kind, t := range took[i] {
			all[i].Took[kind] = LatencyOf(t)
		}
	}
	return all, nil
}
