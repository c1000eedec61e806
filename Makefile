# Two commands: `make demo` installs and shows a city's year, `make test` installs and runs the tests; it says at the end
# which databases it found no server for. `make test-all` wants them all.
# `make demo-month` shows the small month of data that ships with a region.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled once, whatever the shell says, not by each of the thousand processes that tests start.
export PYTHONDONTWRITEBYTECODE :=

# For a machine without internet: `make wheels` fills WHEELS with the package and all that it and EXTRAS need, as locked.
WHEELS := wheels
EXTRAS := postgresql,mariadb,spark

.PHONY: demo demo-month wheels test test-all fast lint clean

$(VENV)/.installed: pyproject.toml requirements/locked.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.test: $(VENV)/.installed requirements/locked-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked-test.txt
	touch $@

$(VENV)/.engines: $(VENV)/.test requirements/locked-engines.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked-engines.txt
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m engine.demo

demo-month: $(VENV)/.installed
	$(BIN)/python -m engine.demo --month

wheels: $(VENV)/.installed
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --wheel-dir $(WHEELS) \
	    $(addprefix --constraint ,$(wildcard requirements/locked*.txt)) '.[$(EXTRAS)]'

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 2

# Nothing left out: wants PostgreSQL (initdb), MariaDB (mariadbd) and Java on the machine; .ci/run sees to all three.
test-all: $(VENV)/.engines lint
	CASEMIX_LEAVE_NOTHING_OUT=1 $(BIN)/python -m pytest -n 2
	CASEMIX_ENGINES=spark $(BIN)/python -m pytest -q tests/regions/test_same_on_every_engine.py
	CASEMIX_ENGINES=mariadb $(BIN)/python -m pytest -n 2 tests/regions/test_same_on_every_engine.py -k "xuancheng or yunxi"
	CASEMIX_ENGINES=mariadb $(BIN)/python -m pytest -n 2 tests/language/test_conformance.py -k mariadb

# The heart: examples of the regions, the language, checks and messages, with the engines that are always there.
fast: $(VENV)/.test
	CASEMIX_ENGINES=duckdb $(BIN)/python -m pytest -n 2 -m "not slow"

lint: $(VENV)/.test
	$(BIN)/ruff check engine tests benchmarks
	$(BIN)/ruff format --check engine tests benchmarks
	$(BIN)/mypy

clean:
	rm -rf $(VENV) out build dist $(WHEELS)
