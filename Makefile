# Two commands do all the set-up on a fresh machine: `make up` and `make test`. README.md says the rest.
PYTHON ?= python3
STACK ?= dev
PY := .venv/bin/python
RUNTIME_TOOLS := pulumi etcd kube-apiserver kube-controller-manager kube-scheduler kwok kubectl
TEST_TOOLS := actionlint prometheus promtool alertmanager amtool otelcol alloysyntax kube-state-metrics node_exporter

.PHONY: help up down status preview test check lint types unit fmt bench requirements docs runtime development clean
.DEFAULT_GOAL := help

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

runtime:
	@$(PYTHON) bootstrap.py requirements.txt --tools $(RUNTIME_TOOLS)

development:
	@$(PYTHON) bootstrap.py requirements-dev.txt --tools $(RUNTIME_TOOLS) $(TEST_TOOLS)

up: runtime  ## Deploy STACK (dev) to the embedded sandbox with the real engine
	@$(PY) -m automation up $(STACK) --sandbox

preview: runtime  ## Preview STACK (dev) in the embedded sandbox
	@$(PY) -m automation preview $(STACK) --sandbox

status: runtime  ## Show what is deployed, its health and the sandbox's processes
	@$(PY) -m automation status $(STACK) --sandbox
	@$(PY) -m sandbox status

down: runtime  ## Destroy STACK in the sandbox, then stop the sandbox: no object and no process is left
	@$(PY) -m automation destroy $(STACK) --sandbox
	@$(PY) -m sandbox stop

test: check  ## Everything: lint, types, unit, contract, sandbox and real-server tests
	@$(PY) -m pytest -n 2 --dist loadfile tests/contract tests/sandbox tests/servers

check: lint types unit  ## Before each commit: lint, types, unit tests

lint: development
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .

types: development
	@.venv/bin/pyright

unit: development
	@$(PY) -m pytest tests/unit -n 2 -q

fmt: development  ## Format and fix
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

docs: development  ## Generate what is generated in docs/
	@$(PY) -m infra.settings.schema

bench: development  ## Measure the program against a flat one and kubectl, and previews of the clouds; writes docs/benchmarks.md
	@$(PY) -m benchmarks

requirements: development  ## Compile requirements*.in to the pinned requirements*.txt
	@$(PY) -m pip install -q uv==0.13.9
	@for part in requirements requirements-dev; do \
	  .venv/bin/uv pip compile -q --python-version 3.11 --no-annotate --no-header $$part.in -o $$part.txt; done

clean:  ## Remove the virtual environment; state and caches stay
	rm -rf .venv
