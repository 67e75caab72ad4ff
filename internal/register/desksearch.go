package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// SearchInput is what an officer looks for and why.
type SearchInput struct {
	Query  string // number of a case, application or entry; IIN; address code
	Reason LookReason
	Note   string
}

// Found is one thing that a search found.
type Found struct {
	Kind    string // "application", "entry"
	Number  string
	Case    string // number of the latest case about it; "" when there is none
	State   string
	Person  mekenjai.IIN
	Name    mekenjai.Name
	Address mekenjai.Text
	Period  mekenjai.Period // of an entry
	At      time.Time
}

// searchSize bounds what a search finds: who looks for more looks for something
// else.
const searchSize = 30

// Search looks for a number, a person or an address in the officer's territory
// (rule R70). Every search is audited with its reason, and whoever was found reads
// of it in the account. What lies in another territory, what is sealed and what is
// not there are one answer.
func (r *Register) Search(ctx context.Context, actor mekenjai.Actor, in SearchInput) (list []Found, err error) {
	note, err := lookInput(in.Reason, in.Note)
	var wrong mekenjai.FieldErrors
	errors.As(err, &wrong)
	by, key := readQuery(in.Query)
	if by == "" {
		wrong = append(mekenjai.FieldErrors{{Field: "q", Key: "desk.error.query"}}, wrong...)
	}
	if err := wrong.OrNil(); err != nil {
		return nil, err
	}
	entry := audit.By(actor, string(mekenjai.DoSearch), by).With("reason", in.Reason)
	if by == "person" {
		entry = entry.Concerning(mekenjai.IIN(key))
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if err := actor.Permitted(mekenjai.DoSearch, mekenjai.Matter{}); err != nil {
			return err
		}
		if list, err = find(ctx, tx, actor, by, key); err != nil {
			return err
		}
		seen := map[mekenjai.IIN]bool{}
		for _, f := range list {
			if !seen[f.Person] {
				seen[f.Person] = true
				if err := look(ctx, tx, actor, f.Person, "search", in.Reason, note); err != nil {
					return err
				}
			}
		}
		return audit.Write(ctx, tx, entry.With("found", len(list)))
	})
	return list, r.refuseDeed(ctx, entry, err)
}

// readQuery says by what is searched: the three kinds of numbers differ in length.
func readQuery(q string) (by, key string) {
	if arc, err := mekenjai.ParseARC(q); err == nil {
		return "arc", string(arc)
	}
	if iin, err := mekenjai.ParseIIN(q); err == nil {
		return "person", string(iin)
	}
	if code := mekenjai.ParseCode(q, 8); code != "" {
		return "number", code
	}
	return "", ""
}

// find asks the applications and the entries, each with one statement.
func find(ctx context.Context, tx database.Tx, actor mekenjai.Actor, by, key string) ([]Found, error) {
	from, to := katoRange(actor.Duty.Territory)
	args := []any{now(tx), actor.IIN, from, to, key, searchSize}
	scan := func(row database.Row) (f Found, err error) {
		var name string
		err = row.Scan(&f.Kind, &f.Number, &f.Case, &f.State, &f.Person, &name, &f.Address.KK, &f.Address.RU, &f.Period.From, &f.Period.To, database.ScanTime(&f.At))
		if err == nil {
			f.Name, err = fromJSON[mekenjai.Name](name)
		}
		return f, err
	}
	which := map[string]string{"arc": `x.arc = $5`, "person": `x.person = $5`,
		"number": `(x.number = $5 OR x.id IN (SELECT c.subject FROM desk_case c WHERE c.number = $5))`}[by]
	latest := `coalesce((SELECT c.number FROM desk_case c WHERE c.subject = x.id ORDER BY c.id DESC LIMIT 1), '')`
	rest := ` WHERE ` + which + ` AND x.kato >= $3 AND x.kato <= $4 AND ` + visible("x.person", 1) + ` ORDER BY x.id DESC LIMIT $6`
	applications, err := database.Collect(ctx, tx, scan, `SELECT 'application', x.number, `+latest+`, x.state, x.person, x.name,
		x.address_kk, x.address_ru, '', '', x.submitted_at FROM application x`+rest, args...)
	if err != nil {
		return nil, err
	}
	entries, err := database.Collect(ctx, tx, scan, `SELECT 'entry', x.number, `+latest+`, x.state, x.person, x.name,
		x.address_kk, x.address_ru, x.from_date, x.to_date, x.fixed_at FROM registration x`+rest, args...)
	return append(entries, applications...), err
}
