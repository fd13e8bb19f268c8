"""The views of a page as plotly.js has them: what stays in each, and the axes; the script adds what moves."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdviz.description.choices import View
from gdviz.picture.themes import Rgb, Rgba, Theme
from gdviz.scene.axis_scales import Scale, flat_scale, height_scale
from gdviz.scene.build import Scene
from gdviz.scene.curve import CurvePanel
from gdviz.scene.loss import LossPanel, Trace
from gdviz.scene.map import MapPanel
from gdviz.scene.panel import Panel
from gdviz.scene.run import clock_word
from gdviz.scene.slices import SlicesPanel
from gdviz.scene.surface import SurfacePanel
from gdviz.scene.timeline import poster_frame
from gdviz.terrain.bands import FINER, banded
from gdviz.terrain.landscape import PLINTH
from gdviz.web.arrows import field_trace, flat_field
from gdviz.web.ground import block_trace, contour_trace, rim_trace, surface_data
from gdviz.web.packed import Json, hexadecimal, packed

MAP = 480  # pixels of the longer side of a map at which its bands are sampled; it is stored larger
SLICES, SAMPLES = 160, 161  # moments at which slices are known, and numbers along each
TICKS, LETTERS = 6, 12  # numbers of an axis, more or less, and pixels of their letters
EDGE = 0.002  # scene units beyond the block: what is at the very edge of a range is drawn with gaps
ROOM = 0.03  # scene units above the highest ground, in which points are
ZOOMS = (0.6, 1.6)  # of the first view
SIDE_BY_SIDE = ([0, 0.44], [0.56, 1])  # where two plots begin and end, as shares of their view's width
DECADES = 7  # numbers of a logarithmic axis at most


def view_data(scene: Scene, moments: NDArray[np.int64]) -> list[Json]:
    """Return all views of a scene, the main one first."""
    panels = zip(scene.resolved.views, (scene.main, *scene.panels), strict=True)
    return [{"kind": view.value, **_VIEWS[view](panel, moments)} for view, panel in panels]


def surface_view(panel: Panel, _: NDArray[np.int64]) -> Json:
    """Return a landscape."""
    assert isinstance(panel, SurfacePanel)
    subject, theme = panel.subject, panel.theme
    landscape, (width, depth) = subject.landscape, subject.landscape.half
    timeline = subject.timeline
    pose = timeline.state(poster_frame(timeline.timing, timeline.frames)).pose
    words, sides = subject.words, subject.resolved.extent.sides
    scales = (
        flat_scale(words.x, sides[0], width, TICKS, LETTERS),
        flat_scale(words.y, sides[1], depth, TICKS, LETTERS),
        height_scale(words.f, landscape, TICKS - 1, LETTERS),
    )
    top = float(subject.lifted_places[:, 2].max(initial=landscape.height))
    ranges = ((-width - EDGE, width + EDGE), (-depth - EDGE, depth + EDGE), (-PLINTH - EDGE, top + ROOM))
    shown = subject.has_axes(View.SURFACE)
    axes = {
        f"{name}axis": {
            "range": list(ends),
            "autorange": False,
            **(_edge(scale, theme) if shown else {"visible": False}),
        }
        for name, ends, scale in zip("xyz", ranges, scales, strict=True)
    }
    layout = {
        **axes,
        "aspectmode": "manual",
        "aspectratio": {name: high - low for name, (low, high) in zip("xyz", ranges, strict=True)},
        "dragmode": "turntable",
        "hovermode": "closest",
    }
    traces = [block_trace(subject), rim_trace(subject), contour_trace(subject), field_trace(subject)]
    return {
        "layout": layout,
        "data": [trace for trace in traces if trace is not None],
        "pose": {"azimuth": pose.azimuth, "elevation": pose.elevation, "zoom": float(np.clip(pose.zoom, *ZOOMS))},
        "axes": shown,
        "diameter": subject.sizes.diameter,
        **surface_data(subject),
    }


def map_view(panel: Panel, _: NDArray[np.int64]) -> Json:
    """Return a map: an image of its bands, and the places of known minima."""
    assert isinstance(panel, MapPanel)
    subject, theme = panel.subject, panel.theme
    (width, depth), resolved = subject.landscape.half, subject.resolved
    size = (round(MAP * width), round(MAP * depth))
    image = Image.fromarray(banded(subject.landscape, resolved.objective, size, subject.ramp))
    image = image.resize((2 * size[0], 2 * size[1]), Image.Resampling.BOX, box=(0, 0, FINER * size[0], FINER * size[1]))
    (left, right), (low, high) = resolved.extent.sides
    place = {"x": left, "y": high, "sizex": right - left, "sizey": high - low}
    names, shown = (subject.words.x, subject.words.y), subject.has_axes(View.MAP)
    axes = [_axis(name, side, theme, shown=shown) for name, side in zip(names, resolved.extent.sides, strict=True)]
    picture = {"source": png(image), "xref": "x", "yref": "y", **place, "sizing": "stretch", "layer": "below"}
    minima = [list(each) for each in resolved.objective.minima if resolved.extent.contains(np.array(each))]
    frame = {"showgrid": False, "zeroline": False, "showline": shown, "mirror": True, "linecolor": _css(theme.axis)}
    return {
        "layout": {"xaxis": axes[0] | frame, "yaxis": axes[1] | frame, "images": [picture]},
        "aspect": width / depth,
        "minima": minima,
        "field": flat_field(subject),
        "diameter": subject.sizes.diameter,
        "data": [],
    }


def curve_view(panel: Panel, _: NDArray[np.int64]) -> Json:
    """Return a curve."""
    assert isinstance(panel, CurvePanel)
    words, theme = panel.subject.words, panel.theme
    shown = panel.subject.has_axes(View.CURVE)
    line = {"color": _css(theme.curve), "width": 3, "simplify": False}
    return {
        "layout": {
            "xaxis": _axis(words.x, panel.plot.x, theme, shown=shown),
            "yaxis": _axis(words.f_of(words.x), panel.plot.y, theme, shown=shown),
        },
        "data": [_line(panel.x, panel.y) | {"line": line}],
        "x": packed(panel.x, "f8"),
        "y": packed(panel.y, "f8"),
        "minima": [list(each) for each in panel.subject.resolved.objective.minima],
    }


def loss_view(panel: Panel, _: NDArray[np.int64]) -> Json:
    """Return the loss over the iterations: each line, and a band around it."""
    assert isinstance(panel, LossPanel)
    subject, theme, words = panel.subject, panel.theme, panel.subject.words
    shown = subject.has_axes(View.LOSS)
    x_axis = _axis(clock_word(subject.resolved.clock, words), panel.plot.x, theme, shown=shown)
    y_axis = _axis(panel.name, panel.plot.y, theme, shown=shown)
    if panel.compressed:
        x_axis |= _numbers({math.log10(1 + each): f"{each:g}" for each in _counts(panel.plot.x[1])})
    if panel.logarithmic:
        y_axis |= _numbers({power: f"10<sup>{power}</sup>" for power in _powers(*panel.plot.y)})
    across = np.log10(1 + panel.iterations) if panel.compressed else panel.iterations
    traces = [part for trace in panel.traces for part in _band(trace, across, theme)]
    traces += [
        _line(across, np.where(panel.iterations <= trace.end, trace.values, np.nan))
        | {"line": {"color": _css(trace.color), "width": 1.2}, "opacity": 0.4}
        for trace in panel.traces
    ]
    return {
        "layout": {"xaxis": x_axis, "yaxis": y_axis},
        "data": traces,
        "compressed": panel.compressed,
        "iterations": packed(panel.iterations),
        "lines": [_loss_line(trace, k if subject.is_race else None) for k, trace in enumerate(panel.traces)],
    }


def _loss_line(trace: Trace, run: int | None) -> Json:
    """Return a line of the loss; in a race, `run` is whose it is."""
    return {
        "name": trace.name,
        "run": run,
        "values": packed(trace.values),
        "color": hexadecimal(trace.color),
        "width": trace.width,
        "arrival": None if math.isinf(trace.arrival) else trace.arrival,
        "end": None if math.isinf(trace.end) else trace.end,
        "exit": None if trace.exit is None else trace.exit.tolist(),
    }


def _band(trace: Trace, across: NDArray[np.float64], theme: Theme) -> list[Json]:
    if trace.lower is None or trace.upper is None:
        return []
    known = np.isfinite(trace.lower) & np.isfinite(trace.upper)
    edge = {"line": {"width": 0}}
    return [
        _line(across[known], trace.lower[known]) | edge,
        _line(across[known], trace.upper[known]) | edge | {"fill": "tonexty", "fillcolor": _css(theme.spread)},
    ]


def slices_view(panel: Panel, moments: NDArray[np.int64]) -> Json:
    """Return f along both variables through the point, at some of the page's moments.

    `slices` has the shape (k, 2, n), `at` (k,) are the iterations, and along each variable the numbers are even.
    """
    assert isinstance(panel, SlicesPanel)
    subject, theme, words = panel.subject, panel.theme, panel.subject.words
    descent = subject.runs[0].descent
    chosen = np.unique(np.round(np.linspace(0, len(moments) - 1, min(SLICES, len(moments)))).astype(np.intp))
    at = moments[chosen]
    points, extent = descent.points[at, 0], subject.resolved.extent
    x, y = extent.axes((SAMPLES, SAMPLES))
    value = subject.resolved.objective.value
    over_x = value(*np.broadcast_arrays(x[None], points[:, 1:]))
    over_y = value(*np.broadcast_arrays(points[:, :1], y[None]))
    shown, plots = subject.has_axes(View.SLICES), panel.plots
    layout: Json = {}
    for suffix, plot, name, domain in zip(("", "2"), plots, (words.x, words.y), SIDE_BY_SIDE, strict=True):
        layout[f"xaxis{suffix}"] = _axis(name, plot.x, theme, shown=shown) | {"domain": domain, "anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = _axis("", plot.y, theme, shown=shown) | {"anchor": f"x{suffix}"}
    return {
        "layout": layout,
        "data": [],
        "at": packed(at, "i4"),
        "slices": packed(np.stack([over_x, over_y], axis=1)),
        "names": [words.f, words.x, words.y],
    }


_VIEWS: Mapping[View, Callable[[Panel, NDArray[np.int64]], Json]] = MappingProxyType(
    {
        View.SURFACE: surface_view,
        View.MAP: map_view,
        View.CURVE: curve_view,
        View.LOSS: loss_view,
        View.SLICES: slices_view,
    }
)


def png(image: Image.Image) -> str:
    """Return an image as the address of a PNG that holds it."""
    content = io.BytesIO()
    image.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> Json:
    return {"type": "scatter", "mode": "lines", "x": packed(x), "y": packed(y), "hoverinfo": "skip"}


def _css(color: Rgb | Rgba) -> str:
    """Return a colour for a style; that of a theme may be premultiplied with its alpha."""
    if len(color) == 3:
        return hexadecimal(color)
    red, green, blue, alpha = color
    share = max(alpha, 1) / 255
    return f"rgba({red / share:.0f},{green / share:.0f},{blue / share:.0f},{share:.3f})"


def _axis(name: str, ends: tuple[float, float], theme: Theme, *, shown: bool) -> Json:
    """Return an axis of a flat view, which cannot be dragged; without numbers unless they are shown."""
    return {
        "range": list(ends),
        "fixedrange": True,
        "title": {"text": html.escape(name, quote=False) if shown else "", "standoff": 4},  # plotly.js reads tags in it
        "showticklabels": shown,
        "ticks": "outside" if shown else "",
        "gridcolor": _css(theme.grid),
        "zerolinecolor": _css(theme.axis),
        "tickcolor": _css(theme.axis),
        "nticks": TICKS,
    }


def _numbers(texts: Mapping[float, str]) -> Json:
    """Return an axis's numbers: what is written, by where it is."""
    return {"tickmode": "array", "tickvals": list(texts), "ticktext": list(texts.values()), "zeroline": False}


def _counts(end: float) -> list[int]:
    return [0, *(10**power for power in range(math.floor(end) + 1))]


def _powers(low: float, high: float) -> list[int]:
    whole = range(math.ceil(low), math.floor(high) + 1)
    return list(whole[:: max(1, math.ceil(len(whole) / DECADES))])


def _edge(scale: Scale, theme: Theme) -> Json:
    """Return an axis of a landscape."""
    ticks = sorted(scale.ticks, key=lambda tick: tick.along)
    return {
        "title": {"text": scale.name},
        "tickangle": 0,
        "tickmode": "array",
        "tickvals": [tick.along for tick in ticks],
        "ticktext": [tick.text for tick in ticks],
        "showbackground": False,
        "showspikes": False,
        "gridcolor": _css(theme.grid),
        "linecolor": _css(theme.axis),
        "tickcolor": _css(theme.axis),
        "zeroline": False,
    }
