package mekenjai

import (
	"strings"
	"time"
)

// RegistrationState is where an entry of the register stands.
type RegistrationState string

// An entry is current from the moment of fixing to the end of its last day, or
// to the event that ends it earlier.
const (
	EntryCurrent RegistrationState = "current"
	EntryAhead   RegistrationState = "ahead" // extends the current one and begins the day after it
	EntryEnded   RegistrationState = "ended"
)

// EndReason says why an entry ended.
type EndReason string

// The ends known to the law and the practice (rules R14, R59–R65).
const (
	EndExpired  EndReason = "EXPIRED"
	EndMoved    EndReason = "MOVED"             // a new entry at another address
	EndExtended EndReason = "EXTENDED"          // replaced by the entry that extends it
	EndByOwner  EndReason = "REMOVED_BY_OWNER"  //
	EndByPerson EndReason = "REMOVED_BY_PERSON" //
	EndDeath    EndReason = "REMOVED_DEATH"     //
	EndResident EndReason = "REMOVED_RESIDENT"  // became the person's permanent address
	EndDeparted EndReason = "REMOVED_DEPARTED"  // left the country for good
	EndCourt    EndReason = "REMOVED_COURT"     //
	EndAnnulled EndReason = "ANNULLED"          // from the beginning
)

// Registration is an entry in the register of temporary registrations. It counts
// from the moment it is fixed there (service page), never from an earlier day.
type Registration struct {
	ID          string
	Number      string // printed on the certificate, see NewNumber
	Application string
	Person      IIN
	Name        Name
	Dwelling    Dwelling
	Period      Period
	FixedAt     time.Time
	State       RegistrationState
	EndedAt     time.Time
	EndReason   EndReason
	// Disputed is since when the certificate is frozen because somebody disputes
	// the entry; zero for most. It still counts: frozen is not ended.
	Disputed time.Time
	Version  int // 1, and one more with each correction
}

// Standing is what a stranger may learn of an entry.
type Standing string

// The standings of the public check.
const (
	StandsValid    Standing = "valid"
	StandsAhead    Standing = "ahead" // not begun yet
	StandsDisputed Standing = "disputed"
	StandsEnded    Standing = "ended"
	StandsAnnulled Standing = "annulled"
)

// StandingOn is how the entry stands on the day d. What is annulled never was,
// on whichever day one asks.
func (r Registration) StandingOn(d Date) Standing {
	switch {
	case r.EndReason == EndAnnulled:
		return StandsAnnulled
	case r.State == EntryEnded || d.After(r.Period.To):
		return StandsEnded
	case !r.Disputed.IsZero():
		return StandsDisputed
	case r.IsValidOn(d):
		return StandsValid
	}
	return StandsAhead
}

// LastDay is the last day on which the entry counted or will count; no date for
// one that was annulled.
func (r Registration) LastDay() Date {
	switch {
	case r.EndReason == EndAnnulled:
		return Date{}
	case !r.EndedAt.IsZero() && DateOf(r.EndedAt).Before(r.Period.To):
		return DateOf(r.EndedAt)
	}
	return r.Period.To
}

// IsValidOn says whether the person is registered on the day d.
func (r Registration) IsValidOn(d Date) bool {
	if !r.Period.Contains(d) || r.EndReason == EndAnnulled {
		return false
	}
	return r.State == EntryCurrent
}

// alphabet leaves out letters that are mistaken for digits or for one another
// when read aloud or typed from paper (Crockford's base 32).
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode writes five bits of each byte of random as a letter and groups them by
// four. Eight bytes name an application or an entry (40 bits, unique by the
// database); sixteen make a code that nobody can guess (80 bits).
func NewCode(random []byte) string {
	var b strings.Builder
	for i, x := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[x&31])
	}
	return b.String()
}

// ParseCode undoes the ways in which people type a code: small letters, missing
// or other dashes, O for 0, I and L for 1. It returns "" when that is no code of
// n letters.
func ParseCode(s string, n int) string {
	var letters []byte
	for _, r := range strings.ToUpper(s) {
		switch r {
		case '-', ' ', '‐', '–', '—', '\u00a0':
			continue
		case 'O', 'О': // Latin and Cyrillic
			r = '0'
		case 'I', 'L', 'І':
			r = '1'
		}
		i := strings.IndexRune(alphabet, r)
		if i < 0 || len(letters) == n {
			return ""
		}
		letters = append(letters, byte(i))
	}
	if len(letters) != n {
		return ""
	}
	return NewCode(letters)
}
