package pep

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
)

// Status is how egov.kz names a status. {page} in a text is the address at which the
// person goes on.
type Status struct {
	Code string `json:"code"`
	KK   string `json:"kk"`
	RU   string `json:"ru"`
}

const page = "{page}"

func (s Status) text(language, address string) string {
	text := s.KK
	if language == "ru" {
		text = s.RU
	}
	return strings.ReplaceAll(text, page, address)
}

// Statuses are all statuses with their names.
type Statuses map[state.OrderStatus]Status

// codes are ours, in either shape: of the operator's only "001" and IN_PROCESSING were
// seen.
var codes = map[state.OrderStatus][2]string{
	state.OrderDraft: {"001", "WAITING_FOR_SIGNATURE"}, state.OrderUnderWay: {"020", "REJECTED"}, state.OrderReplaced: {"021", "REPLACED"},
	state.OrderDiscarded: {"022", "DISCARDED"}, "checking": {"002", "IN_PROCESSING"}, "awaiting_consent": {"003", "WAITING_FOR_CONSENT"},
	"deciding": {"004", "IN_PROCESSING"}, "entering": {"005", "IN_PROCESSING"}, "referred": {"006", "IN_PROCESSING"}, "registered": {"010", "COMPLETED"},
	"refused": {"011", "REFUSED"}, "routed": {"012", "ROUTED"}, "cancelled": {"013", "CANCELLED"},
}

// Usual are our own codes and words for a shape. The operator's dictionary is not
// public; its codes come by configuration.
func Usual(shape mapped.Shape) Statuses {
	list := Statuses{}
	for _, s := range state.OrderStatuses {
		code := codes[s][0]
		if shape == mapped.FormShape {
			code = codes[s][1]
		}
		key := "order.status." + string(s)
		list[s] = Status{Code: code, KK: locale.KK.T(key, "page", page), RU: locale.RU.T(key, "page", page)}
	}
	return list
}

// With is the table with what another says over it; what that leaves empty stays.
func (s Statuses) With(over Statuses) Statuses {
	all := maps.Clone(s)
	for name, o := range over {
		x := all[name]
		for _, f := range []struct {
			to   *string
			from string
		}{{&x.Code, o.Code}, {&x.KK, o.KK}, {&x.RU, o.RU}} {
			if f.from != "" {
				*f.to = f.from
			}
		}
		all[name] = x
	}
	return all
}

// UnmarshalJSON reads a table and refuses statuses that there are not.
func (s *Statuses) UnmarshalJSON(raw []byte) error {
	var table map[state.OrderStatus]Status
	if err := json.Unmarshal(raw, &table); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !slices.Contains(state.OrderStatuses, name) {
			return fmt.Errorf("%q is no status of an order; there are %v", name, state.OrderStatuses)
		}
	}
	*s = table
	return nil
}

func (s Statuses) check() error {
	for _, name := range state.OrderStatuses {
		if x := s[name]; x.Code == "" || x.KK == "" || x.RU == "" {
			return fmt.Errorf("the status %s needs code, kk and ru", name)
		}
	}
	if !strings.Contains(s[state.OrderDraft].KK, page) || !strings.Contains(s[state.OrderDraft].RU, page) {
		return fmt.Errorf("the texts of %s must name the page (%s): nobody would know where to sign", state.OrderDraft, page)
	}
	return nil
}
