"""Importing PyVista: in gdviz's own processes without what gdviz does not use, which is there for whoever asks."""

from __future__ import annotations

import subprocess
import sys

import pytest

OWN = "from gdviz.runtime.library_defaults import use_library_defaults; use_library_defaults()\n"
ASKS = """
import sys
import gdviz.stage.surface
print(*(name for name in ("matplotlib", "pooch") if name in sys.modules))
import pyvista as pv
from pyvista.plotting.colors import get_cmap_safe
print(isinstance("viridis", pv.plotting.colors.ListedColormap), "matplotlib" in sys.modules)
colormap = get_cmap_safe("viridis")
from matplotlib.colors import Colormap
print(isinstance(colormap, Colormap), pv.LookupTable(cmap=colormap).cmap is colormap, pv.LookupTable("magma").cmap.name)
import pyvista.plotting.charts as charts
chart = pv.Chart2D()
print(type(chart) is charts.Chart2D, isinstance(chart, pv.Chart2D))
print(charts.plt.rcParams["backend"])
figure, _ = charts.plt.subplots()
import matplotlib.pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
print(matplotlib.pyplot.gcf() is figure, type(charts.FigureCanvasAgg(figure)) is FigureCanvasAgg)
"""


@pytest.mark.parametrize(
    ("first", "there"), [(OWN, "\nFalse False"), ("", "matplotlib pooch\nFalse True")], ids=["own", "user's"]
)
def test_what_pyvista_brings_is_imported_when_something_in_it_is_used(first: str, there: str):
    told = subprocess.run([sys.executable, "-c", first + ASKS], capture_output=True, text=True, check=True).stdout
    assert told == f"{there}\nTrue True magma\nTrue True\nagg\nTrue True\n"
