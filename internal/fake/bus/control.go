package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"
)

// Control is the small address at which faults are set and the country is changed
// while it runs, beside the demo page: for scripts, and for a simulator that runs
// alone. Whoever reaches it may do everything, so that it listens on loopback.
//
//	GET    /faults           what fails now, and what could
//	PUT    /faults/{peer}    {"fault": "slow", "delay": "8s"}
//	DELETE /faults           everything works again
//	GET    /scenarios        numbers at which the bus always fails
//	POST   /owners           {"arc": …, "from": …, "to": …, "later": true}
//	POST   /deaths           {"iin": …}
//	GET    /entries?after=   what IS RP DRN keeps, five hundred at once
//	PUT    /push             {"url": …}: bring messages there instead of keeping them
//	POST   /orders           {"service": …, "variant": "plain", "document": "<data>…"}
//	GET    /orders/{thread}  what the customer answered to an order
func (b *Bus) Control() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*http.Request) (any, error){
		"GET /faults":          b.tellFaults,
		"PUT /faults/{peer}":   b.setFault,
		"DELETE /faults":       func(*http.Request) (any, error) { b.country.Heal(); return nil, nil },
		"GET /scenarios":       func(*http.Request) (any, error) { return tellScenarios(), nil },
		"POST /owners":         b.changeOwner,
		"POST /deaths":         b.enterDeath,
		"PUT /push":            b.setPush,
		"POST /orders":         b.placeOrder,
		"GET /orders/{thread}": b.tellThread,
		"GET /entries": func(r *http.Request) (any, error) {
			return b.entries.List(r.FormValue("after"), 500)
		},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			answer, err := serve(r)
			switch {
			case errors.Is(err, mekenjai.ErrNotFound):
				http.Error(w, err.Error(), http.StatusNotFound)
			case err != nil:
				http.Error(w, err.Error(), http.StatusBadRequest)
			case answer == nil:
				w.WriteHeader(http.StatusNoContent)
			default:
				w.Header().Set("Content-Type", "application/json")
				e := json.NewEncoder(w)
				e.SetIndent("", "  ")
				_ = e.Encode(answer) // who hangs up has no use for it
			}
		})
	}
	// A page that a person looks at elsewhere must not set faults here.
	return http.NewCrossOriginProtection().Handler(mux)
}

// toldFault is a fault as the control address writes it.
type toldFault struct {
	Fault country.FaultKind `json:"fault"`
	Delay string            `json:"delay,omitempty"`
}

func told(f country.Fault) toldFault {
	t := toldFault{Fault: f.Kind}
	if f.Kind == country.Works {
		t.Fault = "works"
	}
	if f.Delay > 0 {
		t.Delay = f.Delay.String()
	}
	return t
}

type toldPeer struct {
	Peer state.Peer `json:"peer"`
	toldFault
	Possible []country.FaultKind `json:"possible"`
}

func (b *Bus) tellFaults(*http.Request) (any, error) {
	var list []toldPeer
	for _, p := range Peers {
		list = append(list, toldPeer{p, told(b.country.Fault(p)), FaultsOf(p)[1:]})
	}
	return list, nil
}

func (b *Bus) setFault(r *http.Request) (any, error) {
	var form toldFault
	if err := read(r, &form); err != nil {
		return nil, err
	}
	var delay time.Duration
	if form.Delay != "" {
		var err error
		if delay, err = time.ParseDuration(form.Delay); err != nil {
			return nil, err
		}
	}
	peer := state.Peer(r.PathValue("peer"))
	f, ok := FaultNamed(peer, string(form.Fault), delay)
	if !ok {
		return nil, errors.New("there is no such peer, or it has no such fault: see GET /faults")
	}
	b.country.Set(peer, f)
	return nil, nil
}

func tellScenarios() any {
	type row struct {
		IIN  mekenjai.IIN `json:"iin"`
		Peer state.Peer   `json:"peer"`
		toldFault
	}
	var list []row
	for _, s := range Scenarios() {
		list = append(list, row{s.IIN, s.Peer, told(s.Fault)})
	}
	return list
}

func (b *Bus) changeOwner(r *http.Request) (any, error) {
	var form struct {
		ARC   mekenjai.ARC     `json:"arc"`
		From  mekenjai.PartyID `json:"from"`
		To    mekenjai.PartyID `json:"to"`
		Later bool             `json:"later"`
	}
	if err := read(r, &form); err != nil {
		return nil, err
	}
	if b.country.Name(form.To) == "" {
		return nil, errors.New("nobody of the country has the number in \"to\"")
	}
	if form.Later {
		b.country.TransferAfterReading(form.ARC, form.From, form.To)
		return nil, nil
	}
	return nil, b.country.Transfer(form.ARC, form.From, form.To)
}

func (b *Bus) enterDeath(r *http.Request) (any, error) {
	var form struct {
		IIN mekenjai.IIN `json:"iin"`
	}
	if err := read(r, &form); err != nil {
		return nil, err
	}
	return nil, b.country.Die(form.IIN)
}

func (b *Bus) setPush(r *http.Request) (any, error) {
	var form struct {
		URL string `json:"url"`
	}
	if err := read(r, &form); err != nil {
		return nil, err
	}
	b.Push(form.URL)
	return nil, nil
}

func (b *Bus) placeOrder(r *http.Request) (any, error) {
	var form struct {
		Service  string       `json:"service"`
		Variant  shep.Variant `json:"variant"`
		Document string       `json:"document"`
	}
	if err := read(r, &form); err != nil {
		return nil, err
	}
	thread, err := b.Order(r.Context(), form.Service, form.Variant, []byte(form.Document))
	return map[string]string{"thread": thread}, err
}

func (b *Bus) tellThread(r *http.Request) (any, error) {
	t, ok := b.Thread(r.PathValue("thread"))
	if !ok {
		return nil, fmt.Errorf("order %s: %w", r.PathValue("thread"), mekenjai.ErrNotFound)
	}
	type message struct {
		Type     shep.MessageType `json:"type"`
		Document string           `json:"document"`
	}
	list := []message{}
	for _, m := range t.Heard {
		list = append(list, message{m.Type, string(m.Data)})
	}
	return list, nil
}

// read reads a small JSON document that has what it should and nothing else.
func read(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, 64<<10))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
