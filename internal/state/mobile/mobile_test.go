package mobile

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

const link = "https://mekenjai.example/m/AbC-_1"

func TestTheLinkIsReadFromTheCodeAndFromTheButton(t *testing.T) {
	if got := QR(link); got != "mobileSign:https://mekenjai.example/m/AbC-_1" {
		t.Errorf("the code is %q", got)
	}
	want := "https://m.egov.kz/mobileSign?link=https%3A%2F%2Fmekenjai.example%2Fm%2FAbC-_1&isi=1476128386&ibi=kz.egov.mobile&apn=kz.mobile.mgov"
	if got := DeepLink(link); got != want {
		t.Errorf("the button leads to %q", got)
	}
	for _, text := range []string{QR(link), DeepLink(link), " " + QR(link) + "\n"} {
		if got, err := ReadLink(text); err != nil || got != link {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", link, "mobileSign:", "mobileSign:javascript:alert(1)", "mobileSign:https://a b/", "https://m.egov.kz/mobileSign?isi=1", "https://evil.example/mobileSign?link=" + link} {
		if got, err := ReadLink(text); !errors.Is(err, ErrNoLink) {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestTheInvitationHasTheNamesAndTheInstantOfTheProtocol(t *testing.T) {
	almaty := time.FixedZone("", 5*60*60)
	text, err := json.Marshal(Invitation{Description: "d", Expires: Stamp{time.Date(2026, 1, 2, 10, 0, 0, 7e6, almaty)},
		Organisation: Organisation{"ру", "қз", "en", "050140000011"}, Document: Pointer{link, Token, "secret"}})
	want := `{"description":"d","expiry_date":"2026-01-02T10:00:00.007+05:00","organisation":{"nameRu":"ру","nameKz":"қз","nameEn":"en","bin":"050140000011"},` +
		`"document":{"uri":"https://mekenjai.example/m/AbC-_1","auth_type":"Token","auth_token":"secret"}}`
	if err != nil || string(text) != want {
		t.Errorf("%v\n got %s\nwant %s", err, text, want)
	}
	if back, err := Read[Invitation](strings.NewReader(want)); err != nil || !back.Expires.Equal(time.Date(2026, 1, 2, 5, 0, 0, 7e6, time.UTC)) {
		t.Errorf("read back as %v, %v", back, err)
	}
}

func given() Parcel {
	return Parcel{Method: WithData, Version: 1, Documents: []Document{{ID: 1, NameRU: "р", NameKZ: "қ", NameEN: "e",
		Meta: []Meta{{"Код", "AB12"}}, File: &Content{File{"text/plain", []byte("мәтін\n")}}}}}
}

func TestTheParcelHasTheNamesOfTheProtocol(t *testing.T) {
	text, err := json.Marshal(given())
	want := `{"signMethod":"CMS_WITH_DATA","version":1,"documentsToSign":[{"id":1,"nameRu":"р","nameKz":"қ","nameEn":"e",` +
		`"meta":[{"name":"Код","value":"AB12"}],"document":{"file":{"mime":"text/plain","data":"0LzTmdGC0ZbQvQo="}}}]}`
	if err != nil || string(text) != want {
		t.Errorf("%v\n got %s\nwant %s", err, text, want)
	}
}

func TestOnlyTheSameDocumentComesBackSigned(t *testing.T) {
	signed := func(change func(*Parcel)) Parcel {
		p := given()
		p.Documents[0].File.File.Data = []byte("cms")
		p.Documents[0].Meta = nil
		change(&p)
		return p
	}
	if got, err := SignatureIn(given(), signed(func(*Parcel) {})); err != nil || string(got) != "cms" {
		t.Errorf("%q, %v", got, err)
	}
	for name, c := range map[string]struct {
		change func(*Parcel)
		want   error
	}{
		"another method":   {func(p *Parcel) { p.Method = SignOnly }, ErrAltered},
		"another document": {func(p *Parcel) { p.Documents[0].ID = 2 }, ErrAltered},
		"another name":     {func(p *Parcel) { p.Documents[0].NameKZ = "x" }, ErrAltered},
		"another type":     {func(p *Parcel) { p.Documents[0].File.File.MIME = "@file/pdf" }, ErrAltered},
		"one more":         {func(p *Parcel) { p.Documents = append(p.Documents, p.Documents[0]) }, ErrAltered},
		"none":             {func(p *Parcel) { p.Documents = nil }, ErrAltered},
		"xml beside it":    {func(p *Parcel) { p.Documents[0].XML = "<a/>" }, ErrAltered},
		"no signature":     {func(p *Parcel) { p.Documents[0].File.File.Data = nil }, ErrMalformed},
		"no file":          {func(p *Parcel) { p.Documents[0].File = nil }, ErrMalformed},
	} {
		if _, err := SignatureIn(given(), signed(c.change)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotJSONIsNoParcel(t *testing.T) {
	for _, text := range []string{"", "<xml/>", `{"signMethod":1}`, `{} {}`, `{"documentsToSign":[{"document":{"file":{"data":"***"}}}]}`} {
		if _, err := Read[Parcel](strings.NewReader(text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
