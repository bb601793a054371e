# Needs only make and Python 3.11 or later; everything else is put into $(VENV).
.DEFAULT_GOAL := help
.PHONY: help setup run reset check test test-quick fix bench screenshots
# The last line that a bench prints is for programs: no "Leaving directory" after it.
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN || echo 2); [ $$n -gt 8 ] && echo 8 || echo $$n)
# The first Python that is new enough and can make environments (Debian splits that off). It ends
# with `true` because make throws away what a shell said that ended with 127, "not found".
PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done; true)
# A user without a writable home (CI, containers) keeps the caches here.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.cache
endif
# Behind a network that inspects its traffic, only the system's certificates know the registries.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif
# A mirror set up for pip is meant for uv as well, which does not read pip's settings.
UV = index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null); \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; \
	VIRTUAL_ENV='$(abspath $(VENV))' $(BIN)/uv

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.project ## Install everything into .venv

run: $(VENV)/.project ## Run the whole hotline with demo data; Ctrl-C ends it
	@exec $(BIN)/python -I -S hotline/embedded/child.py $$PPID 15 - $(BIN)/hotline up

reset: $(VENV)/.project ## Delete the data that `make run` keeps
	@$(BIN)/hotline reset

check: $(VENV)/.project ## What CI checks, tests aside
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint hotline/web/templates --lint --profile=jinja
	$(BIN)/deptry .

test: $(VENV)/.project ## Every test, on real servers, in parallel
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-quick: $(VENV)/.project ## The pure rules only
	$(BIN)/python -m pytest tests/domain

fix: $(VENV)/.project ## Format, and apply safe fixes
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.project ## Measure: make bench NAME=intake, clock, timers, crash, photos, pages, rates, understanding, routing or simulator
	@test -n '$(NAME)' || { echo 'make bench NAME=intake, clock, timers, crash, photos, pages, rates, understanding, routing or simulator'; exit 2; }
	@$(BIN)/python -m bench.$(NAME)

screenshots: $(VENV)/.project ## Take the README's pictures anew
	$(BIN)/python -m tests.screenshots

$(BIN)/uv:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or later with venv is needed (on Debian and Ubuntu:' \
		'apt install python3 python3-venv). Another one: make PYTHON=/path/to/python3'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Stamps: a second `make run` installs nothing, a changed lock file everything that it changes.
$(VENV)/.packages: requirements.lock Makefile | $(BIN)/uv
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@touch $@

# The build hook (hatch_build.py) makes the front-end files; it does nothing when they are fresh.
$(VENV)/.project: $(VENV)/.packages pyproject.toml hatch_build.py $(shell find assets hotline/web/translations -name node_modules -prune -o -type f ! -name '*.mo' -print 2>/dev/null)
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@
