package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// Dossier is a case as an officer sees it. Until the officer who has it has opened
// it, it is masked: what is personal is not read at all.
type Dossier struct {
	DeskCase
	Mine    bool
	Masked  bool
	Idle    bool // somebody else left it lying: a chief may take it over
	OwnCase bool // it is about the officer himself, who stays away from it
	Place   mekenjai.Text
	Steps   []DeskStep
	Asked   []PaperRequest
	Now     time.Time

	Application *mekenjai.Application // of a case that is about one
	Attempts    int                   // questions to a register that is silent
	Findings    []rules.Finding
	Facts       rules.Facts
	Answers     []RegisterAnswer
	Consents    []HeldConsent
	Signatures  []StoredSignature
	Papers      []mekenjai.Paper
	Notices     []SentNotice
	Path        []Step
	History     []audit.Entry
	Decisions   []Ruled
	Entry       *mekenjai.Registration
	Act         *Act
	Entries     []mekenjai.Registration // of the person, newest first

	Letter     *DeadLetter // what the state's register refused
	Difference *Difference // between the two registers
}

// RegisterAnswer is one reply of a state's register as it is kept with the case, or
// what is kept of a question to which none came that could be used.
type RegisterAnswer struct {
	Peer     string
	Subject  string // the number or code asked about; "" while masked
	Found    bool
	Asked    time.Time
	Answered time.Time // zero: nothing came
	Hash     []byte    // SHA-256 of the bytes that came; nil: none did
	Question []byte    // SHA-256 of the message that went over the bus; nil when none did
	Message  string    // its number there
	Form     state.Form
	Unused   bool // nothing rests on it
	Nth      int  // which time this was, of a question that had no answer; else zero
}

// IsLeave says whether it is the person's leave to be asked about, no answer about him.
func (a RegisterAnswer) IsLeave() bool { return a.Peer == string(state.Consents) }

// IsEarlier says whether it was said to an earlier question, of this case or another.
func (a RegisterAnswer) IsEarlier() bool { return a.Form == state.Earlier }

// HeldConsent is a request for consent with whom it went to.
type HeldConsent struct {
	mekenjai.Consent
	Round    int
	Signed   bool              // with a key
	As       mekenjai.Capacity // in whose person
	Signer   mekenjai.IIN      // who agreed
	Method   mekenjai.Method   // "" before an answer
	Operator mekenjai.IIN      // before whom it was given; "" from elsewhere
}

// SentNotice is what a party was told.
type SentNotice struct {
	Party mekenjai.PartyID
	Notice
}

// Dossier opens a case of the officer's territory. That it was opened is audited,
// masked or not.
func (r *Register) Dossier(ctx context.Context, actor mekenjai.Actor, number string) (d Dossier, err error) {
	entry := audit.By(actor, string(mekenjai.DoLookAtCase), number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := deskCase(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := mayDo(actor, mekenjai.DoLookAtCase, c); err != nil {
			return err
		}
		d, err = r.readDossier(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, string(mekenjai.DoLookAtCase), c.ID).Concerning(c.About).With("masked", d.Masked))
	})
	return d, r.refuseDeed(ctx, entry, err)
}

func (r *Register) readDossier(ctx context.Context, tx database.Tx, actor mekenjai.Actor, c DeskCase) (d Dossier, err error) {
	d = Dossier{DeskCase: c, Mine: c.Officer == actor.IIN, Now: tx.Now(), OwnCase: c.About == actor.IIN}
	d.Masked = !d.Mine || c.Revealed.IsZero() || d.OwnCase
	if d.Steps, err = deskSteps(ctx, tx, c.ID); err != nil {
		return d, err
	}
	if d.Asked, err = paperRequests(ctx, tx, c.ID); err != nil {
		return d, err
	}
	last, err := lastDeed(ctx, tx, &c)
	if err != nil {
		return d, err
	}
	d.Idle = c.Officer != "" && !d.Mine && (c.State == CaseTaken || c.State == CaseWaiting) && tx.Now().Sub(last) >= idleAfter
	switch c.Kind {
	case CaseApplication:
		err = d.readApplication(ctx, tx)
	case CaseDeed:
		err = d.readLetter(ctx, tx)
	case CaseDifference:
		err = d.readDifference(ctx, tx)
	}
	if err != nil {
		return d, err
	}
	if d.Masked {
		d.mask()
	}
	return d, nil
}

// readApplication reads what is known of the application: while the case is
// masked, only what it is about and where it stands.
func (d *Dossier) readApplication(ctx context.Context, tx database.Tx) error {
	a, err := loadApplication(ctx, tx, d.Subject)
	if err != nil {
		return err
	}
	findings, err1 := fromJSON[[]rules.Finding](a.findings)
	answers, err2 := registerAnswers(ctx, tx, a.ID)
	path, err3 := steps(ctx, tx, a.ID)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	d.Application, d.Attempts, d.Findings, d.Answers, d.Path = &a.Application, a.attempts, findings, answers, path
	d.Place = locality(a.Dwelling.Address)
	if a.Reason == keeperRefused {
		letter, err := optional(refusalOf(ctx, tx, a.ID))
		if err != nil {
			return err
		}
		if letter != nil {
			d.Letter = letter.letter(d.Masked)
		}
	}
	if d.Masked {
		return nil
	}
	return d.readPersonal(ctx, tx, &a)
}

// readPersonal reads the rest: facts, consents, signatures, notices, history.
func (d *Dossier) readPersonal(ctx context.Context, tx database.Tx, a *record) (err error) {
	if d.Facts, err = fromJSON[rules.Facts](a.facts); err != nil {
		return err
	}
	if d.Consents, err = heldConsents(ctx, tx, a.ID); err != nil {
		return err
	}
	if d.Signatures, err = storedSignatures(ctx, tx, a.ID, d.ID); err != nil {
		return err
	}
	if d.Papers, err = papersOf(ctx, tx, mekenjai.PaperOfApplication, a.ID); err != nil {
		return err
	}
	if d.Notices, err = sentNotices(ctx, tx, a.ID); err != nil {
		return err
	}
	if d.Decisions, err = decisionsOf(ctx, tx, a.ID); err != nil {
		return err
	}
	if d.History, err = audit.Of(ctx, tx, a.ID, 100); err != nil {
		return err
	}
	d.Entries, err = database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+`
		FROM registration WHERE person = $1 ORDER BY fixed_at DESC LIMIT $2`, a.Person, pageSize)
	if err != nil {
		return err
	}
	for i, e := range d.Entries {
		if e.Application == a.ID {
			d.Entry = &d.Entries[i]
		}
	}
	d.Act, err = optional(standingAct(ctx, tx, a.ID))
	return err
}

// mask takes away whatever tells who somebody is or where exactly he lives.
func (d *Dossier) mask() {
	d.About = ""
	for i := range d.Steps {
		d.Steps[i].Note = ""
	}
	for i := range d.Asked {
		d.Asked[i].Note = ""
	}
	for i := range d.Answers {
		d.Answers[i].Subject = ""
	}
	for i := range d.Findings {
		d.Findings[i].Party = ""
	}
	if a := d.Application; a != nil {
		d.Application = &mekenjai.Application{Number: a.Number, Channel: a.Channel, State: a.State, Round: a.Round, Months: a.Months,
			Purpose: a.Purpose, IsOwner: a.IsOwner, FilerRole: a.FilerRole, Office: a.Office, SubmittedAt: a.SubmittedAt, Clock: a.Clock,
			Reason: a.Reason, DecidedAt: a.DecidedAt}
	}
}

// registerAnswers are the newest exchanges with the registers, of both kinds.
func registerAnswers(ctx context.Context, tx database.Tx, application string) ([]RegisterAnswer, error) {
	return database.Collect(ctx, tx, func(row database.Row) (x RegisterAnswer, err error) {
		var id string
		return x, row.Scan(&id, &x.Peer, &x.Subject, &x.Found, database.ScanTime(&x.Asked), database.ScanTime(&x.Answered), &x.Hash, &x.Question,
			&x.Message, &x.Form, &x.Unused, &x.Nth)
	}, `SELECT id, peer, subject, found, asked_at, answered_at, hash, request_hash, message, form, FALSE, 0 FROM reply WHERE application = $1
		UNION ALL SELECT id, peer, subject, cause = '', asked_at, answered_at, hash, request_hash, message, form, cause <> '', nth
		FROM silence WHERE application = $1 ORDER BY id DESC LIMIT 60`, application)
}

func heldConsents(ctx context.Context, tx database.Tx, application string) ([]HeldConsent, error) {
	return database.Collect(ctx, tx, func(row database.Row) (h HeldConsent, err error) {
		c, err := scanConsent(row)
		return HeldConsent{Consent: c.Consent, Round: c.round, Signed: c.signature != nil, As: c.as, Signer: c.signer,
			Method: c.method, Operator: c.recorded}, err
	}, `SELECT `+consentColumns+` FROM consent WHERE application = $1 ORDER BY round, asked_at, party LIMIT 100`, application)
}

func sentNotices(ctx context.Context, tx database.Tx, application string) ([]SentNotice, error) {
	return database.Collect(ctx, tx, func(row database.Row) (n SentNotice, err error) {
		n.Notice, err = scanNotice(partyRow{row, &n.Party})
		return n, err
	}, `SELECT party, `+noticeColumns+` FROM notice WHERE application = $1 ORDER BY id DESC LIMIT 60`, application)
}

// partyRow scans a party before what another scanner reads.
type partyRow struct {
	row   database.Row
	party *mekenjai.PartyID
}

func (p partyRow) Scan(dest ...any) error { return p.row.Scan(append([]any{p.party}, dest...)...) }
