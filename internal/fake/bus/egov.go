package bus

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"

	"mekenjai"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

// Egov is egov.kz as somebody looks at it who orders our service there.
type Egov struct {
	Bus     *Bus
	Mapping *mapped.Mapping // of the message mapped.Ordered
}

// Ordered is an order with what egov.kz was told about it, oldest first.
type Ordered struct {
	Thread string
	mapped.PortalOrder
	Words []Told
}

// Told is one word of the service.
type Told struct {
	mapped.PortalWord
	Last bool
	Held bool // the store of files still has the paper that it names
}

// Order places an order. It gets the number by which egov.kz knows it.
func (e Egov) Order(ctx context.Context, q mapped.PortalOrder) error {
	n, err := rand.Int(rand.Reader, big.NewInt(1e9))
	if err != nil {
		return err
	}
	q.Number = fmt.Sprintf("101%09d", n)
	doc, err := e.Mapping.EncodeQuestion(mapped.Head{ID: q.Number, Now: e.Bus.clock(), Sender: PortalSender}, q)
	if err != nil {
		return err
	}
	_, err = e.Bus.Order(ctx, e.Mapping.Service.ID, e.Mapping.Service.Variant, doc)
	return err
}

// Orders are the latest orders, newest first.
func (e Egov) Orders(limit int) (list []Ordered, err error) {
	for _, t := range e.Bus.latestThreads(e.Mapping.Service.ID, limit) {
		o := Ordered{Thread: t.ID}
		if o.PortalOrder, _, err = mapped.DecodeQuestion[mapped.PortalOrder](e.Mapping, t.Order.Data); err != nil {
			continue // placed by other means than here, in a form that the service refused
		}
		for _, m := range t.Heard {
			w, _, err := mapped.Decode[mapped.PortalWord](e.Mapping, "", m.Data)
			if err != nil {
				return nil, fmt.Errorf("what the service said to an order: %w", err)
			}
			o.Words = append(o.Words, Told{w, m.Type == shep.Conclusion, e.Bus.storage.result(w.File, wire.FilesInfo, PortalSender, e.Bus.clock()).State == wire.FileCompleted})
		}
		list = append(list, o)
	}
	return list, nil
}

// Paper fetches from the store of files what a word named, and confirms that it came.
// mekenjai.ErrNotFound says that the store has no such file, or not any more.
func (e Egov) Paper(id string) (name string, content []byte, err error) {
	now := e.Bus.clock()
	r := e.Bus.storage.result(id, wire.FilesDownload, PortalSender, now)
	if r.State != wire.FileCompleted {
		return "", nil, mekenjai.ErrNotFound
	}
	e.Bus.storage.result(id, wire.FilesConfirm, PortalSender, now)
	return r.Meta.Name, r.Content, nil
}

// latestThreads are the newest of a service, newest first.
func (b *Bus) latestThreads(service string, limit int) (list []Thread) {
	b.post.mu.Lock()
	defer b.post.mu.Unlock()
	for _, t := range b.post.threads {
		if t.Service == service {
			c := *t
			c.Heard = slices.Clone(t.Heard)
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(x, y Thread) int { return y.number - x.number })
	return list[:min(len(list), limit)]
}
