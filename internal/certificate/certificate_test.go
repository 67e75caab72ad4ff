package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

var keep = flag.String("keep", "", "folder in which the printed papers are kept, to be looked at")

// kazakh holds every letter that fonts lack.
const kazakh = "Әлеуметтік тұрғын үй, Қостанай"

var at = time.Date(2026, time.March, 2, 9, 41, 7, 0, mekenjai.Almaty)

func sampleData() Data {
	from := mekenjai.DateOf(at)
	return Data{
		Registration: mekenjai.Registration{
			Number: "4F7K-2M9Q", Person: "900101300123", FixedAt: at,
			Name: mekenjai.Name{Surname: "ҚОЖАХМЕТҰЛЫ", Given: "ӘЛІШЕР", Patronymic: "ҒАБДУЛЛАҰЛЫ"},
			Dwelling: mekenjai.Dwelling{ARC: "0201600012345678", Address: mekenjai.Text{
				KK: kazakh + " қаласы, Абай даңғылы, 28-үй, 14-пәтер", RU: "город Костанай, проспект Абая, дом 28, квартира 14 (" + kazakh + ")"}},
			Period: mekenjai.NewPeriod(from, 6, true),
		},
		Code: "7QX4-M2K9-DT8B-W3HN", CheckURL: "https://mekenjai.example.kz/check/7QX4-M2K9-DT8B-W3HN",
	}
}

func sampleAct() Act {
	var b strings.Builder
	for i, l := range []locale.Lang{locale.KK, locale.RU} {
		if i > 0 {
			b.WriteString("\n")
		}
		line := func(key string, args ...any) { b.WriteString(l.T("certificate.act."+key, args...) + "\n") }
		line("title", "number", "8C2N-77QK")
		line("issued", "at", l.DateTime(at))
		line("application", "number", "3HRT-91MX", "at", l.DateTime(at.Add(-7*time.Minute)), "name", "ҚОЖАХМЕТҰЛЫ ӘЛІШЕР", "iin", "900101300123")
		line("dwelling", "address", kazakh+" қаласы, Абай даңғылы, 28-үй, 14-пәтер", "arc", "0201600012345678")
		line("decided")
		b.WriteString("— " + mekenjai.Text{KK: "Көрсетілген меншік иесі осы тұрғын үйдің құқық иелері қатарында жоқ", RU: "Указанного собственника нет среди правообладателей этого жилища"}.In(string(l)) + " (R30, NOT_OWNER)\n")
		line("norm", "norm", mekenjai.Text{KK: "«Тұрғын үй қатынастары туралы» Заңның 12, 17-баптары; Халықты тіркеу қағидалары", RU: "статьи 12, 17 Закона «О жилищных отношениях»; Правила регистрации населения"}.In(string(l)))
		line("facts", "sources", l.T("certificate.peer.property")+" ("+l.DateTime(at)+"); "+l.T("certificate.peer.addresses")+" ("+l.DateTime(at)+")")
		line("remedy", "months", l.Months(3), "until", l.DayUntil(mekenjai.DateOf(at).AddMonths(3)))
	}
	return Act{Number: "8C2N-77QK", At: at, Text: []byte(b.String()), SealedAt: at.Add(3 * time.Second), Seal: []byte("\x30\x82\x00seal\r\n\x00")}
}

func sampleSubmission() Submission {
	s := mekenjai.Statement{
		Application: "0195-demo", Prepared: at, Person: "900101300123", Name: sampleData().Registration.Name,
		Dwelling: sampleData().Registration.Dwelling, Months: 6, Purpose: mekenjai.PurposeWork, Arrival: mekenjai.DateOf(at), Owner: "850505400456",
	}
	return Submission{
		Number: "3HRT-91MX", At: at, Name: s.Name, Text: s.Text(),
		Signatures: []Signature{
			{Capacity: mekenjai.Text{KK: "өтініш беруші", RU: "заявитель"}, Who: s.Name.String(), At: at, Method: mekenjai.ByEDS},
			{Capacity: mekenjai.Text{KK: "меншік иесі, сіз көрсеткен", RU: "собственник, указанный вами"}, Who: "8505••••••56", At: at.Add(12 * time.Minute), Method: mekenjai.ByEDS, Answer: mekenjai.Agreed},
			{Capacity: mekenjai.Text{KK: "ортақ меншік иесі, үлесі 1/3", RU: "сособственник, доля 1/3"}, Answer: mekenjai.Asked},
		},
	}
}

// papers prints each kind in each language.
func papers(t *testing.T, d Data, a Act, s Submission) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	add := func(name string, print func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := print(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = b.Bytes()
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, t.Name()+"-"+name+".pdf"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, l := range locale.Langs {
		add("registration-"+string(l), func(b *bytes.Buffer) error { return Registration(b, d, l) })
		add("receipt-"+string(l), func(b *bytes.Buffer) error { return Receipt(b, s, l) })
		add("printed-"+string(l), func(b *bytes.Buffer) error {
			return Printed(b, Print{Title: l.T("certificate.receipt.title"), Number: s.Number, At: s.At, Text: s.Text,
				Lines: []string{s.Name.String(), kazakh}, Note: kazakh, Specimen: s.Specimen}, l)
		})
	}
	add("refusal", func(b *bytes.Buffer) error { return Refusal(b, a) })
	return files
}

// tool runs a program of poppler-utils over a paper.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: install poppler-utils, papers are checked by reading their text back", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func textOf(t *testing.T, pdf []byte) string {
	return strings.Join(strings.Fields(tool(t, pdf, "pdftotext", "-enc", "UTF-8", "-", "-")), " ")
}

func TestKazakhTextIsReadBackFromEveryPaper(t *testing.T) {
	for name, pdf := range papers(t, sampleData(), sampleAct(), sampleSubmission()) {
		text := textOf(t, pdf)
		for _, want := range []string{kazakh, "ҚОЖАХМЕТҰЛЫ ӘЛІШЕР", "Mekenjai"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
}

func TestPaperTellsItsLanguageAndTitle(t *testing.T) {
	for name, pdf := range papers(t, sampleData(), sampleAct(), sampleSubmission()) {
		info := tool(t, pdf, "pdfinfo", "-")
		_, lang, ok := strings.Cut(name, "-")
		if !ok {
			lang = "kk"
		}
		if !bytes.Contains(pdf, []byte("/Lang ("+lang+")")) || !strings.Contains(info, "№") || !strings.Contains(info, "A4") {
			t.Errorf("%s: %s", name, info)
		}
	}
}

func TestSameContentGivesTheSameBytes(t *testing.T) {
	first := papers(t, sampleData(), sampleAct(), sampleSubmission())
	for range 3 {
		for name, pdf := range papers(t, sampleData(), sampleAct(), sampleSubmission()) {
			if !bytes.Equal(first[name], pdf) {
				t.Errorf("%s differs between two printings", name)
			}
		}
	}
}

func TestCertificateIsCheckedByItsCode(t *testing.T) {
	d := sampleData()
	for _, l := range locale.Langs {
		var b bytes.Buffer
		if err := Registration(&b, d, l); err != nil {
			t.Fatal(err)
		}
		text := textOf(t, b.Bytes())
		for _, want := range []string{d.Code, d.CheckURL, d.Registration.Number, l.DayUntil(d.Registration.Period.To), l.DateTime(at), string(d.Registration.Person), string(d.Registration.Dwelling.ARC)} {
			if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s lacks %q:\n%s", l, want, text)
			}
		}
		if !bytes.Contains(b.Bytes(), []byte(d.CheckURL)) {
			t.Errorf("%s: the code cannot be followed", l)
		}
	}
}

func TestRefusalSetsTheFrozenTextAndItsHash(t *testing.T) {
	a := sampleAct()
	var b bytes.Buffer
	if err := Refusal(&b, a); err != nil {
		t.Fatal(err)
	}
	text := textOf(t, b.Bytes())
	sum := sha256.Sum256(a.Text)
	for _, want := range []string{mekenjai.ShortCode(a.Text), grouped(hex.EncodeToString(sum[:16])), "NOT_OWNER", "R30",
		"Акт № 8C2N-77QK об отказе", "бас тарту туралы № 8C2N-77QK акт", "2 июня 2026", "3 месяца", "3 ай"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	a.SealedAt = time.Time{}
	b.Reset()
	if err := Refusal(&b, a); err != nil || !strings.Contains(textOf(t, b.Bytes()), "ещё не поставлена") {
		t.Errorf("an act without a seal must say so: %v", err)
	}
}

// Whoever gets the paper alone can check its seal: the frozen text and the signature lie
// in it byte for byte.
func TestSealedActCarriesItsTextAndItsSeal(t *testing.T) {
	a := sampleAct()
	var b bytes.Buffer
	if err := Refusal(&b, a); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "act.pdf")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, nil, "pdfdetach", "-saveall", "-o", dir, file)
	for name, want := range map[string][]byte{"act-8C2N-77QK.txt": a.Text, "act-8C2N-77QK.txt.p7s": a.Seal} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestReceiptHoldsEveryLineOfTheSignedText(t *testing.T) {
	s := sampleSubmission()
	var b bytes.Buffer
	if err := Receipt(&b, s, locale.EN); err != nil {
		t.Fatal(err)
	}
	text := textOf(t, b.Bytes())
	for line := range strings.Lines(string(s.Text)) {
		if want := strings.Join(strings.Fields(line), " "); !strings.Contains(text, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for _, want := range []string{mekenjai.ShortCode(s.Text), "8505••••••56", "Agreed", "Answer awaited", "EDS"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestLongNamesWrapAndNoPaperExceedsThreePages(t *testing.T) {
	d, a, s := sampleData(), sampleAct(), sampleSubmission()
	long := strings.Repeat("Әлеуметтік-тұрғынүй-кешені ", 12)
	endless := strings.Repeat("Ұзынатау", 30)
	d.Registration.Name.Surname = strings.Repeat("ҚОЖАХМЕТ", 12)
	d.Registration.Dwelling.Address = mekenjai.Text{KK: long + kazakh, RU: endless}
	a.Text = []byte(strings.ReplaceAll(string(a.Text), "Абай", long))
	s.Name = d.Registration.Name
	s.Text = []byte(strings.ReplaceAll(string(s.Text), "Абай", endless+" 😀\u0001 "))
	for range 12 {
		s.Signatures = append(s.Signatures, s.Signatures[1])
	}
	for name, pdf := range papers(t, d, a, s) {
		info := tool(t, pdf, "pdfinfo", "-")
		if !strings.Contains(info, "Pages:           1\n") && !strings.Contains(info, "Pages:           2\n") && !strings.Contains(info, "Pages:           3\n") {
			t.Errorf("%s: %s", name, info)
		}
		if text := textOf(t, pdf); strings.Contains(text, "{pages}") || strings.Contains(name, "registration") && !strings.Contains(text, kazakh) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestSpecimenSaysSoAndBelongsToNobodyElse(t *testing.T) {
	d, a, s := sampleData(), sampleAct(), sampleSubmission()
	for name, pdf := range papers(t, d, a, s) {
		if strings.Contains(textOf(t, pdf), "SPECIMEN") {
			t.Errorf("%s is marked as a specimen", name)
		}
	}
	d.Specimen, a.Specimen, s.Specimen = true, true, true
	for name, pdf := range papers(t, d, a, s) {
		text := strings.Join(strings.Fields(tool(t, pdf, "pdftotext", "-raw", "-", "-")), "")
		pages := 1
		if !strings.Contains(name, "registration") {
			pages = 2
		}
		if strings.Count(text, "SPECIMEN") != pages {
			t.Errorf("%s is not marked as a specimen on each page: %s", name, text)
		}
	}
}
