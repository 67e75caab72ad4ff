package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// PetitionState is where a petition stands.
type PetitionState string

// A petition is open once its list is whole; lodged, its rows become applications
// one by one; done when all of them did. What becomes of the applications is told
// row by row.
const (
	PetitionLoading PetitionState = "loading"
	PetitionOpen    PetitionState = "open"
	PetitionLodged  PetitionState = "lodged"
	PetitionDone    PetitionState = "done"
	PetitionDropped PetitionState = "dropped"
)

// Petition is the request of an organisation's administration for people who stay
// in its building, as the counter keeps it.
type Petition struct {
	mekenjai.Petition
	Operator mekenjai.IIN
	State    PetitionState
	Language string
	Opened   time.Time
	Lodged   time.Time
	Done     time.Time
	Text     []byte      // what the organisation signs
	Signed   *SignedHere // its signature
	Bearer   *Presence   // who brought it
	Papers   []mekenjai.Paper
	Rows     int // of the list
	Progress PetitionProgress
	Now      time.Time
}

// PetitionProgress counts what became of the rows.
type PetitionProgress struct {
	Wrong      int // cannot be used
	Ready      int // not filed yet
	Filed      int // became applications: the sum of what follows
	UnderWay   int
	Registered int
	Refused    int // also routed elsewhere or cancelled
	Referred   int // to an officer
}

type petitionRow struct {
	id, number, formKey, office, language string
	operator, head, bearer                mekenjai.IIN
	bin                                   mekenjai.BIN
	name                                  mekenjai.Text
	dwelling                              mekenjai.Dwelling
	state                                 PetitionState
	list, text                            []byte
	signed                                SignedHere
	signature                             []byte
	rows                                  int
	opened, lodged, done                  time.Time
}

const petitionColumns = `id, number, form_key, office, language, operator, head, bearer, bin, name_kk, name_ru, arc, kind, kato,
	address_kk, address_ru, state, list, text, method, paper, signature, signed_at, rows_count, opened_at, lodged_at, done_at`

func scanPetition(row database.Row) (p petitionRow, err error) {
	err = row.Scan(&p.id, &p.number, &p.formKey, &p.office, &p.language, &p.operator, &p.head, &p.bearer, &p.bin, &p.name.KK, &p.name.RU,
		&p.dwelling.ARC, &p.dwelling.Kind, &p.dwelling.KATO, &p.dwelling.Address.KK, &p.dwelling.Address.RU, &p.state, &p.list, &p.text,
		&p.signed.Method, &p.signed.Paper, &p.signature, database.ScanTime(&p.signed.At), &p.rows,
		database.ScanTime(&p.opened), database.ScanTime(&p.lodged), database.ScanTime(&p.done))
	p.signed.Signer = p.head
	return p, notFound(err)
}

func loadPetition(ctx context.Context, tx database.Tx, id string) (petitionRow, error) {
	return scanPetition(tx.QueryRow(ctx, `SELECT `+petitionColumns+` FROM petition WHERE id = $1`, id))
}

func (p *petitionRow) insert(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO petition (id, number, form_key, office, language, operator, head, bearer, bin, name_kk, name_ru,
		arc, kind, kato, address_kk, address_ru, state, list, method, paper, rows_count, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', '', $18, $19)`,
		p.id, p.number, p.formKey, p.office, p.language, p.operator, p.head, p.bin, p.name.KK, p.name.RU,
		p.dwelling.ARC, p.dwelling.Kind, p.dwelling.KATO, p.dwelling.Address.KK, p.dwelling.Address.RU, p.state, p.list, p.rows,
		database.Micros(p.opened))
	return err
}

func (p *petitionRow) save(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE petition SET bearer = $2, state = $3, text = $4, method = $5, paper = $6, signature = $7, signed_at = $8,
		lodged_at = $9, done_at = $10 WHERE id = $1`, p.id, p.bearer, p.state, p.text, p.signed.Method, p.signed.Paper, p.signature,
		database.NullMicros(p.signed.At), database.NullMicros(p.lodged), database.NullMicros(p.done))
	return err
}

// permits: a petition is the business of the office that serves the building.
func (p *petitionRow) permits(actor mekenjai.Actor) error {
	if err := actor.Permitted(mekenjai.DoPetition, mekenjai.Matter{KATO: []string{p.dwelling.KATO}, Holder: p.operator}); err != nil {
		return err
	}
	if actor.Duty.Office != p.office {
		return mekenjai.ErrForbidden
	}
	return nil
}

// atPetition is atCounter for a petition. States are those in which the deed may
// be done; none: in every.
func (r *Register) atPetition(ctx context.Context, actor mekenjai.Actor, verb, id string, states []PetitionState,
	deed func(context.Context, database.Tx, *petitionRow) error) error {
	entry := audit.By(actor, verb, id)
	if actor.Duty.Role != mekenjai.Operator {
		return r.refuseAttempt(ctx, entry, "forbidden", mekenjai.ErrForbidden)
	}
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		p, err := loadPetition(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := p.permits(actor); err != nil {
			return err
		}
		if len(states) > 0 && !p.in(states) {
			return mekenjai.ErrConflict
		}
		return deed(ctx, tx, &p)
	})
	if errors.Is(err, mekenjai.ErrForbidden) {
		return r.refuseAttempt(ctx, entry, "forbidden", err)
	}
	return err
}

func (p *petitionRow) in(states []PetitionState) bool {
	for _, s := range states {
		if p.state == s {
			return true
		}
	}
	return false
}

var whileOpen = []PetitionState{PetitionOpen}

// petition is what the organisation signs of it.
func (p *petitionRow) petition() mekenjai.Petition {
	return mekenjai.Petition{ID: p.id, Number: p.number, BIN: p.bin, Name: p.name, Head: p.head, Dwelling: p.dwelling,
		List: [32]byte(p.list), Office: mekenjai.ServiceOffice{ID: p.office}}
}

// Petition is one of the actor's office, with its progress.
func (r *Register) Petition(ctx context.Context, actor mekenjai.Actor, id string) (p Petition, err error) {
	err = r.atPetition(ctx, actor, "petition.look", id, nil, func(ctx context.Context, tx database.Tx, row *petitionRow) error {
		p, err = readPetition(ctx, tx, row)
		return err
	})
	if err != nil {
		return Petition{}, err
	}
	p.Office, err = r.office(ctx, p.Office.ID)
	return p, err
}

func readPetition(ctx context.Context, tx database.Tx, row *petitionRow) (p Petition, err error) {
	p = Petition{Petition: row.petition(), Operator: row.operator, State: row.state, Language: row.language, Opened: row.opened,
		Lodged: row.lodged, Done: row.done, Text: row.text, Rows: row.rows, Now: tx.Now()}
	if !row.signed.At.IsZero() {
		signed := row.signed
		p.Signed = &signed
	}
	here, err := presences(ctx, tx, row.id)
	if err != nil {
		return p, err
	}
	for _, x := range here {
		if x.IIN == row.bearer {
			p.Bearer = &x
		}
	}
	if p.Papers, err = papersOf(ctx, tx, mekenjai.PaperOfPetition, row.id); err != nil {
		return p, err
	}
	p.Progress, err = progress(ctx, tx, row.id)
	p.Count = p.Rows - p.Progress.Wrong
	return p, err
}

// progress counts the rows with what became of their applications, in one query.
func progress(ctx context.Context, tx database.Tx, petition string) (n PetitionProgress, err error) {
	type group struct {
		row   string
		state mekenjai.State
		count int
	}
	groups, err := database.Collect(ctx, tx, func(row database.Row) (g group, err error) {
		return g, row.Scan(&g.row, &g.state, &g.count)
	}, `SELECT r.state, coalesce(a.state, ''), count(*) FROM petition_row r LEFT JOIN application a ON a.id = r.id
		WHERE r.petition = $1 GROUP BY r.state, a.state`, petition)
	for _, g := range groups {
		switch {
		case g.row == rowWrong:
			n.Wrong += g.count
		case g.row == rowReady:
			n.Ready += g.count
		case g.state == mekenjai.Registered:
			n.Registered += g.count
		case g.state == mekenjai.Referred:
			n.Referred += g.count
		case g.state.IsFinal():
			n.Refused += g.count
		default:
			n.UnderWay += g.count
		}
	}
	n.Filed = n.Registered + n.Referred + n.Refused + n.UnderWay
	return n, err
}

// Petitions are those of the actor's office, newest first, without their progress.
func (r *Register) Petitions(ctx context.Context, actor mekenjai.Actor) (list []Petition, err error) {
	if actor.Duty.Role != mekenjai.Operator || actor.Method != mekenjai.ByEDS {
		return nil, mekenjai.ErrForbidden
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list = nil
		rows, err := database.Collect(ctx, tx, scanPetition, `SELECT `+petitionColumns+` FROM petition
			WHERE office = $1 ORDER BY opened_at DESC LIMIT $2`, actor.Duty.Office, pageSize)
		for _, p := range rows {
			list = append(list, Petition{Petition: p.petition(), Operator: p.operator, State: p.state, Opened: p.opened, Lodged: p.lodged,
				Done: p.done, Rows: p.rows, Now: tx.Now()})
		}
		return err
	})
	return list, err
}

// The states of a row.
const (
	rowWrong = "wrong"
	rowReady = "ready"
	rowFiled = "filed"
)

// PetitionLine is what became of a row.
type PetitionLine struct {
	Line    int
	IIN     string // as it was written
	Name    string
	State   string // "wrong", "ready", "filed"
	Faults  []mekenjai.RowFault
	Number  string         // of the application
	Outcome mekenjai.State // of the application, "" before there is one
	Reason  string         // code of its end
}

// PetitionRows is a page of the report, in the order of the list: the rows behind
// the line after. only is a state of rows, "" for all; at most 500 come at once.
func (r *Register) PetitionRows(ctx context.Context, actor mekenjai.Actor, id, only string, after, limit int) (list []PetitionLine, more bool, err error) {
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	which, args := `r.state <> ''`, []any{id, after, limit + 1}
	if only != "" {
		which, args = `r.state = $4`, append(args, only)
	}
	err = r.atPetition(ctx, actor, "petition.look", id, nil, func(ctx context.Context, tx database.Tx, _ *petitionRow) error {
		list, err = database.Collect(ctx, tx, func(row database.Row) (l PetitionLine, err error) {
			var faults string
			if err = row.Scan(&l.Line, &l.IIN, &l.Name, &l.State, &faults, &l.Number, &l.Outcome, &l.Reason); err != nil {
				return l, err
			}
			l.Faults, err = fromJSON[[]mekenjai.RowFault](faults)
			return l, err
		}, `SELECT r.line, r.iin, r.name, r.state, r.faults, coalesce(a.number, ''), coalesce(a.state, ''), coalesce(a.reason, '')
			FROM petition_row r LEFT JOIN application a ON a.id = r.id
			WHERE r.petition = $1 AND r.line > $2 AND `+which+` ORDER BY r.line LIMIT $3`, args...)
		return err
	})
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}
