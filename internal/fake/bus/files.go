package bus

import (
	"context"
	"crypto/subtle"
	"sync"
	"time"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/state/wire"
)

// storage is the temporary storage of files, in memory.
type storage struct {
	mu    sync.Mutex
	files map[string]*stored
	order []string // oldest first
	bytes int
}

type stored struct {
	wire.FileUpload
	meta wire.FileMeta
}

// Bounds of the storage. The oldest goes first.
const (
	mostFileBytes = 16 << 20
	usualLife     = time.Hour
	longestLife   = 24 * time.Hour
)

func (b *Bus) answerFiles(_ context.Context, _ country.Fault, q question) ([]byte, error) {
	r, err := wire.DecodeFilesRequest(q.doc)
	if err != nil {
		return nil, badRequest(err)
	}
	if r.Sender != b.customer.ID || subtle.ConstantTimeCompare([]byte(r.Password), []byte(b.customer.Password)) != 1 {
		return nil, &refusal{codeAccess, "the credentials of the storage are not those of the sender"}
	}
	answer := wire.FilesResponse{Kind: r.Kind, State: wire.FileCompleted}
	for _, u := range r.Uploads {
		answer.Results = append(answer.Results, b.storage.put(u, r.Sender, q.now))
	}
	for _, id := range r.Files {
		answer.Results = append(answer.Results, b.storage.result(id, r.Kind, r.Sender, q.now))
	}
	return wire.EncodeFilesResponse(answer)
}

func (s *storage) put(u wire.FileUpload, sender string, now time.Time) wire.FileResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := wire.FileResult{State: wire.FileAborted, Process: u.Process}
	if len(u.Content) > mostFileBytes {
		return r
	}
	life := min(u.Life, longestLife)
	if life <= 0 {
		life = usualLife
	}
	r.State, r.File, r.Life = wire.FileCompleted, newID(), life
	s.files[r.File] = &stored{u, wire.FileMeta{Name: u.Name, Type: u.Type, Uploaded: now, Uploader: sender, Expires: now.Add(life),
		MustConfirm: u.Confirm, Size: int64(len(u.Content))}}
	s.order, s.bytes = append(s.order, r.File), s.bytes+len(u.Content)
	for s.bytes > mostFileBytes {
		s.drop(s.order[0])
	}
	return r
}

// drop forgets a file. The caller holds the lock.
func (s *storage) drop(id string) {
	s.bytes -= len(s.files[id].Content)
	delete(s.files, id)
	for i, x := range s.order {
		if x == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			return
		}
	}
}

func (s *storage) result(id string, kind wire.FilesKind, sender string, now time.Time) wire.FileResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f != nil && now.After(f.meta.Expires) {
		s.drop(id)
		f = nil
	}
	if f == nil {
		return wire.FileResult{State: wire.FileNotExists, File: id}
	}
	r := wire.FileResult{State: wire.FileCompleted, File: id}
	switch kind {
	case wire.FilesDownload:
		r.Content = f.Content
	case wire.FilesConfirm:
		f.meta.Confirmed, f.meta.Confirmer, f.meta.ConfirmedAt = true, sender, now
		return r
	}
	meta := f.meta
	r.Meta = &meta
	return r
}
