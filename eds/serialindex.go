package eds

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"sort"
	"time"

	"mekenjai/eds/internal/der"
)

// Widths of a record: serial numbers have at most 20 bytes (RFC 5280, section
// 4.1.2.2), stored right-aligned, then seconds since 1970, then the reason.
const (
	serialBytes = 20
	recordBytes = serialBytes + 4 + 1
)

// serialIndex is a sorted array of records without pointers, 25 bytes an entry, and a
// directory by the first two bytes of the serial number, which are random.
type serialIndex struct {
	records   []byte
	directory []uint32 // first record whose two leading bytes are this or more; nil: small
}

func (x *serialIndex) grow(n int) { x.records = make([]byte, 0, n*recordBytes) }

func (x *serialIndex) len() int { return len(x.records) / recordBytes }

func (x *serialIndex) record(i int) []byte { return x.records[i*recordBytes : (i+1)*recordBytes] }

// add appends an entry; the serial number is given as the contents of its INTEGER.
func (x *serialIndex) add(serial []byte, at time.Time, reason RevocationReason) error {
	if len(serial) > 1 && serial[0] == 0 {
		serial = serial[1:]
	}
	if len(serial) == 0 || len(serial) > serialBytes {
		return fmt.Errorf("%w: serial number of %d bytes", der.ErrSyntax, len(serial))
	}
	var r [recordBytes]byte
	copy(r[serialBytes-len(serial):], serial)
	seconds := min(max(at.Unix(), 0), math.MaxUint32)
	binary.BigEndian.PutUint32(r[serialBytes:], uint32(seconds))
	r[serialBytes+4] = byte(reason)
	x.records = append(x.records, r[:]...)
	return nil
}

// Len, Less and Swap sort the records by serial number.
func (x *serialIndex) Len() int { return x.len() }
func (x *serialIndex) Less(i, j int) bool {
	return bytes.Compare(x.record(i)[:serialBytes], x.record(j)[:serialBytes]) < 0
}
func (x *serialIndex) Swap(i, j int) {
	var t [recordBytes]byte
	a, b := x.record(i), x.record(j)
	copy(t[:], a)
	copy(a, b)
	copy(b, t[:])
}

// sort puts the records in order and makes the directory.
func (x *serialIndex) sort() {
	sort.Sort(x)
	if x.len() < 1<<12 {
		return
	}
	x.directory = make([]uint32, 1<<16+1)
	next := 0
	for i := range x.len() {
		for lead := int(binary.BigEndian.Uint16(x.record(i))); next <= lead; next++ {
			x.directory[next] = uint32(i)
		}
	}
	for ; next < len(x.directory); next++ {
		x.directory[next] = uint32(x.len())
	}
}

// find looks a serial number up; leading zeros are left out.
func (x *serialIndex) find(serial []byte) (at time.Time, reason RevocationReason, found bool) {
	if len(serial) > serialBytes {
		return time.Time{}, 0, false
	}
	var key [serialBytes]byte
	copy(key[serialBytes-len(serial):], serial)
	lo, hi := 0, x.len()
	if x.directory != nil {
		lead := binary.BigEndian.Uint16(key[:])
		lo, hi = int(x.directory[lead]), int(x.directory[int(lead)+1])
	}
	for lo < hi {
		mid := (lo + hi) / 2
		r := x.record(mid)
		switch bytes.Compare(r[:serialBytes], key[:]) {
		case 0:
			seconds := binary.BigEndian.Uint32(r[serialBytes:])
			return time.Unix(int64(seconds), 0).UTC(), RevocationReason(r[serialBytes+4]), true
		case -1:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return time.Time{}, 0, false
}
