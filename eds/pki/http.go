package pki

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"mekenjai/eds"
)

// maxRequest bounds what a client may send; real requests have some hundred bytes.
const maxRequest = 16 << 10

// Handler serves the authority's services as the national ones are served: POST /ocsp/
// and /tsp/, GET /crl/gost.crl and /crl/rsa.crl, and gost_d.crl and rsa_d.crl for the
// changes since midnight. The clock decides what time it is; nil is time.Now.
func (a *Authority) Handler(now func() time.Time) http.Handler {
	if now == nil {
		now = time.Now
	}
	mux := http.NewServeMux()
	answer := func(pattern, contentType string, make func(body []byte) ([]byte, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
			if err == nil {
				body, err = make(body)
			}
			if err != nil {
				slog.InfoContext(r.Context(), "test authority refused a request", "path", r.URL.Path, "error", err)
				http.Error(w, "bad request", http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", contentType)
			w.Write(body)
		})
	}
	answer("POST /ocsp/{$}", "application/ocsp-response", func(b []byte) ([]byte, error) { return a.OCSP(b, now()) })
	answer("POST /tsp/{$}", "application/timestamp-reply", func(b []byte) ([]byte, error) { return a.Timestamp(b, now()) })
	for name, algorithm := range map[string]eds.Algorithm{"gost": eds.GOST2015x512, "rsa": eds.RSASHA256} {
		answer("GET /crl/"+name+".crl", "application/pkix-crl", func([]byte) ([]byte, error) { return a.CRL(algorithm, now()) })
		answer("GET /crl/"+name+"_d.crl", "application/pkix-crl", func([]byte) ([]byte, error) {
			return a.DeltaCRL(algorithm, now().UTC().Truncate(24*time.Hour), now())
		})
	}
	return mux
}
