# make demo | test | soundness | lint | check | bench: each makes its own virtual environment first. PYTHON=python3.12 chooses another Python.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test soundness lint check bench generate install clean

help:
	@echo "make demo      the shop on a real PostgreSQL, from an empty folder to tables of results"
	@echo "make test      every test"
	@echo "make soundness  the long run of random statements against what describe declares: minutes"
	@echo "make lint      ruff, mypy, pyright, import contracts"
	@echo "make check     query files, database and generated modules agree"
	@echo "make generate  write the generated modules again"
	@echo "make bench     the ratios we promise, measured"

demo: install
	@$(BIN)/python -m shop.demo

test: install
	@$(BIN)/python -m pytest

# On the embedded server, or on the one that PLAINSQL_TEST_DATABASE_URL names.
soundness: install
	@$(BIN)/python -m pytest -m soundness -s tests/test_soundness.py

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pyright
	@$(BIN)/lint-imports

check: install
	@$(BIN)/plainsql check
	@$(BIN)/plainsql check $(OWN)

generate: install
	@$(BIN)/plainsql generate --force
	@$(BIN)/plainsql generate --force $(OWN)

bench: install
	@$(BIN)/python -m bench

# The toolkit's own SQL goes through its own generator.
OWN := --queries src/plainsql/sql --output src/plainsql/queries --package plainsql.queries --migrations src/plainsql/templates/tables

install: preflight .venv/installed

.PHONY: preflight
preflight:
	@PREFLIGHT_GOAL="$(firstword $(MAKECMDGOALS))" $(PYTHON) tools/preflight.py

.venv/installed: pyproject.toml
	@echo "installing into .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch .venv/installed

clean:
	rm -rf .venv .plainsql build dist
