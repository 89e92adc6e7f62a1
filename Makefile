# Needs Python 3.11 to 3.13 and make; everything else is installed into .venv, by hash.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DATA   ?= ./data
PORT   ?= 8080
TIPS   ?= 80

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format fuzz bench pictures train evaluate docs crash chaos soak clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Tipstream needs Python 3.11 to 3.13; say which with PYTHON=python3.12 make ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python infra/install.py requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@$(BIN)/python infra/install.py requirements-dev.lock
	@touch $@

demo: $(VENV)/.ready ## Start the product with example data and sample tips (DATA=./data PORT=8080 TIPS=80)
	@$(BIN)/tipstream demo --data $(DATA) --port $(PORT) --tips $(TIPS)

serve: $(VENV)/.ready ## Start the product (DATA=./data PORT=8080)
	@$(BIN)/tipstream serve --data $(DATA) --port $(PORT)

test: $(VENV)/.ready-dev ## Run every test that this machine can run; says what it skips and why
	@$(BIN)/python -m pytest -q --numprocesses auto tests/unit tests/arch
	@$(BIN)/python -m pytest --ignore tests/unit --ignore tests/arch

check: $(VENV)/.ready-dev ## Format, lint, types, import contracts, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m infra.docs --check

format: $(VENV)/.ready-dev ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.ready-dev ## Write the generated reference pages
	@$(BIN)/python -m infra.docs

fuzz: $(VENV)/.ready-dev ## Send bodies that no honest sender would send; none may be answered by a failure of ours (N=100000)
	@$(BIN)/python -m tests.fuzz $(or $(N),100000)

bench: $(VENV)/.ready-dev ## Measure the stages beside their peers, all or one (BENCH=read)
	@$(BIN)/python -m tests.bench $(BENCH)

pictures: $(VENV)/.ready-dev ## Take pictures of every page of the console, wide and narrow, and say what is wrong with some (OUT=build/pictures)
	@$(BIN)/python -m tests.e2e.screenshots $(or $(OUT),build/pictures)

chaos: $(VENV)/.ready-dev ## Kill every process and server of the distributed product while 2,000 tips come in; nothing may be lost or doubled
	@$(BIN)/python -m pytest -m chaos -s

soak: $(VENV)/.ready-dev ## The same for longer, with tips at a steady pace (MINUTES=60)
	@$(BIN)/python -m tests.e2e.soak $(or $(MINUTES),60)

crash: $(VENV)/.ready-dev ## Kill web and worker thirty times while 300 tips come in; nothing may be lost or doubled
	@$(BIN)/python -m pytest -m crash -s

train: $(VENV)/.ready ## Train the reader from the corpus (OUT=build/model)
	@$(BIN)/tipstream train $(or $(OUT),build/model)

evaluate: $(VENV)/.ready ## Measure the reader by cross-validation (OUT=reports)
	@$(BIN)/tipstream evaluate $(or $(OUT),reports)

clean: ## Remove the environment and what was built; data stays
	@rm -rf $(VENV) build reports *.egg-info
