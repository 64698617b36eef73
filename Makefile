# Every target does its own set-up: only Python >= 3.11 with venv and a package index are needed.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?=

.PHONY: help demo test editors check lint types contracts cycles vscode workbench bench clean

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

# An index need not have these programs: then their tests are skipped, and say so by name.
editors: $(VENV)/.stamp ## The tests in real editors, which are installed where there is a wheel for them
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[editors]' \
		|| echo "make editors: no Neovim could be installed" >&2
	@tests/editors/programs.sh
	@$(BIN)/python -m pytest tests/editors

lint: $(VENV)/.stamp ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.stamp ## mypy, strict
	@$(BIN)/mypy

contracts: $(VENV)/.stamp ## import-linter: who may import whom
	@$(BIN)/lint-imports --config pyproject.toml

cycles: $(VENV)/.stamp ## isg check: import cycles in this tree
	@cache=$$(mktemp -d) && { $(BIN)/isg check . --cache-dir "$$cache"; code=$$?; rm -rf "$$cache"; exit $$code; }

vscode: $(VENV)/.stamp ## The VS Code extension: types, lint, unit tests, packages with and without isg in them
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then \
		echo "skipped: the VS Code extension: no npm with Node 20 or newer"; \
	elif ! (cd editors/vscode && timeout 60 npm ping >/dev/null 2>&1); then \
		echo "skipped: the VS Code extension: npm's registry can't be reached"; \
	else cd editors/vscode && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check \
		&& npm run --silent lint && npm test --silent && npm run --silent package && "$(CURDIR)/$(BIN)/python" bundle.py; fi

# Installs code-server and Chromium where it can (editors/vscode/test/host/workbench.sh); some minutes the first time.
workbench: $(VENV)/.stamp ## The extension in a real VS Code
	@[ -d editors/vscode/node_modules ] || $(MAKE) --no-print-directory vscode
	@if [ -d editors/vscode/node_modules ]; then editors/vscode/test/host/workbench.sh "$$PWD/$(BIN)/python"; \
	else echo "skipped: the tests in VS Code: no extension to test"; fi

check: lint types contracts cycles vscode test editors workbench ## All that CI runs

bench: $(VENV)/.stamp ## The table of docs/benchmark.md; CORPUS="path or name==version ..."
	@$(BIN)/python -m bench $(CORPUS)

clean: ## Remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
