package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/rules"
)

// badFacts is the exit code for facts that cannot be evaluated.
const badFacts = 3

type rulesCommand struct {
	Table      rulesTable      `cmd:"" default:"withargs" help:"Print the decision table: every rule with its condition, the facts it reads, what it may answer and its norm."`
	Check      rulesCheck      `cmd:"" help:"Evaluate a facts file (see docs/facts.md) and print the verdict and all findings as JSON. Exit code 3: the facts are unusable."`
	Parameters rulesParameters `cmd:"" help:"Print the parameters in force on a day, with their sources."`
	Schema     rulesSchema     `cmd:"" help:"Print the JSON Schema of a facts file."`
	Calendar   rulesCalendar   `cmd:"" help:"Print the days of a year that are not worked although they are weekdays, and the weekend days that are."`
}

type rulesTable struct {
	JSON bool   `help:"As JSON."`
	Lang string `enum:"kk,ru,en" default:"en" help:"Language of conditions and norms: kk, ru or en."`
}

// row is a rule as it is printed.
type row struct {
	rules.Rule
	Condition string `json:"condition"`
	NormText  string `json:"norm_text"`
}

func (c rulesTable) Run() error { return c.print(os.Stdout) }

func (c rulesTable) print(w io.Writer) error {
	l, _ := locale.Parse(c.Lang)
	var rows []row
	for _, r := range rules.Table() {
		rows = append(rows, row{r, l.T(r.TitleKey()), l.T(r.NormKey())})
	}
	if c.JSON {
		return printJSON(w, rows)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tCONDITION\tREADS\tANSWERS\tTAG\tNORM")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Condition, words(r.Reads), answers(r.Answers), r.Tag, r.NormText)
	}
	return t.Flush()
}

func words[T ~string](list []T) string {
	var b strings.Builder
	for i, x := range list {
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(strings.ToLower(string(x)))
	}
	return b.String()
}

// answers writes "REFUSE(NO_TITLE) WARN(A, B)".
func answers(list []rules.Answer) string {
	var out []string
	codes := map[rules.Outcome][]string{}
	for _, a := range list {
		codes[a.Outcome] = append(codes[a.Outcome], a.Code)
	}
	for _, a := range list {
		if c := codes[a.Outcome]; c != nil {
			out = append(out, fmt.Sprintf("%s(%s)", a.Outcome, strings.Join(c, ", ")))
			delete(codes, a.Outcome)
		}
	}
	return strings.Join(out, " ")
}

type rulesCheck struct {
	File string `arg:"" help:"The facts file, - for standard input."`
	Lang string `enum:"kk,ru,en," default:"" help:"Add the explanation for people in this language to each finding."`
}

// explained is a finding with its words.
type explained struct {
	rules.Finding
	Text string `json:"text,omitempty"`
}

func (c rulesCheck) Run() error {
	data, err := readFacts(c.File, os.Stdin)
	if err != nil {
		return &exitCode{badFacts, err}
	}
	return c.check(data, os.Stdout)
}

// readFacts reads no more than a facts file may hold.
func readFacts(name string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, rules.MaxFacts+1))
}

// check evaluates either kind of facts: those of an application, or those of the
// life of an entry, which alone have an event.
func (c rulesCheck) check(data []byte, w io.Writer) error {
	if rules.IsLife(data) {
		return c.checkLife(data, w)
	}
	f, err := rules.ParseFacts(data)
	if err != nil {
		return unusable(w, err)
	}
	p, err := rules.ParametersAt(mekenjai.DateOf(f.At))
	if err != nil {
		return unusable(w, err)
	}
	v, err := rules.Evaluate(f, p)
	if err != nil {
		return unusable(w, err)
	}
	return printJSON(w, struct {
		rules.Verdict
		Findings []explained `json:"findings"`
	}{v, c.explain(v.Findings)})
}

func (c rulesCheck) checkLife(data []byte, w io.Writer) error {
	f, err := rules.ParseLife(data)
	if err != nil {
		return unusable(w, err)
	}
	p, err := rules.ParametersAt(mekenjai.DateOf(f.At))
	if err != nil {
		return unusable(w, err)
	}
	v, err := rules.EvaluateLife(f, p)
	if err != nil {
		return unusable(w, err)
	}
	return printJSON(w, struct {
		rules.LifeVerdict
		Findings []explained `json:"findings"`
	}{v, c.explain(v.Findings)})
}

func (c rulesCheck) explain(list []rules.Finding) []explained {
	var out []explained
	for _, x := range list {
		e := explained{Finding: x}
		if l, ok := locale.Parse(c.Lang); ok {
			e.Text = l.T(x.Key(), x.Pairs()...)
		}
		out = append(out, e)
	}
	return out
}

// unusable prints what is wrong where, and ends with exit code 3.
func unusable(w io.Writer, err error) error {
	list, ok := err.(rules.FactErrors)
	if !ok {
		list = rules.FactErrors{{Reason: err.Error()}}
	}
	if printed := printJSON(w, map[string]any{"error": err.Error(), "errors": list}); printed != nil {
		return printed
	}
	return &exitCode{badFacts, fmt.Errorf("the facts cannot be evaluated: %w", err)}
}

type rulesParameters struct {
	On   string `help:"The day, YYYY-MM-DD; today when left out."`
	JSON bool   `help:"As JSON."`
}

func (c rulesParameters) Run() error { return c.print(os.Stdout, time.Now()) }

func (c rulesParameters) print(w io.Writer, now time.Time) error {
	on := mekenjai.DateOf(now)
	if c.On != "" {
		d, err := mekenjai.ParseDate(c.On)
		if err != nil {
			return fmt.Errorf("%q is no date such as 2026-03-02", c.On)
		}
		on = d
	}
	book, err := rules.EmbeddedBook()
	if err != nil {
		return err
	}
	type inForce struct {
		Name  string   `json:"name"`
		About string   `json:"about"`
		Rules []string `json:"rules"`
		rules.Value
	}
	var list []inForce
	for _, p := range book.Parameters {
		v, ok := p.At(on)
		if !ok {
			return fmt.Errorf("parameter %q has no value on %s", p.Name, on)
		}
		list = append(list, inForce{p.Name, p.About, p.Rules, v})
	}
	if c.JSON {
		return printJSON(w, list)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "PARAMETER\tVALUE\tFROM\tTAG\tRULES\tMEANING\tSOURCE")
	for _, p := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, p.Value.Value, p.From, p.Tag, strings.Join(p.Rules, " "), p.About, p.Source)
	}
	return t.Flush()
}

type rulesSchema struct {
	Life bool `help:"Of the files about the life of an entry (rows R59–R70)."`
}

func (c rulesSchema) Run() error {
	schema := rules.Schema()
	if c.Life {
		schema = rules.LifeSchema()
	}
	_, err := os.Stdout.Write(schema)
	return err
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
