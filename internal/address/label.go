package address

import (
	"strings"

	"mekenjai"
)

// possessive turns the dictionary form of a Kazakh type into the one that
// follows a name: Абай көшесі. Other types are taken as they are.
var possessive = map[string]string{
	"көше": "көшесі", "қала": "қаласы", "аудан": "ауданы", "облыс": "облысы", "ауыл": "ауылы", "даңғыл": "даңғылы",
	"шағын аудан": "шағын ауданы", "тұйық көше": "тұйық көшесі", "ауылдық округ": "ауылдық округі", "кент": "кенті",
	"алаң": "алаңы", "бульвар": "бульвары", "орам": "орамы", "өткел": "өткелі", "станция": "станциясы",
	"тас жол": "тас жолы", "алқап": "алқабы", "саяжай": "саяжайы", "тұрғын алабы": "тұрғын алабы",
}

// adjectives are endings of Russian names that stand before their type:
// Акмолинская область, but город Астана.
var adjectives = map[string][]string{
	"область":        {"ская", "ая"},
	"район":          {"ский", "ый", "ий", "ой"},
	"сельский округ": {"ский", "ый", "ий", "ой"},
	"улица":          {"ская", "ная", "вая"},
}

// placeLabel names one step of the tree: "name type" in Kazakh, "type name" in
// Russian unless the name is an adjective. A type that the name already says is
// not said twice, a language that the register lacks is taken from the other.
func placeLabel(typ, name mekenjai.Text) mekenjai.Text {
	kk, ru := name.KK, name.RU
	if kk == "" {
		kk = ru
	}
	if ru == "" {
		ru = name.KK
	}
	kkType := typ.KK
	if p, ok := possessive[kkType]; ok {
		kkType = p
	}
	return mekenjai.Text{KK: kazakhLabel(kk, kkType, typ.KK), RU: russianLabel(ru, typ.RU)}
}

func kazakhLabel(name, typ, plain string) string {
	if typ == "" || says(name, typ) || says(name, plain) {
		return name
	}
	return name + " " + typ
}

func russianLabel(name, typ string) string {
	if typ == "" || says(name, typ) {
		return name
	}
	for _, ending := range adjectives[typ] {
		if strings.HasSuffix(name, ending) {
			return name + " " + typ
		}
	}
	return typ + " " + name
}

func says(name, typ string) bool {
	name, typ = strings.ToLower(name), strings.ToLower(typ)
	return name == typ || strings.HasPrefix(name, typ+" ") || strings.HasSuffix(name, " "+typ)
}

// numberLabel names a building or a room: «10-үй», «10А үй», «дом 10».
func numberLabel(number string, typ, usual mekenjai.Text) mekenjai.Text {
	if typ.KK == "" {
		typ.KK = usual.KK
	}
	if typ.RU == "" {
		typ.RU = usual.RU
	}
	if number == "" {
		return mekenjai.Text{KK: "нөмірсіз " + typ.KK, RU: typ.RU + " без номера"}
	}
	joint := " "
	if last := number[len(number)-1]; last >= '0' && last <= '9' {
		joint = "-"
	}
	return mekenjai.Text{KK: number + joint + typ.KK, RU: typ.RU + " " + number}
}

var (
	houseType = mekenjai.Text{KK: "үй", RU: "дом"}
	blockType = mekenjai.Text{KK: "корпус", RU: "корпус"}
	flatType  = mekenjai.Text{KK: "пәтер", RU: "квартира"}
)

func buildingLabel(number string, typ mekenjai.Text, isBlock bool) mekenjai.Text {
	if isBlock {
		return numberLabel(number, mekenjai.Text{}, blockType)
	}
	if typ.RU == "жилой дом" { // people say "дом 10"
		typ = houseType
	}
	return numberLabel(number, typ, houseType)
}

func roomLabel(number string, typ mekenjai.Text) mekenjai.Text {
	return numberLabel(number, typ, flatType)
}

// join appends a step to an address.
func join(path, step mekenjai.Text) mekenjai.Text {
	if path.KK == "" {
		return step
	}
	return mekenjai.Text{KK: path.KK + ", " + step.KK, RU: path.RU + ", " + step.RU}
}
