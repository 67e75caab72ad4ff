package register_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
)

// stays are rows for the people of the cast.
func (w *world) stays(keys ...string) (list []mekenjai.Stay) {
	for i, key := range keys {
		r := w.land.Resident(key)
		list = append(list, mekenjai.Stay{Line: i + 2, IIN: r.IIN, Name: r.Name, Months: 10, Purpose: mekenjai.PurposeStudy,
			Arrival: mekenjai.DateOf(w.clock.Now()).AddDays(-3)})
	}
	return list
}

func (w *world) dormitory() register.PetitionInput {
	return register.PetitionInput{BIN: string(w.land.BIN("university")), Head: string(w.land.IIN("saule")),
		ARC: string(w.land.Dwelling("dorm", 0)), Language: "kk"}
}

var scribble = mekenjai.WrongStay{Line: 4000, IIN: "12", Name: "Біреу", Faults: []mekenjai.RowFault{{Column: "iin", Key: "petition.row.iin"}}}

// petitioned takes the list with the head's signature by hand.
func (w *world) petitioned(operator mekenjai.Actor, good []mekenjai.Stay) register.Petition {
	w.t.Helper()
	p, err := w.register.BeginPetition(w.t.Context(), operator, "form", w.dormitory(), good, []mekenjai.WrongStay{scribble})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.register.IdentifyBearer(w.t.Context(), operator, p.ID, w.document("saule")); err != nil {
		w.t.Fatal(err)
	}
	paper, err := w.register.ShowPetitionPaper(w.t.Context(), operator, p.ID, mekenjai.PetitionPaper, true, scan("petition"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.register.SignPetition(w.t.Context(), operator, p.ID, register.HandSignature{Paper: paper.ID}); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) lodge(operator mekenjai.Actor, id string) (register.Petition, error) {
	w.t.Helper()
	text, err := w.register.PreparePetition(w.t.Context(), operator, id)
	if err != nil {
		return register.Petition{}, err
	}
	return w.register.LodgePetition(w.t.Context(), operator, text.ID, register.Signature{CMS: w.sign(operator, text.Text)})
}

// filed sweeps until every row is filed and decided.
func (w *world) filed(operator mekenjai.Actor, id string) register.Petition {
	w.t.Helper()
	var p register.Petition
	for range 200 {
		if _, err := w.register.Sweep(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		var err error
		if p, err = w.register.Petition(w.t.Context(), operator, id); err != nil {
			w.t.Fatal(err)
		}
		if p.State == register.PetitionDone && p.Progress.UnderWay == 0 {
			return p
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatalf("still %s: %+v", p.State, p.Progress)
	return p
}

func TestAPetitionBecomesAnApplicationOfItsOwnForEachPerson(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur := w.clerk("ainur")
		// One whose card ran out, a fifteen-year-old, one under another's name.
		good := w.stays("askhat", "botagoz", "daniyar", "elmira", "zarina", "gleb", "ilyas", "timur")
		good[7].Name = mekenjai.Name{Surname: "Оспанова", Given: "Тамара"}
		p := w.petitioned(ainur, good)
		if p.State != register.PetitionOpen || p.Rows != 9 || p.Count != 8 || p.Progress.Wrong != 1 || !strings.Contains(string(p.Text), mekenjai.PetitionPurpose) {
			t.Errorf("taken: %+v", p)
		}
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		p = w.filed(ainur, p.ID)
		if p.Progress != (register.PetitionProgress{Wrong: 2, Filed: 7, Registered: 5, Refused: 2}) {
			t.Errorf("progress %+v", p.Progress)
		}
		lines, more, err := w.register.PetitionRows(t.Context(), ainur, p.ID, "", 0, 0)
		if err != nil || more || len(lines) != 9 {
			t.Fatalf("%d rows, %v", len(lines), err)
		}
		for line, want := range map[int]string{0: "registered", 5: "refused ID_INVALID", 6: "routed REPRESENTATIVE_FILES", 7: "counter.error.name_differs", 8: "petition.row.iin"} {
			got := strings.TrimSpace(string(lines[line].Outcome) + " " + lines[line].Reason)
			if len(lines[line].Faults) > 0 {
				got = lines[line].Faults[0].Key
			}
			if got != want {
				t.Errorf("row %d: %q, want %q", lines[line].Line, got, want)
			}
		}
		wrong, _, err := w.register.PetitionRows(t.Context(), ainur, p.ID, "wrong", 0, 1)
		if err != nil || len(wrong) != 1 || wrong[0].Line != lines[7].Line {
			t.Errorf("wrong rows %+v, %v", wrong, err)
		}
		c, err := w.register.Case(t.Context(), w.person(w.land.IIN("askhat")), mustFind(t, w, lines[0].Number))
		if err != nil || c.FilerRole != mekenjai.FiledByAdministration || !strings.Contains(string(c.Statement), p.Number) || c.Entry == nil {
			t.Errorf("the person's case: %+v, %v", c, err)
		}
		w.told(w.land.IIN("askhat"), "тіркеуді сұрады")
	})
}

func mustFind(t *testing.T, w *world, number string) (id string) {
	t.Helper()
	err := w.db.Read(t.Context(), func(tx database.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT id FROM application WHERE number = $1`, number).Scan(&id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAPetitionNeedsItsHeadItsBuildingAndItsTerritory(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur, good := w.clerk("ainur"), w.stays("askhat")
		begin := func(key string, who mekenjai.Actor, change func(*register.PetitionInput)) (register.Petition, error) {
			in := w.dormitory()
			change(&in)
			return w.register.BeginPetition(t.Context(), who, key, in, good, nil)
		}
		for field, change := range map[string]func(*register.PetitionInput){
			"head": func(in *register.PetitionInput) { in.Head = string(w.land.IIN("askar")) },
			"bin":  func(in *register.PetitionInput) { in.BIN = "100340000010" },
			"arc":  func(in *register.PetitionInput) { in.ARC = string(w.land.Dwelling("almaty", 12)) }, // a flat
		} {
			var wrong mekenjai.FieldErrors
			if _, err := begin(field, ainur, change); !errors.As(err, &wrong) || wrong[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.register.BeginPetition(t.Context(), ainur, "none", w.dormitory(), nil, nil); err == nil {
			t.Error("a petition for nobody")
		}
		if _, err := begin("x", w.clerk("nurgul"), func(*register.PetitionInput) {}); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("Karaganda takes a petition for a building in Almaty: %v", err)
		}
		p, err := begin("open", ainur, func(*register.PetitionInput) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.PreparePetition(t.Context(), ainur, p.ID); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("lodged without a signature: %v", err)
		}
		for name, cms := range map[string][]byte{
			"another's key":      w.signOwn("askhat", p.Text),
			"the head's own key": w.signOwn("saule", p.Text),
		} {
			if err := w.register.SignPetition(t.Context(), ainur, p.ID, register.HandSignature{CMS: cms}); refusedFor(err) == "" {
				t.Errorf("%s signs for the organisation: %v", name, err)
			}
		}
		head := w.speaker(w.land.Party("university"), "")
		if err := w.register.SignPetition(t.Context(), ainur, p.ID, register.HandSignature{CMS: w.sign(head, p.Text)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.PreparePetition(t.Context(), ainur, p.ID); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("nobody brought it: %v", err)
		}
		if _, err := w.register.IdentifyBearer(t.Context(), ainur, p.ID, w.document("pavel")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.filed(ainur, p.ID); got.Progress.Registered != 1 {
			t.Errorf("progress %+v", got.Progress)
		}
		if _, err := w.register.Petition(t.Context(), w.clerk("dias"), p.ID); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("another office looks: %v", err)
		}
	})
}

func TestNobodyPetitionsForABuildingOfAnother(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur, in := w.clerk("ainur"), w.dormitory()
		in.BIN, in.Head = string(w.land.BIN("centre")), string(w.land.IIN("askar"))
		p, err := w.register.BeginPetition(t.Context(), ainur, "form", in, w.stays("askhat"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.register.IdentifyBearer(t.Context(), ainur, p.ID, w.document("askar")); err != nil {
			t.Fatal(err)
		}
		actor := w.person(w.land.IIN("askar"))
		actor.BIN = w.land.BIN("centre")
		if err := w.register.SignPetition(t.Context(), ainur, p.ID, register.HandSignature{CMS: w.sign(actor, p.Text)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		w.filed(ainur, p.ID)
		lines, _, err := w.register.PetitionRows(t.Context(), ainur, p.ID, "", 0, 0)
		if err != nil || lines[0].Outcome != mekenjai.Refused || lines[0].Reason != "NOT_OWNER" {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}

func TestADoubledPetitionIsOneAndAnotherListIsAConflict(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur := w.clerk("ainur")
		var good []mekenjai.Stay
		for range 260 { // more than one transaction stores
			good = append(good, w.stays("askhat")[0])
		}
		for i := range good {
			good[i].Line = i + 1
			good[i].IIN = country.MakeIIN(mekenjai.Date{Year: 2001, Month: 3, Day: 1 + i%28}, i%2 == 0, 2000+i)
		}
		p, err := w.register.BeginPetition(t.Context(), ainur, "k", w.dormitory(), good, nil)
		if err != nil || p.Rows != 260 || p.Progress.Ready != 260 {
			t.Fatalf("%+v, %v", p.Progress, err)
		}
		// As if the process had died after the first rows.
		if err := w.db.Transact(t.Context(), func(tx database.Tx) error {
			_, err1 := tx.Exec(t.Context(), `DELETE FROM petition_row WHERE petition = $1 AND line > 200`, p.ID)
			_, err2 := tx.Exec(t.Context(), `UPDATE petition SET state = 'loading', text = NULL WHERE id = $1`, p.ID)
			return errors.Join(err1, err2)
		}); err != nil {
			t.Fatal(err)
		}
		again, err := w.register.BeginPetition(t.Context(), ainur, "k", w.dormitory(), good, nil)
		if err != nil || again.ID != p.ID || again.Progress.Ready != 260 || again.State != register.PetitionOpen || again.Text == nil {
			t.Errorf("%+v, %v", again.Progress, err)
		}
		if _, err := w.register.BeginPetition(t.Context(), ainur, "k", w.dormitory(), good[:7], nil); !errors.Is(err, mekenjai.ErrConflict) {
			t.Errorf("another list under the same key: %v", err)
		}
		if err := w.register.DropPetition(t.Context(), ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM petition_row`); n != 0 {
			t.Errorf("%d rows of a petition that was taken back", n)
		}
	})
}

func TestASilentRegisterKeepsThePetitionWaitingAndLosesNothing(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur := w.clerk("ainur")
		p := w.petitioned(ainur, w.stays("askhat", "botagoz"))
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		w.land.Set("persons", down)
		for range 3 {
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.count(`SELECT count(*) FROM petition WHERE try_at > 0`); n != 1 {
			t.Error("the register is asked about every row again and again")
		}
		got, err := w.register.Petition(t.Context(), ainur, p.ID)
		if err != nil || got.Progress.Ready != 2 || got.State != register.PetitionLodged {
			t.Errorf("%+v, %v", got.Progress, err)
		}
		w.land.Heal()
		w.clock.Advance(2 * time.Minute)
		if got := w.filed(ainur, p.ID); got.Progress.Registered != 2 {
			t.Errorf("healed: %+v", got.Progress)
		}
	})
}

func TestAPersonWhoIsAlreadyUnderWayIsToldInTheReport(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		a, _ := w.asked("non_owner") // timur
		ainur := w.clerk("ainur")
		p := w.petitioned(ainur, w.stays("timur", "askhat"))
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		w.filed(ainur, p.ID)
		lines, _, err := w.register.PetitionRows(t.Context(), ainur, p.ID, "wrong", 0, 0)
		if err != nil || len(lines) != 2 || lines[0].Faults[0].Key != "counter.error.under_way" {
			t.Errorf("%+v, %v", lines, err)
		}
		if c, _ := w.register.Case(t.Context(), w.person(a.Person), a.ID); c.State != mekenjai.AwaitingConsent {
			t.Errorf("the other application is %s", c.State)
		}
	})
}

func TestWhatIsLeftLyingAtTheCounterIsDropped(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("nurgul", "timur", "shymkent", 7, owner(w.land.Party("bolat"))).begin().identify("timur")
		p, err := w.register.BeginPetition(t.Context(), w.clerk("ainur"), "k", w.dormitory(), w.stays("askhat"), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(8 * 24 * time.Hour)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		in, err := w.register.Intake(t.Context(), v.operator, v.id)
		if err != nil || in.State != register.IntakeDropped || len(in.Present) > 0 {
			t.Errorf("%s, %v", in.State, err)
		}
		left, err := w.register.Petition(t.Context(), w.clerk("ainur"), p.ID)
		if err != nil || left.State != register.PetitionDropped {
			t.Errorf("%s, %v", left.State, err)
		}
	})
}

// One sweep files some rows, not all: no transaction and no pass is long.
func TestRowsOfAPetitionAreFiledInSteps(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur := w.clerk("ainur")
		var good []mekenjai.Stay
		for i := range 90 {
			good = append(good, mekenjai.Stay{Line: i + 1, IIN: country.MakeIIN(mekenjai.Date{Year: 2003, Month: 5, Day: 1 + i%28}, false, 3000+i),
				Name: mekenjai.Name{Surname: "Жоқ", Given: fmt.Sprint("Адам", i)}, Months: 3, Purpose: mekenjai.PurposeStudy, Arrival: mekenjai.DateOf(w.clock.Now())})
		}
		p := w.petitioned(ainur, good)
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		var wrong []int
		for range 4 {
			if _, err := w.register.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			wrong = append(wrong, w.count(`SELECT count(*) FROM petition_row WHERE petition = $1 AND state = 'wrong'`, p.ID)-1)
		}
		if !slices.Equal(wrong, []int{40, 80, 90, 90}) {
			t.Errorf("filed in steps %v", wrong)
		}
	})
}

func TestSeveralNodesFileARowOnce(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		ainur := w.clerk("ainur")
		p := w.petitioned(ainur, w.stays("askhat", "botagoz", "daniyar", "elmira", "zarina"))
		if _, err := w.lodge(ainur, p.ID); err != nil {
			t.Fatal(err)
		}
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if _, err := w.register.Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		if got := w.filed(ainur, p.ID); got.Progress.Registered != 5 {
			t.Errorf("progress %+v", got.Progress)
		}
		if n := w.count(`SELECT count(*) FROM application`); n != 5 {
			t.Errorf("%d applications", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE verb = 'petition.file'`); n != 5 {
			t.Errorf("%d filings are audited", n)
		}
	})
}

func TestTwoTabsAcceptOneIntake(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "aigul", "almaty", 12, byOwner).begin().identify("aigul").signs()
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		sig := register.Signature{CMS: w.sign(v.operator, text.Text)}
		var tabs sync.WaitGroup
		for range 6 {
			tabs.Go(func() {
				if a, err := w.register.AcceptIntake(t.Context(), v.operator, text.ID, sig); err != nil || a.ID != v.id {
					t.Errorf("%q, %v", a.ID, err)
				}
			})
		}
		tabs.Wait()
		if n := w.count(`SELECT count(*) FROM application`); n != 1 {
			t.Errorf("%d applications", n)
		}
	})
}
