# make demo   sets up, renders one film, and says where it is
# make test   sets up, checks style and types, and runs the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SOURCES := pyproject.toml constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable
OPENGL_PACKAGES := libegl1 libgl1-mesa-dri

# $(call see-to,check,packages,what is missing): where the check fails, installs the packages as root on an apt system,
# and otherwise says what to type.
define see-to
sh -c "$(1)" 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing $(2)" && \
  export DEBIAN_FRONTEND=noninteractive && apt-get update -qq && \
  apt-get install -y -qq --no-install-recommends $(2) >/dev/null && sh -c "$(1)"; } || { \
  echo "$(3). Type: sudo apt-get update && sudo apt-get install $(2)" >&2; exit 1; }
endef

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

$(VENV)/.installed: $(SOURCES) | $(BIN)/pip
	@echo "Installing gdviz and what it needs, VTK above all, into $(VENV); this can take a few minutes"
	@$(INSTALL) .
	@touch $@

$(VENV)/.installed-dev: $(SOURCES) | $(BIN)/pip
	@echo "Installing gdviz and its tests' tools into $(VENV); this can take a few minutes"
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.installed

# Debian packs the part of Python that makes virtual environments by itself; without it a .venv has no pip.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gdviz needs Python 3.11 or newer as $(PYTHON); name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	@$(call see-to,$(PYTHON) -c 'import ensurepip$(comma) venv',python3-venv,Python's venv is missing)
	@$(PYTHON) -m venv $(VENV)

opengl: $(VENV)/.installed
	@$(call see-to,$(BIN)/python -m gdviz.stage.opengl,$(OPENGL_PACKAGES),OpenGL is missing)

clean:
	rm -rf $(VENV) himmelblau.mp4

comma := ,
