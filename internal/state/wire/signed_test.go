package wire

import (
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig"

	"github.com/google/go-cmp/cmp"
)

// The bus signs a business document within itself: it stays a message of the schema,
// and says the same.
func TestSignedMessagesAreReadAndStayValid(t *testing.T) {
	authority, err := pki.New([]byte("messages"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]map[string][]byte{"persons": {}, "entities": {}}
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		key, err := authority.Person(pki.Person{}, pki.Options{BIN: string(firm), Organization: "Үлгі", Algorithm: algorithm})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"persons-request", "persons-found", "entities-request", "entities-found"} {
			raw, err := goldens()[name]()
			if err != nil {
				t.Fatal(err)
			}
			signed, err := xmldsig.Sign(key, raw, xmldsig.SignOptions{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := decode(name, signed); err != nil {
				t.Errorf("%s signed with %s: %v", name, algorithm, err)
			}
			documents[schemaOf(name)][name+"-"+string(algorithm)] = signed
			if name == "persons-found" {
				plain, _ := DecodePersonResponse(raw)
				got, err := DecodePersonResponse(signed)
				if diff := cmp.Diff(plain, got); err != nil || diff != "" {
					t.Errorf("signed it says something else: %v %s", err, diff)
				}
			}
		}
	}
	dir := validator(t)
	for schema, list := range documents {
		for name, valid := range validate(t, dir, schema, list) {
			if !valid {
				t.Errorf("%s is not valid: %s", name, list[name])
			}
		}
	}
}
