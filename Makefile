# make demo   sets up, renders one film, and says where it is
# make test   sets up, checks style and types, and runs the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SOURCES := pyproject.toml constraints.txt
ROOT_WITH_APT = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
APT = DEBIAN_FRONTEND=noninteractive apt-get

.PHONY: demo test lint opengl clean

demo: $(VENV)/.installed opengl
	$(BIN)/gdviz render himmelblau --grid 20 --output himmelblau.mp4
	@echo "The film is $(CURDIR)/himmelblau.mp4"

test: $(VENV)/.installed-dev opengl lint
	$(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check gdviz tests
	$(BIN)/ruff format --check gdviz tests
	$(BIN)/mypy

$(VENV)/.installed: $(SOURCES) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(SOURCES) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# Debian packs the part of Python that makes virtual environments by itself.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gdviz needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	       "Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(ROOT_WITH_APT) && \
	  $(APT) update -qq && $(APT) install -y -qq python3-venv; } || { \
	  echo "Python's venv is missing. Type: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

opengl: $(VENV)/.installed
	@check="$(BIN)/python -c 'from gdviz.stage.opengl import require_opengl; require_opengl()'"; \
	sh -c "$$check" 2>/dev/null || { $(ROOT_WITH_APT) && \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends libegl1 libgl1-mesa-dri && \
	  sh -c "$$check"; } || { \
	  echo "OpenGL is missing. Type: sudo apt-get install libegl1 libgl1-mesa-dri" >&2; exit 1; }

clean:
	rm -rf $(VENV) himmelblau.mp4
