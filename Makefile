# The habits of this project. `make` alone lists them.
SHELL := /bin/bash
PORT ?= 8080
.DEFAULT_GOAL := help
.PHONY: help setup assets build run test test-swift test-browser test-faults format lint snapshot fuzz screenshots bench \
	bench-quick soak clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install what is missing (Debian and Python packages by name)
	@scripts/setup.sh run

assets: setup ## build style sheets, scripts and catalogs into Sources/CAssets/generated
	@scripts/assets.sh

build: assets ## build the release: .build/release/rapport
	@[ -x .build/release/rapport ] || echo "Building the release: the first time takes five to ten minutes." >&2
	@swift build -c release --static-swift-stdlib --product rapport $$([ -t 1 ] || echo --quiet)

run: build ## install, build and start the server on http://127.0.0.1:$(PORT)
	@exec .build/release/rapport serve --data ./data --port $(PORT)

test: ## install what is missing and run every test on both databases, then the browser, API and fault checks
	@swift package resolve >/dev/null 2>&1 & scripts/setup.sh test
	@scripts/assets.sh
	@scripts/test.sh

test-swift: ## the Swift tests alone, on both databases
	@scripts/setup.sh test
	@scripts/assets.sh
	@scripts/test.sh swift

test-browser: ## the browser and API checks alone, on the debug build
	@scripts/setup.sh test
	@scripts/assets.sh
	@scripts/test.sh browser

test-faults: ## kill, fill, cut and pause the debug build, and count what it had acknowledged
	@scripts/setup.sh test
	@scripts/assets.sh
	@scripts/test.sh faults

fuzz: ## feed made-up bytes to every parser, 200,000 of them each (RUNS=...)
	@scripts/fuzz.sh $(or $(RUNS),200000)

format: ## put all Swift sources into the house's form
	@swift format format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## say where the form is not the house's
	@swift format lint --parallel --recursive Package.swift Sources Tests

snapshot: ## write the committed snapshots anew (schemas, routes, pages), to be read in the diff
	@RAPPORT_SNAPSHOTS=write scripts/test.sh swift

screenshots: ## lay twelve views of each page (or of PAGES="overview case") on one sheet each, in Tests/Browser/sheets
	@scripts/setup.sh test
	@scripts/assets.sh
	@scripts/test.sh screenshots $(PAGES)

bench: ## measure against the disk, floors and peers and write docs/benchmarks.md (about 20 minutes)
	@scripts/setup.sh bench
	@scripts/assets.sh
	@scripts/bench.sh

bench-quick: ## the most important of it in under three minutes, printed only
	@scripts/setup.sh bench
	@scripts/assets.sh
	@scripts/bench.sh quick

soak: ## run the faults for long, in parts under an hour (PART=kill); figures go to docs/soak.md
	@scripts/setup.sh soak
	@scripts/assets.sh
	@scripts/test.sh soak $(PART)

clean: ## remove what was built, keep the data
	@rm -rf .build Sources/CAssets/generated
