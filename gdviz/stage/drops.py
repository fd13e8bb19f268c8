"""The lines from a lifted path down to the ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gdviz.picture.colors import to_bytes, to_linear
from gdviz.scene.run import Run, first_color
from gdviz.scene.surface import SurfacePanel
from gdviz.stage.actors import add_opaque, cells_of, lines_actor
from gdviz.stage.vista import Plotter, pv
from gdviz.terrain.drops import lay_drops

WIDTH = 2.4  # pixels of a picture 1440 pixels high
UNDER_POINT = np.zeros((2, 3))  # the ends of the last line, under the point, before it has moved there
GROUND = 0.7  # share of the line's own colour where it stands on the ground


class DropActor:
    """The lines of one run; `unit` is how many pixels of the window stand for one of a window 1440 pixels high."""

    def __init__(
        self, plotter: Plotter, panel: SurfacePanel, run: Run, heights: NDArray[np.float64], unit: float
    ) -> None:
        self._panel, self._run = panel, run
        self._drops = lay_drops(run.descent.points[:, 0], heights, panel.subject.landscape)
        self._ends = self._drops.ends.reshape(-1, 3)
        self._lines = pv.PolyData()
        self._lines.points = np.concatenate([self._ends, UNDER_POINT])
        color = to_linear(np.array(first_color(run)) / 255)
        colors = np.tile(np.stack([color, GROUND * color]), (len(self._drops.times) + 1, 1))
        add_opaque(plotter, lines_actor(self._lines, to_bytes(colors), WIDTH * unit))

    def show(self, position: float) -> None:
        """Draw the lines that the point has passed at a position along the descent, and the one under it."""
        places, visible = self._panel.subject.visible_points(self._run, position)
        ends = np.concatenate([places, self._panel.subject.landscape.drape(self._run.at(position))])
        self._lines.points = np.concatenate([self._ends, ends if visible[0] else UNDER_POINT])
        passed, last = 2 * self._drops.count_until(position), self._lines.n_points - 2
        shown = np.concatenate([np.arange(passed), [last, last + 1] if visible[0] else []]).astype(np.int64)
        self._lines.SetLines(cells_of(shown, 2))
        self._lines.Modified()
