.DEFAULT_GOAL := list
PYTHON ?= python

.PHONY: list test campaign mutants lint fix docs bench performance reproduce

list: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

test: ## run the tests
	$(PYTHON) -m pytest -n auto

campaign: ## run the campaign: hostile files, words, kills and full disks (some minutes)
	$(PYTHON) -m pytest -n auto -m campaign

mutants: ## put faults into the code and count those that tests notice: ROOM=sessions [COUNT=25]
	$(PYTHON) -m tools.mutants $(ROOM) --count $(or $(COUNT),200)

lint: ## check style, types, allowed imports and the reference page
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) docs/reference.py --check

fix: ## format the code and apply the safe fixes
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: ## write docs/commands.md and the keys in docs/prompt.md
	$(PYTHON) docs/reference.py

bench: ## compare with other programs, write benchmarks/RESULTS.md
	$(PYTHON) -m benchmarks

performance: ## measure memory and speed by size, write docs/performance.md
	$(PYTHON) -m benchmarks.scaling
	$(PYTHON) -m benchmarks.performance

reproduce: ## train a recipe and print its losses: RECIPE=dinosaurs [CORPUS=mine.txt]
	$(PYTHON) -m tools.reproduce $(RECIPE) $(CORPUS)
