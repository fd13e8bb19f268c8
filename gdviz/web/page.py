"""A description -> its page: one HTML file with all that it needs, made of a scene's numbers."""

from __future__ import annotations

import base64
import html
import json
import tempfile
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np

from gdviz.description.choices import PointColor, ThemeName, WebBundle
from gdviz.description.resolved import Resolved
from gdviz.description.title import Kind, title_pieces, title_text
from gdviz.picture.colors import height_colors, to_bytes
from gdviz.picture.themes import Rgb, Rgba, Theme
from gdviz.scene.build import Scene
from gdviz.scene.run import clock_word
from gdviz.web.arrows import steps_data
from gdviz.web.ground import ground_data
from gdviz.web.legend import legend_data
from gdviz.web.library import library_element
from gdviz.web.packed import Json, hexadecimal, packed
from gdviz.web.replay import moments_of, player_data, run_data, shows_ground, status_words
from gdviz.web.views import view_data

SCRIPTS = (
    "numbers",
    "film",
    "ground",
    "arrows",
    "trails",
    "surface",
    "flat",
    "legend",
    "player",
    "page",
)  # in the order of their use
RAMP = 64  # colours of points by their height
LETTERS = 21.0  # pixels of a formula's letters


def make_page(scene: Scene, bundle: WebBundle) -> bytes:
    """Return the page of a scene, which is that of `page_resolved`; the same description gives the same bytes.

    Raises
    ------
    InputError
        If plotly is not installed.

    """
    resolved, theme = scene.resolved, scene.subject.theme
    room = files("gdviz.web")
    page = Template((room / "page.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(title_text(resolved.title) or "gdviz"),
        style=_style(resolved.theme, theme) + (room / "page.css").read_text(encoding="utf-8"),
        heading=_heading(resolved, theme),
        library=library_element(bundle),
        data=_embedded(page_data(scene)),
        script="\n".join((room / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS),
    )
    return page.encode()


def page_data(scene: Scene) -> Json:
    """Return all that a page's script reads; `size` are the proportions that its views have if there is room."""
    resolved, words = scene.resolved, scene.subject.words
    moments = moments_of(scene)
    heights = [hexadecimal(color) for color in height_ramp(scene.subject.theme)]
    steps = max(run.descent.steps for run in scene.runs)
    return {
        "size": list(resolved.size),
        "extent": [list(side) for side in resolved.extent.sides],
        "names": {"x": words.x, "y": words.y, "f": words.f_of(*(words.x, words.y)[: resolved.extent.dimension])},
        "words": {
            "clock": clock_word(resolved.clock, words),
            **{name: getattr(words, name) for name in ("converged", "left_the_view", "learning_rate", "f", "none")},
        },
        "status": status_words(scene),
        "moments": packed(moments, "i4"),
        "player": player_data(scene.timeline, steps),
        "runs": [run_data(run, number, scene, moments) for number, run in enumerate(scene.runs)],
        "race": scene.subject.is_race,
        "racers": scene.subject.is_race_of_points,
        "basins": resolved.point_color is PointColor.BASIN,
        "ground": ground_data(scene.subject) if shows_ground(scene) else None,
        "views": view_data(scene, moments),
        "legend": legend_data(scene),
        "heights": heights,
        "arrows": steps_data(scene.subject.step_arrows, scene.subject, moments) if shows_ground(scene) else None,
        "theme": _colors(scene.subject.theme),
        "axes": [view.value for view in resolved.axes],
    }


def _embedded(data: Json) -> str:
    """Return data as JSON that may stand in an element of a page."""
    return json.dumps(data, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")


def _heading(resolved: Resolved, theme: Theme) -> str:
    """Return the title and the formula, as far as they are asked for."""
    parts = []
    if resolved.caption and resolved.title:
        pieces = title_pieces(resolved.title)
        parts.append(f"<h1>{''.join(_piece(each.kind, each.text, theme.ink) for each in pieces)}</h1>")
        if not resolved.is_race and resolved.starts.count:
            parts.append(f'<p class="run">{html.escape(_run(resolved))}</p>')
    if resolved.formula:
        from gdviz.formula import formula_line  # imported here since it takes time

        formula = formula_line(resolved.objective)
        if formula is not None:
            parts.append(f'<p class="formula">{_formula(formula, theme.quiet_ink)}</p>')
    return f"<header>{''.join(parts)}</header>" if parts else ""


def _run(resolved: Resolved) -> str:
    """Return what the only run is, and its rate."""
    (run,) = resolved.runs
    rate = "" if run.learning_rate is None else f", {resolved.words.learning_rate} {run.learning_rate:.3g}"
    return run.label + rate


def _piece(kind: Kind, text: str, color: Rgb) -> str:
    if kind is Kind.MATHEMATICS:
        return _formula(text, color)
    return f"<sup>{html.escape(text)}</sup>" if kind is Kind.EXPONENT else html.escape(text)


def _formula(latex: str, color: Rgb) -> str:
    """Return a formula as an image, whose letters are outlines."""
    from gdviz.formula import as_text, write_formula

    with tempfile.TemporaryDirectory() as folder:
        path = write_formula(latex, Path(folder) / "formula.svg", color=hexadecimal(color), size=LETTERS)
        drawn = base64.b64encode(path.read_bytes()).decode()
    text = latex
    with suppress(ValueError):  # it has what no line of text can show
        text = as_text(latex)
    return f'<img alt="{html.escape(text, quote=True)}" src="data:image/svg+xml;base64,{drawn}">'


def _style(name: ThemeName, theme: Theme) -> str:
    """Return a theme's colours as properties that the page's style uses."""
    return f":root{{color-scheme:{name};{''.join(f'--{name}:{color};' for name, color in _colors(theme).items())}}}\n"


def _colors(theme: Theme) -> dict[str, str]:
    """Return what a page uses of a theme, by name."""
    names = (
        "background",
        "ink",
        "quiet_ink",
        "axis",
        "grid",
        "curve",
        "point",
        "trail",
        "minimum",
        "slope",
        "rim",
        "field",
    )
    return {name.replace("_", "-"): _opaque(getattr(theme, name)) for name in names}


def height_ramp(theme: Theme) -> list[Rgb]:
    """Return the colours of points by their height, from the lowest ground to the highest."""
    return [(red, green, blue) for red, green, blue in to_bytes(height_colors(np.linspace(0, 1, RAMP), theme)).tolist()]


def _opaque(color: Rgb | Rgba) -> str:
    return hexadecimal((color[0], color[1], color[2]))
