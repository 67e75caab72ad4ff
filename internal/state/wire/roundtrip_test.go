package wire

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mekenjai/internal/state"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are one message of each kind as it goes over the bus.
func goldens() map[string]func() ([]byte, error) {
	abroad := ordinary()
	abroad.RegAddress, abroad.Documents, abroad.BirthDate = nil, nil, day("2015-06-01")
	abroad.BirthCertificate = &state.CivilAct{Number: "ҮЛГІ-1", Begin: day("2015-06-20")}
	abroad.Capable = &state.CapableStatus{Status: term("1", "Ограниченно дееспособен", "Әрекетке қабілеттілігі шектелген"), Begin: day("2024-02-29"), Number: "1/2", Court: term("7", "Суд", "Сот")}
	abroad.Missing = &state.SearchStatus{On: true, Begin: day("2026-01-01"), Number: "3", Prosecutor: term("1", "Прокуратура", "Прокуратура")}
	abroad.Imprisoned = &state.Imprisonment{Status: term("1", "Отбывает", "Өтеуде"), Begin: day("2026-02-01")}
	abroad.Excluded = &state.ExcludeStatus{Reason: term("2", "Дубликат", "Қайталанған"), Date: day("2026-03-01")}
	abroad.Repatriation = &state.Repatriation{Status: term("1", "Кандас", "Қандас"), Begin: day("2025-01-01"), Number: "5"}
	abroad.Addresses = []state.PersonAddress{{Type: term(state.AddressDeparture, "Адрес выбытия", "Кеткен мекенжайы"), Country: term("276", "ГЕРМАНИЯ", "ГЕРМАНИЯ"),
		Abroad: state.Abroad{District: "Бавария"}, City: "Мюнхен", Begin: day("2026-05-05")}}
	abroad.Removed = true
	refused := answer()
	refused.Result = term("00010", "Нет доступа", "Рұқсат жоқ")
	org := organisation()
	entity := func(r EntityResponse) func() ([]byte, error) {
		return func() ([]byte, error) { return EncodeEntityResponse(r) }
	}
	ok := term(EntityOK, "Запрос обработан успешно", "Сұрау сәтті өңделді")
	file := FileResult{State: FileCompleted, File: "0a1b", Content: []byte("%PDF-1.4"),
		Meta: &FileMeta{Name: "келісім.pdf", Type: "application/pdf", Uploaded: noon, Uploader: "PEP", Expires: noon.Add(8 * time.Hour), Size: 8}}
	person := func(r PersonResponse) func() ([]byte, error) {
		return func() ([]byte, error) { return EncodePersonResponse(r) }
	}
	files := func(r FilesRequest) func() ([]byte, error) {
		r.Sender, r.Password = "mekenjai", "secret"
		return func() ([]byte, error) { return EncodeFilesRequest(r) }
	}
	stored := func(r FilesResponse) func() ([]byte, error) {
		return func() ([]byte, error) { return EncodeFilesResponse(r) }
	}
	return map[string]func() ([]byte, error){
		"kdp-request": func() ([]byte, error) { return EncodeKDPRequest(consentQuestion()) },
		"kdp-granted": func() ([]byte, error) {
			return EncodeKDPAnswer(KDPAnswer{Status: "GRANTED", Code: "dG9rZW4=", PublicKey: "a2V5"})
		},
		"kdp-refused":           func() ([]byte, error) { return EncodeKDPAnswer(KDPAnswer{Status: "REFUSED"}) },
		"persons-request":       func() ([]byte, error) { return EncodePersonRequest(question()) },
		"persons-found":         person(answer(ordinary())),
		"persons-everything":    person(answer(abroad)),
		"persons-unknown":       person(answer()),
		"persons-refused":       person(refused),
		"entities-request":      func() ([]byte, error) { return EncodeEntityRequest(EntityRequest{Requestor: firm, BIN: firm}) },
		"entities-found":        entity(EntityResponse{Status: ok, Entity: &org}),
		"entities-unknown":      entity(EntityResponse{Status: ok}),
		"entities-non-resident": entity(EntityResponse{Status: ok, NonResident: &state.Entity{BIN: firm, Registered: day("2020-02-02"), FullNameRU: "Beispiel GmbH", FullNameKK: "Beispiel GmbH", Form: term("1", "Нерезидент", "Бейрезидент"), Status: term("1", "Зарегистрирован", "Тіркелген")}}),
		"files-upload":          files(FilesRequest{Kind: FilesUpload, Uploads: []FileUpload{{Process: "1", Name: "келісім.pdf", Content: []byte("%PDF-1.4"), Type: "application/pdf", Life: 8 * time.Hour, Confirm: true}}}),
		"files-download":        files(FilesRequest{Kind: FilesDownload, Files: []string{"0a1b", "0a1c"}}),
		"files-confirm":         files(FilesRequest{Kind: FilesConfirm, Files: []string{"0a1b"}}),
		"files-info":            files(FilesRequest{Kind: FilesInfo, Files: []string{"0a1b"}}),
		"files-uploaded":        stored(FilesResponse{Kind: FilesUpload, State: FileCompleted, Results: []FileResult{{State: FileCompleted, Process: "1", File: "0a1b", Life: 8 * time.Hour}}}),
		"files-downloaded":      stored(FilesResponse{Kind: FilesDownload, State: FileCompleted, Results: []FileResult{file, {State: FileNotExists, File: "0a1c"}}}),
		"files-confirmed":       stored(FilesResponse{Kind: FilesConfirm, State: FileCompleted, Results: []FileResult{{State: FileCompleted, File: "0a1b"}}}),
		"files-known":           stored(FilesResponse{Kind: FilesInfo, State: FileCompleted, Results: []FileResult{{State: FileCompleted, File: "0a1b", Meta: file.Meta}}}),
	}
}

func TestMessagesAreByteForByteThoseOfTheGoldenFiles(t *testing.T) {
	for name, encode := range goldens() {
		got, err := encode()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		file := filepath.Join("testdata", name+".xml")
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// back checks that a value comes back from its message as it was.
func back[T any](t *rapid.T, v T, encode func(T) ([]byte, error), decode func([]byte) (T, error)) {
	raw, err := encode(v)
	if err != nil {
		t.Fatalf("%v of %+v", err, v)
	}
	got, err := decode(raw)
	if err != nil {
		t.Fatalf("%v of %s", err, raw)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Fatalf("(-written +read):\n%s\n%s", diff, raw)
	}
}

func TestPersonsComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := PersonResponse{MessageID: texts.Draw(t, "id"), Date: moment.Draw(t, "date"), RequestID: maybe(t, texts), Sender: terms.Draw(t, "sender"),
			Receiver: terms.Draw(t, "receiver"), Result: terms.Draw(t, "result"), Persons: several(t, people)}
		back(t, r, EncodePersonResponse, func(b []byte) (PersonResponse, error) { return DecodePersonResponse(b) })
	})
}

func TestEntitiesComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := EntityResponse{Status: entityTerms.Draw(t, "status"), Entity: pointer(t, firms)}
		back(t, r, EncodeEntityResponse, func(b []byte) (EntityResponse, error) { return DecodeEntityResponse(b) })
	})
}

func TestQuestionsComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := question()
		p.Date, p.Sender, p.Token, p.PublicKey = moment.Draw(t, "date"), texts.Draw(t, "sender"), texts.Draw(t, "token"), texts.Draw(t, "key")
		switch rapid.IntRange(0, 2).Draw(t, "way") {
		case 1:
			p.IIN, p.Surname, p.Patronymic, p.BirthDate = "", texts.Draw(t, "surname"), maybe(t, texts), dates.Draw(t, "birth")
		case 2:
			p.IIN, p.Document = "", texts.Draw(t, "document")
		}
		back(t, p, EncodePersonRequest, DecodePersonRequest)
		k := consentQuestion()
		k.Company, k.Employee, k.ExpiresIn = texts.Draw(t, "company"), maybe(t, texts), time.Duration(rapid.IntRange(1, 1e9).Draw(t, "ms"))*time.Millisecond
		back(t, k, EncodeKDPRequest, DecodeKDPRequest)
		back(t, KDPAnswer{Status: "GRANTED", Code: "YQ==", PublicKey: maybe(t, rapid.Just("Yg=="))}, EncodeKDPAnswer, DecodeKDPAnswer)
	})
}

func TestFilesComeBackAsTheyWereWritten(t *testing.T) {
	ids := rapid.StringMatching(`[a-z0-9-]{1,30}`)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(filesKinds).Draw(t, "kind")
		r := FilesRequest{Kind: kind, Sender: texts.Draw(t, "sender"), Password: maybe(t, texts)}
		if kind == FilesUpload {
			r.Uploads = rapid.SliceOfN(uploads, 1, 3).Draw(t, "uploads")
		} else {
			r.Files = rapid.SliceOfN(ids, 1, 3).Draw(t, "files")
		}
		back(t, r, EncodeFilesRequest, DecodeFilesRequest)
		a := FilesResponse{Kind: kind, State: rapid.SampledFrom(fileStates).Draw(t, "state")}
		for range rapid.IntRange(1, 3).Draw(t, "results") {
			x := FileResult{State: rapid.SampledFrom(fileStates).Draw(t, "state"), File: ids.Draw(t, "file")}
			switch kind {
			case FilesUpload:
				x.Process, x.Life = texts.Draw(t, "process"), time.Hour
			case FilesDownload:
				x.Content, x.Meta = maybe(t, rapid.SliceOfN(rapid.Byte(), 1, 50)), pointer(t, metas)
			case FilesInfo:
				x.Meta = pointer(t, metas)
			}
			a.Results = append(a.Results, x)
		}
		back(t, a, EncodeFilesResponse, DecodeFilesResponse)
	})
}

// What cannot stand in a message is not put into one in another form.
func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	spoiled := map[string]func(*state.Person){
		"control character": func(p *state.Person) { p.Surname = "A\x00B" },
		"broken UTF-8":      func(p *state.Person) { p.Surname = "A\xff" },
		"no birth date":     func(p *state.Person) { p.BirthDate.Year, p.BirthDate.Month, p.BirthDate.Day = 0, 0, 0 },
		"no number":         func(p *state.Person) { p.IIN = "123" },
	}
	for name, spoil := range spoiled {
		p := ordinary()
		spoil(&p)
		if raw, err := EncodePersonResponse(answer(p)); err == nil {
			t.Errorf("%s: %s", name, raw)
		}
	}
	questions := map[string]func(*PersonRequest){
		"two ways":        func(r *PersonRequest) { r.Document = "1" },
		"no way":          func(r *PersonRequest) { r.IIN = "" },
		"name alone":      func(r *PersonRequest) { r.IIN, r.Surname = "", "Ү" },
		"birth date only": func(r *PersonRequest) { r.IIN, r.BirthDate = "", day("1990-01-01") },
		"long id":         func(r *PersonRequest) { r.MessageID += "x" },
		"id in Kazakh":    func(r *PersonRequest) { r.MessageID = "қ" },
		"wrong number":    func(r *PersonRequest) { r.IIN = "900101400123" },
		"no token":        func(r *PersonRequest) { r.Token = "" },
		"no key":          func(r *PersonRequest) { r.PublicKey = " " },
		"no sender":       func(r *PersonRequest) { r.Sender = "" },
	}
	for name, spoil := range questions {
		r := question()
		spoil(&r)
		if raw, err := EncodePersonRequest(r); err == nil {
			t.Errorf("%s: %s", name, raw)
		}
	}
	k := consentQuestion()
	k.OVT = ""
	if _, err := EncodeKDPRequest(k); err == nil {
		t.Error("SMS left out without anybody vouching")
	}
}

func ExamplePersonResponse_Person() {
	raw, err := EncodePersonResponse(answer(ordinary()))
	if err != nil {
		panic(err)
	}
	r, err := DecodePersonResponse(raw)
	if err != nil {
		panic(err)
	}
	p, found, err := r.Person(question(), nil)
	fmt.Println(found, err, len(p.TemporaryOn(day("2026-11-25"))), "temporary address elsewhere")
	// Output: true <nil> 1 temporary address elsewhere
}
