package opendata

import (
	"iter"

	"mekenjai"
	"mekenjai/internal/address"
)

// common stands in every table.
type common struct {
	ID     number `json:"id"`
	Actual flag   `json:"actual"`
}

func (c common) identified() bool { return c.ID.given && c.Actual.given }

type unitRow struct {
	common
	RCO      text   `json:"rco"`
	NameRU   text   `json:"name_rus"`
	NameKK   text   `json:"name_kaz"`
	TypeID   number `json:"d_ats_type_id"`
	TypeCode text   `json:"d_ats_type_code"`
	CATO     text   `json:"cato"`
	Parent   number `json:"parent_id"`
}

type streetRow struct {
	common
	RCO      text   `json:"rco"`
	NameRU   text   `json:"name_rus"`
	NameKK   text   `json:"name_kaz"`
	TypeID   number `json:"d_geonims_type_id"`
	TypeCode text   `json:"d_geonims_type_code"`
	CATO     text   `json:"cato"`
	ATS      number `json:"s_ats_id"`
	Parent   number `json:"parent_id"`
}

type plotRow struct {
	common
	RCA    text   `json:"rca"`
	Number text   `json:"number"`
	ATS    number `json:"s_ats_id"`
	Geonim number `json:"s_geonim_id"`
	// The same in another edition.
	Geonims number `json:"s_geonims_id"`
}

type buildingRow struct {
	common
	RCA      text   `json:"rca"`
	Number   text   `json:"number"`
	TypeID   number `json:"d_buildings_pointer_id"`
	TypeCode text   `json:"d_buildings_pointer_code"`
	ATS      number `json:"s_ats_id"`
	Geonims  number `json:"s_geonims_id"`
	Geonim   number `json:"s_geonim_id"` // the same in another edition
	Parent   number `json:"parent_id"`
}

type roomRow struct {
	common
	RCA      text   `json:"rca"`
	Number   text   `json:"number"`
	TypeID   number `json:"d_room_type_id"`
	TypeCode text   `json:"d_room_type_code"`
	Building number `json:"s_building_id"`
}

// Source reads the tables as an import wants them. The path that the data gives
// with each row is not read: it is often another's, and follows from the tree.
func (f *Folder) Source() address.Source {
	return address.Source{
		Places:    f.places(),
		Plots:     converted(f, Plots, plotRow.plot),
		Buildings: converted(f, Buildings, func(r buildingRow) address.Building { return r.building(f.types[Buildings]) }),
		Rooms:     converted(f, Rooms, func(r roomRow) address.Room { return r.room(f.types[Rooms]) }),
	}
}

func (f *Folder) places() iter.Seq2[address.Place, error] {
	units := converted(f, Units, func(r unitRow) address.Place { return r.place(f.types[Units]) })
	streets := converted(f, Streets, func(r streetRow) address.Place { return r.place(f.types[Streets]) })
	return func(yield func(address.Place, error) bool) {
		for _, table := range []iter.Seq2[address.Place, error]{units, streets} {
			for place, err := range table {
				if !yield(place, err) || err != nil {
					return
				}
			}
		}
	}
}

func converted[R row, T any](f *Folder, t Table, to func(R) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for r, err := range readRows[R](f.files[t]) {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(to(r), nil) {
				return
			}
		}
	}
}

func (r unitRow) place(known types) address.Place {
	return address.Place{ID: r.ID.value, Parent: r.Parent.value, Type: known.of(r.TypeID, r.TypeCode),
		Name: mekenjai.Text{KK: string(r.NameKK), RU: string(r.NameRU)}, RCO: string(r.RCO), KATO: r.CATO.kato(), Actual: r.Actual.value}
}

func (r streetRow) place(known types) address.Place {
	return address.Place{ID: r.ID.value, Geonim: true, Parent: r.Parent.value, ATS: r.ATS.value, Type: known.of(r.TypeID, r.TypeCode),
		Name: mekenjai.Text{KK: string(r.NameKK), RU: string(r.NameRU)}, RCO: string(r.RCO), KATO: r.CATO.kato(), Actual: r.Actual.value}
}

func (r plotRow) plot() address.Plot {
	return address.Plot{ID: r.ID.value, ARC: string(r.RCA), Number: string(r.Number), ATS: r.ATS.value, Geonim: r.Geonim.or(r.Geonims), Actual: r.Actual.value}
}

func (r buildingRow) building(known types) address.Building {
	return address.Building{ID: r.ID.value, ARC: string(r.RCA), Number: string(r.Number), Type: known.of(r.TypeID, r.TypeCode),
		ATS: r.ATS.value, Geonim: r.Geonims.or(r.Geonim), Parent: r.Parent.value, Actual: r.Actual.value}
}

func (r roomRow) room(known types) address.Room {
	return address.Room{ID: r.ID.value, ARC: string(r.RCA), Building: r.Building.value, Number: string(r.Number),
		Type: known.of(r.TypeID, r.TypeCode), Actual: r.Actual.value}
}
