package telemetry

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the numbers of one process, named mekenjai_<noun>_<unit>. A label
// is a word of the program (a route's pattern, a kind of job, a peer), never
// something of a person. A nil Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	list     []prometheus.Collector

	requests, jobs, waits, peers *prometheus.HistogramVec
	entries                      prometheus.Histogram
	signatures                   *prometheus.CounterVec
}

// NewMetrics begins to count, the process's time and memory included.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.requests = m.histograms("mekenjai_request_seconds", "Time to answer a request, by the route's pattern and the class of the status.",
		[]float64{.005, .01, .025, .05, .1, .2, .3, .4, .6, 1, 2.5, 5, 10}, "method", "route", "status")
	m.jobs = m.histograms("mekenjai_job_seconds", "Time that a job ran, by how it ended: done, failed (and tried again) or panicked.",
		[]float64{.005, .02, .05, .1, .25, .5, 1, 5, 20, 60}, "kind", "outcome")
	m.waits = m.histograms("mekenjai_job_wait_seconds", "Time from when a job was due until it ran.",
		[]float64{.005, .01, .02, .05, .1, .25, .5, 1, 2, 5, 30, 120}, "kind")
	m.peers = m.histograms("mekenjai_peer_seconds", "Time of a question to a register of the state, by how it ended: answered or silent.",
		[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}, "peer", "outcome")
	m.entries = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "mekenjai_entry_seconds",
		Help:    "Time from the last signature that an application needed until its entry.",
		Buckets: []float64{.05, .1, .2, .3, .5, .75, 1, 1.5, 2, 5, 10, 30, 60, 300, 600}})
	m.signatures = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mekenjai_signatures_total",
		Help: "Signatures verified, by verdict: valid, invalid or indeterminate."}, []string{"verdict"})
	m.add(m.entries, m.signatures, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.add(h)
	return h
}

func (m *Metrics) add(c ...prometheus.Collector) {
	m.list = append(m.list, c...)
	m.registry.MustRegister(c...)
}

// Request counts an answered request; the route is a pattern.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if route == "" {
		route = "none"
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, method) {
		method = "other" // anybody may invent one
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// Job counts a job that ran.
func (m *Metrics) Job(kind, outcome string, waited, took time.Duration) {
	if m == nil {
		return
	}
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
	m.waits.WithLabelValues(kind).Observe(waited.Seconds())
}

// Peer counts a question to a register.
func (m *Metrics) Peer(peer string, took time.Duration, answered bool) {
	if m == nil {
		return
	}
	outcome := "silent"
	if answered {
		outcome = "answered"
	}
	m.peers.WithLabelValues(peer, outcome).Observe(took.Seconds())
}

// Entered counts an entry by what it took since the last signature.
func (m *Metrics) Entered(since time.Duration) {
	if m != nil {
		m.entries.Observe(since.Seconds())
	}
}

// Signature counts a verdict.
func (m *Metrics) Signature(verdict string) {
	if m != nil {
		m.signatures.WithLabelValues(verdict).Inc()
	}
}

// Reading is a number that is read when the metrics are asked for.
type Reading struct {
	Name, Help string
	Label      string // of its values; "" when there is one
	Counts     bool   // it only grows
}

// Read adds readings whose values read gives each time the metrics are asked for.
// What it does not give is left out.
func (m *Metrics) Read(readings []Reading, read func(give func(name string, value float64, label ...string))) {
	c := &reader{described: map[string]described{}, read: read}
	for _, r := range readings {
		var labels []string
		if r.Label != "" {
			labels = []string{r.Label}
		}
		kind := prometheus.GaugeValue
		if r.Counts {
			kind = prometheus.CounterValue
		}
		c.described[r.Name] = described{prometheus.NewDesc(r.Name, r.Help, labels, nil), kind}
	}
	m.add(c)
}

type described struct {
	*prometheus.Desc
	kind prometheus.ValueType
}

type reader struct {
	described map[string]described
	read      func(give func(name string, value float64, label ...string))
}

func (r *reader) Describe(out chan<- *prometheus.Desc) {
	for _, d := range r.described {
		out <- d.Desc
	}
}

func (r *reader) Collect(out chan<- prometheus.Metric) {
	r.read(func(name string, value float64, label ...string) {
		d := r.described[name]
		out <- prometheus.MustNewConstMetric(d.Desc, d.kind, value, label...)
	})
}

// Handler serves the metrics to Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

var fqName = regexp.MustCompile(`fqName: "([^"]+)"`)

// Names are those of all metrics, whether they have a value yet or not.
func (m *Metrics) Names() (names []string) {
	for _, c := range m.list {
		descriptions := make(chan *prometheus.Desc)
		go func() { c.Describe(descriptions); close(descriptions) }()
		for d := range descriptions {
			names = append(names, fqName.FindStringSubmatch(d.String())[1])
		}
	}
	return names
}
