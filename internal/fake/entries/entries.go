package entries

import (
	"slices"
	"sync"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

// Codes with which the register refuses a deed. They are ours, as the contract is.
const (
	CodeMalformed       = "DRN-001" // a deed without what it needs
	CodeUnknownPerson   = "DRN-010"
	CodeDead            = "DRN-011"
	CodeUnknownDwelling = "DRN-020" // no such code, or no longer in use
	CodeCurrent         = "DRN-030" // the person has an entry at another code or time
	CodeNumberTaken     = "DRN-031"
	CodeUnknownEntry    = "DRN-040"
	CodeOtherEntry      = "DRN-041" // person or code are not those of the entry
	CodeEnded           = "DRN-042" // it ended before, or was annulled
	CodePeriod          = "DRN-050" // over, upside down, or not the day after the one extended
)

// Knowledge is what the register knows of the world without asking anybody.
type Knowledge struct {
	Person  func(mekenjai.IIN) (state.Person, bool)
	Address func(mekenjai.ARC) (state.Address, bool)
}

// Register keeps the entries. Its methods may be called at the same time.
type Register struct {
	file  string // "": in memory alone
	clock func() time.Time
	known Knowledge

	mu       sync.Mutex // guards everything below
	journal  *journal   // nil: not used yet, or in memory
	outcomes map[string]outcome
	entries  map[string]*state.Kept
	by       map[mekenjai.IIN][]string // numbers of the person's entries
}

// outcome is what became of a deed.
type outcome struct {
	deed     state.Deed
	at       time.Time
	rejected *refusal
}

type refusal struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// New makes the register that is kept in a file, made when there is none; "" keeps it
// in memory. The file is read and locked when it is first used: a command that does not
// ask this register can run beside the service that does.
func New(file string, clock func() time.Time, known Knowledge) *Register {
	return &Register{file: file, clock: clock, known: known,
		outcomes: map[string]outcome{}, entries: map[string]*state.Kept{}, by: map[mekenjai.IIN][]string{}}
}

// Open is New with the file read and locked at once.
func Open(file string, clock func() time.Time, known Knowledge) (*Register, error) {
	r := New(file, clock, known)
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// open reads the file once. The caller holds the lock.
func (r *Register) open() (err error) {
	if r.file == "" || r.journal != nil {
		return nil
	}
	r.journal, err = openJournal(r.file, r.replay)
	return err
}

// Close lets go of the file.
func (r *Register) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.journal == nil {
		return nil
	}
	return r.journal.Close()
}

// Write takes a deed, once: a deed whose ID it has taken before gets the answer it
// got. A *state.Rejection says that it did nothing.
func (r *Register) Write(d state.Deed) (state.Confirmation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.open(); err != nil {
		return state.Confirmation{}, err
	}
	o, taken := r.outcomes[d.ID]
	if !taken {
		o = outcome{deed: d, at: r.clock().UTC(), rejected: r.objection(d)}
		if r.journal != nil {
			// What is not in the journal was not done: the sender asks again.
			if err := r.journal.write(o); err != nil {
				return state.Confirmation{}, err
			}
		}
		r.take(o)
	} else if !sameDeed(o.deed, d) {
		return state.Confirmation{}, &state.Rejection{Code: CodeMalformed, Text: "another deed was taken under this messageId"}
	}
	if o.rejected != nil {
		return state.Confirmation{}, &state.Rejection{Code: o.rejected.Code, Text: o.rejected.Text}
	}
	return o.confirmation(), nil
}

// Look tells what became of a deed; one that was refused did nothing here.
func (r *Register) Look(id string) (c state.Confirmation, found bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.open(); err != nil {
		return c, false, err
	}
	o, taken := r.outcomes[id]
	if !taken || o.rejected != nil {
		return c, false, nil
	}
	return o.confirmation(), true, nil
}

// mostListed is the longest page, whatever is asked.
const mostListed = 500

// List is a page of everything that is kept, the ended too, by number.
func (r *Register) List(after string, limit int) (p state.Page, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.open(); err != nil {
		return p, err
	}
	var numbers []string
	for n := range r.entries {
		if n > after {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	p.Entries = []state.Kept{}
	if limit = min(max(limit, 1), mostListed); len(numbers) > limit {
		numbers, p.More = numbers[:limit], true
	}
	for _, n := range numbers {
		p.Entries = append(p.Entries, *r.entries[n])
	}
	return p, nil
}

func (o outcome) confirmation() state.Confirmation {
	return state.Confirmation{Deed: o.deed.ID, Number: o.deed.Entry.Number, FixedAt: o.at}
}

// sameDeed compares what a deed does; how a time is written is no difference.
func sameDeed(a, b state.Deed) bool {
	a.At, b.At = a.At.UTC().Truncate(time.Millisecond), b.At.UTC().Truncate(time.Millisecond)
	return a == b
}
