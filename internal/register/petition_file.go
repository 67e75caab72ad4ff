package register

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// PreparePetition freezes what the operator signs who takes a petition
// (mekenjai.Lodgement). mekenjai.ErrConflict until the organisation has signed,
// who brought it is identified, and there is somebody to file for.
func (r *Register) PreparePetition(ctx context.Context, actor mekenjai.Actor, id string) (t SignedText, err error) {
	p, err := r.Petition(ctx, actor, id)
	if err != nil {
		return t, err
	}
	err = r.atPetition(ctx, actor, "petition.lodge", id, whileOpen, func(ctx context.Context, tx database.Tx, row *petitionRow) error {
		l, err := lodgement(ctx, tx, row, p.Office, actor)
		if err != nil {
			return err
		}
		t, err = r.prepare(ctx, tx, actor, mekenjai.LodgementPurpose, id, l, l.Lodge)
		return err
	})
	return t, err
}

func lodgement(ctx context.Context, tx database.Tx, row *petitionRow, office mekenjai.ServiceOffice, actor mekenjai.Actor) (l mekenjai.Lodgement, err error) {
	p, err := readPetition(ctx, tx, row)
	if err != nil {
		return l, err
	}
	if p.Signed == nil || p.Bearer == nil || p.Count == 0 {
		return l, mekenjai.ErrConflict
	}
	l = mekenjai.Lodgement{Petition: p.ID, Number: p.Number, Office: office, Operator: actor.Name, Text: mekenjai.HashOf(p.Text),
		Signed: mekenjai.Given{Party: mekenjai.PartyID(p.BIN), Signer: p.Head, Method: p.Signed.Method},
		Bearer: mekenjai.Seen{IIN: p.Bearer.IIN, Document: p.Bearer.Document, Tail: p.Bearer.Tail, ByCard: p.Bearer.ByCard},
		Count:  p.Count, Wrong: p.Progress.Wrong}
	for _, x := range p.Papers {
		if x.ID == p.Signed.Paper {
			l.Signed.Hash = hex.EncodeToString(x.Hash)
		}
	}
	return l, nil
}

// LodgePetition takes the petition with the operator's signature. Its rows become
// applications one by one, by Sweep: none of them waits for another, and a process
// that dies loses nothing. Called twice it is one.
func (r *Register) LodgePetition(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (Petition, error) {
	t, err := r.TextToSign(ctx, actor, text, mekenjai.LodgementPurpose)
	if err != nil {
		return Petition{}, err
	}
	if !t.Signed.IsZero() { // the second of two clicks
		return r.Petition(ctx, actor, t.Subject)
	}
	p, err := r.Petition(ctx, actor, t.Subject)
	if err != nil {
		return Petition{}, err
	}
	c, err := r.checkText(ctx, actor, text, mekenjai.LodgementPurpose, sig)
	if err != nil {
		return r.lodged(ctx, actor, t, err)
	}
	err = r.atPetition(ctx, actor, "petition.lodge", t.Subject, whileOpen, func(ctx context.Context, tx database.Tx, row *petitionRow) error {
		l, err := lodgement(ctx, tx, row, p.Office, actor)
		if err != nil {
			return err
		}
		if toJSON(l) != c.Fields {
			return mekenjai.ErrStale
		}
		row.state, row.lodged = PetitionLodged, tx.Now()
		return errors.Join(row.save(ctx, tx), c.consume(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "petition.lodge", row.id).
			With("bin", row.bin).With("rows", l.Count).With("code", mekenjai.ShortCode(row.text))))
	})
	if err != nil {
		return r.lodged(ctx, actor, t, err)
	}
	return r.Petition(ctx, actor, t.Subject)
}

// lodged is the petition when another tab lodged it meanwhile, else the error.
func (r *Register) lodged(ctx context.Context, actor mekenjai.Actor, t SignedText, err error) (Petition, error) {
	if now, again := r.turned(ctx, actor, t, err); again != nil || now.Signed.IsZero() {
		return Petition{}, err
	}
	return r.Petition(ctx, actor, t.Subject)
}

// A pass of Sweep files some rows of a petition and takes some time for it at
// most: deadlines of others wait behind it.
const (
	rowsASweep = 40
	timeASweep = 2 * time.Second
)

// filePetitions makes applications of the rows of lodged petitions, some of each.
func (r *Register) filePetitions(ctx context.Context) (done int, err error) {
	var lodged []petitionRow
	err = r.db.Read(ctx, func(tx database.Tx) error {
		lodged, err = database.Collect(ctx, tx, scanPetition, `SELECT `+petitionColumns+` FROM petition
			WHERE state = 'lodged' AND try_at <= $1 ORDER BY lodged_at LIMIT $2`, now(tx), pageSize)
		return err
	})
	for _, p := range lodged {
		n, e := r.fileSome(ctx, p)
		done, err = done+n, errors.Join(err, e)
	}
	return done, err
}

// batch is a lodged petition whose rows are filed.
type batch struct {
	petitionRow
	office   mekenjai.ServiceOffice
	operator mekenjai.Name // as he signed for it
}

// stay is a row that is to be filed.
type stay struct {
	id string
	mekenjai.Stay
}

func (r *Register) fileSome(ctx context.Context, p petitionRow) (done int, err error) {
	var due []stay
	left := 0
	err = r.db.Read(ctx, func(tx database.Tx) error {
		due, err = database.Collect(ctx, tx, func(row database.Row) (s stay, err error) {
			var data string
			if err = row.Scan(&s.id, &data); err != nil {
				return s, err
			}
			s.Stay, err = fromJSON[mekenjai.Stay](data)
			return s, err
		}, `SELECT id, data FROM petition_row WHERE petition = $1 AND state = 'ready' AND try_at <= $2 ORDER BY line LIMIT $3`,
			p.id, now(tx), rowsASweep)
		if err != nil || len(due) > 0 {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM petition_row WHERE petition = $1 AND state = 'ready'`, p.id).Scan(&left)
	})
	if err != nil {
		return 0, err
	}
	if len(due) == 0 && left == 0 {
		return 1, r.db.Transact(ctx, func(tx database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE petition SET state = 'done', done_at = $2 WHERE id = $1 AND state = 'lodged'`, p.id, now(tx))
			return errors.Join(err, audit.Write(ctx, tx, audit.BySystem("petition.done", p.id)))
		})
	}
	b := batch{petitionRow: p}
	if b.office, err = r.office(ctx, p.office); err != nil {
		return 0, err
	}
	if b.operator, err = r.operatorOf(ctx, p); err != nil {
		return 0, err
	}
	for start, i := time.Now(), 0; i < len(due) && time.Since(start) < timeASweep; i++ {
		e := r.fileRow(ctx, b, due[i])
		if errors.Is(e, mekenjai.ErrUnavailable) { // it will not answer about the next row either
			r.Log.WarnContext(ctx, "a petition waits for a register", "petition", p.id, "error", e)
			return done, errors.Join(err, r.waitWith(ctx, p.id))
		}
		if e != nil { // one row holds up no other
			r.Log.WarnContext(ctx, "a row of a petition", "petition", p.id, "line", due[i].Line, "error", e)
			err = errors.Join(err, r.fileLater(ctx, due[i].id))
			continue
		}
		done++
	}
	return done, err
}

// waitWith sets when the rows of a petition are tried again.
func (r *Register) waitWith(ctx context.Context, petition string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE petition SET try_at = $2 WHERE id = $1`, petition, database.Micros(tx.Now().Add(30*time.Second)))
		return err
	})
}

// fileLater sets when a row is tried again.
func (r *Register) fileLater(ctx context.Context, row string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE petition_row SET try_at = $2 WHERE id = $1 AND state = 'ready'`, row, database.Micros(tx.Now().Add(time.Minute)))
		return err
	})
}

// fileRow makes one application: of the person whom the register of persons knows
// by the number and by the name that stands in the list, in the room if one is
// named. What cannot be filed is told in the report. A silent register is an error:
// the row is tried again.
func (r *Register) fileRow(ctx context.Context, b batch, s stay) error {
	name, err := r.nameIn(ctx, s.IIN)
	if err != nil {
		return err
	}
	dwelling, found, err := r.roomOf(ctx, b.petitionRow, s.Stay)
	if err != nil {
		return err
	}
	var fault mekenjai.RowFault
	switch {
	case name.IsZero():
		fault = mekenjai.RowFault{Column: "iin", Key: "counter.error.unknown"}
	case !sameName(name, s.Name):
		fault = mekenjai.RowFault{Column: "name", Key: "counter.error.name_differs"}
	case !found:
		fault = mekenjai.RowFault{Column: "room", Key: "counter.error.room"}
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		state, err := database.One(ctx, tx, database.Column[string], `SELECT state FROM petition_row WHERE id = $1`, s.id)
		if err != nil || state != rowReady { // another node was faster
			return err
		}
		if fault.Key == "" {
			other, err := underWay(ctx, tx, s.IIN)
			if err != nil {
				return err
			}
			if other != "" {
				fault = mekenjai.RowFault{Column: "iin", Key: "counter.error.under_way"}
			}
		}
		if fault.Key != "" {
			_, err := tx.Exec(ctx, `UPDATE petition_row SET state = 'wrong', faults = $2 WHERE id = $1`, s.id, toJSON([]mekenjai.RowFault{fault}))
			return err
		}
		return r.fileStay(ctx, tx, b, s, name, dwelling)
	})
}

// sameName compares a name as people write it with the register's: the parts that
// are written must be those of the register, a patronymic may be left out.
func sameName(known, written mekenjai.Name) bool {
	fold := func(n mekenjai.Name) []string {
		return strings.Fields(strings.NewReplacer("ё", "е", "-", " ").Replace(strings.ToLower(n.String())))
	}
	k, w := fold(known), fold(written)
	if len(w) < min(2, len(k)) || len(w) > len(k) {
		return false
	}
	for i := range w {
		if w[i] != k[i] {
			return false
		}
	}
	return true
}

// roomOf is where the person stays: the building, or the room of it that the row
// names. A building without numbered rooms is one dwelling, whatever the row says.
func (r *Register) roomOf(ctx context.Context, p petitionRow, s mekenjai.Stay) (d mekenjai.Dwelling, found bool, err error) {
	_, building, err := address.Resolve(ctx, r.db, p.dwelling.ARC)
	if err != nil {
		return d, false, notHere(err)
	}
	arc := s.ARC
	switch {
	case arc != "":
	case !building.NeedsUnit:
		return p.dwelling, true, nil
	case s.Room == "":
		return d, false, nil
	default:
		if arc, err = address.RoomIn(ctx, r.db, p.dwelling.ARC, s.Room); err != nil {
			return d, false, notHere(err)
		}
	}
	d, more, err := address.Resolve(ctx, r.db, arc)
	return d, err == nil && more.Selectable && (more.Building == p.dwelling.ARC || arc == p.dwelling.ARC), notHere(err)
}

// notHere: that there is no such thing is an answer.
func notHere(err error) error {
	if errors.Is(err, mekenjai.ErrNotFound) {
		return nil
	}
	return err
}

// fileStay writes the application and the organisation's consent to it, which is
// the petition.
func (r *Register) fileStay(ctx context.Context, tx database.Tx, b batch, s stay, name mekenjai.Name, d mekenjai.Dwelling) error {
	p := b.petitionRow
	statement := mekenjai.CounterStatement{
		Statement: mekenjai.Statement{Application: s.id, Prepared: tx.Now(), Person: s.IIN, Name: name, Dwelling: d, Months: s.Months,
			Purpose: s.Purpose, Arrival: s.Arrival, Owner: mekenjai.PartyID(p.bin)},
		Filer: p.head, FilerName: mekenjai.Name{Surname: p.name.KK + " / " + p.name.RU}, Role: mekenjai.FiledByAdministration,
		Petition: p.number, Office: b.office, Operator: b.operator,
	}
	a := &record{counter: &atWindow{Signer: p.head, Method: p.signed.Method, Present: []mekenjai.IIN{p.bearer}, Petition: p.id}}
	a.Application = mekenjai.Application{ID: s.id, Number: newNumber(), Person: s.IIN, Name: name, Language: p.language, Channel: mekenjai.Office,
		State: mekenjai.Checking, Round: 1, Dwelling: d, Months: s.Months, Purpose: s.Purpose, Arrival: s.Arrival, Owner: mekenjai.PartyID(p.bin),
		Filer: p.head, FilerRole: mekenjai.FiledByAdministration, Office: p.office, Operator: p.operator, Statement: statement.Text(),
		Method: p.signed.Method, SubmittedAt: tx.Now()}
	a.Clock, a.askAt = a.Clock.In(mekenjai.Checking, tx.Now()), tx.Now().Add(lease)
	consent := consentRow{round: 1, as: mekenjai.AsHimself, signer: p.head, method: p.signed.Method, paper: p.signed.Paper, recorded: p.operator,
		Consent: mekenjai.Consent{ID: newNumber(), Application: s.id, Answer: mekenjai.Agreed, AskedAt: tx.Now(), Deadline: tx.Now(), AnsweredAt: tx.Now(),
			Holder: mekenjai.RightHolder{Party: mekenjai.PartyID(p.bin), Name: p.name.RU, Right: mekenjai.RightOwner}}}
	if err := a.insert(ctx, tx, nil); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE petition_row SET state = 'filed' WHERE id = $1`, s.id)
	return errors.Join(err,
		consent.insert(ctx, tx),
		r.tell(ctx, tx, a, mekenjai.PartyID(a.Person), notify.FiledByPetition, nil),
		tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil),
		audit.Write(ctx, tx, audit.BySystem("petition.file", a.ID).Concerning(a.Person).With("petition", p.id).With("line", s.Line)))
}

// operatorOf is the name of who took the petition, as he signed for it.
func (r *Register) operatorOf(ctx context.Context, p petitionRow) (name mekenjai.Name, err error) {
	var texts []SignedText
	err = r.db.Read(ctx, func(tx database.Tx) error {
		texts, err = signedTexts(ctx, tx, p.id)
		return err
	})
	for _, t := range texts {
		if t.Purpose == mekenjai.LodgementPurpose {
			l, err := fromJSON[mekenjai.Lodgement](t.Fields)
			return l.Operator, err
		}
	}
	return name, errors.Join(err, fmt.Errorf("petition %s was lodged by nobody: %w", p.id, mekenjai.ErrConflict))
}

// guardPetitionPapers: the papers of a petition are the business of its office.
func guardPetitionPapers(ctx context.Context, tx database.Tx, actor mekenjai.Actor, subject string) error {
	p, err := loadPetition(ctx, tx, subject)
	if err != nil {
		return err
	}
	return p.permits(actor)
}
