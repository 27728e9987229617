.DEFAULT_GOAL := list
PYTHON ?= python

.PHONY: list test lint fix docs bench performance reproduce

list: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

test: ## run the tests
	$(PYTHON) -m pytest -n auto

lint: ## check style, types and floors, and that the reference page is current
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) docs/reference.py --check

fix: ## mend what can be mended without thinking
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: ## make the reference page from the table of commands
	$(PYTHON) docs/reference.py

bench: ## measure, side by side, into benchmarks/RESULTS.md
	$(PYTHON) -m benchmarks

performance: ## measure how memory and speed go with size, and draw docs/performance.md
	$(PYTHON) -m benchmarks.scaling
	$(PYTHON) -m benchmarks.performance

reproduce: ## train by a recipe to its end and print its figures: RECIPE=dinosaurs [CORPUS=mine.txt]
	$(PYTHON) -m tools.reproduce $(RECIPE) $(CORPUS)
