package pep

import (
	"context"
	"errors"
	"fmt"

	"mekenjai/internal/papers"
	"mekenjai/internal/state"
	"mekenjai/internal/state/files"
	"mekenjai/internal/state/shep"
)

// leave puts a paper into the store of files. Under the number of an upload of which
// nobody heard the end, bus and store know that it comes again; only what was answered
// goes under a new one.
func (p *Portal) leave(ctx context.Context, x state.Attachment) (state.Stored, error) {
	kept, err := p.Files.Upload(ctx, files.File{Number: x.Upload, Name: x.Name, Type: papers.PDF, Bytes: x.PDF})
	var said *shep.Error
	switch {
	case errors.Is(err, shep.ErrTransport) || errors.Is(err, shep.ErrOpen):
		return state.Stored{}, fmt.Errorf("%w: %w", state.ErrDown, err)
	case errors.Is(err, files.ErrRefused), errors.Is(err, files.ErrOtherFile), errors.As(err, &said) && said.Class != shep.Retry:
		return state.Stored{}, fmt.Errorf("%w: %w", state.ErrNotStored, err)
	case err != nil:
		return state.Stored{}, err
	}
	return state.Stored{File: kept.ID, Until: p.now().Add(kept.Life)}, nil
}
