"""The descents of a page: where the points are at its moments, and how fast it goes through them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gdviz.descent.engine import Status
from gdviz.description.choices import View
from gdviz.extent import FloatArray
from gdviz.picture.colors import moving_or_resting, to_bytes
from gdviz.scene.build import Scene
from gdviz.scene.race_legend import recorded_word
from gdviz.scene.run import Run, exit_step
from gdviz.scene.timeline import Timeline
from gdviz.terrain.landscape import Landscape
from gdviz.terrain.trails import Trails
from gdviz.web.packed import Json, hexadecimal, packed, packed_shares

NUMBERS = 100_000  # places of points that a page holds: of more, some moments are left out
FEWEST, MOST = 60, 4_000  # moments


def moments_of(scene: Scene) -> NDArray[np.int64]:
    """Return the iterations at which a page knows where the points are, shape (k,): all, or as the film goes.

    From one of them to the next points go straight. The first and the last iteration are among them, and in a race of
    single points those at which one has come to rest.
    """
    points = sum(len(run.descent.status) for run in scene.runs)
    steps = max(run.descent.steps for run in scene.runs)
    most = int(np.clip(NUMBERS // max(points, 1), FEWEST, MOST))
    if steps < most:
        return np.arange(steps + 1)
    pace = scene.timeline.pace
    times = np.linspace(0, 1, most)
    begins = steps - (len(pace.reached) - 1)
    chosen = begins + np.searchsorted(pace.reached, times, side="right") - 1
    ends = [run.descent.iterations for run in scene.runs if scene.subject.is_race_of_points]
    return np.unique(np.clip(np.concatenate([[0, steps], chosen, *ends]), 0, steps)).astype(np.int64)


def player_data(timeline: Timeline, steps: int) -> Json:
    """Return how a page plays: the position along the descent at each frame in which it changes, and the film's loop.

    `steps` is the last iteration.
    """
    positions = [timeline.state(frame).position for frame in range(timeline.frames)]
    moving = [k for k, position in enumerate(positions) if 0 < position < steps]
    shown = positions[max(moving[0] - 1, 0) : moving[-1] + 2] if moving else [0.0, float(steps)]
    if shown[-1] < steps:
        shown.append(float(steps))
    return {
        "fps": timeline.fps,
        "positions": [round(position, 4) for position in shown],
        "loop": timeline.loop.value,
    }


def run_data(run: Run, number: int, scene: Scene, moments: NDArray[np.int64]) -> Json:
    """Return a run at the page's moments, in the order of its points.

    `positions` have the shape (k, n, dimension), `values` (k, n), which are losses if they were recorded; `recorded` is
    what is said of a recorded path, and `status` are the numbers of `Status`.
    """
    descent, theme, subject = run.descent, scene.subject.theme, scene.subject
    at = np.minimum(moments, descent.steps)
    leaves = exit_step(run, scene.resolved.extent) if subject.is_race_of_points else math.inf
    data: Json = {
        "label": run.settings.label,
        "rate": None if run.settings.learning_rate is None else f"{run.settings.learning_rate:.3g}",
        "color": hexadecimal(run.hue),
        "steps": descent.steps,
        "leaves": None if math.isinf(leaves) else leaves,
        "positions": packed(descent.history.positions_of(slice(None), at)),
        "recorded": recorded_word(run, subject.words) if run.is_recorded else None,
        "values": packed(descent.loss_history.values_of(slice(None), at)),
        "iterations": packed(descent.iterations, "i4"),
        "status": packed(descent.status, "u1"),
        "basins": packed(run.labels, "i4"),
        "colors": None,
    }
    if run.colors is not None:
        rests = np.ones(len(run.colors), dtype=np.bool_)
        data["colors"] = packed(to_bytes(moving_or_resting(run.colors, ~rests, theme)), "u1")
        data["resting"] = packed(to_bytes(moving_or_resting(run.colors, rests, theme)), "u1")
    if shows_ground(scene):
        data["trails"] = trail_data(subject.trails[number], subject.trail_colors[number], run, subject.landscape)
        lift = subject.lifts.get(run.settings.label)
        data["lift"] = None if lift is None else packed(lift[at])
        data["width"] = subject.sizes.trails[number]
    return data


def trail_data(trails: Trails, colors: FloatArray, run: Run, landscape: Landscape) -> Json:
    """Return trails as lines, one after the other.

    `places` (m, 3) are shares of the block's width, its depth and `top`, which is in scene units; `times` (m,) are when
    a point came there, `first` where each line begins among them, and `owners` whose it is.
    """
    order = np.argsort(trails.owners, kind="stable")
    owners, ends = trails.owners[order], trails.vertices.reshape(-1, 2, 3)[order]
    lifetimes = np.maximum(run.descent.iterations, 1)[owners] if len(owners) else np.zeros(0)
    times = trails.ages.reshape(-1, 2)[order] * lifetimes[:, None]
    goes_on = np.zeros(len(owners), dtype=np.bool_)
    goes_on[1:] = (owners[1:] == owners[:-1]) & (np.abs(ends[1:, 0] - ends[:-1, 1]) < 1e-9).all(axis=1)
    begins = np.flatnonzero(~goes_on)
    kept = np.ones((len(owners), 2), dtype=np.bool_)  # of a piece that goes on, only its end
    kept[goes_on, 0] = False
    flat = landscape.shares(ends[kept])
    top = max(float(ends[..., 2].max(initial=landscape.height)), 1e-9)
    places = np.concatenate([flat, ends[kept][:, 2:] / top], axis=1)
    return {
        "top": top,
        "places": packed_shares(places),
        "times": packed(times[kept]),
        "colors": packed(to_bytes(colors.reshape(-1, 2, 3)[order][kept]), "u1"),
        "first": packed(begins + np.arange(len(begins)), "i4"),
        "owners": packed(owners[begins], "i4"),
    }


def shows_ground(scene: Scene) -> bool:
    """Return whether one of the views shows the landscape."""
    return bool({View.SURFACE, View.MAP} & set(scene.resolved.views))


def status_words(scene: Scene) -> list[str]:
    """Return what is said of a point by the number of its status; nothing of one that goes on."""
    words = scene.subject.words
    told = {
        Status.CONVERGED: words.converged,
        Status.DIVERGED: words.diverged,
        Status.LEFT: words.left_the_view,
        Status.FLAT: words.flat_ground,
        Status.UNDEFINED: words.no_next_step,
    }
    return [told.get(status, "") for status in sorted(Status)]
