# Every target does its own set-up: only Python >= 3.11 with venv and a package index are needed.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?=

.PHONY: help demo test check lint types contracts cycles bench clean

help: ## What there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

# The stamp is newer than pyproject.toml exactly when the environment has what it asks for.
$(VENV)/.stamp: pyproject.toml
	@test -n "$(PYTHON)" || { echo "isg needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.stamp ## Index real code, ask it questions, start again warm
	@$(BIN)/python -m bench.demo

test: $(VENV)/.stamp ## The whole test suite
	@$(BIN)/python -m pytest

lint: $(VENV)/.stamp ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.stamp ## mypy, strict
	@$(BIN)/mypy

contracts: $(VENV)/.stamp ## import-linter: who may import whom
	@$(BIN)/lint-imports --config pyproject.toml

cycles: $(VENV)/.stamp ## isg check: import cycles in this tree
	@$(BIN)/isg check . --cache-dir $(VENV)/isg-cache

check: lint types contracts cycles test ## All that CI runs

bench: $(VENV)/.stamp ## The table of docs/benchmark.md; CORPUS="path or name==version ..."
	@$(BIN)/python -m bench $(CORPUS)

clean: ## Remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
