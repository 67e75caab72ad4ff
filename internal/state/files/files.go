// Package files keeps papers in the state's temporary store of files
// (EDS_TEMP_FILES) and fetches what others put there: messages of the portal name
// files by identifiers alone. What is fetched comes from outside and is a paper
// only when package papers takes it: its type is told by its content, it is bounded
// in size, and what could act or tells of its author is refused or taken out.
package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai/internal/papers"
	"mekenjai/internal/state/wire"
)

// Store is a sender's access to the store.
type Store struct {
	Sender, Password string
	// Ask carries a document of the service over the bus and brings the answer,
	// verified. Under a number that was used the bus knows what comes again; "" is a
	// new one.
	Ask func(ctx context.Context, number string, document []byte) ([]byte, error)
	// Limits are those of one paper, zero for the usual ones.
	Limits papers.Limits
	// Life is how long an upload shall be kept; zero: a day.
	Life time.Duration
}

// Errors of files that are not to be had. Everything else is the bus's, or a
// *mekenjai.FieldError of a file that is not taken.
var (
	ErrNoFile    = errors.New("the store has no such file, or not any more")
	ErrNotReady  = errors.New("the store has not finished with the file")
	ErrRefused   = errors.New("the store did not take the file")
	ErrOtherFile = errors.New("the store answers about another file")
)

const (
	usualLife   = 24 * time.Hour
	longestLife = 30 * 24 * time.Hour
	longestName = 200
	longestID   = 200
	mostBytes   = 10 << 20 // of a file, as of any paper
)

// File is a file on its way to the store. Its bytes go as they are: those of a sealed
// paper may not change.
type File struct {
	Number string // of the message; see Store.Ask
	Name   string
	Type   papers.Type
	Bytes  []byte
}

// Kept is a file in the store.
type Kept struct {
	ID   string
	Life time.Duration // from now, as the store says: it may be less than was asked for
}

// Upload puts a file into the store. ErrRefused and ErrOtherFile say that the store has
// answered, and keeps nothing under the number that can be named.
func (s Store) Upload(ctx context.Context, f File) (Kept, error) {
	life, most := s.Life, s.Limits.Bytes
	if life == 0 {
		life = usualLife
	}
	if most == 0 {
		most = mostBytes
	}
	if life < 0 || life > longestLife || len(f.Bytes) == 0 || int64(len(f.Bytes)) > most || len(f.Name) > longestName {
		return Kept{}, fmt.Errorf("%w: kept for %v, %d bytes, a name of %d", ErrRefused, life, len(f.Bytes), len(f.Name))
	}
	const process = "1"
	results, err := s.ask(ctx, f.Number, wire.FilesRequest{Kind: wire.FilesUpload, Uploads: []wire.FileUpload{{
		Process: process, Name: f.Name, Content: f.Bytes, Type: string(f.Type), Life: life, Confirm: true}}})
	if err != nil {
		return Kept{}, err
	}
	r := results[0]
	switch {
	case r.Process != process:
		return Kept{}, ErrOtherFile
	case r.State == wire.FileInProcess:
		return Kept{}, ErrNotReady
	case r.State != wire.FileCompleted || !isID(r.File):
		return Kept{}, ErrRefused
	}
	if r.Life > 0 {
		life = min(life, r.Life)
	}
	return Kept{ID: r.File, Life: life}, nil
}

// Fetch brings a file and takes it as a paper for the field of the form, as
// papers.Accept does. Confirm it when it is kept.
func (s Store) Fetch(ctx context.Context, id, field string) (papers.Scan, error) {
	r, err := s.one(ctx, wire.FilesDownload, id)
	if err != nil {
		return papers.Scan{}, err
	}
	if len(r.Content) == 0 || r.Meta != nil && r.Meta.Size != int64(len(r.Content)) {
		return papers.Scan{}, fmt.Errorf("%w: %d bytes came", ErrNoFile, len(r.Content))
	}
	return papers.Accept(bytes.NewReader(r.Content), field, s.Limits)
}

// Info is what the store knows about a file.
func (s Store) Info(ctx context.Context, id string) (wire.FileMeta, error) {
	r, err := s.one(ctx, wire.FilesInfo, id)
	if err != nil {
		return wire.FileMeta{}, err
	}
	if r.Meta == nil || r.Meta.Deleted {
		return wire.FileMeta{}, ErrNoFile
	}
	return *r.Meta, nil
}

// Confirm says that a file was received, so that the store may delete it.
func (s Store) Confirm(ctx context.Context, id string) error {
	_, err := s.one(ctx, wire.FilesConfirm, id)
	return err
}

// one asks about one file.
func (s Store) one(ctx context.Context, kind wire.FilesKind, id string) (wire.FileResult, error) {
	if !isID(id) {
		return wire.FileResult{}, ErrNoFile
	}
	results, err := s.ask(ctx, "", wire.FilesRequest{Kind: kind, Files: []string{id}})
	if err != nil {
		return wire.FileResult{}, err
	}
	r := results[0]
	switch {
	case r.File != id:
		return wire.FileResult{}, ErrOtherFile
	case r.State == wire.FileInProcess:
		return wire.FileResult{}, ErrNotReady
	case r.State != wire.FileCompleted:
		return wire.FileResult{}, ErrNoFile
	}
	return r, nil
}

// isID says whether the text can name a file in the store.
func isID(id string) bool {
	return id != "" && len(id) <= longestID && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// ask puts a question about one file and returns the one result.
func (s Store) ask(ctx context.Context, number string, r wire.FilesRequest) ([]wire.FileResult, error) {
	r.Sender, r.Password = s.Sender, s.Password
	document, err := wire.EncodeFilesRequest(r)
	if err != nil {
		return nil, err
	}
	raw, err := s.Ask(ctx, number, document)
	if err != nil {
		return nil, err
	}
	answer, err := wire.DecodeFilesResponse(raw)
	if err != nil {
		return nil, err
	}
	if answer.Kind != r.Kind || len(answer.Results) != 1 {
		return nil, ErrOtherFile
	}
	return answer.Results, nil
}
