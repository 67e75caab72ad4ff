# Two commands matter: make run and make test. Both install what is missing,
# build what changed, say what they do and do nothing twice.

GO      ?= go
BIN     := bin/mekenjai
TEMPL   := $(shell find internal -name '*.templ' 2>/dev/null)
UISRC   := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print 2>/dev/null)
GOSRC   := $(shell find . -name '*.go' -not -name '*_templ.go' -not -path './ui/node_modules/*') go.mod go.sum \
           $(shell find internal -name '*.sql' -o -name '*.json' -not -path '*/testdata/*')

.PHONY: run test journeys build fuzz bench faults clean help

help: ## what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile

run: $(BIN) ## build what changed and run the demo country at http://localhost:8080
	@echo "mekenjai: starting the demo country at http://localhost:8080 (stop with Ctrl-C)"
	@exec $(BIN) serve --log-format=text --log-level=warn

build: $(BIN) ## build the binary

test: .make/test-tools .make/templ ui/dist/.built ## all tests, with the PostgreSQL and the Chromium they need
	@tools/test

$(BIN): .make/templ ui/dist/.built $(GOSRC) | .make/build-tools
	@echo "mekenjai: building $(BIN)"
	@mkdir -p bin
	@$(GO) build -o $@ ./cmd/mekenjai

.make/build-tools: tools/install
	@tools/install build && mkdir -p .make && touch $@

.make/test-tools: tools/install | .make/build-tools
	@tools/install test && mkdir -p .make && touch $@

.make/templ: $(TEMPL) go.mod
	@echo "mekenjai: generating pages from templates"
	@$(GO) tool templ generate -log-level error -path internal && mkdir -p .make && touch $@

ui/node_modules/.installed: ui/package.json ui/package-lock.json | .make/build-tools
	@echo "mekenjai: installing the npm packages of the pages"
	@npm --prefix ui ci --no-audit --no-fund --loglevel=error && touch $@

ui/dist/.built: ui/node_modules/.installed $(UISRC)
	@echo "mekenjai: building styles and scripts"
	@npm --prefix ui run --silent build && touch $@

journeys: .make/test-tools .make/templ ui/dist/.built ## every journey in Chromium in every language
	@$(GO) test -timeout 30m ./e2e -every-language

FUZZTIME ?= 1m

fuzz: .make/templ ui/dist/.built ## try every parser for FUZZTIME each
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "mekenjai: $$f of $$p for $(FUZZTIME)"; \
			$(GO) test $$p -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

bench: $(BIN) | .make/test-tools ## every measurement in a short form, on both databases; tools/bench makes those of docs/performance
	@tools/bench short

KILLS ?= 1000

faults: $(BIN) | .make/test-tools ## every fault many times, a node killed KILLS times; the results in docs/performance
	@mkdir -p docs/performance
	@$(GO) run ./cmd/faults long --program=$(BIN) --kills=$(KILLS) --json=docs/performance/faults-$$(date -u +%Y%m%d).json >/dev/null

clean: ## remove what was built
	rm -rf bin ui/dist .make && find internal -name '*_templ.go' -delete
