package files_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/papers"
	"mekenjai/internal/state/files"
	"mekenjai/internal/state/wire"
)

// png is a picture of one pixel, the least that papers take.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55" +
	"\x00\x00\x00\x0aIDAT\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00IEND\xae\x42\x60\x82"

// store plays the peer: it keeps what is uploaded, and change spoils its answers.
type store struct {
	t      *testing.T
	kept   map[string][]byte
	done   map[string]bool
	change func(*wire.FilesResponse)
}

func newStore(t *testing.T) (*store, files.Store) {
	s := &store{t: t, kept: map[string][]byte{}, done: map[string]bool{}}
	return s, files.Store{Sender: "mekenjai", Password: "secret", Ask: s.ask}
}

func (s *store) ask(_ context.Context, _ string, document []byte) ([]byte, error) {
	r, err := wire.DecodeFilesRequest(document)
	if err != nil {
		s.t.Fatal(err)
	}
	if r.Sender != "mekenjai" || r.Password != "secret" {
		s.t.Errorf("credentials %q", r.Sender)
	}
	answer := wire.FilesResponse{Kind: r.Kind, State: wire.FileCompleted}
	for _, u := range r.Uploads {
		id := "file-" + u.Process
		s.kept[id] = u.Content
		answer.Results = append(answer.Results, wire.FileResult{State: wire.FileCompleted, Process: u.Process, File: id, Life: u.Life})
	}
	for _, id := range r.Files {
		x := wire.FileResult{State: wire.FileNotExists, File: id}
		if content, ok := s.kept[id]; ok {
			x.State = wire.FileCompleted
			now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
			if r.Kind != wire.FilesConfirm {
				x.Meta = &wire.FileMeta{Size: int64(len(content)), Uploaded: now, Expires: now.Add(time.Hour), Uploader: "mekenjai"}
			}
			if r.Kind == wire.FilesDownload {
				x.Content = content
			}
			s.done[id] = s.done[id] || r.Kind == wire.FilesConfirm
		}
		answer.Results = append(answer.Results, x)
	}
	if s.change != nil {
		s.change(&answer)
	}
	return wire.EncodeFilesResponse(answer)
}

func scan(t *testing.T) papers.Scan {
	t.Helper()
	s, err := papers.Accept(strings.NewReader(png), "paper", papers.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPaperGoesToTheStoreAndComesBack(t *testing.T) {
	peer, s := newStore(t)
	paper := scan(t)
	kept, err := s.Upload(t.Context(), fileOf(paper))
	if err != nil || kept.Life != 24*time.Hour {
		t.Fatal(kept, err)
	}
	id := kept.ID
	got, err := s.Fetch(t.Context(), id, "paper")
	if err != nil || got.Hash != paper.Hash || got.Type != papers.PNG {
		t.Errorf("%v, %v", got.Type, err)
	}
	if meta, err := s.Info(t.Context(), id); err != nil || meta.Size != int64(len(paper.Bytes)) {
		t.Errorf("%+v, %v", meta, err)
	}
	if err := s.Confirm(t.Context(), id); err != nil || !peer.done[id] {
		t.Errorf("not confirmed: %v", err)
	}
	for _, unknown := range []string{"file-7", "", "two words", strings.Repeat("x", 201)} {
		if _, err := s.Fetch(t.Context(), unknown, "paper"); !errors.Is(err, files.ErrNoFile) {
			t.Errorf("%.10q: %v", unknown, err)
		}
	}
}

// Whoever named the file may have put anything there.
func TestWhatIsFetchedIsAPaperOrRefused(t *testing.T) {
	peer, s := newStore(t)
	s.Limits.Bytes = 4 << 10
	for name, content := range map[string]string{
		"program": "MZ\x90\x00", "page": "<html><script>alert(1)</script></html>", "large": png + strings.Repeat("x", 8<<10), "cut": png[:40],
	} {
		peer.kept["f"] = []byte(content)
		_, err := s.Fetch(t.Context(), "f", "paper")
		var refused *mekenjai.FieldError
		if !errors.As(err, &refused) || refused.Field != "paper" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswerAboutAnotherFileIsRefused(t *testing.T) {
	peer, s := newStore(t)
	peer.kept["f"] = []byte(png)
	for name, c := range map[string]struct {
		change func(*wire.FilesResponse)
		want   error
	}{
		"another":    {func(r *wire.FilesResponse) { r.Results[0].File = "g" }, files.ErrOtherFile},
		"two":        {func(r *wire.FilesResponse) { r.Results = append(r.Results, r.Results[0]) }, files.ErrOtherFile},
		"kind":       {func(r *wire.FilesResponse) { r.Kind = wire.FilesInfo }, files.ErrOtherFile},
		"in process": {func(r *wire.FilesResponse) { r.Results[0].State = wire.FileInProcess }, files.ErrNotReady},
		"aborted":    {func(r *wire.FilesResponse) { r.Results[0].State = wire.FileAborted }, files.ErrNoFile},
		"size":       {func(r *wire.FilesResponse) { r.Results[0].Meta.Size++ }, files.ErrNoFile},
	} {
		peer.change = c.change
		if _, err := s.Fetch(t.Context(), "f", "paper"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func fileOf(s papers.Scan) files.File {
	return files.File{Name: "consent" + s.Type.Extension(), Type: s.Type, Bytes: s.Bytes}
}

func TestAnUploadThatNobodyCanNameIsNone(t *testing.T) {
	peer, s := newStore(t)
	for name, c := range map[string]struct {
		change func(*wire.FilesResponse)
		want   error
	}{
		"aborted":       {func(r *wire.FilesResponse) { r.Results[0].State = wire.FileAborted }, files.ErrRefused},
		"in process":    {func(r *wire.FilesResponse) { r.Results[0].State = wire.FileInProcess }, files.ErrNotReady},
		"another's":     {func(r *wire.FilesResponse) { r.Results[0].Process = "2" }, files.ErrOtherFile},
		"twice":         {func(r *wire.FilesResponse) { r.Results = append(r.Results, r.Results[0]) }, files.ErrOtherFile},
		"no identifier": {func(r *wire.FilesResponse) { r.Results[0].File = "" }, files.ErrRefused},
		"no such name":  {func(r *wire.FilesResponse) { r.Results[0].File = "two words" }, files.ErrRefused},
	} {
		peer.change = c.change
		if _, err := s.Upload(t.Context(), fileOf(scan(t))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	peer.change = func(r *wire.FilesResponse) { r.Results[0].Life = time.Hour }
	if kept, err := s.Upload(t.Context(), fileOf(scan(t))); err != nil || kept.Life != time.Hour {
		t.Errorf("the store keeps it for less: %+v, %v", kept, err)
	}
	peer.change = func(*wire.FilesResponse) { t.Error("the store was asked") }
	s.Limits.Bytes = 8
	if _, err := s.Upload(t.Context(), fileOf(scan(t))); !errors.Is(err, files.ErrRefused) {
		t.Errorf("too large: %v", err)
	}
}
