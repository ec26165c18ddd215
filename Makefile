# Every target makes .venv by itself, once. `make help` lists them.
# Tools are called by path, and .venv/bin leads PATH: nbgrader starts `alembic` by name.
BIN := .venv/bin
STAMP := .venv/.installed
LAB := lab1_magnitude
JUPYTER := jupyter lab
RELEASE := build/release/$(LAB)
# Two tests at a time, one thread each: more threads than cores make torch many times slower.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Real data for `make test-all`: LABKIT_DATA, or the folder beside the course where there is one.
DATA := $(or $(LABKIT_DATA),$(abspath $(wildcard ../shared/data)))

.DEFAULT_GOAL := help
.PHONY: help demo lab test test-all check bench clean constraints

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## Take a sample class to grades, feedback and a class report
	$(BIN)/autograder demo

lab: $(STAMP) ## Open JupyterLab on the student edition (LAB=lab1_magnitude)
	@test -d $(RELEASE) || $(BIN)/autograder release --fast $(LAB)
	cd $(RELEASE) && $(JUPYTER)

test: $(STAMP) ## Run the tests that need neither real data nor patience
	$(PYTEST) -m "not slow and not realdata"

test-all: $(STAMP) ## Run every test; those on real data need LABKIT_DATA or ../shared/data
	$(if $(DATA),LABKIT_DATA="$(DATA)" )$(PYTEST)

check: $(STAMP) ## Lint, format, types, and source notebooks without outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify --keep-id labs/*/*.ipynb

bench: $(STAMP) ## Run the measurements in benchmarks/
	$(if $(DATA),export LABKIT_DATA="$(DATA)"; )set -e; for script in $$(grep -l __main__ benchmarks/*.py); do \
	  echo "== $$script"; PYTHONPATH=. $(BIN)/python "$$script"; done

clean: ## Remove caches and the student edition; submissions, grades and .venv stay
	rm -rf build/release .pytest_cache .mypy_cache .ruff_cache *.egg-info
	find labkit autograder labs tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

constraints: $(STAMP) ## Resolve pyproject.toml anew into constraints.txt
	{ grep '^#' constraints.txt; $(BIN)/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --fork-strategy fewest --no-header --no-annotate --extra dev \
	  pyproject.toml; } > constraints.new
	mv constraints.new constraints.txt

# uv installs in half a minute what takes pip several; where uv is not to be had, pip does it.
$(STAMP): pyproject.toml constraints.txt
	@if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python; do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	      2>/dev/null && break; \
	    python=; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "No Python 3.11 or newer with its venv module was found:" \
	      "install one, or name it with 'make PYTHON=/path/to/python3.11'." >&2; \
	    exit 1; \
	  fi; \
	  echo "Setting up .venv with $$("$$python" --version), once ..."; \
	  "$$python" -m venv --clear .venv; \
	fi
	@$(BIN)/python -m uv --version >/dev/null 2>&1 \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
	  || true
	@$(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[dev]' \
	  || { echo "uv did not manage; going on with pip, which takes minutes."; \
	       $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	         -c constraints.txt -e '.[dev]'; }
	@touch $@
