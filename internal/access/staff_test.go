package access_test

import (
	"testing"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
)

// counter opens an office of the corporation and appoints aigul to it.
func (w *world) counter() mekenjai.BIN {
	w.t.Helper()
	bin := mekenjai.BIN("050140000011")
	office := mekenjai.ServiceOffice{ID: "almaty-1", Kind: mekenjai.CounterOffice, BIN: bin, Territory: "75", Name: mekenjai.Text{KK: "Бөлім", RU: "Отдел"}}
	if err := w.OpenOffice(ctx, office); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Appoint(ctx, access.Appointment{IIN: aigul, BIN: bin, Role: mekenjai.Operator, Office: "almaty-1"}); err != nil {
		w.t.Fatal(err)
	}
	return bin
}

func TestDutyComesWithTheKeyOfTheEmployerAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bin := w.counter()
		atWork := pki.Options{BIN: string(bin), Organization: "Бөлім", Roles: []eds.Role{eds.RoleEmployee}}
		in, _, err := w.browser().byEDS(key(t, aigul, atWork), "")
		if err != nil {
			t.Fatal(err)
		}
		want := mekenjai.Duty{Role: mekenjai.Operator, Office: "almaty-1", Territory: "75"}
		actor, _, _, err := w.visit(in.Token)
		if err != nil || actor.Duty != want || in.Actor.Duty != want || actor.MaySign {
			t.Errorf("%+v, %v", actor, err)
		}
		own, _, err := w.browser().byEDS(key(t, aigul, pki.Options{}), "")
		if err != nil || own.Actor.Duty.IsStaff() {
			t.Errorf("with her own key: %+v, %v", own.Actor.Duty, err)
		}
		colleague, _, err := w.browser().byEDS(key(t, berik, atWork), "")
		if err != nil || colleague.Actor.Duty.IsStaff() {
			t.Errorf("nobody appointed him: %+v, %v", colleague.Actor.Duty, err)
		}
	})
}

func TestADismissalWorksWithTheNextRequest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bin := w.counter()
		in, _, err := w.browser().byEDS(key(t, aigul, pki.Options{BIN: string(bin), Organization: "Бөлім", Roles: []eds.Role{eds.RoleEmployee}}), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Dismiss(ctx, aigul, bin); err != nil {
			t.Fatal(err)
		}
		if actor, _, _, err := w.visit(in.Token); err != nil || actor.Duty.IsStaff() {
			t.Errorf("%+v, %v", actor.Duty, err)
		}
		wantError(t, w.Dismiss(ctx, aigul, bin), mekenjai.ErrNotFound)
		list := must(w.Staff(ctx, "almaty-1"))(t)
		if len(list) != 1 || list[0].Dismissed.IsZero() {
			t.Errorf("the appointment must stay to be told: %+v", list)
		}
	})
}

func TestAppointmentsFitTheirOffice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bin := w.counter()
		again := access.Appointment{IIN: aigul, BIN: bin, Role: mekenjai.Operator, Office: "almaty-1"}
		if err := w.Appoint(ctx, again); err != nil {
			t.Errorf("the same appointment again: %v", err)
		}
		for name, x := range map[string]struct {
			who  access.Appointment
			want error
		}{
			"an officer at a counter":   {access.Appointment{IIN: berik, BIN: bin, Role: mekenjai.Officer, Office: "almaty-1"}, mekenjai.ErrForbidden},
			"no such role":              {access.Appointment{IIN: berik, BIN: bin, Role: "king", Office: "almaty-1"}, mekenjai.ErrForbidden},
			"another's organisation":    {access.Appointment{IIN: berik, BIN: "050540099908", Role: mekenjai.Operator, Office: "almaty-1"}, mekenjai.ErrForbidden},
			"no such office":            {access.Appointment{IIN: berik, BIN: bin, Role: mekenjai.Operator, Office: "mars-1"}, mekenjai.ErrNotFound},
			"a second role of the same": {access.Appointment{IIN: aigul, BIN: bin, Role: mekenjai.Operator, Office: "almaty-2"}, mekenjai.ErrConflict},
		} {
			if name == "a second role of the same" {
				o := must(w.Office(ctx, "almaty-1"))(t)
				o.ID = "almaty-2"
				if err := w.OpenOffice(ctx, o); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Appoint(ctx, x.who); err == nil {
				t.Errorf("%s was accepted", name)
			} else {
				wantError(t, err, x.want)
			}
		}
	})
}
