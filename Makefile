# `make corpus` makes a verified corpus, `make test` runs the tests; both install what they need into .venv.
PYTHON ?= python3
WORKERS ?=
BIN := .venv/bin

.PHONY: corpus test lint types bench proofs cards clean

corpus: .venv/gamegen
	$(BIN)/gamegen generate corpus --preset countdown-small --resume $(if $(WORKERS),--workers $(WORKERS))

test: .venv/test
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

bench: .venv/gamegen
	$(BIN)/python benchmarks/speed/rows.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/gamegen: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/test: .venv/gamegen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .[test]
	@touch $@

.venv/dev: .venv/gamegen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .[dev]
	@touch $@

clean:
	rm -rf .venv corpus build dist
