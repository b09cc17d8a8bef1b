# `make corpus` makes a verified corpus, `make test` runs the tests; both install what they need into .venv.
PYTHON ?= python3
WORKERS ?=
FUZZ_SECONDS ?= 300
BIN := .venv/bin

COMPILED_TESTS := $(addprefix tests/test_,$(addsuffix .py,verify answers expression assembly styles corpus countdown puzzles))

.PHONY: corpus test lint types bench compiled proofs suite adapters fuzz cards clean

corpus: .venv/gamegen
	$(BIN)/gamegen generate corpus --preset countdown-small --resume $(if $(WORKERS),--workers $(WORKERS))

test: .venv/test
	$(BIN)/python -m pytest -n auto

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

bench: .venv/gamegen
	$(BIN)/python benchmarks/speed/rows.py

# The hot modules compiled by mypyc, in an environment of their own: that they make the same bytes, and how fast.
compiled: .venv-compiled/gamegen .venv/gamegen
	$(BIN)/python benchmarks/speed/digests.py --compare .venv-compiled/bin/python
	.venv-compiled/bin/python -P -m pytest $(COMPILED_TESTS)
	$(BIN)/python benchmarks/speed/rows.py
	.venv-compiled/bin/python benchmarks/speed/rows.py

# The sizes that CI makes smaller: 200,000 rows without a leak, 10,000 rows with the same first 1,000, 10,000 of each style and dial.
proofs: .venv/test
	GAMEGEN_FULL=1 $(BIN)/python -m pytest -n auto

# The eval suite made again, which must be the one that ships, and its external tasks with the package that scores them.
suite: .venv/external
	rm -rf build/suite
	$(BIN)/gamegen suite build build/suite --check
	$(BIN)/python -m pytest tests/test_external.py
	$(BIN)/python benchmarks/external/scores.py

# The suite in the harnesses of others, each in an environment of its own, from wheels: the tests of all adapters, which run the
# commands of the harness that is there on a few items of each split, without a network.
HARNESSES := inspect lm-eval verifiers reasoning-gym
OF_inspect := '.[external,inspect]' openai
OF_lm-eval := '.[external,lm-eval]'
OF_verifiers := '.[external]' ./benchmarks/verifiers_gamegen
OF_reasoning-gym := '.[external]'

adapters: $(HARNESSES:%=.venv-adapters/%/tested)

.venv-adapters/%/tested: .venv-adapters/%/gamegen tests/test_adapters.py tests/loopback.py
	cd tests && ../.venv-adapters/$*/bin/python -P -m pytest -rs test_adapters.py
	@touch $@

.venv-adapters/%/gamegen: pyproject.toml $(shell find gamegen verifiers benchmarks -name '*.py' -o -name '*.yaml')
	$(PYTHON) -m venv .venv-adapters/$*
	.venv-adapters/$*/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	.venv-adapters/$*/bin/python -m pip install --quiet --disable-pip-version-check pytest $(OF_$*)
	@touch $@

.PRECIOUS: .venv-adapters/%/gamegen

# A search for texts on which the verifier raises, from completions of our own on; what it finds is kept in build/.
fuzz: .venv/fuzz
	@mkdir -p build
	$(BIN)/python tests/fuzz/verdicts.py build/fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -artifact_prefix=build/

# The data cards of the presets (from their corpora, which takes some minutes) and of the suite, and the gallery, after a change of
# the wording, of the cards or of what is made.
PRESETS := $(basename $(notdir $(wildcard gamegen/presets/*.yaml)))

cards: $(addprefix build/cards/,$(PRESETS))
	cp benchmarks/gamegen_benchmarks/snapshot/README.md data_cards/transfer-suite.md
	$(BIN)/gamegen gallery --set trace.backtracks=2 --set trace.checks=0.15 > data_cards/gallery.md

build/cards/%: .venv/gamegen $(shell find gamegen verifiers -name '*.py' -o -name '*.yaml' -o -name '*.md')
	$(BIN)/gamegen generate $@ --preset $* --overwrite --json | $(BIN)/python -c \
	  'import json, sys; made = json.load(sys.stdin); del made["shards"]; print(json.dumps(made, indent=1))' > data_cards/$*.json
	cp $@/README.md data_cards/$*.md

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

.venv/external: .venv/test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .[external]
	@touch $@

.venv/fuzz: .venv/gamegen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .[fuzz]
	@touch $@

.venv-compiled/gamegen: pyproject.toml hatch_build.py $(shell find gamegen verifiers -name '*.py' -o -name '*.yaml')
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv-compiled
	GAMEGEN_COMPILE=1 .venv-compiled/bin/python -m pip install --quiet --disable-pip-version-check .[test]
	@touch $@

clean:
	rm -rf .venv .venv-compiled .venv-adapters corpus build dist
