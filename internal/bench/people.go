package bench

import (
	"encoding/base64"
	"fmt"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/crowd"
)

// keyring makes the keys of the crowd. It belongs to one worker: the authority
// behind it makes one key at a time.
type keyring struct {
	crowd     *crowd.Crowd
	authority *pki.Authority
}

func newKeyring(c *crowd.Crowd, seed []byte) (*keyring, error) {
	a, err := pki.New(seed, time.Now())
	if err != nil {
		return nil, err
	}
	return &keyring{c, a}, nil
}

// key of person i: the one that the demo country's authority would give.
func (k *keyring) key(i int) (*eds.Key, error) {
	name := k.crowd.Name(i)
	return k.authority.Person(pki.Person{IIN: string(crowd.IIN(i)), Surname: name.Surname, Given: name.Given, Patronymic: name.Patronymic}, pki.Options{})
}

// sign signs as the signing program of a browser does.
func sign(key *eds.Key, text []byte, attached bool) (string, error) {
	cms, err := eds.SignCMS(key, text, eds.SignOptions{Attached: attached, Time: time.Now()})
	return base64.StdEncoding.EncodeToString(cms), err
}

// addressOf is the network address of person i's n-th browser.
func addressOf(i, n int) string {
	i = i*3 + n
	return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
}
