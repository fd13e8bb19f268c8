# make demo   sets up, renders one film, and says where it is
# make media  renders every preset, and the article's formulas, to media/: only what a changed preset makes stale
# make docs   builds the site of the documentation, to build/docs/index.html
# make bench  measures gdviz beside other ways of making the same film, and, with BASELINE=COMMIT, beside an older commit in
#             turn; takes half an hour, or two minutes with QUICK=1
# make scale  predicts how gdviz scales to 1,024 workers, from the parts of a render, which it measures; takes six minutes
# make test   sets up, checks style and types, and runs the tests; with BROWSER=1, as in CI, in a browser and a window too
# make mutants  counts how many small changes to the pure modules their tests notice; takes half an hour
# make package builds wheel and sdist, checks them, and draws with the wheel in an environment of its own
# make lowest makes a film of every format with the lowest versions that pyproject.toml allows; takes some minutes

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

PRESETS := $(wildcard presets/*.toml)
FORMULAS := media/simple-function.png media/power-rule.png media/himmelblau-formula.png
RACES := adam-anatomy digits learning-rates race-ravine race-rosenbrock race-saddle
OTHERS := himmelblau-grid himmelblau-point himmelblau-slices parabola parabola-descent satellite-view six-hump-camel
GALLERY := $(OTHERS:%=docs/gallery/%.webp)
RACE_GALLERY := $(RACES:%=docs/gallery/%.webp)

.PHONY: demo media gallery docs test lint mutants package lowest bench scale opengl browser clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed opengl
	$(BIN)/gdviz render himmelblau --grid 20 --output himmelblau.mp4
	@echo "The film is $(CURDIR)/himmelblau.mp4"

# One command, whose processes draw all films; it passes over those that are current.
media: $(FORMULAS) | opengl
	$(BIN)/gdviz batch $(PRESETS) --directory media

FORMULA = mkdir -p $(@D) && $(BIN)/gdviz formula --scale 2 --quiet --output $@
media/simple-function.png: | $(VENV)/.installed
	$(FORMULA) --latex 'f(x) = x^2'
media/power-rule.png: | $(VENV)/.installed
	$(FORMULA) --latex '\frac{d}{dx} x^n = n x^{n-1}'
media/himmelblau-formula.png: | $(VENV)/.installed
	$(FORMULA) himmelblau

gallery: $(GALLERY) $(RACE_GALLERY)

IN_GALLERY = mkdir -p $(@D) && $(BIN)/gdviz render $< --quiet --output $@

$(GALLERY): docs/gallery/%.webp: presets/%.toml | opengl
	@$(IN_GALLERY) --size 360x202 --fps 8 --seconds 6 --set caption=false --max-size 220kB

$(RACE_GALLERY): docs/gallery/%.webp: presets/%.toml | opengl
	@$(IN_GALLERY) --size 480x270 --fps 6 --seconds 7 --max-size 215kB

# The pages are made first, with pictures that are kept in build/docs-pictures from one build to the next.
docs: $(VENV)/.installed-docs opengl
	$(BIN)/python docs/generate.py build/docs-pages build/docs-pictures
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env --write-all -c docs -d build/docs-read build/docs-pages build/docs
	@echo "The site begins at $(CURDIR)/build/docs/index.html"

test: $(VENV)/.installed-dev opengl browser lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check gdviz tests benchmarks examples .ci docs
	$(BIN)/ruff format --check gdviz tests benchmarks examples .ci docs
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests benchmarks examples .ci docs
	.ci/schemas $(BIN)/check-jsonschema

mutants: $(VENV)/.installed-mutants
	$(BIN)/python .ci/mutants.py $(MODULES)

package:
	.ci/package $(PYTHON)

lowest:
	.ci/lowest $(PYTHON)

bench: $(VENV)/.installed-bench opengl
	$(BIN)/python benchmarks/bench.py $(if $(BASELINE),--baseline $(BASELINE)) $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

scale: opengl
	$(BIN)/python benchmarks/scale.py

$(VENV)/.installed: $(SOURCES) | $(BIN)/pip
	@echo "Installing gdviz and what it needs, VTK above all, into $(VENV); this can take a few minutes"
	@$(INSTALL) .
	@touch $@

$(VENV)/.installed-dev: $(SOURCES) | $(BIN)/pip
	@echo "Installing gdviz and its tests' tools into $(VENV); this can take a few minutes"
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(SOURCES) | $(BIN)/pip
	@$(INSTALL) '.[docs]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(SOURCES) | $(BIN)/pip
	@$(INSTALL) '.[bench]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-mutants: $(SOURCES) | $(BIN)/pip
	@$(INSTALL) '.[dev,mutants]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-dev

# Debian packs the part of Python that makes virtual environments by itself; without it a .venv has no pip.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gdviz needs Python 3.11 or newer as $(PYTHON); name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	@$(call see-to,$(PYTHON) -c 'import ensurepip$(comma) venv',python3-venv,Python's venv is missing)
	@$(PYTHON) -m venv $(VENV)

opengl: $(VENV)/.installed
	@$(call see-to,$(BIN)/python -m gdviz.stage.opengl,$(OPENGL_PACKAGES),OpenGL is missing)

# Tests play films in a browser, which brings a hundred packages, and open a window on a screen that nobody sees: only CI,
# or who asks for it, gets these installed.
browser:
ifneq ($(CI)$(BROWSER),)
	@( $(call see-to,command -v Xvfb && command -v xdotool,xvfb xdotool,There is no screen to open a window on) ) || true
	@( $(call see-to,command -v chromedriver,chromium chromium-driver,There is no browser to play films in) ) || true
endif

clean:
	rm -rf $(VENV) himmelblau.mp4 media build/docs build/docs-pages build/docs-pictures build/docs-read

comma := ,
