package register

import (
	"slices"

	"mekenjai"
	"mekenjai/internal/rules"
)

// atWindow is what an operator saw and what was shown to him: the part of the
// facts that no register tells. It is frozen with the application.
type atWindow struct {
	Signer    mekenjai.IIN       `json:"signer"` // of the application
	Method    mekenjai.Method    `json:"method"`
	Authority mekenjai.Authority `json:"authority,omitzero"`
	Returnee  *mekenjai.Returnee `json:"returnee,omitempty"`
	Present   []mekenjai.IIN     `json:"present,omitempty"`
	Remote    []mekenjai.PartyID `json:"remote,omitempty"`
	Powers    []mekenjai.Power   `json:"powers,omitempty"`
	Petition  string             `json:"petition,omitempty"` // id
}

func (w *atWindow) json() string {
	if w == nil {
		return ""
	}
	return toJSON(w)
}

// tell puts it among the facts.
func (w *atWindow) tell(a *record, f *rules.Facts) {
	f.Office = &rules.Office{Remote: w.Remote}
	for _, iin := range w.Present {
		f.Office.Present = append(f.Office.Present, rules.Presence{IIN: iin, Identified: true})
	}
	f.Application.Signature.Signer, f.Application.Signature.Method = w.Signer, rules.SignatureMethod(w.Method)
	if a.FilerRole != "" {
		f.Application.Filer = &rules.Filer{IIN: a.Filer, Role: rules.Role(a.FilerRole)}
		if w.Authority.Kind != "" {
			f.Application.Filer.Paper = &rules.Paper{Kind: w.Authority.Kind, Number: w.Authority.Number, Date: w.Authority.Date, Checked: w.Authority.Seen}
		}
	}
	if x := w.Returnee; x != nil {
		f.Application.Returnee = &rules.Returnee{ConsularMark: x.Mark}
		if x.Paper != "" {
			f.Application.Returnee.Paper = &rules.Paper{Kind: x.Paper, Number: x.Number, Date: x.Date, Checked: x.Seen, StatesCitizenship: x.States}
		}
	}
}

// narrow leaves out of the facts who was to answer from elsewhere and is no
// right-holder any more.
func (w *atWindow) narrow(f *rules.Facts) {
	if w == nil || f.Office == nil || f.Property == nil || f.Property.Status != rules.Answered {
		return
	}
	f.Office.Remote = slices.DeleteFunc(slices.Clone(w.Remote), func(p mekenjai.PartyID) bool {
		held := slices.ContainsFunc(f.Property.Holders, func(h rules.Holder) bool { return h.Party == p })
		s, l := f.Property.StateHousing, f.Property.Lease
		return !held && (s == nil || mekenjai.PartyID(s.Tenant) != p) && (l == nil || mekenjai.PartyID(l.Tenant) != p)
	})
}

// powers are the powers of attorney that somebody relies on: the filer's and
// those of right-holders.
func (a *record) powers() (list []mekenjai.Power) {
	if a.counter == nil {
		return nil
	}
	if a.FilerRole == mekenjai.FiledByAttorney {
		list = append(list, mekenjai.Power{Principal: mekenjai.PartyID(a.Person), Attorney: a.Filer, Number: a.counter.Authority.Number})
	}
	return append(list, a.counter.Powers...)
}
