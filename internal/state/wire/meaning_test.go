package wire

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
)

// told is what comes out of an answer about the person who was asked about.
func told(t *testing.T, codes Codes, change func(*PersonResponse)) (state.Person, bool, error) {
	t.Helper()
	r := answer(ordinary())
	change(&r)
	raw, err := EncodePersonResponse(r)
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodePersonResponse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return read.Person(question(), codes)
}

func TestAnswerCountsOnlyWhenItIsToTheQuestion(t *testing.T) {
	if p, found, err := told(t, nil, func(*PersonResponse) {}); err != nil || !found || p.IIN != asked {
		t.Fatalf("%v, %v", found, err)
	}
	if _, found, err := told(t, nil, func(r *PersonResponse) { r.Persons = nil }); err != nil || found {
		t.Errorf("nobody known: %v, %v", found, err)
	}
	for name, c := range map[string]struct {
		change func(*PersonResponse)
		want   error
	}{
		"another person":   {func(r *PersonResponse) { r.Persons[0].IIN = other }, ErrOtherPerson},
		"two persons":      {func(r *PersonResponse) { r.Persons = append(r.Persons, r.Persons[0]) }, ErrOtherPerson},
		"another question": {func(r *PersonResponse) { r.RequestID = "x" }, ErrOtherAnswer},
		"of last year":     {func(r *PersonResponse) { r.Date = r.Date.AddDate(-1, 0, 0) }, ErrStale},
	} {
		if _, found, err := told(t, nil, c.change); !errors.Is(err, c.want) || found {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	_, found, err := told(t, nil, func(r *PersonResponse) {
		r.Result, r.Persons = term("00010", "Нет доступа", "Рұқсат жоқ"), nil
	})
	var refused *BusinessError
	if !errors.As(err, &refused) || refused.Code != "00010" || found {
		t.Errorf("refused: %v, %v", found, err)
	}
}

// The checks of section 3 of the contract, read off the message.
func TestWhatDecidesIsReadFromTheMessage(t *testing.T) {
	today := day("2026-11-25")
	one := func(change func(*state.Person)) state.Person {
		t.Helper()
		p, found, err := told(t, nil, func(r *PersonResponse) { change(&r.Persons[0]) })
		if err != nil || !found {
			t.Fatalf("%v, %v", found, err)
		}
		return p
	}
	p := one(func(*state.Person) {})
	if p.IsDead() || !p.IsKnown() || !p.IsCitizen() || !p.IsCapableOn(today) || p.IsAbsentOn(today) || p.HasLeft() {
		t.Errorf("an ordinary person: %+v", p)
	}
	if stays := p.TemporaryOn(today); len(stays) != 1 || stays[0].ARC != "0201500000000002" || stays[0].End != day("2027-04-01") {
		t.Errorf("registered elsewhere: %+v", stays)
	}
	if home, ok := p.Permanent(); !ok || home.ARC != "0201500000000001" {
		t.Errorf("permanent: %+v", home)
	}
	if d, ok := p.ValidDocument(today); !ok || d.Number != "012345678" {
		t.Errorf("document: %+v", d)
	}
	decree := &state.CapableStatus{Status: term("2", "Недееспособен", "Әрекетке қабілетсіз"), Begin: day("2025-01-01"), Number: "1", Court: term("1", "Суд", "Сот")}
	search := &state.SearchStatus{On: true, Begin: day("2025-01-01"), Number: "1", Prosecutor: term("1", "Прокуратура", "Прокуратура")}
	for name, is := range map[string]bool{
		"dead by status":      one(func(p *state.Person) { p.LifeStatus.Code = state.LifeDead }).IsDead(),
		"dead by date":        one(func(p *state.Person) { p.DeathDate = day("2026-11-01") }).IsDead(),
		"dead by certificate": one(func(p *state.Person) { p.DeathCertificate = &state.CivilAct{Number: "1"} }).IsDead(),
		"excluded":            !one(func(p *state.Person) { p.Excluded = &state.ExcludeStatus{Reason: term("1", "x", "x")} }).IsKnown(),
		"removed":             !one(func(p *state.Person) { p.Removed = true }).IsKnown(),
		"incapable":           !one(func(p *state.Person) { p.Capable = decree }).IsCapableOn(today),
		"missing":             one(func(p *state.Person) { p.Missing = search }).IsAbsentOn(today),
		"disappeared":         one(func(p *state.Person) { p.Disappeared = search }).IsAbsentOn(today),
		"foreigner":           !one(func(p *state.Person) { p.Citizenship = term("643", "РОССИЯ", "РЕСЕЙ") }).IsCitizen(),
		"left the country": one(func(p *state.Person) {
			p.RegAddress.End, p.Addresses[0].Type.Code, p.Addresses[0].Country.Code, p.Addresses[0].End = today, state.AddressDeparture, "276", mekenjai.Date{}
		}).HasLeft(),
		"child's certificate": one(func(p *state.Person) { p.BirthCertificate = &state.CivilAct{Number: "7"} }).BirthCertificate.Number == "7",
		"no permanent address": func() bool {
			_, ok := one(func(p *state.Person) { p.RegAddress.Status.Code = "2" }).Permanent()
			return !ok
		}(),
	} {
		if !is {
			t.Errorf("not read: %s", name)
		}
	}
}

// Who is of a status that nobody has explained is not alive, and an address of an
// unknown kind may be a registration elsewhere: nobody may decide on that.
func TestUnknownCodesDecideNothing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*state.Person)
		codes  Codes
	}{
		"life":    {func(p *state.Person) { p.LifeStatus.Code = "5" }, Codes{LifeStatuses: {"5": state.LifeNormal}}},
		"address": {func(p *state.Person) { p.Addresses[0].Type.Code = "05" }, Codes{AddressTypes: {"05": state.AddressTemporary}}},
		"country": {func(p *state.Person) { p.Citizenship.Code = "KAZ" }, Codes{Citizenships: {"KAZ": state.CountryKazakhstan}}},
	} {
		change := func(r *PersonResponse) { c.change(&r.Persons[0]) }
		if _, _, err := told(t, nil, change); !errors.Is(err, ErrUnknownCode) {
			t.Errorf("%s without a table: %v", name, err)
		}
		p, found, err := told(t, c.codes, change)
		if err != nil || !found || p.IsDead() || !p.IsCitizen() || len(p.TemporaryOn(day("2026-11-25"))) != 1 {
			t.Errorf("%s with a table: %v, %v", name, found, err)
		}
		if err := c.codes.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, _, err := told(t, nil, func(r *PersonResponse) { a := &r.Persons[0].Addresses[0]; a.Type.Code, a.End = "05", day("2026-11-24") })
	if err != nil || len(p.Addresses) != 1 {
		t.Errorf("an unknown address that is over: %v", err)
	}
	if _, _, err := told(t, nil, func(r *PersonResponse) { r.Persons[0].LifeStatus.Code, r.Persons[0].DeathDate = "5", day("2026-01-01") }); err != nil {
		t.Errorf("dead, of an unknown status: %v", err)
	}
	for _, bad := range []Codes{{"height": {"1": "2"}}, {LifeStatuses: {"1": "alive"}}, {AddressTypes: {"1": ""}}} {
		if bad.Check() == nil {
			t.Errorf("%v: a table by which nothing is read", bad)
		}
	}
}

func TestAnswerThatContradictsItselfDecidesNothing(t *testing.T) {
	for name, change := range map[string]func(*state.Person){
		"born tomorrow":           func(p *state.Person) { p.BirthDate = day("2027-01-01") },
		"dies tomorrow":           func(p *state.Person) { p.DeathDate = day("2027-01-01") },
		"dead before birth":       func(p *state.Person) { p.DeathDate = day("1989-01-01") },
		"address ends first":      func(p *state.Person) { p.Addresses[0].End = day("2020-01-01") },
		"document ends first":     func(p *state.Person) { p.Documents[0].End = day("2000-01-01") },
		"registration ends first": func(p *state.Person) { p.RegAddress.End = day("2000-01-01") },
	} {
		if _, _, err := told(t, nil, func(r *PersonResponse) { change(&r.Persons[0]) }); !errors.Is(err, ErrIncoherent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrganisationIsTheOneThatWasAskedAbout(t *testing.T) {
	ok := term(EntityOK, "Запрос обработан успешно", "Сұрау сәтті өңделді")
	org := organisation()
	abroad := org
	abroad.FullNameRU = "Beispiel GmbH"
	unknown, closed, liquidated := org, org, org
	unknown.Status.Code, closed.Status.Code = "77", state.EntityClosed
	liquidated.Status.Code, liquidated.Liquidated = "77", day("2026-01-01")
	for name, c := range map[string]struct {
		answer EntityResponse
		found  bool
		active bool
		err    error
	}{
		"found":         {EntityResponse{Status: ok, Entity: &org}, true, true, nil},
		"of abroad":     {EntityResponse{Status: ok, NonResident: &abroad}, true, true, nil},
		"both":          {EntityResponse{Status: ok, Entity: &org, NonResident: &abroad}, false, false, ErrIncoherent},
		"unknown":       {EntityResponse{Status: ok}, false, false, nil},
		"closed":        {EntityResponse{Status: ok, Entity: &closed}, true, false, nil},
		"unknown code":  {EntityResponse{Status: ok, Entity: &unknown}, false, false, ErrUnknownCode},
		"known as gone": {EntityResponse{Status: ok, Entity: &liquidated}, true, false, nil},
	} {
		e, found, err := c.answer.Organisation(firm, nil)
		if found != c.found || found && e.IsActive() != c.active || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	if _, _, err := (EntityResponse{Status: ok, Entity: &org}).Organisation("990140000000", nil); !errors.Is(err, ErrOtherPerson) {
		t.Errorf("another: %v", err)
	}
	var refused *BusinessError
	if _, _, err := (EntityResponse{Status: term("005", "x", "x"), Entity: &org}).Organisation(firm, nil); !errors.As(err, &refused) || refused.Code != "005" {
		t.Errorf("refused: %v", err)
	}
}

func TestTokenIsGivenForGrantedAlone(t *testing.T) {
	statuses := OurKDPStatuses()
	if err := statuses.Check(); err != nil {
		t.Fatal(err)
	}
	token, key, err := KDPAnswer{Status: "GRANTED", Code: "c", PublicKey: "k"}.Token(statuses)
	if token != "c" || key != "k" || err != nil {
		t.Errorf("granted: %v", err)
	}
	for word, meaning := range statuses {
		var none *KDPError
		if _, _, err := (KDPAnswer{Status: word, Code: "c", PublicKey: "k"}).Token(statuses); meaning != KDPGranted && (!errors.As(err, &none) || none.Status != meaning) {
			t.Errorf("%s: %v", word, err)
		}
	}
	for _, a := range []KDPAnswer{{Status: "granted", Code: "c", PublicKey: "k"}, {Status: "GRANTED", Code: "c"}, {Status: "GRANTED", PublicKey: "k"}, {}} {
		if _, _, err := a.Token(statuses); err == nil {
			t.Errorf("%+v gives a token", a)
		}
	}
	for _, bad := range []KDPStatuses{nil, {"X": KDPRefused}, {"X": KDPGranted, "Y": "maybe"}} {
		if bad.Check() == nil {
			t.Errorf("%v: accepted", bad)
		}
	}
}

func TestTokenForKDPVouchesOnlyForWhatItSays(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	said := OVT{CompanyBIN: firm, Check: CheckedBySignature, At: noon, Until: noon.Add(5 * time.Minute)}
	token, err := NewOVT(key, said)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ReadOVT(token, &key.PublicKey, noon.Add(time.Minute)); err != nil || got != said {
		t.Errorf("%+v, %v", got, err)
	}
	parts := strings.Split(token, ".")
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, bad := range map[string]string{
		"algorithm none": part(`{"alg":"none"}`) + "." + parts[1] + ".",
		"other claims":   parts[0] + "." + part(`{"cbin":"150540009992","mcheck":"Bio","iat":1,"exp":9999999999}`) + "." + parts[2],
		"no signature":   parts[0] + "." + parts[1] + ".",
		"two parts":      parts[0] + "." + parts[1],
		"not base64":     token + "=",
		"HMAC":           part(`{"alg":"HS256","typ":"JWT"}`) + "." + parts[1] + "." + parts[2],
	} {
		if _, err := ReadOVT(bad, &key.PublicKey, noon.Add(time.Minute)); !errors.Is(err, ErrOVT) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, at := range []time.Time{noon.Add(-time.Hour), noon.Add(5 * time.Minute)} {
		if _, err := ReadOVT(token, &key.PublicKey, at); !errors.Is(err, ErrOVT) {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

func TestSecretsAreBlankedWhereverTheyStand(t *testing.T) {
	question, err := EncodePersonRequest(question())
	if err != nil {
		t.Fatal(err)
	}
	upload, err := goldens()["files-upload"]()
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"question":  string(question),
		"upload":    string(upload),
		"attribute": `<sender><s:password xsi:type="x">sec&amp;ret</s:password></sender>`,
		"escaped":   `<data>&lt;a&gt;&lt;kdpToken&gt;dG9rZW4=&amp;amp;secret&lt;/kdpToken&gt;&lt;b&gt;kept&lt;/b&gt;</data>`,
		"two":       `<ovt>a.b.secret</ovt><keep>me</keep><kdpToken>dG9rZW4=</kdpToken>`,
	} {
		got := string(Blank([]byte(raw)))
		for _, secret := range []string{"dG9rZW4=", "a2V5<", "secret<", "sec&amp;ret", "secret&lt;", "a.b."} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if !strings.Contains(got, "***") || name == "question" && !strings.Contains(got, string(asked)) || name == "two" && !strings.Contains(got, "<keep>me</keep>") || name == "escaped" && !strings.Contains(got, "kept") {
			t.Errorf("%s: too much or nothing: %s", name, got)
		}
	}
}

// Others write our elements as they like. However a secret is written, it goes.
func TestSecretsAreBlankedHoweverTheyAreWritten(t *testing.T) {
	for name, raw := range map[string]string{
		"cdata":               `<a><kdpToken><![CDATA[SECRET]]></kdpToken><b>kept</b></a>`,
		"its own end in it":   `<a><kdpToken><![CDATA[</kdpToken>SECRET]]></kdpToken><b>kept</b></a>`,
		"cut by a comment":    `<a><kdpToken>SE<!-- -->CRET<!--SECRET--></kdpToken><b>kept</b></a>`,
		"prefix":              `<ә-1:a xmlns:ә-1="x"><ә-1:kdpToken x=">">SECRET</ә-1:kdpToken ><b>kept</b></ә-1:a>`,
		"elements in it":      `<a><ovt><part>SECRET</part>SECRET</ovt><b>kept</b></a>`,
		"beside an empty one": `<a><publicKey /><b>kept</b><publicKey x="y"/><kdpToken>SECRET</kdpToken></a>`,
		"text in cdata":       `<data><![CDATA[<a><kdpToken>SECRET</kdpToken><b>kept</b></a>]]></data>`,
		"text by numbers":     `<data>&#60;a>&#x3c;kdp&#84;oken>SECRET&#60;/kdpToken>&#60;b>kept&#60;/b>&#60;/a></data>`,
		"text cut":            `<data>&lt;a>&lt;kdpTo<!-- -->ken>SEC<![CDATA[RET</kdpToken><b>kept</b>]]>&lt;/a></data>`,
		"text in a text":      `<data>&lt;a>&amp;lt;kdpToken&amp;gt;SECRET&amp;lt;/kdpToken&amp;gt;&lt;b>kept&lt;/b>&lt;/a></data>`,
		"broken":              `<a>kept<kdpToken><![CDATA[SECRET]]></kdpToken><b>`,
		"broken off":          `<a>kept<kdpToken>SECR`,
		"broken text":         `<a>kept & &lt;kdpToken>SECRET`,
	} {
		if got := string(Blank([]byte(raw))); strings.Contains(got, "SECR") || strings.Contains(got, "CRET") || !strings.Contains(got, "kept") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if raw := []byte("<?xml version=\"1.0\"?>\r\n<a x='1'><!-- note --><b>1 &lt; 2 &#38; 3</b><c/></a>\n"); !bytes.Equal(Blank(raw), raw) {
		t.Errorf("nothing to hide: %s", Blank(raw))
	}
}

// Of an answer of KDP its status is left, and what stands around it.
func TestAnswerOfKDPIsKeptWithoutItsToken(t *testing.T) {
	in := func(data string) string {
		return `<s:Envelope xmlns:s="e"><s:Header><Signature>sealed</Signature></s:Header><s:Body wsu:Id="id-1"><SendMessageResponse><response><responseInfo>` +
			`<messageId>m-1</messageId><status><code>SCSS001</code></status></responseInfo><responseData>` + data + `</responseData></response></SendMessageResponse></s:Body></s:Envelope>`
	}
	for name, data := range map[string]string{
		"usual":        `<data xmlns:k="x" xsi:type="k:r"><k:status>GRANTED</k:status><k:code>SECRET</k:code><k:public-key>SECRET</k:public-key></data>`,
		"cdata":        `<data><status>GRANTED</status><code><![CDATA[SECRET]]></code></data>`,
		"cut":          `<data><status>GRANTED</status><code>SE<!--SECRET-->CRET</code></data>`,
		"another name": `<data><status>GRANTED</status><Header>SECRET</Header><responseInfo><code>SECRET</code></responseInfo></data>`,
		"deeper":       `<data><status>GRANTED</status><x><status>SECRET</status></x></data>`,
		"beside":       `<data><status>GRANTED</status></data><!--SECRET-->`,
		"text":         `<data>&lt;status>GRANTED&lt;/status>&lt;code>SECRET&lt;/code></data><status>SECRET</status>`,
	} {
		got, ok := BlankKDP([]byte(in(data)))
		if !ok || strings.Contains(string(got), "SECRET") || strings.Contains(string(got), "CRET") || !strings.Contains(string(got), "sealed") ||
			!strings.Contains(string(got), "m-1") || !strings.Contains(string(got), "SCSS001") || strings.Contains(string(got), "GRANTED") == (name == "text") {
			t.Errorf("%s: %v, %s", name, ok, got)
		}
	}
	for name, raw := range map[string]string{
		"attribute": in(`<data><status token="SECRET">GRANTED</status></data>`),
		"broken":    `<data><code>SECRET`,
		"doctype":   `<!DOCTYPE a [<!ENTITY t "SECRET">]><data><code>&t;</code></data>`,
		"no XML":    `SECRET & more`,
		"a word":    `SECRET`,
	} {
		if got, ok := BlankKDP([]byte(raw)); ok || got != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}
