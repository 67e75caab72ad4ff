// Package notify knows which words tell a party what happened: in the personal
// account, in the language the reader has chosen now, and as a text message in
// the language of the application, or in both languages of the state when the
// party's language is not known. It sends nothing.
package notify

import (
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Kind is what happened.
type Kind string

// The kinds. Those to the applicant come first, those to right-holders after.
const (
	Submitted     Kind = "submitted"
	Waiting       Kind = "waiting"        // right-holders were asked
	OwnersChanged Kind = "owners_changed" // the property register names others now: asked anew
	Registered    Kind = "registered"
	Refused       Kind = "refused"
	Declined      Kind = "declined" // refused, because a right-holder declined
	Routed        Kind = "routed"
	Referred      Kind = "referred"
	Lapsed        Kind = "lapsed"        // a right-holder did not answer in time
	TakenBack     Kind = "taken_back"    // a right-holder withdrew a consent
	CancelledOwn  Kind = "cancelled_own" // by the applicant
	EntryMoved    Kind = "entry_moved"   // the former entry ended by the new one
	EntryExpired  Kind = "entry_expired"
	BadSignature  Kind = "bad_signature" // it waited to be judged and is not good

	ConsentAsked  Kind = "consent_asked"
	ConsentLapsed Kind = "consent_lapsed"
	ConsentEnded  Kind = "consent_ended" // the application ended: no answer is needed any more
	EntryAtMine   Kind = "entry_at_mine" // somebody was registered in the owner's dwelling
	LeftMine      Kind = "left_mine"     // somebody's registration there ended

	Granted         Kind = "granted"           // by an officer: the registers are asked once more
	Rechecked       Kind = "rechecked"         // an officer gave it back to the rules
	PaperAsked      Kind = "paper_asked"       // by an officer
	PaperMissed     Kind = "paper_missed"      // it did not come in time
	DataSealed      Kind = "data_sealed"       // the person's data was put under protection
	DataOpened      Kind = "data_opened"       // and is not any more
	FiledByStaff    Kind = "filed_by_staff"    // an operator of the State Corporation filled the application in
	FiledByPetition Kind = "filed_by_petition" // an organisation petitioned for the person
	ConsentRecorded Kind = "consent_recorded"  // a right-holder's consent was recorded at a counter
)

// The kinds of complaints.
const (
	ComplaintReceived       Kind = "complaint_received"
	ComplaintForwarded      Kind = "complaint_forwarded" // to the higher body
	ComplaintCured          Kind = "complaint_cured"     // the refusal was taken back: looked at anew
	ComplaintUpheld         Kind = "complaint_upheld"    // the higher body undid it: looked at anew
	ComplaintDismissed      Kind = "complaint_dismissed"
	ComplaintSilent         Kind = "complaint_silent" // no answer in time counts as a refusal
	OwnerComplaintUpheld    Kind = "owner_complaint_upheld"
	OwnerComplaintDismissed Kind = "owner_complaint_dismissed"
)

var complaintKinds = []Kind{ComplaintReceived, ComplaintForwarded, ComplaintCured, ComplaintUpheld, ComplaintDismissed, ComplaintSilent,
	OwnerComplaintUpheld, OwnerComplaintDismissed}

// IsOfComplaint says whether a notice leads its reader to a complaint.
func (k Kind) IsOfComplaint() bool { return slices.Contains(complaintKinds, k) }

// The kinds of the life of an entry. First those to the person.
const (
	Reminder         Kind = "reminder"          // the last day comes near
	EndAsked         Kind = "end_asked"         // an owner asks to end the entry: he may object
	EndStopped       Kind = "end_stopped"       // that request came to nothing: the entry stays
	EndedByOwner     Kind = "ended_by_owner"    //
	EndedOwn         Kind = "ended_own"         // at his own request
	EndedByCourt     Kind = "ended_by_court"    //
	EndedSettled     Kind = "ended_settled"     // permanently registered in the same dwelling
	EndedLeft        Kind = "ended_left"        // left the country
	Annulled         Kind = "annulled"          // from the beginning
	Disputed         Kind = "disputed"          // an owner disputes the entry: the certificate is frozen
	DisputeDecided   Kind = "dispute_decided"   // the entry stays, the certificate is good again
	ObjectionDecided Kind = "objection_decided" // the entry stays
	ObjectionFailed  Kind = "objection_failed"  // the objection was dismissed
	Corrected        Kind = "corrected"         //

	ConfirmEnd      Kind = "confirm_end"       // another owner asks: confirm or not
	EndObjected     Kind = "end_objected"      // the person objected
	EndNotDone      Kind = "end_not_done"      // the request came to nothing
	DisputedMine    Kind = "disputed_mine"     // an entry in his dwelling is disputed
	DisputeEndsMine Kind = "dispute_ends_mine" // the officer decided: the entry stays
	AnnulledAtMine  Kind = "annulled_at_mine"
	NewOwner        Kind = "new_owner" // who is registered in a dwelling that is his now (R66)
)

// lifeKinds are those that lead their reader to the page of an entry.
var lifeKinds = []Kind{Reminder, EndAsked, EndStopped, EndedByOwner, EndedOwn, EndedByCourt, EndedSettled, EndedLeft, Annulled, Disputed,
	DisputeDecided, ObjectionDecided, ObjectionFailed, Corrected, ConfirmEnd, EndObjected, EndNotDone, DisputedMine,
	DisputeEndsMine, AnnulledAtMine, NewOwner}

// Kinds lists them all: each has its texts in every language.
var Kinds = slices.Concat([]Kind{Submitted, Waiting, OwnersChanged, Registered, Refused, Declined, Routed, Referred, Lapsed, TakenBack,
	CancelledOwn, EntryMoved, EntryExpired, BadSignature, ConsentAsked, ConsentLapsed, ConsentEnded, EntryAtMine, LeftMine,
	Granted, Rechecked, PaperAsked, PaperMissed, DataSealed, DataOpened, FiledByStaff, FiledByPetition, ConsentRecorded}, complaintKinds, lifeKinds)

// Args are the facts of a notice; each kind uses some.
type Args struct {
	Number  string          `json:"number"`            // of the application, or of the complaint
	Entry   string          `json:"entry,omitempty"`   // number of the entry
	Name    string          `json:"name,omitempty"`    // of the registrant, for right-holders
	Address mekenjai.Text   `json:"address"`           //
	Count   int             `json:"count,omitempty"`   // of right-holders asked
	Until   time.Time       `json:"until,omitzero"`    // deadline of the answer
	Period  mekenjai.Period `json:"period,omitzero"`   // of the entry
	Consent string          `json:"consent,omitempty"` // id of the request
	Code    string          `json:"code,omitempty"`    // of the ground
}

// Title is the notice in a line.
func Title(l locale.Lang, k Kind, a Args) string {
	return l.T("notify.title."+string(k), a.pairs(l)...)
}

// Body is the notice in a few plain sentences.
func Body(l locale.Lang, k Kind, a Args) string {
	return l.T("notify.body."+string(k), a.pairs(l)...)
}

// SMS is the text message: short, without the address, the number masked by
// nature. In an unknown language ("") it is written in Kazakh and in Russian.
func SMS(language string, k Kind, a Args, baseURL string) string {
	link := baseURL + "/account"
	switch {
	case k == ConsentAsked:
		link = baseURL + "/c/" + a.Consent
	case k.IsOfComplaint():
		link = baseURL + "/complaints/" + a.Number
	case k.IsOfEntry() && a.Entry != "":
		link = baseURL + "/e/" + a.Entry
	}
	text := func(l locale.Lang) string {
		return l.T("notify.sms."+string(k), append(a.pairs(l), "link", link)...)
	}
	if l, ok := locale.Parse(language); ok {
		return text(l)
	}
	return text(locale.KK) + "\n" + text(locale.RU)
}

func (a Args) pairs(l locale.Lang) []any {
	return []any{"number", a.Number, "entry", a.Entry, "name", a.Name, "address", a.Address,
		"count", a.Count, "time", clock(a.Until), "until", dayOf(a.Until), "last", lastDay(a.Until), "from", a.Period.From, "to", a.Period.To,
		"end", l.DayShort(a.Period.To), "day", l.DayUntil(dayOf(a.Until)), "short", l.DayShort(dayOf(a.Until))}
}

// IsOfEntry says whether a notice leads its reader to the entry that it is about.
func (k Kind) IsOfEntry() bool {
	return slices.Contains(lifeKinds, k) || k == EntryAtMine
}

// dayOf is the day of an instant in Almaty.
func dayOf(t time.Time) mekenjai.Date {
	if t.IsZero() {
		return mekenjai.Date{}
	}
	return mekenjai.DateOf(t)
}

// clock is the time of day in Almaty, which reads the same in every language.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(mekenjai.Almaty).Format("15:04")
}

// lastDay is the last day of a term that is over at the instant t, no day when there
// is none.
func lastDay(t time.Time) mekenjai.Date {
	if t.IsZero() {
		return mekenjai.Date{}
	}
	return mekenjai.DateOf(t.Add(-time.Second))
}
