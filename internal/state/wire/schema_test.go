package wire

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// validator writes the schemas out, as libxml2 wants files.
func validator(t *testing.T) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("no xmllint")
	}
	dir = t.TempDir()
	sub, err := fs.Sub(Schemas, "xsd")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "xsd"), sub); err != nil {
		t.Fatal(err)
	}
	return dir
}

// validate asks libxml2 about documents of one schema and returns which are valid.
func validate(t *testing.T, dir, schema string, documents map[string][]byte) map[string]bool {
	t.Helper()
	valid := map[string]bool{}
	args := []string{"--noout", "--nonet", "--schema", filepath.Join(dir, "xsd", schema+".xsd")}
	for name, raw := range documents {
		file := filepath.Join(dir, schema+"-"+strings.ReplaceAll(name, " ", "-")+".xml")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	out, _ := exec.Command("xmllint", args...).CombinedOutput()
	if bytes.Contains(out, []byte("failed to load")) || bytes.Contains(out, []byte("does not validate")) {
		t.Fatalf("%s: the schema itself: %s", schema, out)
	}
	for name := range documents {
		file := filepath.Join(dir, schema+"-"+strings.ReplaceAll(name, " ", "-")+".xml")
		valid[name] = bytes.Contains(out, []byte(file+" validates\n"))
	}
	return valid
}

func schemaOf(message string) string { s, _, _ := strings.Cut(message, "-"); return s }

func TestEveryMessageIsValidByItsSchema(t *testing.T) {
	dir := validator(t)
	by := map[string]map[string][]byte{"kdp": {}, "persons": {}, "entities": {}, "files": {}}
	for name, encode := range goldens() {
		raw, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		by[schemaOf(name)][name] = raw
	}
	for i := range 40 { // and values that nobody chose
		var err error
		p := people.Example(i)
		if by["persons"]["any-"+string(rune('0'+i))], err = EncodePersonResponse(answer(p)); err != nil {
			t.Fatal(err)
		}
		e := firms.Example(i)
		if by["entities"]["any-"+string(rune('0'+i))], err = EncodeEntityResponse(EntityResponse{Entity: &e}); err != nil {
			t.Fatal(err)
		}
	}
	for schema, documents := range by {
		for name, valid := range validate(t, dir, schema, documents) {
			if !valid {
				t.Errorf("%s is not valid: %s", name, documents[name])
			}
		}
	}
}

// A damage makes a good message into one that neither the schema nor we take.
type damage struct {
	message, old, new string
	schemaBears       bool // the schema cannot say what is wrong
}

var damages = map[string]damage{
	"qualified child":      {"persons-found", "<messageId>gbdfl-1</messageId>", "<p:messageId>gbdfl-1</p:messageId>", false},
	"default namespace":    {"persons-found", "<persons>", `<persons xmlns="http://message.persistence.interactive.nat">`, false},
	"order":                {"persons-found", "<messageId>gbdfl-1</messageId><messageDate>2026-11-25T12:00:01.000+05:00</messageDate>", "<messageDate>2026-11-25T12:00:01.000+05:00</messageDate><messageId>gbdfl-1</messageId>", false},
	"missing":              {"persons-found", "<birthDate>1990-01-01</birthDate><gender>", "<gender>", false},
	"unknown":              {"persons-found", "<birthPlace>", "<height>180</height><birthPlace>", false},
	"twice":                {"persons-found", "<iin>900101400122</iin>", "<iin>900101400122</iin><iin>850505300458</iin>", false},
	"date":                 {"persons-found", "<birthDate>1990-01-01</birthDate><gender>", "<birthDate>01.01.1990</birthDate><gender>", false},
	"no such day":          {"persons-found", "<birthDate>1990-01-01</birthDate><gender>", "<birthDate>1990-02-30</birthDate><gender>", false},
	"no date":              {"persons-found", "<birthDate>1990-01-01</birthDate><gender>", "<birthDate></birthDate><gender>", false},
	"instant":              {"persons-found", "2026-11-25T12:00:01.000+05:00", "2026-11-25 12:00", false},
	"boolean":              {"persons-everything", "<removed>true</removed>", "<removed>yes</removed>", false},
	"no person":            {"persons-found", "<persons>", "<persons/><persons>", false},
	"empty persons":        {"persons-unknown", "</messageResult>", "</messageResult><persons></persons>", false},
	"text":                 {"persons-found", "<persons>", "<persons>x", false},
	"other type":           {"persons-found", `xsi:type="p:Response"`, `xsi:type="p:Answer"`, false},
	"type without prefix":  {"persons-found", `xsi:type="p:Response"`, `xsi:type="Response"`, false},
	"attribute":            {"persons-found", "<persons>", `<persons count="1">`, false},
	"nil":                  {"persons-found", "<surname>", `<surname xsi:nil="true">`, false},
	"other root":           {"persons-found", "data", "date", false},
	"no type":              {"persons-found", ` xsi:type="p:Response"`, "", true},
	"number":               {"persons-found", "<iin>900101400122</iin>", "<iin>900101400123</iin>", true},
	"request for response": {"persons-found", `xsi:type="p:Response"`, `xsi:type="p:Request"`, false},

	"unqualified entity":     {"entities-found", "<u:Response", `<Response`, false},
	"qualified BIN":          {"entities-found", "<BIN>150540009992</BIN><RegStatus>", "<u:BIN>150540009992</u:BIN><RegStatus>", false},
	"entity without a name":  {"entities-found", "<FullNameKz>«Үлгі» ЖШС</FullNameKz>", "", false},
	"leader's unknown":       {"entities-found", "<IIN>", "<Phone>7</Phone><IIN>", false},
	"unqualified upload":     {"files-upload", "<f:name>келісім.pdf</f:name>", "<name>келісім.pdf</name>", false},
	"kind of nothing":        {"files-upload", "UPLOAD", "DELETE", false},
	"another kind's request": {"files-upload", "UPLOAD", "DOWNLOAD", true},
	"base64":                 {"files-upload", "JVBERi0xLjQ=", "JVBERi0xLjQ", false},
	"life":                   {"files-upload", "28800000", "-", false},
	"no credentials":         {"files-info", "f:credentials>", "f:credential>", false},
	"state of nothing":       {"files-known", "Completed", "Done", false},
	"unqualified KDP":        {"kdp-request", "<k:company>Мекенжай</k:company>", "<company>Мекенжай</company>", false},
	"KDP in other order":     {"kdp-request", "<k:uin>900101400122</k:uin><k:company>Мекенжай</k:company>", "<k:company>Мекенжай</k:company><k:uin>900101400122</k:uin>", false},
	"SMS perhaps":            {"kdp-request", "<k:omit-sms>true", "<k:omit-sms>perhaps", false},
	"KDP without a status":   {"kdp-granted", "<k:status>GRANTED</k:status>", "", false},
	"KDP unqualified status": {"kdp-granted", "k:status>", "status>", false},
}

// decode reads a message by what its name says.
func decode(name string, raw []byte) (err error) {
	switch {
	case name == "persons-request":
		_, err = DecodePersonRequest(raw)
	case schemaOf(name) == "persons":
		_, err = DecodePersonResponse(raw)
	case name == "entities-request":
		_, err = DecodeEntityRequest(raw)
	case schemaOf(name) == "entities":
		_, err = DecodeEntityResponse(raw)
	case name == "kdp-request":
		_, err = DecodeKDPRequest(raw)
	case schemaOf(name) == "kdp":
		_, err = DecodeKDPAnswer(raw)
	case name == "files-upload" || name == "files-download" || name == "files-confirm" || name == "files-info":
		_, err = DecodeFilesRequest(raw)
	default:
		_, err = DecodeFilesResponse(raw)
	}
	return err
}

func TestDamagedMessagesAreRefusedByUsAndByTheSchema(t *testing.T) {
	by := map[string]map[string][]byte{}
	messages := goldens()
	for name, d := range damages {
		raw, err := messages[d.message]()
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.ReplaceAll(raw, []byte(d.old), []byte(d.new))
		if bytes.Equal(bad, raw) {
			t.Fatalf("%s: nothing was damaged", name)
		}
		if err := decode(d.message, bad); err == nil {
			t.Errorf("%s is read: %s", name, bad)
		} else if strings.Contains(err.Error(), string(asked)) {
			t.Errorf("%s: the error tells of whom: %v", name, err)
		}
		if schema := schemaOf(d.message); !d.schemaBears {
			if by[schema] == nil {
				by[schema] = map[string][]byte{}
			}
			by[schema][name] = bad
		}
	}
	dir := validator(t)
	for schema, documents := range by {
		for name, valid := range validate(t, dir, schema, documents) {
			if valid {
				t.Errorf("%s is valid by the schema: %s", name, documents[name])
			}
		}
	}
}

// What other producers write, and means the same, is read.
func TestOtherFormsOfTheSameMessageAreRead(t *testing.T) {
	messages := goldens()
	for name, d := range map[string]damage{
		"other prefix":       {"persons-found", `xsi:type="p:`, `xsi:type="ns2:`, true},
		"spaces":             {"persons-found", "><", ">\r\n\t<", true},
		"declaration":        {"persons-found", "<data", `<?xml version="1.0" encoding="UTF-8"?><!-- bus --><data`, true},
		"namespace of bus":   {"persons-found", "<data ", `<b:data xmlns:b="http://bip.bee.kz/SyncChannel/v10/Interfaces" `, true},
		"zone of a day":      {"persons-found", "<birthDate>1990-01-01</birthDate><gender>", "<birthDate>1990-01-01+06:00</birthDate><gender>", true},
		"nil date":           {"persons-found", "<code>2</code><nameRu>Женский</nameRu><nameKz>Әйел</nameKz>", `<code>2</code><nameRu>Женский</nameRu><nameKz>Әйел</nameKz><changeDate xsi:nil="true"/>`, true},
		"signature":          {"persons-found", "</data>", `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"><ds:SignedInfo/></ds:Signature></data>`, true},
		"empty flat":         {"persons-everything", "<city>Мюнхен</city>", "<city>Мюнхен</city><flat/>", true},
		"1 is true":          {"persons-everything", "<removed>true", "<removed> 1 ", true},
		"no code":            {"persons-found", "<arCode>0201500000000001", "<arCode>нет", true},
		"root of the bus":    {"entities-found", "u:Response", "u:sendMessageResponse", true},
		"unread of founders": {"entities-found", "</Address>", "</Address><FoundersFL><IIN>x</IIN></FoundersFL><FoundersFL/><FoundersCount>2</FoundersCount>", true},
		"leader abroad":      {"entities-found", "<IIN>850505300458</IIN>", "<IIN>000000000000</IIN>", true},
		"lines of base64":    {"files-downloaded", "JVBERi0xLjQ=", "JVBERi\n0xLjQ=\n", true},
		"system with parts":  {"files-known", "PEP", `<f:id>7</f:id>`, true},
		"KDP without type":   {"kdp-granted", ` xsi:type="k:getUserDataResponse"`, "", true},
		"KDP with more":      {"kdp-granted", "<k:status>GRANTED</k:status>", "<k:message>x</k:message><k:status>GRANTED</k:status>", true},
	} {
		raw, err := messages[d.message]()
		if err != nil {
			t.Fatal(err)
		}
		if name == "namespace of bus" {
			raw = bytes.ReplaceAll(raw, []byte("</data>"), []byte("</b:data>"))
		}
		if name == "other prefix" {
			raw = bytes.ReplaceAll(raw, []byte("xmlns:p="), []byte("xmlns:ns2="))
		}
		if name == "root of the bus" {
			raw = bytes.ReplaceAll(raw, []byte(entitySpace), []byte("http://smartbridge.b10.kz"))
		}
		other := bytes.ReplaceAll(raw, []byte(d.old), []byte(d.new))
		if bytes.Equal(other, raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := decode(d.message, other); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingButPlainXMLIsRead(t *testing.T) {
	good, err := goldens()["persons-found"]()
	if err != nil {
		t.Fatal(err)
	}
	in := func(before, after string) []byte { return []byte(before + string(good) + after) }
	for name, raw := range map[string][]byte{
		"nothing":      nil,
		"no XML":       []byte("HTTP/1.1 502 Bad Gateway"),
		"HTML":         []byte("<html><body>wait</body></html>"),
		"DTD":          in("<!DOCTYPE data>", ""),
		"entity":       in(`<!DOCTYPE data [<!ENTITY x "y">]>`, ""),
		"instruction":  in(`<?xml-stylesheet href="x"?>`, ""),
		"two roots":    in("", "<data/>"),
		"text after":   in("", "x"),
		"cut":          good[:len(good)/2],
		"windows":      in(`<?xml version="1.0" encoding="windows-1251"?>`, ""),
		"undefined":    bytes.ReplaceAll(good, []byte("ҮЛГІЕВА"), []byte("&who;")),
		"deep":         []byte(strings.Repeat("<data>", 1000)),
		"wide":         []byte("<data>" + strings.Repeat("<a/>", maxElements+1) + "</data>"),
		"declarations": []byte("<data" + strings.Repeat(` xmlns:a="b"`, 200_000) + "/>"),
		"50 MB":        bytes.Repeat([]byte(" "), maxDocument+1),
		"twice":        bytes.Replace(good, []byte("<data "), []byte(`<data xsi:type="p:Request" `), 1),
	} {
		if _, err := DecodePersonResponse(raw); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// A new element of a peer's is refused until somebody has read what it means; an
// administrator can have it passed over.
func TestUnknownElementIsPassedOverByName(t *testing.T) {
	p := ordinary()
	good, err := EncodePersonResponse(answer(p))
	if err != nil {
		t.Fatal(err)
	}
	more := bytes.ReplaceAll(good, []byte("<birthPlace>"), []byte("<biometry><face>1</face></biometry><birthPlace>"))
	if _, err := DecodePersonResponse(more); err == nil || !strings.Contains(err.Error(), "data/persons/person/biometry") {
		t.Errorf("got %v", err)
	}
	if r, err := DecodePersonResponse(more, "person/biometry"); err != nil || r.Persons[0].IIN != p.IIN {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for name, encode := range goldens() {
		raw, err := encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, raw)
	}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		if decode(name, raw) != nil {
			return
		}
		// What was read can be written and is then read as the same.
		switch {
		case schemaOf(name) == "persons" && name != "persons-request":
			again(t, raw, func(b []byte) (PersonResponse, error) { return DecodePersonResponse(b) }, EncodePersonResponse)
		case schemaOf(name) == "entities" && name != "entities-request":
			again(t, raw, func(b []byte) (EntityResponse, error) { return DecodeEntityResponse(b) }, EncodeEntityResponse)
		}
	})
}

// again checks that a value survives another turn.
func again[T any](t *testing.T, raw []byte, decode func([]byte) (T, error), encode func(T) ([]byte, error)) {
	t.Helper()
	v, err := decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	written, err := encode(v)
	if err != nil {
		t.Fatalf("read, but not to be written: %v", err)
	}
	got, err := decode(written)
	if err != nil {
		t.Fatalf("written, but not to be read: %v in %s", err, written)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Fatalf("(-read +read again):\n%s", diff)
	}
}
