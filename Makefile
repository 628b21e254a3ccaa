# The commands of the house. `make demo` to see it, `make test` to check it.
# Everything needed is installed by the targets themselves: npm packages, Python packages for the
# outside oracles (in target/venv), cargo-deny (in target/tools), Chromium and a Chinese font by apt
# when run as root.

CARGO ?= cargo
NPM ?= npm
PYTHON ?= python3
LIFANG_REAL_DATA ?= ../shared/data
export LIFANG_REAL_DATA

# target/debug/lifang as the tests have built it: a plain build would compile half of the crates again,
# since tests ask some of them for more.
DEBUG_BINARY := $(CARGO) test --locked --no-run --test house

DENY_VERSION := 0.20.2
VENV := target/venv
DIVISION_VENV := target/venv-division
DENY := target/tools/bin/cargo-deny

WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/package.json -type f 2>/dev/null)

.PHONY: demo test test-real test-long bench compare-division division-speed web lint test-rust test-web test-browser test-oracle deny browser clean

## Builds everything, makes the demo database when it is not there, serves it.
demo: web/dist/index.html
	$(CARGO) build --release --locked
	target/release/lifang demo

## The whole check, without any file from outside the repository.
test: lint test-web test-rust test-oracle test-browser deny

## What needs real geometry from a folder beside the repository.
test-real: web/dist/index.html
	@test -d "$(LIFANG_REAL_DATA)" || { echo "no real geometry at $(LIFANG_REAL_DATA): set LIFANG_REAL_DATA"; exit 2; }
	$(CARGO) test --locked --test real
	$(MAKE) $(VENV)/ready
	$(DEBUG_BINARY)
	$(VENV)/bin/python tests/oracle/placements.py target/debug/lifang "$(LIFANG_REAL_DATA)"
	$(VENV)/bin/python tests/oracle/redraw.py target/debug/lifang "$(LIFANG_REAL_DATA)/nanjing-xinjiekou"
	$(VENV)/bin/python tests/oracle/divide.py target/debug/lifang "$(LIFANG_REAL_DATA)"
	$(VENV)/bin/python tests/oracle/wanhua.py target/debug/lifang "$(LIFANG_REAL_DATA)"

## The laws of editing over 300,000 random edits (a third of them are done, the rest refused), and fifty
## clients for 2,000 rounds: some ten minutes.
test-long: web/dist/index.html
	LIFANG_EDITS=300000 $(CARGO) test --release --locked --test laws long_ -- --nocapture
	LIFANG_ROUNDS=2000 $(CARGO) test --release --locked --test clients -- --nocapture

bench:
	$(CARGO) bench --locked

## The table of docs/division.md: Lifang beside METIS, KaHIP and recombination; some ten minutes.
compare-division: web/dist/index.html $(DIVISION_VENV)/ready
	$(CARGO) build --release --locked
	$(DIVISION_VENV)/bin/python benches/compare_division.py target/release/lifang "$(LIFANG_REAL_DATA)"

## How long divisions of every size take, against the goals of docs/division.md; some three minutes.
division-speed: web/dist/index.html $(DIVISION_VENV)/ready
	$(CARGO) build --release --locked
	$(DIVISION_VENV)/bin/python benches/division_speed.py target/release/lifang

$(DIVISION_VENV)/ready: benches/requirements.txt
	test -x $(DIVISION_VENV)/bin/pip || $(PYTHON) -m venv $(DIVISION_VENV)
	$(DIVISION_VENV)/bin/pip install --quiet --disable-pip-version-check -r benches/requirements.txt
	touch $@

web: web/dist/index.html

# `install --no-save` and not `ci`: the lock names only the platforms' packages its registry offered,
# and `ci` takes the missing optional ones for a fault.
web/node_modules/.package-lock.json: web/package-lock.json
	cd web && $(NPM) install --no-save --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && $(NPM) run build

lint: web/dist/index.html
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

test-rust: web/dist/index.html
	$(CARGO) test --locked

test-web: web/node_modules/.package-lock.json
	cd web && $(NPM) run lint && $(NPM) run check && $(NPM) test

test-browser: web/dist/index.html browser
	$(DEBUG_BINARY)
	cd web && $(NPM) run browser

$(VENV)/ready: tests/oracle/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r tests/oracle/requirements.txt
	@touch $@

## Tiles read by an independent decoder; a redrawn plan held against shapely; a plan's life from draft to its day; what codes
## name through several publications; two communities merged.
test-oracle: $(VENV)/ready web/dist/index.html
	$(CARGO) test --locked --test tiles
	$(VENV)/bin/python tests/oracle/run.py
	$(DEBUG_BINARY)
	$(VENV)/bin/python tests/oracle/redraw.py target/debug/lifang
	$(VENV)/bin/python tests/oracle/life.py target/debug/lifang
	$(VENV)/bin/python tests/oracle/codes.py target/debug/lifang
	$(VENV)/bin/python tests/oracle/merge.py target/debug/lifang

$(DENY):
	$(CARGO) install --locked --quiet --root target/tools cargo-deny@$(DENY_VERSION)

## Licences, bans and sources of everything that is built in.
deny: $(DENY)
	$(DENY) check licenses bans sources

## Chromium for the browser tests, with a font that has Chinese.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	  else echo "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk"; exit 2; fi; }

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules
