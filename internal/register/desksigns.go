package register

import (
	"context"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// StoredSignature is a signature that was accepted, with the text it is over.
type StoredSignature struct {
	ID       string
	Kind     string // "application", "consent", or the purpose of a signed text
	Signer   mekenjai.PartyID
	At       time.Time
	Method   mekenjai.Method
	Evidence bool // timestamp, chain and revocation answers were gathered
	Text     []byte
	cms      []byte
	evidence []byte
}

// storedSignatures are the signatures of a case: under the application, the
// consents, by key or by hand, the petition that is both, and whatever was signed
// about either of the subjects.
func storedSignatures(ctx context.Context, tx database.Tx, application, deskCase string) ([]StoredSignature, error) {
	return database.Collect(ctx, tx, func(row database.Row) (s StoredSignature, err error) {
		err = row.Scan(&s.ID, &s.Kind, &s.Signer, database.ScanTime(&s.At), &s.Method, &s.Text, &s.cms, &s.evidence)
		s.Evidence = s.evidence != nil
		return s, err
	}, `SELECT id, 'application', CASE WHEN filer = '' THEN person ELSE filer END, submitted_at, method, statement, signature, evidence
			FROM application WHERE id = $1 AND filer_role <> 'administration'
		UNION ALL SELECT c.id, 'consent', CASE WHEN c.capacity = 'self' THEN c.party ELSE c.signer END, c.answered_at, c.method,
			a.statement, c.signature, c.evidence
			FROM consent c JOIN application a ON a.id = c.application 
			WHERE c.application = $1 AND (c.signature IS NOT NULL OR c.method = 'written')
		UNION ALL SELECT p.id, '`+mekenjai.PetitionPurpose+`', p.head, p.signed_at, p.method, p.text, p.signature, p.evidence
			FROM petition_row r JOIN petition p ON p.id = r.petition WHERE r.id = $1
		UNION ALL SELECT id, purpose, person, signed_at, method, text, signature, evidence FROM signed_text
			WHERE subject IN ($1, $2) AND signed_at IS NOT NULL
		ORDER BY 4, 1 LIMIT 100`, application, deskCase)
}

// SignatureCheck is a stored signature verified anew.
type SignatureCheck struct {
	StoredSignature
	Status  eds.Status // "" for what was signed by a code: there is nothing to verify
	Reason  string
	Subject eds.Subject
	Serial  string
	Stamped time.Time // of the timestamp; zero without one
	Answers int       // kept answers about revocation
}

// VerifySignatures verifies every signature of a case again, outside any
// transaction: with its evidence where there is some, else as of now.
func (r *Register) VerifySignatures(ctx context.Context, actor mekenjai.Actor, number string) (list []SignatureCheck, err error) {
	d, err := r.Dossier(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if err := mayDo(actor, mekenjai.DoReveal, d.DeskCase); err != nil {
		return nil, r.refuseDeed(ctx, audit.By(actor, "desk.verify", d.ID), err)
	}
	if d.Masked {
		return nil, mekenjai.ErrConflict // to be opened first, with a reason
	}
	for _, s := range d.Signatures {
		check := SignatureCheck{StoredSignature: s}
		if s.cms != nil {
			report, err := r.verdictOf(ctx, s.Text, s.cms, s.evidence)
			if err != nil {
				return nil, err
			}
			check.read(report)
		}
		list = append(list, check)
	}
	return list, r.db.Transact(ctx, func(tx database.Tx) error {
		return audit.Write(ctx, tx, audit.By(actor, "desk.verify", d.ID).Concerning(d.About).With("signatures", len(list)))
	})
}

func (c *SignatureCheck) read(report *eds.Report) {
	c.Status = report.Status
	if report.Status != eds.StatusValid {
		c.Reason = firstReason(report)
	}
	if len(report.Signers) == 0 {
		return
	}
	s := report.Signers[0]
	c.Subject, c.Serial, c.Answers = s.Subject, s.Serial, len(s.Revocation)
	if s.Timestamp != nil {
		c.Stamped = s.Timestamp.Time
	}
}
