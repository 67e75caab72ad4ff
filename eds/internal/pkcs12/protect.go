package pkcs12

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"mekenjai/eds/internal/der"
)

// Object identifiers of what protects stores: RFC 7292 appendix C, RFC 8018.
const (
	oidSHA1   = "1.3.14.3.2.26"
	oidSHA256 = "2.16.840.1.101.3.4.2.1"
	oidSHA384 = "2.16.840.1.101.3.4.2.2"
	oidSHA512 = "2.16.840.1.101.3.4.2.3"

	oidPBE3DES      = "1.2.840.113549.1.12.1.3"
	oidPBE2KeyDES   = "1.2.840.113549.1.12.1.4"
	oidPBERC2x128   = "1.2.840.113549.1.12.1.5"
	oidPBERC2x40    = "1.2.840.113549.1.12.1.6"
	oidPBES2        = "1.2.840.113549.1.5.13"
	oidPBKDF2       = "1.2.840.113549.1.5.12"
	oidHMACSHA1     = "1.2.840.113549.2.7"
	oidHMACSHA256   = "1.2.840.113549.2.9"
	oidHMACSHA384   = "1.2.840.113549.2.10"
	oidHMACSHA512   = "1.2.840.113549.2.11"
	oidAES128CBC    = "2.16.840.1.101.3.4.1.2"
	oidAES192CBC    = "2.16.840.1.101.3.4.1.22"
	oidAES256CBC    = "2.16.840.1.101.3.4.1.42"
	oidTripleDESCBC = "1.2.840.113549.3.7"
)

var hashes = map[string]func() hash.Hash{
	oidSHA1: sha1.New, oidSHA256: sha256.New, oidSHA384: sha512.New384, oidSHA512: sha512.New,
	oidHMACSHA1: sha1.New, oidHMACSHA256: sha256.New, oidHMACSHA384: sha512.New384, oidHMACSHA512: sha512.New,
}

// The purposes for which a password is turned into bytes (RFC 7292, appendix B.3).
const (
	forKey byte = 1
	forIV  byte = 2
	forMAC byte = 3
)

// derive turns a password into size bytes (RFC 7292, appendix B.2).
func derive(h func() hash.Hash, purpose byte, password, salt []byte, iterations, size int) []byte {
	d := h()
	v, u := d.BlockSize(), d.Size()
	diversifier := bytes.Repeat([]byte{purpose}, v)
	input := append(fill(salt, v), fill(password, v)...)
	var out []byte
	for len(out) < size {
		d.Reset()
		d.Write(diversifier)
		d.Write(input)
		a := d.Sum(nil)
		for range iterations - 1 {
			d.Reset()
			d.Write(a)
			a = d.Sum(a[:0])
		}
		out = append(out, a[:u]...)
		b := fill(a, v)[:v]
		for j := 0; j < len(input); j += v {
			addOne(input[j:j+v], b)
		}
	}
	return out[:size]
}

// fill repeats b to the next multiple of v.
func fill(b []byte, v int) []byte {
	if len(b) == 0 {
		return nil
	}
	size := (len(b) + v - 1) / v * v
	return bytes.Repeat(b, size/len(b)+1)[:size:size]
}

// addOne is block + b + 1, modulo its size.
func addOne(block, b []byte) {
	carry := 1
	for i := len(block) - 1; i >= 0; i-- {
		carry += int(block[i]) + int(b[i])
		block[i] = byte(carry)
		carry >>= 8
	}
}

// prove checks the store's MAC with the password and keeps it for what follows. Of the
// two ways to write an empty password either is taken.
func (o *opener) prove(p pfx, password string) error {
	h := hashes[p.mac.digest]
	if h == nil {
		return fmt.Errorf("%w: MAC of %s", ErrUnsupported, p.mac.digest)
	}
	if len(p.mac.salt) > maxSalt {
		return fmt.Errorf("%w: salt of %d bytes", der.ErrSyntax, len(p.mac.salt))
	}
	forms := [][]byte{bmpString(password)}
	if password == "" {
		forms = append(forms, nil)
	}
	for _, form := range forms {
		if err := o.charge(p.mac.iterations); err != nil {
			return err
		}
		key := derive(h, forMAC, form, p.mac.salt, p.mac.iterations, h().Size())
		m := hmac.New(h, key)
		m.Write(p.safe)
		if hmac.Equal(m.Sum(nil), p.mac.value) {
			o.password, o.bmp = password, form
			return nil
		}
	}
	return ErrPassword
}

// older are the methods of RFC 7292: SHA-1 and a cipher.
var older = map[string]struct {
	key int
	new func(key []byte) (cipher.Block, error)
}{
	oidPBE3DES:    {24, des.NewTripleDESCipher},
	oidPBE2KeyDES: {16, func(k []byte) (cipher.Block, error) { return des.NewTripleDESCipher(append(k[:16:16], k[:8]...)) }},
	oidPBERC2x128: {16, func(k []byte) (cipher.Block, error) { return newRC2(k, 128), nil }},
	oidPBERC2x40:  {5, func(k []byte) (cipher.Block, error) { return newRC2(k, 40), nil }},
}

// decrypt undoes an encryption whose AlgorithmIdentifier has the contents method.
func (o *opener) decrypt(method, encrypted []byte) ([]byte, error) {
	r := der.Read(method)
	oid := r.OID()
	params := r.Enter(der.TagSequence)
	if err := der.First(r.Done(), params.Err()); err != nil {
		return nil, err
	}
	if oid == oidPBES2 {
		return o.decryptPBES2(params, encrypted)
	}
	how, ok := older[oid]
	if !ok {
		return nil, fmt.Errorf("%w: encrypted by %s", ErrUnsupported, oid)
	}
	salt, iterations := params.OctetString(), params.Int()
	if err := params.Done(); err != nil {
		return nil, err
	}
	if len(salt) > maxSalt {
		return nil, fmt.Errorf("%w: salt of %d bytes", der.ErrSyntax, len(salt))
	}
	if err := o.charge(iterations); err != nil {
		return nil, err
	}
	if err := o.charge(iterations); err != nil { // the key may take two rounds, the vector one
		return nil, err
	}
	block, err := how.new(derive(sha1.New, forKey, o.bmp, salt, iterations, how.key))
	if err != nil {
		return nil, err
	}
	return decryptCBC(block, derive(sha1.New, forIV, o.bmp, salt, iterations, block.BlockSize()), encrypted)
}

// decryptPBES2 is what newer software writes (RFC 8018): PBKDF2 and AES.
func (o *opener) decryptPBES2(params *der.Reader, encrypted []byte) ([]byte, error) {
	kdf := params.Enter(der.TagSequence)
	name := kdf.OID()
	inner := kdf.Enter(der.TagSequence)
	salt, iterations := inner.OctetString(), inner.Int()
	if inner.Peek() == der.TagInteger {
		inner.Int() // length of the key, which the cipher says too
	}
	prf := oidHMACSHA1
	if inner.More() {
		prf = algorithm(inner)
	}
	scheme := params.Enter(der.TagSequence)
	by := scheme.OID()
	iv := scheme.OctetString()
	if err := der.First(inner.Done(), kdf.Done(), scheme.Done(), params.Done()); err != nil {
		return nil, err
	}
	size := map[string]int{oidAES128CBC: 16, oidAES192CBC: 24, oidAES256CBC: 32, oidTripleDESCBC: 24}[by]
	if name != oidPBKDF2 || hashes[prf] == nil || size == 0 {
		return nil, fmt.Errorf("%w: encrypted by %s, %s, %s", ErrUnsupported, name, prf, by)
	}
	if len(salt) > maxSalt {
		return nil, fmt.Errorf("%w: salt of %d bytes", der.ErrSyntax, len(salt))
	}
	if err := o.charge(iterations); err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(hashes[prf], o.password, salt, iterations, size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if by == oidTripleDESCBC {
		block, err = des.NewTripleDESCipher(key)
	}
	if err != nil {
		return nil, err
	}
	if len(iv) != block.BlockSize() {
		return nil, fmt.Errorf("%w: initialization vector of %d bytes", der.ErrSyntax, len(iv))
	}
	return decryptCBC(block, iv, encrypted)
}

// decryptCBC takes the padding off, too. What it says of a wrong one tells a stranger
// nothing: the MAC was proved before.
func decryptCBC(block cipher.Block, iv, encrypted []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(encrypted) == 0 || len(encrypted)%size != 0 {
		return nil, fmt.Errorf("%w: %d encrypted bytes", der.ErrSyntax, len(encrypted))
	}
	out := make([]byte, len(encrypted))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, encrypted)
	pad := int(out[len(out)-1])
	if pad == 0 || pad > size || !bytes.Equal(out[len(out)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, fmt.Errorf("%w: padding", der.ErrSyntax)
	}
	return out[:len(out)-pad], nil
}

// encryptCBC pads and encrypts.
func encryptCBC(block cipher.Block, iv, plain []byte) []byte {
	pad := block.BlockSize() - len(plain)%block.BlockSize()
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}
