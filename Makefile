# Each target stands alone on a bare machine with Python and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE := # what is compiled is kept: a test run begins some fifty processes

.DEFAULT_GOAL := help
.PHONY: help demo test check regen bench chaos model mutate lock clean chromium

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(READY) ## a Slack and a Coupontools on this machine, and Vouchdesk between them
	@$(BIN)/vouchdesk demo

test: $(READY) chromium ## every test, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -q -n 4 --dist worksteal

check: $(READY) chromium ## style, types, import contracts, tests, nothing left to regenerate
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n 4 --dist worksteal

regen: $(READY) ## write the generated files anew: manifest, docs/actions.md, snapshots
	@$(BIN)/python -m bot.manifest
	@$(BIN)/python -m bot.handbook
	@UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/catalog

chaos: $(READY) ## kill it at every place and a thousand times at random (20 minutes); prints what came of it
	@$(BIN)/python -m tests.chaos

bench: $(READY) ## every figure against its baseline, one JSON object a line; a quiet machine, please
	@$(BIN)/python -m bench

model: $(READY) ## play the model of requests for long, on both databases (an hour or two)
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -q -x tests/model

mutate: $(READY) ## weaken what decides, one place at a time; some test has to notice
	@nice -n 5 $(BIN)/python -m tests.mutation

lock: $(READY) ## pin every dependency anew, with hashes
	@$(BIN)/pip-compile -q --upgrade --extra dev --allow-unsafe --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		-o requirements.lock pyproject.toml

clean: ## remove what the other targets made
	rm -rf $(VENV) build artifacts *.egg-info

chromium:
	@command -v chromium >/dev/null \
		|| { echo "Missing: a browser for the tests. On Debian or Ubuntu: apt-get install -y chromium"; exit 1; }

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Missing: the venv module. On Debian or Ubuntu: apt-get install -y python3-venv"; exit 1; }
	@echo "Setting up (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
