package bus

import (
	"sync"

	"mekenjai/internal/state/shep"
)

// memory remembers the latest answers by messageId, so that a message that comes
// again gets the answer it got. It is bounded: the bus repeats for minutes, not for
// ever; what must never be done twice is remembered by its register.
type memory struct {
	mu    sync.Mutex
	by    map[string]kept
	order []string // oldest first
	bytes int
}

type kept struct {
	sum      [32]byte // of the document that was asked
	response shep.Response
}

const (
	mostAnswers     = 2048
	mostAnswerBytes = 4 << 20
)

// find returns what was answered; other is true when the same messageId came with
// another document, which no honest sender does.
func (a *memory) find(id string, sum [32]byte) (r shep.Response, found, other bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, found := a.by[id]
	return k.response, found, found && k.sum != sum
}

func (a *memory) keep(id string, sum [32]byte, r shep.Response) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]kept{}
	}
	if _, again := a.by[id]; again {
		return
	}
	a.by[id] = kept{sum, r}
	a.order = append(a.order, id)
	a.bytes += len(r.Data)
	for len(a.order) > mostAnswers || a.bytes > mostAnswerBytes {
		a.bytes -= len(a.by[a.order[0]].response.Data)
		delete(a.by, a.order[0])
		a.order = a.order[1:]
	}
}
