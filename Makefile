# Gerencia. `make up` starts everything on this machine; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help up test soak check format bench docs schemas lock hooks clean

BIN := .venv/bin
UP ?=
TEST ?=

help:  ## What there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

up: bootstrap  ## Install what is needed and start everything; Ctrl-C stops it (UP="--port 8080")
	@exec $(BIN)/gerencia up $(UP)

test: bootstrap  ## The whole suite; no server has to run (TEST="-k ageing")
	$(BIN)/python -m pytest -m "not soak" $(TEST)

soak: bootstrap  ## Kill programs for as long as told (GERENCIA_SOAK_KILLS=200)
	$(BIN)/python -m pytest -m soak tests/resilience $(TEST)

check: bootstrap  ## Lint, format, types, imports, contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m contracts.generate --check
	$(BIN)/python -m contracts.compatibility

format: bootstrap  ## Format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: bootstrap  ## Measure, as ratios against the raw parts in the same run
	$(BIN)/python -m bench

docs: bootstrap schemas  ## Schemas, samples and the rule book, from the code
	$(BIN)/python docs/rules.py

schemas: bootstrap  ## Schemas and samples of the events, from the models
	$(BIN)/python -m contracts.generate

lock:  ## Write requirements.lock anew, with the newest versions that fit
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export --quiet --no-emit-workspace --all-packages --no-header \
		--output-file requirements.lock

hooks: bootstrap  ## Check before each commit
	$(BIN)/pre-commit install

clean:  ## Remove the environment and what tools keep; the data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: bootstrap
bootstrap:
	@deploy/bootstrap
