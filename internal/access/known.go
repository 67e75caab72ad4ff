package access

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Who takes somebody's number over, at an operator's counter or in the Mobile
// Citizens Database, gets his codes. Therefore we remember which phone the database
// named last. When it names another, the person is told on both; for a while the new
// one signs nothing, and everything that is told goes to the old one too. A key is
// not touched by any of this.

// HeldPhone says that the phone of the person changed lately and signs nothing until
// then. It is mekenjai.ErrForbidden.
type HeldPhone struct{ Until time.Time }

func (e *HeldPhone) Error() string {
	return "the phone changed lately and signs nothing until " + e.Until.UTC().Format(time.RFC3339)
}

// Unwrap makes errors.Is(err, mekenjai.ErrForbidden) hold.
func (e *HeldPhone) Unwrap() error { return mekenjai.ErrForbidden }

// knownPhone is what we remember of somebody's phone.
type knownPhone struct {
	hash    []byte
	phone   string // sealed
	former  string // sealed, "" when the hold is over
	changed time.Time
	hold    time.Time
}

// isHeld says whether the phone may not sign at now.
func (k knownPhone) isHeld(now time.Time) bool { return now.Before(k.hold) }

func loadPhone(ctx context.Context, tx database.Tx, iin mekenjai.IIN) (k knownPhone, known bool, err error) {
	err = tx.QueryRow(ctx, `SELECT phone_hash, phone, former, changed_at, hold_until FROM access_phone WHERE iin = $1`, iin).
		Scan(&k.hash, &k.phone, &k.former, database.ScanTime(&k.changed), database.ScanTime(&k.hold))
	if errors.Is(err, database.ErrNoRows) {
		return k, false, nil
	}
	return k, err == nil, err
}

// see notes which phone the database names for somebody now, and returns what is
// known of it. A change begins the hold; who changes back to the number before ends
// it. Both are told.
func (a *Access) see(ctx context.Context, tx database.Tx, iin mekenjai.IIN, phone mekenjai.Phone) (knownPhone, error) {
	k, known, err := loadPhone(ctx, tx, iin)
	if err != nil || phone == "" {
		return k, err
	}
	sum := a.phoneHash(iin, phone)
	if known && hmac.Equal(k.hash, sum) {
		return k, nil
	}
	before := a.unseal(iin, k.phone)
	now := tx.Now()
	next := knownPhone{hash: sum, phone: a.seal(iin, string(phone))}
	// A number kept under another secret cannot be compared: it is remembered anew.
	if before != "" {
		next.changed, next.hold, next.former = now, now.Add(a.Hold), k.phone
		if k.isHeld(now) {
			next.former = k.former // the number from before the first of several changes
		}
		if k.isHeld(now) && a.unseal(iin, k.former) == string(phone) {
			next.former, next.hold = "", time.Time{}
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO access_phone (iin, phone_hash, phone, seen_at, former, changed_at, hold_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (iin) DO UPDATE SET phone_hash = $2, phone = $3, seen_at = $4, former = $5, changed_at = $6, hold_until = $7`,
		iin, next.hash, next.phone, database.Micros(now), next.former, database.NullMicros(next.changed), database.NullMicros(next.hold))
	if err != nil || before == "" {
		return next, err
	}
	if err := a.remark(ctx, tx, Remark{IIN: iin, Kind: PhoneChanged, Hold: next.hold}); err != nil {
		return next, err
	}
	return next, audit.Write(ctx, tx, audit.BySystem("phone.change", string(PhoneChanged)).Concerning(iin).
		With("phone", phone.Masked()).With("former", mekenjai.Phone(before).Masked()))
}

// Contacts are the phones to which something about the person is told: the one that
// the database names now and, during the hold, the one before it.
func (a *Access) Contacts(ctx context.Context, iin mekenjai.IIN, phone mekenjai.Phone) (list []mekenjai.Phone, err error) {
	k, held, err := a.notice(ctx, iin, phone)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	if phone != "" {
		list = append(list, phone)
	}
	if former := mekenjai.Phone(a.unseal(iin, k.former)); held && former != "" && former != phone {
		list = append(list, former)
	}
	return list, nil
}

// notice is see in a transaction of its own; mostly nothing has changed, and then
// none that writes is begun.
func (a *Access) notice(ctx context.Context, iin mekenjai.IIN, phone mekenjai.Phone) (k knownPhone, held bool, err error) {
	known := false
	err = a.db.Read(ctx, func(tx database.Tx) error {
		k, known, err = loadPhone(ctx, tx, iin)
		held = k.isHeld(tx.Now())
		return err
	})
	if err != nil || phone == "" || known && hmac.Equal(k.hash, a.phoneHash(iin, phone)) {
		return k, held, err
	}
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		k, err = a.see(ctx, tx, iin, phone)
		held = k.isHeld(tx.Now())
		return err
	})
	return k, held, err
}

// HeldUntil is until when somebody's phone signs nothing; zero when it may.
func (a *Access) HeldUntil(ctx context.Context, iin mekenjai.IIN) (until time.Time, err error) {
	err = a.db.Read(ctx, func(tx database.Tx) error {
		k, _, err := loadPhone(ctx, tx, iin)
		if until = k.hold; !k.isHeld(tx.Now()) {
			until = time.Time{}
		}
		return err
	})
	return until, err
}

// mayPhoneSign asks, before a code is sent, whether the person's phone may sign:
// *HeldPhone when not. While the database is silent what is known decides, and the
// job that sends the code asks again.
func (a *Access) mayPhoneSign(ctx context.Context, iin mekenjai.IIN) error {
	asking, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	phone, found, err := a.phoneOf(asking, iin)
	if err != nil || !found {
		phone = ""
	}
	k, held, err := a.notice(ctx, iin, phone)
	if err == nil && held {
		return &HeldPhone{k.hold}
	}
	return err
}

// phoneHash tells a change without telling the number.
func (a *Access) phoneHash(iin mekenjai.IIN, phone mekenjai.Phone) []byte {
	return a.keyed("access phone v1", string(iin), string(phone))
}

// keyed is a hash under the secret of the installation, for one use alone.
func (a *Access) keyed(parts ...string) []byte {
	mac := hmac.New(sha256.New, a.Secret)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return mac.Sum(nil)
}

// seal encrypts a number for its row; the name of the secret stands before it, so
// that one of another secret is known as such.
func (a *Access) seal(iin mekenjai.IIN, text string) string {
	box := a.box()
	nonce := random(box.NonceSize())
	return a.secretName() + ":" + base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(text), []byte(iin)))
}

// unseal is the number, "" for none and for one that was sealed under another secret.
func (a *Access) unseal(iin mekenjai.IIN, sealed string) string {
	name, text, _ := strings.Cut(sealed, ":")
	box := a.box()
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || name != a.secretName() || len(data) < box.NonceSize() {
		return ""
	}
	plain, err := box.Open(nil, data[:box.NonceSize()], data[box.NonceSize():], []byte(iin))
	if err != nil {
		return ""
	}
	return string(plain)
}

func (a *Access) secretName() string { return hex.EncodeToString(a.keyed("access secret name")[:4]) }

func (a *Access) box() cipher.AEAD {
	block, err := aes.NewCipher(a.keyed("access phone box v1"))
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return box
}
