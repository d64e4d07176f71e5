# Everything runs in .venv; bare `make` prints what there is.

PYTHON3 ?= python3
PYTHON := .venv/bin/python
READY := .venv/.ready
OURS := snnc tests benchmarks tools
ZOO = $(patsubst %/__init__.py,%,$(wildcard specs/*/__init__.py))

.DEFAULT_GOAL := help
.PHONY: help setup test coverage fuzz fuzz-specs matrix mutants faults lint fmt zoo docs site page demo bench release clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## Make .venv with pinned tools and this snnc (instant the second time)

test: $(READY) ## Run the tests; ARGS="-k name" is handed to pytest
	OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} $(PYTHON) -m pytest -q -n auto $(ARGS)

coverage: $(READY) ## Run the tests, and report the lines that none of them runs
	OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} $(PYTHON) -m pytest -q -n auto --cov --cov-report=html --cov-report=term $(ARGS)
	@echo "Line by line: build/coverage/index.html"

fuzz: $(READY) ## Compare random networks with the reference; MINUTES=60 SEED=1
	OMP_NUM_THREADS=1 $(PYTHON) -m tests.fuzz --minutes $(or $(MINUTES),10) $(SEED:%=--seed %)

fuzz-specs: $(READY) ## Lint, build and call mutated specs, one a number: COUNT=200000 SEED=0
	OMP_NUM_THREADS=1 $(PYTHON) -m tests.fuzz.strange $(COUNT:%=--count %) $(SEED:%=--seed %)

matrix: $(READY) ## Train, resume, evaluate and draw every kind, and compile some; ONLY="LIF Conv2d"
	OMP_NUM_THREADS=1 $(PYTHON) -m tests.matrix $(ONLY)

mutants: $(READY) ## Leave out each check of the passes, and show what notices it
	OMP_NUM_THREADS=1 $(PYTHON) -m tests.mutants

faults: $(READY) ## Give specs and machines every fault, and tell what held; SHORT=1 PART=fields
	OMP_NUM_THREADS=1 $(PYTHON) -m tests.faults $(if $(SHORT),--short) $(PART)

lint: $(READY) ## Check style, types, layers, and that the zoo is clean and up to date
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check --config specs/ruff.toml templates/snn_runtime
	$(PYTHON) -m ruff format --check --config specs/ruff.toml templates
	$(PYTHON) -m mypy --strict $(OURS) $(ZOO)
	.venv/bin/lint-imports --no-logo
	.venv/bin/snnc lint specs/
	.venv/bin/snnc build --check specs/

fmt: $(READY) ## Sort imports, fix what is safe to fix, format
	$(PYTHON) -m ruff check --fix $(OURS)
	$(PYTHON) -m ruff format $(OURS)

zoo: $(READY) ## Regenerate specs/*/ after a change of output; review with git diff
	.venv/bin/snnc build specs/

docs: $(READY) ## Regenerate docs/reference/ and the editor's schema of specs
	$(PYTHON) -m snnc.reference_pages docs/reference
	.venv/bin/snnc schema -o specs/snnc.schema.json

site: $(READY) ## Run the tutorials and build the documentation as a site, build/site/html
	OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} $(PYTHON) -m tools.site $(REPOSITORY:%=--repository %)

page: $(READY) ## Open a report page in Chromium and check it; FILES="a.html b.html"
	$(PYTHON) -m tools.page $(FILES)

demo: $(READY) ## Build specs/digits_conv.snn.toml and train it with three seeds
	.venv/bin/snnc build specs/digits_conv.snn.toml
	$(PYTHON) benchmarks/demo.py

bench: $(READY) ## Measure: one layer, recurrence, memory, other libraries (ARGS="W1 --rounds 3")
	$(PYTHON) benchmarks/neuron.py
	$(PYTHON) benchmarks/recurrent.py
	$(PYTHON) benchmarks/memory.py specs/conv_fmnist.snn.toml
	$(PYTHON) -m benchmarks.peers $(ARGS)

release: $(READY) ## Build and check what would be published, and print what is left to do
	$(PYTHON) -m tools.release $(ARGS)

clean: ## Remove caches and build output; .venv stays
	rm -rf build dist .coverage* .mypy_cache .pytest_cache .ruff_cache specs/.ruff_cache .hypothesis .import_linter_cache
	find $(OURS) specs templates -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "snnc needs Python 3.11 or newer, and $(PYTHON3) is $$($(PYTHON3) --version 2>&1 | head -n 1)." \
	    "Name another one: make setup PYTHON3=python3.13"; exit 1; }
	@echo "Installing pinned tools into .venv (torch is large: this takes minutes the first time)"
	$(PYTHON3) -m venv .venv
	$(PYTHON) -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	$(PYTHON) -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
