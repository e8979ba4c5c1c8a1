# Everything a person types. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

TOOL := go tool -modfile=tools/go.mod
STALE := go run ./internal/arch/stale
PGCTL := go run ./internal/devpg/ctl
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
NODE_MODULES := tools/css/node_modules/.package-lock.json
SQUAWK := tools/squawk/node_modules/.package-lock.json
OIDC := tools/oidc/node_modules/.package-lock.json
LIGHTHOUSE := tools/lighthouse/node_modules/.package-lock.json
IMAGE ?= plinth:dev

.PHONY: help
help: ## Say what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start everything on this machine; ADDR=127.0.0.1:9000 for another address
	@go build -buildvcs=false -o bin/plinth ./cmd/plinth
	@exec bin/plinth dev

.PHONY: test
test: chromium $(NODE_MODULES) $(OIDC) ## Run all tests, a quarter of an hour at most
	@$(PGCTL) ready .plinth/test-pg
	@# What takes longest begins first, so that none is left to run alone in the end; make check vets.
	go test -p 2 -vet=off -timeout 20m ./handlers ./test/program ./test/browser/journey ./test/plans ./test/browser/account ./test/sweep ./internal/billing ./...

.PHONY: check
check: $(SQUAWK) ## Check format, vet, generated files, migrations, modules and borders
	@tools/format check
	go vet -tags prove ./... # which is all: no file is left out by the tag
	@# What speaks to the system stands in few packages (internal/arch, homes): another system is asked of these alone.
	GOOS=darwin GOARCH=arm64 go vet ./internal/devpg/... ./internal/outbound
	$(STALE) check
	tools/squawk/node_modules/.bin/squawk --config tools/squawk/squawk.toml sql/migrations/*.sql
	go mod verify
	go mod tidy -diff
	cd tools && go mod verify
	$(TOOL) staticcheck ./...
	go test ./internal/arch ./internal/arch/stale

.PHONY: prove
prove: chromium $(NODE_MODULES) $(OIDC) $(LIGHTHOUSE) ## Run the long proofs with their figures; AREA=foundation for one area
	@$(PGCTL) ready .plinth/test-pg
	@GOLANGCI=$(GOLANGCI) tools/prove "$(AREA)"

.PHONY: lint
lint: ## Run golangci-lint, a part of prove
	go run $(GOLANGCI) run ./...

.PHONY: generate
generate: ## Generate code from .templ and .sql, after changing one
	$(TOOL) templ generate -path views
	$(TOOL) sqlc generate -f sql/sqlc.yaml
	$(STALE) write templ
	$(STALE) write sqlc

.PHONY: css
css: $(NODE_MODULES) ## Build the style sheet, after changing a page or the theme
	npm --prefix tools/css run --silent build
	$(STALE) write css

.PHONY: watch
watch: $(NODE_MODULES) ## Run, and reload at every change of templ, Go or CSS
	@tools/watch

.PHONY: fmt
fmt: ## Format Go and templ
	@tools/format write

.PHONY: sweep
sweep: ## Ask every route with everything that belongs to somebody else, and see every planted hole caught
	@$(PGCTL) ready .plinth/test-pg
	go test -count=1 -tags prove -v -run 'Sweep|Holes' ./test/sweep

.PHONY: bench
bench: ## Run the benchmarks
	@$(PGCTL) ready .plinth/test-pg
	go test -p 1 -run '^$$' -bench . -benchmem ./test/bench/...

.PHONY: image
image: ## Build the container image; IMAGE=name:tag
	docker build -t $(IMAGE) .

.PHONY: reset
reset: ## Delete .plinth with what `make run` and `make test` left in it
	@$(PGCTL) remove .plinth

.PHONY: chromium
chromium:
	@tools/chromium

tools/%/node_modules/.package-lock.json: tools/%/package.json tools/%/package-lock.json
	npm --prefix tools/$* ci --ignore-scripts --no-audit --no-fund
	@touch $@
