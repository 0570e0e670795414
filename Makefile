# The same commands for contributors and for CI; `make` alone lists them.

PYTHON ?= python3
# How long each fuzz target runs.
FUZZ_SECONDS ?= 600
# How long the soak takes.
SOAK_SECONDS ?= 3600

VENV := .venv
BIN := $(VENV)/bin
# Stamps: what is installed in the environment is as new as pyproject.toml and setup.py say.
READY := $(VENV)/.ready
READY_FUZZ := $(VENV)/.ready-fuzz
READY_BENCH := $(VENV)/.ready-bench
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

CARAWAY := $(BIN)/python -m caraway
GENERATE := $(CARAWAY) proto build
DOCS := $(CARAWAY) proto doc

# What exists of these: not every folder has to.
TESTS := $(wildcard tests/unit tests/property tests/vectors tests/conformance tests/arch)
TYPED := $(wildcard src tests/typing benchmarks examples fuzz scripts setup.py)
BENCHMARKS := $(filter-out benchmarks/_%,$(wildcard benchmarks/*.py))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check docs-check interop interop-long soak bench fuzz docs generate agent coverage clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables: PYTHON=$(PYTHON) FUZZ_SECONDS=$(FUZZ_SECONDS) SOAK_SECONDS=$(SOAK_SECONDS)"

$(READY): pyproject.toml setup.py
	@scripts/prerequisites.sh "$(PYTHON)"
	@echo "Setting up $(VENV) with $$("$(PYTHON)" --version); this takes a minute"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@

$(READY_FUZZ): $(READY)
	@echo "Installing the fuzzer"
	@$(PIP_INSTALL) --editable '.[fuzz]'
	@touch $@

$(READY_BENCH): $(READY)
	@echo "Installing wsgidav, to compare with"
	@$(PIP_INSTALL) --editable '.[bench]'
	@touch $@

demo: $(READY) ## share a folder through a whole session, and move files through it
	@$(BIN)/python examples/share_folder.py

test: $(READY) ## run the tests that need nothing but Python
	@$(BIN)/python -m pytest --quiet --doctest-modules src/caraway $(TESTS)

check: $(READY) ## lint, types, import contracts, generated files: what CI insists on
	@echo "ruff: lint and format"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@echo "mypy --strict"
	@$(BIN)/mypy $(TYPED)
	@echo "import contracts"
	@$(BIN)/lint-imports --no-logo
	@echo "changelog fragments"
	@$(BIN)/python scripts/changelog.py check
	@echo "generated code is current"
	@$(GENERATE) --check
	@$(MAKE) --no-print-directory docs-check

docs-check: $(READY)
	@echo "generated documentation is current"
	@$(DOCS) --check

interop: $(READY) ## run the tests against real peers and tools, all of which must be there
	@$(BIN)/python scripts/preflight.py
	@$(BIN)/python -m pytest --quiet -m 'not long' tests/interop

interop-long: $(READY) ## run those of these tests that take long
	@$(BIN)/python scripts/preflight.py
	@$(BIN)/python -m pytest --quiet -m long tests/interop

soak: $(READY) ## share a folder for SOAK_SECONDS among random faults; see scripts/soak.py
	@$(BIN)/python -m scripts.soak --seconds $(SOAK_SECONDS)

bench: $(READY_BENCH) ## run the benchmarks; takes three quarters of an hour
	@set -e; for benchmark in $(BENCHMARKS); do echo "$$benchmark"; $(BIN)/python "$$benchmark"; done

fuzz: $(READY_FUZZ) ## run each fuzz target for FUZZ_SECONDS
	@$(BIN)/python fuzz/seed.py
	@$(BIN)/python scripts/fuzz.py --seconds $(FUZZ_SECONDS)

generate: $(READY) ## write the message classes from their descriptions
	@$(GENERATE)

agent: ## build dist/caraway-agent.pyz, the agent for virtual machines as one file
	@"$(PYTHON)" scripts/build_agent.py

docs: $(READY) ## write the protocol reference below docs/
	@$(DOCS)

coverage: $(READY) ## run the tests and list the lines and branches they miss
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --quiet $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

clean: ## remove the environment and everything built; fuzz findings stay
	rm -rf $(VENV) build dist src/*.egg-info .coverage* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests scripts benchmarks examples fuzz -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
