package register

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// Complaint is a complaint as its complainant sees it.
type Complaint struct {
	mekenjai.Complaint
	Papers  []mekenjai.Paper
	Code    string // short code of the text that was signed
	Settled bool   // the working days in its terms are known from acts, not from the law alone
	Now     time.Time
}

const complaintColumns = `id, number, kind, state, application, filed, act, person, name, filed_by, language, arc, kato,
	address_kk, address_ru, words, late, restore, against, since, pays, evidence, received_at, forward_by, answer_by,
	forwarded_at, answered_at, answer`

func scanComplaint(row database.Row) (c mekenjai.Complaint, err error) {
	var name, evidence string
	err = row.Scan(&c.ID, &c.Number, &c.Kind, &c.State, &c.Application, &c.Filed, &c.Act, &c.Person, &name, &c.By, &c.Language,
		&c.Dwelling.ARC, &c.Dwelling.KATO, &c.Dwelling.Address.KK, &c.Dwelling.Address.RU, &c.Text, &c.Late, &c.Restore,
		&c.Against, &c.Since, &c.Pays, &evidence, database.ScanTime(&c.ReceivedAt), database.ScanTime(&c.ForwardBy),
		database.ScanTime(&c.AnswerBy), database.ScanTime(&c.ForwardedAt), database.ScanTime(&c.AnsweredAt), &c.Answer)
	if err != nil {
		return c, notFound(err)
	}
	if c.Name, err = fromJSON[mekenjai.Name](name); err != nil {
		return c, err
	}
	c.Evidence, err = fromJSON[[]string](evidence)
	return c, err
}

func loadComplaint(ctx context.Context, tx database.Tx, id string) (mekenjai.Complaint, error) {
	return scanComplaint(tx.QueryRow(ctx, `SELECT `+complaintColumns+` FROM complaint WHERE id = $1`, id))
}

// complaintsOf are those about an application, oldest first.
func complaintsOf(ctx context.Context, tx database.Tx, application string) ([]mekenjai.Complaint, error) {
	return database.Collect(ctx, tx, scanComplaint, `SELECT `+complaintColumns+` FROM complaint
		WHERE application = $1 ORDER BY id LIMIT $2`, application, pageSize)
}

// Complaint is the complainant's own: of the person, and of who filed for him.
func (r *Register) Complaint(ctx context.Context, actor mekenjai.Actor, number string) (c Complaint, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		if c.Complaint, err = ownComplaint(ctx, tx, actor, number); err != nil {
			return err
		}
		c.Now = tx.Now()
		c.Settled = rules.WorkingCalendar().Knows(mekenjai.DateOf(c.ReceivedAt), mekenjai.DateOf(c.AnswerBy))
		var text []byte
		err := tx.QueryRow(ctx, `SELECT t.text FROM complaint c JOIN signed_text t ON t.id = c.text WHERE c.id = $1`, c.ID).Scan(&text)
		if err != nil {
			return err
		}
		c.Code = mekenjai.ShortCode(text)
		c.Papers, err = papersOf(ctx, tx, mekenjai.PaperOfCase, c.ID)
		return err
	})
	return c, err
}

func ownComplaint(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string) (mekenjai.Complaint, error) {
	c, err := scanComplaint(tx.QueryRow(ctx, `SELECT `+complaintColumns+` FROM complaint WHERE number = $1`, number))
	if err == nil && (actor.BIN != "" || actor.IIN != c.Person && actor.IIN != c.By) {
		err = mekenjai.ErrNotFound
	}
	return c, err
}

// ownApplication is the actor's, or one that he filed for somebody. For others it
// does not exist.
func ownApplication(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id string) (record, error) {
	a, err := loadApplication(ctx, tx, id)
	if err == nil && (actor.BIN != "" || actor.IIN != a.Person && actor.IIN != a.Filer) {
		err = mekenjai.ErrNotFound
	}
	return a, err
}

// saidWithin holds a text of the complainant to its length.
func saidWithin(field, text string, shortest int) (string, *mekenjai.FieldError) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n < shortest:
		return text, &mekenjai.FieldError{Field: field, Key: "remedy.error." + field, Args: map[string]any{"least": shortest}}
	case n > mekenjai.ComplaintLongest:
		return text, &mekenjai.FieldError{Field: field, Key: "remedy.error.long", Args: map[string]any{"most": mekenjai.ComplaintLongest}}
	}
	return text, nil
}

// endOf is the instant at which a day is over.
func endOf(d mekenjai.Date) time.Time { return d.AddDays(1).Start() }

// tellComplainant tells the person, and who filed for him, what became of it.
func (r *Register) tellComplainant(ctx context.Context, tx database.Tx, c mekenjai.Complaint, kind notify.Kind) error {
	a := record{Application: mekenjai.Application{ID: c.Application, Person: c.Person, Name: c.Name, Language: c.Language, Dwelling: c.Dwelling}}
	for _, to := range unique([]mekenjai.PartyID{mekenjai.PartyID(c.Person), mekenjai.PartyID(c.By)}) {
		err := r.tell(ctx, tx, &a, to, kind, func(n *notify.Args) {
			n.Number, n.Until = c.Number, c.AnswerBy
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// insert writes a complaint that was signed with the text.
func insertComplaint(ctx context.Context, tx database.Tx, c mekenjai.Complaint, text string) error {
	_, err := tx.Exec(ctx, `INSERT INTO complaint (id, number, kind, state, application, filed, act, person, name, filed_by, language,
		arc, kato, address_kk, address_ru, words, late, restore, against, since, pays, evidence, text, received_at, forward_by, answer_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		c.ID, c.Number, c.Kind, c.State, c.Application, c.Filed, c.Act, c.Person, toJSON(c.Name), c.By, c.Language,
		c.Dwelling.ARC, c.Dwelling.KATO, c.Dwelling.Address.KK, c.Dwelling.Address.RU, c.Text, c.Late, c.Restore, c.Against,
		c.Since, c.Pays, toJSON(c.Evidence), text, database.Micros(c.ReceivedAt), database.NullMicros(c.ForwardBy), database.Micros(c.AnswerBy))
	return err
}

// FiledComplaint is the number of the complaint against the standing refusal, ""
// when there is none.
func (c Case) FiledComplaint() string {
	for _, x := range c.Complaints {
		if c.Act != nil && x.Act == c.Act.Number {
			return x.Number
		}
	}
	return ""
}
