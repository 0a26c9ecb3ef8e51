# Greenroom. `make chat` and `make test` are all the set-up there is.
#
# Variables:  PYTHON=python3.12   another interpreter (3.11 or later)
#             TORCH="torch==… --some-pip-option"   what to give pip for PyTorch

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(p) 2>/dev/null),$(p))))
VENV   ?= .venv
TORCH  ?= torch
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt
CHECKED := agent corpus index ui evals tests

.PHONY: help chat quiz test fast check eval clean system-packages
.DEFAULT_GOAL := help

help:  ## Say what each verb does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

chat: $(VENV)/.installed  ## Set up, index the bundled library, open the web app
	$(BIN)/greenroom chat $(ARGS)

quiz: $(VENV)/.installed  ## Be interviewed in this terminal
	$(BIN)/greenroom quiz $(ARGS)

test: $(VENV)/.installed-dev system-packages  ## Every test but those of the vLLM engine
	$(BIN)/python -m pytest -rs

fast: $(VENV)/.installed-dev  ## The quick tests, for editing
	$(BIN)/python -m pytest -m "not slow"

check: $(VENV)/.installed-dev  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/.installed  ## Measure: make eval ARGS="grading --data FILE"
	$(BIN)/greenroom eval $(ARGS)

clean:  ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# A virtual environment is reused, so that a PyTorch put there beforehand stays.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Greenroom needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another with PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Greenroom and what it needs into $(VENV) (once)…"
	$(PIP) $(TORCH)
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -e '.[dev]'
	@touch $@

# Chromium, tmux: the browser and terminal tests drive real ones.
system-packages:
	@missing=""; command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v tmux >/dev/null || missing="$$missing tmux"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing$$missing through apt…"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "Left out: the tests that need$$missing (install with: sudo apt install$$missing)"; fi; \
	fi
