"""Importing PyVista: in gdviz's own processes without pyplot, which is there all the same for whoever asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

OWN = "from gdviz.runtime.library_defaults import use_library_defaults; use_library_defaults()\n"
ASKS = """
import sys
import gdviz.stage.surface
print("matplotlib.pyplot" in sys.modules)
import pyvista.plotting.charts as charts
print("matplotlib.pyplot" in sys.modules)
print(charts.plt.rcParams["backend"])
figure, _ = charts.plt.subplots()
import matplotlib.pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
print(matplotlib.pyplot.gcf() is figure, type(charts.FigureCanvasAgg(figure)) is FigureCanvasAgg)
"""


@pytest.mark.parametrize(("first", "there"), [(OWN, "False"), ("", "True")], ids=["own process", "user's process"])
def test_pyplot_is_imported_when_something_in_it_is_used(first: str, there: str):
    told = subprocess.run([sys.executable, "-c", first + ASKS], capture_output=True, text=True, check=True).stdout
    assert told.split("\n")[:2] == [there, there]
    assert told.split("\n")[2:] == ["agg", "True True", ""]
