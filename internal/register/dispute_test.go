package register_test

import (
	"errors"
	"testing"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// take gives the open case of a kind to an officer, as the desk does.
func (w *world) take(kind register.CaseKind, officer mekenjai.Actor) (subject string) {
	w.t.Helper()
	err := w.db.Transact(w.t.Context(), func(tx database.Tx) error {
		if err := tx.QueryRow(w.t.Context(), `SELECT subject FROM desk_case WHERE kind = $1 AND state <> 'closed'`, kind).Scan(&subject); err != nil {
			return err
		}
		_, err := tx.Exec(w.t.Context(), `UPDATE desk_case SET state = 'taken', officer = $2 WHERE kind = $1 AND state = 'open'`, kind, officer.IIN)
		return err
	})
	if err != nil {
		w.t.Fatalf("take the %s: %v", kind, err)
	}
	return subject
}

// resolve lets the officer decide the open dispute.
func (w *world) resolve(officer mekenjai.Actor, res mekenjai.Resolution) {
	w.t.Helper()
	id := w.take(register.CaseDispute, officer)
	text, err := w.register.PrepareResolution(w.t.Context(), officer, id, res, "Тексерілді")
	if err := w.register.ResolveDispute(w.t.Context(), officer, text.ID, w.by(officer, text, err)); err != nil {
		w.t.Fatal(err)
	}
}

func TestOneButtonFreezesTheCertificate(t *testing.T) {
	for _, who := range []string{"bolat", "timur"} {
		t.Run(who, func(t *testing.T) {
			eachStay(t, func(t *testing.T, w *world, number string) {
				code := w.code("timur", number)
				if err := w.register.Dispute(t.Context(), w.as(who), number, ""); err != nil {
					t.Fatal(err)
				}
				if c := w.checked(code); c.Standing != mekenjai.StandsDisputed || c.IsValid() || c.Since.IsZero() {
					t.Errorf("the public check says %+v", c)
				}
				if _, err := w.register.Certificate(t.Context(), w.as("timur"), number, "kk"); !errors.Is(err, mekenjai.ErrConflict) {
					t.Errorf("a new certificate of a disputed entry: %v", err)
				}
				w.stands("timur", mekenjai.EntryCurrent, "") // frozen is not ended
				other, kind := "timur", "disputed"
				if who == "timur" {
					other, kind = "bolat", "disputed_mine"
				}
				w.wasTold(other, kind, 1)
				if err := w.register.Dispute(t.Context(), w.as(who), number, ""); err != nil {
					t.Errorf("the second of two clicks: %v", err)
				}
				if err := w.register.Dispute(t.Context(), w.as(other), number, ""); !errors.Is(err, mekenjai.ErrConflict) {
					t.Errorf("disputed by the other side as well: %v", err)
				}
				if n := w.count(`SELECT count(*) FROM dispute`); n != 1 {
					t.Errorf("%d disputes", n)
				}
			})
		})
	}
}

func TestWhoHasNoRightInTheDwellingCannotFreeze(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.register.Dispute(t.Context(), w.as("erlan"), number, ""); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger: %v", err)
		}
		w.land.Set(state.Properties, country.Fault{Kind: country.Down})
		if err := w.register.Dispute(t.Context(), w.as("erlan"), number, ""); !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("a stranger, while the cadastre is silent: %v", err)
		}
	})
}

func TestADismissedDisputeLetsTheCertificateCountAgain(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		if err := w.register.Dispute(t.Context(), w.as("bolat"), number, "Танымаймын"); err != nil {
			t.Fatal(err)
		}
		w.resolve(w.officer("rinat", mekenjai.Officer, "79"), mekenjai.Dismissed)
		if c := w.checked(code); !c.IsValid() {
			t.Errorf("the public check says %+v", c)
		}
		w.wasTold("timur", "dispute_decided", 1)
		w.wasTold("bolat", "dispute_ends_mine", 1)
		if err := w.register.Dispute(t.Context(), w.as("bolat"), number, "Тағы да"); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("the same button again: %v", err)
		}
		if n := w.refusals("dispute.raise", "decided"); n != 1 {
			t.Errorf("%d refused attempts are audited", n)
		}
	})
}

func TestAnUpheldDisputeEndsTheEntry(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.register.Dispute(t.Context(), w.as("bolat"), number, ""); err != nil {
			t.Fatal(err)
		}
		w.resolve(w.officer("rinat", mekenjai.Officer, "79"), mekenjai.Upheld)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestAnnulmentNeedsTwoOfficers(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		if err := w.register.Dispute(t.Context(), w.as("timur"), number, "Мен өтініш берген жоқпын"); err != nil {
			t.Fatal(err)
		}
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		w.resolve(rinat, mekenjai.ToAnnul)
		w.stands("timur", mekenjai.EntryCurrent, "")
		if c := w.checked(code); c.Standing != mekenjai.StandsDisputed {
			t.Errorf("until another confirms the check says %s", c.Standing)
		}
		ending := w.take(register.CaseAnnulment, rinat)
		for name, other := range map[string]mekenjai.Actor{
			"who proposed": rinat, "a chief who proposed": func() mekenjai.Actor { a := rinat; a.Duty.Role = mekenjai.Chief; return a }(),
			"no chief": w.officer("serik", mekenjai.Officer, "79"), "foreign": w.officer("gaukhar", mekenjai.Chief, "71"),
		} {
			if _, err := w.register.PrepareEndApproval(t.Context(), other, ending); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		chief := w.officer("gaukhar", mekenjai.Chief, "")
		text, err := w.register.PrepareEndApproval(t.Context(), chief, ending)
		if err := w.register.ApproveEnd(t.Context(), chief, text.ID, w.by(chief, text, err)); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndAnnulled)
		if c := w.checked(code); c.Standing != mekenjai.StandsAnnulled || !c.LastDay.IsZero() {
			t.Errorf("the public check says %+v", c)
		}
		w.wasTold("timur", "annulled", 1)
		w.wasTold("bolat", "annulled_at_mine", 1)
	})
}

func TestAnEntryThatHasEndedCanBeAnnulled(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		w.pass(200 * day)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndExpired)
		if c := w.checked(code); c.Standing != mekenjai.StandsEnded {
			t.Errorf("the public check says %s", c.Standing)
		}
		w.propose(mekenjai.EndingAnnulment, number, "")
		w.approve()
		if c := w.checked(code); c.Standing != mekenjai.StandsAnnulled {
			t.Errorf("the public check says %s", c.Standing)
		}
	})
}

// propose lets the officer of Shymkent propose an end.
func (w *world) propose(kind mekenjai.EndingKind, number, paper string) {
	w.t.Helper()
	rinat := w.officer("rinat", mekenjai.Officer, "79")
	text, err := w.register.PrepareEndProposal(w.t.Context(), rinat, number, kind, paper, "Негіздері бар")
	if err := w.register.ProposeEnd(w.t.Context(), rinat, text.ID, w.by(rinat, text, err)); err != nil {
		w.t.Fatal(err)
	}
}

// approve lets the chief confirm the open proposal.
func (w *world) approve() {
	w.t.Helper()
	chief := w.officer("gaukhar", mekenjai.Chief, "")
	text, err := w.register.PrepareEndApproval(w.t.Context(), chief, w.take(register.CaseAnnulment, chief))
	if err := w.register.ApproveEnd(w.t.Context(), chief, text.ID, w.by(chief, text, err)); err != nil {
		w.t.Fatal(err)
	}
}

func TestACourtActEndsAnEntryByTwoOfficers(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		if _, err := w.register.PrepareEndProposal(t.Context(), rinat, number, mekenjai.EndingByCourt, "", "Сот"); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("without the act's number: %v", err)
		}
		w.askEnd("bolat", number) // gives way to the court
		w.propose(mekenjai.EndingByCourt, number, "№ 2-1234, 01.11.2026")
		w.approve()
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndCourt)
		w.wasTold("timur", "ended_by_court", 1)
	})
}

func TestACitizenProposesNothing(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		_, err := w.register.PrepareEndProposal(t.Context(), w.as("bolat"), number, mekenjai.EndingAnnulment, "", "Өтірік")
		if !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an owner annuls: %v", err)
		}
		if n := w.refusals("ending.propose", "forbidden"); n != 1 {
			t.Errorf("%d refused attempts are audited", n)
		}
	})
}

func TestARejectedProposalChangesNothing(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		code := w.code("timur", number)
		if err := w.register.Dispute(t.Context(), w.as("timur"), number, ""); err != nil {
			t.Fatal(err)
		}
		w.resolve(w.officer("rinat", mekenjai.Officer, "79"), mekenjai.ToAnnul)
		chief := w.officer("gaukhar", mekenjai.Chief, "")
		ending := w.take(register.CaseAnnulment, chief)
		if err := w.register.RejectEnd(t.Context(), chief, ending, ""); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("rejected without reasons: %v", err)
		}
		if err := w.register.RejectEnd(t.Context(), chief, ending, "Дәлел жеткіліксіз"); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryCurrent, "")
		if c := w.checked(code); !c.IsValid() {
			t.Errorf("the public check says %s", c.Standing)
		}
		if n := w.count(`SELECT count(*) FROM desk_case WHERE state <> 'closed'`); n != 0 {
			t.Errorf("%d cases are left open", n)
		}
	})
}

func TestAnObjectionThatIsUpheldKeepsTheEntry(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		if err := w.register.Object(t.Context(), w.as("timur"), number, "Тұрамын"); err != nil {
			t.Fatal(err)
		}
		w.resolve(w.officer("rinat", mekenjai.Officer, "79"), mekenjai.Upheld)
		w.stands("timur", mekenjai.EntryCurrent, "")
		w.wasTold("timur", "objection_decided", 1)
		w.wasTold("bolat", "end_not_done", 1)
		w.askEnd("bolat", number) // he may ask again, with new reasons
	})
}

func TestAnObjectionThatIsDismissedLetsTheRequestGoOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		if err := w.register.Object(t.Context(), w.as("pavel"), number, "Тұрамын"); err != nil {
			t.Fatal(err)
		}
		w.resolve(w.officer("serik", mekenjai.Officer, "39"), mekenjai.Dismissed)
		w.stands("pavel", mekenjai.EntryCurrent, "") // co-owners have still to answer
		if err := w.register.Object(t.Context(), w.as("pavel"), number, "Тағы"); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a second objection: %v", err)
		}
		if err := errors.Join(w.confirm("zhanar", number), w.confirm("meiram", number)); err != nil {
			t.Fatal(err)
		}
		w.pass(16 * day)
		w.stands("pavel", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestAnOfficerDecidesWhatHeHasTakenAlone(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		if err := w.register.Dispute(t.Context(), w.as("bolat"), number, ""); err != nil {
			t.Fatal(err)
		}
		rinat := w.officer("rinat", mekenjai.Officer, "79")
		id := w.take(register.CaseDispute, rinat)
		for _, other := range []mekenjai.Actor{w.officer("serik", mekenjai.Officer, "79"), w.officer("serik", mekenjai.Officer, "75"), w.as("timur")} {
			if _, err := w.register.PrepareResolution(t.Context(), other, id, mekenjai.Upheld, "Иә"); !errors.Is(err, mekenjai.ErrForbidden) {
				t.Errorf("%s: %v", other.IIN.Masked(), err)
			}
		}
	})
}
