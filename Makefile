# matgenes on a fresh machine: Python 3.11 or newer (with venv) and make are all that is needed.
#
#   make demo     set up, then run the main job on the built-in data     make lint    style and types
#   make test     set up, then run the fast tests                        make docs    the documentation, offline
#   make test-slow    the tests that take longer                         make bench   measure every bar
#   make test-gpu     the accelerator's kernels, interpreted (3 GB more, in .venv-gpu)
#   make test-exchange    crates and OPTIMADE, judged by other people's validators (in .venv-judges)
#   make setup    only set up the environment in .venv                   make clean   remove what the others made
#
# Another Python: make demo PYTHON=python3.12. Another folder: make demo VENV=/somewhere/env.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PINS := pyproject.toml constraints.txt
GPU := $(VENV)-gpu
JUDGES := $(VENV)-judges

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-gpu test-exchange lint docs bench clean

help:
	@sed -n '3,8s/^# *//p' Makefile

setup: $(VENV)/.core

# An environment is made once and made fit again when the project's pins change; the stamps remember what it holds.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "'$(PYTHON)' is $$($(PYTHON) --version 2>&1); matgenes needs 3.11 or newer. Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' has no venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Making an environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.core: $(BIN)/python $(PINS)
	@echo "Installing matgenes and its libraries (about 1.2 GB, once; a few minutes) ..."
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.core
	@echo "Installing what the tests need (once) ..."
	@$(INSTALL) -e '.[test]'
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@echo "Installing what linting and the documentation need (once) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.test

# PyTorch stands apart: it is large, and the rest must work without it.
$(GPU)/.test: $(BIN)/python $(PINS)
	@echo "Installing PyTorch and Triton into $(GPU) (once) ..."
	@$(PYTHON) -m venv $(GPU)
	@$(GPU)/bin/python -m pip install --quiet --disable-pip-version-check 'torch==2.13.0'
	@$(GPU)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[gpu]' pytest pytest-timeout hypothesis
	@touch $@

# The judges of crates and servers ask for older versions of what the rest uses.
$(JUDGES)/.test: $(BIN)/python $(PINS)
	@echo "Installing the validators of crates and OPTIMADE's server into $(JUDGES) (once) ..."
	@$(PYTHON) -m venv $(JUDGES)
	@$(JUDGES)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[judges]' pytest pytest-timeout hypothesis
	@touch $@

demo: $(VENV)/.core
	@$(BIN)/matgenes demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

test-gpu: $(GPU)/.test
	$(GPU)/bin/python -m pytest -m "" tests/sisso/test_gpu*.py tests/models/test_deep_ensemble.py

test-exchange: $(JUDGES)/.test
	$(JUDGES)/bin/python -m pytest -m "" tests/records/exchange tests/data/test_optimade.py

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html"

bench: $(VENV)/.core
	@mkdir -p benchmarks/results
	@for script in benchmarks/*/bench_*.py; do \
	  $(BIN)/python $$script --json benchmarks/results/$$(basename $$script .py).json || exit 1; \
	done

clean:
	rm -rf build dist matgenes-demo docs/_build docs/gallery docs/api/generated docs/sg_execution_times.rst benchmarks/results
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks examples docs -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "The environment stays; remove it with: rm -rf $(VENV)"
