package papers

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// noFolder keeps the library from making a folder of its settings at home.
var noFolder = sync.OnceFunc(api.DisableConfigDir)

// cleanPDF reads the whole document, refuses what can act by itself, and writes
// it anew from its root: what no page refers to, earlier versions and whatever
// stood between the objects does not come along.
func cleanPDF(b []byte, l Limits) (clean []byte, pages int, fault *unfit) {
	if fault := hasEnd(b); fault != nil {
		return nil, 0, fault
	}
	if unpacksBeyond(b, l.Unpacked) {
		return nil, 0, bomb
	}
	doc, fault := readPDF(b, l)
	if fault != nil {
		return nil, 0, fault
	}
	if doc.PageCount < 1 {
		return nil, 0, damaged
	}
	if doc.PageCount > l.Pages {
		return nil, 0, &unfit{key: "paper.error.pages", args: map[string]any{"pages": l.Pages}}
	}
	doc.Info = nil
	doc.ID = nil
	doc.AdditionalStreams = nil
	var out bytes.Buffer
	if err := writePDF(doc, &out); err != nil {
		return nil, 0, damaged
	}
	return out.Bytes(), doc.PageCount, nil
}

// hasEnd asks for the end mark: a file that was cut off has none, and one with
// something after it may be two files in one.
func hasEnd(b []byte) *unfit {
	at := bytes.LastIndex(b, []byte("%%EOF"))
	if at < 0 {
		return truncated
	}
	if rest := bytes.Trim(b[at+5:], "\x00\t\n\f\r "); len(rest) > 0 {
		return &unfit{key: "paper.error.polyglot"}
	}
	return nil
}

func readPDF(b []byte, l Limits) (*model.Context, *unfit) {
	noFolder()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.Optimize, c.OptimizeBeforeWriting, c.ValidateLinks = false, false, false
	c.Limits.MaxStreamBytes, c.Limits.MaxDecodeBytes = int64(len(b)), 64<<20
	c.Limits.MaxObjectCount, c.Limits.MaxXRefEntries, c.Limits.MaxObjectStreamCount = 500_000, 500_000, 100_000
	c.Limits.MaxImagePixels = int64(l.Pixels)
	doc, err := api.ReadContext(bytes.NewReader(b), c)
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword), err == nil && doc.Encrypt != nil:
		return nil, encrypted
	case err != nil && bytes.Contains(b, []byte("/Encrypt")):
		return nil, encrypted
	case err != nil:
		return nil, damaged
	}
	// Before the library mends what it finds wrong: a deed that it would leave out
	// is one that the sender put in.
	for _, entry := range doc.Table {
		if entry == nil || entry.Free {
			continue
		}
		if fault := inspect(entry.Object, l, 0); fault != nil {
			return nil, fault
		}
	}
	if err := checkPDF(doc); err != nil {
		return nil, damaged
	}
	return doc, nil
}

var errPanic = errors.New("the library failed on the document")

// checkPDF and writePDF turn a failure of the library into an error: the file
// comes from a stranger.
func checkPDF(doc *model.Context) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return api.ValidateContext(doc)
}

func writePDF(doc *model.Context, w io.Writer) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return api.WriteContext(doc, w)
}

// mostStreams of a document that a scanner made: a few for each page.
const mostStreams = 20_000

// unpacksBeyond unpacks every compressed stream of the file to nothing and says
// whether they are together larger than the limit.
func unpacksBeyond(b []byte, limit int64) bool {
	left := limit
	var z io.ReadCloser
	for range mostStreams {
		at := bytes.Index(b, []byte("stream"))
		if at < 0 {
			return false
		}
		b = b[at+6:]
		begun := len(b) - len(bytes.TrimLeft(b[:min(len(b), 2)], "\r\n")) - len(b[min(len(b), 2):])
		var err error
		if packed := bytes.NewReader(b[begun:]); z == nil {
			z, err = zlib.NewReader(packed)
		} else {
			err = z.(zlib.Resetter).Reset(packed, nil)
		}
		if err != nil {
			continue
		}
		n, _ := io.CopyN(io.Discard, z, left+1)
		if left -= n; left < 0 {
			return true
		}
	}
	return true
}

// deeds are the actions that a document could do by itself or on a press
// (ISO 32000-1, table 198), but for going to a page and opening an address.
var deeds = map[string]bool{"JavaScript": true, "Launch": true, "ImportData": true, "SubmitForm": true,
	"GoToE": true, "GoToR": true, "Rendition": true, "Movie": true, "Sound": true, "RichMediaExecute": true}

// carriers are the keys by which a document holds programs, other files and
// forms that are programs.
var carriers = []string{"JS", "JavaScript", "EmbeddedFiles", "EF", "RichMediaContent", "XFA", "Collection"}

// traces are the keys that say who made a document, when and with what.
var traces = []string{"Metadata", "PieceInfo", "LastModified", "AF"}

// inspect looks through an object, takes out what speaks of the maker and stops
// at what is alive.
func inspect(o types.Object, l Limits, depth int) *unfit {
	if depth > 64 {
		return damaged
	}
	switch o := o.(type) {
	case types.Dict:
		return inspectDict(o, l, depth)
	case types.StreamDict:
		return inspectStream(&o, l, depth)
	case *types.StreamDict:
		return inspectStream(o, l, depth)
	case types.ObjectStreamDict:
		return inspectDict(o.Dict, l, depth)
	case types.Array:
		for _, part := range o {
			if fault := inspect(part, l, depth+1); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func inspectDict(d types.Dict, l Limits, depth int) *unfit {
	if s := d.NameEntry("S"); s != nil && deeds[*s] {
		return alive
	}
	if t := d.NameEntry("Type"); t != nil && *t == "EmbeddedFile" {
		return alive
	}
	for _, key := range carriers {
		o, ok := d.Find(key)
		switch {
		case !ok:
		case isEmptyTree(o): // some programs write the list of attachments without any
			delete(d, key)
		default:
			return alive
		}
	}
	for _, key := range traces {
		delete(d, key)
	}
	for _, part := range d {
		if fault := inspect(part, l, depth+1); fault != nil {
			return fault
		}
	}
	return nil
}

// isEmptyTree says whether an object is a name tree in which nothing stands.
func isEmptyTree(o types.Object) bool {
	d, ok := o.(types.Dict)
	if !ok {
		return false
	}
	for key, value := range d {
		if list, ok := value.(types.Array); !ok || key != "Names" || len(list) > 0 {
			return false
		}
	}
	return true
}

// inspectStream also looks at pictures: at their size, and at the data about the
// place and the telephone that a photograph brings into the document.
func inspectStream(s *types.StreamDict, l Limits, depth int) *unfit {
	if fault := inspectDict(s.Dict, l, depth); fault != nil {
		return fault
	}
	if kind := s.NameEntry("Subtype"); kind == nil || *kind != "Image" {
		return nil
	}
	width, height := s.IntEntry("Width"), s.IntEntry("Height")
	if width == nil || height == nil || *width <= 0 || *height <= 0 {
		return damaged
	}
	if *width > l.Pixels || *height > l.Pixels / *width {
		return tooManyPixels(l)
	}
	if s.HasSoleFilterNamed("DCTDecode") && len(s.Raw) > 3 && s.Raw[0] == 0xff && s.Raw[1] == 0xd8 {
		if clean, fault := stripJPEG(s.Raw); fault == nil {
			// As long as before: another part of the document may state the length.
			copy(s.Raw, clean)
			clear(s.Raw[len(clean):])
		}
	}
	return nil
}
