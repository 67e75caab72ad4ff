package opendata

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// longestRow bounds what one row may take, in bytes: a file without an end to its
// strings must not fill the memory. Real rows have some hundred.
const longestRow = 1 << 20

// row is what every table has: a number of its own, and in all but dictionaries
// whether it is in use.
type row interface{ identified() bool }

// readRows reads the rows of some files, one after the other. What is not a file of
// the register ends it with an error: broken JSON, an end in the middle, and a first
// row without the columns by which the table is known, as when they were renamed: to
// take a million rows for dead would be worse than to stop.
func readRows[T row](files []string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, file := range files {
			if !readFile(file, yield) {
				return
			}
		}
	}
}

// readFile says whether the next file is to be read.
func readFile[T row](file string, yield func(T, error) bool) (more bool) {
	var none T
	name := filepath.Base(file)
	fail := func(err error) bool {
		yield(none, fmt.Errorf("open data: %s: %w", name, err))
		return false
	}
	in, err := open(file)
	if err != nil {
		return fail(err)
	}
	defer in.Close()
	d, err := newDecoder(in)
	if err != nil {
		return fail(err)
	}
	for n := 1; ; n++ {
		var r T
		err := d.next(&r)
		if errors.Is(err, errNoMore) {
			return true
		}
		if err != nil {
			return fail(fmt.Errorf("row %d: %w", n, err))
		}
		if n == 1 && !r.identified() {
			return fail(errors.New("the first row has no id, or does not say whether it is in use (actual): this is not the table that its name says"))
		}
		if !yield(r, nil) {
			return false
		}
	}
}

// opened is a file with what unpacks it.
type opened struct {
	io.Reader
	file *os.File
}

func (o opened) Close() error { return o.file.Close() }

func open(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(strings.ToLower(file), ".gz") {
		return opened{f, f}, nil
	}
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return opened{unpacked, f}, nil
}

var errNoMore = errors.New("no more rows")

// decoder takes rows from an array, or from a file that is one row after the other.
type decoder struct {
	json    *json.Decoder
	bound   *bound
	isArray bool
	ended   bool
}

func newDecoder(r io.Reader) (*decoder, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\uFEFF" {
		_, _ = b.Discard(3) // what Peek has seen can be left out
	}
	first, err := firstByte(b)
	if err != nil {
		return nil, err
	}
	limited := &bound{r: b, left: longestRow}
	d := &decoder{json: json.NewDecoder(limited), bound: limited, isArray: first == '['}
	if d.isArray {
		_, err = d.json.Token()
	}
	return d, err
}

func firstByte(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		switch {
		case err == io.EOF:
			return 0, errors.New("the file is empty")
		case err != nil:
			return 0, err
		case c == '[' || c == '{':
			return c, b.UnreadByte()
		case !strings.ContainsRune(" \t\r\n", rune(c)):
			return 0, errors.New("the file is neither an array nor rows of JSON")
		}
	}
}

// next reads one row. A value of another kind than its column's is none; a row that
// is no row at all stays empty, and is counted by the import as one without a number.
func (d *decoder) next(into any) error {
	if d.ended {
		return errNoMore
	}
	d.bound.left = longestRow
	if d.isArray && !d.json.More() {
		return d.end()
	}
	err := d.json.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return nil
	case err == io.EOF && !d.isArray:
		return errNoMore
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// end reads the bracket and sees that nothing follows: an array cut short has none,
// and a packed file is whole only when its checksum was read.
func (d *decoder) end() error {
	if _, err := d.json.Token(); err != nil {
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	d.ended = true
	d.bound.left = longestRow
	if _, err := d.json.Token(); err != io.EOF {
		if err == nil {
			err = errors.New("something follows the array")
		}
		return err
	}
	return errNoMore
}

// bound ends a reader that gave more than a row may have.
type bound struct {
	r    io.Reader
	left int
}

var errLong = fmt.Errorf("longer than %d bytes", longestRow)

func (b *bound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
