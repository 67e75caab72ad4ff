package gazetteer

import (
	"fmt"

	"mekenjai"
)

// ATS is a row of s_ats: a unit of the administrative tree. The root, the
// Republic, has id 1.
type ATS struct {
	ID         int64  `json:"id"`
	RCO        string `json:"rco"`
	NameRU     string `json:"name_rus"`
	NameKK     string `json:"name_kaz"`
	FullPathRU string `json:"full_path_rus"`
	FullPathKK string `json:"full_path_kaz"`
	TypeID     int    `json:"d_ats_type_id"`
	CATO       string `json:"cato"`
	Parent     int64  `json:"parent_id"`
	Actual     bool   `json:"actual"`
	Modified   string `json:"modified"`
}

// Geonim is a row of s_geonims: a street, avenue or microdistrict of a unit.
type Geonim struct {
	ID         int64  `json:"id"`
	RCO        string `json:"rco"`
	NameRU     string `json:"name_rus"`
	NameKK     string `json:"name_kaz"`
	FullPathRU string `json:"full_path_rus"`
	FullPathKK string `json:"full_path_kaz"`
	CATO       string `json:"cato"`
	ATS        int64  `json:"s_ats_id"`
	TypeID     int    `json:"d_geonims_type_id"`
	Parent     int64  `json:"parent_id"` // 0: top
	Actual     bool   `json:"actual"`
	Modified   string `json:"modified"`
}

// Building is a row of s_buildings. Geonim is 0 in a village without streets.
type Building struct {
	ID         int64        `json:"id"`
	RCA        mekenjai.ARC `json:"rca"`
	Number     string       `json:"number"`
	PointerID  int          `json:"d_buildings_pointer_id"`
	ATS        int64        `json:"s_ats_id"`
	Geonim     int64        `json:"s_geonims_id"`
	Parent     int64        `json:"parent_id"`
	FullPathRU string       `json:"full_path_rus"`
	FullPathKK string       `json:"full_path_kaz"`
	Actual     bool         `json:"actual"`
	Modified   string       `json:"modified"`
	Rooms      int          `json:"-"` // how many rooms follow in s_pb
}

// Room is a row of s_pb: a flat or another room with an address of its own.
type Room struct {
	ID         int64        `json:"id"`
	RCA        mekenjai.ARC `json:"rca"`
	Number     string       `json:"number"`
	TypeID     int          `json:"d_room_type_id"`
	Building   int64        `json:"s_building_id"`
	FullPathRU string       `json:"full_path_rus"`
	FullPathKK string       `json:"full_path_kaz"`
	Actual     bool         `json:"actual"`
	Modified   string       `json:"modified"`
}

// Type is a row of one of the dictionaries d_ats_types, d_geonims_types,
// d_buildings_pointers and d_rooms_types.
type Type struct {
	ID      int    `json:"id"`
	ValueRU string `json:"value_ru"`
	ValueKK string `json:"value_kz"`
	ShortRU string `json:"short_value_ru"`
	ShortKK string `json:"short_value_kz"`
}

// Text is the value in both languages.
func (t Type) Text() mekenjai.Text { return mekenjai.Text{KK: t.ValueKK, RU: t.ValueRU} }

// The dictionaries: the type with id n is element n-1. The numbers are ours.
var (
	ATSTypes = []Type{
		{1, "республика", "республика", "респ.", "респ."},
		{2, "область", "облысы", "обл.", "обл."},
		{3, "город", "қаласы", "г.", "қ."},
		{4, "район", "ауданы", "р-н", "ауд."},
		{5, "сельский округ", "ауылдық округі", "с.о.", "а.о."},
		{6, "село", "ауылы", "с.", "а."},
	}
	GeonimTypes = []Type{
		{1, "улица", "көшесі", "ул.", "көш."},
		{2, "проспект", "даңғылы", "пр.", "даң."},
		{3, "микрорайон", "шағынауданы", "мкр.", "ш.а."},
		{4, "переулок", "тұйық көшесі", "пер.", "т.к."},
	}
	Pointers = []Type{
		{1, "дом", "үй", "д.", "үй"},
		{2, "здание", "ғимарат", "зд.", "ғим."},
	}
	RoomTypes = []Type{
		{1, "квартира", "пәтер", "кв.", "пәт."},
		{2, "офис", "кеңсе", "оф.", "кеңсе"},
	}
)

const modified = "2026-01-15T00:00:00+05:00"

// BuildingARC is the code of the building with this id: 0, a year and a serial
// number, as in the open data.
func BuildingARC(id int64) mekenjai.ARC {
	return mekenjai.ARC(fmt.Sprintf("0%04d%011d", 2012+id%12, id))
}

// RoomARC is the code of the n-th room of a building.
func RoomARC(building int64, n int) mekenjai.ARC {
	return mekenjai.ARC(fmt.Sprintf("1%04d%011d", 2012+building%12, RoomID(building, n)))
}

// RoomID is the id of the n-th room of a building. A building has at most 999.
func RoomID(building int64, n int) int64 { return building*1000 + int64(n) }
