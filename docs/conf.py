"""Sphinx reads this: how the site is built of the pages that generate.py makes."""

from __future__ import annotations

from sphinx.util.inspect import TypeAliasForwardRef

import gdviz

TypeAliasForwardRef.__repr__ = lambda self: self.name  # type: ignore[method-assign]  # as it is shown in unions

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
