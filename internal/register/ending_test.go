package register_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

func TestPersonEndsHisEntryAtOnce(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		actor := w.as("timur")
		text, err := w.register.PrepareOwnEnd(t.Context(), actor, number)
		sig := w.by(actor, text, err)
		if err := w.register.EndOwn(t.Context(), actor, text.ID, sig); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByPerson)
		w.wasTold("timur", "ended_own", 1)
		w.wasTold("bolat", "left_mine", 1)
		if err := w.register.EndOwn(t.Context(), actor, text.ID, sig); !errors.Is(err, mekenjai.ErrStale) {
			t.Errorf("the second of two clicks: %v", err)
		}
		if _, err := w.register.PrepareOwnEnd(t.Context(), actor, number); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("an ended entry is ended again: %v", err)
		}
	})
}

func TestPersonEndsHisEntryByACode(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		text, err := w.register.PrepareOwnEnd(t.Context(), w.as("timur"), number)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.register.EndOwn(t.Context(), w.as("timur"), text.ID, byCode()); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByPerson)
	})
}

func TestEntryEndsByItsOwnPersonAlone(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		for _, who := range []string{"bolat", "pavel"} {
			if _, err := w.register.PrepareOwnEnd(t.Context(), w.as(who), number); !errors.Is(err, mekenjai.ErrNotFound) {
				t.Errorf("%s: %v", who, err)
			}
		}
		text, err := w.register.PrepareOwnEnd(t.Context(), w.as("timur"), number)
		stranger := register.Signature{CMS: w.sign(w.as("bolat"), text.Text)}
		if err = errors.Join(err, w.register.EndOwn(t.Context(), w.as("timur"), text.ID, stranger)); refusedFor(err) != "signer" {
			t.Errorf("signed by another: %v", err)
		}
		w.stands("timur", mekenjai.EntryCurrent, "")
	})
}

func TestOwnerEndsAnEntryWhenThePeriodToObjectIsOver(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		w.wasTold("timur", "end_asked", 1)
		w.told(w.land.IIN("timur"), "/e/"+number)
		w.pass(9 * day)
		w.stands("timur", mekenjai.EntryCurrent, "")
		if p := w.page("timur", number); !p.Request.Runs() || !p.Request.MayObject(p.Now) {
			t.Errorf("the request as the person sees it: %+v", p.Request)
		}
		w.pass(7 * day)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
		w.wasTold("timur", "ended_by_owner", 1)
		w.wasTold("bolat", "left_mine", 1)
	})
}

func TestObjectionStopsAnOwnersRequest(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		if err := w.register.Object(t.Context(), w.as("timur"), number, " "); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("an objection without a word: %v", err)
		}
		if err := w.register.Object(t.Context(), w.as("timur"), number, "Мен осында тұрамын"); err != nil {
			t.Fatal(err)
		}
		w.wasTold("bolat", "end_objected", 1)
		w.pass(30 * day)
		w.stands("timur", mekenjai.EntryCurrent, "")
		if n := w.count(`SELECT count(*) FROM desk_case WHERE kind = 'dispute' AND state = 'open' AND about = $1`, w.land.IIN("timur")); n != 1 {
			t.Errorf("%d cases at the desk", n)
		}
		if c := w.checked(w.code("timur", number)); !c.IsValid() {
			t.Errorf("an objection froze the certificate: %+v", c)
		}
	})
}

func TestObjectionAfterItsPeriodIsRefused(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		w.clock.Advance(16 * day) // the sweep has not come yet
		if err := w.register.Object(t.Context(), w.as("timur"), number, "Кеш"); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("a late objection: %v", err)
		}
		if n := w.refusals("ending.object", "late"); n != 1 {
			t.Errorf("%d refused attempts are audited", n)
		}
		w.sweep()
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestEveryCoOwnerMustConfirm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		w.wasTold("zhanar", "confirm_end", 1)
		w.wasTold("meiram", "confirm_end", 1)
		if err := w.confirm("zhanar", number); err != nil {
			t.Fatal(err)
		}
		if err := w.confirm("zhanar", number); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("confirmed twice: %v", err)
		}
		if p := w.page("pavel", number); p.Request.Confirmed() != 1 || p.Request.Confirmations[0].Holder.Name != "" {
			t.Errorf("the person sees %+v", p.Request.Confirmations)
		}
		w.pass(16 * day) // meiram was silent
		w.stands("pavel", mekenjai.EntryCurrent, "")
		w.wasTold("pavel", "end_stopped", 1)
		w.wasTold("erlan", "end_not_done", 1)

		w.askEnd("erlan", number) // once more
		if err := errors.Join(w.confirm("zhanar", number), w.confirm("meiram", number)); err != nil {
			t.Fatal(err)
		}
		w.stands("pavel", mekenjai.EntryCurrent, "") // he may still object
		w.pass(16 * day)
		w.stands("pavel", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestACoOwnersRefusalStopsTheRequest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		if err := w.register.DeclineEnd(t.Context(), w.as("meiram"), number, "Ол менің қонағым"); err != nil {
			t.Fatal(err)
		}
		if s := w.page("erlan", number).Request.State; s != mekenjai.EndingRefused {
			t.Errorf("the request is %s", s)
		}
		if err := w.confirm("zhanar", number); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("confirmed after the end: %v", err)
		}
		w.pass(16 * day)
		w.stands("pavel", mekenjai.EntryCurrent, "")
	})
}

func TestOwnerWithdrawsHisRequest(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		if err := w.register.WithdrawEnd(t.Context(), w.as("timur"), number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("withdrawn by another: %v", err)
		}
		if err := w.register.WithdrawEnd(t.Context(), w.as("bolat"), number); err != nil {
			t.Fatal(err)
		}
		w.wasTold("timur", "end_stopped", 1)
		if err := w.register.WithdrawEnd(t.Context(), w.as("bolat"), number); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("withdrawn twice: %v", err)
		}
		w.pass(16 * day)
		w.stands("timur", mekenjai.EntryCurrent, "")
	})
}

func TestWhoIsNoOwnerAsksInVain(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		_, err := w.register.PrepareEndRequest(t.Context(), w.as("erlan"), []string{number}, "")
		if !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger: %v", err)
		}
		if n := w.refusals("ending.request", "not_holder"); n != 1 {
			t.Errorf("%d refused attempts are audited", n)
		}
		if _, err := w.register.EntryPage(t.Context(), w.as("erlan"), number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("a stranger opens the entry: %v", err)
		}
	})
}

func TestASecondRequestWaitsForTheFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		_, err := w.register.PrepareEndRequest(t.Context(), w.as("zhanar"), []string{number}, "")
		var runs *register.EndingRuns
		if !errors.As(err, &runs) {
			t.Errorf("a second request: %v", err)
		}
	})
}

func TestARequestIsVoidWhenTheOwnersChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		if err := errors.Join(w.confirm("zhanar", number), w.confirm("meiram", number)); err != nil {
			t.Fatal(err)
		}
		house := w.land.Dwelling("kostanay", 0)
		if err := w.land.Transfer(house, w.land.Party("meiram"), w.land.Party("aigul")); err != nil {
			t.Fatal(err)
		}
		w.pass(16 * day)
		w.stands("pavel", mekenjai.EntryCurrent, "")
		if s := w.page("erlan", number).Request.State; s != mekenjai.EndingVoid {
			t.Errorf("the request is %s", s)
		}
		var gone *register.NoOwnerAnyMore
		if _, err := w.register.EntryPage(t.Context(), w.as("meiram"), number); !errors.As(err, &gone) {
			t.Errorf("the former owner: %v", err)
		}
	})
}

func TestACoOwnerWhoSoldCannotConfirm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		if err := w.land.Transfer(w.land.Dwelling("kostanay", 0), w.land.Party("meiram"), w.land.Party("aigul")); err != nil {
			t.Fatal(err)
		}
		if err := w.confirm("meiram", number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("the former owner confirms: %v", err)
		}
		if err := w.confirm("aigul", number); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("the new owner, who was not asked, confirms: %v", err)
		}
	})
}

func TestARequestWaitsWhileTheCadastreIsSilent(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		w.land.Set(state.Properties, country.Fault{Kind: country.Down})
		w.pass(16 * day)
		w.stands("timur", mekenjai.EntryCurrent, "")
		w.land.Heal()
		w.pass(6 * time.Minute)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}

func TestPersonsOwnSignatureNeedsNoPeriod(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		actor := w.as("timur")
		text, err := w.register.PrepareOwnEnd(t.Context(), actor, number)
		if err := w.register.EndOwn(t.Context(), actor, text.ID, w.by(actor, text, err)); err != nil {
			t.Fatal(err)
		}
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByPerson)
		w.wasTold("bolat", "left_mine", 1)
		if n := w.count(`SELECT count(*) FROM ending WHERE state = 'void' AND kind = 'owner'`); n != 1 {
			t.Errorf("%d requests are over", n)
		}
	})
}

func TestTwoOwnersConfirmAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		w.askEnd("erlan", number)
		var wg sync.WaitGroup
		for _, who := range []string{"zhanar", "meiram"} {
			actor := w.as(who)
			text, err := w.register.PrepareConfirmation(t.Context(), actor, number)
			sig := w.by(actor, text, err)
			for range 2 {
				wg.Go(func() {
					err := w.register.ConfirmEnd(t.Context(), actor, text.ID, sig)
					if err != nil && !errors.Is(err, mekenjai.ErrConflict) && !errors.Is(err, mekenjai.ErrStale) {
						t.Errorf("%s: %v", who, err)
					}
				})
			}
		}
		wg.Wait()
		if n := w.page("erlan", number).Request.Confirmed(); n != 2 {
			t.Errorf("%d confirmed", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'ending.confirm' AND outcome = 'done'`); n != 2 {
			t.Errorf("%d confirmations are audited", n)
		}
	})
}

func TestEndAndObjectionAtOnceGiveOneOutcome(t *testing.T) {
	eachStay(t, func(t *testing.T, w *world, number string) {
		w.askEnd("bolat", number)
		x := w.page("bolat", number).Request
		w.clock.Set(x.Until)
		var wg sync.WaitGroup
		var objected error
		wg.Go(func() { objected = w.register.Object(t.Context(), w.as("timur"), number, "Тұрамын") })
		wg.Go(func() {
			w.clock.Set(x.Until.Add(time.Second))
			if err := w.register.SettleEnding(t.Context(), x.ID); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		switch e := w.entry("timur"); {
		case objected == nil && e.State == mekenjai.EntryCurrent:
		case errors.Is(objected, mekenjai.ErrConflict) && e.State == mekenjai.EntryEnded:
		default:
			t.Errorf("objection: %v, entry: %s", objected, e.State)
		}
	})
}

func TestInstitutionEndsManyUnderOneSignature(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		numbers := []string{w.stay("madina", "dorm", 0, 6), w.stay("timur", "dorm", 0, 6), w.stay("pavel", "dorm", 0, 6)}
		rector := w.as("university")
		text, err := w.register.PrepareEndRequest(t.Context(), rector, numbers, "Оқу жылы аяқталды")
		if err := w.register.RequestEnd(t.Context(), rector, text.ID, w.by(rector, text, err)); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"madina", "timur", "pavel"} {
			w.wasTold(who, "end_asked", 1)
		}
		if err := w.register.Object(t.Context(), w.as("pavel"), numbers[2], "Академиялық демалыстамын"); err != nil {
			t.Fatal(err)
		}
		w.pass(16 * day)
		w.stands("madina", mekenjai.EntryEnded, mekenjai.EndByOwner)
		w.stands("timur", mekenjai.EntryEnded, mekenjai.EndByOwner)
		w.stands("pavel", mekenjai.EntryCurrent, "")
	})
}

func TestOrganisationIsSignedForByWhoMayAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("madina", "dorm", 0, 6)
		clerk := w.as("university")
		clerk.MaySign = false
		if _, err := w.register.PrepareEndRequest(t.Context(), clerk, []string{number}, ""); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("without the right to sign: %v", err)
		}
	})
}

func TestOwnerBeforeAnOperatorAsksTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		number := w.stay("pavel", "kostanay", 0, 6)
		operator := w.officer("dias", mekenjai.Operator, "39")
		foreign := w.officer("dias", mekenjai.Operator, "79")
		at := func(key string) register.Owner {
			return register.Owner{Party: w.land.Party(key), Number: w.document(key).Number}
		}
		owner, present := at("erlan"), []register.Owner{at("zhanar")}
		if _, err := w.register.PrepareEndAtWindow(t.Context(), foreign, number, owner, present, ""); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("an operator of another territory: %v", err)
		}
		if _, err := w.register.PrepareEndAtWindow(t.Context(), operator, number, at("bolat"), nil, ""); !errors.As(err, new(mekenjai.FieldErrors)) {
			t.Errorf("for who is no owner: %v", err)
		}
		for name, shown := range map[string][2]register.Owner{
			"an owner without a document":      {{Party: owner.Party}, at("zhanar")},
			"an owner with another's document": {{Party: owner.Party, Number: "9999"}, at("zhanar")},
			"a co-owner without one":           {owner, {Party: present[0].Party}},
			"a co-owner with the owner's":      {owner, {Party: present[0].Party, Number: owner.Number}},
		} {
			if _, err := w.register.PrepareEndAtWindow(t.Context(), operator, number, shown[0], []register.Owner{shown[1]}, ""); !errors.As(err, new(mekenjai.FieldErrors)) {
				t.Errorf("%s: %v", name, err)
			}
		}
		text, err := w.register.PrepareEndAtWindow(t.Context(), operator, number, owner, present, "")
		if err := w.register.EndAtWindow(t.Context(), operator, text.ID, w.by(operator, text, err)); err != nil {
			t.Fatal(err)
		}
		w.wasTold("pavel", "end_asked", 1)
		if err := w.confirm("meiram", number); err != nil {
			t.Fatal(err)
		}
		w.pass(16 * day)
		w.stands("pavel", mekenjai.EntryEnded, mekenjai.EndByOwner)
	})
}
