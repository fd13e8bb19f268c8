"""plotly.js, which draws a page: from the package that brings it, or by its address."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from pathlib import Path

from gdviz.description.choices import WebBundle
from gdviz.errors import missing_extra

_VERSION = re.compile(r"plotly\.js v(\d+\.\d+\.\d+)")
_ADDRESS = "https://cdn.plot.ly/plotly-{}.min.js"


def check_library() -> None:
    """Check that plotly is installed.

    Raises
    ------
    InputError
        If it is not.

    """
    if importlib.util.find_spec("plotly") is None:
        raise missing_extra("a page (.html)", "plotly", "web")


def library_element(bundle: WebBundle) -> str:
    """Return the element that brings plotly.js to a page: the script itself, or its address and digest.

    Raises
    ------
    InputError
        If plotly is not installed.

    """
    check_library()
    script = _script()
    if bundle is WebBundle.INLINE:
        return f"<script>{script}</script>"
    version = _VERSION.search(script[:1_000])
    assert version is not None  # each plotly.js begins with it
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    address = _ADDRESS.format(version[1])
    return f'<script src="{address}" integrity="sha256-{digest}" crossorigin="anonymous"></script>'


def _script() -> str:
    """Return plotly.js, read by itself: to import plotly takes a second."""
    found = importlib.util.find_spec("plotly")
    assert found is not None and found.origin is not None  # it was checked
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
