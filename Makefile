# Two commands: `make demo` and `make test`. Both set up first, once; a second run needs no network.
# Wanted on the machine: Python 3.11 or later (PYTHON=... names another one) and make.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
READY := .venv/ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
QUESTION := who conditioned troops on parliament

.PHONY: demo screenshots test test-full lint bench bench-10m bench-cluster trust coverage mutants sbom audit browser reach virtuoso help

help:
	@echo "make demo       a graph of the seed articles in demo/, a question answered, a site of pages"
	@echo "make screenshots  every screen of that site as a picture"
	@echo "make test       every check and test but the slow ones"
	@echo "make test-full  the slow ones too"
	@echo "make lint       ruff and mypy alone"
	@echo "make trust      the scorecard: every fault and bad input, tried (half an hour)"
	@echo "make reach      stores at an address: Oxigraph's server and Virtuoso, compared and killed (some minutes)"
	@echo "make coverage   which branches of kg/ the tests take"
	@echo "make mutants    how many small faults in the core the tests let by"
	@echo "make sbom       what all of this is made of, as CycloneDX, in dist/sbom.json"
	@echo "make audit      known vulnerabilities of it (asks PyPI)"
	@echo "make bench      what things cost, beside what (docs/bench.md)"
	@echo "make bench-10m  the same for ten million quads (an hour, 20 GB of disk)"
	@echo "make bench-cluster  10,000 articles on four workers, one of them killed, beside one process"

demo: $(READY)
	@rm -rf demo && mkdir demo
	$(BIN)/kg add seeds/articles --store demo/store
	$(BIN)/kg ask "$(QUESTION)" --store demo/store
	$(BIN)/kg site demo/site --store demo/store
	@echo "The graph is in demo/store; ask it: $(BIN)/kg ask \"...\" --store demo/store"
	@echo "Its pages open in any browser: file://$(CURDIR)/demo/site/index.html"

screenshots: browser
	$(BIN)/python bench/screenshots.py demo/screenshots

test: lint browser
	$(BIN)/pytest -q -n auto --dist worksteal -m "not slow and not reach"

test-full: lint browser
	$(BIN)/pytest -q -n auto --dist worksteal -m "not reach"

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python bench/cold_query.py
	$(BIN)/python bench/annotate.py
	$(BIN)/python bench/quality.py
	$(BIN)/python bench/whatif.py
	$(BIN)/python bench/origins.py
	PYTHONPATH=. $(BIN)/python bench/derive.py 1000
	$(BIN)/python bench/serve.py
	PYTHONPATH=. $(BIN)/python bench/scale.py

bench-10m: $(READY)
	PYTHONPATH=. $(BIN)/python bench/scale.py 10000000

bench-cluster: $(READY)
	PYTHONPATH=. $(BIN)/python bench/cluster.py 10000

trust: browser
	$(BIN)/python bench/trust.py

reach: virtuoso
	$(BIN)/pytest -q tests/reach

# It says that nothing is written, and what measures writes.
UNMEASURED := --deselect tests/store/test_embedded.py::test_a_folder_that_may_only_be_read_is_read

coverage: browser
	@rm -rf .venv/coverage && mkdir .venv/coverage
	$(BIN)/coverage run -m pytest -q -n auto --dist worksteal -m "not slow and not reach" $(UNMEASURED); passed=$$?; \
	$(BIN)/coverage combine -q && $(BIN)/coverage report --skip-covered --sort=cover && exit $$passed

mutants: $(READY)
	$(BIN)/python bench/mutants.py

sbom: $(READY) .venv/audit/ready
	@mkdir -p dist
	.venv/audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o dist/sbom.json .venv

audit: .venv/audit/ready
	.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.txt

# The tools of these two have an environment of their own: what they bring is no part of what they look at.
.venv/audit/ready: requirements-audit.txt
	@$(PYTHON) -m venv .venv/audit
	@.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

# The environment: what requirements.txt pins by hash, then this checkout, which fetches nothing more. The file `ready` is
# written last, so a set-up that broke off is made again.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or later was found; install one, or say make PYTHON=/its/path" >&2; exit 1; }
	@echo "setting up .venv (once, some minutes)"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The browser of the page tests, with the fonts that the pages ask for: others are wider. Without apt-get it is the user's to install, and the tests say so.
browser: $(READY)
	@{ command -v chromium && fc-list | grep -i liberation; } >/dev/null 2>&1 || ! command -v apt-get >/dev/null || { \
		echo "installing chromium and its fonts for the page tests"; \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
		$$sudo apt-get -qq update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium fonts-liberation fontconfig >/dev/null; \
	} || echo "chromium could not be installed; the page tests will fail without it" >&2

# Virtuoso 7 for `make reach`, which starts it over files of its own; the package's own service is left alone. Without apt-get it is the user's to
# install, and the tests say so.
virtuoso: $(READY)
	@command -v virtuoso-t >/dev/null || ! command -v apt-get >/dev/null || { \
		echo "installing Virtuoso 7 for the tests of stores at an address"; \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
		$$sudo apt-get -qq update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends virtuoso-opensource-7-bin >/dev/null; \
	} || echo "Virtuoso could not be installed; its tests will fail without it" >&2
