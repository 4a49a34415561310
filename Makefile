# Two commands are enough: `make demo` shows Hedgerow at work, `make test` runs every test.
# Nothing is installed outside .venv; each stamp is named after the content it stands for, so a second run is quick.
# Bash is not needed; any POSIX shell will do.

PYTHON ?= python3
JOBS ?= 2
ACCOUNTS ?= 2000
MONTHS ?= 24
SEED ?= 7
DEMO := demo-home
VENV := .venv
BIN := $(VENV)/bin
H := $(BIN)/hedgerow
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

core_key := $(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
dev_key := $(shell cat requirements-dev.lock pyproject.toml | cksum | cut -d' ' -f1)
CORE := $(VENV)/core-$(core_key).stamp
DEV := $(VENV)/dev-$(dev_key).stamp

.PHONY: help demo test lint engines bench docs lock clean
.DELETE_ON_ERROR:

help:
	@echo "make demo     create .venv, generate the demo company, compute its revenue, show it"
	@echo "make test     all tests but those of other engines"
	@echo "make lint     ruff, mypy, import-linter, portable SQL"
	@echo "make engines  equality to the cent on ClickHouse (chdb), Spark and PostgreSQL"
	@echo "make bench    speed and memory against a floor and against pandas (BENCH_ACCOUNTS=10000 for a short one)"
	@echo "make docs     write the generated reference pages and the picture of the README"
	@echo "make lock     resolve the lock files anew"
	@echo "make clean    remove .venv, the demo company and all caches"

$(BIN)/python:
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)"

$(CORE): | $(BIN)/python
	@echo "Installing what requirements.lock lists ..."
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): | $(BIN)/python
	@echo "Installing what requirements-dev.lock lists ..."
	@$(PIP) -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# The demo company contains planted mistakes, so its import refuses rows and leaves with 1. That is the expected answer
# here; 0 would mean that the mistakes were not found, and anything above 1 that the import did not happen.
demo: $(CORE)
	@$(H) demo $(DEMO)/source --accounts $(ACCOUNTS) --months $(MONTHS) --seed $(SEED)
	@$(H) import contract $(DEMO)/source --source demo --home $(DEMO); code=$$?; \
	if [ $$code -eq 1 ]; then \
	  echo "The rows refused above were planted: a demo company makes mistakes too. The good rows went on."; \
	elif [ $$code -eq 0 ]; then \
	  echo "make demo: no row was refused, but the demo company contains bad rows: validation is broken" >&2; exit 1; \
	else exit $$code; fi
	@$(H) run --home $(DEMO)
	@sh tools/next_steps.sh "$(H)" "$(DEMO)"

test: $(DEV)
	@$(BIN)/python -m pytest -n $(JOBS) -m "not engines" $(PYTEST_ARGS)

engines: $(DEV)
	@$(BIN)/python -m pytest -m engines $(PYTEST_ARGS)

# All four speak before it fails, never the first only.
lint: $(DEV)
	@failed=0; \
	echo "ruff"; $(BIN)/ruff check src tests tools bench || failed=1; \
	echo "mypy --strict"; $(BIN)/python -m mypy --strict -p hedgerow.kernel -p hedgerow.core || failed=1; \
	echo "import-linter"; $(BIN)/lint-imports --no-logo || failed=1; \
	echo "portable SQL"; $(BIN)/python -m hedgerow.warehouse.subset || failed=1; \
	exit $$failed

bench: $(DEV)
	@$(BIN)/python bench/bench.py

docs: $(DEV)
	@$(BIN)/python tools/docs.py
	@mkdir -p docs/images; if [ -e $(DEMO)/current ]; then \
	  $(H) revenue movements --home $(DEMO) --chart docs/images/mrr.svg > /dev/null && echo "docs/images/mrr.svg"; \
	else echo "No demo company here, so docs/images/mrr.svg stays as it is; make demo builds one."; fi

lock: $(DEV)
	@$(BIN)/python tools/lock.py

clean:
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
