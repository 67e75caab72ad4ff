package wire

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai"
)

// The message of KDP, the citizen's consent (service KDP_SERVICE): without its token
// GBD FL says nothing. Children are in its namespace. What it answers was seen in
// messages only, so the order of the answer is not insisted on.
const kdpSpace = "http://service.2fa-chain.kz/ns/kdp"

var (
	kdpRequest = shape{space: kdpSpace, kind: "getUserDataRequest", typed: true, qualified: true, prefix: "k"}
	kdpAnswer  = shape{space: kdpSpace, kind: "getUserDataResponse", typed: true, qualified: true, prefix: "k"}
)

// KDPRequest asks whether we may ask about a person.
type KDPRequest struct {
	IIN          mekenjai.IIN
	Company      string
	CompanyBIN   mekenjai.BIN
	Responsible  string // of the company
	Employee     string
	Access       string // the service that the token is for: GBDFLUniversal_token
	PersonalData string // what is asked about, in words
	ExpiresIn    time.Duration
	OmitSMS      bool   // no SMS of 1414: he has just proved who he is, which OVT says
	OVT          string // JWT, see NewOVT
}

// EncodeKDPRequest writes the question as <data>.
func EncodeKDPRequest(r KDPRequest) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return kdpRequest.write(r.code)
}

// DecodeKDPRequest reads a question, as the peer does.
func DecodeKDPRequest(raw []byte) (r KDPRequest, err error) {
	if err := kdpRequest.read(raw, nil, r.code); err != nil {
		return KDPRequest{}, err
	}
	return r, r.check()
}

func (r *KDPRequest) code(c *coder) {
	c.iin("uin", &r.IIN)
	c.sure("company", &r.Company)
	c.bin("company_bin", &r.CompanyBIN)
	c.text("company_responsible", &r.Responsible)
	c.text("employee_name", &r.Employee)
	c.sure("access_name", &r.Access)
	c.text("personal_data_name", &r.PersonalData)
	c.millis("expiresIn", true, &r.ExpiresIn)
	c.flag("omit-sms", true, &r.OmitSMS)
	c.maybe("ovt", &r.OVT)
}

func (r *KDPRequest) check() error {
	switch {
	case r.ExpiresIn <= 0:
		return fmt.Errorf("%w: expiresIn must be in the future", ErrDocument)
	case r.OmitSMS && r.OVT == "":
		return fmt.Errorf("%w: omit-sms needs ovt", ErrDocument)
	}
	return nil
}

// KDPAnswer is what KDP says to it.
type KDPAnswer struct {
	Status    string
	Code      string // kdpToken of GBD FL
	PublicKey string // publicKey of GBD FL
}

// EncodeKDPAnswer writes an answer as <data>.
func EncodeKDPAnswer(a KDPAnswer) ([]byte, error) { return kdpAnswer.write(a.code) }

func (a *KDPAnswer) code(c *coder) {
	c.sure("status", &a.Status)
	c.maybe("code", &a.Code)
	c.maybe("public-key", &a.PublicKey)
}

// DecodeKDPAnswer reads an answer. Token and key come in lines, which are joined.
func DecodeKDPAnswer(raw []byte) (a KDPAnswer, err error) {
	root, err := parse(raw, nil)
	if err != nil {
		return a, err
	}
	if root.name.Local != "data" || root.name.Space != "" && root.name.Space != busSpace || root.kind.Local != "" && root.kind.Space != kdpSpace {
		return a, fmt.Errorf("%w: %s is no answer of KDP", ErrDocument, root.path())
	}
	seen := map[string]bool{}
	for _, n := range root.children {
		switch {
		case n.name.Space == dsigSpace:
			continue
		case n.name.Space != kdpSpace:
			return KDPAnswer{}, fmt.Errorf("%w: %s is in the wrong namespace", ErrDocument, n.path())
		case seen[n.name.Local] || len(n.children) > 0:
			return KDPAnswer{}, fmt.Errorf("%w: %s stands twice, or is no value", ErrDocument, n.path())
		}
		seen[n.name.Local] = true
		switch value := strings.Join(strings.Fields(n.text), ""); n.name.Local {
		case "status":
			a.Status = strings.TrimSpace(n.text)
		case "code":
			a.Code = value
		case "public-key":
			a.PublicKey = value
		}
	}
	if a.Status == "" {
		return KDPAnswer{}, fmt.Errorf("%w: an answer of KDP without a status", ErrDocument)
	}
	return a, nil
}

// KDPStatus is what a status of KDP means. The words themselves are not public.
type KDPStatus string

// The meanings.
const (
	KDPGranted KDPStatus = "granted"
	KDPPending KDPStatus = "pending"  // the citizen has not answered the SMS yet
	KDPRefused KDPStatus = "refused"  // he said no
	KDPNoPhone KDPStatus = "no_phone" // nobody could be asked
	KDPExpired KDPStatus = "expired"  // he did not answer in time
)

// KDPStatuses says what each status of KDP means. It belongs to the configuration.
type KDPStatuses map[string]KDPStatus

// OurKDPStatuses are the words of our own simulators, until the passport of the
// service names the real ones.
func OurKDPStatuses() KDPStatuses {
	return KDPStatuses{"GRANTED": KDPGranted, "PENDING": KDPPending, "REFUSED": KDPRefused, "NO_PHONE": KDPNoPhone, "EXPIRED": KDPExpired}
}

// Check refuses meanings that there are not, and a table by which nothing would
// ever be granted.
func (s KDPStatuses) Check() error {
	granted := false
	for word, meaning := range s {
		switch meaning {
		case KDPGranted:
			granted = true
		case KDPPending, KDPRefused, KDPNoPhone, KDPExpired:
		default:
			return fmt.Errorf("status %q of KDP: there is no meaning %q", word, meaning)
		}
	}
	if !granted {
		return errors.New("no status of KDP means granted")
	}
	return nil
}

// KDPError says that KDP gave no token.
type KDPError struct {
	Status KDPStatus // "" for a status that the table has not
	Word   string    // as KDP has it
}

func (e *KDPError) Error() string {
	if e.Status == "" {
		return fmt.Sprintf("KDP answers %q, which is not in the table of its statuses", short(e.Word))
	}
	return "no consent of KDP: " + string(e.Status)
}

// Token is what GBD FL wants, or a *KDPError.
func (a KDPAnswer) Token(statuses KDPStatuses) (token, publicKey string, err error) {
	meaning := statuses[a.Status]
	if meaning != KDPGranted {
		return "", "", &KDPError{Status: meaning, Word: a.Status}
	}
	if a.Code == "" || a.PublicKey == "" {
		return "", "", fmt.Errorf("%w: KDP grants without a code or a key", ErrDocument)
	}
	return a.Code, a.PublicKey, nil
}
