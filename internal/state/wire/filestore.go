package wire

import (
	"encoding/xml"
	"fmt"
	"slices"
	"time"
)

// The message of the temporary store of files (service EDS_TEMP_FILES). Elements are
// qualified; <data> has the request or the response as its one child.
const filesSpace = "http://egov.bee.kz/eds/tempstorage/v2/"

var filesShape = shape{space: filesSpace, kind: "tempStorage", qualified: true, prefix: "f",
	roots: []xml.Name{{Local: "data"}, {Space: busSpace, Local: "data"}}}

// FilesKind is what is asked of the store.
type FilesKind string

// The four kinds.
const (
	FilesUpload   FilesKind = "UPLOAD"
	FilesDownload FilesKind = "DOWNLOAD"
	FilesConfirm  FilesKind = "CONFIRM" // of having received: then the store may delete
	FilesInfo     FilesKind = "GET_FILE_INFO"
)

// FileState is what became of a file, or of the whole question.
type FileState string

// The states.
const (
	FileNotExists FileState = "NotExists"
	FileInProcess FileState = "InProcess"
	FileCompleted FileState = "Completed"
	FileAborted   FileState = "Aborted"
)

var (
	filesKinds = []FilesKind{FilesUpload, FilesDownload, FilesConfirm, FilesInfo}
	fileStates = []FileState{FileNotExists, FileInProcess, FileCompleted, FileAborted}
)

// FileUpload is one file on its way to the store.
type FileUpload struct {
	Process string // our name for it within the message
	Name    string
	Content []byte
	Type    string // media type
	Life    time.Duration
	Confirm bool // it is kept until the receiver confirms
}

// FilesRequest is a question to the store: Uploads for an upload, else Files.
type FilesRequest struct {
	Kind             FilesKind
	Uploads          []FileUpload
	Files            []string // identifiers that the store gave
	Sender, Password string
}

// FileMeta is what the store knows about a file.
type FileMeta struct {
	Name, Type  string
	Uploaded    time.Time
	Uploader    string
	Expires     time.Time
	MustConfirm bool
	Size        int64
	Deleted     bool
	DeletedAt   time.Time
	Confirmed   bool
	Confirmer   string
	ConfirmedAt time.Time
}

// FileResult is what became of one file.
type FileResult struct {
	State   FileState
	Process string // of an upload: our name for it
	File    string // identifier in the store
	Life    time.Duration
	Content []byte
	Meta    *FileMeta
}

// FilesResponse is an answer of the store.
type FilesResponse struct {
	Kind    FilesKind
	State   FileState
	Results []FileResult
}

// EncodeFilesRequest writes a question as <data>.
func EncodeFilesRequest(r FilesRequest) ([]byte, error) { return filesShape.write(r.code) }

// DecodeFilesRequest reads a question, as the peer does.
func DecodeFilesRequest(raw []byte) (r FilesRequest, err error) {
	if err := filesShape.read(raw, nil, r.code); err != nil {
		return FilesRequest{}, err
	}
	return r, nil
}

func (r *FilesRequest) code(c *coder) {
	c.group("tempStorageRequest", true, true, func(c *coder) {
		c.filesKind(&r.Kind)
		switch r.Kind {
		case FilesUpload:
			c.group("uploadRequest", true, true, func(c *coder) { list(c, "fileUploadRequests", 1, &r.Uploads, fileUpload) })
		case FilesDownload:
			c.group("downloadRequest", true, true, r.identifiers)
		case FilesConfirm:
			c.group("confirmRequest", true, true, r.identifiers)
		case FilesInfo:
			c.group("getFileInfoRequest", true, true, r.identifiers)
		}
		c.group("credentials", true, true, func(c *coder) {
			c.sure("senderId", &r.Sender)
			c.maybe("password", &r.Password)
		})
	})
}

// identifiers are a repeated text.
func (r *FilesRequest) identifiers(c *coder) {
	if !c.reading() {
		if len(r.Files) == 0 {
			c.fail("no fileIdentifiers")
		}
		for i := range r.Files {
			c.sure("fileIdentifiers", &r.Files[i])
		}
		return
	}
	for c.err == nil && (len(r.Files) == 0 || c.next < len(c.node.children)) {
		var id string
		c.sure("fileIdentifiers", &id)
		r.Files = append(r.Files, id)
	}
}

func fileUpload(c *coder, f *FileUpload) {
	c.sure("fileProcessIdentifier", &f.Process)
	c.maybe("name", &f.Name)
	c.content("content", true, &f.Content)
	c.maybe("mime", &f.Type)
	c.millis("lifeTime", false, &f.Life)
	c.flag("needToBeConfirmed", false, &f.Confirm)
}

// EncodeFilesResponse writes an answer as <data>.
func EncodeFilesResponse(r FilesResponse) ([]byte, error) { return filesShape.write(r.code) }

// DecodeFilesResponse reads an answer.
func DecodeFilesResponse(raw []byte) (r FilesResponse, err error) {
	if err := filesShape.read(raw, nil, r.code); err != nil {
		return FilesResponse{}, err
	}
	return r, nil
}

func (r *FilesResponse) code(c *coder) {
	c.group("tempStorageResponse", true, true, func(c *coder) {
		c.filesKind(&r.Kind)
		results := func(group, each string, one func(*coder, *FileResult)) {
			c.group(group, true, true, func(c *coder) {
				list(c, each, 1, &r.Results, one)
				c.fileState(&r.State)
			})
		}
		switch r.Kind {
		case FilesUpload:
			results("uploadResponse", "fileUploadResults", uploadResult)
		case FilesDownload:
			results("downloadResponse", "fileDownloadResults", downloadResult)
		case FilesConfirm:
			results("confirmResponse", "fileConfirmResults", func(c *coder, f *FileResult) { c.fileState(&f.State); c.sure("fileIdentifier", &f.File) })
		case FilesInfo:
			results("getFileInfoResponse", "fileInfoResults", infoResult)
		}
	})
}

func uploadResult(c *coder, f *FileResult) {
	c.sure("fileProcessIdentifier", &f.Process)
	c.fileState(&f.State)
	c.maybe("fileIdentifier", &f.File)
	c.millis("lifeTime", false, &f.Life)
}

func downloadResult(c *coder, f *FileResult) {
	c.fileState(&f.State)
	c.sure("fileIdentifier", &f.File)
	c.content("content", false, &f.Content)
	optional(c, "meta", &f.Meta, fileMeta)
}

func infoResult(c *coder, f *FileResult) {
	c.fileState(&f.State)
	c.sure("fileIdentifier", &f.File)
	optional(c, "meta", &f.Meta, fileMeta)
}

func fileMeta(c *coder, m *FileMeta) {
	c.maybe("name", &m.Name)
	c.maybe("mime", &m.Type)
	c.instant("uploadDate", true, &m.Uploaded)
	c.system("uploaderSystem", true, &m.Uploader)
	c.instant("expirationTime", true, &m.Expires)
	c.flag("needToBeConfirmed", false, &m.MustConfirm)
	c.number("size", true, &m.Size)
	c.flag("deleted", true, &m.Deleted)
	c.instant("deletionTime", false, &m.DeletedAt)
	c.flag("confirmed", true, &m.Confirmed)
	c.system("confirmedSystem", false, &m.Confirmer)
	c.instant("confirmationTime", false, &m.ConfirmedAt)
}

// system is an information system. What the schema has in it is not public, so
// whatever stands there is passed over; ours is a name.
func (c *coder) system(name string, must bool, v *string) {
	if !c.reading() {
		c.str(name, must, v)
		return
	}
	if n := c.take(name, must); n != nil && len(n.children) == 0 {
		*v = n.text
	}
}

func (c *coder) filesKind(k *FilesKind) {
	c.word("type", (*string)(k), func(s string) bool { return slices.Contains(filesKinds, FilesKind(s)) })
}

func (c *coder) fileState(s *FileState) {
	c.word("status", (*string)(s), func(s string) bool { return slices.Contains(fileStates, FileState(s)) })
}

// word is a mandatory value out of a list.
func (c *coder) word(name string, v *string, known func(string) bool) {
	if !c.reading() && !known(*v) {
		c.fail("%s cannot be %q", name, short(*v))
	}
	c.value(name, true, func() string { return *v }, func(s string) bool { *v = s; return known(s) })
}

// String tells of an answer without what is in the files.
func (r FilesResponse) String() string {
	return fmt.Sprintf("%s %s, %d files", r.Kind, r.State, len(r.Results))
}
