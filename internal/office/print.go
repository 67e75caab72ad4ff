package office

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"mekenjai"
	"mekenjai/internal/certificate"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
)

// send makes the whole paper before anything is sent: a fault while it is made
// becomes an error page.
func send(w http.ResponseWriter, name, kind, way string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", way+`; filename="mekenjai-`+name+`"`) // names are ours: letters, digits, dashes
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // an error of the connection has nobody left to be shown to
	return nil
}

// spoken is the language of the person's papers.
func spoken(in register.Intake) locale.Lang {
	if l, ok := locale.Parse(in.Language); ok {
		return l
	}
	return locale.KK
}

// printStatement prints the frozen statement with a line for each who may sign it
// by hand.
func (o *Office) printStatement(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	s, err := o.screenOf(r, actor, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	if s.Statement == nil {
		return mekenjai.ErrConflict
	}
	l := spoken(s.Intake)
	d := certificate.Print{Title: l.T("office.print.statement"), Number: s.Number, At: s.Updated, Text: s.Statement, Specimen: o.Specimen,
		Note: l.T("office.print.statement.note")}
	for _, n := range s.List.People {
		if !n.Remote {
			d.Lines = append(d.Lines, capacity(l, n)+": "+n.Name)
		}
	}
	return send(w, "statement-"+s.Number+".pdf", "application/pdf", "inline", func(w io.Writer) error { return certificate.Printed(w, d, l) })
}

// printReceipt is the applicant's copy of what was accepted, in the language in
// which he is told.
func (o *Office) printReceipt(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	in, err := o.Register.Intake(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if in.State != register.IntakeAccepted || in.Signed == nil {
		return mekenjai.ErrConflict
	}
	l := spoken(in)
	word := func(key string) mekenjai.Text { t := l.T(key); return mekenjai.Text{KK: t, RU: t} } // the paper has one language
	name := in.Name
	if in.Filer != "" {
		name = in.FilerName
	}
	s := certificate.Submission{Number: in.Number, At: in.Closed, Name: name, Text: in.Statement, Specimen: o.Specimen,
		Signatures: []certificate.Signature{{Capacity: word("account.right.applicant"), Who: name.String(), At: in.Signed.At, Method: in.Signed.Method}}}
	for _, c := range in.Consents {
		s.Signatures = append(s.Signatures, certificate.Signature{Capacity: word("account.right." + string(c.Holder.Right)), At: c.At,
			Method: c.Method, Answer: mekenjai.Agreed})
	}
	return send(w, "receipt-"+in.Number+".pdf", "application/pdf", "inline", func(w io.Writer) error { return certificate.Receipt(w, s, l) })
}

// printRefusal is the receipt of a refusal to accept: the act as the operator
// signed it.
func (o *Office) printRefusal(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	act, err := o.Register.TurnedAway(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in, err := o.Register.Intake(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	l := spoken(in)
	d := certificate.Print{Title: l.T("office.print.refusal"), Number: in.Number, At: act.Signed, Text: act.Text, Specimen: o.Specimen,
		Note: l.T("office.print.refusal.note")}
	return send(w, "refusal-"+in.Number+".pdf", "application/pdf", "inline", func(w io.Writer) error { return certificate.Printed(w, d, l) })
}
