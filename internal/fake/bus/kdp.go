package bus

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"mekenjai"
)

// leave issues and knows the tokens of KDP: the citizen's leave to read what one
// service knows of him, for minutes. A token carries its own proof, so that nothing
// is kept about anybody.
type leave struct{ secret [32]byte }

func newLeave() *leave {
	l := new(leave)
	rand.Read(l.secret[:]) // never fails, crypto/rand says
	return l
}

// longestLeave bounds what a customer may ask for.
const longestLeave = time.Hour

func (l *leave) issue(iin mekenjai.IIN, service string, until time.Time) string {
	var expires [8]byte
	binary.BigEndian.PutUint64(expires[:], uint64(until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(expires[:], l.seal(iin, service, expires)...))
}

func (l *leave) seal(iin mekenjai.IIN, service string, expires [8]byte) []byte {
	h := hmac.New(sha256.New, l.secret[:])
	h.Write([]byte(strings.Join([]string{string(iin), service, ""}, "\x00")))
	h.Write(expires[:])
	return h.Sum(nil)
}

// covers says whether the token lets the service speak of the person now.
func (l *leave) covers(token string, iin mekenjai.IIN, service string, now time.Time) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 8+sha256.Size {
		return false
	}
	expires := [8]byte(raw)
	return hmac.Equal(raw[8:], l.seal(iin, service, expires)) && now.Before(time.Unix(int64(binary.BigEndian.Uint64(expires[:])), 0))
}

// publicKey is what KDP gives beside a token, and wants back beside it.
func (l *leave) publicKey() string {
	sum := sha256.Sum256(l.secret[:])
	return base64.StdEncoding.EncodeToString(sum[:])
}
