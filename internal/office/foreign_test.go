package office

import (
	"net/http"
	"strings"
	"testing"
)

// Every page and deed about an intake, petition or paper of another office.
func TestNothingOfAnotherOfficeCanBeSeenOrDone(t *testing.T) {
	w := open(t)
	own := w.as("ainur")
	intake := strings.TrimPrefix(own.begin("aigul", "almaty", 12), "/office/intakes/")
	own.upload("/office/intakes/"+intake+"/papers", "scan", scan(), "kind", "passport").to()
	paper := own.get("/office/intakes/" + intake).page(200).finds(`/office/papers/([0-9a-f-]+)`)
	petition := strings.TrimPrefix(own.petition(w.list("", "askhat")).to(), "/office/petitions/")
	foreign := w.as("dias")
	for pattern := range (&Office{}).routes() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.Contains(path, "{id}") && !strings.Contains(path, "{paper}") {
			continue // no thing of anybody
		}
		id := intake
		if strings.HasPrefix(path, "/office/petitions") {
			id = petition
		}
		path = strings.NewReplacer("{id}", id, "{n}", "0", "{c}", "0", "{paper}", paper).Replace(path)
		var got reply
		switch {
		case method == http.MethodGet:
			got = foreign.get(path)
		case strings.HasSuffix(path, "/papers"), strings.HasSuffix(path, "/hand"):
			got = foreign.upload(path, "scan", scan(), "kind", "passport", "original", "yes", "as", "self")
		default:
			got = foreign.post(path, "registrant", string(w.land.IIN("aigul")), "arc", string(w.land.Dwelling("almaty", 12)), "iin", string(w.land.IIN("aigul")), "document", "id_card", "number", "0000")
		}
		// A text to sign exists for who is to sign it alone.
		if got.status != http.StatusForbidden && got.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", method, path, got.status, got.text())
		}
	}
}
