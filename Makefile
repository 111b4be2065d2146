# Everything a developer does here, one word each. Needs Python 3.11 or later, git, Node 20 or later and make.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 3
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What `make test` runs of the longest parts, always the same; `make test-all` sets both to everything.
SHARE := $(shell $(PYTHON) tools/client_envs.py --share)
PART := 0/6

.PHONY: demo test test-all quick lint types bench envs conformance mutants references clean

# The main job on the example that ships with the project.
demo: $(BIN)/.ready
	agentcore-connect plan examples/support-desk/answers.yaml --out build/connect --force
	@echo "The files are in build/connect; begin with build/connect/plan.md."

# All tests, against the real tools, which it fetches first. Closes with the number of tests that passed.
test: envs lint types
	CONNECT_REQUIRE_ENVS=1 CONNECT_ENVS="$(SHARE)" CONNECT_SHARE=$(PART) pytest -n $(JOBS) --dist worksteal -q

# Really everything: every framework, every probe of the CLI, every run that `make test` takes a sixth of.
test-all: lint types
	$(MAKE) test PART=0/1 SHARE="$$($(BIN)/python tools/client_envs.py --list | tr '\n' ' ')"

# What needs no real tools: the engine, the gate, the readers.
quick: $(BIN)/.ready
	pytest -n $(JOBS) -q -m "not realcli and not envs and not terminal and not conformance"

lint: $(BIN)/.ready
	ruff check .
	ruff format --check .
	lint-imports --no-cache
	python tools/check_knowledge.py
	python tools/check_style.py

types: $(BIN)/.ready
	mypy

# Everything that can be emitted, through the real tools. Prints its counts at the end.
conformance: envs
	CONNECT_REQUIRE_ENVS=1 CONNECT_ENVS="$(SHARE)" pytest -n $(JOBS) --dist worksteal -q tests/conformance

# Files that are wrong in one way, and the check that catches each: the counts are at the end.
mutants: envs
	CONNECT_REQUIRE_ENVS=1 CONNECT_ENVS="$(SHARE)" pytest -n $(JOBS) --dist worksteal -q tests/mutants

# Whole-process ratios and the engine's own speed.
bench: envs
	python tools/benchmark.py

# The real CLI, the frameworks, the public API documents: each in a place of its own.
envs: $(BIN)/.ready .venvs/skill-tests/.ready
	python tools/agentcore_cli.py
	python tools/client_envs.py $(SHARE)
	python tools/node_env.py
	python tools/fetch_specs.py

# What is generated from the knowledge: the skill's references, its manifests, the answers' schema.
references: $(BIN)/.ready
	python tools/answers_schema.py
	python tools/references.py
	python tools/older_guides.py
	python tools/cli_options.py

clean:
	rm -rf .venv .venvs .cache build dist

$(BIN)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venvs/skill-tests/.ready: requirements/skill-tests.txt $(BIN)/.ready
	uv venv -q --clear .venvs/skill-tests
	uv pip install -q --python .venvs/skill-tests --require-hashes -r requirements/skill-tests.txt
	@touch $@
