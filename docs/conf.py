"""Sphinx reads this: how the site is built of the pages that generate.py makes."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.inspect import TypeAliasForwardRef

import gdviz

sys.path.insert(0, str(Path(__file__).parent))
from generator.docstrings import has_sections, one_by_one, written_types

setattr(TypeAliasForwardRef, "__repr__", lambda self: self.name)  # noqa: B010  # as unions show it

project = "gdviz"
copyright = "the authors of gdviz"
release = version = gdviz.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
default_role = "code"  # docstrings have code in single backticks
smartquotes = False  # `--` is a part of flags

autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in ("ArrayLike", "FloatArray", "Flags", "Loss")}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
napoleon_use_ivar = True
napoleon_attr_annotations = False  # they would be written out in full
add_module_names = False

html_theme = "furo"
html_title = f"gdviz {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"


def before_napoleon(app: Sphinx, what: str, name: str, each: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001, PLR0917  # Sphinx gives them all
    """Give each attribute of a class a description of its own, and its type."""
    lines[:] = one_by_one(lines, written_types(each) if what == "class" else {})


def after_napoleon(app: Sphinx, what: str, name: str, each: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001, PLR0917  # Sphinx gives them all
    """Leave a property's sentence as it is: Napoleon takes what stands before a colon for a type."""
    text = inspect.getdoc(each) or ""
    if what == "property" and text and not has_sections(text):
        lines[:] = [*text.splitlines(), ""]


def setup(app: Sphinx) -> None:
    """Connect what is done to docstrings; Napoleon's own has the priority 500."""
    app.connect("autodoc-process-docstring", before_napoleon, priority=400)
    app.connect("autodoc-process-docstring", after_napoleon, priority=600)
