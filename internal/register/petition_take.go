package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// PetitionInput is what the operator typed of a petition.
type PetitionInput struct {
	BIN      string // of the organisation
	Head     string // IIN of who signs for it
	ARC      string // of the building
	Language string // in which the people are told
}

// read reads the input; what is unusable comes back as mekenjai.FieldErrors.
func (in PetitionInput) read() (p petitionRow, wrong mekenjai.FieldErrors) {
	refuse := func(err error, field, key string) {
		if err != nil {
			wrong = append(wrong, &mekenjai.FieldError{Field: field, Key: key})
		}
	}
	var err error
	p.bin, err = mekenjai.ParseBIN(in.BIN)
	refuse(err, "bin", "counter.error.bin")
	p.head, err = mekenjai.ParseIIN(in.Head)
	refuse(err, "head", "counter.error.iin_format")
	p.dwelling.ARC, err = mekenjai.ParseARC(in.ARC)
	refuse(err, "arc", "portal.error.arc_format")
	p.language = in.Language
	if !slices.Contains([]string{"kk", "ru", "en"}, p.language) {
		p.language = "kk"
	}
	return p, wrong
}

// rowsAtOnce bounds the transaction that stores rows of a list.
const rowsAtOnce = 200

// BeginPetition takes the list of an organisation. The office must serve the
// building, the organisation be active and the person its head. Rows that cannot
// be used stay in the report. The same key with the same list gives the same
// petition again, and goes on where a lost attempt stopped; with another list it is
// mekenjai.ErrConflict.
func (r *Register) BeginPetition(ctx context.Context, actor mekenjai.Actor, key string, in PetitionInput, good []mekenjai.Stay, wrong []mekenjai.WrongStay) (Petition, error) {
	entry := audit.By(actor, "petition.begin", "")
	if actor.Duty.Role != mekenjai.Operator {
		return Petition{}, r.refuseAttempt(ctx, entry, "forbidden", mekenjai.ErrForbidden)
	}
	p, bad := in.read()
	if n := len(good) + len(wrong); n == 0 || n > mekenjai.MaxPetitionRows {
		bad = append(bad, &mekenjai.FieldError{Field: "list", Key: "counter.error.rows", Args: map[string]any{"n": mekenjai.MaxPetitionRows}})
	}
	if err := bad.OrNil(); err != nil {
		return Petition{}, err
	}
	if err := r.meetPetitioner(ctx, &p); err != nil {
		return Petition{}, err
	}
	if err := actor.Permitted(mekenjai.DoPetition, mekenjai.Matter{KATO: []string{p.dwelling.KATO}, Holder: actor.IIN}); err != nil {
		return Petition{}, r.refuseAttempt(ctx, entry.With("bin", p.bin), "territory", err)
	}
	list := mekenjai.HashStays(good)
	p.id, p.number, p.formKey, p.office, p.operator = newID(), newNumber(), key, actor.Duty.Office, actor.IIN
	p.state, p.list, p.rows = PetitionLoading, list[:], len(good)+len(wrong)
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		open, err := scanPetition(tx.QueryRow(ctx, `SELECT `+petitionColumns+` FROM petition WHERE operator = $1 AND form_key = $2`, actor.IIN, key))
		if err == nil && !bytes.Equal(open.list, p.list) {
			return mekenjai.ErrConflict
		}
		if !errors.Is(err, mekenjai.ErrNotFound) {
			p = open
			return err
		}
		p.opened = tx.Now()
		return errors.Join(p.insert(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "petition.begin", p.id).
			With("bin", p.bin).With("rows", p.rows).With("wrong", len(wrong)).With("office", p.office)))
	})
	if err != nil {
		return Petition{}, fmt.Errorf("begin a petition: %w", err)
	}
	if p.state == PetitionLoading {
		if err := r.load(ctx, p.id, rowsOf(good, wrong), len(good)); err != nil {
			return Petition{}, err
		}
	}
	return r.Petition(ctx, actor, p.id)
}

// meetPetitioner asks the register of legal entities for the organisation, and the
// address register for the building.
func (r *Register) meetPetitioner(ctx context.Context, p *petitionRow) error {
	refuse := func(field, key string) error { return mekenjai.FieldErrors{{Field: field, Key: key}} }
	d, more, err := address.Resolve(ctx, r.db, p.dwelling.ARC)
	switch {
	case errors.Is(err, mekenjai.ErrNotFound):
		return refuse("arc", "address.error.unknown")
	case err != nil:
		return err
	case d.Kind != mekenjai.KindBuilding || !more.Actual:
		return refuse("arc", "counter.error.building")
	}
	p.dwelling = d
	asking, cancel := patiently(ctx)
	defer cancel()
	entity, err := r.Peers.Entity(asking, p.bin)
	switch {
	case err != nil:
		return err
	case !entity.Found:
		return refuse("bin", "counter.error.entity_unknown")
	case !entity.Value.IsActive():
		return refuse("bin", "counter.error.entity_inactive")
	case entity.Value.Head() != p.head:
		return refuse("head", "counter.error.not_head")
	}
	p.name = entity.Value.Name()
	return nil
}

// listed is a row as it is stored.
type listed struct {
	line            int
	data, iin, name string
	faults, state   string
}

// rowsOf puts both kinds in the order of the list.
func rowsOf(good []mekenjai.Stay, wrong []mekenjai.WrongStay) (list []listed) {
	for _, s := range good {
		list = append(list, listed{line: s.Line, data: toJSON(s), iin: string(s.IIN), name: s.Name.String(), state: rowReady})
	}
	for _, w := range wrong {
		list = append(list, listed{line: w.Line, iin: w.IIN, name: w.Name, faults: toJSON(w.Faults), state: rowWrong})
	}
	slices.SortStableFunc(list, func(a, b listed) int { return a.line - b.line })
	return list
}

// load stores the rows, some in each transaction, behind those that an attempt
// before this one stored; with the last of them the petition is open and its text
// frozen.
func (r *Register) load(ctx context.Context, id string, list []listed, good int) error {
	for {
		loaded := false
		err := r.db.Transact(ctx, func(tx database.Tx) error {
			p, err := loadPetition(ctx, tx, id)
			if err != nil {
				return err
			}
			if loaded = p.state != PetitionLoading; loaded {
				return nil
			}
			var last int
			if err := tx.QueryRow(ctx, `SELECT coalesce(max(line), 0) FROM petition_row WHERE petition = $1`, id).Scan(&last); err != nil {
				return err
			}
			next := slices.IndexFunc(list, func(l listed) bool { return l.line > last })
			if next < 0 {
				open := p.petition()
				open.Count = good
				p.text, p.state, loaded = open.Text(p.id, tx.Now()), PetitionOpen, true
				return p.save(ctx, tx)
			}
			for _, l := range list[next:min(next+rowsAtOnce, len(list))] {
				_, err := tx.Exec(ctx, `INSERT INTO petition_row (id, petition, line, data, iin, name, faults, state, try_at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`, newID(), id, l.line, l.data, l.iin, l.name, l.faults, l.state)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || loaded {
			return err
		}
	}
}

// IdentifyBearer records who brought the petition, see Identify.
func (r *Register) IdentifyBearer(ctx context.Context, actor mekenjai.Actor, id string, in IdentityInput) (Presence, error) {
	nothing := func(context.Context, database.Tx, *petitionRow) error { return nil }
	if err := r.atPetition(ctx, actor, "intake.identify", id, whileOpen, nothing); err != nil {
		return Presence{}, err
	}
	here, err := r.identity(ctx, actor, id, in)
	if err != nil {
		return Presence{}, err
	}
	err = r.atPetition(ctx, actor, "intake.identify", id, whileOpen, func(ctx context.Context, tx database.Tx, p *petitionRow) error {
		here.At, p.bearer = tx.Now(), here.IIN
		return errors.Join(here.record(ctx, tx, actor, id), p.save(ctx, tx))
	})
	return here, err
}

// ShowPetitionPaper keeps a scan of the petition or of another paper that came
// with it; original: the operator compared it with the original.
func (r *Register) ShowPetitionPaper(ctx context.Context, actor mekenjai.Actor, id string, kind mekenjai.PaperKind, original bool, scan papers.Scan) (p mekenjai.Paper, err error) {
	sealed, err := r.sealScan(kind, scan)
	if err != nil {
		return p, err
	}
	err = r.atPetition(ctx, actor, "paper.add", id, whileOpen, func(ctx context.Context, tx database.Tx, _ *petitionRow) error {
		p, err = addPaper(ctx, tx, actor, mekenjai.PaperOfPetition, id, "", original, sealed)
		return err
	})
	return p, err
}

// SignPetition records the signature of the organisation: its head's, with its
// key over the text, or by hand on the paper that was shown.
func (r *Register) SignPetition(ctx context.Context, actor mekenjai.Actor, id string, sig HandSignature) error {
	if sig.Code != nil {
		return mekenjai.ErrForbidden // a code proves a person, never an organisation
	}
	var text []byte
	var head mekenjai.Actor
	err := r.atPetition(ctx, actor, "petition.sign", id, whileOpen, func(_ context.Context, _ database.Tx, p *petitionRow) error {
		text, head = p.text, mekenjai.Actor{IIN: p.head, BIN: p.bin}
		return nil
	})
	if err != nil {
		return err
	}
	entry := audit.By(actor, "petition.sign", id).With("bin", head.BIN)
	proof, err := r.prove(ctx, head, entry, text, sig)
	if err != nil {
		return err
	}
	return r.atPetition(ctx, actor, "petition.sign", id, whileOpen, func(ctx context.Context, tx database.Tx, p *petitionRow) error {
		if err := proof.settleIn(ctx, tx, mekenjai.PaperOfPetition, id, mekenjai.ProvesPetition); err != nil {
			return err
		}
		p.signed, p.signature = proof.SignedHere, proof.cms
		if p.signature != nil {
			if err := tx.Enqueue(ctx, evidenceArgs{Petition: id}, afterAnswers); err != nil {
				return err
			}
		}
		return errors.Join(p.save(ctx, tx), audit.Write(ctx, tx, entry.With("method", proof.Method).With("code", mekenjai.ShortCode(text))))
	})
}

// DropPetition closes a petition that is not lodged: it was taken back.
func (r *Register) DropPetition(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.atPetition(ctx, actor, "petition.drop", id, []PetitionState{PetitionLoading, PetitionOpen}, func(ctx context.Context, tx database.Tx, p *petitionRow) error {
		return errors.Join(p.drop(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "petition.drop", id)))
	})
}

// drop leaves of a petition that came to nothing its number and its end.
func (p *petitionRow) drop(ctx context.Context, tx database.Tx) error {
	p.state, p.done = PetitionDropped, tx.Now()
	for _, sql := range []string{
		`DELETE FROM petition_row WHERE petition = $1`,
		`DELETE FROM intake_presence WHERE intake = $1`,
	} {
		if _, err := tx.Exec(ctx, sql, p.id); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE paper SET removed_at = $2, content = NULL WHERE place = 'petition' AND subject = $1 AND removed_at IS NULL`,
		p.id, database.Micros(tx.Now()))
	return errors.Join(err, p.save(ctx, tx))
}
