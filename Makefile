# Two commands: `make demo` installs and shows a city's year, `make test` installs and runs the tests; it says at the end
# which databases it found no server for. `make test-all` wants them all.
# `make workbench` installs and opens the workbench in a browser, on a demonstration city with data.
# `make demo-month` shows the small month of data that ships with a region.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled once, whatever the shell says, not by each of the thousand processes that tests start.
export PYTHONDONTWRITEBYTECODE :=

# For a machine without internet: `make wheels` fills WHEELS with the package and all that it and EXTRAS need, as locked.
WHEELS := wheels
EXTRAS := postgresql,mariadb,spark,lsp,workbench

.PHONY: demo demo-month workbench wheels test test-all fast digests lint clean

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

$(VENV)/.workbench: $(VENV)/.installed requirements/locked-workbench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/locked-workbench.txt
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m engine.demo

demo-month: $(VENV)/.installed
	$(BIN)/python -m engine.demo --month

# The folder that the workbench opens, with regions of its own that may be changed, and made-up data of them.
DESK := workbench
$(DESK)/.made: | $(VENV)/.workbench
	rm -rf $(DESK)/数据
	mkdir -p $(DESK)/regions
	cp -R regions/yunxi-demo regions/jiyuan-demo regions/jiyuan $(DESK)/regions/
	$(BIN)/casemix synth yunxi-demo --cases 20000 --period 2025 --out $(DESK)/数据/yunxi-demo
	touch $@

workbench: $(VENV)/.workbench $(DESK)/.made
	$(BIN)/casemix workbench $(DESK)

wheels: $(VENV)/.installed
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --wheel-dir $(WHEELS) \
	    $(addprefix --constraint ,$(wildcard requirements/locked*.txt)) '.[$(EXTRAS)]'

# Tests of a file stay together on one of the two, so that what they share is made once; who is done takes from the other.
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal

test: $(VENV)/.test lint
	$(PYTEST)

# Nothing left out, every engine in one run: wants PostgreSQL (initdb), MariaDB (mariadbd) and Java; .ci/run sees to them.
test-all: $(VENV)/.engines lint
	CASEMIX_LEAVE_NOTHING_OUT=1 $(PYTEST)

# The heart: examples of the regions, the language, checks and messages, with the engines that are always there.
fast: $(VENV)/.test
	CASEMIX_ENGINES=duckdb $(PYTEST) -m "not slow"

# docs/digests.md anew: every region's year on every engine that there is (some fifteen minutes of two quiet cores).
digests: $(VENV)/.engines
	$(BIN)/python -m benchmarks engines --page docs/digests.md

lint: $(VENV)/.test
	$(BIN)/ruff check engine tests benchmarks
	$(BIN)/ruff format --check engine tests benchmarks
	$(BIN)/mypy

clean:
	rm -rf $(VENV) out build dist $(WHEELS)  # what was edited in $(DESK) stays
