package portal

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/certificate"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
)

// paper is a file for the reader's own keeping.
type paper struct {
	kind, name string
	attach     bool // kept, not opened
}

// send makes the whole paper before anything is sent: a fault while it is made
// becomes an error page. Nobody between us and the reader keeps a copy.
func (f paper) send(w http.ResponseWriter, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("make %s: %w", f.name, err)
	}
	way := "inline"
	if f.attach {
		way = "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", way+`; filename="`+f.name+`"`) // names are ours: letters, digits, dashes
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // an error of the connection has nobody left to be shown to
	return nil
}

func pdf(name string) paper { return paper{kind: "application/pdf", name: "mekenjai-" + name + ".pdf"} }

func bytesOf(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// receipt is the applicant's copy, in the language in which he applied: it is
// the wording that he signed.
func (p *Portal) receipt(w http.ResponseWriter, r *http.Request) error {
	_, c, err := p.ofCase(r)
	if err != nil {
		return err
	}
	l, ok := locale.Parse(c.Language)
	if !ok {
		l = lang(r.Context())
	}
	s := submission(c, l)
	s.Specimen = p.Specimen
	return pdf("application-"+c.Number).send(w, func(w io.Writer) error { return certificate.Receipt(w, s, l) })
}

// submission tells capacities and answers. Whom the applicant did not name
// himself it does not name either.
func submission(c register.Case, l locale.Lang) certificate.Submission {
	capacity := func(key string) mekenjai.Text {
		text := l.T("account.right." + key)
		return mekenjai.Text{KK: text, RU: text} // the paper has one language
	}
	s := certificate.Submission{Number: c.Number, At: c.SubmittedAt, Name: c.Name, Text: c.Statement,
		Signatures: []certificate.Signature{{Capacity: capacity("applicant"), Who: c.Name.String(), At: c.SubmittedAt, Method: c.Method}}}
	if c.Filer != "" { // who signed for the person
		s.Signatures[0].Who = c.Filer.Masked()
	}
	for _, x := range c.Consents {
		sig := certificate.Signature{Capacity: capacity(string(x.Right)), At: x.Answered, Answer: x.Answer}
		if x.Declared {
			sig.Who = c.Owner.Masked()
		}
		if x.Answer == mekenjai.Agreed {
			sig.Method = x.Method
		}
		s.Signatures = append(s.Signatures, sig)
	}
	return s
}

// ofAct finds the act of refusal of the application in the path.
func (p *Portal) ofAct(r *http.Request) (register.Act, error) {
	_, c, err := p.ofCase(r)
	if err != nil {
		return register.Act{}, err
	}
	if c.Act == nil {
		return register.Act{}, mekenjai.ErrNotFound
	}
	return *c.Act, nil
}

func (p *Portal) act(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ofAct(r)
	if err != nil {
		return err
	}
	return pdf("act-"+a.Number).send(w, func(w io.Writer) error {
		return certificate.Refusal(w, certificate.Act{Number: a.Number, At: a.At, Text: a.Text, SealedAt: a.SealedAt, Seal: a.Seal, Specimen: p.Specimen})
	})
}

// actText is exactly what was sealed: the seal is checked against these bytes.
func (p *Portal) actText(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ofAct(r)
	if err != nil {
		return err
	}
	f := paper{kind: "text/plain; charset=utf-8", name: "mekenjai-act-" + a.Number + ".txt", attach: true}
	return f.send(w, bytesOf(a.Text))
}

// actSeal is the provider's detached signature under the act.
func (p *Portal) actSeal(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ofAct(r)
	if err != nil {
		return err
	}
	if len(a.Seal) == 0 {
		return mekenjai.ErrNotFound
	}
	f := paper{kind: "application/pkcs7-signature", name: "mekenjai-act-" + a.Number + ".txt.p7s", attach: true}
	return f.send(w, bytesOf(a.Seal))
}

// certificate prints the person's own entry. One that has ended gets no new
// certificate: that is a conflict, and to anybody else it does not exist.
func (p *Portal) certificate(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	name, isPDF := strings.CutSuffix(r.PathValue("file"), ".pdf")
	l, known := locale.Parse(name)
	if !isPDF || !known {
		return mekenjai.ErrNotFound
	}
	c, err := p.Register.Certificate(r.Context(), actor, r.PathValue("number"), string(l))
	if err != nil {
		return err
	}
	return pdf("certificate-"+c.Registration.Number+"-"+name).send(w, func(w io.Writer) error {
		return certificate.Registration(w, certificate.Data{Registration: c.Registration, Code: c.Code, CheckURL: c.CheckURL, Specimen: p.Specimen}, l)
	})
}
