# Two commands: `make demo` installs and shows a city's year, `make test` installs and runs the tests.
# `make demo-month` shows the small month of data that ships with a region.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo demo-month test fast lint clean

$(VENV)/.installed: pyproject.toml requirements/locked.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.test: $(VENV)/.installed requirements/locked-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked-test.txt
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m engine.demo

demo-month: $(VENV)/.installed
	$(BIN)/python -m engine.demo --month

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 2

fast: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not slow"

lint: $(VENV)/.test
	$(BIN)/ruff check engine tests benchmarks
	$(BIN)/ruff format --check engine tests benchmarks
	$(BIN)/mypy

clean:
	rm -rf $(VENV) out build dist
